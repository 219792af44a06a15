//! What a broadcast can be told when it is made.

use crate::error::{Error, Result};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// Highest rate, messages a second: far more than any number of Meta's may send.
pub const MAX_RATE: f64 = 100_000.0;
/// Most connections.
const MAX_IN_FLIGHT: usize = 1_000;
/// Longest queue.
const MAX_QUEUE: usize = 20_000;
/// How long an answer may be waited for, ms.
const TIMEOUTS_MS: std::ops::RangeInclusive<u64> = 100..=120_000;
/// Longest deadline, ms: a day.
const MAX_DEADLINE_MS: u64 = 86_400_000;
/// Longest name of a worker, bytes.
const WORKER_BYTES: usize = 64;

/// The options, with what holds when they are not given.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Messages a second; 0 sends nothing.
    pub rate: f64,
    /// What no later rate may pass.
    pub max_rate: f64,
    /// Connections, each with one message.
    pub in_flight: usize,
    /// Recipients that wait or are on their way.
    pub queue: usize,
    /// Retries of one recipient end then.
    pub deadline_ms: u64,
    /// Longest wait for one answer.
    pub timeout_ms: u64,
    /// Whose journal it is, for people who look at it.
    pub worker: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            rate: 80.0,
            max_rate: MAX_RATE,
            in_flight: 256,
            queue: 4_000,
            deadline_ms: 600_000,
            timeout_ms: 15_000,
            worker: String::new(),
        }
    }
}

impl Settings {
    /// Reads and checks.
    pub fn read(options: &Value) -> Result<Settings> {
        let options = match options {
            // PHP's empty array is a list.
            Value::Array(list) if list.is_empty() => return Ok(Settings::default()),
            Value::Null => return Ok(Settings::default()),
            other => other,
        };
        let settings =
            Settings::deserialize(options).map_err(|e| Error::invalid(format!("Options: {e}.")))?;
        rate(settings.rate)?;
        rate(settings.max_rate)?;
        let ranges = [
            ("in_flight", settings.in_flight, 1, MAX_IN_FLIGHT),
            ("queue", settings.queue, 1, MAX_QUEUE),
        ];
        for (name, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                return Err(Error::invalid(format!(
                    "Options: {name} goes from {least} to {most}."
                )));
            }
        }
        if !TIMEOUTS_MS.contains(&settings.timeout_ms) || settings.deadline_ms > MAX_DEADLINE_MS {
            return Err(Error::invalid(format!(
                "Options: timeout_ms goes from {} to {}, deadline_ms to {MAX_DEADLINE_MS}.",
                TIMEOUTS_MS.start(),
                TIMEOUTS_MS.end()
            )));
        }
        let named = settings.worker.len() <= WORKER_BYTES
            && settings
                .worker
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if !named {
            return Err(Error::invalid(
                "Options: worker is a ULID, or a short name of letters and digits.",
            ));
        }
        Ok(settings)
    }

    /// How long one recipient may be retried.
    pub fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }

    /// How long one answer may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

/// A rate that can be kept.
pub fn rate(rate: f64) -> Result<f64> {
    if (0.0..=MAX_RATE).contains(&rate) {
        return Ok(rate);
    }
    Err(Error::invalid(format!(
        "The rate goes from 0 to {MAX_RATE} messages a second."
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn options_have_ranges() {
        let read = |v: Value| Settings::read(&v);
        assert_eq!(read(json!([])).unwrap().queue, 4_000);
        assert_eq!(read(json!({"rate": 12})).unwrap().rate, 12.0);
        for bad in [
            json!({"rate": -1}),
            json!({"rate": 1e9}),
            json!({"rate": "fast"}),
            json!({"in_flight": 0}),
            json!({"queue": 100_000}),
            json!({"timeout_ms": 0}),
            json!({"worker": "../x"}),
            json!({"colour": 1}),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
