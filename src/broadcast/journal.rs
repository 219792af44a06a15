//! The journal: what one engine has taken, started and heard, in a file of its own.
//!
//! The engine collects records and hands them over in one piece (a *frame*), which a thread writes and, where the site wants
//! that, flushes: one fdatasync for many messages. A frame has a checksum, so what a crash tore is not read. When the file has
//! grown, it is replaced by one with what is still open.

use super::lock::Lock;
use super::outcome::{Outcome, Ref};
use crate::error::{io, Error, Result};
use crate::runtime::with_signals_blocked;
use crate::spool::{Durability, Reserve};
use crate::{site, ulid};
use std::collections::BTreeMap;
use std::fs::{DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, FileExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::Notify;

/// A file is replaced when it has grown to this, bytes; early in tests.
const ROTATE_BYTES: u64 = if cfg!(test) { 64 << 10 } else { 8 << 20 };
/// Attempts to get a name for a file.
const NAMES: u32 = 5;
/// Of a frame: length of its records (4 bytes), their checksum (8).
const HEAD: usize = 12;
/// Largest frame that is believed, bytes.
const FRAME_BYTES: usize = 64 << 20;

/// Kinds of records.
const NOTE: u8 = b'N'; // Length, text for people.
const TAKEN: u8 = b'P'; // Number, reference.
const START: u8 = b'S'; // Number: a POST of it may leave from now on.
const UNDO: u8 = b'U'; // Number: the POST certainly did not count.
const OUTCOME: u8 = b'O'; // Number, length, JSON.
const GONE: u8 = b'A'; // Number: the database has it.

/// Where journals are.
pub fn folder(site: &Path) -> PathBuf {
    site.join("broadcast")
}

/// A number within one journal.
pub type Number = u32;

/// Records on their way into a frame.
pub struct Frame(Vec<u8>);

impl Default for Frame {
    fn default() -> Frame {
        Frame(vec![0; HEAD])
    }
}

impl Frame {
    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.len() <= HEAD
    }

    /// A line for people who look into the file.
    pub fn note(&mut self, text: &str) {
        self.0.push(NOTE);
        self.long(text.as_bytes());
    }

    /// Taken over from PHP.
    pub fn taken(&mut self, number: Number, reference: Ref) {
        self.0.push(TAKEN);
        self.0.extend_from_slice(&number.to_le_bytes());
        self.0.extend_from_slice(reference.as_str().as_bytes());
    }

    /// A POST is about to leave.
    pub fn start(&mut self, number: Number) {
        self.number(START, number);
    }

    /// It did not leave, or was refused and may be repeated.
    pub fn undo(&mut self, number: Number) {
        self.number(UNDO, number);
    }

    /// What came of it.
    pub fn outcome(&mut self, number: Number, outcome: &Outcome) {
        self.number(OUTCOME, number);
        let place = self.0.len();
        self.0.extend_from_slice(&[0; 4]);
        // Plain structs of texts and numbers, into memory: that cannot fail.
        let _ = serde_json::to_writer(&mut self.0, outcome);
        let length = (self.0.len() - place - 4) as u32;
        if let Some(head) = self.0.get_mut(place..place + 4) {
            head.copy_from_slice(&length.to_le_bytes());
        }
    }

    /// The database has it.
    pub fn gone(&mut self, number: Number) {
        self.number(GONE, number);
    }

    fn number(&mut self, kind: u8, number: Number) {
        self.0.push(kind);
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn long(&mut self, bytes: &[u8]) {
        self.0
            .extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn seal(mut self) -> Vec<u8> {
        let (head, records) = self.0.split_at_mut(HEAD);
        head[..4].copy_from_slice(&(records.len() as u32).to_le_bytes());
        head[4..].copy_from_slice(&checksum(records).to_le_bytes());
        self.0
    }

    /// An emptied one, so that its room is used again.
    fn reuse(mut bytes: Vec<u8>) -> Frame {
        bytes.truncate(HEAD);
        bytes.shrink_to(1 << 20);
        Frame(bytes)
    }
}

/// FNV-1a: against torn writes, not against people.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// What is to be written.
enum Job {
    Append(Vec<u8>),
    /// A new file with this in the place of the old one.
    Replace(Vec<u8>),
}

/// What came of writing: the room of the frame, to be used again.
type Written = std::result::Result<Vec<u8>, String>;

/// A name of its own, locked before anything is there, so that nobody takes it for a dead one's. Who recovers may look at the lock at
/// that very moment: then another.
fn reserve_name(folder: &Path) -> Result<(PathBuf, Lock)> {
    for _ in 0..NAMES {
        let path = folder.join(format!("{}.log", ulid::one()?));
        if let Some(lock) = Lock::take(&path.with_extension("lock"))? {
            return Ok((path, lock));
        }
    }
    Err(Error::Spool(
        "A new journal is always locked by somebody else.".into(),
    ))
}

/// The engine's side.
pub struct Journal {
    /// What is not handed over yet.
    pub frame: Frame,
    spare: Option<Frame>,
    jobs: Option<Sender<Job>>,
    done: Arc<Mutex<Option<Written>>>,
    thread: Option<JoinHandle<()>>,
    busy: bool,
    size: u64,
    path: PathBuf,
    lock: Option<Lock>,
    next: Number,
    worker: String,
}

impl Journal {
    /// A new file, and the thread that writes it. `wake` is told when something was written.
    pub fn create(
        site: &Path,
        durability: Durability,
        worker: &str,
        wake: Arc<Notify>,
    ) -> Result<Journal> {
        site::check_owner(site)?;
        let folder = folder(site);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(io("cannot create", &folder))?;
        let (path, lock) = reserve_name(&folder)?;
        let mut frame = Frame::default();
        frame.note(&format!("worker {worker}, pid {}", std::process::id()));
        let head = frame.seal();
        let mut file = Disk::make(&path, durability, &head)?;
        let (jobs, todo) = channel::<Job>();
        let done = Arc::new(Mutex::new(None));
        let told = done.clone();
        let thread = with_signals_blocked(|| {
            std::thread::Builder::new()
                .name("nxtchat-log".into())
                .spawn(move || {
                    while let Ok(job) = todo.recv() {
                        let written = file.work(job);
                        *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(written);
                        wake.notify_one();
                    }
                })
        })
        .map_err(|e| Error::Spool(format!("cannot start the journal's thread: {e}")))?;
        Ok(Journal {
            frame: Frame::default(),
            spare: None,
            jobs: Some(jobs),
            done,
            thread: Some(thread),
            busy: false,
            size: head.len() as u64,
            path,
            lock: Some(lock),
            next: 0,
            worker: worker.to_owned(),
        })
    }

    /// The next number.
    pub fn number(&mut self) -> Number {
        self.next = self.next.wrapping_add(1);
        self.next
    }

    /// Whether something is being written.
    pub fn is_busy(&self) -> bool {
        self.busy
    }

    /// Whether the file should be replaced instead of appended to.
    pub fn is_full(&self) -> bool {
        self.size > ROTATE_BYTES
    }

    /// Hands over what was collected; the answer comes by [`Journal::written`]. Only when nothing is being written.
    pub fn append(&mut self) {
        let next = self.spare.take().unwrap_or_default();
        let bytes = std::mem::replace(&mut self.frame, next).seal();
        self.size += bytes.len() as u64;
        self.hand_over(Job::Append(bytes));
    }

    /// Replaces the file by one that holds `open`, which says all that is known. What was collected is part of it.
    pub fn replace(&mut self, mut open: Frame) {
        open.note(&format!(
            "worker {}, pid {}",
            self.worker,
            std::process::id()
        ));
        self.frame = Frame::default();
        let bytes = open.seal();
        self.size = bytes.len() as u64;
        self.hand_over(Job::Replace(bytes));
    }

    fn hand_over(&mut self, job: Job) {
        self.busy = true;
        let sent = self
            .jobs
            .as_ref()
            .is_some_and(|jobs| jobs.send(job).is_ok());
        if !sent {
            *self.done.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(Err("its thread has ended".into()));
        }
    }

    /// What came of what was handed over, when that is known.
    pub fn written(&mut self) -> Option<std::result::Result<(), String>> {
        let written = self
            .done
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()?;
        self.busy = false;
        Some(written.map(|bytes| self.spare = Some(Frame::reuse(bytes))))
    }

    /// Ends the thread; removes the files when nothing in them is of use any more.
    pub fn close(mut self, remove: bool) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // Its panic was told as a failed write.
            let _ = thread.join();
        }
        if let (true, Some(lock)) = (remove, self.lock.take()) {
            // What stays is read as empty by whoever recovers.
            let _ = std::fs::remove_file(&self.path);
            let _ = lock.remove();
        }
    }
}

/// The thread's side.
struct Disk {
    path: PathBuf,
    durability: Durability,
    file: File,
    at: u64,
    reserve: Option<Reserve>,
}

impl Disk {
    fn make(path: &Path, durability: Durability, content: &[u8]) -> Result<Disk> {
        let draft = path.with_extension("new");
        let file = site::open_kept(&draft)?;
        let flush = durability == Durability::Full;
        file.set_len(0)
            .and_then(|()| file.write_all_at(content, 0))
            .and_then(|()| if flush { file.sync_data() } else { Ok(()) })
            .map_err(io("cannot write", &draft))?;
        std::fs::rename(&draft, path).map_err(io("cannot make", path))?;
        let mut reserve = None;
        if flush {
            path.parent().map_or(Ok(()), site::sync_dir)?;
            reserve = Some(Reserve::open(path)?);
        }
        Ok(Disk {
            path: path.to_owned(),
            durability,
            file,
            at: content.len() as u64,
            reserve,
        })
    }

    fn work(&mut self, job: Job) -> Written {
        match job {
            Job::Append(bytes) => {
                let written = self.file.write_all_at(&bytes, self.at);
                let written = written.and_then(|()| match self.durability {
                    Durability::Full => self.file.sync_data(),
                    Durability::Normal => Ok(()),
                });
                written.map_err(|e| e.to_string())?;
                self.at += bytes.len() as u64;
                if let Some(reserve) = &mut self.reserve {
                    reserve.ahead_of(self.at);
                }
                Ok(bytes)
            }
            Job::Replace(bytes) => {
                *self =
                    Disk::make(&self.path, self.durability, &bytes).map_err(|e| e.to_string())?;
                Ok(bytes)
            }
        }
    }
}

/// What is known of one recipient.
#[derive(Debug, PartialEq, Eq)]
pub struct Known {
    /// Which.
    pub reference: Ref,
    /// Whether a POST may have left.
    pub started: bool,
    /// What came of it.
    pub outcome: Option<Outcome>,
}

/// Reads a journal: what the database does not have yet, in the order it was taken. What comes after a torn frame does not count.
pub fn read(bytes: &[u8]) -> Vec<Known> {
    let mut known: BTreeMap<Number, Known> = BTreeMap::new();
    let mut rest = bytes;
    while let Some((records, behind)) = frame(rest) {
        rest = behind;
        let mut records = records;
        while let Some(()) = record(&mut records, &mut known) {}
    }
    known.into_values().collect()
}

fn frame(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, rest) = bytes.split_at_checked(HEAD)?;
    let length = u32::from_le_bytes(head.get(..4)?.try_into().ok()?) as usize;
    let sum = u64::from_le_bytes(head.get(4..)?.try_into().ok()?);
    // Zeros are room that was reserved.
    if length == 0 || length > FRAME_BYTES {
        return None;
    }
    let (records, behind) = rest.split_at_checked(length)?;
    (checksum(records) == sum).then_some((records, behind))
}

fn record(bytes: &mut &[u8], known: &mut BTreeMap<Number, Known>) -> Option<()> {
    let kind = take(bytes, 1)?[0];
    if kind == NOTE {
        return long(bytes).map(|_| ());
    }
    let number = u32::from_le_bytes(take(bytes, 4)?.try_into().ok()?);
    match kind {
        TAKEN => {
            let text = std::str::from_utf8(take(bytes, nxtchat_core::ulid::LENGTH)?).ok()?;
            let fresh = Known {
                reference: Ref::read(text).ok()?,
                started: false,
                outcome: None,
            };
            known.insert(number, fresh);
        }
        START | UNDO => {
            if let Some(known) = known.get_mut(&number) {
                known.started = kind == START;
            }
        }
        OUTCOME => {
            let json = long(bytes)?;
            if let Some(known) = known.get_mut(&number) {
                known.outcome = serde_json::from_slice(json).ok();
            }
        }
        GONE => {
            known.remove(&number);
        }
        _ => return None,
    }
    Some(())
}

fn long<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32::from_le_bytes(take(bytes, 4)?.try_into().ok()?) as usize;
    take(bytes, length)
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::super::outcome::Kind;
    use super::*;

    fn refs(count: i64) -> Vec<Ref> {
        let texts = ulid::many(count).unwrap();
        texts.iter().map(|t| Ref::read(t).unwrap()).collect()
    }

    fn accepted(reference: Ref) -> Outcome {
        Outcome {
            wamid: Some("wamid.x".into()),
            ..Outcome::new(reference, Kind::Accepted, 1, 1)
        }
    }

    /// Two frames: five taken, started and ended in different ways.
    fn sample() -> (Vec<Ref>, Vec<u8>, usize) {
        let refs = refs(5);
        let mut first = Frame::default();
        first.note("worker");
        for (i, r) in refs.iter().enumerate() {
            first.taken(i as u32 + 1, *r);
        }
        for number in [1, 2, 3, 4] {
            first.start(number);
        }
        let mut second = Frame::default();
        second.outcome(1, &accepted(refs[0]));
        second.undo(2);
        second.outcome(4, &accepted(refs[3]));
        second.gone(4);
        let mut bytes = first.seal();
        let first = bytes.len();
        bytes.extend(second.seal());
        (refs, bytes, first)
    }

    #[test]
    fn what_was_written_is_read() {
        let (refs, mut bytes, _) = sample();
        bytes.extend([0; 4096]);
        let known = read(&bytes);
        let states: Vec<_> = known
            .iter()
            .map(|k| (k.reference, k.started, k.outcome.is_some()))
            .collect();
        assert_eq!(
            states,
            [
                (refs[0], true, true),
                (refs[1], false, false),
                (refs[2], true, false),
                (refs[4], false, false)
            ]
        );
        assert_eq!(known[0].outcome, Some(accepted(refs[0])));
    }

    #[test]
    fn any_cut_and_any_torn_byte_leaves_what_came_before() {
        let (_, bytes, first) = sample();
        let whole = read(&bytes);
        let one = read(&bytes[..first]);
        assert_eq!((one.len(), whole.len()), (5, 4));
        for cut in 0..bytes.len() {
            let got = read(&bytes[..cut]).len();
            assert_eq!(got, if cut < first { 0 } else { 5 }, "{cut}");
            let mut torn = bytes.clone();
            torn[cut] ^= 0x55;
            let got = read(&torn);
            assert_eq!(got.len(), if cut < first { 0 } else { 5 }, "{cut}");
            assert!(got.iter().all(|k| k.outcome.is_none()));
        }
    }

    #[test]
    fn written_by_its_thread_and_replaced() {
        for durability in [Durability::Full, Durability::Normal] {
            let dir = tempfile::tempdir().unwrap();
            let wake = Arc::new(Notify::new());
            let mut journal = Journal::create(dir.path(), durability, "w1", wake).unwrap();
            let wait = |journal: &mut Journal| loop {
                if let Some(written) = journal.written() {
                    break written.unwrap();
                }
                std::thread::sleep(std::time::Duration::from_millis(1));
            };
            let refs = refs(3);
            for r in &refs {
                let number = journal.number();
                journal.frame.taken(number, *r);
                journal.append();
                assert!(journal.is_busy());
                wait(&mut journal);
            }
            let path = journal.path.clone();
            assert_eq!(read(&std::fs::read(&path).unwrap()).len(), 3);
            let mut open = Frame::default();
            open.taken(2, refs[1]);
            journal.replace(open);
            wait(&mut journal);
            assert_eq!(read(&std::fs::read(&path).unwrap())[0].reference, refs[1]);
            journal.frame.start(2);
            journal.append();
            wait(&mut journal);
            assert!(
                read(&std::fs::read(&path).unwrap())[0].started,
                "goes on in the new file"
            );
            journal.close(true);
            assert_eq!(std::fs::read_dir(folder(dir.path())).unwrap().count(), 0);
        }
    }
}
