//! The Graph API: one file per endpoint. Here: version prefix, token, parameters, and which file answers.
mod debug_token;
mod media;
mod messages;
mod phone_number;
mod phone_numbers;
mod subscribed_apps;
mod subscriptions;
mod templates;
mod uploads;
mod waba;

pub use media::{store as store_media, webhook_object as webhook_media};

use std::sync::Arc;
use std::time::Duration;

use axum::body::{to_bytes, Body};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{header, HeaderMap, Method, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value};

use crate::config::Token;
use crate::errors::GraphError;
use crate::ids;
use crate::json::graph_bytes;
use crate::rules::{self, Fault, HUGE_MAX};
use crate::server::App;
use crate::state::World;
use crate::wire::Wire;

/// Largest JSON or form body, bytes.
const BODY_MAX: usize = 1 << 20;
/// Largest part of a resumable upload, bytes.
const PART_MAX: usize = 100 << 20;

pub type Answer = Result<Value, GraphError>;

/// A call as the handlers see it.
pub struct Call {
    pub method: Method,
    /// Query, form and JSON members in one object (the body wins).
    pub params: Map<String, Value>,
    pub token: Token,
    pub base_url: String,
}

impl Call {
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).and_then(Value::as_str)
    }

    /// The token has this scope, else error 10.
    pub fn needs(&self, scope: &str) -> Result<(), GraphError> {
        if self.token.scopes.iter().any(|s| s == scope) {
            return Ok(());
        }
        Err(GraphError::new(10))
    }

    /// Whether the token may use this account.
    pub fn may_use(&self, waba: &str) -> bool {
        self.token.wabas.is_empty() || self.token.wabas.iter().any(|w| w == waba)
    }

    /// The refusal for an id that is not there or not ours to see.
    pub fn no_object(&self, id: &str) -> GraphError {
        GraphError::no_object(self.method.as_str(), id)
    }

    /// `fields` asked for, or the usual ones.
    pub fn fields<'a>(&'a self, usual: &'a str) -> impl Iterator<Item = &'a str> {
        let mut depth = 0_i32;
        self.param("fields")
            .unwrap_or(usual)
            .split(move |c| {
                depth += match c {
                    '{' | '(' => 1,
                    '}' | ')' => -1,
                    _ => 0,
                };
                c == ',' && depth == 0
            })
            .map(|f| f.split(['{', '(', '.']).next().unwrap_or(f).trim())
            .filter(|f| !f.is_empty())
    }
}

/// Picks the asked fields of a node; `id` always comes.
pub fn select(call: &Call, usual: &str, node: &Value) -> Answer {
    let mut out = Map::new();
    for field in call.fields(usual).chain(["id"]) {
        match node.get(field) {
            Some(Value::Null) => {}
            Some(value) => {
                out.insert(field.to_string(), value.clone());
            }
            None => {
                return Err(GraphError::param(format!(
                    "Tried accessing nonexisting field ({field})"
                )))
            }
        }
    }
    Ok(Value::Object(out))
}

/// `application/x-www-form-urlencoded` pairs.
pub fn pairs(encoded: &str) -> Vec<(String, String)> {
    reqwest::Url::parse(&format!("http://x/?{encoded}"))
        .map(|u| u.query_pairs().into_owned().collect())
        .unwrap_or_default()
}

/// What a handler made of the call, and what shall happen to the answer on the wire.
struct Outcome {
    answer: Answer,
    fault: Option<Fault>,
}

/// Everything that is not `/sim` or `/phone`.
pub async fn graph(
    State(app): State<Arc<App>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
) -> Response {
    let latency = {
        let mut w = app.world();
        w.calls += 1;
        let span = w.settings().latency_ms;
        w.span(span)
    };
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency as u64)).await;
    }
    let version = request
        .uri()
        .path()
        .split('/')
        .nth(1)
        .filter(|s| is_version(s))
        .unwrap_or("v25.0")
        .to_string();
    let path = request.uri().path().trim_matches('/').to_string();
    if path.starts_with("whatsapp_business/attachments") {
        return media::download(&app, request).await;
    }
    let outcome = answer(&app, &path, request).await;
    finish(&app, &wire, &version, outcome).await
}

fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .and_then(|v| v.split_once('.'))
        .is_some_and(|(major, minor)| {
            !major.is_empty()
                && (major.to_owned() + minor)
                    .chars()
                    .all(|c| c.is_ascii_digit())
        })
}

async fn answer(app: &Arc<App>, path: &str, request: Request) -> Outcome {
    let plain = |answer| Outcome {
        answer,
        fault: None,
    };
    let (head, body) = request.into_parts();
    let query = pairs(head.uri.query().unwrap_or_default());
    let upload = content_type(&head.headers).starts_with("multipart/form-data");
    let mut segments: Vec<String> = path.split('/').map(str::to_string).collect();
    if segments.first().is_some_and(|s| is_version(s)) {
        segments.remove(0);
    }

    let sample = segments.first().is_some_and(|s| s.starts_with("upload:"));
    let mut part = axum::body::Bytes::new();
    let mut params: Map<String, Value> = query
        .into_iter()
        .map(|(k, v)| (k, Value::String(v)))
        .collect();
    let mut multipart = None;
    if upload {
        let request = Request::from_parts(head.clone(), body);
        multipart = match media::read_multipart(request).await {
            Ok(m) => Some(m),
            Err(e) => return plain(Err(e)),
        };
    } else {
        let most = if sample { PART_MAX } else { BODY_MAX };
        let Ok(bytes) = to_bytes(body, most).await else {
            return plain(Err(
                GraphError::new(1).details("The request is too large or was cut off")
            ));
        };
        if sample {
            part = bytes;
        } else if content_type(&head.headers).starts_with("application/x-www-form-urlencoded") {
            let form = String::from_utf8_lossy(&bytes);
            params.extend(pairs(&form).into_iter().map(|(k, v)| (k, Value::String(v))));
        } else if let Ok(Value::Object(json)) = serde_json::from_slice(&bytes) {
            params.extend(json);
        }
    }

    let token = match authorize(app, &head.headers, &params) {
        Ok(token) => token,
        Err(e) => return plain(Err(e)),
    };
    params.remove("access_token");
    let call = Call {
        method: head.method,
        params,
        token,
        base_url: app.base_url(),
    };
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();

    if let ("POST" | "PUT", [number, "messages"]) = (call.method.as_str(), segments.as_slice()) {
        let mut w = app.world();
        let (answer, fault) = messages::post(&mut w, &call, number);
        if w.settings().webhooks {
            app.wake.notify_one();
        }
        return Outcome { answer, fault };
    }
    let fault = {
        let w = &mut *app.world();
        rules::pick(&mut w.rules, &mut w.rng, "other", &[])
    };
    match fault {
        Some(Fault::Error {
            code,
            http_status,
            details,
            ..
        }) => plain(Err(injected(code, http_status, details))),
        Some(Fault::Drop) => Outcome {
            answer: Err(GraphError::new(1)),
            fault,
        },
        _ if sample => Outcome {
            answer: uploads::session(&mut app.world(), &call, segments[0], &head.headers, &part),
            fault,
        },
        _ => Outcome {
            answer: route(app, &call, &segments, multipart).await,
            fault,
        },
    }
}

/// The endpoints. New rooms get a line and a file.
async fn route(
    app: &Arc<App>,
    call: &Call,
    segments: &[&str],
    multipart: Option<media::Upload>,
) -> Answer {
    let method = call.method.as_str();
    match (method, segments) {
        ("GET", ["debug_token"]) => debug_token::get(&app.world(), call),
        (_, [waba, "subscribed_apps"]) => subscribed_apps::handle(app, call, waba).await,
        ("POST", [id, "subscriptions"]) => subscriptions::post(app, call, id).await,
        (_, [waba, "message_templates"]) => templates::collection(app, call, waba),
        ("POST", [id, "uploads"]) => uploads::open(&mut app.world(), call, id),
        ("POST", [id, "unpause"]) => templates::one(app, call, id, Some("unpause")),
        ("GET", [waba, "phone_numbers"]) => phone_numbers::get(&app.world(), call, waba),
        ("POST", [number, "media"]) => media::upload(&mut app.world(), call, number, multipart),
        ("GET" | "POST", [id]) if app.world().templates.by_id.contains_key(*id) => {
            templates::one(app, call, id, None)
        }
        ("GET" | "POST" | "DELETE", [id]) => {
            let (waba, number, media) = {
                let w = app.world();
                (
                    w.config.waba(id).is_some(),
                    w.config.number(id).is_some(),
                    w.media.get(id).is_some(),
                )
            };
            match (method, waba, number, media) {
                ("GET", true, ..) => waba::get(&app.world(), call, id),
                ("GET", _, true, _) => phone_number::get(&app.world(), call, id),
                ("POST", _, true, _) => phone_number::post(app, call, id).await,
                ("GET", .., true) => media::get(&app.world(), call, id),
                ("DELETE", .., true) => media::delete(&mut app.world(), call, id),
                _ => Err(call.no_object(id)),
            }
        }
        _ => Err(call.no_object(segments.first().unwrap_or(&""))),
    }
}

fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
}

/// The bearer token of the headers (`Bearer` or `OAuth`).
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth"))
        .then(|| token.trim())
}

fn authorize(
    app: &App,
    headers: &HeaderMap,
    params: &Map<String, Value>,
) -> Result<Token, GraphError> {
    let token = bearer(headers)
        .or_else(|| params.get("access_token").and_then(Value::as_str))
        .filter(|t| !t.is_empty())
        .ok_or_else(GraphError::no_token)?;
    known_token(&app.world(), token)
}

/// The token as the world knows it. `<app id>|<app secret>` is the app's own.
pub fn known_token(w: &World, token: &str) -> Result<Token, GraphError> {
    if token.split_once('|') == Some((&w.config.app.id, &w.config.app.secret)) {
        return Ok(Token {
            token: token.into(),
            scopes: vec!["app".into()],
            ..Token::default()
        });
    }
    let known = w
        .config
        .tokens
        .iter()
        .find(|t| t.token == token)
        .cloned()
        .ok_or_else(GraphError::bad_token)?;
    if known.expires_at != 0 && known.expires_at <= w.now() / 1000 {
        return Err(GraphError::expired_token(known.expires_at));
    }
    Ok(known)
}

/// The error a rule asks for.
pub fn injected(code: u32, http: Option<u16>, details: Option<String>) -> GraphError {
    let mut e = GraphError::new(code);
    e.http = http.unwrap_or(e.http);
    e.details = details.or(e.details);
    e
}

async fn finish(app: &App, wire: &Wire, version: &str, outcome: Outcome) -> Response {
    let (trace, status, mut body) = {
        let mut w = app.world();
        let trace = ids::trace(&mut w.rng);
        match &outcome.answer {
            Ok(value) => (trace, 200, graph_bytes(value)),
            Err(e) => {
                *w.refused.entry(e.code).or_default() += 1;
                let body = graph_bytes(&e.body(&trace));
                (trace, e.http, body)
            }
        }
    };
    let mut status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut kind = "application/json; charset=UTF-8";
    match outcome.fault {
        Some(Fault::Drop | Fault::DropAfter) => wire.cut(),
        Some(Fault::Html { http_status, .. }) => {
            status = StatusCode::from_u16(http_status).unwrap_or(StatusCode::BAD_GATEWAY);
            kind = "text/html; charset=utf-8";
            body = b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body></html>".to_vec();
        }
        Some(Fault::Truncated) => body.truncate(body.len() / 2),
        Some(Fault::Huge { bytes }) => {
            body = b"{\"padding\":\"".to_vec();
            body.resize(bytes.clamp(16, HUGE_MAX) - 2, b'x');
            body.extend(b"\"}");
        }
        Some(Fault::Hang { ms, .. }) => tokio::time::sleep(Duration::from_millis(ms)).await,
        Some(Fault::Latency { ms }) => {
            let wait = app.world().span(ms);
            tokio::time::sleep(Duration::from_millis(wait as u64)).await;
        }
        Some(Fault::Error { .. }) | None => {}
    }
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, kind)
        .header("facebook-api-version", version)
        .header("x-fb-trace-id", trace);
    if status == StatusCode::UNAUTHORIZED {
        response = response.header(
            header::WWW_AUTHENTICATE,
            "OAuth \"Facebook Platform\" \"invalid_token\"",
        );
    }
    response.body(Body::from(body)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Token, Waba};
    use crate::testing::*;

    #[tokio::test]
    async fn tokens_are_told_apart() {
        let mut config = Config::default();
        config.wabas.push(Waba {
            id: "999".into(),
            numbers: vec![],
            ..Waba::default()
        });
        config.tokens.push(Token {
            token: "OTHER".into(),
            wabas: vec!["999".into()],
            ..Token::default()
        });
        config.tokens.push(Token {
            token: "OLD".into(),
            expires_at: 1_000,
            ..Token::default()
        });
        config.tokens.push(Token {
            token: "POOR".into(),
            scopes: vec![],
            ..Token::default()
        });
        let sim = Sim::new(config).await;
        let path = format!("/v25.0/{NUMBER}");
        let get = |token: &'static str| {
            let (sim, path) = (&sim, &path);
            async move { sim.call_as(token, "GET", path, "").await }
        };
        let bad = get("NONSENSE").await;
        assert_eq!((bad.status, bad.code()), (401, 190));
        assert!(
            bad.head.to_lowercase().contains("www-authenticate: oauth"),
            "{}",
            bad.head
        );
        assert_eq!(bad.json()["error"]["type"], "OAuthException");
        assert_eq!(
            bad.json()["error"]["fbtrace_id"].as_str().unwrap().len(),
            23
        );
        assert_eq!(get("OLD").await.json()["error"]["error_subcode"], 463);
        let other = get("OTHER").await;
        assert_eq!((other.status, other.code()), (400, 100));
        assert_eq!(other.json()["error"]["error_subcode"], 33);
        assert_eq!(get("POOR").await.code(), 10);
        let none = sim
            .bytes(
                format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes(),
            )
            .await;
        assert_eq!(none.unwrap().code(), 200);
        let in_query = format!(
            "GET /{NUMBER}?access_token={TOKEN} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(
            sim.bytes(in_query.as_bytes()).await.unwrap().status,
            200,
            "no version, token in the query"
        );
    }

    #[tokio::test]
    async fn unknown_objects_are_refused_as_graph_does() {
        let sim = Sim::relaxed().await;
        let raw = sim.call("GET", "/v25.0/42", "").await;
        assert_eq!((raw.status, raw.code()), (400, 100));
        assert!(raw.json()["error"]["message"]
            .as_str()
            .unwrap()
            .starts_with("Unsupported get request."));
        assert!(raw.head.contains("application/json; charset=UTF-8"));
        assert!(
            String::from_utf8(raw.body)
                .unwrap()
                .contains(r"https:\/\/developers"),
            "slashes are escaped"
        );
    }
}
