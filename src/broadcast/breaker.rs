//! When to stop making it worse: too many unclear outcomes, answers that do not come, one refusal for everybody.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Outcomes that are looked at, and the least of them that say something.
const RECENT: usize = 50;
const ENOUGH: usize = 20;
/// Share of unclear ones that is too much: each of them is a person of whom nobody knows whether they got it.
const TOO_MANY: f64 = 0.4;
/// First pause, doubled up to the longest.
const PAUSE: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(240);
/// With so many on their way and no answer for so long, no more are sent.
const SILENT: usize = 8;
const SILENCE: Duration = Duration::from_secs(4);
/// How often the silence is looked at again.
const LOOK: Duration = Duration::from_millis(250);
/// So many refusals for the same reason in a row mean everybody.
const SAME: u32 = 20;

/// The state.
pub struct Breaker {
    recent: VecDeque<bool>,
    open_until: Option<Instant>,
    pauses: u32,
    /// One may try whether it works again.
    half: bool,
    heard_at: Instant,
    is_silent: bool,
    refusal: (i64, u32),
}

impl Breaker {
    /// Closed.
    pub fn new(now: Instant) -> Breaker {
        Breaker {
            recent: VecDeque::with_capacity(RECENT),
            open_until: None,
            pauses: 0,
            half: false,
            heard_at: now,
            is_silent: false,
            refusal: (0, 0),
        }
    }

    /// How many more may start with so many on their way; when to look again if none.
    pub fn allows(&mut self, in_flight: usize, now: Instant) -> (usize, Instant) {
        if let Some(until) = self.open_until {
            if now < until {
                return (0, until);
            }
            self.open_until = None;
            self.half = true;
        }
        if self.half {
            return (usize::from(in_flight == 0), now + LOOK);
        }
        if in_flight == 0 {
            self.heard_at = now;
        }
        self.is_silent =
            in_flight >= SILENT && now.saturating_duration_since(self.heard_at) > SILENCE;
        if self.is_silent {
            return (0, now + LOOK);
        }
        (usize::MAX, now)
    }

    /// Whether it is sent at less than the pace would allow.
    pub fn is_open(&self) -> bool {
        self.open_until.is_some() || self.half
    }

    /// Whether nothing more is sent for now, because of answers that say nothing or do not come.
    pub fn holds(&self) -> bool {
        self.is_open() || self.is_silent
    }

    /// An answer that says what became of it.
    pub fn clear(&mut self, now: Instant) {
        self.heard_at = now;
        self.is_silent = false;
        if self.half {
            self.half = false;
            self.recent.clear();
            self.pauses = 0;
        }
        self.note(false);
    }

    /// None, or one that does not say it.
    pub fn unclear(&mut self, now: Instant) {
        // Who is still waited for is seen at the next look.
        self.is_silent = false;
        self.note(true);
        let bad = self.recent.iter().filter(|bad| **bad).count();
        let too_many =
            self.recent.len() >= ENOUGH && bad as f64 >= TOO_MANY * self.recent.len() as f64;
        if self.half || (too_many && self.open_until.is_none()) {
            self.half = false;
            let pause = PAUSE * 2u32.pow(self.pauses.min(6));
            self.pauses += 1;
            self.open_until = Some(now + pause.min(LONGEST));
            self.recent.clear();
        }
    }

    /// A refusal that is not about the recipient; true when everybody gets it.
    pub fn refused(&mut self, code: i64) -> bool {
        if self.refusal.0 != code {
            self.refusal = (code, 0);
        }
        self.refusal.1 += 1;
        self.refusal.1 >= SAME
    }

    /// One went through.
    pub fn accepted(&mut self) {
        self.refusal = (0, 0);
    }

    fn note(&mut self, bad: bool) {
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(bad);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unclear_outcomes_open_it_and_one_good_answer_closes_it() {
        let start = Instant::now();
        let mut breaker = Breaker::new(start);
        for _ in 0..30 {
            breaker.clear(start);
        }
        for _ in 0..12 {
            breaker.unclear(start);
        }
        assert!(!breaker.is_open(), "a few are bad luck");
        for _ in 0..12 {
            breaker.unclear(start);
        }
        assert!(breaker.is_open());
        assert_eq!(breaker.allows(0, start).0, 0);
        let later = start + PAUSE;
        assert_eq!(breaker.allows(0, later).0, 1, "one may try");
        assert_eq!(breaker.allows(1, later).0, 0, "and no other meanwhile");
        breaker.unclear(later);
        assert_eq!(
            breaker.allows(0, later + PAUSE).0,
            0,
            "the pause is longer now"
        );
        let later = later + 2 * PAUSE;
        assert_eq!(breaker.allows(0, later).0, 1);
        breaker.clear(later);
        assert_eq!(breaker.allows(9, later).0, usize::MAX);
        assert!(!breaker.is_open());
    }

    #[test]
    fn silence_holds_back() {
        let start = Instant::now();
        let mut breaker = Breaker::new(start);
        assert!(breaker.allows(0, start).0 > 0);
        assert!(breaker.allows(100, start + SILENCE / 2).0 > 0);
        let later = start + SILENCE * 2;
        assert_eq!(breaker.allows(100, later).0, 0);
        assert!(breaker.holds() && !breaker.is_open());
        breaker.unclear(later);
        assert!(!breaker.holds(), "of the last ones nothing stays behind");
        assert_eq!(breaker.allows(100, later).0, 0);
        assert!(breaker.allows(SILENT - 1, later).0 > 0);
        assert!(!breaker.holds());
        breaker.clear(later);
        assert!(breaker.allows(100, later).0 > 0);
    }

    #[test]
    fn one_refusal_for_everybody() {
        let mut breaker = Breaker::new(Instant::now());
        for _ in 1..SAME {
            assert!(!breaker.refused(100));
        }
        breaker.accepted();
        for _ in 1..SAME {
            assert!(!breaker.refused(100));
        }
        assert!(!breaker.refused(131_008));
        for _ in 2..SAME {
            assert!(!breaker.refused(131_008));
        }
        assert!(breaker.refused(131_008));
    }
}
