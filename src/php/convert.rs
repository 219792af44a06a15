//! The two bridges between PHP and Rust values: anything `Serialize` → zval, and zval → JSON.

use crate::error::{Error, Result};
use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ArrayKey, ZendHashTable, ZendStr, Zval};
use serde::ser::{self, Impossible, Serialize};
use serde_json::{Map, Number, Value};
use std::borrow::Cow;
use std::fmt::Display;

/// Deepest nesting that is taken from PHP (a recursive array has no end).
const MAX_DEPTH: usize = 64;

/// Makes a PHP value of anything serialisable: structs and maps become arrays, bytes and text strings.
pub fn to_zval<T: Serialize + ?Sized>(value: &T) -> Result<Zval> {
    value.serialize(ToZval).map_err(|e| Error::invalid(e.0))
}

/// A PHP array made of a Rust value; so that the stubs say `array`.
pub struct Shape(Zval);

impl Shape {
    /// See [`to_zval`].
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Shape> {
        to_zval(value).map(Shape)
    }
}

impl IntoZval for Shape {
    const TYPE: DataType = DataType::Array;
    const NULLABLE: bool = false;

    fn set_zval(self, zval: &mut Zval, _persistent: bool) -> ext_php_rs::error::Result<()> {
        *zval = self.0;
        Ok(())
    }
}

/// Makes JSON of a PHP array: lists stay lists, other arrays and stdClass become objects.
pub fn to_json(array: &ZendHashTable) -> Result<Value> {
    from_array(array, 0)
}

/// The text of each element of a list.
pub fn to_texts(list: &ZendHashTable) -> Result<Vec<&str>> {
    list.values()
        .map(|v| {
            v.dereference()
                .str()
                .ok_or_else(|| Error::invalid("Every element of the list must be a UTF-8 string."))
        })
        .collect()
}

/// The cells of a row, as text.
pub fn to_cells(row: &Zval) -> Result<Vec<Cow<'_, str>>> {
    row.dereference()
        .array()
        .ok_or_else(|| Error::invalid("Every row must be an array."))?
        .values()
        .map(|cell| {
            let cell = cell.dereference();
            if let Some(text) = cell.zend_str() {
                Ok(String::from_utf8_lossy(text.as_bytes()))
            } else if cell.is_null() {
                Ok(Cow::Borrowed(""))
            } else if let Some(flag) = cell.bool() {
                Ok(Cow::Borrowed(if flag { "1" } else { "0" }))
            } else if let Some(number) = cell.long() {
                Ok(Cow::Owned(number.to_string()))
            } else if let Some(number) = cell.double() {
                Ok(Cow::Owned(number.to_string()))
            } else {
                Err(Error::invalid(
                    "A cell is no text, number, boolean or null.",
                ))
            }
        })
        .collect()
}

fn json(value: &Zval, depth: usize) -> Result<Value> {
    if depth > MAX_DEPTH {
        return Err(Error::invalid(format!(
            "The array is nested deeper than {MAX_DEPTH} levels."
        )));
    }
    let value = value.dereference();
    if value.is_null() {
        Ok(Value::Null)
    } else if let Some(flag) = value.bool() {
        Ok(Value::Bool(flag))
    } else if let Some(number) = value.long() {
        Ok(Value::from(number))
    } else if value.is_double() {
        let number = value.double().and_then(Number::from_f64);
        number
            .map(Value::Number)
            .ok_or_else(|| Error::invalid("A number is not finite."))
    } else if value.is_string() {
        let text = value
            .str()
            .ok_or_else(|| Error::invalid("A text is not valid UTF-8."))?;
        Ok(Value::String(text.to_owned()))
    } else if let Some(array) = value.array() {
        from_array(array, depth)
    } else if let Some(properties) = value.object().and_then(|o| o.get_properties().ok()) {
        object(properties, depth)
    } else {
        Err(Error::invalid(
            "Only arrays, strings, numbers, booleans and null can be passed.",
        ))
    }
}

fn from_array(array: &ZendHashTable, depth: usize) -> Result<Value> {
    if array.has_sequential_keys() {
        array.values().map(|item| json(item, depth + 1)).collect()
    } else {
        object(array, depth)
    }
}

fn object(array: &ZendHashTable, depth: usize) -> Result<Value> {
    array
        .iter()
        .map(|(key, item)| {
            let key = String::try_from(key)
                .map_err(|_| Error::invalid("An array key is not valid UTF-8."))?;
            Ok((key, json(item, depth + 1)?))
        })
        .collect::<Result<Map<_, _>>>()
        .map(Value::Object)
}

/// Why a value has no PHP form.
#[derive(Debug)]
struct Failure(String);

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl ser::Error for Failure {
    fn custom<T: Display>(text: T) -> Self {
        Failure(text.to_string())
    }
}

impl From<ext_php_rs::error::Error> for Failure {
    fn from(error: ext_php_rs::error::Error) -> Self {
        Failure(error.to_string())
    }
}

type Made<T> = std::result::Result<T, Failure>;

fn text(bytes: &[u8]) -> Zval {
    let mut zval = Zval::new();
    zval.set_zend_string(ZendStr::new(bytes, false));
    zval
}

fn list(capacity: Option<usize>) -> ToList {
    ToList {
        array: with_capacity(capacity),
        variant: None,
    }
}

fn with_capacity(capacity: Option<usize>) -> ZBox<ZendHashTable> {
    capacity
        .and_then(|n| u32::try_from(n).ok())
        .map_or_else(ZendHashTable::new, ZendHashTable::with_capacity)
}

fn wrap(array: ZBox<ZendHashTable>, variant: Option<&'static str>) -> Made<Zval> {
    let mut zval = Zval::new();
    zval.set_hashtable(array);
    match variant {
        None => Ok(zval),
        Some(name) => {
            let mut outer = ZendHashTable::with_capacity(1);
            outer.insert(ArrayKey::Str(name), zval)?;
            wrap(outer, None)
        }
    }
}

struct ToZval;

/// A list under construction; with a name when it is the content of an enum's variant.
struct ToList {
    array: ZBox<ZendHashTable>,
    variant: Option<&'static str>,
}

/// A map under construction.
struct ToMap {
    array: ZBox<ZendHashTable>,
    key: Option<String>,
    variant: Option<&'static str>,
}

macro_rules! longs {
    ($($method:ident: $type:ty),*) => { $(
        fn $method(self, v: $type) -> Made<Zval> {
            self.serialize_i64(i64::from(v))
        }
    )* };
}

impl ser::Serializer for ToZval {
    type Ok = Zval;
    type Error = Failure;
    type SerializeSeq = ToList;
    type SerializeTuple = ToList;
    type SerializeTupleStruct = ToList;
    type SerializeTupleVariant = ToList;
    type SerializeMap = ToMap;
    type SerializeStruct = ToMap;
    type SerializeStructVariant = ToMap;

    longs!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32);

    fn serialize_bool(self, v: bool) -> Made<Zval> {
        let mut zval = Zval::new();
        zval.set_bool(v);
        Ok(zval)
    }

    fn serialize_i64(self, v: i64) -> Made<Zval> {
        let mut zval = Zval::new();
        zval.set_long(v);
        Ok(zval)
    }

    fn serialize_u64(self, v: u64) -> Made<Zval> {
        // As json_decode does with what does not fit.
        i64::try_from(v).map_or_else(
            |_| ToZval.serialize_f64(v as f64),
            |v| ToZval.serialize_i64(v),
        )
    }

    fn serialize_f32(self, v: f32) -> Made<Zval> {
        self.serialize_f64(f64::from(v))
    }

    fn serialize_f64(self, v: f64) -> Made<Zval> {
        let mut zval = Zval::new();
        zval.set_double(v);
        Ok(zval)
    }

    fn serialize_char(self, v: char) -> Made<Zval> {
        self.serialize_str(v.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, v: &str) -> Made<Zval> {
        Ok(text(v.as_bytes()))
    }

    fn serialize_bytes(self, v: &[u8]) -> Made<Zval> {
        Ok(text(v))
    }

    fn serialize_none(self) -> Made<Zval> {
        Ok(Zval::null())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Made<Zval> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Made<Zval> {
        Ok(Zval::null())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Made<Zval> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Made<Zval> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Made<Zval> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Made<Zval> {
        let mut outer = ZendHashTable::with_capacity(1);
        outer.insert(ArrayKey::Str(variant), value.serialize(ToZval)?)?;
        wrap(outer, None)
    }

    fn serialize_seq(self, len: Option<usize>) -> Made<ToList> {
        Ok(list(len))
    }

    fn serialize_tuple(self, len: usize) -> Made<ToList> {
        Ok(list(Some(len)))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Made<ToList> {
        Ok(list(Some(len)))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Made<ToList> {
        Ok(ToList {
            variant: Some(variant),
            ..list(Some(len))
        })
    }

    fn serialize_map(self, len: Option<usize>) -> Made<ToMap> {
        Ok(ToMap {
            array: with_capacity(len),
            key: None,
            variant: None,
        })
    }

    fn serialize_struct(self, _: &'static str, len: usize) -> Made<ToMap> {
        self.serialize_map(Some(len))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Made<ToMap> {
        Ok(ToMap {
            array: with_capacity(Some(len)),
            key: None,
            variant: Some(variant),
        })
    }
}

impl ToList {
    fn add<T: Serialize + ?Sized>(&mut self, value: &T) -> Made<()> {
        Ok(self.array.push(value.serialize(ToZval)?)?)
    }
}

macro_rules! lists {
    ($($trait:ident $method:ident),*) => { $(
        impl ser::$trait for ToList {
            type Ok = Zval;
            type Error = Failure;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Made<()> {
                self.add(value)
            }

            fn end(self) -> Made<Zval> {
                wrap(self.array, self.variant)
            }
        }
    )* };
}

lists!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

impl ser::SerializeMap for ToMap {
    type Ok = Zval;
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Made<()> {
        self.key = Some(key.serialize(ToKey)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Made<()> {
        let key = self.key.take().unwrap_or_default();
        Ok(self.array.insert(key.as_str(), value.serialize(ToZval)?)?)
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Made<()> {
        let key = key.serialize(ToKey)?;
        Ok(self.array.insert(key.as_str(), value.serialize(ToZval)?)?)
    }

    fn end(self) -> Made<Zval> {
        wrap(self.array, self.variant)
    }
}

macro_rules! structs {
    ($($trait:ident),*) => { $(
        impl ser::$trait for ToMap {
            type Ok = Zval;
            type Error = Failure;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Made<()> {
                // Field names are never numbers.
                Ok(self.array.insert(ArrayKey::Str(key), value.serialize(ToZval)?)?)
            }

            fn end(self) -> Made<Zval> {
                wrap(self.array, self.variant)
            }
        }
    )* };
}

structs!(SerializeStruct, SerializeStructVariant);

/// Array keys: text and whole numbers.
struct ToKey;

macro_rules! no_keys {
    ($($method:ident: $type:ty),*) => { $(
        fn $method(self, _: $type) -> Made<String> {
            Err(Failure("This cannot be an array key.".into()))
        }
    )* };
}

macro_rules! number_keys {
    ($($method:ident: $type:ty),*) => { $(
        fn $method(self, v: $type) -> Made<String> {
            Ok(v.to_string())
        }
    )* };
}

impl ser::Serializer for ToKey {
    type Ok = String;
    type Error = Failure;
    type SerializeSeq = Impossible<String, Failure>;
    type SerializeTuple = Impossible<String, Failure>;
    type SerializeTupleStruct = Impossible<String, Failure>;
    type SerializeTupleVariant = Impossible<String, Failure>;
    type SerializeMap = Impossible<String, Failure>;
    type SerializeStruct = Impossible<String, Failure>;
    type SerializeStructVariant = Impossible<String, Failure>;

    no_keys!(serialize_f32: f32, serialize_f64: f64, serialize_bytes: &[u8]);
    number_keys!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_char: char);

    fn serialize_str(self, v: &str) -> Made<String> {
        Ok(v.to_owned())
    }

    fn serialize_none(self) -> Made<String> {
        no_key()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Made<String> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Made<String> {
        no_key()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Made<String> {
        no_key()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Made<String> {
        Ok(variant.to_owned())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Made<String> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Made<String> {
        no_key()
    }

    fn serialize_seq(self, _: Option<usize>) -> Made<Self::SerializeSeq> {
        no_key()
    }

    fn serialize_tuple(self, _: usize) -> Made<Self::SerializeTuple> {
        no_key()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Made<Self::SerializeTupleStruct> {
        no_key()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Made<Self::SerializeTupleVariant> {
        no_key()
    }

    fn serialize_map(self, _: Option<usize>) -> Made<Self::SerializeMap> {
        no_key()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Made<Self::SerializeStruct> {
        no_key()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Made<Self::SerializeStructVariant> {
        no_key()
    }
}

fn no_key<T>() -> Made<T> {
    Err(Failure("This cannot be an array key.".into()))
}
