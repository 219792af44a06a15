//! `/{WABA}/subscribed_apps`: subscribe the app, with or without a callback of the account's own.
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::{Answer, Call};
use crate::config::Callback;
use crate::errors::GraphError;
use crate::ids;
use crate::server::{loopback, App};

/// Longest callback address, characters.
const URI_MAX: usize = 200;
/// Longest wait for the answer to the handshake.
const VERIFY_TIMEOUT: Duration = Duration::from_secs(10);

pub async fn handle(app: &Arc<App>, call: &Call, id: &str) -> Answer {
    {
        let w = app.world();
        w.config
            .waba(id)
            .filter(|a| call.may_use(&a.id))
            .ok_or_else(|| call.no_object(id))?;
    }
    call.needs("whatsapp_business_management")?;
    match call.method.as_str() {
        "GET" => Ok(list(app, id)),
        "POST" => subscribe(app, call, id).await,
        "DELETE" => {
            change(app, id, false, None);
            Ok(json!({"success": true}))
        }
        _ => Err(call.no_object(id)),
    }
}

fn list(app: &App, id: &str) -> serde_json::Value {
    let w = app.world();
    let own = &w.config.app;
    let data = w.config.waba(id).filter(|a| a.subscribed).map(|a| {
        let mut row = json!({"whatsapp_business_api_data": {
            "id": own.id, "name": own.name, "link": format!("https://www.facebook.com/games/?app_id={}", own.id)
        }});
        if let Some(c) = &a.webhook {
            row["override_callback_uri"] = json!(c.url);
        }
        row
    });
    json!({"data": data.into_iter().collect::<Vec<_>>()})
}

/// Without a callback in the body, an earlier one of the account's own is cleared.
async fn subscribe(app: &Arc<App>, call: &Call, id: &str) -> Answer {
    let url = call.param("override_callback_uri").unwrap_or_default();
    let own = if url.is_empty() {
        None
    } else {
        let token = call
            .param("verify_token")
            .ok_or_else(|| GraphError::required("verify_token"))?;
        verify(app, url, token).await?;
        Some(Callback {
            url: url.into(),
            verify_token: token.into(),
        })
    };
    change(app, id, true, own);
    Ok(json!({"success": true}))
}

fn change(app: &App, id: &str, subscribed: bool, own: Option<Callback>) {
    if let Some(waba) = app.world().config.wabas.iter_mut().find(|a| a.id == id) {
        waba.subscribed = subscribed;
        waba.webhook = own;
    }
}

/// The handshake: GET with a challenge, which must come back bare with 200.
pub async fn verify(app: &App, url: &str, token: &str) -> Result<(), GraphError> {
    let refuse = |why: String| {
        let mut e = GraphError::param(format!(
            "(#2200) Callback verification failed with the following errors: {why}"
        ));
        e.message =
            format!("(#2200) Callback verification failed with the following errors: {why}");
        e.code = 2200;
        e
    };
    if url.chars().count() > URI_MAX {
        return Err(GraphError::param(format!(
            "Param override_callback_uri must be at most {URI_MAX} characters long."
        )));
    }
    let mut target = loopback(url).map_err(refuse)?;
    let challenge = ids::numeric(&mut app.world().rng, 10);
    target
        .query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", &challenge)
        .append_pair("hub.verify_token", token);
    let answer = app
        .client
        .get(target)
        .timeout(VERIFY_TIMEOUT)
        .send()
        .await
        .map_err(|_| refuse("no answer".into()))?;
    let status = answer.status().as_u16();
    let body = answer.text().await.unwrap_or_default();
    if status != 200 {
        return Err(refuse(format!("HTTP status {status}")));
    }
    if body.trim() != challenge {
        return Err(refuse("Challenge mismatch".into()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::*;
    use serde_json::json;

    #[tokio::test]
    async fn the_account_subscribes_with_a_callback_of_its_own() {
        let sim = Sim::relaxed().await;
        let path = format!("/v25.0/{WABA}/subscribed_apps");
        assert_eq!(sim.call("GET", &path, "").await.body, br#"{"data":[]}"#);
        let (url, got) = callback(&[200]).await;
        let body = json!({"override_callback_uri": url, "verify_token": "secret word"}).to_string();
        assert_eq!(
            sim.call("POST", &path, &body).await.body,
            br#"{"success":true}"#
        );
        let data = sim.call("GET", &path, "").await.json();
        assert_eq!(data["data"][0]["override_callback_uri"], url.as_str());
        sim.control("/sim/inbound", r#"{"from":"+4915112345678"}"#)
            .await;
        sim.idle().await;
        assert_eq!(each(&got, "messages").len(), 1);
        assert_eq!(
            sim.call("POST", &path, "").await.status,
            200,
            "an empty body clears the callback"
        );
        assert!(
            sim.call("GET", &path, "").await.json()["data"][0]["override_callback_uri"].is_null()
        );
        assert_eq!(sim.call("DELETE", &path, "").await.status, 200);
        assert_eq!(sim.call("GET", &path, "").await.body, br#"{"data":[]}"#);
    }

    #[tokio::test]
    async fn a_callback_that_does_not_answer_is_refused() {
        let sim = Sim::relaxed().await;
        let path = format!("/v25.0/{WABA}/subscribed_apps");
        for url in ["http://127.0.0.1:1/x", "http://example.org/x", "nonsense"] {
            let body = json!({"override_callback_uri": url, "verify_token": "t"}).to_string();
            assert_eq!(sim.call("POST", &path, &body).await.code(), 2200, "{url}");
        }
        let long = json!({"override_callback_uri": format!("http://127.0.0.1/{}", "x".repeat(200)), "verify_token": "t"});
        assert_eq!(sim.call("POST", &path, &long.to_string()).await.code(), 100);
        assert_eq!(sim.call("GET", &path, "").await.body, br#"{"data":[]}"#);
    }
}
