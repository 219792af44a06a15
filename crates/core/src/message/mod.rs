//! Messages on their way out: check, complete, summarise. Every type of the Cloud API (pages messages/…-messages).
//!
//! Incomplete support: the payloads of `order_details` and `order_status` (payments in India, Brazil and Singapore) are
//! only checked for their frame; whether a template's values fit the template is not known here.

mod build;
mod carousel;
mod check;
mod content;
mod interactive;
mod template;
#[cfg(test)]
mod tests;

pub use build::{build, summary};

use crate::{limits, phone};
use check::{clip, Checker, Need, Node};
use serde::Serialize;
use serde_json::Value;

/// One thing that is wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where, as in `interactive.action.buttons[0].reply.title`; '' for the message as a whole.
    pub path: String,
    /// Which rule, a stable word: `required`, `type`, `value`, `format`, `too_long`, `too_many`, `too_few`, `duplicate`,
    /// `conflict`.
    pub rule: String,
    /// What is wrong and what to do, in plain words with the value and the limit.
    pub message: String,
}

/// Everything that is wrong with a Cloud API body, with or without `messaging_product`; empty = good. A body that marks a
/// message as read is checked as such.
///
/// ```
/// let problems = nxtchat_core::message::check(&serde_json::json!({"to": "+16505551234", "type": "text", "text": {}}));
/// assert_eq!((problems[0].path.as_str(), problems[0].rule.as_str()), ("text.body", "required"));
/// ```
#[must_use]
pub fn check(message: &Value) -> Vec<Problem> {
    let mut checker = Checker::default();
    let map = match message {
        Value::Object(map) => map,
        _ => {
            checker.add("", "type", "A message must be an object.");
            return checker.problems;
        }
    };
    let node = Node {
        map,
        path: String::new(),
    };
    checker.word(
        &node,
        "messaging_product",
        "The product",
        Need::No,
        &["whatsapp"],
    );
    if node.get("type").is_none() && node.get("status").is_some() {
        mark_read(&mut checker, &node);
        return checker.problems;
    }
    let group = recipient(&mut checker, &node);
    envelope(&mut checker, &node);
    if let Some(kind) = checker.text(
        &node,
        "type",
        "The message type",
        Need::Yes,
        limits::LABEL_CHARS,
    ) {
        if group && !GROUP_TYPES.contains(&kind) {
            let message = format!(
                "Groups take text, media and templates, not `{}`. Choose another type.",
                clip(kind)
            );
            checker.add("type", "value", message);
        }
        match kind {
            "interactive" => interactive::check(&mut checker, &node),
            "template" => template::check(&mut checker, &node),
            _ => content::check(&mut checker, &node, kind),
        }
    }
    checker.problems
}

/// What may be sent to a group (groups/groups-messaging).
const GROUP_TYPES: &[&str] = &[
    "text", "image", "video", "audio", "document", "sticker", "template",
];

fn mark_read(checker: &mut Checker, node: &Node<'_>) {
    checker.word(node, "status", "The status", Need::Yes, &["read"]);
    checker.text(
        node,
        "message_id",
        "The message to mark as read",
        Need::Yes,
        limits::IDENTIFIER_BYTES,
    );
    if let Some(typing) = checker.object(node, "typing_indicator", "The typing indicator", Need::No)
    {
        checker.word(
            &typing,
            "type",
            "The typing indicator",
            Need::Yes,
            &["text"],
        );
    }
}

/// Checks who it goes to; true for a group.
fn recipient(checker: &mut Checker, node: &Node<'_>) -> bool {
    checker.word(
        node,
        "recipient_type",
        "The recipient type",
        Need::No,
        &["individual", "group"],
    );
    if node.str("recipient_type") == "group" {
        checker.text(node, "to", "The group", Need::Yes, limits::IDENTIFIER_BYTES);
        checker.absent(
            node,
            "recipient",
            "A message to a group has no user as recipient.",
        );
        return true;
    }
    let to = node.get("to");
    if to.is_none() && node.get("recipient").is_none() {
        checker.add("to", "required", "The recipient is missing. Give a phone number with its country code (to) or a user id (recipient).");
    }
    if to.is_some() {
        if let Some(to) = checker.text(
            node,
            "to",
            "The phone number",
            Need::Yes,
            limits::IDENTIFIER_BYTES,
        ) {
            if phone::e164(to).is_none() {
                let message = format!(
                    "`{}` is not a phone number with country code. Write it as +49…, with {} to {} digits.",
                    clip(to),
                    phone::MIN_DIGITS,
                    phone::MAX_DIGITS
                );
                checker.add("to", "format", message);
            }
        }
    }
    if let Some(id) = checker.text(
        node,
        "recipient",
        "The user id",
        Need::No,
        limits::IDENTIFIER_BYTES,
    ) {
        if !is_bsuid(id) {
            let message = format!(
                "`{}` is not a user id of WhatsApp. It looks like US.13491208655302741918.",
                clip(id)
            );
            checker.add("recipient", "format", message);
        }
    }
    false
}

/// `CC.` and 1 to 128 letters and digits; linked portfolios have `CC.ENT.` before them.
#[must_use]
pub fn is_bsuid(id: &str) -> bool {
    match id.split_once('.') {
        Some((country, rest)) => {
            let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
            country.len() == 2
                && country.bytes().all(|b| b.is_ascii_uppercase())
                && (1..=limits::BSUID_CHARS).contains(&rest.len())
                && rest.bytes().all(|b| b.is_ascii_alphanumeric())
        }
        None => false,
    }
}

/// What any message may carry beside its content.
fn envelope(checker: &mut Checker, node: &Node<'_>) {
    if let Some(context) = checker.object(node, "context", "The quoted message", Need::No) {
        checker.text(
            &context,
            "message_id",
            "The id of the quoted message",
            Need::Yes,
            limits::IDENTIFIER_BYTES,
        );
        if node.str("type") == "reaction" {
            checker.add(
                "context",
                "conflict",
                "A reaction names its message itself and cannot quote another. Remove the quote.",
            );
        }
    }
    checker.text(
        node,
        "biz_opaque_callback_data",
        "The callback data",
        Need::No,
        limits::CALLBACK_DATA_CHARS,
    );
    let hash = "recipient_identity_key_hash";
    if let Some(text) = checker.text(
        node,
        hash,
        "The identity hash",
        Need::No,
        limits::IDENTITY_HASH_BYTES,
    ) {
        if text.trim().is_empty() {
            checker.add(
                hash,
                "required",
                "The identity hash is empty. Leave it out or give the customer's.",
            );
        }
    }
}
