//! The limit of messages to one person (131056): who has to wait, and how long.

use super::message::Who;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Meta: wait 4^n seconds, n counted from 0.
const BASE: u32 = 4;
/// Longest wait: 4^5 s, a quarter of an hour.
const STEPS: u32 = 5;
/// People that are remembered; the ones who waited out go first.
const REMEMBERED: usize = 20_000;
/// Somebody who was not refused for so long begins anew.
const FORGIVEN: Duration = Duration::from_secs(600);

/// Who was refused, how often, and until when they wait.
#[derive(Default)]
pub struct Pairs(HashMap<Who, (u32, Instant)>);

impl Pairs {
    /// One more refusal: how long to wait now.
    pub fn refused(&mut self, who: &Who, now: Instant) -> Duration {
        if self.0.len() >= REMEMBERED {
            self.0.retain(|_, (_, until)| *until > now);
        }
        let (times, until) = self.0.entry(who.clone()).or_insert((0, now));
        if now.saturating_duration_since(*until) > FORGIVEN {
            *times = 0;
        }
        let wait = Duration::from_secs(u64::from(BASE.pow((*times).min(STEPS))));
        *times += 1;
        *until = now + wait;
        wait
    }

    /// When they may be written to again; `None`: now.
    pub fn waits(&self, who: &Who, now: Instant) -> Option<Instant> {
        // Almost always there is nobody.
        if self.0.is_empty() {
            return None;
        }
        self.0
            .get(who)
            .map(|(_, until)| *until)
            .filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_by_four() {
        let (mut pairs, mut now) = (Pairs::default(), Instant::now());
        let who = Who::Phone("+1".into());
        for seconds in [1, 4, 16, 64, 256, 1024, 1024] {
            assert_eq!(pairs.refused(&who, now), Duration::from_secs(seconds));
            assert!(pairs.waits(&who, now).is_some());
            now += Duration::from_secs(seconds);
            assert!(pairs.waits(&who, now).is_none());
        }
        assert_eq!(pairs.waits(&Who::Phone("+2".into()), now), None);
        now += FORGIVEN + Duration::from_secs(1);
        assert_eq!(pairs.refused(&who, now), Duration::from_secs(1));
    }
}
