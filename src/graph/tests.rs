//! Against real sockets: a server that answers what each test says, once per connection.

use super::*;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

/// What a connection gets.
#[derive(Clone)]
pub enum Play {
    /// These bytes, then the end.
    Answer(Vec<u8>),
    /// The end, without an answer, after the request was read.
    Drop,
    /// Nothing, for longer than anybody waits.
    Hang,
}

/// An HTTP answer.
pub fn http(status: &str, body: &str) -> Play {
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    Play::Answer([head.as_bytes(), body.as_bytes()].concat())
}

/// Starts a server; gives its address and what it received.
pub fn serve(play: Play) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, received) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (play, sender) = (play.clone(), sender.clone());
            std::thread::spawn(move || answer(stream, play, &sender));
        }
    });
    (address, received)
}

fn answer(mut stream: TcpStream, play: Play, sender: &mpsc::Sender<String>) {
    let mut request = Vec::new();
    let mut chunk = [0u8; 4096];
    stream
        .set_read_timeout(Some(Duration::from_secs(2)))
        .unwrap();
    // A whole request: its head and as much body as it announces.
    while let Ok(n @ 1..) = stream.read(&mut chunk) {
        request.extend_from_slice(&chunk[..n]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|l| {
                l.to_ascii_lowercase()
                    .strip_prefix("content-length:")
                    .map(|v| v.trim().parse().unwrap_or(0))
            })
            .unwrap_or(0);
        if body.len() >= length {
            break;
        }
    }
    let _ = sender.send(String::from_utf8_lossy(&request).into_owned());
    match play {
        Play::Answer(bytes) => drop(stream.write_all(&bytes)),
        Play::Drop => {}
        Play::Hang => std::thread::sleep(Duration::from_secs(60)),
    }
}

/// A token that no output may show.
pub const TOKEN: &str = "EAAverysecrettoken";

/// An account at that address.
pub fn account(base: &str) -> Account {
    Account::read(&serde_json::json!({"phone_number_id": "106540352242922", "token": TOKEN, "graph_base": base})).unwrap()
}

fn fault(play: Play) -> GraphFault {
    let (base, _received) = serve(play);
    match call(&account(&base), "GET", "me", &Value::Null) {
        Err(Error::Graph(fault)) => {
            assert!(
                !format!("{fault:?}").contains(TOKEN),
                "no fault shows the token: {fault:?}"
            );
            *fault
        }
        other => panic!("expected a fault, got {other:?}"),
    }
}

#[test]
fn speaks_as_graph_expects() {
    let (base, received) = serve(http("200 OK", r#"{"ok":true}"#));
    let query = serde_json::json!({"fields": "id,name", "limit": 3, "none": null});
    assert_eq!(
        call(&account(&base), "GET", "123/things", &query).unwrap()["ok"],
        true
    );
    let request = received.recv().unwrap();
    assert!(
        request.starts_with("GET /v25.0/123/things?fields=id%2Cname&limit=3 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains(&format!("authorization: Bearer {TOKEN}\r\n")),
        "{request}"
    );
    call(
        &account(&base),
        "POST",
        "123/things",
        &serde_json::json!({"a": 1}),
    )
    .unwrap();
    let request = received.recv().unwrap();
    assert!(
        request.contains("content-type: application/json") && request.ends_with(r#"{"a":1}"#),
        "{request}"
    );
}

#[test]
fn faults_say_whether_something_may_have_happened() {
    let cases = [
        ("refused connection", None, Class::Retry, 0),
        (
            "dropped after the request",
            Some(Play::Drop),
            Class::UnknownOutcome,
            0,
        ),
        (
            "not HTTP",
            Some(Play::Answer(b"garbage\r\n\r\n".to_vec())),
            Class::UnknownOutcome,
            0,
        ),
        (
            "not JSON",
            Some(http("200 OK", "<html>")),
            Class::UnknownOutcome,
            200,
        ),
        (
            "cut short",
            Some(Play::Answer(
                b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"a\"".to_vec(),
            )),
            Class::UnknownOutcome,
            200,
        ),
        (
            "oversized",
            Some(http("200 OK", &"x".repeat(ANSWER_BYTES + 1))),
            Class::UnknownOutcome,
            200,
        ),
        (
            "a proxy's 502",
            Some(http("502 Bad Gateway", "<html>")),
            Class::UnknownOutcome,
            502,
        ),
        (
            "expired token",
            Some(http(
                "401 Unauthorized",
                r#"{"error":{"code":190,"message":"expired"}}"#,
            )),
            Class::Account,
            401,
        ),
        (
            "throughput",
            Some(http(
                "400 Bad Request",
                r#"{"error":{"code":130429,"message":"(#130429)"}}"#,
            )),
            Class::Retry,
            400,
        ),
        (
            "error in a 200",
            Some(http(
                "200 OK",
                r#"{"error":{"code":100,"message":"(#100)"}}"#,
            )),
            Class::Client,
            200,
        ),
    ];
    for (name, play, class, status) in cases {
        let fault = match play {
            Some(play) => fault(play),
            None => match call(&account("http://127.0.0.1:1"), "GET", "me", &Value::Null) {
                Err(Error::Graph(fault)) => *fault,
                other => panic!("{other:?}"),
            },
        };
        assert_eq!(
            (fault.class, fault.http_status),
            (class, status),
            "{name}: {fault:?}"
        );
    }
}

#[test]
fn a_silent_server_is_waited_for_and_no_longer() {
    let start = std::time::Instant::now();
    let fault = fault(Play::Hang);
    assert_eq!(fault.class, Class::UnknownOutcome);
    assert!(fault.message.contains("15 seconds"), "{}", fault.message);
    assert!(
        (14..20).contains(&start.elapsed().as_secs()),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn addresses() {
    for good in [
        "",
        "https://graph.facebook.com",
        "https://graph.facebook.com/",
        "http://localhost:8080",
        "http://127.0.0.9:1",
        "http://[::1]:1/x",
    ] {
        assert!(read_base(good).is_ok(), "{good}");
    }
    for bad in [
        "http://graph.facebook.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "ftp://localhost",
        "graph",
        "https://a:b@c",
        "https://a?b",
    ] {
        assert!(read_base(bad).is_err(), "{bad}");
    }
    let paths = |path: &str| check_path(path).is_ok();
    assert!(paths("123/messages") && paths("upload:abc=/x"));
    assert!(
        !paths("")
            && !paths("../me")
            && !paths("a//b")
            && !paths("/a")
            && !paths("a?b")
            && !paths("a b")
            && !paths("a%2e")
    );
    assert!(
        read_version("v9").is_err()
            && read_version("25.0").is_err()
            && read_version("v25.0/x").is_err()
            && read_version("v25.0").is_ok()
    );
}

#[test]
fn accounts_are_checked_without_showing_the_token() {
    let bad = |value: Value| Account::read(&value).err().unwrap().to_string();
    assert!(bad(serde_json::json!({"token": ""})).contains("no access token"));
    let text = bad(serde_json::json!({"token": "EAA secret\r\nX: y"}));
    assert!(!text.contains("secret"), "{text}");
    assert!(
        bad(serde_json::json!({"token": "x", "phone_number_id": "1/../2"}))
            .contains("phone_number_id")
    );
    assert!(Account::read(&serde_json::json!({"token": "x", "phone_number_id": 123})).is_ok());
}
