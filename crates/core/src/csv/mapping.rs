//! What a row says of a person, by the columns that somebody chose.

use super::cells::{clean, consent, date, day_text, email, moment, number, yes_no};
use super::guess::plain;
use super::places::{country, language};
use super::rows::is_sign;
use super::{Dialect, Encoding, Fault, Row, CELL_BYTES, COLUMNS, LINE_BYTES};
use crate::enums::{Consent, FieldType};
use crate::phone;
use serde_json::Value;
use std::borrow::Cow;

/// Longest name, characters (the column's width); also of a group.
const NAME_CHARS: usize = 190;
/// Longest text of a custom field, characters (the column's width).
const TEXT_CHARS: usize = 255;
/// Longest wording of a consent, characters (the column's width).
const WORDING_CHARS: usize = 1_000;
/// Groups that one row names, at most.
const GROUPS: usize = 50;
/// Custom fields of one mapping, at most.
const FIELDS: usize = 200;
/// Characters of a cell that are kept to show what was rejected.
const VALUE_CHARS: usize = 200;

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// Nothing.
    Nothing,
    /// The number, E.164 or national.
    Phone,
    /// The whole name.
    Name,
    /// Its first part.
    FirstName,
    /// Its last part.
    LastName,
    /// Email address.
    Email,
    /// Country, by code or name.
    Country,
    /// Language, by code or name.
    Language,
    /// Names of groups. More than one column may be for them.
    Groups,
    /// Consent for marketing.
    Marketing,
    /// Consent for utility messages.
    Utility,
    /// Consent for login codes.
    Login,
    /// When consent was given or withdrawn.
    ConsentAt,
    /// The words that were agreed to.
    Wording,
    /// The custom field at this place of [`Mapping::fields`].
    Field(usize),
}

/// The words of [`To`], but for custom fields.
const WORDS: [(&str, To); 13] = [
    ("phone", To::Phone),
    ("name", To::Name),
    ("first_name", To::FirstName),
    ("last_name", To::LastName),
    ("email", To::Email),
    ("country", To::Country),
    ("language", To::Language),
    ("groups", To::Groups),
    ("marketing", To::Marketing),
    ("utility", To::Utility),
    ("login", To::Login),
    ("consent_at", To::ConsentAt),
    ("wording", To::Wording),
];

/// A custom field.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name, as in `field:<name>`.
    pub name: String,
    /// What it holds.
    pub kind: FieldType,
    /// What may be chosen.
    pub choices: Vec<String>,
}

/// How a file is read and what its columns are for.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// How letters are written.
    pub encoding: Encoding,
    /// How cells are told apart.
    pub dialect: Dialect,
    /// Whether the first row holds the names of the columns.
    pub header: bool,
    /// What each column is for, in their order.
    pub columns: Vec<To>,
    /// The country of numbers without country code; '' when there is none.
    pub region: String,
    /// What stands between the names of groups.
    pub separators: String,
    /// The custom fields that columns may be for.
    pub fields: Vec<Field>,
}

/// Why a number is none: [`Reject::reason`].
pub type PhoneFault = &'static str;

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// `no_number`, `not_a_number`, `unknown_country`, `unknown_language`, `bad_email`, `bad_date`, `bad_number`, `not_a_choice`,
    /// `bad_yes_no`, `too_many_columns`, `too_long` or `bad_encoding`.
    pub code: &'static str,
    /// Why it is not a number; else ''.
    pub reason: PhoneFault,
    /// The column, from 1; 0 when it is about the row.
    pub column: usize,
    /// What stands there, cut.
    pub value: String,
}

/// What a row says. Columns that nothing is mapped to are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// E.164.
    pub phone: String,
    /// The name.
    pub name: String,
    /// Email address in lower case.
    pub email: String,
    /// ISO 3166-1 alpha-2; by the number when no column says it.
    pub country: String,
    /// `de` or `pt_BR`.
    pub language: String,
    /// Names of groups, each once.
    pub groups: Vec<String>,
    /// Marketing, utility, login; `None` when nothing is said.
    pub consents: [Option<Consent>; 3],
    /// When, ms since 1970; 0 when nothing is said.
    pub consent_at_ms: i64,
    /// The words agreed to.
    pub wording: String,
    /// The custom fields in their canonical text, by their place; '' when nothing is said.
    pub values: Vec<String>,
}

impl Mapping {
    /// Reads the options `{encoding, delimiter, quote?, header, columns: [{to}], region?, group_separator?, fields?: [{name,
    /// type, choices?}]}`; else says what is wrong with them.
    pub fn read(options: &Value) -> Result<Mapping, String> {
        let text = |key: &str| options.get(key).and_then(Value::as_str);
        let word = text("encoding").unwrap_or("utf-8");
        let encoding = Encoding::from_word(word)
            .ok_or_else(|| ["encoding: ", word, " is not known."].concat())?;
        let fields = list(options.get("fields"))
            .iter()
            .take(FIELDS)
            .map(field)
            .collect::<Result<Vec<_>, _>>()?;
        let columns = list(options.get("columns"));
        if columns.len() > COLUMNS {
            return Err(["columns: ", &COLUMNS.to_string(), " at most."].concat());
        }
        let columns = columns
            .iter()
            .map(|column| to(column.get("to").unwrap_or(&Value::Null), &fields))
            .collect::<Result<Vec<_>, _>>()?;
        for (at, to) in columns.iter().enumerate() {
            if !matches!(to, To::Nothing | To::Groups)
                && columns.iter().take(at).any(|before| before == to)
            {
                let at = (at + 1).to_string();
                return Err([
                    "columns: column ",
                    &at,
                    " is for the same as one before it.",
                ]
                .concat());
            }
        }
        if !columns.contains(&To::Phone) {
            return Err("columns: none is for the phone number.".to_owned());
        }
        Ok(Mapping {
            encoding,
            dialect: dialect(options)?,
            header: options
                .get("header")
                .and_then(Value::as_bool)
                .unwrap_or(false),
            columns,
            region: text("region").unwrap_or("").to_ascii_uppercase(),
            separators: text("group_separator").unwrap_or(",;|").to_owned(),
            fields,
        })
    }

    /// Whether a column is for this.
    #[must_use]
    pub fn has(&self, to: To) -> bool {
        self.columns.contains(&to)
    }

    /// What a row says. `phone` makes E.164 of a number and its country ('' when there is none), or says why it is none.
    pub fn convert(
        &self,
        row: &Row,
        phone: &mut dyn FnMut(&str, &str) -> Result<String, PhoneFault>,
    ) -> Result<Contact, Reject> {
        let whole = |code| {
            Err(Reject {
                code,
                reason: "",
                column: 0,
                value: shown(&self.encoding.text(row.cell(0)).0),
            })
        };
        match row.fault {
            Some(Fault::Columns) => return whole("too_many_columns"),
            Some(Fault::Cell | Fault::Line) => return whole("too_long"),
            None => {}
        }
        let beyond = (self.columns.len()..row.len())
            .find(|at| row.cell(*at).iter().any(|b| !b.is_ascii_whitespace()));
        if let Some(at) = beyond {
            return Err(self.reject("too_many_columns", at, &self.encoding.text(row.cell(at)).0));
        }
        let mut contact = Contact {
            values: vec![String::new(); self.fields.len()],
            ..Contact::default()
        };
        let (mut given, mut family) = (String::new(), String::new());
        let (mut number_at, mut number_text) = (0, Cow::Borrowed(""));
        for (at, to) in self.columns.iter().enumerate() {
            if *to == To::Nothing {
                continue;
            }
            let (text, is_read) = self.encoding.text(row.cell(at));
            if !is_read {
                return Err(self.reject("bad_encoding", at, &text));
            }
            let text = clean(text);
            if *to == To::Phone {
                number_at = at;
                number_text = text;
                continue;
            }
            if text.is_empty() {
                continue;
            }
            let code = self.cell(*to, &text, &mut contact, &mut given, &mut family);
            if let Err(code) = code {
                return Err(self.reject(code, at, &text));
            }
        }
        if contact.name.is_empty() {
            contact.name = given;
            if !contact.name.is_empty() && !family.is_empty() {
                contact.name.push(' ');
            }
            contact.name.push_str(&family);
        }
        if number_text.is_empty() {
            return Err(self.reject("no_number", number_at, ""));
        }
        let region = if contact.country.is_empty() {
            &self.region
        } else {
            &contact.country
        };
        let number = if is_rounded(&number_text) {
            Err("rounded")
        } else {
            phone(&number_text, region)
        };
        match number {
            Ok(number) => contact.phone = number,
            Err(reason) => {
                return Err(Reject {
                    reason,
                    ..self.reject("not_a_number", number_at, &number_text)
                })
            }
        }
        if contact.country.is_empty() && contact.phone.starts_with('+') {
            contact.country = phone::country(&contact.phone).to_owned();
        }
        Ok(contact)
    }

    /// Takes one cell in; else the code of what is wrong.
    fn cell(
        &self,
        to: To,
        text: &str,
        contact: &mut Contact,
        given: &mut String,
        family: &mut String,
    ) -> Result<(), &'static str> {
        let line = |max| {
            if text.chars().nth(max).is_some() {
                Err("too_long")
            } else {
                Ok(text.replace('\n', " "))
            }
        };
        let agreed = || match consent(text) {
            Some(true) => Ok(Some(Consent::Granted)),
            Some(false) => Ok(Some(Consent::Revoked)),
            None => Err("bad_yes_no"),
        };
        let [marketing, utility, login] = &mut contact.consents;
        match to {
            To::Nothing | To::Phone => {}
            To::Name => contact.name = line(NAME_CHARS)?,
            To::FirstName => *given = line(NAME_CHARS / 2)?,
            To::LastName => *family = line(NAME_CHARS / 2 - 1)?,
            To::Email => contact.email = email(text).ok_or("bad_email")?,
            To::Country => contact.country = country(text).ok_or("unknown_country")?.to_owned(),
            To::Language => contact.language = language(text).ok_or("unknown_language")?,
            To::Groups => {
                let names = text
                    .split(|c| c == '\n' || self.separators.contains(c))
                    .map(str::trim);
                for name in names.filter(|name| !name.is_empty()) {
                    if contact.groups.iter().any(|known| is_same(known, name)) {
                        continue;
                    }
                    if contact.groups.len() == GROUPS || name.chars().nth(NAME_CHARS).is_some() {
                        return Err("too_long");
                    }
                    contact.groups.push(name.to_owned());
                }
            }
            To::Marketing => *marketing = agreed()?,
            To::Utility => *utility = agreed()?,
            To::Login => *login = agreed()?,
            To::ConsentAt => {
                contact.consent_at_ms = moment(text, self.day_first()).ok_or("bad_date")?
            }
            To::Wording => {
                if text.chars().nth(WORDING_CHARS).is_some() {
                    return Err("too_long");
                }
                contact.wording = text.to_owned();
            }
            To::Field(at) => {
                if let (Some(field), Some(value)) =
                    (self.fields.get(at), contact.values.get_mut(at))
                {
                    *value = field.canonical(text, self.day_first())?;
                }
            }
        }
        Ok(())
    }

    /// Whether 2/3/2026 is in March: everywhere but in the United States.
    fn day_first(&self) -> bool {
        self.region != "US"
    }

    fn reject(&self, code: &'static str, at: usize, text: &str) -> Reject {
        Reject {
            code,
            reason: "",
            column: at + 1,
            value: shown(text),
        }
    }
}

impl Field {
    /// The text as it is kept; else the code of what is wrong.
    fn canonical(&self, text: &str, day_first: bool) -> Result<String, &'static str> {
        match self.kind {
            FieldType::Text => {
                if text.chars().nth(TEXT_CHARS).is_some() {
                    return Err("too_long");
                }
                Ok(text.to_owned())
            }
            FieldType::Number => number(text).ok_or("bad_number"),
            FieldType::Date => date(text, day_first)
                .map(|(days, _)| day_text(days))
                .ok_or("bad_date"),
            FieldType::Choice => {
                let exact = self.choices.iter().find(|choice| choice.as_str() == text);
                let word = plain(text);
                let near = || {
                    self.choices
                        .iter()
                        .find(|choice| !word.is_empty() && plain(choice) == word)
                };
                exact.or_else(near).cloned().ok_or("not_a_choice")
            }
            FieldType::YesNo => match yes_no(text) {
                Some(true) => Ok("1".to_owned()),
                Some(false) => Ok("0".to_owned()),
                None => Err("bad_yes_no"),
            },
        }
    }
}

/// The delimiter and the quote of options.
pub(super) fn dialect(options: &Value) -> Result<Dialect, String> {
    let sign = |key: &str, default: &'static str| match options
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or(default)
        .as_bytes()
    {
        [] => Ok(None),
        [byte] if is_sign(*byte) => Ok(Some(*byte)),
        _ => Err([key, ": one sign, no letter or digit."].concat()),
    };
    let quote = sign("quote", "\"")?;
    let delimiter = sign("delimiter", ",")?.ok_or("delimiter: it is empty.")?;
    if quote == Some(delimiter) {
        return Err("quote: it is the delimiter.".to_owned());
    }
    Ok(Dialect { delimiter, quote })
}

pub(super) fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn to(value: &Value, fields: &[Field]) -> Result<To, String> {
    let word = value.as_str().unwrap_or("");
    if word.is_empty() {
        return Ok(To::Nothing);
    }
    let known = WORDS
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, to)| *to);
    let field = || {
        let name = word.strip_prefix("field:")?;
        fields
            .iter()
            .position(|field| field.name == name)
            .map(To::Field)
    };
    known
        .or_else(field)
        .ok_or_else(|| ["columns: nothing is called ", word, "."].concat())
}

fn field(value: &Value) -> Result<Field, String> {
    let name = value.get("name").and_then(Value::as_str).unwrap_or("");
    let kind = value
        .get("type")
        .and_then(Value::as_i64)
        .and_then(FieldType::from_value);
    let kind = kind.filter(|_| !name.is_empty());
    Ok(Field {
        name: name.to_owned(),
        kind: kind.ok_or_else(|| ["fields: ", name, " has no name or no known type."].concat())?,
        choices: list(value.get("choices"))
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
    })
}

/// Whether two names differ in case only.
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || (!one.is_ascii() && one.to_lowercase() == other.to_lowercase())
}

/// What Excel makes of a long number: `4,9E+11`. Its digits are lost.
fn is_rounded(text: &str) -> bool {
    text.split_once(['E', 'e'])
        .map_or(false, |(number, power)| {
            let is_digits =
                |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            is_digits(power.trim_start_matches(['+', '-']))
                && is_digits(&number.replace(['.', ','], ""))
        })
}

/// The beginning of a text.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(VALUE_CHARS).collect()
}

const _: () = assert!(CELL_BYTES < LINE_BYTES);

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
