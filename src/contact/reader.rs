//! Contacts of a CSV file, row by row, read ahead in the background.
//!
//! Decoding, parsing, numbers and names happen on threads of their own while the database works. They are started at the first
//! [`Reader::next`] (never before a fork) and hold a bounded amount. Every answer says where to go on from, exactly.

use crate::error::{Error, Result};
use crate::phone::{Numbers, Region};
use crate::runtime::with_signals_blocked;
use nxtchat_core::csv::{Contact, Mapping, Reject, Rows, To};
use nxtchat_core::enums::Consent;
use nxtchat_core::names;
use serde::Serialize;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
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

type Pack = Result<Vec<Item>>;

/// A row.
struct Item {
    line: u64,
    /// Where the next row begins, and the lines before it.
    end: u64,
    lines: u64,
    what: std::result::Result<Person, Reject>,
}

/// A contact with what is made of its name.
struct Person {
    contact: Contact,
    sort_name: String,
    words: Vec<String>,
}

/// Some rows, column by column; what no column is mapped to is not there.
#[derive(Debug, Default, Serialize)]
pub struct Batch {
    /// Contacts in it.
    pub n: usize,
    /// Rows of the file that were read for it: contacts, rows merged into them, rejects.
    pub rows: usize,
    /// The line that each contact stands in.
    pub line: Vec<u64>,
    /// E.164, each once.
    pub phone: Vec<String>,
    /// Names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Vec<String>>,
    /// As they are sorted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_name: Option<Vec<String>>,
    /// As they are found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<Vec<String>>>,
    /// Email addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Vec<String>>,
    /// Countries, always: by the number where no column says it.
    pub country: Vec<String>,
    /// Languages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Vec<String>>,
    /// Names of groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Vec<String>>>,
    /// Consent for marketing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketing: Option<Vec<Consent>>,
    /// Consent for utility messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utility: Option<Vec<Consent>>,
    /// Consent for login codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<Vec<Consent>>,
    /// When, ms since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_at_ms: Option<Vec<i64>>,
    /// The words agreed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wording: Option<Vec<String>>,
    /// Custom fields by name.
    pub values: BTreeMap<String, Vec<String>>,
    /// Rows that cannot be used.
    pub rejects: Vec<Rejected>,
    /// Where to go on from, in bytes of the file.
    pub position: u64,
    /// Lines before that.
    pub last_line: u64,
}

/// A row that cannot be used.
#[derive(Debug, Serialize)]
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
        let mut merging = Merging::default();
        while merging.rows < max_rows {
            let item = match self.item() {
                Ok(Some(item)) => item,
                Ok(None) => break,
                // What was read before it comes first; the next call says it again.
                Err(_) if merging.rows > 0 => break,
                Err(error) => return Err(error),
            };
            self.position = item.end;
            self.line = item.lines;
            merging.add(item);
        }
        if merging.rows == 0 {
            return Ok(None);
        }
        let mut batch = merging.columns(&self.mapping);
        batch.position = self.position;
        batch.last_line = self.line;
        Ok(Some(batch))
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
                Ok(Ok(pack)) => self.pack = pack.into_iter(),
                Ok(Err(error)) => self.end = Some(Err(error.to_string())),
                // The thread is gone: it has come to the end.
                Err(_) => self.end = Some(Ok(())),
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
        if let Err(error) = self.read(packs) {
            // Nobody is there to be told when this fails.
            let _ = packs.send(Err(error));
        }
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
            loop {
                let Some(row) = rows.next() else { break };
                if take(&mut header) {
                    continue;
                }
                let what = mapping
                    .convert(row, &mut |text, region| numbers.e164(text, region))
                    .map(|contact| Person {
                        sort_name: if has_name {
                            names::sort(&contact.name)
                        } else {
                            String::new()
                        },
                        words: if has_name {
                            names::words(&contact.name)
                        } else {
                            Vec::new()
                        },
                        contact,
                    });
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

fn has_name(mapping: &Mapping) -> bool {
    mapping.has(To::Name) || mapping.has(To::FirstName) || mapping.has(To::LastName)
}

/// Rows on their way to be columns.
#[derive(Default)]
struct Merging {
    rows: usize,
    people: Vec<(u64, Person)>,
    places: HashMap<String, usize>,
    rejects: Vec<Rejected>,
}

impl Merging {
    fn add(&mut self, item: Item) {
        self.rows += 1;
        match item.what {
            Err(reject) => self.rejects.push(Rejected {
                line: item.line,
                code: reject.code,
                reason: reject.reason,
                column: reject.column,
                value: reject.value,
            }),
            Ok(person) => match self.places.entry(person.contact.phone.clone()) {
                Entry::Vacant(place) => {
                    place.insert(self.people.len());
                    self.people.push((item.line, person));
                }
                Entry::Occupied(place) => {
                    if let Some((line, known)) = self.people.get_mut(*place.get()) {
                        *line = item.line;
                        merge(known, person);
                    }
                }
            },
        }
    }

    fn columns(self, mapping: &Mapping) -> Batch {
        let count = self.people.len();
        let some = |to: To| mapping.has(to);
        fn column<T>(wanted: bool, count: usize) -> Option<Vec<T>> {
            wanted.then(|| Vec::with_capacity(count))
        }
        fn push<T>(column: &mut Option<Vec<T>>, value: T) {
            if let Some(column) = column {
                column.push(value);
            }
        }
        let has_name = has_name(mapping);
        let mut batch = Batch {
            n: count,
            rows: self.rows,
            line: Vec::with_capacity(count),
            phone: Vec::with_capacity(count),
            name: column(has_name, count),
            sort_name: column(has_name, count),
            words: column(has_name, count),
            email: column(some(To::Email), count),
            country: Vec::with_capacity(count),
            language: column(some(To::Language), count),
            groups: column(some(To::Groups), count),
            marketing: column(some(To::Marketing), count),
            utility: column(some(To::Utility), count),
            login: column(some(To::Login), count),
            consent_at_ms: column(some(To::ConsentAt), count),
            wording: column(some(To::Wording), count),
            rejects: self.rejects,
            ..Batch::default()
        };
        let fields: Vec<usize> = (0..mapping.fields.len())
            .filter(|at| some(To::Field(*at)))
            .collect();
        let mut values: Vec<Vec<String>> =
            fields.iter().map(|_| Vec::with_capacity(count)).collect();
        for (line, person) in self.people {
            let mut contact = person.contact;
            batch.line.push(line);
            batch.phone.push(contact.phone);
            push(&mut batch.name, contact.name);
            push(&mut batch.sort_name, person.sort_name);
            push(&mut batch.words, person.words);
            push(&mut batch.email, contact.email);
            batch.country.push(contact.country);
            push(&mut batch.language, contact.language);
            push(&mut batch.groups, contact.groups);
            let [marketing, utility, login] = contact.consents;
            push(&mut batch.marketing, marketing.unwrap_or(Consent::None));
            push(&mut batch.utility, utility.unwrap_or(Consent::None));
            push(&mut batch.login, login.unwrap_or(Consent::None));
            push(&mut batch.consent_at_ms, contact.consent_at_ms);
            push(&mut batch.wording, contact.wording);
            for (at, column) in fields.iter().zip(&mut values) {
                column.push(contact.values.get_mut(*at).map(take).unwrap_or_default());
            }
        }
        batch.values = fields
            .iter()
            .map(|at| mapping.fields[*at].name.clone())
            .zip(values)
            .collect();
        batch
    }
}

/// The later row fills and overwrites the earlier one; groups add up, and a withdrawal of consent stays.
fn merge(known: &mut Person, later: Person) {
    let (old, new) = (&mut known.contact, later.contact);
    let set = |old: &mut String, new: String| {
        if !new.is_empty() {
            *old = new;
        }
    };
    if !new.name.is_empty() {
        old.name = new.name;
        known.sort_name = later.sort_name;
        known.words = later.words;
    }
    set(&mut old.email, new.email);
    set(&mut old.country, new.country);
    set(&mut old.language, new.language);
    set(&mut old.wording, new.wording);
    for name in new.groups {
        if !old
            .groups
            .iter()
            .any(|known| known.to_lowercase() == name.to_lowercase())
        {
            old.groups.push(name);
        }
    }
    for (old, new) in old.consents.iter_mut().zip(new.consents) {
        if *old != Some(Consent::Revoked) && new.is_some() {
            *old = new;
        }
    }
    old.consent_at_ms = old.consent_at_ms.max(new.consent_at_ms);
    for (old, new) in old.values.iter_mut().zip(new.values) {
        set(old, new);
    }
}
