//! `/sim/customers`: the people behind the phone page.
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{header, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{json, Value};

use super::{read, Reply, Wrong};
use crate::api::store_media;
use crate::inbound::{self, Inbound};
use crate::media::kind_of;
use crate::server::App;

type Shared = State<Arc<App>>;

/// Customers of one answer.
const LIST_MAX: usize = 500;

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/customers", get(list).post(make))
        .route("/customers/{id}/chat", get(chat))
        .route("/customers/{id}/write", post(write))
        .route("/customers/{id}/read", post(person_reads))
        .route("/customers/{id}/played", post(person_plays))
        .route("/customers/{id}/block", post(block))
        .route("/customers/{id}/upload", post(upload))
        .route("/media/{id}", get(media))
}

/// Latest chat first.
async fn list(State(app): Shared) -> Json<Value> {
    let w = app.world();
    let mut all: Vec<_> = w.customers.values().collect();
    all.sort_by_key(|c| {
        (
            std::cmp::Reverse(c.chat.back().map_or(0, |l| l.at_ms)),
            c.name.clone(),
        )
    });
    let items: Vec<Value> = all
        .into_iter()
        .take(LIST_MAX)
        .map(|c| {
            let mut item = json!(c);
            item["last"] = json!(c.chat.back());
            item["unread"] = json!(c
                .chat
                .iter()
                .filter(|l| l.outbound && !["read", "played", "failed"].contains(&l.state))
                .count());
            item
        })
        .collect();
    Json(json!({"items": items, "total": w.customers.len()}))
}

#[derive(Deserialize)]
struct New {
    name: Option<String>,
    phone: Option<String>,
    user_id: Option<String>,
    username: Option<String>,
    #[serde(default)]
    bsuid_only: bool,
}

async fn make(State(app): Shared, body: Bytes) -> Reply {
    let new: New = read(&body)?;
    let phone = new.phone.as_deref().filter(|p| !p.trim().is_empty());
    if let Some(phone) = phone {
        let digits = phone.chars().filter(char::is_ascii_digit).count();
        if !(7..=15).contains(&digits) {
            return Err(Wrong("phone: 7 to 15 digits with the country code".into()));
        }
    } else if !new.bsuid_only {
        return Err(Wrong("phone: a number, or bsuid_only".into()));
    }
    let mut w = app.world();
    let c = w.make_customer(
        phone,
        new.user_id.as_deref(),
        new.name.as_deref().filter(|n| !n.is_empty()),
    )?;
    c.bsuid_only = new.bsuid_only || c.phone.is_none();
    if new.username.is_some() {
        c.username = new.username.filter(|u| !u.is_empty());
    }
    Ok(Json(json!(c)))
}

/// The chat; 204 when nothing changed since `?version=`. `?open=1`: a person has it open and reads by hand.
async fn chat(
    State(app): Shared,
    Path(id): Path<String>,
    Query(q): Query<std::collections::HashMap<String, String>>,
) -> Response {
    let mut w = app.world();
    let Some(key) = w.find_customer(&id).map(str::to_string) else {
        return (
            StatusCode::NOT_FOUND,
            Json(json!({"error": "no such customer"})),
        )
            .into_response();
    };
    let (now, numbers) = (w.now(), numbers(&w.config));
    let Some(c) = w.customers.get_mut(&key) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if q.contains_key("open") {
        c.manned = true;
    }
    let typing = c.typing_until_ms > now;
    let version = format!("{}.{}", c.version, u8::from(typing));
    if q.get("version") == Some(&version) {
        return StatusCode::NO_CONTENT.into_response();
    }
    Json(json!({"version": version, "typing": typing, "customer": c, "numbers": numbers, "lines": c.chat})).into_response()
}

fn numbers(config: &crate::config::Config) -> Value {
    config
        .wabas
        .iter()
        .flat_map(|a| &a.numbers)
        .map(|n| json!({"id": n.id, "name": n.verified_name, "display": n.display_phone_number}))
        .collect()
}

async fn write(State(app): Shared, Path(id): Path<String>, body: Bytes) -> Reply {
    let mut request: Inbound = read(&body)?;
    request.from = id;
    let base = app.base_url();
    let mut w = app.world();
    if w.find_customer(&request.from)
        .and_then(|k| w.customers.get(k))
        .is_some_and(|c| c.blocked)
    {
        return Err(Wrong(
            "This customer has blocked the business: unblock it to write.".into(),
        ));
    }
    let wamids = inbound::write(&mut w, &base, &request)?;
    app.wake.notify_one();
    Ok(Json(json!({"wamid": wamids.first()})))
}

async fn person_reads(State(app): Shared, Path(id): Path<String>) -> Reply {
    let mut w = app.world();
    let key = w
        .find_customer(&id)
        .ok_or_else(|| Wrong("no such customer".into()))?
        .to_string();
    let read = w.person_reads(&key);
    app.wake.notify_one();
    Ok(Json(json!({"read": read})))
}

async fn person_plays(State(app): Shared, Path(id): Path<String>) -> Reply {
    let mut w = app.world();
    let key = w
        .find_customer(&id)
        .ok_or_else(|| Wrong("no such customer".into()))?
        .to_string();
    let played = w.person_plays(&key);
    app.wake.notify_one();
    Ok(Json(json!({"played": played})))
}

#[derive(Deserialize)]
struct Block {
    blocked: bool,
}

async fn block(State(app): Shared, Path(id): Path<String>, body: Bytes) -> Reply {
    let b: Block = read(&body)?;
    let mut w = app.world();
    let key = w
        .find_customer(&id)
        .ok_or_else(|| Wrong("no such customer".into()))?
        .to_string();
    let c = w
        .customers
        .get_mut(&key)
        .ok_or_else(|| Wrong("no such customer".into()))?;
    c.blocked = b.blocked;
    c.version += 1;
    Ok(Json(json!(c)))
}

/// The body is the file, its type from Content-Type.
async fn upload(
    State(app): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Reply {
    let of = |name: &str| {
        headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_string()
    };
    let mime = of("content-type");
    let (kind, max) = kind_of(&mime).unwrap_or(("document", crate::media::UPLOAD_MAX));
    if body.is_empty() || body.len() > max {
        return Err(Wrong(format!(
            "A {kind} has 1 to {max} bytes, this one has {}",
            body.len()
        )));
    }
    let mut w = app.world();
    w.find_customer(&id)
        .ok_or_else(|| Wrong("no such customer".into()))?;
    let number = w
        .config
        .wabas
        .iter()
        .flat_map(|a| &a.numbers)
        .next()
        .map(|n| n.id.clone())
        .unwrap_or_default();
    let media = store_media(&mut w, &number, mime, body.to_vec());
    Ok(Json(json!({"media": media, "type": kind})))
}

/// Bytes for the phone page (no token: it stands on the same loopback).
async fn media(State(app): Shared, Path(id): Path<String>) -> Response {
    let w = app.world();
    match w.media.get(&id) {
        Some(m) => Response::builder()
            .header(header::CONTENT_TYPE, &m.mime)
            .header("x-content-type-options", "nosniff")
            .header("content-security-policy", "sandbox")
            .body(Body::from(m.bytes.as_ref().clone()))
            .unwrap_or_default(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
