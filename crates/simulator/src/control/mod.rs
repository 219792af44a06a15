//! `/sim`: what a test or a person does to the world. Every answer is JSON; a wrong request is 400 `{"error": …}`.
mod customers;
mod templates;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde::Deserialize;
use serde_json::{json, Value};

use crate::config::{Callback, Config};
use crate::envelope::post_bytes;
use crate::inbound::{self, Inbound};
use crate::queue::Update;
use crate::rules::{Rule, RULES_MAX};
use crate::server::{loopback, App};
use crate::state::Row;

/// Rows of one answer.
const PAGE_MAX: usize = 10_000;

type Shared = State<Arc<App>>;

/// A refused control request.
pub struct Wrong(pub String);

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({"error": self.0}))).into_response()
    }
}

impl From<String> for Wrong {
    fn from(s: String) -> Self {
        Wrong(s)
    }
}

pub type Reply = Result<Json<Value>, Wrong>;

/// A body as JSON; an empty one is `{}`.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Wrong> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|e| Wrong(e.to_string()))
}

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/state", get(state))
        .route("/reset", post(reset))
        .route("/settings", get(settings).patch(patch).post(patch))
        .route("/callback", post(callback))
        .route("/rules", get(rules).post(add_rules).delete(clear_rules))
        .route("/rules/{id}", delete(remove_rule))
        .route("/inbound", post(inbound_message))
        .route("/preference", post(preference))
        .route("/webhook", post(raw_webhook))
        .route("/event", post(event))
        .route("/number/{id}", post(change_number))
        .route("/record", get(record).delete(clear_record))
        .route("/record/count", get(count))
        .route("/record/duplicates", get(duplicates))
        .route("/record/rate", get(rate))
        .route("/reads", get(reads))
        .route("/webhooks", get(webhooks))
        .route("/advance", post(advance))
        .route("/wait-idle", post(wait_idle).get(wait_idle))
        .merge(customers::routes())
        .merge(templates::routes())
}

async fn state(State(app): Shared) -> Json<Value> {
    let w = app.world();
    let mut all = w.summary();
    all["world"] = w.config.ready(&app.base_url());
    Json(all)
}

/// The body is a world (every key optional); without one the present world starts anew.
async fn reset(State(app): Shared, body: Bytes) -> Reply {
    let config: Config = if body.is_empty() {
        app.world().config.clone()
    } else {
        read(&body)?
    };
    config.settings.patched(&json!({}))?;
    app.reset(config);
    Ok(Json(app.world().config.ready(&app.base_url())))
}

async fn settings(State(app): Shared) -> Json<Value> {
    Json(json!(app.world().settings()))
}

async fn patch(State(app): Shared, body: Bytes) -> Reply {
    let patch: Value = read(&body)?;
    let mut w = app.world();
    let new = w.settings().patched(&patch)?;
    w.config.settings = new;
    app.wake.notify_one();
    Ok(Json(json!(w.settings())))
}

/// `{url, verify_token?}`: the app's callback, all accounts subscribed, no handshake.
async fn callback(State(app): Shared, body: Bytes) -> Reply {
    let callback: Callback = read(&body)?;
    if !callback.url.is_empty() {
        loopback(&callback.url)?;
    }
    let mut w = app.world();
    for waba in &mut w.config.wabas {
        waba.subscribed = true;
        waba.webhook = None;
    }
    w.config.app.callback = callback;
    Ok(Json(json!({"success": true})))
}

async fn rules(State(app): Shared) -> Json<Value> {
    Json(json!(app.world().rules))
}

/// One rule or a list of them.
async fn add_rules(State(app): Shared, body: Bytes) -> Reply {
    let body: Value = read(&body)?;
    let new: Vec<Rule> = match body {
        Value::Array(_) => serde_json::from_value(body),
        one => serde_json::from_value(one).map(|r| vec![r]),
    }
    .map_err(|e| Wrong(e.to_string()))?;
    let mut w = app.world();
    if w.rules.len() + new.len() > RULES_MAX {
        return Err(Wrong(format!("{RULES_MAX} rules are the most")));
    }
    let mut ids = vec![];
    for mut rule in new {
        rule.id = w.next_rule;
        w.next_rule += 1;
        ids.push(rule.id);
        w.rules.push(rule);
    }
    Ok(Json(json!({"ids": ids})))
}

async fn clear_rules(State(app): Shared) -> Json<Value> {
    app.world().rules.clear();
    Json(json!({"success": true}))
}

async fn remove_rule(State(app): Shared, Path(id): Path<u64>) -> Json<Value> {
    let mut w = app.world();
    let before = w.rules.len();
    w.rules.retain(|r| r.id != id);
    Json(json!({"success": w.rules.len() < before}))
}

async fn inbound_message(State(app): Shared, body: Bytes) -> Reply {
    let request: Inbound = read(&body)?;
    let base = app.base_url();
    let wamids = inbound::write(&mut app.world(), &base, &request)?;
    app.wake.notify_one();
    Ok(Json(json!({"wamid": wamids.first(), "wamids": wamids})))
}

#[derive(Deserialize)]
struct Preference {
    from: String,
    to: Option<String>,
    value: String,
}

async fn preference(State(app): Shared, body: Bytes) -> Reply {
    let p: Preference = read(&body)?;
    inbound::preference(&mut app.world(), &p.from, p.to.as_deref(), &p.value)?;
    app.wake.notify_one();
    Ok(Json(json!({"success": true})))
}

/// The very bytes of the body, signed with the app secret and posted. `?signature=bad|none-of` is not offered:
/// a test that wants a wrong signature posts to the callback itself.
async fn raw_webhook(State(app): Shared, body: Bytes) -> Reply {
    let mut w = app.world();
    let first = w.config.wabas.iter().find_map(|a| {
        w.config
            .callback_of(&a.id, a.numbers.first().map(|n| n.id.as_str()), "messages")
    });
    let url = first.ok_or_else(|| Wrong("no callback is subscribed".into()))?;
    post_bytes(&mut w, url, body.to_vec(), 1, vec![]);
    app.wake.notify_one();
    Ok(Json(json!({"success": true})))
}

#[derive(Deserialize)]
struct Event {
    field: String,
    value: Value,
    waba: Option<String>,
    number: Option<String>,
}

/// Any field with any value, in the right envelope.
async fn event(State(app): Shared, body: Bytes) -> Reply {
    let e: Event = read(&body)?;
    let mut w = app.world();
    let waba = e
        .waba
        .or_else(|| w.config.wabas.first().map(|a| a.id.clone()))
        .ok_or_else(|| Wrong("no account".into()))?;
    inbound::tell(
        &mut w,
        Update {
            waba,
            number: e.number,
            field: e.field,
            value: e.value,
            reports: None,
        },
    );
    app.wake.notify_one();
    Ok(Json(json!({"success": true})))
}

/// Members of a number to change: status, quality_rating, throughput, messaging_limit, verified_name …
async fn change_number(State(app): Shared, Path(id): Path<String>, body: Bytes) -> Reply {
    let patch: Value = read(&body)?;
    let mut w = app.world();
    let number = w
        .config
        .number_mut(&id)
        .ok_or_else(|| Wrong("no such number".into()))?;
    let mut now = json!(number);
    if let (Some(now), Some(patch)) = (now.as_object_mut(), patch.as_object()) {
        now.extend(patch.clone());
    }
    *number = serde_json::from_value(now).map_err(|e| Wrong(e.to_string()))?;
    Ok(Json(json!(number)))
}

/// Filters of the record.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Filter {
    to: Option<String>,
    r#type: Option<String>,
    r#ref: Option<String>,
    wamid: Option<String>,
    phone_number_id: Option<String>,
    answered: Option<bool>,
    /// Rows after this `seq`.
    after: u64,
    limit: Option<usize>,
}

impl Filter {
    fn takes(&self, r: &Row) -> bool {
        let is = |want: &Option<String>, have: &str| want.as_deref().is_none_or(|w| w == have);
        r.seq > self.after
            && self
                .to
                .as_deref()
                .is_none_or(|t| crate::rules::matches(t.trim_start_matches([' ', '+']), &r.to))
            && is(&self.r#type, &r.kind)
            && is(&self.wamid, &r.wamid)
            && is(&self.phone_number_id, &r.phone_number_id)
            && self
                .r#ref
                .as_deref()
                .is_none_or(|w| r.reference.as_deref() == Some(w))
            && self.answered.is_none_or(|a| a == r.answered)
    }
}

/// Oldest first.
async fn record(State(app): Shared, Query(f): Query<Filter>) -> Json<Value> {
    let w = app.world();
    let limit = f.limit.unwrap_or(1_000).min(PAGE_MAX);
    let items: Vec<&Row> = w.record.iter().filter(|r| f.takes(r)).take(limit).collect();
    let next = (items.len() == limit)
        .then(|| items.last().map(|r| r.seq))
        .flatten();
    Json(json!({"accepted": w.accepted, "items": items, "next_after": next}))
}

async fn count(State(app): Shared, Query(f): Query<Filter>) -> Json<Value> {
    let w = app.world();
    Json(
        json!({"accepted": w.accepted, "kept": w.record.len(), "count": w.record.iter().filter(|r| f.takes(r)).count()}),
    )
}

/// Refs that were accepted more than once.
async fn duplicates(State(app): Shared) -> Json<Value> {
    let w = app.world();
    let mut times: HashMap<&str, (u32, &str)> = HashMap::new();
    for row in &w.record {
        if let Some(reference) = row.reference.as_deref() {
            times.entry(reference).or_insert((0, &row.to)).0 += 1;
        }
    }
    let distinct = times.len();
    let mut twice: Vec<_> = times.into_iter().filter(|(_, (n, _))| *n > 1).collect();
    twice.sort_unstable();
    let items: Vec<_> = twice
        .iter()
        .take(PAGE_MAX)
        .map(|(r, (n, to))| json!({"ref": r, "times": n, "to": to}))
        .collect();
    Json(json!({"distinct_refs": distinct, "duplicated": twice.len(), "items": items}))
}

/// How quickly they came: the average, and the most within any `window_ms` (1,000 unless told).
async fn rate(State(app): Shared, Query(q): Query<HashMap<String, String>>) -> Json<Value> {
    let window = q.get("window_ms").and_then(|w| w.parse().ok());
    let w = app.world();
    let times: Vec<i64> = w.record.iter().map(|r| r.at_ms).collect();
    Json(pace(&times, window.unwrap_or(1_000)))
}

fn pace(times: &[i64], window_ms: i64) -> Value {
    let (mut most, mut from) = (0, 0);
    for (i, at) in times.iter().enumerate() {
        while times[from] <= at - window_ms {
            from += 1;
        }
        most = most.max(i + 1 - from);
    }
    let span = match times {
        [first, .., last] => (last - first).max(1),
        _ => 1,
    };
    // The first opens the span, each other one ends a piece of it.
    let per_s = times.len().saturating_sub(1) as f64 * 1_000.0 / span as f64;
    json!({"count": times.len(), "first_ms": times.first(), "last_ms": times.last(), "per_s": per_s, "most": most, "window_ms": window_ms})
}

async fn clear_record(State(app): Shared) -> Json<Value> {
    let mut w = app.world();
    w.record.clear();
    w.reads.clear();
    Json(json!({"success": true}))
}

async fn reads(State(app): Shared) -> Json<Value> {
    Json(json!({"items": app.world().reads}))
}

/// The log of POSTs, newest last: `?limit=&state=pending|ok|dropped`.
async fn webhooks(State(app): Shared, Query(q): Query<HashMap<String, String>>) -> Json<Value> {
    let w = app.world();
    let limit = q
        .get("limit")
        .and_then(|l| l.parse().ok())
        .unwrap_or(100_usize);
    let mut items: Vec<_> = w
        .queue
        .log
        .iter()
        .rev()
        .filter(|l| q.get("state").is_none_or(|s| s == l.state))
        .take(limit)
        .collect();
    items.reverse();
    Json(json!({"counters": w.queue.counters, "pending": w.queue.pending(), "items": items}))
}

/// `{}` settles everything pending now (also retries); `{"ms": n}` moves the world's clock.
async fn advance(State(app): Shared, body: Bytes) -> Reply {
    let ms = read::<Value>(&body)?["ms"].as_i64();
    let mut w = app.world();
    match ms {
        Some(ms) if ms >= 0 => w.offset_ms += ms,
        Some(_) => return Err(Wrong("ms: not below 0".into())),
        None => {
            // A step may bring the next one: sent, delivered, read.
            for _ in 0..4 {
                let now = w.now();
                w.queue.settle(now);
                let _ = w.pump();
            }
        }
    }
    let now = w.now();
    drop(w);
    app.wake.notify_one();
    Ok(Json(json!({"now_ms": now})))
}

/// Waits until nothing is pending or in flight: `?timeout_ms=` (default 10 s, at most 10 min).
async fn wait_idle(State(app): Shared, Query(q): Query<HashMap<String, String>>) -> Json<Value> {
    let timeout = q
        .get("timeout_ms")
        .and_then(|t| t.parse().ok())
        .unwrap_or(10_000_u64)
        .min(600_000);
    let end = Instant::now() + Duration::from_millis(timeout);
    loop {
        let (idle, summary) = {
            let w = app.world();
            (w.queue.idle(), json!(w.queue.counters))
        };
        if idle || Instant::now() >= end {
            return Json(json!({"idle": idle, "counters": summary}));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::pace;

    #[test]
    fn the_pace_is_the_average_and_the_fullest_window() {
        let even: Vec<i64> = (0..100).map(|i| i * 100).collect();
        let told = pace(&even, 1_000);
        assert_eq!(
            (told["per_s"].as_f64(), told["most"].as_u64()),
            (Some(10.0), Some(10))
        );
        let told = pace(&[0, 0, 0, 999, 1_000, 5_000], 1_000);
        assert_eq!(told["most"], 4);
        assert_eq!(pace(&[], 1_000)["count"], 0);
    }
}
