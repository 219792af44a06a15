//! `GET /{WABA}/phone_numbers`: the account's numbers.
use serde_json::json;

use super::phone_number::{node, USUAL};
use super::{select, Answer, Call};
use crate::state::World;

pub fn get(w: &World, call: &Call, id: &str) -> Answer {
    let waba = w
        .config
        .waba(id)
        .filter(|a| call.may_use(&a.id))
        .ok_or_else(|| call.no_object(id))?;
    call.needs("whatsapp_business_management")?;
    let data = waba
        .numbers
        .iter()
        .map(|n| select(call, USUAL, &node(w, waba, n)))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({"data": data, "paging": {"cursors": {"before": "QVFIUjAx", "after": "QVFIUjAy"}}}))
}

#[cfg(test)]
mod tests {
    use crate::testing::*;

    #[tokio::test]
    async fn numbers_are_listed() {
        let sim = Sim::relaxed().await;
        let list = sim
            .call(
                "GET",
                &format!("/v25.0/{WABA}/phone_numbers?fields=id,verified_name"),
                "",
            )
            .await
            .json();
        assert_eq!(
            list["data"],
            serde_json::json!([{"id": NUMBER, "verified_name": "Lucky Shrub"}])
        );
        assert!(list["paging"]["cursors"]["after"].is_string());
    }
}
