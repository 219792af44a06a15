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

#[cfg(test)]
mod tests {
    use crate::config::{Config, Token};
    use crate::testing::*;

    #[tokio::test]
    async fn a_token_is_described() {
        let mut config = Config::default();
        config.tokens.push(Token {
            token: "OLD".into(),
            expires_at: 1_000,
            ..Token::default()
        });
        let sim = Sim::new(config).await;
        let of = |token: &'static str| {
            let sim = &sim;
            async move {
                sim.call("GET", &format!("/debug_token?input_token={token}"), "")
                    .await
                    .json()["data"]
                    .clone()
            }
        };
        let good = of(TOKEN).await;
        assert_eq!(
            (good["is_valid"].as_bool(), good["expires_at"].as_i64()),
            (Some(true), Some(0))
        );
        assert_eq!(good["granular_scopes"][0]["target_ids"][0], WABA);
        assert_eq!(of("OLD").await["is_valid"], false);
        assert_eq!(of("WHAT").await["error"]["code"], 190);
        assert_eq!(sim.call("GET", "/v25.0/debug_token", "").await.code(), 100);
    }
}
