//! Some rows of a file on their way to PHP: merged by number, handed over column by column.

use super::names;
use nxtchat_core::csv::{self, Contact, Mapping, Reject, Row, To};
use nxtchat_core::enums::Consent;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use std::collections::hash_map::Entry;
use std::collections::HashMap;
use std::sync::Arc;

/// Bytes of a rejected row that are handed out for mending, at most.
const ROW_BYTES: usize = 16 * 1024;
/// A row.
pub(super) struct Item {
    pub(super) line: u64,
    /// Where the next row begins, and the lines before it.
    pub(super) end: u64,
    pub(super) lines: u64,
    pub(super) what: std::result::Result<Person, (Reject, Vec<String>)>,
}

/// A contact in one piece of memory: threads that free each other's many small ones are slow.
pub(super) struct Person {
    /// Its texts one after the other, in the order of [`Part`].
    text: Box<str>,
    ends: [u32; PARTS],
    consents: [Consent; 3],
    consent_at_ms: i64,
}

/// Where a text of a [`Person`] stands.
#[derive(Clone, Copy)]
enum Part {
    Phone,
    Name,
    SortName,
    /// With [`BETWEEN`] between them, as are groups and the values of custom fields.
    Words,
    Email,
    Country,
    Language,
    Groups,
    Wording,
    Values,
}
const PARTS: usize = Part::Values as usize + 1;

/// Between the texts of a list. Cells hold no control characters but line breaks.
const BETWEEN: char = '\u{1F}';

/// Some rows, to be written column by column. What no column is mapped to is left out.
pub struct Batch {
    pub(super) mapping: Arc<Mapping>,
    pub(super) rows: usize,
    pub(super) people: Vec<(u64, Person)>,
    pub(super) rejects: Vec<Rejected>,
    pub(super) position: u64,
    pub(super) line: u64,
}

/// A row that cannot be used.
#[derive(Debug, serde::Serialize)]
pub struct Rejected {
    /// Its line, from 1.
    pub line: u64,
    /// See [`Reject::code`].
    pub code: &'static str,
    /// See [`Reject::reason`].
    pub reason: &'static str,
    /// The column, from 1; 0 when it is about the row.
    pub column: usize,
    /// What stands there, cut.
    pub value: String,
    /// The cells as they are in the file; from [`ROW_BYTES`] on cut.
    pub row: Vec<String>,
}

/// The cells of a row that is rejected.
pub(super) fn texts(mapping: &Mapping, row: &Row) -> Vec<String> {
    let mut left = ROW_BYTES;
    let text = |cell| {
        let (text, _) = mapping.encoding.text(cell);
        let kept: String = text
            .char_indices()
            .take_while(|(at, c)| at + c.len_utf8() <= left)
            .map(|(_, c)| c)
            .collect();
        left -= kept.len();
        kept
    };
    row.cells().map(text).collect()
}

/// Whether a column is for names.
pub(super) fn has_name(mapping: &Mapping) -> bool {
    mapping.has(To::Name) || mapping.has(To::FirstName) || mapping.has(To::LastName)
}

impl Batch {
    /// Takes a row in. `places`: where each number stands; its digits are a number, too.
    pub(super) fn add(&mut self, item: Item, places: &mut HashMap<u64, usize>) {
        self.rows += 1;
        let person = match item.what {
            Ok(person) => person,
            Err((reject, row)) => {
                self.rejects.push(Rejected {
                    line: item.line,
                    code: reject.code,
                    reason: reject.reason,
                    column: reject.column,
                    value: reject.value,
                    row,
                });
                return;
            }
        };
        let digits = person.part(Part::Phone).bytes().filter(u8::is_ascii_digit);
        let number = digits.fold(0, |number: u64, digit| {
            number
                .wrapping_mul(10)
                .wrapping_add(u64::from(digit - b'0'))
        });
        match places.entry(number) {
            Entry::Vacant(place) => {
                place.insert(self.people.len());
                self.people.push((item.line, person));
            }
            Entry::Occupied(place) => {
                if let Some(known) = self.people.get_mut(*place.get()) {
                    *known = (item.line, known.1.merged(&person));
                }
            }
        }
    }
}

impl Person {
    pub(super) fn new(contact: &Contact, has_name: bool) -> Person {
        let (words, sort_name) = if has_name {
            names::words_and_sort(&contact.name)
        } else {
            Default::default()
        };
        Person::of(
            [
                &contact.phone,
                &contact.name,
                &sort_name,
                &joined(&words),
                &contact.email,
                &contact.country,
                &contact.language,
                &joined(&contact.groups),
                &contact.wording,
                &joined(&contact.values),
            ],
            contact.consents.map(|said| said.unwrap_or(Consent::None)),
            contact.consent_at_ms,
        )
    }

    fn of(parts: [&str; PARTS], consents: [Consent; 3], consent_at_ms: i64) -> Person {
        let mut ends = [0; PARTS];
        let mut end = 0;
        for (at, part) in parts.iter().enumerate() {
            end += part.len() as u32;
            ends[at] = end;
        }
        Person {
            text: parts.concat().into(),
            ends,
            consents,
            consent_at_ms,
        }
    }

    fn part(&self, part: Part) -> &str {
        let at = part as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start as usize..self.ends[at] as usize]
    }

    fn list(&self, part: Part) -> impl Iterator<Item = &str> + Clone {
        self.part(part)
            .split(BETWEEN)
            .filter(|text| !text.is_empty())
    }

    /// The value of a custom field by its place.
    fn value(&self, at: usize) -> &str {
        self.part(Part::Values).split(BETWEEN).nth(at).unwrap_or("")
    }

    /// Together with a later row of the same number: that fills and overwrites, groups add up, and a withdrawal of consent
    /// stays.
    fn merged(&self, later: &Person) -> Person {
        let either = |part| match later.part(part) {
            "" => self.part(part),
            text => text,
        };
        let named = if later.part(Part::Name).is_empty() {
            self
        } else {
            later
        };
        let mut groups: Vec<&str> = self.list(Part::Groups).collect();
        for name in later.list(Part::Groups) {
            if !groups.iter().any(|known| csv::is_same(known, name)) {
                groups.push(name);
            }
        }
        let values: Vec<&str> = self
            .part(Part::Values)
            .split(BETWEEN)
            .zip(later.part(Part::Values).split(BETWEEN))
            .map(|(old, new)| if new.is_empty() { old } else { new })
            .collect();
        let mut consents = self.consents;
        for (old, new) in consents.iter_mut().zip(later.consents) {
            if *old != Consent::Revoked && new != Consent::None {
                *old = new;
            }
        }
        Person::of(
            [
                self.part(Part::Phone),
                named.part(Part::Name),
                named.part(Part::SortName),
                named.part(Part::Words),
                either(Part::Email),
                either(Part::Country),
                either(Part::Language),
                &joined(&groups),
                either(Part::Wording),
                &joined(&values),
            ],
            consents,
            self.consent_at_ms.max(later.consent_at_ms),
        )
    }
}

fn joined<S: AsRef<str>>(texts: &[S]) -> String {
    let mut out = String::new();
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            out.push(BETWEEN);
        }
        out.push_str(text.as_ref());
    }
    out
}

impl Serialize for Batch {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let has = |to: To| self.mapping.has(to);
        let name = has_name(&self.mapping);
        let columns = [
            ("line", true, Say::Line),
            ("phone", true, Say::Text(Part::Phone)),
            ("name", name, Say::Text(Part::Name)),
            ("sort_name", name, Say::Text(Part::SortName)),
            ("words", name, Say::List(Part::Words)),
            ("email", has(To::Email), Say::Text(Part::Email)),
            ("country", true, Say::Text(Part::Country)),
            ("language", has(To::Language), Say::Text(Part::Language)),
            ("groups", has(To::Groups), Say::List(Part::Groups)),
            ("marketing", has(To::Marketing), Say::Consent(0)),
            ("utility", has(To::Utility), Say::Consent(1)),
            ("login", has(To::Login), Say::Consent(2)),
            ("consent_at_ms", has(To::ConsentAt), Say::ConsentAt),
            ("wording", has(To::Wording), Say::Text(Part::Wording)),
        ];
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("n", &self.people.len())?;
        map.serialize_entry("rows", &self.rows)?;
        for (key, is_there, say) in columns {
            if is_there {
                map.serialize_entry(key, &Column(self, say))?;
            }
        }
        map.serialize_entry("values", &Values(self))?;
        map.serialize_entry("rejects", &self.rejects)?;
        map.serialize_entry("position", &self.position)?;
        map.serialize_entry("last_line", &self.line)?;
        map.end()
    }
}

/// What a column says of each contact.
#[derive(Clone, Copy)]
enum Say {
    Line,
    Text(Part),
    List(Part),
    Consent(usize),
    ConsentAt,
    /// The custom field at this place.
    Value(usize),
}

/// A column.
struct Column<'a>(&'a Batch, Say);

impl Serialize for Column<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.people.len()))?;
        for (line, person) in &self.0.people {
            list.serialize_element(&Cell(*line, person, self.1))?;
        }
        list.end()
    }
}

/// What is said of one contact.
struct Cell<'a>(u64, &'a Person, Say);

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let Cell(line, person, say) = self;
        match *say {
            Say::Line => serializer.serialize_u64(*line),
            Say::Text(part) => serializer.serialize_str(person.part(part)),
            Say::List(part) => serializer.collect_seq(person.list(part)),
            Say::Consent(at) => person.consents[at].serialize(serializer),
            Say::ConsentAt => serializer.serialize_i64(person.consent_at_ms),
            Say::Value(at) => serializer.serialize_str(person.value(at)),
        }
    }
}

/// The custom fields by name.
struct Values<'a>(&'a Batch);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let fields = self.0.mapping.fields.iter().enumerate();
        let mapped = fields.filter(|(at, _)| self.0.mapping.has(To::Field(*at)));
        serializer
            .collect_map(mapped.map(|(at, field)| (&field.name, Column(self.0, Say::Value(at)))))
    }
}
