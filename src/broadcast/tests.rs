//! The whole engine against real sockets: a server that keeps connections and does with each request what the test says.

mod disk;

use super::*;
use crate::site;
use crate::ulid;
use serde_json::{json, Value};
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What happens to one request.
enum Play {
    /// It is accepted.
    Accept,
    /// Graph's error with this code.
    Error(u16, i64),
    /// These bytes.
    Raw(Vec<u8>),
    /// It is accepted, and the connection ends without having said so.
    Last,
    /// The connection ends after it was read.
    Drop,
    /// Nothing comes.
    Hang,
}

/// Plays by reference and by how often it came.
type Script = dyn Fn(&str, usize) -> Play + Send + Sync;

/// How often each reference was received.
type Seen = Arc<Mutex<HashMap<String, usize>>>;

struct Server {
    base: String,
    seen: Seen,
    bodies: Arc<Mutex<Vec<Value>>>,
    auth: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
}

/// `refuse_first`: so many connections are closed as soon as they stand.
fn serve(
    refuse_first: usize,
    script: impl Fn(&str, usize) -> Play + Send + Sync + 'static,
) -> Server {
    serve_on(
        TcpListener::bind("127.0.0.1:0").unwrap(),
        refuse_first,
        script,
    )
}

fn serve_on(
    listener: TcpListener,
    refuse_first: usize,
    script: impl Fn(&str, usize) -> Play + Send + Sync + 'static,
) -> Server {
    let server = Server {
        base: format!("http://{}", listener.local_addr().unwrap()),
        seen: Seen::default(),
        bodies: Arc::default(),
        auth: Arc::default(),
        connections: Arc::default(),
    };
    let (seen, bodies, auth, connections) = (
        server.seen.clone(),
        server.bodies.clone(),
        server.auth.clone(),
        server.connections.clone(),
    );
    let script: Arc<Script> = Arc::new(script);
    std::thread::spawn(move || {
        for (count, stream) in listener.incoming().flatten().enumerate() {
            *connections.lock().unwrap() += 1;
            if count < refuse_first {
                continue;
            }
            let (seen, bodies, auth, script) =
                (seen.clone(), bodies.clone(), auth.clone(), script.clone());
            std::thread::spawn(move || talk(stream, &seen, &bodies, &auth, &*script));
        }
    });
    server
}

fn talk(
    mut stream: TcpStream,
    seen: &Seen,
    bodies: &Mutex<Vec<Value>>,
    auth: &Mutex<Vec<String>>,
    script: &Script,
) {
    let mut buffer = Vec::new();
    let mut chunk = [0; 8192];
    loop {
        let text = String::from_utf8_lossy(&buffer).into_owned();
        let whole = text.split_once("\r\n\r\n").and_then(|(head, body)| {
            let length: usize = head
                .to_ascii_lowercase()
                .lines()
                .find_map(|l| l.strip_prefix("content-length: ").map(str::to_owned))?
                .parse()
                .ok()?;
            (body.len() >= length).then(|| (head.to_owned(), body[..length].to_owned()))
        });
        let Some((head, body)) = whole else {
            match stream.read(&mut chunk) {
                Ok(n @ 1..) => buffer.extend_from_slice(&chunk[..n]),
                _ => return,
            }
            continue;
        };
        buffer.drain(..head.len() + 4 + body.len());
        let token = head.lines().find_map(|l| l.strip_prefix("authorization: "));
        auth.lock().unwrap().push(token.unwrap_or_default().into());
        let body: Value = serde_json::from_str(&body).unwrap();
        let reference = body["biz_opaque_callback_data"]
            .as_str()
            .unwrap()
            .to_owned();
        let count = {
            let mut seen = seen.lock().unwrap();
            let count = seen.entry(reference.clone()).or_default();
            *count += 1;
            *count
        };
        let to = body["to"]
            .as_str()
            .unwrap_or_default()
            .trim_start_matches('+')
            .to_owned();
        bodies.lock().unwrap().push(body);
        let play = script(&reference, count);
        let is_last = matches!(play, Play::Last);
        let answer = match play {
            Play::Accept | Play::Last => http(200, &json!({"contacts": [{"input": to, "wa_id": to}], "messages": [{"id": format!("wamid.{reference}"), "message_status": "accepted"}]}).to_string()),
            Play::Error(status, code) => http(status, &json!({"error": {"code": code, "message": "no"}}).to_string()),
            Play::Raw(bytes) => bytes,
            Play::Drop => return,
            Play::Hang => {
                std::thread::sleep(Duration::from_secs(30));
                return;
            }
        };
        if stream.write_all(&answer).is_err() || is_last {
            return;
        }
    }
}

fn http(status: u16, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A site of its own, and what a broadcast there needs.
struct Bench {
    _root: tempfile::TempDir,
    site: PathBuf,
}

impl Bench {
    fn new() -> Bench {
        let root = tempfile::tempdir().unwrap();
        let site = root.path().join("site-1");
        site::prepare(&site).unwrap();
        Bench { _root: root, site }
    }

    fn broadcast(&self, base: &str, options: Value) -> Broadcast {
        let account =
            json!({"phone_number_id": "106540352242922", "token": "EAAfirst", "graph_base": base});
        Broadcast::new(&self.site, &account, &options).unwrap()
    }

    fn files(&self) -> usize {
        std::fs::read_dir(journal::folder(&self.site)).map_or(0, Iterator::count)
    }
}

fn push(broadcast: &mut Broadcast, refs: &[String]) -> usize {
    let phones: Vec<String> = (0..refs.len()).map(|i| format!("+49151{i:08}")).collect();
    let given: Vec<Given<'_>> = refs
        .iter()
        .zip(&phones)
        .map(|(reference, phone)| Given {
            reference,
            to: Some(phone),
            recipient: None,
            message: Content::Json(r#"{"type":"text","text":{"body":"Hi \"you\""}}"#),
        })
        .collect();
    broadcast.push(&given).unwrap()
}

/// Polls and acknowledges until there are so many, at most ten seconds.
fn outcomes(broadcast: &mut Broadcast, count: usize) -> Vec<Outcome> {
    let (mut all, end) = (Vec::new(), Instant::now() + Duration::from_secs(10));
    while all.len() < count && Instant::now() < end {
        let some = broadcast.poll(1_000, 1_000, 1).unwrap();
        let refs: Vec<&str> = some.iter().map(|o| o.reference.as_str()).collect();
        broadcast.ack(&refs).unwrap();
        all.extend(some.iter().map(|o| (**o).clone()));
    }
    assert_eq!(all.len(), count);
    all
}

fn kinds(outcomes: &[Outcome]) -> [usize; 4] {
    outcomes.iter().fold([0; 4], |mut sums, o| {
        sums[o.outcome as usize] += 1;
        sums
    })
}

fn quick() -> Value {
    json!({"rate": 5000, "in_flight": 16, "timeout_ms": 400, "deadline_ms": 5000})
}

#[test]
fn everybody_gets_it_once_and_the_journal_goes() {
    let (bench, server) = (Bench::new(), serve(0, |_, _| Play::Accept));
    let mut broadcast = bench.broadcast(&server.base, quick());
    let refs = ulid::many(500).unwrap();
    assert_eq!(push(&mut broadcast, &refs), 500);
    assert_eq!(
        push(&mut broadcast, &refs[..10]),
        10,
        "taken, and sent once"
    );
    let all = outcomes(&mut broadcast, 500);
    assert_eq!(kinds(&all), [500, 0, 0, 0]);
    assert!(all.iter().all(|o| o.tries == 1 && o.error.is_none()));
    let first = all
        .iter()
        .find(|o| o.reference.as_str() == refs[0])
        .unwrap();
    assert_eq!(
        first.wamid.as_deref(),
        Some(format!("wamid.{}", refs[0]).as_str())
    );
    assert_eq!(first.recipient.wa_id.as_deref(), Some("4915100000000"));
    let seen = server.seen.lock().unwrap();
    assert!(seen.len() == 500 && seen.values().all(|n| *n == 1));
    let bodies = server.bodies.lock().unwrap();
    assert!(bodies
        .iter()
        .all(|b| b["text"]["body"] == "Hi \"you\"" && b["recipient_type"] == "individual"));
    assert!(*server.connections.lock().unwrap() <= 16);
    let stats = broadcast.stats();
    assert_eq!((stats.accepted, stats.queued, stats.in_flight), (500, 0, 0));
    drop(broadcast);
    assert_eq!(bench.files(), 0);
    assert!(recover(&bench.site, 100).unwrap().is_empty());
}

#[test]
fn a_post_that_may_have_left_is_never_repeated() {
    for play in [0, 1, 2] {
        let server = serve(0, move |_, _| match play {
            0 => Play::Drop,
            1 => Play::Hang,
            _ => Play::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"messages".to_vec()),
        });
        let bench = Bench::new();
        let mut broadcast = bench.broadcast(&server.base, quick());
        push(&mut broadcast, &ulid::many(10).unwrap());
        let all = outcomes(&mut broadcast, 10);
        assert_eq!(kinds(&all), [0, 0, 10, 0], "{play}");
        assert!(all
            .iter()
            .all(|o| o.error.as_ref().unwrap().class == "unknown_outcome"));
        assert!(
            server.seen.lock().unwrap().values().all(|n| *n == 1),
            "{play}"
        );
    }
}

#[test]
fn a_connection_that_closes_while_it_is_idle_costs_nothing() {
    let server = serve(0, |_, _| Play::Last);
    let bench = Bench::new();
    let mut broadcast = bench.broadcast(&server.base, json!({"rate": 50, "in_flight": 4}));
    push(&mut broadcast, &ulid::many(20).unwrap());
    assert_eq!(kinds(&outcomes(&mut broadcast, 20)), [20, 0, 0, 0]);
    // And one that takes connections and closes them at once: nothing has left, so it is tried again.
    let server = serve(4, |_, _| Play::Accept);
    let mut broadcast = bench.broadcast(&server.base, quick());
    push(&mut broadcast, &ulid::many(20).unwrap());
    assert_eq!(kinds(&outcomes(&mut broadcast, 20)), [20, 0, 0, 0]);
    assert!(server.seen.lock().unwrap().values().all(|n| *n == 1));
}

#[test]
fn what_was_refused_for_now_goes_later() {
    let server = serve(0, |reference, count| {
        match (reference.as_bytes()[25] % 3, count) {
            (0, 1) => Play::Error(400, 130_429),
            (1, 1) => Play::Error(400, 131_056),
            _ => Play::Accept,
        }
    });
    let bench = Bench::new();
    let mut broadcast = bench.broadcast(&server.base, quick());
    push(&mut broadcast, &ulid::many(60).unwrap());
    let all = outcomes(&mut broadcast, 60);
    assert_eq!(kinds(&all), [60, 0, 0, 0]);
    assert!(all.iter().any(|o| o.tries == 2));
    let stats = broadcast.stats();
    assert!(stats.pair_waits > 0 && stats.throttled_ms > 0 && stats.rate < stats.ceiling);
}

#[test]
fn retries_end_at_the_deadline_and_a_day_is_a_day() {
    let server = serve(0, |reference, _| match reference.as_bytes()[25] % 2 {
        0 => Play::Error(400, 131_056),
        _ => Play::Error(400, 131_049),
    });
    let bench = Bench::new();
    let mut broadcast = bench.broadcast(&server.base, json!({"rate": 1000, "deadline_ms": 500}));
    push(&mut broadcast, &ulid::many(10).unwrap());
    let all = outcomes(&mut broadcast, 10);
    assert_eq!(kinds(&all), [0, 0, 0, 10]);
    for outcome in all {
        let error = outcome.error.unwrap();
        let wait = outcome.retry_at_ms - outcome.at_ms;
        assert!(
            if error.code == 131_049 {
                wait >= 86_399_000
            } else {
                (500..2_000).contains(&wait)
            },
            "{wait}"
        );
    }
}

#[test]
fn each_refusal_comes_with_its_reason() {
    let server = serve(0, |_, _| Play::Error(400, 131_026));
    let bench = Bench::new();
    let mut broadcast = bench.broadcast(&server.base, quick());
    let refs = ulid::many(100).unwrap();
    push(&mut broadcast, &refs);
    let given = |to, message| Given {
        reference: "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        to,
        recipient: None,
        message: Content::Json(message),
    };
    assert_eq!(
        broadcast
            .push(&[given(
                Some("nobody"),
                r#"{"type":"text","text":{"body":"x"}}"#
            )])
            .unwrap(),
        1
    );
    assert!(broadcast
        .push(&[Given {
            reference: "x",
            ..given(None, "")
        }])
        .is_err());
    let all = outcomes(&mut broadcast, 101);
    assert_eq!(kinds(&all), [0, 101, 0, 0]);
    for outcome in all {
        let error = outcome.error.unwrap();
        assert_eq!(
            (error.code, outcome.tries),
            if outcome.reference.as_str().starts_with('7') {
                (0, 0)
            } else {
                (131_026, 1)
            }
        );
    }
    assert_eq!(broadcast.stats().refused, 101);
    assert!(
        broadcast.stats().stopped.is_none(),
        "that is about each recipient"
    );
}

#[test]
fn a_refusal_for_everybody_stops_it_and_nothing_is_lost() {
    for (status, code) in [
        (403, 368),
        (400, 131_042),
        (404, 132_001),
        (400, 132_015),
        (400, 100),
    ] {
        let server = serve(0, move |_, _| Play::Error(status, code));
        let bench = Bench::new();
        let mut broadcast = bench.broadcast(&server.base, json!({"rate": 5000, "in_flight": 4}));
        push(&mut broadcast, &ulid::many(300).unwrap());
        let all = outcomes(&mut broadcast, 300);
        let [accepted, refused, unknown, returned] = kinds(&all);
        assert_eq!((accepted, unknown), (0, 0));
        // 100 may be about a recipient, until it is said to everybody.
        assert_eq!(refused > 0, code == 100, "{code}");
        assert!(returned > 250 && all.iter().all(|o| o.retry_at_ms == 0));
        let stopped = broadcast.stats().stopped.unwrap();
        assert!(stopped.code == code && !stopped.message.is_empty() && !stopped.remedy.is_empty());
        assert_eq!(
            push(&mut broadcast, &ulid::many(1).unwrap()),
            0,
            "nothing more is taken"
        );
        assert!(server.seen.lock().unwrap().len() < 60);
    }
}

#[test]
fn a_new_token_goes_on() {
    let ok = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let now = ok.clone();
    let server = serve(0, move |_, _| {
        if now.load(std::sync::atomic::Ordering::SeqCst) {
            Play::Accept
        } else {
            Play::Error(401, 190)
        }
    });
    let bench = Bench::new();
    let mut broadcast = bench.broadcast(&server.base, quick());
    let refs = ulid::many(50).unwrap();
    push(&mut broadcast, &refs);
    assert_eq!(kinds(&outcomes(&mut broadcast, 50)), [0, 0, 0, 50]);
    assert_eq!(broadcast.stats().stopped.unwrap().code, 190);
    ok.store(true, std::sync::atomic::Ordering::SeqCst);
    broadcast.token("EAAsecond".into()).unwrap();
    assert_eq!(push(&mut broadcast, &refs), 50);
    assert_eq!(kinds(&outcomes(&mut broadcast, 50)), [50, 0, 0, 0]);
    let auth = server.auth.lock().unwrap();
    assert!(
        auth.first().unwrap() == "Bearer EAAfirst" && auth.last().unwrap() == "Bearer EAAsecond"
    );
}

#[test]
fn stop_gives_back_what_was_not_started() {
    let server = serve(0, |_, _| {
        std::thread::sleep(Duration::from_millis(100));
        Play::Accept
    });
    let bench = Bench::new();
    let mut broadcast = bench.broadcast(&server.base, json!({"rate": 5000, "in_flight": 8}));
    let refs = ulid::many(200).unwrap();
    push(&mut broadcast, &refs);
    std::thread::sleep(Duration::from_millis(150));
    let back = broadcast.stop(5_000).unwrap();
    let told = broadcast.poll(0, 1_000, 1).unwrap();
    assert_eq!(back.len() + told.len(), 200);
    assert!(!told.is_empty() && told.iter().all(|o| o.outcome == Kind::Accepted));
    assert_eq!(server.seen.lock().unwrap().len(), told.len());
    assert_eq!(push(&mut broadcast, &ulid::many(1).unwrap()), 0);
    assert_eq!(broadcast.stats().in_flight, 0);
    // Nothing was acknowledged: whoever comes after hears it all again.
    drop(broadcast);
    let again = recover(&bench.site, 1_000).unwrap();
    assert_eq!(kinds(&again), [told.len(), 0, 0, back.len()]);
    let refs: Vec<Ref> = again.iter().map(|o| o.reference).collect();
    recovered(&bench.site, &refs[..199]).unwrap();
    assert_eq!(recover(&bench.site, 1_000).unwrap().len(), 1);
    recovered(&bench.site, &refs).unwrap();
    assert_eq!(
        (recover(&bench.site, 1_000).unwrap().len(), bench.files()),
        (0, 0)
    );
}

#[test]
fn what_waits_can_be_called_back() {
    let (bench, server) = (Bench::new(), serve(0, |_, _| Play::Accept));
    let mut broadcast = bench.broadcast(&server.base, json!({"rate": 0}));
    let refs = ulid::many(5).unwrap();
    push(&mut broadcast, &refs);
    broadcast.recall(77);
    let all = outcomes(&mut broadcast, 5);
    assert_eq!(kinds(&all), [0, 0, 0, 5]);
    assert!(all.iter().all(|o| o.retry_at_ms == 77 && o.tries == 0));
    broadcast.rate(1_000.0).unwrap();
    push(&mut broadcast, &ulid::many(2).unwrap());
    assert_eq!(kinds(&outcomes(&mut broadcast, 2)), [2, 0, 0, 0]);
}

#[test]
fn without_network_nothing_is_lost() {
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let bench = Bench::new();
    let mut broadcast = bench.broadcast(&format!("http://{nobody}"), json!({"deadline_ms": 1500}));
    push(&mut broadcast, &ulid::many(20).unwrap());
    assert!(broadcast.poll(300, 100, 1).unwrap().is_empty());
    assert!(broadcast.stats().trouble.is_some());
    let all = outcomes(&mut broadcast, 20);
    assert_eq!(kinds(&all), [0, 0, 0, 20]);
    assert!(all
        .iter()
        .all(|o| o.tries == 0 && o.retry_at_ms > o.at_ms && o.error.is_some()));
    // It is there again later.
    let server = serve_on(TcpListener::bind(nobody).unwrap(), 0, |_, _| Play::Accept);
    push(&mut broadcast, &ulid::many(20).unwrap());
    assert_eq!(kinds(&outcomes(&mut broadcast, 20)), [20, 0, 0, 0]);
    assert_eq!(server.seen.lock().unwrap().len(), 20);
    assert!(broadcast.stats().trouble.is_none());
}

#[test]
fn a_bad_hour_of_metas_is_waited_out() {
    let server = serve(0, |_, _| Play::Raw(http(502, "<html>Bad gateway</html>")));
    let bench = Bench::new();
    let mut broadcast = bench.broadcast(&server.base, json!({"rate": 5000, "in_flight": 4}));
    push(&mut broadcast, &ulid::many(1_000).unwrap());
    let end = Instant::now() + Duration::from_secs(5);
    while broadcast.stats().breaker == "closed" && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(300));
    let stats = broadcast.stats();
    assert_eq!(stats.breaker, "open");
    assert!(stats.unknown < 60 && stats.queued > 900, "{stats:?}");
    let told = broadcast.poll(0, 1_000, 1).unwrap();
    assert_eq!(broadcast.stop(1_000).unwrap().len() + told.len(), 1_000);
}

#[test]
fn the_queue_is_bounded_and_so_is_what_is_not_acknowledged() {
    let (bench, server) = (Bench::new(), serve(0, |_, _| Play::Accept));
    let mut broadcast = bench.broadcast(&server.base, json!({"rate": 0, "queue": 50}));
    assert_eq!(push(&mut broadcast, &ulid::many(200).unwrap()), 50);
    assert_eq!(push(&mut broadcast, &ulid::many(200).unwrap()), 0);
    broadcast.rate(5_000.0).unwrap();
    let (mut pushed, mut told) = (50, Vec::new());
    for _ in 0..20 {
        told.extend(broadcast.poll(2_000, 1_000, 50).unwrap());
        pushed += push(&mut broadcast, &ulid::many(50).unwrap());
    }
    assert_eq!(
        (pushed, told.len()),
        (200, 200),
        "four queues are not acknowledged"
    );
    let refs: Vec<&str> = told.iter().map(|o| o.reference.as_str()).collect();
    broadcast.ack(&refs).unwrap();
    assert_eq!(push(&mut broadcast, &ulid::many(50).unwrap()), 50);
    outcomes(&mut broadcast, 50);
}
