//! Meta's rate rules as pure arithmetic over milliseconds.
use std::collections::{HashMap, HashSet, VecDeque};

/// One message to the same person in this time; a burst borrows from the future.
pub const PAIR_EVERY_MS: i64 = 6_000;
/// Messages a burst may hold.
pub const PAIR_BURST: i64 = 45;
/// Pairs remembered; the quiet ones go first.
const PAIRS_MAX: usize = 200_000;
/// The customer-service window and the span of the messaging limit.
pub const DAY_MS: i64 = 86_400_000;

/// A token bucket of one number: `rate` messages a second, a second's worth of burst.
#[derive(Debug, Default)]
pub struct Bucket {
    level: f64,
    at_ms: i64,
    rate: u32,
}

impl Bucket {
    /// Takes one; false when the rate is used up.
    pub fn take(&mut self, now: i64, rate: u32) -> bool {
        let full = f64::from(rate);
        if self.rate != rate {
            (self.rate, self.level, self.at_ms) = (rate, full, now);
        }
        let gained = (now - self.at_ms).max(0) as f64 * full / 1_000.0;
        self.level = (self.level + gained).min(full);
        self.at_ms = now.max(self.at_ms);
        if self.level < 1.0 {
            return false;
        }
        self.level -= 1.0;
        true
    }
}

/// The pair limit: per (number, person) the time until which its quota is spent.
#[derive(Debug, Default)]
pub struct Pairs(HashMap<String, i64>);

impl Pairs {
    /// Takes one of the pair's quota; false when its burst is used up.
    pub fn take(&mut self, pair: String, now: i64) -> bool {
        if self.0.len() >= PAIRS_MAX {
            self.0.retain(|_, until| *until > now);
        }
        let until = self.0.entry(pair).or_insert(now);
        let from = (*until).max(now);
        if from + PAIR_EVERY_MS > now + PAIR_EVERY_MS * PAIR_BURST {
            return false;
        }
        *until = from + PAIR_EVERY_MS;
        true
    }
}

/// Different people written to outside a window in the last 24 hours.
#[derive(Debug, Default)]
pub struct Reached {
    order: VecDeque<(i64, String)>,
    people: HashSet<String>,
}

impl Reached {
    /// Counts the person; false when that would pass `limit`.
    pub fn take(&mut self, person: &str, now: i64, limit: u32) -> bool {
        while self.order.front().is_some_and(|(at, _)| at + DAY_MS <= now) {
            if let Some((_, gone)) = self.order.pop_front() {
                self.people.remove(&gone);
            }
        }
        if self.people.contains(person) {
            return true;
        }
        if self.people.len() >= limit as usize {
            return false;
        }
        self.people.insert(person.to_string());
        self.order.push_back((now, person.to_string()));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bucket_gives_its_rate_and_no_more() {
        let mut b = Bucket::default();
        assert_eq!((0..200).filter(|_| b.take(1_000, 80)).count(), 80);
        assert!(!b.take(1_005, 80));
        assert_eq!((0..200).filter(|_| b.take(1_505, 80)).count(), 40);
    }

    #[test]
    fn a_burst_of_45_is_paid_back() {
        let mut p = Pairs::default();
        assert_eq!((0..60).filter(|_| p.take("a".into(), 0)).count(), 45);
        assert!(p.take("b".into(), 0), "another person is another pair");
        assert!(!p.take("a".into(), 5_999));
        assert!(p.take("a".into(), 6_000));
        assert!(!p.take("a".into(), 6_000));
    }

    #[test]
    fn the_tier_counts_people_not_messages() {
        let mut r = Reached::default();
        assert!(r.take("a", 0, 2) && r.take("a", 1, 2) && r.take("b", 2, 2));
        assert!(!r.take("c", 3, 2));
        assert!(r.take("c", DAY_MS, 2), "a is 24 hours old");
    }
}
