//! `POST /{APP}/uploads`, then `POST /{upload:…}` with the bytes: the resumable upload of template samples.
use axum::http::HeaderMap;
use serde_json::{json, Value};

use super::{Answer, Call};
use crate::state::World;

/// Opens a session.
pub fn open(w: &mut World, call: &Call, app: &str) -> Answer {
    if app != w.config.app.id && app != "app" {
        return Err(call.no_object(app));
    }
    let length = match call.params.get("file_length") {
        Some(Value::String(s)) => s.parse().unwrap_or(0),
        Some(v) => v.as_u64().unwrap_or(0) as usize,
        None => 0,
    };
    let World { uploads, rng, .. } = w;
    Ok(json!({"id": uploads.open(rng, length)?}))
}

/// How far a session is, or more bytes for it (header `file_offset`).
pub fn session(w: &mut World, call: &Call, id: &str, headers: &HeaderMap, bytes: &[u8]) -> Answer {
    if call.method == "GET" {
        let at = w.uploads.offset(id).ok_or_else(|| call.no_object(id))?;
        return Ok(json!({"id": id, "file_offset": at}));
    }
    let offset = headers
        .get("file_offset")
        .and_then(|v| v.to_str().ok()?.trim().parse().ok())
        .unwrap_or(0);
    let World { uploads, rng, .. } = w;
    uploads.add(rng, id, offset, bytes)
}
