//! `POST /{app}/subscriptions`: the app's own callback and fields.
use std::sync::Arc;

use serde_json::{json, Value};

use super::subscribed_apps::verify;
use super::{Answer, Call};
use crate::config::Callback;
use crate::errors::GraphError;
use crate::server::App;

pub async fn post(app: &Arc<App>, call: &Call, id: &str) -> Answer {
    if app.world().config.app.id != id {
        return Err(call.no_object(id));
    }
    if !call.token.scopes.iter().any(|s| s == "app") {
        let mut e = GraphError::new(190);
        e.message = "(#15) This method must be called with an app access_token.".into();
        (e.code, e.http) = (15, 400);
        return Err(e);
    }
    if call.param("object") != Some("whatsapp_business_account") {
        return Err(GraphError::param(
            "Param object must be one of {whatsapp_business_account}",
        ));
    }
    let url = call
        .param("callback_url")
        .ok_or_else(|| GraphError::required("callback_url"))?;
    let token = call
        .param("verify_token")
        .ok_or_else(|| GraphError::required("verify_token"))?;
    let fields = match call.params.get("fields") {
        Some(Value::String(s)) => s.split(',').map(|f| f.trim().to_string()).collect(),
        Some(Value::Array(a)) => a
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_string)
            .collect(),
        _ => vec![],
    };
    verify(app, url, token).await?;
    let mut w = app.world();
    w.config.app.callback = Callback {
        url: url.into(),
        verify_token: token.into(),
    };
    w.config.app.fields = fields;
    Ok(json!({"success": true}))
}

#[cfg(test)]
mod tests {
    use crate::testing::*;
    use serde_json::json;

    #[tokio::test]
    async fn only_the_apps_own_token_may_set_its_callback() {
        let sim = Sim::relaxed().await;
        let app = "1208330441970001";
        let (url, got) = callback(&[200]).await;
        let body = json!({"object": "whatsapp_business_account", "callback_url": url, "verify_token": "t", "fields": "messages"}).to_string();
        let path = format!("/v25.0/{app}/subscriptions");
        assert_eq!(sim.call("POST", &path, &body).await.code(), 15);
        let own = format!("{app}|0123456789abcdef0123456789abcdef");
        assert_eq!(sim.call_as(&own, "POST", &path, &body).await.status, 200);
        sim.call("POST", &format!("/{WABA}/subscribed_apps"), "")
            .await;
        sim.control("/sim/inbound", r#"{"from":"+4915112345678"}"#)
            .await;
        sim.control(
            "/sim/event",
            r#"{"field":"account_update","value":{"event":"X"}}"#,
        )
        .await;
        sim.idle().await;
        assert_eq!(bodies(&got).len(), 1, "only the subscribed field");
    }
}
