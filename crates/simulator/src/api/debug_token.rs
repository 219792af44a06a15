//! `GET /debug_token?input_token=`: what a token is and may.
use serde_json::json;

use super::{known_token, Answer, Call};
use crate::errors::GraphError;
use crate::state::World;

pub fn get(w: &World, call: &Call) -> Answer {
    let input = call
        .param("input_token")
        .ok_or_else(|| GraphError::required("input_token"))?;
    let app = &w.config.app;
    let known = w.config.tokens.iter().find(|t| t.token == input);
    let Some(token) = known else {
        return Ok(json!({"data": {
            "error": {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"},
            "is_valid": false, "scopes": []
        }}));
    };
    let targets: Vec<_> = w
        .config
        .wabas
        .iter()
        .map(|a| &a.id)
        .filter(|id| token.wabas.is_empty() || token.wabas.contains(id))
        .collect();
    let mut data = json!({
        "app_id": app.id, "type": "SYSTEM_USER", "application": app.name, "data_access_expires_at": 0,
        "expires_at": token.expires_at, "is_valid": true, "issued_at": 1_700_000_000, "scopes": token.scopes,
        "granular_scopes": token.scopes.iter().map(|s| json!({"scope": s, "target_ids": targets})).collect::<Vec<_>>(),
        "user_id": "122100000000000001"
    });
    if let Err(e) = known_token(w, input) {
        data["is_valid"] = json!(false);
        data["error"] = json!({"code": e.code, "message": e.message, "subcode": e.subcode});
    }
    Ok(json!({ "data": data }))
}
