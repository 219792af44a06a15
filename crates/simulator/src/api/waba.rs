//! `GET /{WABA}`: the account.
use serde_json::json;

use super::{select, Answer, Call};
use crate::state::World;

pub fn get(w: &World, call: &Call, id: &str) -> Answer {
    let waba = w
        .config
        .waba(id)
        .filter(|a| call.may_use(&a.id))
        .ok_or_else(|| call.no_object(id))?;
    call.needs("whatsapp_business_management")?;
    let node = json!({
        "id": waba.id, "name": waba.name, "status": "ACTIVE", "currency": "EUR", "country": "DE", "timezone_id": "1",
        "business_verification_status": "verified", "account_review_status": "APPROVED", "ownership_type": "SELF",
        "message_template_namespace": "ba30dd89_2ebd_41e4_b805_f2c05ae04cc9", "marketing_messages_onboarding_status": "NOT_ONBOARDED",
        "whatsapp_business_manager_messaging_limit": waba.numbers.first().map(|n| n.messaging_limit.as_str()).unwrap_or("TIER_250"),
        "owner_business_info": {"id": w.config.business_id, "name": w.config.business_name},
        "on_behalf_of_business_info": {"id": w.config.business_id, "name": w.config.business_name, "status": "APPROVED", "type": "SELF"},
        "health_status": {"can_send_message": "AVAILABLE", "entities": [
            {"entity_type": "WABA", "id": waba.id, "can_send_message": "AVAILABLE"},
            {"entity_type": "BUSINESS", "id": w.config.business_id, "can_send_message": "AVAILABLE"},
            {"entity_type": "APP", "id": w.config.app.id, "can_send_message": "AVAILABLE"}
        ]}
    });
    select(
        call,
        "id,name,currency,timezone_id,message_template_namespace",
        &node,
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::*;

    #[tokio::test]
    async fn asked_fields_and_no_others() {
        let sim = Sim::relaxed().await;
        let raw = sim
            .call("GET", &format!("/v25.0/{WABA}?fields=name,status"), "")
            .await;
        assert_eq!(
            raw.body,
            br#"{"id":"102290129340398","name":"Lucky Shrub","status":"ACTIVE"}"#
        );
        assert_eq!(
            sim.call("GET", &format!("/{WABA}?fields=nonsense"), "")
                .await
                .code(),
            100
        );
    }
}
