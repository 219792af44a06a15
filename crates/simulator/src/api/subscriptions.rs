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
