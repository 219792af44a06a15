//! Reading JSON of which nothing can be taken for granted: scalars are tolerant, containers are not.
//!
//! An object is kept as its keys beside the raw text of their values, so a payload is cut from what Meta sent.

use crate::limits;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Why an update is not typed, in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape(pub String);

pub(super) type Read<T> = Result<T, Shape>;

/// A JSON object: keys and raw values.
pub(super) struct Object<'a> {
    /// How the object is called in reasons.
    name: &'static str,
    pairs: Vec<(Cow<'a, str>, &'a RawValue)>,
}

#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

struct Pairs<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs = Vec::with_capacity(8);
                while let Some((Key(key), value)) = map.next_entry()? {
                    pairs.push((key, value));
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// What a raw value is, for reasons.
fn nature(raw: &RawValue) -> &'static str {
    match raw.get().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "text",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    }
}

fn is_null(raw: &RawValue) -> bool {
    raw.get() == "null"
}

/// The elements of a list.
pub(super) fn list<'a>(name: &str, raw: &'a RawValue) -> Read<Vec<&'a RawValue>> {
    serde_json::from_str(raw.get())
        .map_err(|_| Shape(format!("{name}: expected a list, found {}", nature(raw))))
}

impl<'a> Object<'a> {
    /// The object in `raw`.
    pub fn new(name: &'static str, raw: &'a RawValue) -> Read<Object<'a>> {
        match serde_json::from_str::<Pairs>(raw.get()) {
            Ok(Pairs(pairs)) => Ok(Object { name, pairs }),
            Err(_) => Err(Shape(format!(
                "{name}: expected an object, found {}",
                nature(raw)
            ))),
        }
    }

    fn wrong(&self, key: &str, what: impl fmt::Display) -> Shape {
        Shape(format!("{}.{key}: {what}", self.name))
    }

    /// The value of `key`; of a repeated key the last. Null counts as absent.
    pub fn raw(&self, key: &str) -> Option<&'a RawValue> {
        self.pairs
            .iter()
            .rev()
            .find(|(k, _)| k == key)
            .map(|(_, raw)| *raw)
            .filter(|raw| !is_null(raw))
    }

    /// Whether `key` is there with a value.
    pub fn has(&self, key: &str) -> bool {
        self.raw(key).is_some()
    }

    /// The object in `key`.
    pub fn object(&self, key: &'static str) -> Read<Option<Object<'a>>> {
        self.raw(key).map(|raw| Object::new(key, raw)).transpose()
    }

    /// The elements of the list in `key`; none when absent.
    pub fn list(&self, key: &str) -> Read<Vec<&'a RawValue>> {
        self.raw(key)
            .map_or_else(|| Ok(Vec::new()), |raw| list(key, raw))
    }

    /// Text, of any length; a number counts as its digits; absent is ''. NUL, which SQLite cuts at, becomes U+FFFD.
    pub fn text(&self, key: &str) -> Read<Cow<'a, str>> {
        let raw = match self.raw(key) {
            Some(raw) => raw,
            None => return Ok(Cow::Borrowed("")),
        };
        let json = raw.get();
        match json.as_bytes().first() {
            Some(b'"') => {
                if !json.contains('\\') {
                    return Ok(Cow::Borrowed(
                        json.get(1..json.len().saturating_sub(1))
                            .unwrap_or_default(),
                    ));
                }
                let text: String = serde_json::from_str(json)
                    .map_err(|_| self.wrong(key, "text that cannot be read"))?;
                Ok(Cow::Owned(if text.contains('\0') {
                    text.replace('\0', "\u{fffd}")
                } else {
                    text
                }))
            }
            Some(b'-' | b'0'..=b'9') => Ok(Cow::Borrowed(json)),
            _ => Err(self.wrong(key, format_args!("expected text, found {}", nature(raw)))),
        }
    }

    /// An identifier: printable ASCII of at most [`limits::IDENTIFIER_BYTES`]; absent is ''.
    pub fn id(&self, key: &str) -> Read<String> {
        let text = self.text(key)?;
        if text.len() > limits::IDENTIFIER_BYTES {
            return Err(self.wrong(
                key,
                format_args!(
                    "an identifier of {} bytes, at most {} fit",
                    text.len(),
                    limits::IDENTIFIER_BYTES
                ),
            ));
        }
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(self.wrong(
                key,
                "an identifier with other characters than printable ASCII",
            ));
        }
        Ok(text.into_owned())
    }

    /// An identifier that must be there.
    pub fn needed_id(&self, key: &str) -> Read<String> {
        let id = self.id(key)?;
        if id.is_empty() {
            return Err(self.wrong(key, "missing"));
        }
        Ok(id)
    }

    /// Text for showing, cut to `max` characters.
    pub fn short(&self, key: &str, max: usize) -> Read<String> {
        let text = self.text(key)?;
        Ok(cut(&text, max).to_owned())
    }

    /// A whole number, also as text; absent is 0.
    pub fn int(&self, key: &str) -> Read<i64> {
        let text = self.text(key)?;
        if text.is_empty() {
            return Ok(0);
        }
        number(&text).ok_or_else(|| self.wrong(key, "expected a whole number"))
    }

    /// True or false, also as text or 0/1; absent is false.
    pub fn flag(&self, key: &str) -> Read<bool> {
        match self.raw(key).map(|raw| raw.get().trim_matches('"')) {
            None | Some("false" | "0" | "") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => Err(self.wrong(key, "expected true or false")),
        }
    }

    /// Unix seconds (or, from 10^12 on, milliseconds) in `key` as milliseconds; 0 when absent or a placeholder.
    pub fn time_ms(&self, key: &str) -> Read<i64> {
        let text = self.text(key)?;
        Ok(match number(&text) {
            Some(ms) if ms >= 1_000_000_000_000 => ms,
            Some(seconds) if seconds > 0 => seconds.saturating_mul(1000),
            _ => 0,
        })
    }
}

/// A whole number from its digits; fractions and exponents are tolerated when the value is whole.
fn number(text: &str) -> Option<i64> {
    let text = text.trim();
    text.parse::<i64>().ok().or_else(|| {
        let float = text.parse::<f64>().ok()?;
        // 2^53: beyond it a float no longer tells whole numbers apart.
        (float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0).then_some(float as i64)
    })
}

/// The first `max` characters.
pub(super) fn cut(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    text.char_indices()
        .nth(max)
        .and_then(|(end, _)| text.get(..end))
        .unwrap_or(text)
}
