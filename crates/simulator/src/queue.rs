//! Webhooks waiting to happen: the timetable, the outbox, and the record of attempts. No I/O.
use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::status::Step;

/// Events kept on the timetable; beyond it they are dropped and counted.
pub const PENDING_MAX: usize = 2_000_000;
/// POSTs kept in the log (the oldest goes first), and the bytes of a body and of an answer kept there.
pub const LOG_MAX: usize = 2_000;
const LOG_BODY_MAX: usize = 32 << 10;
pub const ANSWER_MAX: usize = 300;

/// One thing Meta tells: a `changes` element.
#[derive(Debug, Clone)]
pub struct Update {
    pub waba: String,
    pub number: Option<String>,
    pub field: String,
    pub value: Value,
    /// The customer's message it reports (its second tick comes with our 200).
    pub reports: Option<String>,
}

/// One POST.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Place in the log.
    pub id: u64,
    pub url: String,
    pub body: Arc<Vec<u8>>,
    pub signature: String,
    pub attempt: usize,
    pub reports: Vec<String>,
}

/// What is due at a time.
#[derive(Debug)]
pub enum Job {
    Step(Box<Step>),
    Update(Box<Update>),
    /// The review of a template.
    Review(String),
    Retry(Box<Delivery>),
}

#[derive(Debug)]
struct Timed {
    due: i64,
    seq: u64,
    job: Job,
}
impl PartialEq for Timed {
    fn eq(&self, o: &Self) -> bool {
        (self.due, self.seq) == (o.due, o.seq)
    }
}
impl Eq for Timed {}
impl PartialOrd for Timed {
    fn partial_cmp(&self, o: &Self) -> Option<Ordering> {
        Some(self.cmp(o))
    }
}
impl Ord for Timed {
    fn cmp(&self, o: &Self) -> Ordering {
        (self.due, self.seq).cmp(&(o.due, o.seq))
    }
}

/// One try of a POST.
#[derive(Debug, Clone, Serialize)]
pub struct Attempt {
    pub at_ms: i64,
    pub took_ms: u64,
    /// HTTP status; 0 when there was none.
    pub status: u16,
    /// The answer's beginning, or what went wrong.
    pub answer: String,
}

/// A POST as the log shows it.
#[derive(Debug, Clone, Serialize)]
pub struct Logged {
    pub id: u64,
    pub url: String,
    /// `pending`, `ok` or `dropped`.
    pub state: &'static str,
    pub updates: usize,
    pub signature: String,
    pub body: String,
    pub attempts: Vec<Attempt>,
}

/// Sums since the last reset.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Counters {
    pub updates: u64,
    pub posts: u64,
    pub attempts: u64,
    pub ok: u64,
    pub retries: u64,
    pub dropped: u64,
    pub without_callback: u64,
    pub overflow: u64,
}

#[derive(Debug, Default)]
pub struct Queue {
    heap: BinaryHeap<Reverse<Timed>>,
    seq: u64,
    pub outbox: VecDeque<Delivery>,
    pub in_flight: usize,
    pub log: VecDeque<Logged>,
    pub counters: Counters,
    next_id: u64,
}

impl Queue {
    pub fn push(&mut self, due: i64, job: Job) {
        if self.heap.len() >= PENDING_MAX {
            self.counters.overflow += 1;
            return;
        }
        self.seq += 1;
        self.heap.push(Reverse(Timed {
            due,
            seq: self.seq,
            job,
        }));
    }

    pub fn next_due(&self) -> Option<i64> {
        self.heap.peek().map(|t| t.0.due)
    }

    /// The next job that is due.
    pub fn pop_due(&mut self, now: i64) -> Option<Job> {
        if self.next_due()? > now {
            return None;
        }
        self.heap.pop().map(|t| t.0.job)
    }

    /// Makes everything due at `now`, keeping the order.
    pub fn settle(&mut self, now: i64) {
        let all: Vec<_> = std::mem::take(&mut self.heap).into_sorted_vec();
        for Reverse(mut t) in all.into_iter().rev() {
            t.due = t.due.min(now);
            self.heap.push(Reverse(t));
        }
    }

    pub fn pending(&self) -> usize {
        self.heap.len()
    }

    pub fn idle(&self) -> bool {
        self.heap.is_empty() && self.outbox.is_empty() && self.in_flight == 0
    }

    /// Puts a POST into the outbox and the log; returns its place in the log.
    pub fn post(
        &mut self,
        url: String,
        body: Vec<u8>,
        signature: String,
        updates: usize,
        reports: Vec<String>,
    ) {
        let id = self.next_id;
        self.next_id += 1;
        self.counters.posts += 1;
        if self.log.len() >= LOG_MAX {
            self.log.pop_front();
        }
        self.log.push_back(Logged {
            id,
            url: url.clone(),
            state: "pending",
            updates,
            signature: format!("sha256={signature}"),
            body: String::from_utf8_lossy(&body[..body.len().min(LOG_BODY_MAX)]).into_owned(),
            attempts: vec![],
        });
        self.outbox.push_back(Delivery {
            id,
            url,
            body: Arc::new(body),
            signature,
            attempt: 0,
            reports,
        });
    }

    /// Notes a try. Not 200: tried again after the schedule's next wait, or dropped after its last.
    pub fn answered(
        &mut self,
        mut d: Delivery,
        attempt: Attempt,
        now: i64,
        retry_ms: &[u64],
    ) -> bool {
        self.counters.attempts += 1;
        let ok = attempt.status == 200;
        let wait = (!ok).then(|| retry_ms.get(d.attempt)).flatten();
        let state = match (ok, wait) {
            (true, _) => "ok",
            (false, Some(_)) => "pending",
            (false, None) => "dropped",
        };
        match state {
            "ok" => self.counters.ok += 1,
            "dropped" => self.counters.dropped += 1,
            _ => self.counters.retries += 1,
        }
        let first = self.log.front().map_or(0, |l| l.id);
        if let Some(logged) =
            d.id.checked_sub(first)
                .and_then(|at| self.log.get_mut(at as usize))
        {
            logged.state = state;
            logged.attempts.push(attempt);
        }
        if let Some(wait) = wait {
            d.attempt += 1;
            self.push(now + *wait as i64, Job::Retry(Box::new(d)));
        }
        ok
    }
}
