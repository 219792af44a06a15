//! What killed processes left in their journals.

use super::journal::{folder, read, Known};
use super::lock::Lock;
use super::outcome::{Kind, Outcome, Ref, Why};
use crate::error::{io, Result};
use crate::{site, ulid};
use nxtchat_core::errors::Class;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A journal that this process settles: locked, so that no other does.
struct Held {
    lock: Lock,
    /// What is not settled yet; the order of the file.
    open: Vec<Outcome>,
}

/// The journals that this process settles, with its pid.
static HELD: Mutex<Option<(u32, HashMap<PathBuf, Held>)>> = Mutex::new(None);

fn with_held<T>(work: impl FnOnce(&mut HashMap<PathBuf, Held>) -> T) -> T {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    let pid = std::process::id();
    match &mut *held {
        Some((owner, map)) if *owner == pid => work(map),
        other => work(&mut other.insert((pid, HashMap::new())).1),
    }
}

/// Outcomes of dead processes that [`recovered`] has not heard of, at most so many.
pub fn recover(site: &Path, max: usize) -> Result<Vec<Outcome>> {
    let folder = folder(site);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    site::check_owner(site)?;
    with_held(|held| {
        let mut found = Vec::new();
        for log in journals(&folder)? {
            if found.len() >= max {
                break;
            }
            if !held.contains_key(&log) {
                let Some(lock) = Lock::take(&log.with_extension("lock"))? else {
                    continue;
                };
                match open(&log)? {
                    open if open.is_empty() => {
                        remove(&log, lock)?;
                        continue;
                    }
                    open => held.insert(log.clone(), Held { lock, open }),
                };
            }
            if let Some(held) = held.get(&log) {
                found.extend(held.open.iter().take(max - found.len()).cloned());
            }
        }
        Ok(found)
    })
}

/// The database has these; a journal goes when it has all of it.
pub fn recovered(site: &Path, refs: &[Ref]) -> Result<()> {
    let folder = folder(site);
    with_held(|held| {
        let settled: std::collections::HashSet<&Ref> = refs.iter().collect();
        let mut empty = Vec::new();
        for (log, held) in held.iter_mut() {
            if log.parent() == Some(&folder) {
                held.open.retain(|o| !settled.contains(&o.reference));
                if held.open.is_empty() {
                    empty.push(log.clone());
                }
            }
        }
        for log in empty {
            if let Some(held) = held.remove(&log) {
                remove(&log, held.lock)?;
            }
        }
        Ok(())
    })
}

/// Journals by their locks, oldest first: a lock is made before its journal and removed after it.
fn journals(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(io("cannot read", folder))?;
    let mut all: Vec<PathBuf> = entries
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension() == Some(OsStr::new("lock")))
        .map(|p| p.with_extension("log"))
        .collect();
    all.sort();
    Ok(all)
}

fn open(log: &Path) -> Result<Vec<Outcome>> {
    let bytes = match std::fs::read(log) {
        Ok(bytes) => bytes,
        // Killed while it was made.
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(io("cannot read", log)(e)),
    };
    Ok(read(&bytes).into_iter().map(settle).collect())
}

fn settle(known: Known) -> Outcome {
    let (kind, why) = match known {
        Known {
            outcome: Some(outcome),
            ..
        } => return outcome,
        Known { started: true, .. } => (
            Kind::Unknown,
            Why::ours(
                Class::UnknownOutcome.as_str(),
                "Interrupted while it was sent",
                "The process ended before WhatsApp's answer was noted.",
                "A status from WhatsApp settles it; do not repeat it before.",
            ),
        ),
        Known { started: false, .. } => (
            Kind::Returned,
            Why::ours(
                Class::Retry.as_str(),
                "Interrupted before it was sent",
                "The process ended before this was sent.",
                "Nothing to do: it is sent with the next run.",
            ),
        ),
    };
    let now = ulid::now_ms();
    let returned = kind == Kind::Returned;
    Outcome {
        error: Some(why),
        retry_at_ms: if returned { now } else { 0 },
        ..Outcome::new(known.reference, kind, now, u32::from(!returned))
    }
}

fn remove(log: &Path, lock: Lock) -> Result<()> {
    for path in [log.to_owned(), log.with_extension("new")] {
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(io("cannot remove", &path)(e))
            }
            _ => {}
        }
    }
    lock.remove()
}
