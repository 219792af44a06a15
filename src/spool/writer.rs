//! Writing: one SQLite file per process, in WAL without checkpoints, so that no writer waits for another.

use super::reserve::Reserve;
use super::{bytes_on_disk, folder, lease, sql, Durability, Settings, ROTATE_BYTES};
use crate::error::{io, Error, Result};
use crate::{site, ulid};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::cell::Cell;
use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The size of the whole spool is looked up again after this many milliseconds …
const SIZE_CHECK_MS: i64 = 1_000;
/// … or after this many bytes written by this process.
const SIZE_CHECK_BYTES: u64 = 1 << 20;
/// Page of a spool file, bytes. Several events share a page, so that most commits write one page.
const PAGE_BYTES: u32 = 4096;

/// The file by which `renew` speaks to writers.
const MARK: &str = "renew";

/// Attempts to make a new file.
const CREATE_ATTEMPTS: u32 = 3;

/// Header of SQLite's write-ahead log and of each frame (a page) in it, bytes: https://www.sqlite.org/fileformat2.html#walformat
const LOG_HEADER_BYTES: u64 = 32;
const FRAME_HEADER_BYTES: u64 = 24;

thread_local! {
    /// Frames in the log after this thread's last commit, told by SQLite.
    static LOG_FRAMES: Cell<u64> = const { Cell::new(0) };
}

const INSERT: &str = "INSERT INTO event (uid, received_ms, body) VALUES (?1, ?2, ?3)";

/// The file that this process writes for one site.
struct Writer {
    // Dropped before the lock: a writer is gone only when its connection is.
    connection: Connection,
    /// flock held as long as this process may write the file.
    _lock: File,
    /// The lease's file, kept open to look at it.
    lease: File,
    path: PathBuf,
    inode: u64,
    /// The mark of renew() when the file was made.
    mark: Mark,
    durability: Durability,
    /// Written since the last look at the sizes, and when that was.
    unchecked: u64,
    checked_ms: i64,
    /// Bytes of the file's write-ahead log that hold events.
    grown: u64,
    /// Room ahead of them, where flushing matters.
    reserve: Option<Reserve>,
}

/// The writers of this process, with its pid.
static WRITERS: Mutex<Option<(u32, HashMap<PathBuf, Writer>)>> = Mutex::new(None);

/// Stores one body. When this returns, it is stored as durably as the settings say. True: nobody drains at the moment;
/// looked at after storing, so that no event waits for a drain that has just ended.
pub fn append(site: &Path, settings: Settings, body: &[u8]) -> Result<bool> {
    let mut writers = WRITERS.lock().unwrap_or_else(PoisonError::into_inner);
    let writers = own(&mut writers);
    let received = ulid::now_ms();
    if let Some(writer) = writers.get(site) {
        if !writer.is_current(settings.durability) {
            writers.remove(site);
        }
    }
    let fresh = !writers.contains_key(site);
    if fresh {
        refuse_when_full(site, settings.max_bytes)?;
        writers.insert(
            site.to_owned(),
            Writer::create(site, settings.durability, received)?,
        );
    }
    let Some(writer) = writers.get_mut(site) else {
        return Err(Error::Spool("The spool has no writer.".into()));
    };
    if writer.unchecked > SIZE_CHECK_BYTES
        || received - writer.checked_ms > SIZE_CHECK_MS
        || received < writer.checked_ms
    {
        refuse_when_full(site, settings.max_bytes)?;
        writer.note_size(received);
    }
    match writer.insert(received, body) {
        Ok(()) => {
            let nobody_drains = lease::is_free(&writer.lease)?;
            if writer.grown > ROTATE_BYTES {
                writers.remove(site);
            }
            Ok(nobody_drains)
        }
        Err(e) => {
            // Only a full disk leaves the file itself in order; after anything else the next event gets a new one.
            if e.sqlite_error_code() != Some(ErrorCode::DiskFull) {
                writers.remove(site);
            }
            Err(sql("store an event")(e))
        }
    }
}

/// Has every process begin a new file with its next event, this one at once: a drain then removes the present files, and with
/// them the bodies that the database has.
pub fn renew(site: &Path) -> Result<()> {
    own(&mut WRITERS.lock().unwrap_or_else(PoisonError::into_inner)).remove(site);
    let folder = folder(site);
    let draft = folder.join(format!("{MARK}.new"));
    drop(site::open_kept(&draft)?);
    std::fs::rename(&draft, folder.join(MARK)).map_err(io("cannot mark", &folder))
}

/// Which mark there is: its inode, which may come again, and when it was made; zeros when there is none.
type Mark = (u64, i64, i64);

fn mark(folder: &Path) -> Mark {
    std::fs::metadata(folder.join(MARK)).map_or((0, 0, 0), |m| (m.ino(), m.mtime(), m.mtime_nsec()))
}

/// The writers of this very process. After a fork the parent's are closed (locks) or forgotten (SQLite), never used.
fn own(writers: &mut Option<(u32, HashMap<PathBuf, Writer>)>) -> &mut HashMap<PathBuf, Writer> {
    let pid = std::process::id();
    if let Some((_, inherited)) = writers.take_if(|(owner, _)| *owner != pid) {
        for (_, Writer { connection, .. }) in inherited {
            std::mem::forget(connection);
        }
    }
    &mut writers.get_or_insert_with(|| (pid, HashMap::new())).1
}

fn refuse_when_full(site: &Path, max_bytes: u64) -> Result<()> {
    let bytes = bytes_on_disk(site);
    if bytes >= max_bytes {
        return Err(Error::Spool(format!(
            "The spool is full: {bytes} of {max_bytes} bytes. Nothing drains it; see wp nxtchat doctor."
        )));
    }
    Ok(())
}

impl Writer {
    /// Makes a new file; again under another name should a drainer have swept its lock away at that very moment.
    fn create(site: &Path, durability: Durability, now: i64) -> Result<Writer> {
        site::check_owner(site)?;
        let folder = folder(site);
        (1..CREATE_ATTEMPTS)
            .find_map(|_| Writer::try_create(&folder, durability, now).ok())
            .map_or_else(|| Writer::try_create(&folder, durability, now), Ok)
    }

    /// The lock comes first: a drainer never takes a file for abandoned while it is being made.
    fn try_create(folder: &Path, durability: Durability, now: i64) -> Result<Writer> {
        let name = ulid::one()?;
        let lock_path = folder.join(format!("{name}.lock"));
        let lock = site::open_kept(&lock_path)?;
        lock.try_lock()
            .map_err(|e| Error::Spool(format!("cannot lock {}: {e}", lock_path.display())))?;
        if std::fs::metadata(&lock_path).map(|m| m.ino()).ok()
            != lock.metadata().map(|m| m.ino()).ok()
        {
            return Err(Error::Spool(format!(
                "{} was removed while it was made",
                lock_path.display()
            )));
        }
        let mark = mark(folder); // Looked at first: a mark that comes meanwhile renews this file too.
        let path = folder.join(format!("{name}.db"));
        let connection = open(&path, durability)?;
        let inode = std::fs::metadata(&path)
            .map_err(io("cannot read", &path))?
            .ino();
        if durability == Durability::Full {
            site::sync_dir(folder)?;
        }
        let reserve = match durability {
            Durability::Full => Some(Reserve::open(&folder.join(format!("{name}.db-wal")))?),
            Durability::Normal => None,
        };
        Ok(Writer {
            connection,
            _lock: lock,
            lease: site::open_kept(&folder.join("drain.lock"))?,
            path,
            inode,
            mark,
            durability,
            unchecked: 0,
            checked_ms: now,
            grown: 0,
            reserve,
        })
    }

    /// False when somebody removed or renamed the file, asked for new ones, or the setting has changed.
    fn is_current(&self, durability: Durability) -> bool {
        self.durability == durability
            && std::fs::metadata(&self.path).is_ok_and(|m| m.ino() == self.inode)
            && self.path.parent().map(mark) == Some(self.mark)
    }

    fn insert(&mut self, received: i64, body: &[u8]) -> rusqlite::Result<()> {
        let uid = ulid::one().map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))?;
        self.connection
            .prepare_cached(INSERT)?
            .execute((uid, received, body))?;
        let frames = LOG_FRAMES.with(Cell::get);
        let grown = LOG_HEADER_BYTES + frames * (FRAME_HEADER_BYTES + u64::from(PAGE_BYTES));
        self.unchecked += grown.saturating_sub(self.grown);
        self.grown = grown;
        if let Some(reserve) = &mut self.reserve {
            reserve.ahead_of(grown);
        }
        Ok(())
    }

    fn note_size(&mut self, now: i64) {
        self.unchecked = 0;
        self.checked_ms = now;
    }
}

/// Makes the file under another name, whole, then opens it: a drainer never meets half a file.
fn open(path: &Path, durability: Durability) -> Result<Connection> {
    let draft = path.with_extension("new");
    // Made 0600 here, before SQLite would with the umask; log and shared memory take over the file's mode.
    drop(site::open_kept(&draft)?);
    prepare(&draft, durability).map_err(sql("make a file"))?;
    std::fs::rename(&draft, path).map_err(io("cannot make", path))?;
    let connect = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        // Checkpoints are left to nobody: the drainer reads the log, then the whole file goes.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.query_row("PRAGMA wal_autocheckpoint = 0", [], |_| Ok(()))?;
        connection.wal_hook(Some(|_, frames| {
            LOG_FRAMES.with(|last| last.set(u64::try_from(frames).unwrap_or(0)));
            Ok(())
        }));
        let synchronous = match durability {
            Durability::Full => "FULL",
            Durability::Normal => "NORMAL",
        };
        connection.pragma_update(None, "synchronous", synchronous)?;
        Ok(connection)
    };
    connect().map_err(sql("open a file"))
}

/// An empty file, in WAL mode, with its table; closed again.
fn prepare(draft: &Path, durability: Durability) -> rusqlite::Result<()> {
    let connection = Connection::open(draft)?;
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    let synchronous = match durability {
        Durability::Full => "FULL",
        // What survives no power cut needs no flush either.
        Durability::Normal => "OFF",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.execute_batch(
        "CREATE TABLE event (id INTEGER PRIMARY KEY, uid TEXT NOT NULL, received_ms INTEGER NOT NULL, body BLOB NOT NULL)",
    )?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.close().map_err(|(_, e)| e)
}
