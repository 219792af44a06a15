//! `/sim/templates`: what a person at Meta would do.
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{json, Value};

use super::{read, Reply, Wrong};
use crate::server::App;
use crate::template;

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/templates", get(list))
        .route("/templates/{id}", post(change))
}

async fn list(State(app): State<Arc<App>>) -> Json<Value> {
    let w = app.world();
    let all: Vec<Value> = w
        .templates
        .by_id
        .values()
        .map(template::Template::node)
        .collect();
    Json(json!({ "items": all }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    status: Option<String>,
    reason: Option<String>,
    title: Option<String>,
    quality: Option<String>,
    category: Option<String>,
    correct_category: Option<String>,
}

/// `{status, reason?, title?}`, `{quality}`, `{category}` (at once), `{correct_category}` (in a day): each is told by its webhook.
async fn change(State(app): State<Arc<App>>, Path(id): Path<String>, body: Bytes) -> Reply {
    let c: Change = read(&body)?;
    let mut w = app.world();
    if !w.templates.by_id.contains_key(&id) {
        return Err(Wrong("no such template".into()));
    }
    if let Some(status) = &c.status {
        template::set_status(&mut w, &id, status, c.reason.as_deref(), c.title.as_deref());
    }
    if let Some(quality) = &c.quality {
        template::set_quality(&mut w, &id, quality);
    }
    if let Some(category) = &c.category {
        template::set_category(&mut w, &id, category);
    }
    if let Some(category) = &c.correct_category {
        template::announce_category(&mut w, &id, category);
    }
    app.wake.notify_one();
    Ok(Json(
        w.templates
            .by_id
            .get(&id)
            .map(template::Template::node)
            .unwrap_or_default(),
    ))
}
