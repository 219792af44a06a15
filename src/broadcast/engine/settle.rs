//! What came of a POST, and what becomes of those that are not sent.

use super::{Core, Entry, Later, Told};
use crate::broadcast::desk::Stopped;
use crate::broadcast::journal::Number;
use crate::broadcast::link::Reply;
use crate::broadcast::outcome::{Kind, Outcome, Why};
use crate::broadcast::policy::{backoff, judge, Retry, Verdict};
use crate::graph::unclear;
use crate::ulid;
use nxtchat_core::errors::{Class, GraphFault};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A recipient whose connection broke before anything left is tried at once so often, then later.
const MISSES: u32 = 2;
/// What the network kept back may be tried again then.
const NETWORK_WAIT: Duration = Duration::from_secs(60);

impl Core {
    /// What came of a POST.
    pub fn settle(&mut self, entry: Entry, reply: Reply, took: Duration) {
        let now = Instant::now();
        self.started.remove(&entry.number);
        self.ended_since += 1;
        self.desk.wake.notify_one();
        let way = matches!(reply, Reply::Answer(..)).then_some(took);
        self.pace.back(entry.number, way, now);
        match reply {
            Reply::NotSent(text) => self.missed(entry, text, now),
            Reply::Unclear(fault) => {
                self.breaker.unclear(now);
                self.finish(&entry, Kind::Unknown, Some(*fault), 0);
            }
            Reply::Answer(status, body) => {
                self.latencies.push(took);
                self.judged(entry, judge(status, &body), now);
            }
        }
    }

    fn judged(&mut self, entry: Entry, verdict: Verdict, now: Instant) {
        if let Verdict::Unknown(fault) = verdict {
            self.breaker.unclear(now);
            return self.finish(&entry, Kind::Unknown, Some(*fault), 0);
        }
        self.breaker.clear(now);
        match verdict {
            Verdict::Accepted(accepted) => {
                self.breaker.accepted();
                let outcome = Outcome {
                    wamid: Some(accepted.wamid),
                    recipient: accepted.recipient,
                    message_status: accepted.message_status,
                    ..Outcome::new(entry.reference, Kind::Accepted, ulid::now_ms(), entry.tries)
                };
                self.end(entry.number, outcome, false);
            }
            Verdict::Refused(fault) => {
                if fault.class == Class::Client && self.breaker.refused(fault.code) {
                    self.stop(&fault);
                }
                self.finish(&entry, Kind::Refused, Some(*fault), 0);
            }
            Verdict::Return(fault, wait) => {
                self.finish(&entry, Kind::Returned, Some(*fault), after(wait));
            }
            Verdict::Stop(fault) => {
                self.stop(&fault);
                self.finish(&entry, Kind::Returned, Some(*fault), 0);
            }
            Verdict::Retry(fault, retry) => {
                let mut wait = backoff(entry.tries, self.chance());
                match retry {
                    Retry::Later => {}
                    Retry::Pair => {
                        self.pair_waits += 1;
                        wait = self.pairs.refused(&entry.who, now);
                    }
                    Retry::Slower(breath) => {
                        self.pace.cut(now);
                        self.pace.hold(now + breath);
                    }
                    Retry::Hold(pause) => self.pace.hold(now + pause),
                }
                self.again(entry, *fault, wait, now);
            }
            Verdict::Unknown(_) => {}
        }
    }

    /// Its connection broke before anything of it left.
    fn missed(&mut self, mut entry: Entry, text: String, now: Instant) {
        entry.tries -= 1;
        entry.misses += 1;
        if entry.misses > MISSES {
            let wait = backoff(entry.misses - MISSES, self.chance());
            return self.again(entry, network(text), wait, now);
        }
        self.undo(entry.number);
        self.waiting.push_front(entry);
    }

    /// Once more after a while, unless that would be too late.
    fn again(&mut self, mut entry: Entry, fault: GraphFault, wait: Duration, now: Instant) {
        let since = *entry.since.get_or_insert(now);
        if now + wait > since + self.settings.deadline() {
            return self.finish(&entry, Kind::Returned, Some(fault), after(wait));
        }
        self.undo(entry.number);
        self.later.push(Later(now + wait, entry));
    }

    pub(super) fn undo(&mut self, number: Number) {
        if let Some(journal) = &mut self.journal {
            journal.frame.undo(number);
        }
    }

    fn stop(&mut self, fault: &GraphFault) {
        if self.stopped.is_none() {
            self.stopped = Some(Stopped::from(&Why::from(fault.clone())));
        }
    }

    /// What will not be sent goes back to PHP.
    pub(super) fn give_back(&mut self, now: Instant) {
        let deadline = self.settings.deadline();
        let (fault, wait) = match (&self.stopped, &self.down) {
            _ if self.is_stopping => (None, Some(Duration::ZERO)),
            (Some(_), _) => (None, None),
            (None, Some(down)) if now > down.since + deadline => {
                (Some(network(down.text.clone())), Some(NETWORK_WAIT))
            }
            _ if self.recalled.is_some() => (None, None),
            _ => return,
        };
        if let Some(down) = &mut self.down {
            // Who is pushed from now on is tried for as long.
            down.since = now;
        }
        let retry_at_ms = wait.map_or(self.recalled.take().unwrap_or(0), after);
        let waiting = std::mem::take(&mut self.waiting);
        let later = std::mem::take(&mut self.later);
        for entry in waiting.into_iter().chain(later.into_iter().map(|l| l.1)) {
            let mut outcome =
                Outcome::new(entry.reference, Kind::Returned, ulid::now_ms(), entry.tries);
            outcome.error = fault.clone().map(Why::from);
            outcome.retry_at_ms = retry_at_ms;
            self.end(entry.number, outcome, self.is_stopping);
        }
    }

    fn finish(&mut self, entry: &Entry, kind: Kind, fault: Option<GraphFault>, retry_at_ms: i64) {
        let outcome = Outcome {
            error: fault.map(Why::from),
            retry_at_ms,
            ..Outcome::new(entry.reference, kind, ulid::now_ms(), entry.tries)
        };
        self.end(entry.number, outcome, false);
    }

    fn end(&mut self, number: Number, outcome: Outcome, by_stop: bool) {
        self.counts[outcome.outcome as usize] += 1;
        if let Some(journal) = &mut self.journal {
            journal.frame.outcome(number, &outcome);
        }
        let outcome = Arc::new(outcome);
        self.done
            .insert(outcome.reference, (number, outcome.clone()));
        self.fresh.push(Told(outcome, by_stop));
    }

    /// What is on the disk is told to PHP.
    pub(super) fn tell(&mut self) {
        if self.told.is_empty() {
            return;
        }
        let desk = self.desk.clone();
        let mut state = desk.state();
        for Told(outcome, by_stop) in self.told.drain(..) {
            state.unfinished = state.unfinished.saturating_sub(1);
            if by_stop {
                state.unstarted.push(outcome.reference);
            } else {
                state.outcomes.push_back(outcome);
            }
        }
        let rings = state.outcomes.len() >= state.wanted || state.unfinished == 0;
        drop(state);
        if rings {
            desk.ring();
        }
    }

    /// 0 to 1: xorshift, enough to spread retries.
    fn chance(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// So long from now, UTC ms.
fn after(wait: Duration) -> i64 {
    ulid::now_ms() + wait.as_millis() as i64
}

/// Nothing was sent, for want of a connection.
fn network(text: String) -> GraphFault {
    GraphFault {
        class: Class::Retry,
        title: "WhatsApp could not be reached".into(),
        remedy: "Nothing was sent. Check this server's connection to the internet (DNS, firewall, proxy), then try again.".into(),
        ..unclear(0, text)
    }
}
