//! What can be set on a running simulator (`/sim/settings`). Every span is `[min, max]` in milliseconds.
use serde::{Deserialize, Serialize};

use crate::template::Review;

/// Most rows of the record, and its largest setting.
pub const RECORD_MAX: usize = 1_000_000;
/// Most updates in one POST (Meta's limit).
pub const BATCH_MAX: usize = 1_000;
/// Most webhook POSTs in flight at once.
pub const CONCURRENCY_MAX: usize = 256;

/// Where an injected or enforced error shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// As the answer to the send.
    Sync,
    /// As a `failed` status, the send itself being accepted.
    Webhook,
    /// Not enforced.
    Off,
}

/// What happens to a message to a customer who blocked the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Blocked {
    /// `failed` with 131026.
    Failed,
    /// Stays `sent` for ever.
    Silent,
}

/// The settings. Missing keys of a JSON body keep what they were.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Added to every Graph answer.
    pub latency_ms: [u64; 2],
    /// From acceptance to `sent`, from `sent` to `delivered`, from `delivered` to `read`.
    pub sent_ms: [u64; 2],
    pub delivered_ms: [u64; 2],
    pub read_ms: [u64; 2],
    /// Share of messages that reach the phone, and of those the share that is read by itself
    /// (customers opened on the phone page read when a person looks).
    pub delivered_rate: f64,
    pub read_rate: f64,
    /// Share of read messages whose `delivered` is left out.
    pub skip_delivered_rate: f64,
    /// Off: nothing is posted and no status is kept.
    pub webhooks: bool,
    /// Most updates in one POST, and how long the first waits for company.
    pub batch: usize,
    pub batch_ms: u64,
    /// Share of POSTs sent twice, and of updates that are held back so that others overtake them.
    pub duplicate_rate: f64,
    pub shuffle_rate: f64,
    /// Waits before each repetition of a POST that was not answered 200; after the last it is dropped.
    pub retry_ms: Vec<u64>,
    pub webhook_timeout_ms: u64,
    pub concurrency: usize,
    /// Messages a second and number; null = by the number's throughput level (80 or 1000), 0 = no limit.
    pub mps: Option<u32>,
    /// One message in 6 s to the same person, burst 45 (131056).
    pub pair_limit: bool,
    /// The 24-hour window (131047).
    pub window: Via,
    /// Different people written to outside a window in 24 hours, over the portfolio; 0 = no limit.
    pub tier: u32,
    pub tier_code: u32,
    pub tier_via: Via,
    /// Recipients (digits, `*` at the end = prefix) that are not on WhatsApp (131026 by webhook).
    pub not_on_whatsapp: Vec<String>,
    /// Recipients the business has blocked (130403).
    pub business_blocked: Vec<String>,
    /// A test number's allow list; empty = everybody (131030).
    pub allow_list: Vec<String>,
    pub customer_blocked: Blocked,
    /// Rows kept (the oldest goes first); `record_light` drops the bodies and makes no chats: for large runs.
    pub record_max: usize,
    pub record_light: bool,
    pub media_url_ttl_ms: u64,
    /// Graph version of the webhooks: below 24 statuses carry `conversation`.
    pub webhook_version: u32,
    /// Whether user ids (BSUIDs) are told beside phone numbers.
    pub bsuid: bool,
    /// Category of templates that are not registered.
    pub template_category: String,
    /// Whether templates that are not registered may be sent (form permitting), as if they were approved.
    pub any_template: bool,
    /// What becomes of a template that is handed in, and after how long.
    pub review: Review,
    pub review_ms: [u64; 2],
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            latency_ms: [0, 0],
            sent_ms: [50, 500],
            delivered_ms: [300, 2_000],
            read_ms: [1_000, 8_000],
            delivered_rate: 1.0,
            read_rate: 0.7,
            skip_delivered_rate: 0.0,
            webhooks: true,
            batch: 1,
            batch_ms: 0,
            duplicate_rate: 0.0,
            shuffle_rate: 0.0,
            retry_ms: vec![100, 200, 400, 800, 1_600, 3_200, 6_400],
            webhook_timeout_ms: 10_000,
            concurrency: 16,
            mps: None,
            pair_limit: true,
            window: Via::Webhook,
            tier: 0,
            tier_code: 131048,
            tier_via: Via::Webhook,
            not_on_whatsapp: vec![],
            business_blocked: vec![],
            allow_list: vec![],
            customer_blocked: Blocked::Failed,
            record_max: 10_000,
            record_light: false,
            media_url_ttl_ms: 300_000,
            webhook_version: 25,
            bsuid: true,
            template_category: "marketing".into(),
            any_template: true,
            review: Review::Approve,
            review_ms: [500, 2_000],
        }
    }
}

impl Settings {
    /// No limits, no delays, everything is read: for tests that look at something else.
    pub fn relaxed() -> Self {
        Settings {
            sent_ms: [0, 0],
            delivered_ms: [0, 0],
            read_ms: [0, 0],
            review_ms: [0, 0],
            read_rate: 1.0,
            mps: Some(0),
            pair_limit: false,
            window: Via::Off,
            ..Settings::default()
        }
    }

    /// These settings with the keys of `patch` replaced.
    ///
    /// # Errors
    /// An unknown key, a wrong type or a value outside its range, in words.
    pub fn patched(&self, patch: &serde_json::Value) -> Result<Self, String> {
        let mut now = serde_json::to_value(self).map_err(|e| e.to_string())?;
        let (Some(now_map), Some(patch)) = (now.as_object_mut(), patch.as_object()) else {
            return Err("an object is expected".into());
        };
        now_map.extend(patch.clone());
        let new: Settings = serde_json::from_value(now).map_err(|e| e.to_string())?;
        new.check()?;
        Ok(new)
    }

    fn check(&self) -> Result<(), String> {
        for (name, span) in [
            ("latency_ms", self.latency_ms),
            ("sent_ms", self.sent_ms),
            ("delivered_ms", self.delivered_ms),
            ("read_ms", self.read_ms),
            ("review_ms", self.review_ms),
        ] {
            if span[0] > span[1] {
                return Err(format!("{name}: min is above max"));
            }
        }
        for (name, share) in [
            ("delivered_rate", self.delivered_rate),
            ("read_rate", self.read_rate),
            ("skip_delivered_rate", self.skip_delivered_rate),
            ("duplicate_rate", self.duplicate_rate),
            ("shuffle_rate", self.shuffle_rate),
        ] {
            if !(0.0..=1.0).contains(&share) {
                return Err(format!("{name}: 0 to 1"));
            }
        }
        if !(1..=BATCH_MAX).contains(&self.batch) {
            return Err(format!("batch: 1 to {BATCH_MAX}"));
        }
        if !(1..=CONCURRENCY_MAX).contains(&self.concurrency) {
            return Err(format!("concurrency: 1 to {CONCURRENCY_MAX}"));
        }
        if self.record_max > RECORD_MAX || (self.record_max > 100_000 && !self.record_light) {
            return Err(format!(
                "record_max: to 100000, with record_light to {RECORD_MAX}"
            ));
        }
        if self.retry_ms.len() > 100 {
            return Err("retry_ms: to 100 steps".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_patch_replaces_only_its_keys() {
        let s = Settings::default()
            .patched(&json!({"mps": 0, "sent_ms": [1, 2]}))
            .unwrap();
        assert_eq!((s.mps, s.sent_ms, s.read_rate), (Some(0), [1, 2], 0.7));
        assert!(Settings::default()
            .patched(&json!({"nonsense": 1}))
            .is_err());
        assert!(Settings::default()
            .patched(&json!({"read_rate": 2}))
            .is_err());
        assert!(Settings::default()
            .patched(&json!({"record_max": 1_000_000}))
            .is_err());
        assert!(Settings::default()
            .patched(&json!({"record_max": 1_000_000, "record_light": true}))
            .is_ok());
    }
}
