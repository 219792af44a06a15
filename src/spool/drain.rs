//! Draining: reading every writer's file from its watermark on, and moving the watermarks.
//!
//! Nothing is ever written to a writer's file. Rows of a file are numbered without gaps, so one number per file says
//! what the database has.

use super::{bytes_on_disk, folder, lease, sql};
use crate::error::{io, Error, Result};
use crate::{site, ulid};
use nxtchat_core::webhook::{self, Event, Source, Unknown, What};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Bytes of bodies that one take hands out.
const TAKE_BYTES: usize = 4 << 20;
/// Events that one take hands out at most.
const TAKE_EVENTS: i64 = 10_000;
/// Files that one take looks at, oldest first.
const TAKE_FILES: usize = 256;
/// Bytes of an unreadable body that are shown in its `unknown` event.
const UNREADABLE_BYTES: usize = 64 << 10;
/// How a file that cannot be read is renamed.
const CORRUPT: &str = ".corrupt";

/// One webhook, waiting for the database.
#[derive(Debug, Serialize)]
pub struct Item {
    /// File and row: what `ack` takes.
    pub id: String,
    /// ULID, the same at every delivery.
    pub uid: String,
    /// UTC milliseconds since 1970.
    pub received_ms: i64,
    /// As Meta sent it.
    #[serde(serialize_with = "as_bytes")]
    pub body: Vec<u8>,
    /// Typed; one `unknown` when the body cannot be read.
    pub events: Vec<Event>,
}

fn as_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

/// How the spool is doing.
#[derive(Debug, Default, Serialize)]
pub struct Stats {
    /// Webhooks not yet acknowledged.
    pub pending: i64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Files of writers.
    pub files: i64,
    /// When the oldest waiting webhook came, UTC ms; 0 when none waits.
    pub oldest_ms: i64,
    /// The size limit, bytes.
    pub max_bytes: u64,
    /// Over the limit: Meta gets a 503 and tries again.
    pub full: bool,
    /// Somebody holds the lease.
    pub draining: bool,
    /// Files that could not be read (kept as *.corrupt), or are gone without having been acknowledged.
    pub quarantined: i64,
}

/// What a drainer keeps open while it holds the lease.
struct Session {
    marks: Connection,
    acked: HashMap<String, i64>,
    readers: HashMap<String, Connection>,
}

/// The sessions of this process, with its pid.
static SESSIONS: Mutex<Option<(u32, HashMap<PathBuf, Session>)>> = Mutex::new(None);

/// Closes what a drainer kept open.
pub fn forget(site: &Path) {
    let mut sessions = SESSIONS.lock().unwrap_or_else(PoisonError::into_inner);
    own(&mut sessions).remove(site);
}

/// The sessions of this very process; a parent's connections are forgotten, never used or closed.
fn own(sessions: &mut Option<(u32, HashMap<PathBuf, Session>)>) -> &mut HashMap<PathBuf, Session> {
    let pid = std::process::id();
    if let Some((_, inherited)) = sessions.take_if(|(owner, _)| *owner != pid) {
        std::mem::forget(inherited);
    }
    &mut sessions.get_or_insert_with(|| (pid, HashMap::new())).1
}

fn with_session<T>(site: &Path, work: impl FnOnce(&mut Session) -> Result<T>) -> Result<T> {
    if !lease::holds(site) {
        return Err(Error::invalid(
            "Draining needs the lease: call spool_lease() first.",
        ));
    }
    let mut sessions = SESSIONS.lock().unwrap_or_else(PoisonError::into_inner);
    let sessions = own(&mut sessions);
    if !sessions.contains_key(site) {
        sessions.insert(site.to_owned(), Session::open(site)?);
    }
    match sessions.get_mut(site) {
        Some(session) => work(session),
        None => Err(Error::Spool("The spool has no session.".into())),
    }
}

/// Takes the oldest webhooks that are not acknowledged: at least one if there is any, else at most `max_events` events
/// and 4 MB of bodies. Taken again until acknowledged.
pub fn take(site: &Path, max_events: i64) -> Result<Vec<Item>> {
    if !(1..=TAKE_EVENTS).contains(&max_events) {
        return Err(Error::invalid(format!(
            "Between 1 and {TAKE_EVENTS} events can be taken."
        )));
    }
    with_session(site, |session| {
        session.tidy(site)?;
        let mut waiting = Vec::new();
        for name in list(site)?.into_iter().take(TAKE_FILES) {
            session.waiting(site, &name, max_events, &mut waiting)?;
        }
        // By time of arrival across files; within a file by row, even should the clock have gone back.
        waiting.sort_by_key(|row: &Waiting| row.order_ms);
        let (mut items, mut events, mut bytes) = (Vec::new(), 0, 0);
        for row in waiting {
            let item = session.read(&row)?;
            events += item.events.len().max(1) as i64;
            bytes += item.body.len();
            if !items.is_empty() && (events > max_events || bytes > TAKE_BYTES) {
                break;
            }
            items.push(item);
        }
        Ok(items)
    })
}

/// Acknowledges what `take` handed out, in that order. Files that are done, and whose writer is gone, are removed.
pub fn ack(site: &Path, ids: &[String]) -> Result<()> {
    let mut rows: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for id in ids {
        let (name, row) = id
            .split_once(':')
            .and_then(|(name, row)| Some((name, row.parse().ok()?)))
            .filter(|(name, _)| nxtchat_core::ulid::is_valid(name))
            .ok_or_else(|| Error::invalid("That is no id of spool_take()."))?;
        rows.entry(name).or_default().insert(row);
    }
    with_session(site, |session| {
        let mut gap = false;
        let mut moved = Vec::new();
        for (name, rows) in rows {
            let from = session.acked.get(name).copied().unwrap_or(0);
            // Never over a row that was not acknowledged.
            let to = rows
                .iter()
                .filter(|row| **row > from)
                .fold(from, |to, row| if *row == to + 1 { *row } else { to });
            gap |= rows.last().is_some_and(|last| *last > to);
            moved.push((name, to));
        }
        session.move_marks(&moved)?;
        for (name, _) in moved {
            session.remove_if_done(site, name)?;
        }
        if gap {
            return Err(Error::invalid(
                "Some ids were left out: acknowledge in the order they were taken.",
            ));
        }
        Ok(())
    })
}

/// How the spool is doing. Needs no lease.
pub fn stats(site: &Path, max_bytes: u64) -> Result<Stats> {
    let bytes = bytes_on_disk(site);
    let mut stats = Stats {
        bytes,
        max_bytes,
        full: bytes >= max_bytes,
        ..Stats::default()
    };
    if !folder(site).exists() {
        return Ok(stats);
    }
    stats.draining = !lease::nobody_drains(site)?;
    let (acked, lost) = read_marks(site).unwrap_or_default();
    stats.quarantined = lost + count_corrupt(site)?;
    for name in list(site)? {
        stats.files += 1;
        let from = acked.get(&name).copied().unwrap_or(0);
        let seen = open_reader(site, &name).and_then(|reader| {
            let last: i64 =
                reader.query_row("SELECT IFNULL(MAX(id), 0) FROM event", [], |row| row.get(0))?;
            let oldest = reader
                .query_row(
                    "SELECT received_ms FROM event WHERE id = ?1",
                    [from + 1],
                    |row| row.get::<_, i64>(0),
                )
                .optional()?;
            Ok((last, oldest))
        });
        // A file that cannot be read now is judged by the next drain.
        if let Ok((last, oldest)) = seen {
            stats.pending += (last - from).max(0);
            if let Some(ms) = oldest {
                stats.oldest_ms = if stats.oldest_ms == 0 {
                    ms
                } else {
                    stats.oldest_ms.min(ms)
                };
            }
        }
    }
    Ok(stats)
}

/// A row that waits.
struct Waiting {
    name: String,
    id: i64,
    order_ms: i64,
}

impl Session {
    fn open(site: &Path) -> Result<Session> {
        let path = folder(site).join("drain.db");
        if !path.exists() {
            // 0600, as in writer::open(). Never when it exists: closing it would drop this process's locks on it.
            drop(site::open_kept(&path)?);
        }
        let marks = match open_marks(&path) {
            Ok(marks) => marks,
            Err(e) if is_corrupt(&e) => {
                // Without watermarks everything is delivered again: the database knows each uid.
                set_aside(site, "drain")?;
                open_marks(&path).map_err(sql("start its watermarks"))?
            }
            Err(e) => return Err(sql("open its watermarks")(e)),
        };
        let (acked, _) = marks_of(&marks).map_err(sql("read its watermarks"))?;
        Ok(Session {
            marks,
            acked,
            readers: HashMap::new(),
        })
    }

    fn move_marks(&mut self, moved: &[(&str, i64)]) -> Result<()> {
        let work = |marks: &mut Connection| {
            let transaction = marks.transaction()?;
            for (name, to) in moved {
                transaction
                    .prepare_cached("INSERT INTO mark (file, acked) VALUES (?1, ?2) ON CONFLICT (file) DO UPDATE SET acked = ?2")?
                    .execute((name, to))?;
            }
            transaction.commit()
        };
        work(&mut self.marks).map_err(sql("move its watermarks"))?;
        self.acked
            .extend(moved.iter().map(|(name, to)| ((*name).to_owned(), *to)));
        Ok(())
    }

    /// Adds what waits in one file; a file without anything waiting is removed when its writer is gone.
    fn waiting(
        &mut self,
        site: &Path,
        name: &str,
        limit: i64,
        into: &mut Vec<Waiting>,
    ) -> Result<()> {
        let from = self.acked.get(name).copied().unwrap_or(0);
        let found = self
            .reader(site, name)
            .and_then(|reader| rows_after(reader, name, from, limit));
        match found {
            Ok((last, rows)) if last >= from => {
                if rows.is_empty() {
                    self.remove_if_done(site, name)?;
                }
                into.extend(rows);
                Ok(())
            }
            // Fewer rows than were acknowledged: its log is lost.
            Ok(_) => self.quarantine(site, name),
            Err(e) if is_corrupt(&e) => self.quarantine(site, name),
            Err(e) => Err(sql("read a file")(e)),
        }
    }

    fn reader(&mut self, site: &Path, name: &str) -> rusqlite::Result<&Connection> {
        if !self.readers.contains_key(name) {
            self.readers
                .insert(name.to_owned(), open_reader(site, name)?);
        }
        self.readers.get(name).ok_or(rusqlite::Error::InvalidQuery)
    }

    fn read(&mut self, row: &Waiting) -> Result<Item> {
        let reader = self
            .readers
            .get(&row.name)
            .ok_or_else(|| Error::Spool("The spool lost a file.".into()))?;
        let (uid, received_ms, body) = reader
            .prepare_cached("SELECT uid, received_ms, body FROM event WHERE id = ?1")
            .and_then(|mut s| {
                s.query_row([row.id], |r| {
                    Ok((r.get(0)?, r.get(1)?, r.get::<_, Vec<u8>>(2)?))
                })
            })
            .map_err(sql("read an event"))?;
        let events =
            webhook::parse(&body).unwrap_or_else(|e| vec![unreadable(&e, &body, received_ms)]);
        Ok(Item {
            id: format!("{}:{}", row.name, row.id),
            uid,
            received_ms,
            body,
            events,
        })
    }

    /// Removes a file that is acknowledged to its end. Its writer's lock is held meanwhile, so nothing can be added.
    fn remove_if_done(&mut self, site: &Path, name: &str) -> Result<()> {
        let path = folder(site).join(format!("{name}.lock"));
        let lock = site::open_kept(&path)?;
        if lock.try_lock().is_err() {
            return Ok(());
        }
        let from = self.acked.get(name).copied().unwrap_or(0);
        let last = self.reader(site, name).and_then(|r| {
            r.query_row("SELECT IFNULL(MAX(id), 0) FROM event", [], |row| {
                row.get::<_, i64>(0)
            })
        });
        match last {
            Ok(last) if last > from => return Ok(()),
            Ok(_) => {}
            Err(e) => return Err(sql("read a file")(e)),
        }
        self.readers.remove(name);
        // Told first: a file that is missing without this mark was lost.
        self.marks
            .execute(
                "INSERT INTO mark (file, acked, removing) VALUES (?1, ?2, 1) ON CONFLICT (file) DO UPDATE SET removing = 1",
                (name, from),
            )
            .map_err(sql("note a removal"))?;
        for part in [".db", ".db-wal", ".db-shm", ".lock"] {
            remove(&folder(site).join(format!("{name}{part}")))?;
        }
        self.drop_mark(name)
    }

    fn drop_mark(&mut self, name: &str) -> Result<()> {
        self.acked.remove(name);
        self.marks
            .execute("DELETE FROM mark WHERE file = ?1", [name])
            .map(|_| ())
            .map_err(sql("drop a watermark"))
    }

    fn quarantine(&mut self, site: &Path, name: &str) -> Result<()> {
        self.readers.remove(name);
        set_aside(site, name)?;
        self.drop_mark(name)
    }

    /// Finishes removals that were cut short, and notes files that are gone without having been acknowledged.
    fn tidy(&mut self, site: &Path) -> Result<()> {
        let folder = folder(site);
        let there = list(site)?;
        let gone: Vec<String> = self
            .acked
            .keys()
            .filter(|name| there.binary_search(name).is_err())
            .cloned()
            .collect();
        for name in gone {
            let removing: bool = self
                .marks
                .query_row(
                    "SELECT removing FROM mark WHERE file = ?1",
                    [&name],
                    |row| row.get(0),
                )
                .optional()
                .map_err(sql("read its watermarks"))?
                .unwrap_or(false);
            if !removing {
                self.marks
                    .execute(
                        "INSERT OR IGNORE INTO lost (file, acked, noticed_ms) VALUES (?1, ?2, ?3)",
                        (&name, self.acked.get(&name), ulid::now_ms()),
                    )
                    .map_err(sql("note a lost file"))?;
            }
            for part in [".db-wal", ".db-shm", ".lock"] {
                let path = folder.join(format!("{name}{part}"));
                if removing || part == ".lock" {
                    remove(&path)?
                } else {
                    set_aside_file(&path)?
                }
            }
            self.drop_mark(&name)?;
        }
        self.sweep_orphans(&folder, &there)
    }

    /// Side files without their database: of a writer that died while making it, or of a lost one.
    fn sweep_orphans(&self, folder: &Path, there: &[String]) -> Result<()> {
        for entry in fs::read_dir(folder)
            .map_err(io("cannot read", folder))?
            .flatten()
        {
            let file = entry.file_name().to_string_lossy().into_owned();
            let Some((name, part)) = file.split_once('.') else {
                continue;
            };
            let draft = part.starts_with("new");
            let side = draft || matches!(part, "lock" | "db-wal" | "db-shm");
            if !side
                || !nxtchat_core::ulid::is_valid(name)
                || there.binary_search_by(|n| n.as_str().cmp(name)).is_ok()
            {
                continue;
            }
            let lock_path = folder.join(format!("{name}.lock"));
            let lock = site::open_kept(&lock_path)?;
            if lock.try_lock().is_err() || folder.join(format!("{name}.db")).exists() {
                continue;
            }
            if draft {
                remove(&entry.path())?;
            }
            let wal = folder.join(format!("{name}.db-wal"));
            if fs::metadata(&wal).is_ok_and(|m| m.len() > 0) {
                set_aside_file(&wal)?;
            }
            for part in [".db-wal", ".db-shm", ".lock"] {
                remove(&folder.join(format!("{name}{part}")))?;
            }
        }
        Ok(())
    }
}

/// The last row of a file, and up to `limit` rows after `from`.
fn rows_after(
    reader: &Connection,
    name: &str,
    from: i64,
    limit: i64,
) -> rusqlite::Result<(i64, Vec<Waiting>)> {
    let last: i64 = reader
        .prepare_cached("SELECT IFNULL(MAX(id), 0) FROM event")?
        .query_row([], |row| row.get(0))?;
    if last <= from {
        return Ok((last, Vec::new()));
    }
    let mut statement = reader
        .prepare_cached("SELECT id, received_ms FROM event WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let mut order_ms = i64::MIN;
    let rows = statement.query_map((from, limit), |row| {
        order_ms = order_ms.max(row.get(1)?);
        Ok(Waiting {
            name: name.to_owned(),
            id: row.get(0)?,
            order_ms,
        })
    })?;
    rows.collect::<rusqlite::Result<Vec<_>>>()
        .map(|rows| (last, rows))
}

/// What is shown of a body that is no webhook.
fn unreadable(error: &webhook::ParseError, body: &[u8], received_ms: i64) -> Event {
    let shown = &body[..body.len().min(UNREADABLE_BYTES)];
    Event {
        source: Source {
            at_ms: received_ms,
            ..Source::default()
        },
        what: What::Unknown(Unknown {
            reason: error.to_string(),
            payload: String::from_utf8_lossy(shown).into_owned(),
        }),
    }
}

/// Names (ULIDs) of the writers' files, oldest first.
fn list(site: &Path) -> Result<Vec<String>> {
    let folder = folder(site);
    let entries = fs::read_dir(&folder).map_err(io("cannot read", &folder))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|e| {
            e.file_name()
                .to_str()
                .and_then(|n| n.strip_suffix(".db"))
                .map(str::to_owned)
        })
        .filter(|name| nxtchat_core::ulid::is_valid(name))
        .collect();
    names.sort_unstable();
    Ok(names)
}

fn count_corrupt(site: &Path) -> Result<i64> {
    let folder = folder(site);
    let entries = fs::read_dir(&folder).map_err(io("cannot read", &folder))?;
    Ok(entries
        .flatten()
        .filter(|e| e.file_name().to_string_lossy().ends_with(CORRUPT))
        .count() as i64)
}

/// Opens a writer's file for reading. SQLite wants write access to its index of the log; no statement writes.
fn open_reader(site: &Path, name: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(folder(site).join(format!("{name}.db")), flags)?;
    reader.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(reader)
}

fn open_marks(path: &Path) -> rusqlite::Result<Connection> {
    let marks = Connection::open(path)?;
    marks.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    marks.pragma_update(None, "synchronous", "NORMAL")?;
    marks.execute_batch(
        "CREATE TABLE IF NOT EXISTS mark (file TEXT PRIMARY KEY, acked INTEGER NOT NULL, removing INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
         CREATE TABLE IF NOT EXISTS lost (file TEXT PRIMARY KEY, acked INTEGER NOT NULL, noticed_ms INTEGER NOT NULL) WITHOUT ROWID;",
    )?;
    Ok(marks)
}

/// Watermarks, and how many files were lost.
type Marks = (HashMap<String, i64>, i64);

fn marks_of(marks: &Connection) -> rusqlite::Result<Marks> {
    let mut statement = marks.prepare("SELECT file, acked FROM mark")?;
    let acked = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let lost = marks.query_row("SELECT COUNT(*) FROM lost", [], |row| row.get(0))?;
    Ok((acked, lost))
}

fn read_marks(site: &Path) -> rusqlite::Result<Marks> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    marks_of(&Connection::open_with_flags(
        folder(site).join("drain.db"),
        flags,
    )?)
}

fn is_corrupt(error: &rusqlite::Error) -> bool {
    // Files appear whole: one without its table was damaged.
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    ) || error.to_string().contains("no such table")
}

/// Renames a database and its log to *.corrupt: kept for a person, seen in the stats.
fn set_aside(site: &Path, name: &str) -> Result<()> {
    let folder = folder(site);
    set_aside_file(&folder.join(format!("{name}.db")))?;
    set_aside_file(&folder.join(format!("{name}.db-wal")))?;
    remove(&folder.join(format!("{name}.db-shm")))
}

fn set_aside_file(path: &Path) -> Result<()> {
    let mut to = path.as_os_str().to_owned();
    to.push(format!(".{}{CORRUPT}", ulid::now_ms()));
    match fs::rename(path, to) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(io("cannot set aside", path)(e)),
        _ => Ok(()),
    }
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(io("cannot remove", path)(e)),
        _ => Ok(()),
    }
}
