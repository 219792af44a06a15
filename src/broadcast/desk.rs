//! Where PHP's thread and the engine's thread meet. Nobody holds the lock for longer than it takes to move things.

use super::engine::Entry;
use super::outcome::{Outcome, Own, Ref, Why};
use crate::error::{Error, Result};
use http::HeaderValue;
use serde::Serialize;
use std::collections::{HashSet, VecDeque};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Latencies that the percentiles are made of.
const LATENCIES: usize = 512;

/// Why nothing more is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stopped {
    /// Meta's code; 0 for our own reasons.
    pub code: i64,
    /// The error book's class.
    pub class: String,
    /// In plain words.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl From<&Why> for Stopped {
    fn from(why: &Why) -> Stopped {
        let mut message = why.title.clone();
        for part in [&why.message, &why.details] {
            if !part.is_empty() && !message.contains(part.as_str()) {
                message.push_str(": ");
                message.push_str(part);
            }
        }
        Stopped {
            code: why.code,
            class: why.class.clone(),
            message,
            remedy: why.remedy.clone(),
        }
    }
}

/// Milliseconds within which half, and nearly all, of the last answers came.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Latency {
    /// Half.
    pub p50: u32,
    /// 99 of 100.
    pub p99: u32,
}

/// How the engine is doing.
#[derive(Debug, Clone, Serialize)]
pub struct Stats {
    /// Waiting, here or for a retry.
    pub queued: usize,
    /// Started, no outcome yet.
    pub in_flight: usize,
    /// Outcomes so far.
    pub accepted: u64,
    /// Outcomes so far.
    pub refused: u64,
    /// Outcomes so far.
    pub unknown: u64,
    /// Outcomes so far.
    pub returned: u64,
    /// Messages a second that are aimed at now.
    pub rate: f64,
    /// What it may reach.
    pub ceiling: f64,
    /// How long it was below.
    pub throttled_ms: u64,
    /// Times that a recipient had to wait for the pair limit.
    pub pair_waits: u64,
    /// Of the last answers.
    pub latency_ms: Latency,
    /// Why nothing is sent any more.
    pub stopped: Option<Stopped>,
    /// `closed` is good.
    pub breaker: &'static str,
    /// Open connections.
    pub connections: usize,
    /// The last trouble with the network; `None` while connections can be made.
    pub trouble: Option<String>,
}

impl Stats {
    /// Nothing yet.
    pub fn new(rate: f64) -> Stats {
        Stats {
            queued: 0,
            in_flight: 0,
            accepted: 0,
            refused: 0,
            unknown: 0,
            returned: 0,
            rate,
            ceiling: rate,
            throttled_ms: 0,
            pair_waits: 0,
            latency_ms: Latency::default(),
            stopped: None,
            breaker: "closed",
            connections: 0,
            trouble: None,
        }
    }
}

/// What lies on the desk.
pub struct State {
    /// For the engine.
    pub incoming: Vec<Entry>,
    /// For the engine: to be pushed once the database has them.
    pub announced: Vec<Ref>,
    /// Announcements so far, and how many of them are on the disk.
    pub announcements: u64,
    /// See `announcements`.
    pub noted: u64,
    /// Announced, and neither pushed nor acknowledged.
    pub expected: HashSet<Ref, Own>,
    /// The journal cannot be written.
    pub is_lost: bool,
    /// For the engine: the database has these.
    pub acks: Vec<Ref>,
    /// For the engine: another ceiling.
    pub rate: Option<f64>,
    /// For the engine: another token.
    pub auth: Option<HeaderValue>,
    /// For the engine: what waits comes back, to be tried again then, UTC ms.
    pub recall: Option<i64>,
    /// For the engine: no new sends.
    pub stop: bool,
    /// For the engine: end as soon as nothing is on its way, or this much later.
    pub quit: Option<Duration>,
    /// For PHP.
    pub outcomes: VecDeque<Arc<Outcome>>,
    /// From PHP: with fewer of them it need not be woken.
    pub wanted: usize,
    /// For PHP: what stop() gives back.
    pub unstarted: Vec<Ref>,
    /// For PHP: nothing is on its way any more after a stop.
    pub is_still: bool,
    /// Everything that PHP has pushed and not acknowledged.
    pub known: HashSet<Ref, Own>,
    /// Of these, what has no outcome yet.
    pub unfinished: usize,
    /// For PHP.
    pub stats: Stats,
    /// Of the refused, those that never got to the engine.
    pub stats_of_bad: u64,
    latencies: VecDeque<u32>,
    /// The engine's thread has ended.
    pub ended: bool,
}

/// The desk.
pub struct Desk {
    state: Mutex<State>,
    /// For the engine: something lies here.
    pub wake: Arc<Notify>,
    bell: Bell,
}

impl Desk {
    /// An empty one.
    pub fn new(rate: f64) -> Result<Desk> {
        Ok(Desk {
            state: Mutex::new(State {
                incoming: Vec::new(),
                announced: Vec::new(),
                announcements: 0,
                noted: 0,
                expected: HashSet::default(),
                is_lost: false,
                acks: Vec::new(),
                rate: None,
                auth: None,
                recall: None,
                stop: false,
                quit: None,
                outcomes: VecDeque::new(),
                wanted: 1,
                unstarted: Vec::new(),
                is_still: false,
                known: HashSet::default(),
                unfinished: 0,
                stats: Stats::new(rate),
                stats_of_bad: 0,
                latencies: VecDeque::with_capacity(LATENCIES),
                ended: false,
            }),
            wake: Arc::new(Notify::new()),
            bell: Bell::new()?,
        })
    }

    /// What lies here.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells PHP that there is something.
    pub fn ring(&self) {
        self.bell.ring();
    }

    /// PHP waits for the bell; false when a signal came instead, which PHP must get to handle.
    pub fn wait(&self, timeout: Duration) -> bool {
        self.bell.wait(timeout)
    }
}

impl State {
    /// One answer took so long.
    pub fn note_latency(&mut self, took: Duration) {
        if self.latencies.len() == LATENCIES {
            self.latencies.pop_front();
        }
        self.latencies
            .push_back(u32::try_from(took.as_millis()).unwrap_or(u32::MAX));
    }

    /// The percentiles.
    pub fn latency(&self) -> Latency {
        let mut sorted: Vec<u32> = self.latencies.iter().copied().collect();
        sorted.sort_unstable();
        let at = |share: usize| {
            let place = sorted.len() * share / 100;
            sorted
                .get(place.min(sorted.len().saturating_sub(1)))
                .copied()
                .unwrap_or(0)
        };
        Latency {
            p50: at(50),
            p99: at(99),
        }
    }
}

/// An eventfd: unlike a condition variable, waiting for it ends when a signal comes.
struct Bell(File);

impl Bell {
    fn new() -> Result<Bell> {
        // SAFETY: eventfd takes no pointers; the descriptor is ours alone from here on.
        let fd = unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) };
        if fd < 0 {
            return Err(Error::Spool(format!(
                "cannot make an event: {}",
                std::io::Error::last_os_error()
            )));
        }
        // SAFETY: just made, and owned by nobody else.
        Ok(Bell(unsafe { File::from_raw_fd(fd) }))
    }

    fn ring(&self) {
        // Only a full counter fails, and then it rings anyway.
        let _ = (&self.0).write(&1u64.to_ne_bytes());
    }

    fn wait(&self, timeout: Duration) -> bool {
        let mut poll = libc::pollfd {
            fd: self.0.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        // Rounded up: a wait of 0.4 ms is no spinning.
        let ms = timeout.as_micros().div_ceil(1000).min(i32::MAX as u128) as libc::c_int;
        // SAFETY: one valid pollfd.
        let count = unsafe { libc::poll(&mut poll, 1, ms) };
        if count > 0 {
            // Empties the counter.
            let _ = (&self.0).read(&mut [0; 8]);
        }
        count >= 0
    }
}
