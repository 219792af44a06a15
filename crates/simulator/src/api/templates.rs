//! `/{WABA}/message_templates`, `/{template}`, `/{template}/unpause`: a template from its creation to its end.
use serde_json::{json, Value};

use super::{select, Answer, Call};
use crate::server::App;
use crate::state::World;
use crate::template;

/// Fields that come unasked.
const USUAL: &str = "id,name,language,status,category,components,parameter_format";
/// Most templates in one answer.
const LIMIT_MAX: usize = 1_000;

fn account<'a>(
    w: &'a World,
    call: &Call,
    waba: &str,
) -> Result<&'a str, crate::errors::GraphError> {
    let waba = w
        .config
        .waba(waba)
        .filter(|a| call.may_use(&a.id))
        .ok_or_else(|| call.no_object(waba))?;
    call.needs("whatsapp_business_management")?;
    Ok(&waba.id)
}

/// List, create, delete.
pub fn collection(app: &App, call: &Call, waba: &str) -> Answer {
    let mut w = app.world();
    let waba = account(&w, call, waba)?.to_string();
    match call.method.as_str() {
        "POST" => {
            let answer = template::create(&mut w, &waba, &call.params);
            app.wake.notify_one();
            answer
        }
        "DELETE" => {
            let mut ids: Vec<String> = match call.params.get("hsm_ids") {
                Some(Value::String(s)) => serde_json::from_str::<Vec<Value>>(s)
                    .unwrap_or_default()
                    .iter()
                    .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_string))
                    .collect(),
                _ => vec![],
            };
            ids.extend(call.param("hsm_id").map(str::to_string));
            let answer = template::delete(&mut w, &waba, call.param("name"), &ids);
            app.wake.notify_one();
            answer
        }
        _ => list(&w, call, &waba),
    }
}

fn list(w: &World, call: &Call, waba: &str) -> Answer {
    let number = |key: &str| match call.params.get(key) {
        Some(Value::String(s)) => s.parse::<usize>().ok(),
        Some(v) => v.as_u64().map(|n| n as usize),
        None => None,
    };
    let limit = number("limit").unwrap_or(25).clamp(1, LIMIT_MAX);
    let after = call.param("after").unwrap_or_default();
    let same = |key: &str, value: &str| {
        call.param(key)
            .is_none_or(|v| v.eq_ignore_ascii_case(value))
    };
    let mut hits = w
        .templates
        .by_id
        .range::<str, _>((std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded))
        .map(|(_, t)| t)
        .filter(|t| {
            t.waba == waba
                && same("status", &t.status)
                && same("category", &t.category)
                && same("language", &t.language)
                && call.param("name").is_none_or(|n| t.name.contains(n))
        });
    let page: Vec<&template::Template> = hits.by_ref().take(limit).collect();
    let more = hits.next().is_some();
    let mut data = vec![];
    for t in &page {
        data.push(select(call, USUAL, &t.node())?);
    }
    let mut answer = json!({ "data": data });
    if let (Some(first), Some(last)) = (page.first(), page.last()) {
        answer["paging"] = json!({"cursors": {"before": first.id, "after": last.id}});
        if more {
            let fields = call
                .param("fields")
                .map_or(String::new(), |f| format!("&fields={f}"));
            answer["paging"]["next"] = json!(format!(
                "{}/v25.0/{waba}/message_templates?limit={limit}&after={}{fields}",
                call.base_url, last.id
            ));
        }
    }
    Ok(answer)
}

/// Read, edit, unpause one.
pub fn one(app: &App, call: &Call, id: &str, action: Option<&str>) -> Answer {
    let mut w = app.world();
    let waba = w
        .templates
        .by_id
        .get(id)
        .map(|t| t.waba.clone())
        .ok_or_else(|| call.no_object(id))?;
    account(&w, call, &waba)?;
    let answer = match (call.method.as_str(), action) {
        ("GET", None) => {
            let node = w.templates.by_id.get(id).map(template::Template::node);
            return select(call, USUAL, &node.unwrap_or_default());
        }
        ("POST", None) => template::edit(&mut w, id, &call.params),
        ("POST", Some("unpause")) => template::unpause(&mut w, id),
        _ => Err(call.no_object(id)),
    };
    app.wake.notify_one();
    answer
}

#[cfg(test)]
mod tests {
    use crate::testing::*;
    use serde_json::json;

    fn draft(name: &str, category: &str, text: &str) -> String {
        json!({"name": name, "language": "en_US", "category": category, "components": [{"type": "BODY", "text": text, "example": {"body_text": [["Ada"]]}}]}).to_string()
    }

    const PATH: &str = "/v25.0/102290129340398/message_templates";

    #[tokio::test]
    async fn from_creation_to_a_send() {
        let sim = Sim::relaxed().await;
        let (url, got) = callback(&[200]).await;
        sim.control("/sim/callback", &json!({ "url": url }).to_string())
            .await;
        let made = sim
            .call(
                "POST",
                PATH,
                &draft("hello", "UTILITY", "Hello {{1}}, your parcel is here."),
            )
            .await
            .json();
        assert_eq!(
            (made["status"].as_str(), made["category"].as_str()),
            (Some("PENDING"), Some("UTILITY"))
        );
        sim.idle().await;
        let told = bodies(&got);
        let value = &told[0]["entry"][0]["changes"][0];
        assert_eq!(value["field"], "message_template_status_update");
        assert_eq!(
            (
                &value["value"]["event"],
                &value["value"]["message_template_language"]
            ),
            (&json!("APPROVED"), &json!("en-US"))
        );
        let id = made["id"].as_str().unwrap();
        let read = sim
            .call(
                "GET",
                &format!("/v25.0/{id}?fields=status,quality_score"),
                "",
            )
            .await
            .json();
        assert_eq!(
            read,
            json!({"id": id, "status": "APPROVED", "quality_score": {"score": "UNKNOWN"}})
        );
        let send = |components: serde_json::Value| {
            json!({"messaging_product": "whatsapp", "to": "+4915112345678", "type": "template", "template": {"name": "hello", "language": {"code": "en_US"}, "components": components}}).to_string()
        };
        let path = format!("/v25.0/{NUMBER}/messages");
        let without = sim.call("POST", &path, &send(json!([]))).await;
        assert_eq!(without.code(), 132000);
        let with = json!([{"type": "body", "parameters": [{"type": "text", "text": "Ada"}]}]);
        assert_eq!(
            sim.call("POST", &path, &send(with.clone())).await.status,
            200
        );
        sim.control(&format!("/sim/templates/{id}"), r#"{"status":"PAUSED"}"#)
            .await;
        assert_eq!(
            sim.call("POST", &path, &send(with.clone())).await.code(),
            132015
        );
        assert_eq!(
            sim.call("POST", &format!("/v25.0/{id}/unpause"), "")
                .await
                .json()["success"],
            true
        );
        assert_eq!(sim.call("POST", &path, &send(with)).await.status, 200);
        let again = sim
            .call(
                "POST",
                PATH,
                &draft("hello", "UTILITY", "Hello {{1}}, again here."),
            )
            .await;
        assert_eq!(again.json()["error"]["error_subcode"], 2388024);
        assert!(again.json()["error"]["error_user_msg"]
            .as_str()
            .unwrap()
            .contains("already"));
        assert_eq!(
            sim.call("DELETE", &format!("{PATH}?name=hello"), "")
                .await
                .json()["success"],
            true
        );
        assert_eq!(
            sim.call(
                "POST",
                PATH,
                &draft("hello", "UTILITY", "Hello {{1}}, again here.")
            )
            .await
            .json()["error"]["error_subcode"],
            2388023
        );
    }

    #[tokio::test]
    async fn review_rejects_and_moves() {
        let sim = Sim::relaxed().await;
        sim.call(
            "POST",
            PATH,
            &draft("reject_me", "UTILITY", "Hello {{1}}, nothing to see here."),
        )
        .await;
        sim.call(
            "POST",
            PATH,
            &draft(
                "sneaky",
                "UTILITY",
                "Hello {{1}}, get 20 % off in our sale.",
            ),
        )
        .await;
        sim.idle().await;
        let list = sim
            .call(
                "GET",
                &format!("{PATH}?fields=name,status,category,rejected_reason&limit=1"),
                "",
            )
            .await
            .json();
        assert_eq!(
            (
                &list["data"][0]["status"],
                &list["data"][0]["rejected_reason"]
            ),
            (&json!("REJECTED"), &json!("INVALID_FORMAT"))
        );
        let after = list["paging"]["cursors"]["after"].as_str().unwrap();
        let next = sim
            .call(
                "GET",
                &format!("{PATH}?fields=name,category&limit=1&after={after}"),
                "",
            )
            .await
            .json();
        assert_eq!(next["data"][0]["category"], "MARKETING");
        assert!(list["paging"]["next"].is_string() && next["paging"]["next"].is_null());
    }

    #[tokio::test]
    async fn an_approved_template_is_edited_once_a_day() {
        let sim = Sim::relaxed().await;
        let made = sim
            .call(
                "POST",
                PATH,
                &draft("a", "UTILITY", "Hello {{1}}, your parcel is here."),
            )
            .await
            .json();
        let path = format!("/v25.0/{}", made["id"].as_str().unwrap());
        let edit =
            json!({"components": [{"type": "BODY", "text": "Another text, without values."}]})
                .to_string();
        sim.idle().await;
        assert_eq!(sim.call("POST", &path, &edit).await.json()["success"], true);
        sim.idle().await;
        assert_eq!(
            sim.call("POST", &path, &edit).await.json()["error"]["error_subcode"],
            2388027
        );
        sim.control("/sim/advance", r#"{"ms":86400001}"#).await;
        assert_eq!(sim.call("POST", &path, &edit).await.json()["success"], true);
    }

    #[tokio::test]
    async fn an_approved_edit_and_a_category_to_come_are_told() {
        let sim = Sim::relaxed().await;
        let (url, got) = callback(&[200]).await;
        sim.control("/sim/callback", &json!({ "url": url }).to_string())
            .await;
        let text = "Hello {{1}}, your parcel is here.";
        let made = sim
            .call("POST", PATH, &draft("a", "UTILITY", text))
            .await
            .json();
        sim.idle().await;
        let id = made["id"].as_str().unwrap();
        let edit = json!({"components": [
            {"type": "BODY", "text": "Another text."},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Go", "url": "https://shop.example"}]},
        ]});
        sim.call("POST", &format!("/v25.0/{id}"), &edit.to_string())
            .await;
        sim.idle().await;
        sim.control(
            &format!("/sim/templates/{id}"),
            r#"{"correct_category":"MARKETING"}"#,
        )
        .await;
        sim.idle().await;
        let told: Vec<_> = bodies(&got)
            .iter()
            .map(|body| body["entry"][0]["changes"][0].clone())
            .filter(|change| change["field"] != "message_template_status_update")
            .collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(told[0]["field"], "message_template_components_update");
        assert_eq!(
            told[0]["value"]["message_template_element"],
            "Another text."
        );
        assert_eq!(
            told[0]["value"]["message_template_buttons"],
            json!([{"message_template_button_type": "URL", "message_template_button_text": "Go", "message_template_button_url": "https://shop.example"}])
        );
        assert_eq!(told[1]["field"], "template_category_update");
        assert_eq!(told[1]["value"]["new_category"], "UTILITY");
        assert_eq!(told[1]["value"]["correct_category"], "MARKETING");
        let node = sim
            .call(
                "GET",
                &format!("/v25.0/{id}?fields=category,correct_category"),
                "",
            )
            .await
            .json();
        assert_eq!(
            node,
            json!({"id": id, "category": "UTILITY", "correct_category": "MARKETING"})
        );
    }

    #[tokio::test]
    async fn a_sample_is_uploaded_in_parts() {
        let sim = Sim::relaxed().await;
        let session = sim
            .call(
                "POST",
                "/v25.0/1208330441970001/uploads?file_length=6&file_type=image/png&file_name=a.png",
                "",
            )
            .await
            .json();
        let id = session["id"].as_str().unwrap();
        let part = |offset: usize, bytes: &str| {
            format!("POST /v25.0/{id} HTTP/1.1\r\nHost: x\r\nAuthorization: OAuth {TOKEN}\r\nfile_offset: {offset}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{bytes}", bytes.len())
        };
        assert_eq!(
            sim.bytes(part(0, "abc").as_bytes()).await.unwrap().json()["file_offset"],
            3
        );
        assert_eq!(
            sim.bytes(part(0, "abc").as_bytes()).await.unwrap().code(),
            100
        );
        assert_eq!(
            sim.call("GET", &format!("/v25.0/{id}"), "").await.json()["file_offset"],
            3
        );
        let done = sim.bytes(part(3, "def").as_bytes()).await.unwrap().json();
        assert!(done["h"].as_str().unwrap().starts_with("4::"));
    }
}
