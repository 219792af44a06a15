use super::*;
use crate::graph::tests::{account, http, serve, Play, TOKEN};

const REF: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn text() -> Value {
    json!({"to": "+491701234567", "type": "text", "text": {"body": "hello"}})
}

fn sent(play: Play) -> Sent {
    let (base, _received) = serve(play);
    let sent = send(&account(&base), &text(), REF).unwrap();
    assert!(!format!("{sent:?}").contains(TOKEN));
    sent
}

#[test]
fn accepted_needs_an_id() {
    let (base, received) = serve(http(
        "200 OK",
        r#"{"contacts":[{"input":"+49","wa_id":"491701234567"}],"messages":[{"id":"wamid.X","message_status":"accepted"}]}"#,
    ));
    let sent = send(&account(&base), &text(), REF).unwrap();
    assert_eq!(
        (sent.outcome, sent.wamid.as_deref(), sent.http_status),
        (Outcome::Accepted, Some("wamid.X"), 200)
    );
    assert_eq!(
        (
            sent.recipient.wa_id.as_deref(),
            sent.message_status.as_deref()
        ),
        (Some("491701234567"), Some("accepted"))
    );
    let request = received.recv().unwrap();
    assert!(
        request.starts_with("POST /v25.0/106540352242922/messages HTTP/1.1"),
        "{request}"
    );
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(
        (
            &body["messaging_product"],
            &body["biz_opaque_callback_data"]
        ),
        (&json!("whatsapp"), &json!(REF))
    );
}

#[test]
fn outcomes() {
    let error = |code: i64| format!(r#"{{"error":{{"code":{code},"message":"no"}}}}"#);
    let cases = [
        (http("200 OK", "{}"), Outcome::Unknown),
        (
            http("200 OK", r#"{"messages":[{"id":""}]}"#),
            Outcome::Unknown,
        ),
        (http("200 OK", "garbage"), Outcome::Unknown),
        (http("500 Internal Server Error", ""), Outcome::Unknown),
        (http("503 Service Unavailable", &error(2)), Outcome::Unknown),
        (Play::Drop, Outcome::Unknown),
        (http("400 Bad Request", &error(131_000)), Outcome::Unknown),
        (http("400 Bad Request", &error(131_047)), Outcome::Refused),
        (http("400 Bad Request", &error(130_429)), Outcome::Refused),
        (http("401 Unauthorized", &error(190)), Outcome::Refused),
    ];
    for (at, (play, outcome)) in cases.into_iter().enumerate() {
        let sent = sent(play);
        assert_eq!(
            (sent.outcome, sent.wamid.is_none(), sent.error.is_some()),
            (outcome, true, true),
            "case {at}: {sent:?}"
        );
    }
    let sent = send(&account("http://127.0.0.1:1"), &text(), REF).unwrap();
    assert_eq!(
        (sent.outcome, sent.error.unwrap().class),
        (Outcome::Refused, Class::Retry)
    );
}

#[test]
fn bad_input_never_leaves() {
    let (base, received) = serve(http("200 OK", "{}"));
    let account = account(&base);
    assert!(matches!(
        send(&account, &json!({"type": "text"}), REF),
        Err(Error::InvalidInput(_))
    ));
    assert!(matches!(
        send(&account, &text(), "not a ulid"),
        Err(Error::InvalidInput(_))
    ));
    assert!(matches!(
        mark_read(&account, "", false),
        Err(Error::InvalidInput(_))
    ));
    assert!(received.try_recv().is_err());
}

#[test]
fn marks_read_with_typing() {
    let (base, received) = serve(http("200 OK", r#"{"success":true}"#));
    mark_read(&account(&base), "wamid.X", true).unwrap();
    let request = received.recv().unwrap();
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(
        body,
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.X", "typing_indicator": {"type": "text"}})
    );
}
