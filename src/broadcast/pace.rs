//! How quick: a token bucket for evenness, a count of the last second for the limit, and slowing down when Meta says so.
//!
//! No second has more than the ceiling; of a ceiling of 7.5 there are seconds with 8, so workers share a number in whole ones.

use super::settings::MAX_RATE;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What is aimed at, of the ceiling. Meta counts on arrival: what was on its way a little longer than the rest must not push a
/// second over the limit.
const AIM: f64 = 0.982;
/// What may be caught up after a standstill, seconds' worth. The count of the last second still holds.
const CATCH_UP_S: f64 = 0.1;
/// Messages are let go in handfuls of so many seconds' worth: each waking costs.
const HANDFUL_S: f64 = 0.004;
/// Above this rate only the bucket counts: no number of Meta's is so quick.
const COUNTED_RATE: f64 = 20_000.0;
/// What a cut leaves of the rate, and how far it can go down (of the ceiling, and messages a second).
const CUT: f64 = 0.6;
const LEAST_SHARE: f64 = 0.02;
const LEAST: f64 = 0.2;
/// Refusals of messages that left before a cut do not cut again.
const CUT_PAUSE: Duration = Duration::from_millis(1_500);
/// What comes back each second, of the ceiling.
const RECOVERY: f64 = 0.05;

/// The pace of one account in this process.
pub struct Pace {
    ceiling: f64,
    rate: f64,
    level: f64,
    at: Instant,
    /// Chosen, and not on its way yet: the journal may take its time.
    chosen: usize,
    sent: VecDeque<Instant>,
    held_until: Option<Instant>,
    cut_at: Option<Instant>,
    throttled: Duration,
}

impl Pace {
    /// Begins at the ceiling.
    pub fn new(ceiling: f64, now: Instant) -> Pace {
        Pace {
            ceiling,
            rate: ceiling,
            level: 1.0,
            at: now,
            chosen: 0,
            sent: VecDeque::new(),
            held_until: None,
            cut_at: None,
            throttled: Duration::ZERO,
        }
    }

    /// Another ceiling. A rate that was cut stays cut, in proportion.
    pub fn set_ceiling(&mut self, ceiling: f64, now: Instant) {
        self.pass(now);
        let share = if self.ceiling > 0.0 {
            self.rate / self.ceiling
        } else {
            1.0
        };
        self.ceiling = ceiling;
        self.rate = ceiling * share;
        self.level = self.level.min(self.depth());
    }

    /// What may be reached.
    pub fn ceiling(&self) -> f64 {
        self.ceiling
    }

    /// What is aimed at now.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// How long it was below its ceiling.
    pub fn throttled(&self) -> Duration {
        self.throttled
    }

    /// How many may go now; 0 with the time to look again.
    pub fn ready(&mut self, now: Instant) -> (usize, Instant) {
        self.pass(now);
        let later = |seconds: f64| now + Duration::from_secs_f64(seconds.clamp(0.0005, 1.0));
        if let Some(until) = self.held_until {
            return (0, until);
        }
        if self.rate <= 0.0 {
            return (0, later(1.0));
        }
        let room = match self.room(now) {
            Ok(room) => room,
            Err(when) => return (0, when),
        };
        if self.level < 1.0 {
            let handful = (self.rate * AIM * HANDFUL_S).max(1.0);
            return (0, later((handful - self.level) / (self.rate * AIM)));
        }
        // Saturates.
        ((self.level as usize).min(room), now)
    }

    /// One is chosen.
    pub fn take(&mut self) {
        self.level -= 1.0;
        self.chosen += 1;
    }

    /// A chosen one goes now.
    pub fn left(&mut self, now: Instant) {
        self.chosen = self.chosen.saturating_sub(1);
        if self.ceiling <= COUNTED_RATE {
            self.sent.push_back(now);
        }
    }

    /// Meta says too fast: slower, by itself quicker again.
    pub fn cut(&mut self, now: Instant) {
        if self.cut_at.is_some_and(|at| now < at + CUT_PAUSE) {
            return;
        }
        self.pass(now);
        self.cut_at = Some(now);
        self.rate = (self.rate * CUT).max(self.ceiling * LEAST_SHARE).max(LEAST);
        self.rate = self.rate.min(self.ceiling);
        self.level = 0.0;
    }

    /// Nothing goes for so long.
    pub fn hold(&mut self, until: Instant) {
        self.held_until = self.held_until.max(Some(until));
    }

    fn depth(&self) -> f64 {
        (self.rate * CATCH_UP_S).max(1.0)
    }

    /// Messages that the limit allows in [`Pace::span`]: whole ones.
    fn most(&self) -> usize {
        (self.ceiling.floor() as usize).max(1)
    }

    /// A second, longer where the rate is no whole number, and with what arrival may add.
    fn span(&self) -> Duration {
        Duration::from_secs_f64(self.most() as f64 / self.ceiling.max(1.0 / 3600.0) / AIM)
    }

    /// What the count of the last second leaves, or when it leaves something.
    fn room(&mut self, now: Instant) -> Result<usize, Instant> {
        if self.ceiling > COUNTED_RATE {
            return Ok(MAX_RATE as usize);
        }
        let (most, span) = (self.most(), self.span());
        while self.sent.front().is_some_and(|at| *at + span <= now) {
            self.sent.pop_front();
        }
        let counted = self.sent.len() + self.chosen;
        match self.sent.front() {
            _ if counted < most => Ok(most - counted),
            Some(first) => Err(*first + span),
            // All of them are chosen: whoever lets them go looks again.
            None => Err(now + span),
        }
    }

    /// Time has passed.
    fn pass(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at);
        self.at = self.at.max(now);
        if self.rate < self.ceiling || self.held_until.is_some() {
            self.throttled += passed;
        }
        if let Some(until) = self.held_until {
            if now < until {
                return;
            }
            self.held_until = None;
        }
        let seconds = passed.as_secs_f64();
        self.rate = (self.rate + self.ceiling * RECOVERY * seconds).min(self.ceiling);
        self.level = (self.level + self.rate * AIM * seconds).min(self.depth());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends for `seconds`, looked at each `step` (a standstill where `stall` says so); the moments of the sends.
    /// `delay`: how long what is chosen then takes to leave.
    fn run(
        pace: &mut Pace,
        start: Instant,
        seconds: f64,
        stall: impl Fn(f64) -> bool,
        delay: impl Fn(f64) -> f64,
    ) -> Vec<f64> {
        let mut sent = Vec::new();
        let mut t = 0.0;
        while t < seconds {
            let now = start + Duration::from_secs_f64(t);
            let (count, when) = pace.ready(now);
            (0..count).for_each(|_| pace.take());
            if count > 0 && delay(t) > 0.0 {
                t += delay(t);
            }
            for _ in 0..count {
                pace.left(start + Duration::from_secs_f64(t));
                sent.push(t);
            }
            t = if count > 0 {
                t + 0.0005
            } else {
                (when - start).as_secs_f64().max(t + 0.0005)
            };
            while stall(t) {
                t += 0.001;
            }
        }
        sent
    }

    fn most_in_a_second(sent: &[f64]) -> usize {
        let mut most = 0;
        let mut from = 0;
        for (i, at) in sent.iter().enumerate() {
            while sent[from] <= at - 1.0 {
                from += 1;
            }
            most = most.max(i - from + 1);
        }
        most
    }

    #[test]
    fn no_second_is_over_and_the_average_is_near() {
        for rate in [1.0, 3.0, 7.5, 26.67, 80.0, 333.3, 1000.0] {
            let start = Instant::now();
            let sent = run(&mut Pace::new(rate, start), start, 60.0, |_| false, |_| 0.0);
            let average = sent.len() as f64 / 60.0;
            assert!(
                most_in_a_second(&sent) as f64 <= rate.ceil(),
                "{rate}: {}",
                most_in_a_second(&sent)
            );
            assert!(average >= 0.97 * rate, "{rate}: {average}");
        }
    }

    #[test]
    fn what_a_standstill_cost_is_caught_up_without_going_over() {
        for rate in [80.0, 1000.0] {
            let start = Instant::now();
            // 60 ms in each half second nothing runs.
            let stall = |t: f64| t % 0.5 < 0.06;
            let sent = run(&mut Pace::new(rate, start), start, 60.0, stall, |_| 0.0);
            assert!(
                most_in_a_second(&sent) as f64 <= rate,
                "{rate}: {}",
                most_in_a_second(&sent)
            );
            assert!(
                sent.len() as f64 / 60.0 >= 0.97 * rate,
                "{rate}: {}",
                sent.len()
            );
        }
    }

    #[test]
    fn a_slow_disk_pushes_no_second_over() {
        for rate in [40.0, 500.0] {
            let start = Instant::now();
            // Once a second flushing takes 300 ms: what was chosen leaves late and together.
            let flush = |t: f64| if t % 1.0 < 0.02 { 0.3 } else { 0.001 };
            let sent = run(&mut Pace::new(rate, start), start, 30.0, |_| false, flush);
            assert!(most_in_a_second(&sent) as f64 <= rate, "{rate}");
            assert!(
                sent.len() as f64 / 30.0 >= 0.7 * rate,
                "{rate}: {}",
                sent.len()
            );
        }
    }

    #[test]
    fn a_refusal_slows_down_once_and_the_rate_comes_back() {
        let start = Instant::now();
        let mut pace = Pace::new(100.0, start);
        for _ in 0..50 {
            pace.cut(start);
        }
        assert_eq!(pace.rate(), 60.0, "a burst of refusals counts once");
        pace.cut(start + Duration::from_secs(2));
        assert!(pace.rate() < 45.0);
        for second in 3..40 {
            pace.ready(start + Duration::from_secs(second));
        }
        assert_eq!(pace.rate(), 100.0);
        assert!(pace.throttled() > Duration::from_secs(5));
        for second in 0..1000 {
            pace.cut(start + Duration::from_secs(50 + 2 * second));
        }
        assert!(pace.rate() > 0.1, "it never stands still");
    }

    #[test]
    fn held_paused_and_changed() {
        let start = Instant::now();
        let mut pace = Pace::new(100.0, start);
        pace.hold(start + Duration::from_secs(5));
        assert_eq!(pace.ready(start + Duration::from_secs(1)).0, 0);
        assert!(pace.ready(start + Duration::from_secs(6)).0 > 0);
        pace.set_ceiling(0.0, start + Duration::from_secs(6));
        assert_eq!(pace.ready(start + Duration::from_secs(9)).0, 0);
        pace.set_ceiling(50.0, start + Duration::from_secs(9));
        assert_eq!((pace.rate(), pace.ceiling()), (50.0, 50.0));
        assert!(pace.ready(start + Duration::from_secs(10)).0 > 0);
    }
}
