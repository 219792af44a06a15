//! Contacts of a CSV file, row by row, read ahead in the background.
//!
//! Decoding, parsing, numbers and names happen on threads of their own while the database works. They are started at the first
//! [`Reader::next`] (never before a fork) and hold a bounded amount. Every answer says where to go on from, exactly.

use super::batch::{has_name, texts, Batch, Item, Person};
use crate::error::{Error, Result};
use crate::phone::{Numbers, Region};
use crate::runtime::with_signals_blocked;
use nxtchat_core::csv::{Mapping, Rows};
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

#[cfg(test)]
mod tests;
