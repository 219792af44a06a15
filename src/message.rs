//! One message out: checked, sent once, and what came of it.

use crate::error::{Error, Result};
use crate::graph::{Account, Call};
use crate::runtime;
use nxtchat_core::errors::{Class, GraphFault};
use nxtchat_core::message::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use std::time::Instant;

/// Longest wamid, bytes.
const WAMID_BYTES: usize = 255;

/// What came of a send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// WhatsApp has it and gave it an id.
    Accepted,
    /// It has not gone out.
    Refused,
    /// It may or may not have gone out: never repeated by itself.
    Unknown,
}

/// Who WhatsApp says the recipient is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Digits of the number.
    pub wa_id: Option<String>,
    /// Business-scoped user id.
    pub user_id: Option<String>,
}

/// The account of one send.
#[derive(Debug, Serialize)]
pub struct Sent {
    /// What came of it.
    pub outcome: Outcome,
    /// WhatsApp's id of the message.
    pub wamid: Option<String>,
    /// Who it goes to.
    pub recipient: Recipient,
    /// `accepted`, `held_for_quality_assessment` or `paused`, when told.
    pub message_status: Option<String>,
    /// 0 when there was no answer.
    pub http_status: u16,
    /// Why it was not accepted.
    pub error: Option<GraphFault>,
    /// How long it took.
    pub duration_ms: i64,
}

/// Checks a message against Meta's rules; empty = good.
pub fn check(message: &Value) -> Vec<Problem> {
    nxtchat_core::message::check(message)
}

/// Sends one message, once.
pub fn send(account: &Account, message: &Value, reference: &str) -> Result<Sent> {
    let problems = check(message);
    if !problems.is_empty() {
        return Err(Error::problems(&problems));
    }
    if !nxtchat_core::ulid::is_valid(reference) {
        return Err(Error::invalid(
            "The reference of a message must be a ULID (see ulids()).",
        ));
    }
    let call = Call::new(
        account,
        "POST",
        &path(account)?,
        &nxtchat_core::message::build(message, reference),
    )?;
    let start = Instant::now();
    let answer = runtime::run(account.is_loopback(), |client| async move {
        call.ask(&client).await
    })?;
    let duration_ms = start.elapsed().as_millis() as i64;
    Ok(Sent {
        duration_ms,
        ..understand(answer)
    })
}

/// Accepted is only what has an id. What is refused has a class that says so; everything else is unknown.
fn understand(answer: std::result::Result<Value, GraphFault>) -> Sent {
    let blank = Sent {
        outcome: Outcome::Unknown,
        wamid: None,
        recipient: Recipient::default(),
        message_status: None,
        http_status: 200,
        error: None,
        duration_ms: 0,
    };
    let value = match answer {
        Ok(value) => value,
        Err(fault) => {
            let outcome = match fault.class {
                Class::UnknownOutcome => Outcome::Unknown,
                Class::Retry | Class::Wait | Class::Never | Class::Client | Class::Account => {
                    Outcome::Refused
                }
            };
            return Sent {
                outcome,
                http_status: fault.http_status,
                error: Some(fault),
                ..blank
            };
        }
    };
    let text = |path: &str| {
        value
            .pointer(path)
            .and_then(Value::as_str)
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
    };
    match text("/messages/0/id").filter(|id| id.len() <= WAMID_BYTES) {
        Some(wamid) => Sent {
            outcome: Outcome::Accepted,
            wamid: Some(wamid),
            recipient: Recipient {
                wa_id: text("/contacts/0/wa_id"),
                user_id: text("/contacts/0/user_id"),
            },
            message_status: text("/messages/0/message_status"),
            ..blank
        },
        None => Sent {
            error: Some(crate::graph::unclear(
                200,
                "WhatsApp answered without a message id.".into(),
            )),
            ..blank
        },
    }
}

/// Marks a message, and those before it, as read; `typing` shows "typing…" for up to 25 seconds.
pub fn mark_read(account: &Account, wamid: &str, typing: bool) -> Result<()> {
    if wamid.is_empty() || wamid.len() > WAMID_BYTES {
        return Err(Error::invalid("The message has no WhatsApp id."));
    }
    let mut body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": wamid});
    if typing {
        body["typing_indicator"] = json!({"type": "text"});
    }
    crate::graph::call(account, "POST", &path(account)?, &body).map(|_| ())
}

fn path(account: &Account) -> Result<String> {
    if account.phone_number_id.is_empty() {
        return Err(Error::invalid("The account has no phone number id."));
    }
    Ok(format!("{}/messages", account.phone_number_id))
}

#[cfg(test)]
mod tests;
