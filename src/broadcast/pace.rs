//! How quick: a token bucket for evenness, a count of the last second for the limit, and slowing down when Meta says so.
//!
//! Meta counts on arrival, which is somewhere between leaving and the answer. So a message counts from when it leaves until a
//! second after its answer, less the shortest way of late: what a slow network or server delays is not sent on top of the next
//! second. Where answers take very different times that costs some of the average, never the limit.
//! No second has more than the ceiling; of a ceiling of 7.5 there are seconds with 8, so workers share a number in whole ones.

use super::journal::Number;
use super::outcome::Own;
use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

/// What is aimed at, of the ceiling, and what the count lets through: what stood still for a moment evens out in between.
const AIM: f64 = 0.984;
const MOST: f64 = 0.993;
/// What may be caught up after a standstill, seconds' worth, and after there was nothing to do. The count of the last second holds.
const CATCH_UP_S: f64 = 0.5;
const BEGIN_S: f64 = 0.05;
/// Messages are let go in handfuls of so many seconds' worth: each waking costs.
const HANDFUL_S: f64 = 0.004;
/// Above this rate only the bucket counts: no number of Meta's is so quick.
const COUNTED_RATE: f64 = 20_000.0;
/// The shortest way is looked for in the last one to two of these.
const LATELY: Duration = Duration::from_secs(10);
const ENOUGH: Duration = Duration::from_secs(1);
/// Without an answer for so long, a message counts as arrived.
const ARRIVED: Duration = Duration::from_secs(2);
/// When to look again at what is on its way.
const LOOK: Duration = Duration::from_millis(20);
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
    /// On their way, and when they left; in the order of leaving, some of which have arrived.
    flying: HashSet<Number, Own>,
    left: VecDeque<(Instant, Number)>,
    /// When they arrived, as far as that can be told.
    arrived: VecDeque<Instant>,
    /// The shortest ways: since when, now, and of the time before.
    shortest: (Instant, Option<Duration>, Option<Duration>),
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
            flying: HashSet::default(),
            left: VecDeque::new(),
            arrived: VecDeque::new(),
            shortest: (now, None, None),
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

    /// How many may be chosen now; 0 with the time to look again.
    pub fn ready(&mut self, now: Instant) -> (usize, Instant) {
        self.pass(now);
        let later = |seconds: f64| now + Duration::from_secs_f64(seconds.clamp(0.0005, 1.0));
        if let Some(until) = self.held_until {
            return (0, until);
        }
        if self.rate <= 0.0 {
            return (0, later(1.0));
        }
        if self.level < 1.0 {
            let handful = (self.rate * AIM * HANDFUL_S).max(1.0);
            return (0, later((handful - self.level) / (self.rate * AIM)));
        }
        // Saturates.
        (self.level as usize, now)
    }

    /// One is chosen.
    pub fn take(&mut self) {
        self.level -= 1.0;
    }

    /// A chosen one leaves now.
    pub fn left(&mut self, number: Number, now: Instant) {
        if self.ceiling <= COUNTED_RATE {
            self.flying.insert(number);
            self.left.push_back((now, number));
        }
    }

    /// Its answer is here, or none will come; `way` is how long a whole answer took.
    pub fn back(&mut self, number: Number, way: Option<Duration>, now: Instant) {
        let (since, lately, before) = &mut self.shortest;
        if now > *since + LATELY {
            (*since, *before, *lately) = (now, lately.take(), None);
        }
        if let Some(way) = way {
            *lately = Some(lately.map_or(way, |shortest| shortest.min(way)));
        }
        // What little is known at first may be a bad moment's.
        let is_known = before.is_some() || now > *since + ENOUGH;
        let shortest = (*lately).into_iter().chain(*before).min();
        let shortest = shortest.filter(|_| is_known);
        if self.flying.remove(&number) {
            let way = way.and(shortest).unwrap_or_default();
            self.arrived.push_back(now.checked_sub(way).unwrap_or(now));
        }
    }

    /// There is nothing to do: what comes next begins evenly.
    pub fn rest(&mut self, now: Instant) {
        self.pass(now);
        self.level = self.level.min((self.rate * BEGIN_S).max(1.0));
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
        (self.ceiling.ceil() as usize).max(1)
    }

    /// A second, longer where the rate is no whole number, and with what arrival may add.
    fn span(&self) -> Duration {
        Duration::from_secs_f64(self.most() as f64 / self.ceiling.max(1.0 / 3600.0) / MOST)
    }

    /// Whether the count of the last second lets a chosen one leave; when to look again if not.
    pub fn may_leave(&mut self, now: Instant) -> Result<(), Instant> {
        if self.ceiling > COUNTED_RATE {
            return Ok(());
        }
        let (most, span) = (self.most(), self.span());
        while let Some((at, number)) = self.left.front().copied() {
            let is_flying = self.flying.contains(&number);
            if is_flying && at + ARRIVED > now {
                break;
            }
            self.left.pop_front();
            if is_flying {
                self.flying.remove(&number);
                self.arrived.push_back(now);
            }
        }
        while self.arrived.front().is_some_and(|at| *at + span <= now) {
            self.arrived.pop_front();
        }
        match self.arrived.front() {
            _ if self.flying.len() + self.arrived.len() < most => Ok(()),
            Some(first) => Err(*first + span),
            // Whoever comes back has us looked at again.
            None => Err(now + LOOK),
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

    /// Sends for `seconds`: the moments of arrival. At a moment, `stall`: nothing runs here; `leave`: how long what is chosen takes
    /// to leave; `way`: how long what leaves then takes to arrive. The answer takes 10 ms back.
    fn run(
        rate: f64,
        seconds: f64,
        stall: impl Fn(f64) -> bool,
        leave: impl Fn(f64) -> f64,
        way: impl Fn(f64) -> f64,
    ) -> Vec<f64> {
        let start = Instant::now();
        let at = |t: f64| start + Duration::from_secs_f64(t);
        let mut pace = Pace::new(rate, start);
        let (mut arrived, mut back) = (Vec::new(), Vec::new());
        let (mut t, mut number, mut chosen) = (0.0, 0, VecDeque::new());
        while t < seconds {
            back.retain(|(when, left, number)| {
                let is_back = *when <= t;
                if is_back {
                    pace.back(
                        *number,
                        Some(Duration::from_secs_f64(when - left)),
                        at(*when),
                    );
                }
                !is_back
            });
            if chosen.is_empty() {
                let (count, _) = pace.ready(at(t));
                (0..count).for_each(|_| pace.take());
                chosen.extend(std::iter::repeat_n(t + leave(t), count));
            }
            while chosen.front().is_some_and(|on_disk| *on_disk <= t)
                && pace.may_leave(at(t)).is_ok()
            {
                chosen.pop_front();
                number += 1;
                pace.left(number, at(t));
                arrived.push(t + way(t));
                back.push((t + way(t) + 0.01, t, number));
            }
            t += 0.001;
            while stall(t) {
                t += 0.001;
            }
        }
        arrived.sort_by(f64::total_cmp);
        arrived
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
            // The way takes 30 to 40 ms.
            let sent = run(rate, 60.0, |_| false, |_| 0.0, |t| 0.03 + t * 7.0 % 0.01);
            let (most, average) = (most_in_a_second(&sent), sent.len() as f64 / 60.0);
            assert!(most as f64 <= rate.ceil(), "{rate}: {most}");
            // Of one a second, the first minute's last is still to come.
            assert!(average >= 0.97 * rate - 1.0 / 60.0, "{rate}: {average}");
        }
    }

    #[test]
    fn what_a_standstill_cost_is_caught_up_without_going_over() {
        for rate in [80.0, 1000.0] {
            let stall = |t: f64| t % 0.5 < 0.06;
            let sent = run(rate, 60.0, stall, |_| 0.0, |_| 0.02);
            let (most, average) = (most_in_a_second(&sent), sent.len() as f64 / 60.0);
            assert!(most as f64 <= rate, "{rate}: {most}");
            assert!(average >= 0.97 * rate, "{rate}: {average}");
        }
    }

    #[test]
    fn a_slow_disk_or_server_pushes_no_second_over() {
        for rate in [40.0, 500.0] {
            // Once in two seconds it takes 200 ms, and what was delayed comes together.
            let slow = |t: f64| if t % 2.0 < 0.2 { 0.2 - t % 2.0 } else { 0.001 };
            let disk = run(rate, 30.0, |_| false, slow, |_| 0.02);
            let server = run(rate, 30.0, |_| false, |_| 0.0, slow);
            for sent in [disk, server] {
                let (most, average) = (most_in_a_second(&sent), sent.len() as f64 / 30.0);
                assert!(most as f64 <= rate, "{rate}: {most}");
                assert!(average >= 0.8 * rate, "{rate}: {average}");
            }
        }
    }

    #[test]
    fn what_is_never_answered_does_not_count_for_ever() {
        let start = Instant::now();
        let mut pace = Pace::new(10.0, start);
        let mut sent = 0;
        for ms in 0..10_000 {
            let now = start + Duration::from_millis(ms);
            while pace.ready(now).0 > 0 && pace.may_leave(now).is_ok() {
                sent += 1;
                pace.take();
                pace.left(sent, now);
            }
        }
        assert!((20..60).contains(&sent), "{sent}");
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
