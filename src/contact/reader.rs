//! Contacts of a CSV file, row by row, read ahead in the background.
//!
//! Decoding, parsing, numbers and names happen on threads of their own while the database works. They are started at the first
//! [`Reader::next`] (never before a fork) and hold a bounded amount. Every answer says where to go on from, exactly.

use crate::error::{Error, Result};
use crate::phone::{Numbers, Region};
use crate::runtime::with_signals_blocked;
use nxtchat_core::csv::{self, Contact, Mapping, Reject, Row, Rows, To};
use nxtchat_core::enums::Consent;
use nxtchat_core::names;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use std::collections::hash_map::Entry;
use std::collections::HashMap;
use std::fs::File;
use std::io::ErrorKind;
use std::mem::take;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{sync_channel, Receiver, SyncSender};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// Bytes that are read at once.
const PIECE_BYTES: usize = 256 * 1024;
/// Rows that are handed over at once, at most.
const PACK_ROWS: usize = 1_000;
/// Packs that wait to be taken, at most.
const PACKS: usize = 4;
/// Bytes of a rejected row that are handed out for mending, at most.
const ROW_BYTES: usize = 16 * 1024;
/// Rows of one answer at most.
pub const MAX_ROWS: usize = 50_000;

/// Contacts of a file, from a position on.
pub struct Reader {
    path: String,
    file: Arc<File>,
    size: u64,
    mapping: Arc<Mapping>,
    region: Option<Region>,
    position: u64,
    line: u64,
    source: Option<Source>,
    pack: std::vec::IntoIter<Item>,
    /// What ended the reading: the end of the file, or what is wrong with it.
    end: Option<std::result::Result<(), String>>,
}

/// What reads ahead.
struct Source {
    pid: u32,
    packs: Receiver<Pack>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// Rows; none at the end of the file.
type Pack = Result<Vec<Item>>;

/// A row.
struct Item {
    line: u64,
    /// Where the next row begins, and the lines before it.
    end: u64,
    lines: u64,
    what: std::result::Result<Person, (Reject, Vec<String>)>,
}

/// A contact in one piece of memory: threads that free each other's many small ones are slow.
struct Person {
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
    mapping: Arc<Mapping>,
    rows: usize,
    people: Vec<(u64, Person)>,
    rejects: Vec<Rejected>,
    position: u64,
    line: u64,
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

impl Reader {
    /// Opens a file. `position` and `line` are 0, or those of a [`Batch`] of the same file and options.
    pub fn open(
        path: &str,
        options: &serde_json::Value,
        position: u64,
        line: u64,
    ) -> Result<Reader> {
        let mapping = Mapping::read(options).map_err(Error::InvalidInput)?;
        let region = crate::phone::region(Some(&mapping.region))?;
        let file = File::open(Path::new(path)).map_err(|e| file_error(path, &e))?;
        let meta = file.metadata().map_err(|e| file_error(path, &e))?;
        if !meta.is_file() {
            return Err(Error::File(format!("{path} is not a file.")));
        }
        if position > meta.len() {
            return Err(Error::File(format!(
                "{path} became shorter: it has {} bytes, {position} of them were read before.",
                meta.len()
            )));
        }
        Ok(Reader {
            path: path.to_owned(),
            file: Arc::new(file),
            size: meta.len(),
            mapping: Arc::new(mapping),
            region,
            position,
            line,
            source: None,
            pack: Vec::new().into_iter(),
            end: None,
        })
    }

    /// The contacts of the next rows, at most so many; `None` at the end. An error stays.
    pub fn next(&mut self, max_rows: usize) -> Result<Option<Batch>> {
        if !(1..=MAX_ROWS).contains(&max_rows) {
            return Err(Error::invalid(format!(
                "A batch can have 1 to {MAX_ROWS} rows."
            )));
        }
        let mut batch = Batch {
            mapping: self.mapping.clone(),
            rows: 0,
            people: Vec::with_capacity(max_rows),
            rejects: Vec::new(),
            position: 0,
            line: 0,
        };
        let mut places = HashMap::with_capacity(max_rows);
        while batch.rows < max_rows {
            let item = match self.item() {
                Ok(Some(item)) => item,
                Ok(None) => break,
                // What was read before it comes first; the next call says it again.
                Err(_) if batch.rows > 0 => break,
                Err(error) => return Err(error),
            };
            self.position = item.end;
            self.line = item.lines;
            batch.add(item, &mut places);
        }
        batch.position = self.position;
        batch.line = self.line;
        Ok((batch.rows > 0).then_some(batch))
    }

    /// The next row.
    fn item(&mut self) -> Result<Option<Item>> {
        loop {
            if let Some(item) = self.pack.next() {
                return Ok(Some(item));
            }
            if let Some(end) = &self.end {
                return end.clone().map(|()| None).map_err(Error::File);
            }
            let source = self.source()?;
            match source.packs.recv() {
                Ok(Ok(pack)) if pack.is_empty() => self.end = Some(Ok(())),
                Ok(Ok(pack)) => self.pack = pack.into_iter(),
                Ok(Err(error)) => self.end = Some(Err(error.to_string())),
                // It went without a word.
                Err(_) => {
                    self.end = Some(Err(format!("{} could not be read to its end.", self.path)))
                }
            }
        }
    }

    /// What reads ahead, begun anew in a process that was forked meanwhile.
    fn source(&mut self) -> Result<&Source> {
        let pid = std::process::id();
        if self.source.as_ref().is_some_and(|source| source.pid != pid) {
            // Its thread is in the parent; what this process would wait for never comes.
            std::mem::forget(self.source.take());
        }
        if self.source.is_none() {
            let (sender, packs) = sync_channel(PACKS);
            let stop = Arc::new(AtomicBool::new(false));
            let work = Work {
                path: self.path.clone(),
                file: self.file.clone(),
                size: self.size,
                mapping: self.mapping.clone(),
                region: self.region,
                position: self.position,
                line: self.line,
                stop: stop.clone(),
            };
            let thread = with_signals_blocked(|| {
                thread::Builder::new()
                    .name("nxtchat-csv".into())
                    .spawn(move || work.run(&sender))
            })
            .map_err(|e| Error::File(format!("Cannot start the reading thread: {e}")))?;
            self.source = Some(Source {
                pid,
                packs,
                stop,
                thread,
            });
        }
        self.source
            .as_ref()
            .ok_or_else(|| Error::File("The reading thread is gone.".into()))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let Some(source) = self.source.take() else {
            return;
        };
        if source.pid != std::process::id() {
            std::mem::forget(source);
            return;
        }
        source.stop.store(true, Ordering::Relaxed);
        // Whoever waits to hand over is told.
        drop(source.packs);
        // The code may be unloaded after this: no thread may be left in it. A panic there has been told as an end.
        let _ = source.thread.join();
    }
}

fn file_error(path: &str, error: &std::io::Error) -> Error {
    Error::File(match error.kind() {
        ErrorKind::NotFound => format!("{path} does not exist any more."),
        ErrorKind::PermissionDenied => format!("{path} may not be read by this process."),
        _ => format!("{path} cannot be read: {error}"),
    })
}

/// What the thread does.
struct Work {
    path: String,
    file: Arc<File>,
    size: u64,
    mapping: Arc<Mapping>,
    region: Option<Region>,
    position: u64,
    line: u64,
    stop: Arc<AtomicBool>,
}

impl Work {
    /// Reads to the end, or until nobody takes it any more.
    fn run(self, packs: &SyncSender<Pack>) {
        let end = self.read(packs).map(|()| Vec::new());
        // Nobody is there to be told when this fails.
        let _ = packs.send(end);
    }

    fn read(&self, packs: &SyncSender<Pack>) -> Result<()> {
        let mapping = &*self.mapping;
        let mut rows = Rows::new(mapping.dialect, mapping.encoding, self.position, self.line);
        let mut header = mapping.header && self.position == 0;
        let mut numbers = Numbers::new(self.region);
        let has_name = has_name(mapping);
        let mut at = self.position;
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let wanted = PIECE_BYTES.min(usize::try_from(self.size - at).unwrap_or(PIECE_BYTES));
            let length = self.fill(&mut piece[..wanted], at)?;
            rows.push(&piece[..length]);
            at += length as u64;
            if at == self.size {
                rows.finish();
            }
            let mut pack = Vec::new();
            while let Some(row) = rows.next() {
                if take(&mut header) {
                    continue;
                }
                let what = mapping
                    .convert(row, &mut |text, region| numbers.e164(text, region))
                    .map(|contact| Person::new(&contact, has_name))
                    .map_err(|reject| (reject, texts(mapping, row)));
                let (line, end) = (row.line, row.end);
                pack.push(Item {
                    line,
                    end,
                    lines: rows.line(),
                    what,
                });
                if pack.len() == PACK_ROWS && packs.send(Ok(take(&mut pack))).is_err() {
                    return Ok(());
                }
            }
            if !pack.is_empty() && packs.send(Ok(pack)).is_err() {
                return Ok(());
            }
            if at == self.size || self.stop.load(Ordering::Relaxed) {
                return Ok(());
            }
        }
    }

    /// Reads at least a byte unless nothing is wanted.
    fn fill(&self, piece: &mut [u8], at: u64) -> Result<usize> {
        loop {
            match self.file.read_at(piece, at) {
                Ok(0) if !piece.is_empty() => {
                    return Err(Error::File(format!(
                    "{} became shorter while it was read: it had {} bytes, now it ends at {at}.",
                    self.path, self.size
                )))
                }
                Ok(length) => return Ok(length),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(file_error(&self.path, &e)),
            }
        }
    }
}

/// The cells of a row that is rejected.
fn texts(mapping: &Mapping, row: &Row) -> Vec<String> {
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

fn has_name(mapping: &Mapping) -> bool {
    mapping.has(To::Name) || mapping.has(To::FirstName) || mapping.has(To::LastName)
}

impl Batch {
    /// Takes a row in. `places`: where each number stands; its digits are a number, too.
    fn add(&mut self, item: Item, places: &mut HashMap<u64, usize>) {
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
    fn new(contact: &Contact, has_name: bool) -> Person {
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
