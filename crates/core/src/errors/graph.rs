//! Reading Graph's error answers.

use super::{find, lookup, mask, Class};
use crate::limits;
use serde::Serialize;
use serde_json::Value;

/// An error answer of Graph, understood. Every text is bounded and has its tokens masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GraphFault {
    /// Meta's code; 0 when the answer named none (or named 0).
    pub code: i64,
    /// Meta's subcode; 0 when none.
    pub subcode: i64,
    /// What to do about it.
    pub class: Class,
    /// A few words, from the book where it knows the code.
    pub title: String,
    /// Meta's message, at most [`limits::DETAIL_CHARS`]; our own words when it sent none.
    pub message: String,
    /// Meta's details, at most [`limits::DETAIL_CHARS`].
    pub details: String,
    /// What to do, in plain words.
    pub remedy: String,
    /// Meta's trace id, for their support.
    pub fbtrace_id: String,
    /// The HTTP status of the answer; 0 when there was none.
    pub http_status: u16,
    /// Whether Meta calls it passing.
    pub is_transient: bool,
}

/// Reads an answer that is not a success. Decides on the code; where the answer is not Graph's JSON (a proxy's page,
/// nothing at all) or the code is not in the book, on the HTTP status: 5xx → unknown outcome, 429 → retry, 401 → account,
/// other 4xx → client, anything else → unknown outcome.
#[must_use]
pub fn parse_graph(status: u16, body: &[u8]) -> GraphFault {
    let answer = if body.len() <= limits::GRAPH_ERROR_BYTES {
        parse_json(body)
    } else {
        None
    };
    let error = answer
        .as_ref()
        .and_then(|answer| answer.get("error"))
        .filter(|error| error.is_object());
    let field = |key: &str| error.and_then(|error| error.get(key));
    let text = |value: Option<&Value>| {
        value
            .and_then(Value::as_str)
            .map(bounded)
            .unwrap_or_default()
    };

    let code = field("code").and_then(int);
    let subcode = field("error_subcode").and_then(int).unwrap_or(0);
    let known = code.and_then(find);
    // Template faults come as code 100 with a subcode that says more.
    let told = (subcode != 0).then(|| find(subcode)).flatten().or(known);
    let is_transient = field("is_transient")
        .and_then(Value::as_bool)
        .unwrap_or(false);

    let data = field("error_data");
    let mut details = text(data.and_then(|data| data.get("details")).or(data));
    if details.is_empty() {
        details = text(field("error_user_msg"));
    }
    let mut title = told.map_or_else(
        || text(field("error_user_title")),
        |entry| entry.title.to_owned(),
    );
    if title.is_empty() {
        title = if code.is_some() {
            lookup(-1).title
        } else {
            http_title(status)
        }
        .to_owned();
    }
    let mut message = text(field("message"));
    if message.is_empty() {
        message = format!("WhatsApp answered with HTTP status {status} and no explanation.");
    }
    let class = known.map_or_else(|| http_class(status, is_transient), |entry| entry.class);
    GraphFault {
        code: code.unwrap_or(0),
        subcode,
        class,
        title,
        message,
        details,
        remedy: told
            .map_or_else(|| class_remedy(class), |entry| entry.remedy)
            .to_owned(),
        fbtrace_id: field("fbtrace_id")
            .and_then(Value::as_str)
            .filter(|id| {
                id.len() <= limits::IDENTIFIER_BYTES && id.bytes().all(|b| b.is_ascii_graphic())
            })
            .unwrap_or_default()
            .to_owned(),
        http_status: status,
        is_transient,
    }
}

fn parse_json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body)
        .ok()
        .or_else(|| serde_json::from_str(&String::from_utf8_lossy(body)).ok())
}

fn int(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()))
}

/// Masked first, so that no cut can take a token's beginning away.
fn bounded(text: &str) -> String {
    mask(text).chars().take(limits::DETAIL_CHARS).collect()
}

fn http_class(status: u16, is_transient: bool) -> Class {
    match status {
        401 => Class::Account,
        429 => Class::Retry,
        400..=499 if !is_transient => Class::Client,
        _ => Class::UnknownOutcome,
    }
}

fn http_title(status: u16) -> &'static str {
    match status {
        401 => "Login to WhatsApp failed",
        403 => "Access denied",
        404 => "Not found",
        429 => "Too many requests",
        500..=599 => "WhatsApp's service is not available",
        _ => "Unexpected answer from WhatsApp",
    }
}

fn class_remedy(class: Class) -> &'static str {
    match class {
        Class::Retry => "Nothing to do: it is tried again after some minutes.",
        Class::Account => "Check the access token in the account's settings and run the connection test.",
        Class::Client => "Check the account's settings with the connection test. If they are right, please report this to the plugin's authors.",
        _ => "Check whether the message arrived before you send it again.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graph_error_is_read_in_full() {
        let body = br#"{"error":{"message":"(#130429) Rate limit hit","type":"OAuthException","code":130429,
            "error_data":{"messaging_product":"whatsapp","details":"Too many"},"error_subcode":2494055,"fbtrace_id":"Az8or2"}}"#;
        let fault = parse_graph(400, body);
        assert_eq!(
            (fault.code, fault.subcode, fault.class),
            (130_429, 2_494_055, Class::Retry)
        );
        assert_eq!(
            (fault.message.as_str(), fault.details.as_str()),
            ("(#130429) Rate limit hit", "Too many")
        );
        assert_eq!(
            (fault.fbtrace_id.as_str(), fault.title.as_str()),
            ("Az8or2", "Sending too fast")
        );
    }

    #[test]
    fn a_template_fault_is_told_by_its_subcode() {
        let body = br#"{"error":{"message":"Invalid parameter","code":100,"error_subcode":2388299,"error_user_title":"T","error_user_msg":"M"}}"#;
        let fault = parse_graph(400, body);
        assert_eq!((fault.class, fault.details.as_str()), (Class::Client, "M"));
        assert_eq!(fault.title, "Placeholder at the beginning or end");
    }

    #[test]
    fn nonsense_is_judged_by_the_status() {
        let bodies: &[&[u8]] = &[
            b"",
            b"<html>502</html>",
            b"null",
            b"[]",
            b"{}",
            b"{\"error\":\"x\"}",
            b"{\"error\":{}}",
            b"\xff\xfe",
        ];
        for body in bodies {
            for (status, class) in [
                (500, Class::UnknownOutcome),
                (503, Class::UnknownOutcome),
                (429, Class::Retry),
                (401, Class::Account),
                (400, Class::Client),
                (404, Class::Client),
                (302, Class::UnknownOutcome),
                (0, Class::UnknownOutcome),
            ] {
                let fault = parse_graph(status, body);
                assert_eq!(
                    (fault.code, fault.class, fault.http_status),
                    (0, class, status),
                    "{body:?}"
                );
                assert!(
                    !fault.title.is_empty()
                        && !fault.message.is_empty()
                        && !fault.remedy.is_empty()
                );
            }
        }
    }

    #[test]
    fn code_zero_is_a_code_and_unknown_codes_survive() {
        assert_eq!(
            parse_graph(400, br#"{"error":{"code":0,"message":"Auth"}}"#).class,
            Class::Account
        );
        let fault = parse_graph(400, br#"{"error":{"code":"424242","message":"New"}}"#);
        assert_eq!((fault.code, fault.class), (424_242, Class::Client));
        let fault = parse_graph(400, br#"{"error":{"code":424242,"is_transient":true}}"#);
        assert_eq!(
            (fault.class, fault.is_transient),
            (Class::UnknownOutcome, true)
        );
    }

    #[test]
    fn no_token_comes_through_and_everything_is_bounded() {
        let long = "ä".repeat(5_000);
        let body = serde_json::json!({"error": {"code": 190, "message": format!("Malformed access token EAAGsecretsecret {long}"),
            "error_data": {"details": "Authorization: Bearer topsecret"}, "error_user_title": "access_token=topsecret",
            "fbtrace_id": "ü"}});
        let fault = parse_graph(401, body.to_string().as_bytes());
        let all = format!("{fault:?}");
        assert!(!all.contains("secret"), "{all}");
        assert_eq!(fault.message.chars().count(), limits::DETAIL_CHARS);
        assert_eq!(fault.fbtrace_id, "");
    }
}
