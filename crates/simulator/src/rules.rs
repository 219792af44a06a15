//! Faults injected by rule: who they hit, how often, what happens.
use serde::{Deserialize, Serialize};

use crate::settings::Via;

/// What a rule does to the request it hits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Fault {
    /// Refuse with a code, or accept and report `failed` later.
    Error {
        code: u32,
        #[serde(default)]
        http_status: Option<u16>,
        #[serde(default)]
        details: Option<String>,
        #[serde(default = "sync")]
        via: Via,
        /// By webhook only: `sent` comes first.
        #[serde(default)]
        after_sent: bool,
    },
    /// Reset the connection and accept nothing.
    Drop,
    /// Accept and record, then reset the connection without an answer.
    DropAfter,
    /// Accept, then answer an HTML page with this status.
    Html {
        #[serde(default = "bad_gateway")]
        http_status: u16,
        #[serde(default = "yes")]
        accept: bool,
    },
    /// Accept, then answer half of the JSON.
    Truncated,
    /// Accept, then answer this many bytes of JSON.
    Huge {
        #[serde(default = "ten_mb")]
        bytes: usize,
    },
    /// Hold the answer back for so long (the client gives up first).
    Hang {
        #[serde(default = "minute")]
        ms: u64,
        #[serde(default = "yes")]
        accept: bool,
    },
    /// Add a wait of [min, max] ms.
    Latency { ms: [u64; 2] },
}

fn sync() -> Via {
    Via::Sync
}
fn yes() -> bool {
    true
}
fn bad_gateway() -> u16 {
    502
}
fn ten_mb() -> usize {
    10 << 20
}
fn minute() -> u64 {
    60_000
}

/// The largest body a `huge` rule answers with.
pub const HUGE_MAX: usize = 64 << 20;
/// Rules kept at once.
pub const RULES_MAX: usize = 100;

/// One rule. The first that matches and fires is used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rule {
    /// Given by the simulator.
    #[serde(default)]
    pub id: u64,
    /// Recipient: digits (+ is ignored) or BSUID, `4915*` for a prefix, `any`. Only sends have one.
    #[serde(default = "any")]
    pub to: String,
    /// Which calls: `messages` (sends, the default), `read` (mark-read), `other` (every other Graph call), `any`.
    #[serde(default = "messages")]
    pub endpoint: String,
    /// Share of matching calls that are hit.
    #[serde(default = "one")]
    pub rate: f64,
    /// How many more times it fires; null = no end.
    #[serde(default)]
    pub count: Option<u64>,
    /// How often it has fired.
    #[serde(default)]
    pub fired: u64,
    #[serde(flatten)]
    pub fault: Fault,
}

fn any() -> String {
    "any".into()
}
fn messages() -> String {
    "messages".into()
}
fn one() -> f64 {
    1.0
}

/// Whether `pattern` (digits or BSUID, `*` at the end, `any`) names this recipient.
pub fn matches(pattern: &str, recipient: &str) -> bool {
    let pattern = pattern.trim_start_matches('+');
    match pattern {
        "any" | "*" => true,
        p => match p.strip_suffix('*') {
            Some(prefix) => recipient.starts_with(prefix),
            None => recipient == p,
        },
    }
}

/// The fault for this call, if a rule fires. Counts it.
pub fn pick(
    rules: &mut [Rule],
    rng: &mut fastrand::Rng,
    endpoint: &str,
    recipients: &[&str],
) -> Option<Fault> {
    for rule in rules {
        let hit = (rule.endpoint == endpoint || rule.endpoint == "any")
            && rule.count != Some(0)
            && (matches(&rule.to, "") || recipients.iter().any(|r| matches(&rule.to, r)));
        if hit && (rule.rate >= 1.0 || rng.f64() < rule.rate) {
            rule.fired += 1;
            rule.count = rule.count.map(|n| n - 1);
            return Some(rule.fault.clone());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> Rule {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_rule_fires_count_times_for_its_recipients() {
        let mut rules = vec![rule(
            r#"{"to":"+4915*","count":2,"do":"error","code":130429}"#,
        )];
        let mut rng = fastrand::Rng::with_seed(1);
        assert!(pick(&mut rules, &mut rng, "messages", &["16505551234"]).is_none());
        assert!(pick(&mut rules, &mut rng, "read", &["491511"]).is_none());
        assert!(pick(&mut rules, &mut rng, "messages", &["491511"]).is_some());
        assert!(pick(&mut rules, &mut rng, "messages", &["491511"]).is_some());
        assert!(pick(&mut rules, &mut rng, "messages", &["491511"]).is_none());
        assert_eq!(rules[0].fired, 2);
    }

    #[test]
    fn a_rate_is_a_share_and_repeats_with_the_seed() {
        let run = |seed| {
            let mut rules = vec![rule(r#"{"rate":0.25,"do":"drop_after"}"#)];
            let mut rng = fastrand::Rng::with_seed(seed);
            (0..1_000)
                .map(|_| pick(&mut rules, &mut rng, "messages", &["1"]).is_some())
                .collect::<Vec<_>>()
        };
        let hits = run(3).iter().filter(|h| **h).count();
        assert!((200..300).contains(&hits), "{hits}");
        assert_eq!(run(3), run(3));
    }
}
