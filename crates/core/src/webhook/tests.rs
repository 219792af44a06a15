//! Every fixture of Meta's becomes typed events; nothing that comes in panics, and nothing bad touches its neighbours.

use super::*;
use serde_json::{json, Value};
use std::path::PathBuf;
use std::time::Instant;

fn events(body: &str) -> Vec<Value> {
    parse(body.as_bytes())
        .unwrap()
        .iter()
        .map(|event| serde_json::to_value(event).unwrap())
        .collect()
}

fn one(body: &str) -> Value {
    let mut events = events(body);
    assert_eq!(events.len(), 1, "{events:#?}");
    events.remove(0)
}

fn files(folder: PathBuf) -> Option<Vec<(String, String)>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .ok()?
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().map_or(false, |ext| ext == "json"))
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read_to_string(path).unwrap(),
            )
        })
        .collect();
    files.sort();
    Some(files)
}

fn meta() -> Option<Vec<(String, String)>> {
    files(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cloud-api/webhooks"))
}

/// Our own bodies, always there.
fn own() -> Vec<(String, String)> {
    files(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")).unwrap()
}

/// Fixtures that stay unknown, and why.
const UNKNOWN: &[(&str, &str)] = &[
    (
        "messages.interactive.nfm_reply_flow.json",
        "message.from: no number and no user id that could be a person's",
    ),
    (
        "postman.status_payment.json",
        "status.type: `payment` is not about a message",
    ),
    (
        "postman.text_identity.json",
        "message.from: no number and no user id that could be a person's",
    ),
];

/// The kinds of the events that a fixture gives, by the first words of its name.
fn expected(name: &str) -> &'static [&'static str] {
    let by_prefix: &[(&str, &[&str])] = &[
        (
            "messages.system.user_changed_number",
            &["message", "identity_change"],
        ),
        ("messages.media_status", &["status"]),
        ("messages.errors", &["error"]),
        ("messages.", &["message"]),
        ("openapi.text", &["message"]),
        ("status.", &["status"]),
        (
            "history.threads",
            &["message", "message", "message", "message"],
        ),
        ("history.", &["message"]),
        ("smb_message_echoes", &["message"]),
        ("smb_app_state_sync", &["contact_sync"]),
        ("user_preferences", &["preference"]),
        ("message_template_", &["template"]),
        ("template_category_update", &["template"]),
        ("flows.", &["flow"]),
        ("calls.", &["call"]),
        ("group_", &["group"]),
        ("openapi.group_", &["group"]),
        ("automatic_events", &["automatic"]),
        ("account_", &["account"]),
        ("phone_number_", &["account"]),
        ("business_", &["account"]),
        ("security.", &["account"]),
        ("partner_solutions", &["account"]),
        ("payment_configuration_update", &["account"]),
    ];
    by_prefix
        .iter()
        .find(|(prefix, _)| name.starts_with(prefix))
        .map_or(&[], |(_, kinds)| kinds)
}

#[test]
fn every_fixture_of_meta_is_typed() {
    let fixtures = match meta() {
        Some(fixtures) => fixtures,
        None => return println!("NOT RUN: Meta's fixtures are not beside this checkout"),
    };
    assert!(fixtures.len() >= 70, "only {} fixtures", fixtures.len());
    for (name, body) in fixtures {
        let events = events(&body);
        let kinds: Vec<&str> = events
            .iter()
            .map(|event| event["kind"].as_str().unwrap())
            .collect();
        match UNKNOWN.iter().find(|(unknown, _)| *unknown == name) {
            Some((_, reason)) => {
                assert_eq!(kinds, ["unknown"], "{name}");
                assert_eq!(events[0]["reason"], *reason, "{name}");
            }
            None => assert_eq!(kinds, expected(&name), "{name}: {events:#?}"),
        }
        for event in &events {
            for key in ["field", "waba_id", "phone_number_id"] {
                assert!(event[key].is_string(), "{name}: {key}");
            }
            assert!(event["at_ms"].is_i64());
            if let Some(payload) = event["payload"].as_str() {
                serde_json::from_str::<Value>(payload).unwrap();
            }
        }
    }
}

/// The two that only fail for their placeholders are typed with a number in their place.
#[test]
fn placeholders_are_what_makes_two_fixtures_unknown() {
    let fixtures = match meta() {
        Some(fixtures) => fixtures,
        None => return println!("NOT RUN: Meta's fixtures are not beside this checkout"),
    };
    for (name, body) in fixtures {
        if name.contains("nfm_reply") {
            let event = one(&body.replace("\"PHONE_NUMBER_ID\"", "\"16505551234\""));
            assert_eq!(
                (&event["kind"], &event["text"], &event["type"]),
                (&json!("message"), &json!("Sent"), &json!(10))
            );
        } else if name == "postman.text_identity.json" {
            let event = one(&body.replace("<FROM_PHONE_NUMBER>", "16505551234"));
            assert_eq!(
                (&event["kind"], &event["at_ms"]),
                (&json!("message"), &json!(1_602_532_300_000_i64))
            );
        }
    }
}

#[test]
fn own_fixtures_give_exactly_these_events() {
    let fixtures = own();
    assert!(fixtures.len() >= 5);
    for (name, text) in fixtures {
        let fixture: Value = serde_json::from_str(&text).unwrap();
        let got = events(&fixture["body"].to_string());
        let want = fixture["events"].as_array().unwrap();
        assert_eq!(got.len(), want.len(), "{name}: {got:#?}");
        for (got, want) in got.iter().zip(want) {
            for (key, value) in want.as_object().unwrap() {
                assert_eq!(&got[key], value, "{name}: {key} of {got:#}");
            }
        }
    }
}

fn body(field: &str, value: Value) -> String {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}]}).to_string()
}

fn value(messages: Value, statuses: Value) -> Value {
    json!({"metadata": {"display_phone_number": "15550783881", "phone_number_id": "106"}, "messages": messages, "statuses": statuses})
}

fn text(at: usize) -> Value {
    json!({"from": "16505551234", "id": format!("wamid.{at}"), "timestamp": "1749416383", "type": "text", "text": {"body": format!("t{at}")}})
}

fn status(at: usize, word: &str) -> Value {
    json!({"id": format!("wamid.{at}"), "status": word, "timestamp": "1750030073", "recipient_id": "16505551234"})
}

/// The quick way and the patient way agree: the same body with a repeated key takes the patient one.
#[test]
fn both_ways_give_the_same_events() {
    let bodies = own()
        .into_iter()
        .map(|(_, text)| serde_json::from_str::<Value>(&text).unwrap()["body"].to_string());
    let mut quick = 0;
    for body in bodies.chain(meta().unwrap_or_default().into_iter().map(|(_, body)| body)) {
        let patient = body.replacen('{', "{\"object\":\"\",", 1);
        assert!(well_formed(&patient).is_none());
        assert_eq!(
            parse(body.as_bytes()).unwrap(),
            parse(patient.as_bytes()).unwrap(),
            "{body}"
        );
        quick += usize::from(well_formed(&body).is_some());
    }
    assert!(quick >= 4, "{quick}");
}

#[test]
fn every_list_is_walked() {
    let inner = value(
        json!([text(1), text(2)]),
        json!([status(3, "sent"), status(4, "read")]),
    );
    let change = json!({"field": "messages", "value": inner});
    let entry = json!({"id": "1", "changes": [change, change]});
    let events = events(&json!({"entry": [entry, entry]}).to_string());
    assert_eq!(events.len(), 16);
    assert_eq!(
        events
            .iter()
            .filter(|event| event["kind"] == "status")
            .count(),
        8
    );
}

#[test]
fn one_bad_update_leaves_its_neighbours_alone() {
    let bad: Vec<Value> = vec![
        json!(null),
        json!(5),
        json!("x"),
        json!([]),
        json!({}),
        json!({"from": {}, "id": "w", "type": "text", "text": {"body": "x"}}),
        json!({"from": "16505551234", "id": {}, "type": "text", "text": {"body": "x"}}),
        json!({"from": "16505551234", "id": "w", "type": "text", "text": {"body": {}}}),
        json!({"from": "16505551234", "id": "w", "type": "text", "text": "x"}),
        json!({"from": "16505551234", "id": "w", "type": "text"}),
        json!({"from": "16505551234", "id": "w", "type": "image", "image": []}),
        json!({"from": "16505551234", "id": "ü", "type": "text", "text": {"body": "x"}}),
        json!({"from": "16505551234", "id": "x".repeat(256), "type": "text", "text": {"body": "x"}}),
        json!({"from": "16505551234", "id": "w", "type": "text", "text": {"body": "x".repeat(65_537)}}),
        json!({"from": "16505551234", "id": "w", "type": "interactive", "interactive": {"type": "list_reply"}}),
        json!({"from": "16505551234", "id": "w", "timestamp": [], "type": "text", "text": {"body": "x"}}),
        json!({"from": "16505551234", "id": "w", "type": "edit", "edit": {"original_message_id": "o", "message": {"type": "edit"}}}),
        json!({"id": "w", "type": "text", "text": {"body": "x"}}),
    ];
    for bad in bad {
        let events = events(&body(
            "messages",
            value(json!([text(1), bad, text(2)]), json!([status(3, "sent")])),
        ));
        let kinds: Vec<_> = events
            .iter()
            .map(|event| event["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["message", "unknown", "message", "status"], "{bad}");
        assert_eq!(events[1]["payload"], bad.to_string());
        assert!(!events[1]["reason"].as_str().unwrap().is_empty());
    }
    for bad in [
        json!({"id": "w", "status": "lost"}),
        json!({"status": "sent"}),
        json!({"id": "w", "status": "failed", "errors": {}}),
    ] {
        let events = events(&body(
            "messages",
            value(
                json!([]),
                json!([status(1, "sent"), bad, status(2, "read")]),
            ),
        ));
        let kinds: Vec<_> = events
            .iter()
            .map(|event| event["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["status", "unknown", "status"], "{bad}");
    }
    let mut spoiled = value(json!([text(1)]), json!([]));
    spoiled["contacts"] = json!("none");
    assert_eq!(
        one(&body("messages", spoiled))["person"]["phone"],
        "+16505551234"
    );
    // A list that is none does not take the other one down.
    let events = events(&body(
        "messages",
        value(json!("none"), json!([status(1, "sent")])),
    ));
    assert_eq!(
        (events[0]["kind"].as_str(), events[1]["kind"].as_str()),
        (Some("unknown"), Some("status"))
    );
}

#[test]
fn broken_frames_are_unknown_and_alone() {
    let good = json!({"id": "1", "changes": [{"field": "messages", "value": value(json!([text(1)]), json!([]))}]});
    for bad in [
        json!(1),
        json!({}),
        json!({"id": "1", "changes": "x"}),
        json!({"id": "1", "changes": [1]}),
        json!({"id": "1", "changes": [{"field": "messages"}]}),
        json!({"id": "1", "changes": [{"field": {}, "value": {}}]}),
        json!({"id": "1", "changes": [{"field": "messages", "value": []}]}),
        json!({"id": "1", "changes": [{"field": "messages", "value": {}}]}),
        json!({"id": "1", "changes": [{"field": "standby", "value": {"messages": [text(1)]}}]}),
        json!({"id": "1", "changes": [{"field": "flows", "value": {"x": 1}}]}),
        json!({"id": "1", "changes": [{"field": "account_update", "value": {"x": 1}}]}),
        json!({"id": "1", "changes": [{"field": "message_template_status_update", "value": {"event": "APPROVED"}}]}),
    ] {
        let events = events(&json!({"entry": [good, bad, good]}).to_string());
        let kinds: Vec<_> = events
            .iter()
            .map(|event| event["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["message", "unknown", "message"], "{bad}");
    }
    for body in [
        "{}",
        r#"{"entry":[]}"#,
        r#"{"entry":{}}"#,
        r#"{"entry":null}"#,
        r#"{"object":"page","entry":[{}]}"#,
    ] {
        assert_eq!(one(body)["kind"], "unknown", "{body}");
    }
}

#[test]
fn what_cannot_be_read_is_an_error() {
    assert_eq!(parse(b"[]"), Err(ParseError::NotAnObject));
    assert_eq!(parse(b"\"x\""), Err(ParseError::NotAnObject));
    for body in [
        &b""[..],
        b"{",
        b"nonsense",
        b"{\"a\":}",
        b"\xff\xff",
        b"{} {}",
    ] {
        assert!(
            matches!(parse(body), Err(ParseError::NotJson { .. })),
            "{body:?}"
        );
    }
    let deep = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    assert_eq!(parse(deep.as_bytes()), Err(ParseError::TooDeep));
    let large = vec![b' '; limits::WEBHOOK_BODY_BYTES + 1];
    assert_eq!(
        parse(&large),
        Err(ParseError::TooLarge { bytes: large.len() })
    );
    let secret = parse(b"{\"entry\": EAAGsecret}").unwrap_err().to_string();
    assert!(!secret.contains("secret"), "{secret}");
}

#[test]
fn broken_characters_cost_one_character() {
    let with = |text: &str| {
        body("messages", value(json!([{"from": "16505551234", "id": "w", "type": "text", "text": {"body": "@@"}}, text_value()]), json!([]))).replace("@@", text)
    };
    fn text_value() -> Value {
        text(2)
    }
    let lone = events(&with("a\\ud800b"));
    assert_eq!(
        (lone[0]["text"].as_str(), lone[1]["kind"].as_str()),
        (Some("a\u{fffd}b"), Some("message"))
    );
    let mut bytes = with("a~b").into_bytes();
    let at = bytes.iter().position(|b| *b == b'~').unwrap();
    bytes[at] = 0xFF;
    let events = parse(&bytes).unwrap();
    assert!(matches!(&events[0].what, What::Message(message) if message.text == "a\u{fffd}b"));
    assert_eq!(
        super::tests::events(&with("a\\u0000b"))[0]["text"],
        "a\u{fffd}b"
    );
    // A number out of a float's range is only a number as long as nobody needs it.
    assert_eq!(
        one(&body("messages", json!({"errors": [{"code": 1, "x": 0}]}))
            .replace("\"x\":0", "\"x\":1e999"))["kind"],
        "error"
    );
}

#[test]
fn numbers_and_texts_stand_for_each_other() {
    let message = json!({"from": 16_505_551_234_u64, "id": "w", "timestamp": 1_749_416_383, "type": "text", "text": {"body": 5}});
    let event = one(&body(
        "messages",
        json!({"metadata": {"phone_number_id": 106}, "messages": [message]}),
    ));
    assert_eq!(event["person"]["phone"], "+16505551234");
    assert_eq!(
        (&event["text"], &event["phone_number_id"]),
        (&json!("5"), &json!("106"))
    );
    assert_eq!(event["at_ms"], 1_749_416_383_000_i64);
    let failed = json!({"id": "w", "status": "failed", "timestamp": "1.7e9", "errors": [{"code": "131049", "title": "T"}]});
    let event = one(&body("messages", json!({"statuses": [failed]})));
    assert_eq!(
        (&event["error"]["code"], &event["at_ms"]),
        (&json!(131_049), &json!(1_700_000_000_000_i64))
    );
    let template = json!({"event": "APPROVED", "message_template_id": "12345678901234567890", "message_template_language": "pt-BR"});
    let event = one(&body("message_template_status_update", template));
    assert_eq!(
        (&event["template_id"], &event["language"]),
        (&json!("12345678901234567890"), &json!("pt_BR"))
    );
}

#[test]
fn an_inbound_type_of_tomorrow_is_a_message() {
    let poll = json!({"from": "16505551234", "id": "w", "timestamp": "1", "type": "poll", "poll": {"q": 1}});
    let event = one(&body("messages", json!({"messages": [poll]})));
    assert_eq!(
        (&event["kind"], &event["type"], &event["type_name"]),
        (&json!("message"), &json!(99), &json!("poll"))
    );
    assert!(event["payload"].as_str().unwrap().contains("\"q\":1"));
}

#[test]
fn too_many_updates_end_in_one_unknown() {
    let most = limits::WEBHOOK_UPDATES_TYPED;
    let statuses: Value = (0..most + 7).map(|at| status(at, "sent")).collect();
    let events = parse(body("messages", json!({"statuses": statuses})).as_bytes()).unwrap();
    assert_eq!(events.len(), most + 1);
    match &events[most].what {
        What::Unknown(unknown) => {
            assert!(unknown.reason.starts_with("7 more"), "{}", unknown.reason);
            assert_eq!(
                serde_json::from_str::<Vec<Value>>(&unknown.payload)
                    .unwrap()
                    .len(),
                7
            );
        }
        other => panic!("{other:?}"),
    }
}

/// Statuses of one message, in every order: the state they lead to is the same.
#[test]
fn every_order_of_statuses_leads_to_the_same_state() {
    use crate::enums::State;
    fn orders(items: Vec<&'static str>) -> Vec<Vec<&'static str>> {
        if items.is_empty() {
            return vec![Vec::new()];
        }
        let mut all = Vec::new();
        for at in 0..items.len() {
            let mut rest = items.clone();
            let first = rest.remove(at);
            all.extend(
                orders(rest)
                    .into_iter()
                    .map(|tail| [vec![first], tail].concat()),
            );
        }
        all
    }
    for order in orders(vec!["sent", "delivered", "read", "failed", "played"]) {
        let statuses: Value = order.iter().map(|word| status(1, word)).collect();
        let events = parse(body("messages", json!({"statuses": statuses})).as_bytes()).unwrap();
        let end = events
            .iter()
            .fold(State::Queued, |state, event| match &event.what {
                What::Status(status) => State::advance(state, status.state),
                other => panic!("{other:?}"),
            });
        assert_eq!(end, State::Played, "{order:?}");
    }
}

/// Random changes of real bodies: no panic, at least one event for whatever is still JSON, every string bounded.
#[test]
fn mutations_never_panic_and_never_lose_a_body() {
    let mut bodies: Vec<Vec<u8>> = meta()
        .unwrap_or_default()
        .into_iter()
        .map(|(_, body)| body.into_bytes())
        .collect();
    if bodies.is_empty() {
        println!("PARTLY RUN: Meta's fixtures are not beside this checkout");
    }
    bodies.extend(own().into_iter().map(|(_, text)| {
        serde_json::from_str::<Value>(&text).unwrap()["body"]
            .to_string()
            .into_bytes()
    }));
    let mut random = crate::xorshift(11);
    let junk: &[&[u8]] = &[
        b"\"", b"{", b"}", b"[", b"]", b"null", b"1e999", b"\\ud800", b"\xff", b",", b":", b"\\",
        b"\x00", b"{}", b"[]", b"5",
    ];
    for _ in 0..30_000 {
        let mut body = bodies[random() as usize % bodies.len()].clone();
        for _ in 0..1 + random() % 3 {
            let at = random() as usize % body.len();
            let end = (at + random() as usize % 9).min(body.len());
            body.splice(
                at..end,
                junk[random() as usize % junk.len()].iter().copied(),
            );
            if body.is_empty() {
                body.push(b'{');
            }
        }
        if let Ok(events) = parse(&body) {
            assert!(!events.is_empty());
            bounded(&events);
        }
    }
    for length in 0..2_000 {
        let noise: Vec<u8> = (0..length).map(|_| random() as u8).collect();
        let _ = parse(&noise);
    }
}

/// Replaces any one value inside an update by junk: the neighbours stay typed.
#[test]
fn a_mutated_update_never_loses_its_neighbours() {
    let mut random = crate::xorshift(5);
    let junk = [
        "null",
        "5",
        "\"\"",
        "\"x\"",
        "{}",
        "[]",
        "true",
        "1e999",
        "[[]]",
        "{\"a\":1}",
        "\"\\ud800\"",
    ];
    let update = r#"{"context":{"id":"wamid.q","forwarded":true},"from":"16505551234","from_user_id":"US.1","id":"wamid.b","timestamp":"1","type":"image","image":{"id":"1","mime_type":"a/b","sha256":"x","caption":"c","url":"u"},"group_id":"g"}"#;
    // Values begin after a colon and end before a comma or brace; replacing the text between them keeps the frame.
    let places: Vec<usize> = update.match_indices(':').map(|(at, _)| at + 1).collect();
    for _ in 0..5_000 {
        let start = places[random() as usize % places.len()];
        let mut stream = serde_json::Deserializer::from_str(&update[start..]).into_iter::<Value>();
        if stream.next().map_or(true, |value| value.is_err()) {
            continue;
        }
        let end = start + stream.byte_offset();
        let bad = format!(
            "{}{}{}",
            &update[..start],
            junk[random() as usize % junk.len()],
            &update[end..]
        );
        let body = body(
            "messages",
            value(json!([text(1), "@", text(2)]), json!([status(3, "read")])),
        )
        .replace("\"@\"", &bad);
        let kinds: Vec<_> = events(&body)
            .into_iter()
            .map(|event| event["kind"].as_str().unwrap().to_owned())
            .collect();
        assert!(
            kinds.len() == 4
                && kinds[0] == "message"
                && kinds[2] == "message"
                && kinds[3] == "status",
            "{bad}: {kinds:?}"
        );
    }
}

fn bounded(events: &[Event]) {
    for event in events {
        let event = serde_json::to_value(event).unwrap();
        for (key, value) in event.as_object().unwrap() {
            let limit = match key.as_str() {
                "payload" => usize::MAX,
                "text" => limits::INBOUND_TEXT_CHARS,
                "callback" | "detail" => limits::DETAIL_CHARS,
                "name" => limits::TEMPLATE_NAME_CHARS,
                _ => limits::LABEL_CHARS,
            };
            if let Some(text) = value.as_str() {
                assert!(text.chars().count() <= limit, "{key}: {text}");
            }
        }
    }
}

/// Not a benchmark: a floor that only a quadratic mistake falls through, also without optimisation. With
/// `cargo test --release -- --nocapture statuses_are_read_quickly` it prints the figure.
#[test]
fn statuses_are_read_quickly() {
    let single = body(
        "messages",
        value(json!([]), json!([status(1, "delivered")])),
    );
    let batch = body(
        "messages",
        json!({"statuses": (0..1_000).map(|at| status(at, "delivered")).collect::<Value>()}),
    );
    for (name, body, per_body, rounds) in [
        ("one a body", single, 1, 20_000),
        ("1,000 a body", batch, 1_000, 20),
    ] {
        let start = Instant::now();
        for _ in 0..rounds {
            assert_eq!(parse(body.as_bytes()).unwrap().len(), per_body);
        }
        let rate = (per_body * rounds) as f64 / start.elapsed().as_secs_f64();
        println!("statuses, {name}: {rate:.0} events/s");
        assert!(rate > 2_000.0, "{rate}");
    }
}
