//! `GET /{phone number}` and `POST /{phone number}` (its webhook override, its PIN).
use std::sync::Arc;

use serde_json::{json, Value};

use super::subscribed_apps::verify;
use super::{select, Answer, Call};
use crate::config::{Callback, Number, Waba};
use crate::errors::GraphError;
use crate::server::App;
use crate::state::World;

/// The fields Graph gives when none are asked for.
pub const USUAL: &str = "id,verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,throughput,last_onboarded_time,webhook_configuration";

/// The whole node.
pub fn node(w: &World, waba: &Waba, n: &Number) -> Value {
    let mut webhook = json!({});
    if !w.config.app.callback.url.is_empty() {
        webhook["application"] = json!(w.config.app.callback.url);
    }
    if let Some(c) = &waba.webhook {
        webhook["whatsapp_business_account"] = json!(c.url);
    }
    if let Some(c) = &n.webhook {
        webhook["phone_number"] = json!(c.url);
    }
    let can = if n.status == "CONNECTED" {
        "AVAILABLE"
    } else {
        "BLOCKED"
    };
    json!({
        "id": n.id, "display_phone_number": n.display_phone_number, "verified_name": n.verified_name,
        "quality_rating": n.quality_rating, "quality_score": {"score": n.quality_rating},
        "code_verification_status": "VERIFIED", "name_status": "APPROVED", "new_name_status": "NONE",
        "platform_type": "CLOUD_API", "throughput": {"level": n.throughput}, "status": n.status,
        "messaging_limit_tier": n.messaging_limit, "whatsapp_business_manager_messaging_limit": n.messaging_limit,
        "account_mode": "LIVE", "is_official_business_account": false, "is_on_biz_app": false, "is_pin_enabled": true,
        "last_onboarded_time": "2026-01-15T09:30:00+0000", "certificate": "", "username": null,
        "webhook_configuration": webhook, "country_dial_code": n.country_code,
        "health_status": {"can_send_message": can, "entities": [
            {"entity_type": "PHONE_NUMBER", "id": n.id, "can_send_message": can},
            {"entity_type": "WABA", "id": waba.id, "can_send_message": "AVAILABLE"},
            {"entity_type": "BUSINESS", "id": w.config.business_id, "can_send_message": "AVAILABLE"},
            {"entity_type": "APP", "id": w.config.app.id, "can_send_message": "AVAILABLE"}
        ]}
    })
}

pub fn get(w: &World, call: &Call, id: &str) -> Answer {
    let (waba, n) = w
        .config
        .number(id)
        .filter(|(a, _)| call.may_use(&a.id))
        .ok_or_else(|| call.no_object(id))?;
    call.needs("whatsapp_business_management")?;
    select(call, USUAL, &node(w, waba, n))
}

pub async fn post(app: &Arc<App>, call: &Call, id: &str) -> Answer {
    {
        let w = app.world();
        w.config
            .number(id)
            .filter(|(a, _)| call.may_use(&a.id))
            .ok_or_else(|| call.no_object(id))?;
    }
    call.needs("whatsapp_business_management")?;
    if let Some(pin) = call.param("pin") {
        if pin.len() != 6 || !pin.chars().all(|c| c.is_ascii_digit()) {
            return Err(GraphError::param("Param pin must be a 6 digit number"));
        }
        return Ok(json!({"success": true}));
    }
    let Some(Value::Object(webhook)) = call.params.get("webhook_configuration") else {
        return Err(GraphError::required("webhook_configuration"));
    };
    let url = webhook
        .get("override_callback_uri")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let token = webhook
        .get("verify_token")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let new = if url.is_empty() {
        None
    } else {
        verify(app, url, token).await?;
        Some(Callback {
            url: url.into(),
            verify_token: token.into(),
        })
    };
    if let Some(n) = app.world().config.number_mut(id) {
        n.webhook = new;
    }
    Ok(json!({"success": true}))
}

#[cfg(test)]
mod tests {
    use crate::testing::*;
    use serde_json::json;

    #[tokio::test]
    async fn fields_nested_fields_and_state() {
        let sim = Sim::relaxed().await;
        let path = format!(
            "/v25.0/{NUMBER}?fields=display_phone_number,throughput{{level}},quality_score,status"
        );
        let raw = sim
            .call("GET", &path.replace('{', "%7B").replace('}', "%7D"), "")
            .await
            .json();
        assert_eq!(raw["throughput"]["level"], "STANDARD");
        assert_eq!(raw["display_phone_number"], "+1 555-078-3881");
        sim.control(&format!("/sim/number/{NUMBER}"), r#"{"status":"BANNED"}"#)
            .await;
        assert_eq!(
            sim.call("GET", &format!("/{NUMBER}?fields=status"), "")
                .await
                .json()["status"],
            "BANNED"
        );
        assert_eq!(sim.text("+4915112345678", "x").await.code(), 133010);
    }

    #[tokio::test]
    async fn a_number_overrides_the_callback_for_messages_only() {
        let sim = Sim::relaxed().await;
        let (account, account_got) = callback(&[200]).await;
        let (number, number_got) = callback(&[200]).await;
        sim.control("/sim/callback", &json!({ "url": account }).to_string())
            .await;
        let body = json!({"webhook_configuration": {"override_callback_uri": number, "verify_token": "t"}});
        assert_eq!(
            sim.call("POST", &format!("/{NUMBER}"), &body.to_string())
                .await
                .status,
            200
        );
        let told = sim
            .call(
                "GET",
                &format!("/{NUMBER}?fields=webhook_configuration"),
                "",
            )
            .await
            .json();
        assert_eq!(
            told["webhook_configuration"]["phone_number"],
            number.as_str()
        );
        sim.control("/sim/inbound", r#"{"from":"+4915112345678"}"#)
            .await;
        sim.control(
            "/sim/event",
            r#"{"field":"account_review_update","value":{"decision":"APPROVED"}}"#,
        )
        .await;
        sim.idle().await;
        assert_eq!(
            (bodies(&number_got).len(), bodies(&account_got).len()),
            (1, 1)
        );
    }
}
