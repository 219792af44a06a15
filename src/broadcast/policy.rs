//! What an answer means for the recipient, and for everybody behind.

use crate::graph::unclear;
use crate::message::Recipient;
use nxtchat_core::errors::{parse_graph, Class, GraphFault};
use serde::Deserialize;
use std::borrow::Cow;
use std::time::Duration;

/// Longest wamid, bytes.
const WAMID_BYTES: usize = 255;
/// Longest other text of an answer that is kept, bytes.
const TEXT_BYTES: usize = 255;
/// First wait before a retry, doubled up to the longest.
const RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(60);
/// After a limit of the app or the account (4, 80007, 613): it counts over minutes to an hour.
const APP_HOLD: Duration = Duration::from_secs(30);
/// After "too fast" (130429): what is on its way is refused too, so a breath.
const PACE_HOLD: Duration = Duration::from_millis(500);
/// A number that is being worked on (131057, 2494100): at most a minute, says Meta.
const MAINTENANCE_HOLD: Duration = Duration::from_secs(30);
/// Meta held it back for this person (131049): not before a day.
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Other things to wait for.
const WAIT: Duration = Duration::from_secs(3600);

/// Refusals that everybody behind would get too, beside those of the class `account`: number, template, registration.
const STOPS: [i64; 9] = [
    33, 132_001, 132_007, 132_015, 132_016, 132_068, 132_069, 133_010, 134_101,
];
/// Refusals for which a new token is the remedy.
pub const TOKEN_CODES: [i64; 3] = [0, 190, 200];

/// What to do.
#[derive(Debug)]
pub enum Verdict {
    /// It is with WhatsApp.
    Accepted(Box<Accepted>),
    /// Never for this one.
    Refused(Box<GraphFault>),
    /// It may have gone out.
    Unknown(Box<GraphFault>),
    /// Not sent: again after a while.
    Retry(Box<GraphFault>, Retry),
    /// Not sent, and not soon.
    Return(Box<GraphFault>, Duration),
    /// Not sent, and nobody behind will be.
    Stop(Box<GraphFault>),
}

/// What kind of wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Only this one.
    Later,
    /// This person had too many.
    Pair,
    /// The number sends too fast: slower, after a breath.
    Slower(Duration),
    /// Nobody for a while.
    Hold(Duration),
}

/// What WhatsApp told.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Its id.
    pub wamid: String,
    /// Who it goes to.
    pub recipient: Recipient,
    /// Its word on the state.
    pub message_status: Option<String>,
}

#[derive(Deserialize)]
struct Success<'a> {
    #[serde(borrow, default)]
    contacts: Vec<Contact<'a>>,
    #[serde(borrow, default)]
    messages: Vec<Sent<'a>>,
}

#[derive(Deserialize)]
struct Contact<'a> {
    #[serde(borrow)]
    wa_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    user_id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Sent<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    message_status: Option<Cow<'a, str>>,
}

/// Judges a whole answer.
pub fn judge(status: u16, body: &[u8]) -> Verdict {
    if (200..300).contains(&status) {
        if let Some(accepted) = accepted(body) {
            return Verdict::Accepted(Box::new(accepted));
        }
        // Graph sends some errors with a 200.
        let has_error = serde_json::from_slice::<serde_json::Value>(body)
            .is_ok_and(|value| value.get("error").is_some_and(serde_json::Value::is_object));
        if !has_error {
            let text = "WhatsApp answered without a message id.";
            return Verdict::Unknown(Box::new(unclear(status, text.into())));
        }
    }
    judge_fault(parse_graph(status, body))
}

fn accepted(body: &[u8]) -> Option<Accepted> {
    let text = |text: Option<Cow<'_, str>>| {
        text.filter(|t| !t.is_empty() && t.len() <= TEXT_BYTES)
            .map(Cow::into_owned)
    };
    let answer: Success<'_> = serde_json::from_slice(body).ok()?;
    let sent = answer.messages.into_iter().next()?;
    let wamid = sent
        .id
        .filter(|id| !id.is_empty() && id.len() <= WAMID_BYTES)?;
    let contact = answer.contacts.into_iter().next();
    let (wa_id, user_id) = contact.map_or((None, None), |c| (c.wa_id, c.user_id));
    Some(Accepted {
        wamid: wamid.into_owned(),
        recipient: Recipient {
            wa_id: text(wa_id),
            user_id: text(user_id),
        },
        message_status: text(sent.message_status),
    })
}

fn judge_fault(fault: GraphFault) -> Verdict {
    let fault = Box::new(fault);
    if fault.class == Class::Account || STOPS.contains(&fault.code) {
        return Verdict::Stop(fault);
    }
    match (fault.code, fault.class) {
        (131_056, _) => Verdict::Retry(fault, Retry::Pair),
        (130_429, _) => Verdict::Retry(fault, Retry::Slower(PACE_HOLD)),
        (4 | 613 | 80_007, _) => Verdict::Retry(fault, Retry::Slower(APP_HOLD)),
        (131_057 | 2_494_100, _) => Verdict::Retry(fault, Retry::Hold(MAINTENANCE_HOLD)),
        (131_049, _) => Verdict::Return(fault, DAY),
        // A 429 of a proxy or of Graph without a code.
        (0, Class::Retry) => Verdict::Retry(fault, Retry::Slower(PACE_HOLD)),
        (_, Class::Retry) => Verdict::Retry(fault, Retry::Later),
        (_, Class::Wait) => Verdict::Return(fault, WAIT),
        (_, Class::UnknownOutcome) => Verdict::Unknown(fault),
        (_, Class::Never | Class::Client | Class::Account) => Verdict::Refused(fault),
    }
}

/// The wait before try `tries` + 1. `chance` (0–1) spreads those that were refused together.
pub fn backoff(tries: u32, chance: f64) -> Duration {
    let doubled = RETRY * 2u32.pow(tries.saturating_sub(1).min(10));
    doubled.min(LONGEST_RETRY).mul_f64(0.5 + chance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn error(status: u16, code: i64) -> Verdict {
        judge(
            status,
            json!({"error": {"code": code, "message": "x"}})
                .to_string()
                .as_bytes(),
        )
    }

    #[test]
    fn accepted_is_only_what_has_an_id() {
        let body = br#"{"messaging_product":"whatsapp","contacts":[{"input":"+49","wa_id":"49","user_id":"DE.1"}],"messages":[{"id":"wamid.x\u003d","message_status":"accepted"}]}"#;
        let Verdict::Accepted(accepted) = judge(200, body) else {
            panic!();
        };
        assert_eq!(accepted.wamid, "wamid.x=");
        assert_eq!(accepted.recipient.user_id.as_deref(), Some("DE.1"));
        assert_eq!(accepted.message_status.as_deref(), Some("accepted"));
        for body in [
            "",
            "{}",
            "<html>",
            "null",
            r#"{"messages":[]}"#,
            r#"{"messages":[{"id":""}]}"#,
            r#"{"messages":[{"id":"wamid.x"}"#,
            r#"{"messages":"x"}"#,
        ] {
            assert!(
                matches!(judge(200, body.as_bytes()), Verdict::Unknown(_)),
                "{body}"
            );
            assert!(
                matches!(judge(502, body.as_bytes()), Verdict::Unknown(_)),
                "{body}"
            );
        }
        assert!(matches!(error(200, 131_026), Verdict::Refused(_)));
    }

    #[test]
    fn each_class_has_its_consequence() {
        for code in [
            0, 190, 368, 131_031, 131_042, 131_048, 131_064, 132_001, 132_015, 132_016, 10, 3,
        ] {
            assert!(matches!(error(400, code), Verdict::Stop(_)), "{code}");
        }
        for code in [1, 2, 131_000, 131_016, 133_004] {
            assert!(matches!(error(500, code), Verdict::Unknown(_)), "{code}");
        }
        for code in [
            131_026, 131_047, 131_050, 130_472, 130_497, 100, 132_000, 132_012, 131_008,
        ] {
            assert!(matches!(error(400, code), Verdict::Refused(_)), "{code}");
        }
        let wait = |code| match error(400, code) {
            Verdict::Retry(_, retry) => retry,
            other => panic!("{code}: {other:?}"),
        };
        assert_eq!(wait(131_056), Retry::Pair);
        assert_eq!(wait(130_429), Retry::Slower(PACE_HOLD));
        assert_eq!(wait(4), Retry::Slower(APP_HOLD));
        assert_eq!(wait(80_007), Retry::Slower(APP_HOLD));
        assert_eq!(wait(131_057), Retry::Hold(MAINTENANCE_HOLD));
        assert!(matches!(
            judge(429, b"slow down"),
            Verdict::Retry(_, Retry::Slower(_))
        ));
        assert!(matches!(error(400, 131_049), Verdict::Return(_, d) if d == DAY));
        assert!(
            matches!(error(500, 424_242), Verdict::Unknown(_)),
            "a new code with 5xx"
        );
        assert!(
            matches!(error(400, 424_242), Verdict::Refused(_)),
            "a new code with 4xx"
        );
    }

    #[test]
    fn the_wait_doubles_with_chance() {
        assert_eq!(backoff(1, 0.5), RETRY);
        assert_eq!(backoff(3, 0.5), RETRY * 4);
        assert_eq!(backoff(40, 0.5), LONGEST_RETRY);
        assert!(backoff(2, 0.0) < backoff(2, 1.0));
    }
}
