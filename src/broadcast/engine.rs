//! The engine's loop: what goes when, over which connection, and what is noted before and after.
//!
//! Everything here runs on one thread of its own. A recipient goes: taken → waiting → chosen (a connection is free, the pace
//! allows it) → its start is in the journal → POST → its outcome is in the journal → told to PHP → acknowledged. What certainly
//! did not count goes back to waiting; nothing else does.

mod notes;
mod settle;

use super::breaker::Breaker;
use super::desk::{Desk, Stopped};
use super::journal::{Journal, Number};
use super::link::{self, Dial, Reply};
use super::message::{Message, Who};
use super::outcome::{Outcome, Own, Ref};
use super::pace::Pace;
use super::pairs::Pairs;
use super::policy::TOKEN_CODES;
use super::settings::Settings;
use crate::spool::Durability;
use crate::ulid;
use http::HeaderValue;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Between two hand-overs to the journal's thread, so that many messages share one flush.
const FLUSH_EVERY: Duration = Duration::from_millis(3);
const WRITE_EVERY: Duration = Duration::from_millis(1);
/// Longest sleep.
const LOOK: Duration = Duration::from_secs(5);
/// First pause after a connection that failed, doubled up to the longest.
const REDIAL: Duration = Duration::from_millis(200);
const LONGEST_REDIAL: Duration = Duration::from_secs(5);

/// One recipient.
pub struct Entry {
    /// Our id of the send.
    pub reference: Ref,
    /// Who gets it.
    pub who: Who,
    /// What they get.
    pub message: Arc<Message>,
    number: Number,
    tries: u32,
    misses: u32,
    /// When its retries began.
    since: Option<Instant>,
}

impl Entry {
    /// As PHP pushed it.
    pub fn new(reference: Ref, who: Who, message: Arc<Message>) -> Entry {
        Entry {
            reference,
            who,
            message,
            number: 0,
            tries: 0,
            misses: 0,
            since: None,
        }
    }
}

/// An entry that waits for a moment.
struct Later(Instant, Entry);

impl Ord for Later {
    fn cmp(&self, other: &Later) -> Ordering {
        // The heap gives the greatest: the earliest is it.
        (other.0, other.1.number).cmp(&(self.0, self.1.number))
    }
}

impl PartialOrd for Later {
    fn partial_cmp(&self, other: &Later) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Later {
    fn eq(&self, other: &Later) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Later {}

/// A connection without work.
type Idle = oneshot::Sender<Entry>;

/// A chosen entry and where it goes; without a connection it is noted ahead.
type Chosen = (Option<Idle>, Entry);

/// An outcome on its way to PHP; told by stop() or by poll().
struct Told(Arc<Outcome>, bool);

/// No connection can be made.
struct Down {
    since: Instant,
    times: u32,
    again: Instant,
    text: String,
}

/// The engine, shared by its loop and its connections.
pub type Shared = Rc<RefCell<Core>>;

/// The engine.
pub struct Core {
    desk: Arc<Desk>,
    settings: Settings,
    flush_every: Duration,
    /// The token.
    pub auth: HeaderValue,

    /// Announced, not pushed yet.
    expected: HashMap<Ref, Number, Own>,
    /// Announcements that are in the frame that is collected, and in the one that is being written.
    heard: u64,
    noting: u64,

    waiting: VecDeque<Entry>,
    later: BinaryHeap<Later>,
    /// Their start is in the frame that is collected, and in the one that is being written.
    chosen: Vec<Chosen>,
    writing: Vec<Chosen>,
    /// Their start is on the disk: they leave as soon as a connection is free, and then as soon as the second has room.
    ahead: VecDeque<Entry>,
    leaving: VecDeque<(Idle, Entry)>,
    /// Chosen without a connection and still without one, and how many may be: four times as many as end between two flushes of the
    /// journal, at most one for each connection, so that no connection waits for the disk. Measured with `make bench-send`.
    ahead_count: usize,
    ahead_most: usize,
    ended_since: usize,
    /// A POST of these may have left, or may leave at any moment.
    started: HashMap<Number, Ref, Own>,
    /// Outcomes that are collected, and that are being written.
    fresh: Vec<Told>,
    told: Vec<Told>,
    /// Outcomes that the database may not have yet.
    done: HashMap<Ref, (Number, Arc<Outcome>), Own>,
    latencies: Vec<Duration>,

    idle: Vec<(u64, Idle)>,
    next_link: u64,
    opening: usize,
    links: usize,
    down: Option<Down>,

    pace: Pace,
    pairs: Pairs,
    breaker: Breaker,
    journal: Option<Journal>,
    flush_at: Instant,
    stopped: Option<Stopped>,
    is_stopping: bool,
    recalled: Option<i64>,
    quit_at: Option<Instant>,
    untold: usize,
    counts: [u64; 4],
    pair_waits: u64,
    random: u64,
}

/// Runs until PHP has let go of the broadcast; returns whether nothing is left that the journal is needed for.
pub async fn run(core: Core, dial: Dial) {
    let wake = core.desk.wake.clone();
    let (core, dial) = (Rc::new(RefCell::new(core)), Rc::new(dial));
    loop {
        let turned = core.borrow_mut().turn(Instant::now());
        let Some((until, open)) = turned else {
            break;
        };
        for _ in 0..open {
            tokio::task::spawn_local(link::run(core.clone(), dial.clone()));
        }
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep_until(until.into()) => {}
        }
    }
    let journal = {
        let mut core = core.borrow_mut();
        let is_empty = core.is_empty();
        core.journal.take().map(|journal| (journal, is_empty))
    };
    if let Some((journal, is_empty)) = journal {
        journal.close(is_empty);
    }
}

impl Core {
    /// Before anything was pushed.
    pub fn new(
        desk: Arc<Desk>,
        settings: Settings,
        durability: Durability,
        auth: HeaderValue,
        journal: Journal,
    ) -> Core {
        let now = Instant::now();
        Core {
            pace: Pace::new(settings.rate, now),
            desk,
            settings,
            flush_every: match durability {
                Durability::Full => FLUSH_EVERY,
                Durability::Normal => WRITE_EVERY,
            },
            auth,
            expected: HashMap::default(),
            heard: 0,
            noting: 0,
            waiting: VecDeque::new(),
            later: BinaryHeap::new(),
            chosen: Vec::new(),
            writing: Vec::new(),
            ahead: VecDeque::new(),
            leaving: VecDeque::new(),
            ahead_count: 0,
            ahead_most: 0,
            ended_since: 0,
            started: HashMap::default(),
            fresh: Vec::new(),
            told: Vec::new(),
            done: HashMap::default(),
            latencies: Vec::new(),
            idle: Vec::new(),
            next_link: 0,
            opening: 0,
            links: 0,
            down: None,
            pairs: Pairs::default(),
            breaker: Breaker::new(now),
            journal: Some(journal),
            flush_at: now,
            stopped: None,
            is_stopping: false,
            recalled: None,
            quit_at: None,
            untold: 0,
            counts: [0; 4],
            pair_waits: 0,
            random: ulid::now_ms() as u64 | 1,
        }
    }

    /// How long an answer may take.
    pub fn patience(&self) -> Duration {
        self.settings.timeout()
    }

    // --- the loop ------------------------------------------------------------------------------------------------

    /// One look at everything: when to look again, and how many connections to open. `None` at the end.
    fn turn(&mut self, now: Instant) -> Option<(Instant, usize)> {
        self.written();
        self.read_desk(now);
        while self.later.peek().is_some_and(|Later(at, _)| *at <= now) {
            if let Some(Later(_, entry)) = self.later.pop() {
                self.waiting.push_front(entry);
            }
        }
        let is_over = self.is_stopping || self.stopped.is_some();
        if is_over {
            let leaving = std::mem::take(&mut self.leaving);
            self.recall(leaving.into_iter().map(|(link, entry)| (Some(link), entry)));
        }
        if is_over || self.is_careful() {
            let ahead = std::mem::take(&mut self.ahead);
            self.recall(ahead.into_iter().map(|entry| (None, entry)));
        }
        self.give_back(now);
        let leave_at = self.leave(now);
        let (mut until, open) = self.choose(now);
        self.opening += open;
        self.links += open;
        if let Some(Later(at, _)) = self.later.peek() {
            until = until.min(*at);
        }
        if let Some(at) = self.write(now).into_iter().chain(leave_at).min() {
            until = until.min(at);
        }
        let is_still = self.started.is_empty() && self.is_written();
        self.report(is_still && (self.is_stopping || self.stopped.is_some()));
        if let Some(at) = self.quit_at {
            if is_still || now >= at {
                return None;
            }
            until = until.min(at);
        }
        Some((until, open))
    }

    fn read_desk(&mut self, now: Instant) {
        let desk = self.desk.clone();
        let (announced, incoming, acks) = {
            let mut state = desk.state();
            if let Some(rate) = state.rate.take() {
                self.pace.set_ceiling(rate, now);
            }
            if let Some(auth) = state.auth.take() {
                self.auth = auth;
                let by_token = |s: &Stopped| TOKEN_CODES.contains(&s.code);
                // Without a journal no token helps.
                if self.journal.is_some() && self.stopped.as_ref().is_some_and(by_token) {
                    self.stopped = None;
                }
            }
            self.is_stopping |= state.stop;
            self.recalled = state.recall.take();
            if let (None, Some(patience)) = (self.quit_at, state.quit) {
                self.quit_at = Some(now + patience);
                self.is_stopping = true;
            }
            self.untold = state.outcomes.len();
            self.heard = state.announcements;
            (
                std::mem::take(&mut state.announced),
                std::mem::take(&mut state.incoming),
                std::mem::take(&mut state.acks),
            )
        };
        if let Some(journal) = &mut self.journal {
            for reference in announced {
                let number = journal.number();
                journal.frame.taken(number, reference);
                if let Some(old) = self.expected.insert(reference, number) {
                    journal.frame.gone(old);
                }
            }
        }
        for mut entry in incoming {
            if let Some(number) = self.expected.remove(&entry.reference) {
                entry.number = number;
            } else if let Some(journal) = &mut self.journal {
                entry.number = journal.number();
                journal.frame.taken(entry.number, entry.reference);
            }
            self.waiting.push_back(entry);
        }
        for reference in acks {
            let done = self.done.remove(&reference).map(|(number, _)| number);
            let number = done.or_else(|| self.expected.remove(&reference));
            if let (Some(number), Some(journal)) = (number, &mut self.journal) {
                journal.frame.gone(number);
            }
        }
    }

    /// Chooses what goes now. When to look again, and how many connections are missing.
    fn choose(&mut self, now: Instant) -> (Instant, usize) {
        let far = now + LOOK;
        if self.waiting.is_empty() {
            self.pace.rest(now);
            return self.connect(self.ahead.len(), now);
        }
        if self.untold > self.settings.queue || !self.leaving.is_empty() {
            return (far, 0);
        }
        let (allowed, when) = self.breaker.allows(self.started.len(), now);
        if allowed == 0 {
            return (when, 0);
        }
        let (paced, when) = self.pace.ready(now);
        if paced == 0 {
            return (when, 0);
        }
        let mut count = allowed.min(paced);
        let mut unserved = 0;
        while count > 0 {
            let Some(entry) = self.waiting.pop_front() else {
                return (far, 0);
            };
            if let Some(at) = self.pairs.waits(&entry.who, now) {
                self.pair_waits += 1;
                self.later.push(Later(at, entry));
                continue;
            }
            let link = self.idle.pop().map(|(_, link)| link);
            if link.is_none() {
                unserved = unserved.max(count);
                if self.ahead_count >= self.ahead_most || self.is_careful() {
                    self.waiting.push_front(entry);
                    break;
                }
                self.ahead_count += 1;
            }
            self.start(entry, link);
            count -= 1;
        }
        if unserved == 0 {
            // More is allowed at once when the pace says so.
            let (paced, when) = self.pace.ready(now);
            return (if paced > 0 { far } else { when }, 0);
        }
        self.connect(unserved, now)
    }

    /// How many connections to open for so many messages; when to look again.
    fn connect(&self, wanted: usize, now: Instant) -> (Instant, usize) {
        let most = match &self.down {
            Some(down) if down.again > now && wanted > 0 => return (down.again, 0),
            // One tries when nobody could connect.
            Some(_) => wanted.min(1),
            None => wanted.min(self.waiting.len() + self.ahead_count),
        };
        let missing = most.saturating_sub(self.opening);
        (
            now + LOOK,
            missing.min(self.settings.in_flight - self.links),
        )
    }

    /// Whether nothing should be noted ahead: it might not leave for long.
    fn is_careful(&self) -> bool {
        self.breaker.is_open() || self.down.is_some()
    }

    fn start(&mut self, mut entry: Entry, link: Option<Idle>) {
        self.pace.take();
        entry.tries += 1;
        self.started.insert(entry.number, entry.reference);
        if let Some(journal) = &mut self.journal {
            journal.frame.start(entry.number);
        }
        self.chosen.push((link, entry));
    }

    // --- what leaves ---------------------------------------------------------------------------------------------------

    /// Lets go what the second has room for; when to look again if something is left.
    fn leave(&mut self, now: Instant) -> Option<Instant> {
        while let Some(entry) = self.ahead.pop_front() {
            let Some((_, link)) = self.idle.pop() else {
                self.ahead.push_front(entry);
                break;
            };
            self.ahead_count -= 1;
            self.leaving.push_back((link, entry));
        }
        while !self.leaving.is_empty() {
            if let Err(when) = self.pace.may_leave(now) {
                return Some(when);
            }
            let (link, entry) = self.leaving.pop_front()?;
            self.pace.left(entry.number, now);
            // A connection waits for what it was chosen for.
            if let Err(entry) = link.send(entry) {
                let gone = Reply::NotSent("the connection is gone".into());
                self.settle(entry, gone, Duration::ZERO);
            }
        }
        None
    }

    /// What was chosen and has not left is not sent.
    fn recall(&mut self, chosen: impl IntoIterator<Item = Chosen>) {
        for (link, mut entry) in chosen {
            self.ahead_count -= usize::from(link.is_none());
            self.started.remove(&entry.number);
            self.undo(entry.number);
            entry.tries -= 1;
            self.waiting.push_back(entry);
        }
    }

    // --- connections ---------------------------------------------------------------------------------------------

    /// A connection has nothing to do.
    pub fn offer(&mut self) -> (u64, oneshot::Receiver<Entry>) {
        let (give, work) = oneshot::channel();
        self.next_link += 1;
        self.idle.push((self.next_link, give));
        self.desk.wake.notify_one();
        (self.next_link, work)
    }

    /// It wants to end; false when work is on its way to it.
    pub fn withdraw(&mut self, id: u64) -> bool {
        let before = self.idle.len();
        self.idle.retain(|(other, _)| *other != id);
        self.idle.len() < before
    }

    /// It stands.
    pub fn link_opened(&mut self) {
        self.opening -= 1;
        self.down = None;
    }

    /// It worked for nobody: the next attempts wait.
    pub fn link_useless(&mut self) {
        self.note_down("the connection was closed at once".into());
    }

    /// It could not be made. Nothing was sent.
    pub fn link_failed(&mut self, text: String) {
        self.opening -= 1;
        self.note_down(text);
        self.link_closed();
    }

    /// It is gone.
    pub fn link_closed(&mut self) {
        self.links -= 1;
        self.desk.wake.notify_one();
    }

    fn note_down(&mut self, text: String) {
        let now = Instant::now();
        let (since, times) = self.down.as_ref().map_or((now, 0), |d| (d.since, d.times));
        // Many attempts that fail together count once.
        if self.down.as_ref().is_some_and(|d| d.again > now) {
            return;
        }
        let pause = REDIAL * 2u32.pow(times.min(8));
        self.down = Some(Down {
            since,
            times: times + 1,
            again: now + pause.min(LONGEST_REDIAL),
            text,
        });
    }

    // --- what PHP sees --------------------------------------------------------------------------------------------

    fn report(&mut self, is_still: bool) {
        let desk = self.desk.clone();
        let mut state = desk.state();
        for took in self.latencies.drain(..) {
            state.note_latency(took);
        }
        let stats = &mut state.stats;
        stats.queued = self.waiting.len() + self.later.len();
        stats.in_flight = self.started.len();
        [stats.accepted, stats.refused, stats.unknown, stats.returned] = self.counts;
        stats.rate = self.pace.rate();
        stats.ceiling = self.pace.ceiling();
        stats.throttled_ms = self.pace.throttled().as_millis() as u64;
        stats.pair_waits = self.pair_waits;
        stats.connections = self.links - self.opening;
        stats.breaker = if self.breaker.holds() {
            "open"
        } else {
            "closed"
        };
        if stats.stopped != self.stopped {
            stats.stopped.clone_from(&self.stopped);
        }
        let trouble = self.down.as_ref().map(|down| &down.text);
        if stats.trouble.as_ref() != trouble {
            stats.trouble = trouble.cloned();
        }
        let news = is_still && !state.is_still;
        state.is_still = is_still;
        drop(state);
        if news {
            desk.ring();
        }
    }
}
