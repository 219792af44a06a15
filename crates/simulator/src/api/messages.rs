//! `POST /{phone number}/messages`: send, mark read, show typing.
use serde_json::{json, Map, Value};

use super::{injected, Answer, Call};
use crate::errors::GraphError;
use crate::ids;
use crate::rules::{self, matches, Fault};
use crate::settings::{Blocked, Via};
use crate::state::{Line, Row, World};
use crate::status::Sent;
use crate::template;
use crate::validate::{self, Recipient};

/// Answers a send. The fault, if any, is done to the answer on the wire.
pub fn post(w: &mut World, call: &Call, number: &str) -> (Answer, Option<Fault>) {
    match prepare(w, call, number) {
        Ok(Prepared::Read(answer, fault)) => (answer, fault),
        Ok(Prepared::Send { to, kind }) => send(w, call, number, to, kind),
        Err(e) => (Err(e), None),
    }
}

enum Prepared {
    Read(Answer, Option<Fault>),
    Send { to: Recipient, kind: String },
}

/// Rights and form, before anything is looked at that changes.
fn prepare(w: &mut World, call: &Call, number: &str) -> Result<Prepared, GraphError> {
    let (waba, n) = w
        .config
        .number(number)
        .ok_or_else(|| call.no_object(number))?;
    if !call.may_use(&waba.id) {
        return Err(call.no_object(number));
    }
    call.needs("whatsapp_business_messaging")?;
    match call.params.get("messaging_product").and_then(Value::as_str) {
        Some("whatsapp") => {}
        None => return Err(GraphError::required("messaging_product")),
        Some(_) => {
            return Err(GraphError::param(
                "Param messaging_product must be one of {WHATSAPP}.",
            ))
        }
    }
    if n.status != "CONNECTED" {
        return Err(GraphError::new(133010).details("The account is not registered"));
    }
    if call.params.contains_key("status") {
        return Ok(mark_read(w, call, number));
    }
    let to = validate::recipient(&call.params, &n.country_code)?;
    if *to.key() == n.digits() {
        return Err(GraphError::new(131021));
    }
    let kind = validate::message(&call.params)?;
    Ok(Prepared::Send { to, kind })
}

fn mark_read(w: &mut World, call: &Call, number: &str) -> Prepared {
    let fault = rules::pick(&mut w.rules, &mut w.rng, "read", &[]);
    match &fault {
        Some(Fault::Error {
            code,
            http_status,
            details,
            ..
        }) => {
            return Prepared::Read(Err(injected(*code, *http_status, details.clone())), None);
        }
        Some(Fault::Drop) => return Prepared::Read(Err(GraphError::new(1)), fault),
        _ => {}
    }
    let answer = (|| {
        if call.param("status") != Some("read") {
            return Err(GraphError::param("Param status must be one of {READ}."));
        }
        let id = call
            .param("message_id")
            .ok_or_else(|| GraphError::required("message_id"))?;
        if let Some(typing) = call.params.get("typing_indicator") {
            if typing["type"] != "text" {
                return Err(GraphError::param(
                    "Param typing_indicator['type'] must be one of {TEXT}.",
                ));
            }
        }
        if !w.business_reads(number, id, call.params.contains_key("typing_indicator")) {
            return Err(GraphError::new(131009).details(format!("Message ID is invalid: {id}")));
        }
        Ok(json!({"success": true}))
    })();
    Prepared::Read(answer, fault)
}

fn send(
    w: &mut World,
    call: &Call,
    number: &str,
    to: Recipient,
    kind: String,
) -> (Answer, Option<Fault>) {
    let customer = w.find_customer(to.key()).map(str::to_string);
    let also = customer
        .as_deref()
        .and_then(|k| w.customers.get(k))
        .map(|c| c.user_id.clone())
        .unwrap_or_default();
    let fault = rules::pick(&mut w.rules, &mut w.rng, "messages", &[to.key(), &also]);
    let mut fail = None;
    match &fault {
        Some(Fault::Error {
            code,
            http_status,
            details,
            via: Via::Sync,
            ..
        }) => {
            return (Err(injected(*code, *http_status, details.clone())), None);
        }
        Some(Fault::Error {
            code,
            details,
            after_sent,
            via: Via::Webhook,
            ..
        }) => {
            fail = Some((injected(*code, None, details.clone()), *after_sent));
        }
        Some(
            Fault::Drop | Fault::Html { accept: false, .. } | Fault::Hang { accept: false, .. },
        ) => {
            return (Err(GraphError::new(131000)), fault);
        }
        _ => {}
    }
    let category = match template::category(w, number, &kind, &call.params) {
        Ok(category) => category,
        Err(e) => return (Err(e), None),
    };
    if let Err(e) = check_media(w, &call.params, &kind) {
        return (Err(e), None);
    }
    match limits(w, number, &to, customer.as_deref(), &kind, &category) {
        Err(e) => return (Err(e), None),
        Ok(Some(e)) => fail = fail.or(Some((e, false))),
        Ok(None) => {}
    }
    let answered = !matches!(
        fault,
        Some(
            Fault::DropAfter
                | Fault::Html { .. }
                | Fault::Truncated
                | Fault::Huge { .. }
                | Fault::Hang { .. }
        )
    );
    (
        Ok(accept(w, call, number, to, kind, &category, fail, answered)),
        fault,
    )
}

/// Uploaded media must be there (and be this number's).
fn check_media(w: &World, body: &Map<String, Value>, kind: &str) -> Result<(), GraphError> {
    if !matches!(kind, "image" | "video" | "audio" | "document" | "sticker") {
        return Ok(());
    }
    let id = match &body[kind]["id"] {
        Value::String(s) => s.clone(),
        Value::Number(n) => n.to_string(),
        _ => return Ok(()),
    };
    match w.media.get(&id) {
        Some(m)
            if crate::media::kind_of(&m.mime)
                .is_some_and(|(k, _)| k == kind || kind == "document") =>
        {
            Ok(())
        }
        Some(m) => Err(GraphError::new(131053)
            .details(format!("Media of type {} can't be sent as {kind}", m.mime))),
        None => Err(GraphError::param("Invalid parameter")
            .details(format!("Media ID {id} does not exist or has expired"))),
    }
}

/// Meta's limits. Err refuses; Ok(Some) accepts and fails later.
fn limits(
    w: &mut World,
    number: &str,
    to: &Recipient,
    customer: Option<&str>,
    kind: &str,
    category: &str,
) -> Result<Option<GraphError>, GraphError> {
    let now = w.now();
    let s = w.settings().clone();
    let high = w
        .config
        .number(number)
        .is_some_and(|(_, n)| n.throughput == "HIGH");
    let mps = s.mps.unwrap_or(if high { 1_000 } else { 80 });
    if mps > 0
        && !w
            .buckets
            .entry(number.to_string())
            .or_default()
            .take(now, mps)
    {
        return Err(GraphError::new(130429));
    }
    if matches!(to, Recipient::Group(_)) {
        return Err(GraphError::new(131041));
    }
    let key = to.key();
    let listed = |list: &[String]| {
        list.iter()
            .any(|p| matches(p, key) || customer.is_some_and(|c| matches(p, c)))
    };
    if !s.allow_list.is_empty() && !listed(&s.allow_list) {
        return Err(GraphError::new(131030));
    }
    if listed(&s.business_blocked) {
        return Err(GraphError::new(130403));
    }
    if s.pair_limit
        && !w
            .pairs
            .take(format!("{number} {}", customer.unwrap_or(key)), now)
    {
        return Err(GraphError::new(131056));
    }
    let open = w.window_open(number, customer);
    let mut fail = None;
    if s.window != Via::Off && !open && kind != "template" {
        let e = GraphError::new(131047);
        if s.window == Via::Sync {
            return Err(e);
        }
        fail = Some(e);
    } else if s.tier > 0
        && s.tier_via != Via::Off
        && !open
        && !w.reached.take(customer.unwrap_or(key), now, s.tier)
    {
        let e = GraphError::new(s.tier_code);
        if s.tier_via == Via::Sync {
            return Err(e);
        }
        fail = Some(e);
    }
    let blocked = s.customer_blocked == Blocked::Failed
        && customer
            .and_then(|c| w.customers.get(c))
            .is_some_and(|c| c.blocked);
    if blocked || listed(&s.not_on_whatsapp) {
        fail = Some(GraphError::new(131026));
    }
    let stopped = customer
        .and_then(|c| w.customers.get(c))
        .is_some_and(|c| c.stopped_marketing);
    if stopped && kind == "template" && category == "marketing" {
        fail = Some(GraphError::new(131050));
    }
    Ok(fail)
}

#[allow(clippy::too_many_arguments)]
fn accept(
    w: &mut World,
    call: &Call,
    number: &str,
    to: Recipient,
    kind: String,
    category: &str,
    fail: Option<(GraphError, bool)>,
    answered: bool,
) -> Value {
    let now = w.now();
    let customer = w.find_customer(to.key()).and_then(|k| w.customers.get(k));
    let phone = match (&to, customer) {
        (Recipient::Phone(p), _) => Some(p.clone()),
        (_, Some(c)) => c.phone.clone(),
        _ => None,
    };
    let user_id = match (&to, customer) {
        (_, Some(c)) => Some(c.user_id.clone()),
        (Recipient::User(u), None) => Some(u.clone()),
        _ => None,
    };
    let bsuid_only = customer.is_some_and(|c| c.bsuid_only) || phone.is_none();
    let (waba, own_digits) = w
        .config
        .number(number)
        .map(|(a, n)| (a.id.clone(), n.digits()))
        .unwrap_or_default();
    let wamid = ids::wamid(&mut w.rng, phone.as_deref().unwrap_or(&own_digits), true);
    let callback = call.param("biz_opaque_callback_data").map(str::to_string);
    let light = w.settings().record_light;
    let body = (!light).then(|| Box::new(Value::Object(call.params.clone())));
    let row = Row {
        seq: w.accepted + 1,
        at_ms: now,
        phone_number_id: number.into(),
        to: to.key().into(),
        kind: kind.as_str().into(),
        reference: callback.as_deref().map(Into::into),
        wamid: wamid.as_str().into(),
        answered,
        body,
    };
    w.remember(row);
    if !light {
        let mut message = json!({"type": kind, &kind: call.params.get(&kind)});
        if let Some(context) = call.params.get("context") {
            message["context"] = context.clone();
        }
        let line = Line {
            wamid: wamid.clone(),
            outbound: true,
            number: number.into(),
            message,
            state: "accepted",
            at_ms: now,
            reaction_in: None,
            reaction_out: None,
            callback: callback.clone(),
        };
        w.chat_out(phone.as_deref(), user_id.as_deref(), line);
    }
    let key = w.find_customer(to.key()).unwrap_or(to.key()).to_string();
    let user_id = user_id.or_else(|| w.customers.get(&key).map(|c| c.user_id.clone()));
    let (category, price_type) = price(w, number, &key, &kind, category);
    let (fail, after_sent) = fail.map_or((None, false), |(e, after)| (Some(e), after));
    let mut contact =
        json!({"input": call.param("to").or(call.param("recipient")).unwrap_or(to.key())});
    if let Some(p) = phone.as_ref().filter(|_| !bsuid_only) {
        contact["wa_id"] = json!(p);
    }
    if let Some(u) = user_id.as_ref().filter(|_| w.settings().bsuid) {
        contact["user_id"] = json!(u);
    }
    w.begin(Sent {
        wamid: wamid.clone(),
        waba,
        number: number.into(),
        customer: key,
        phone,
        user_id,
        callback,
        category,
        price_type,
        only_sent: kind == "reaction",
        fail,
        after_sent,
    });
    let mut message = json!({"id": wamid});
    if kind == "template" {
        message["message_status"] = json!("accepted");
    }
    json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]})
}

/// Category and price type: only templates cost, utility not within the window.
/// Category and price type of a message.
fn price(w: &World, number: &str, key: &str, kind: &str, category: &str) -> (String, &'static str) {
    if kind != "template" {
        return ("service".into(), "free_customer_service");
    }
    let free = category == "utility" && w.window_open(number, Some(key));
    let price_type = if free {
        "free_customer_service"
    } else {
        "regular"
    };
    (category.to_string(), price_type)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::testing::*;
    use serde_json::json;

    #[tokio::test]
    async fn a_text_is_accepted_recorded_and_told() {
        let sim = Sim::relaxed().await;
        let (url, got) = callback(&[200]).await;
        sim.control("/sim/callback", &json!({ "url": url }).to_string())
            .await;
        let body = r#"{"messaging_product":"whatsapp","to":"+49 151 1234567","type":"text","text":{"body":"Grüße/x"},"biz_opaque_callback_data":"01ARZ3NDEKTSV4RRFFQ69G5FAV"}"#;
        let raw = sim
            .call("POST", &format!("/v25.0/{NUMBER}/messages"), body)
            .await;
        assert_eq!(raw.status, 200);
        let answer = raw.json();
        assert_eq!(answer["contacts"][0]["input"], "+49 151 1234567");
        assert_eq!(answer["contacts"][0]["wa_id"], "491511234567");
        let wamid = answer["messages"][0]["id"].as_str().unwrap().to_string();
        assert!(wamid.starts_with("wamid.HBgM"), "{wamid}");
        sim.idle().await;
        let told = statuses(&got);
        let words: Vec<_> = told.iter().map(|s| s["status"].as_str().unwrap()).collect();
        assert_eq!(words, ["sent", "delivered", "read"]);
        for status in &told {
            assert_eq!(status["id"], wamid.as_str());
            assert_eq!(
                status["biz_opaque_callback_data"],
                "01ARZ3NDEKTSV4RRFFQ69G5FAV"
            );
            assert_eq!(status["recipient_id"], "491511234567");
            assert!(status["conversation"].is_null(), "since v24");
        }
        assert_eq!(told[0]["pricing"]["pricing_model"], "PMP");
        assert_eq!(told[1]["pricing"]["type"], "free_customer_service");
        assert!(told[2]["pricing"].is_null());
        let record = sim
            .call("GET", "/sim/record?ref=01ARZ3NDEKTSV4RRFFQ69G5FAV", "")
            .await
            .json();
        assert_eq!(record["items"][0]["wamid"], wamid.as_str());
        assert_eq!(record["items"][0]["body"]["text"]["body"], "Grüße/x");
    }

    #[tokio::test]
    async fn what_graph_refuses_is_refused() {
        let sim = Sim::relaxed().await;
        let path = format!("/v25.0/{NUMBER}/messages");
        for (body, code) in [
            ("", 100),
            ("not json", 100),
            (r#"{"to":"+49151123456","text":{"body":"x"}}"#, 100),
            (
                r#"{"messaging_product":"whatsapp","text":{"body":"x"}}"#,
                100,
            ),
            (
                r#"{"messaging_product":"whatsapp","to":"+49151123456","text":{}}"#,
                131008,
            ),
            (
                r#"{"messaging_product":"whatsapp","to":"nobody","text":{"body":"x"}}"#,
                131009,
            ),
            (
                r#"{"messaging_product":"whatsapp","to":"+15550783881","text":{"body":"x"}}"#,
                131021,
            ),
            (
                r#"{"messaging_product":"whatsapp","to":"+49151123456","type":"image","image":{"id":"1"}}"#,
                100,
            ),
            (
                r#"{"messaging_product":"whatsapp","recipient_type":"group","to":"abc","text":{"body":"x"}}"#,
                131041,
            ),
            (
                r#"{"messaging_product":"whatsapp","status":"read","message_id":"wamid.none"}"#,
                131009,
            ),
        ] {
            assert_eq!(sim.call("POST", &path, body).await.code(), code, "{body}");
        }
        assert_eq!(
            sim.call("GET", "/sim/record/count", "").await.json()["accepted"],
            0
        );
    }

    #[tokio::test]
    async fn limits_refuse_with_their_codes() {
        let sim = Sim::relaxed().await;
        let set = |patch: &'static str| sim.control("/sim/settings", patch);
        set(r#"{"mps":3}"#).await;
        let mut codes = vec![];
        for i in 0..6 {
            let raw = sim.text(&format!("+4915100000{i}0"), "x").await;
            codes.push(raw.json()["error"]["code"].as_u64().unwrap_or(0));
        }
        assert!(codes.contains(&130429), "{codes:?}");
        set(r#"{"mps":0,"pair_limit":true}"#).await;
        let mut taken = 0;
        while sim.text("+491510000001", "x").await.status == 200 {
            taken += 1;
        }
        assert_eq!(taken, 45);
        assert_eq!(sim.text("+491510000001", "x").await.code(), 131056);
        sim.control("/sim/advance", r#"{"ms":6000}"#).await;
        assert_eq!(sim.text("+491510000001", "x").await.status, 200);
        set(r#"{"pair_limit":false,"window":"sync"}"#).await;
        assert_eq!(sim.text("+491520000001", "x").await.code(), 131047);
        sim.control("/sim/inbound", r#"{"from":"+491520000001"}"#)
            .await;
        assert_eq!(sim.text("+491520000001", "x").await.status, 200);
        sim.control("/sim/advance", r#"{"ms":86400000}"#).await;
        assert_eq!(
            sim.text("+491520000001", "x").await.code(),
            131047,
            "24 hours later"
        );
        set(r#"{"window":"off","tier":1,"tier_via":"sync","business_blocked":["49159*"],"allow_list":[]}"#).await;
        assert_eq!(sim.text("+491530000001", "x").await.status, 200);
        assert_eq!(sim.text("+491530000002", "x").await.code(), 131048);
        assert_eq!(sim.text("+491590000001", "x").await.code(), 130403);
        set(r#"{"allow_list":["491530000001"]}"#).await;
        assert_eq!(sim.text("+491540000001", "x").await.code(), 131030);
    }

    #[tokio::test]
    async fn a_message_outside_the_window_fails_by_webhook() {
        let sim = Sim::new(Config::default()).await;
        let (url, got) = callback(&[200]).await;
        sim.control("/sim/callback", &json!({ "url": url }).to_string())
            .await;
        assert_eq!(sim.text("+4915112345678", "x").await.status, 200);
        sim.control("/sim/advance", "").await;
        sim.idle().await;
        let told = statuses(&got);
        assert_eq!(
            (
                told.len(),
                &told[0]["status"],
                &told[0]["errors"][0]["code"]
            ),
            (1, &json!("failed"), &json!(131047))
        );
        assert!(
            told[0]["pricing"].is_null()
                && bodies(&got)[0]["entry"][0]["changes"][0]["value"]["contacts"].is_null()
        );
    }

    #[tokio::test]
    async fn faults_happen_to_the_wire() {
        let sim = Sim::relaxed().await;
        let path = format!("/v25.0/{NUMBER}/messages");
        let body = r#"{"messaging_product":"whatsapp","to":"+4915112345678","type":"text","text":{"body":"x"},"biz_opaque_callback_data":"R"}"#;
        let accepted = || async {
            sim.call("GET", "/sim/record/count", "").await.json()["accepted"]
                .as_u64()
                .unwrap()
        };
        let rule = |r: &'static str| sim.control("/sim/rules", r);

        rule(r#"{"do":"drop","count":1}"#).await;
        assert!(sim.try_call(TOKEN, "POST", &path, body).await.is_none());
        assert_eq!(accepted().await, 0, "dropped before it was accepted");
        rule(r#"{"do":"drop_after","count":1,"to":"+49151*"}"#).await;
        assert!(sim.try_call(TOKEN, "POST", &path, body).await.is_none());
        assert_eq!(accepted().await, 1, "accepted, then dropped");
        assert_eq!(
            sim.call("GET", "/sim/record?answered=false", "")
                .await
                .json()["items"][0]["ref"],
            "R"
        );
        rule(r#"{"do":"html","count":1}"#).await;
        let raw = sim.call("POST", &path, body).await;
        assert!(raw.status == 502 && raw.body.starts_with(b"<!DOCTYPE html>"));
        rule(r#"{"do":"truncated","count":1}"#).await;
        let raw = sim.call("POST", &path, body).await;
        assert!(
            raw.status == 200 && serde_json::from_slice::<serde_json::Value>(&raw.body).is_err()
        );
        rule(r#"{"do":"huge","bytes":3000000,"count":1}"#).await;
        assert_eq!(sim.call("POST", &path, body).await.body.len(), 3_000_000);
        rule(r#"{"do":"error","code":131000,"count":1}"#).await;
        let raw = sim.call("POST", &path, body).await;
        assert_eq!((raw.status, raw.code()), (500, 131000));
        rule(r#"{"do":"error","code":130429,"http_status":429,"count":1}"#).await;
        assert_eq!(sim.call("POST", &path, body).await.status, 429);
        rule(r#"{"do":"hang","ms":300,"count":1}"#).await;
        let start = std::time::Instant::now();
        assert_eq!(sim.call("POST", &path, body).await.status, 200);
        assert!(start.elapsed().as_millis() >= 300);
        assert_eq!(accepted().await, 5);
        let twice = sim.call("GET", "/sim/record/duplicates", "").await.json();
        assert_eq!(
            (&twice["duplicated"], &twice["items"][0]["times"]),
            (&json!(1), &json!(5))
        );
    }

    #[tokio::test]
    async fn mark_read_and_typing_reach_the_phone() {
        let sim = Sim::relaxed().await;
        let first = sim
            .control("/sim/inbound", r#"{"from":"+4915112345678"}"#)
            .await;
        let second = sim
            .control("/sim/inbound", r#"{"from":"+4915112345678"}"#)
            .await;
        let body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": second["wamid"], "typing_indicator": {"type": "text"}});
        let raw = sim
            .call("POST", &format!("/{NUMBER}/messages"), &body.to_string())
            .await;
        assert_eq!(raw.body, br#"{"success":true}"#);
        let chat = sim
            .call("GET", "/sim/customers/4915112345678/chat", "")
            .await
            .json();
        assert_eq!(chat["typing"], true);
        assert_eq!(
            (&chat["lines"][0]["wamid"], &chat["lines"][0]["state"]),
            (&first["wamid"], &json!("read")),
            "earlier ones too"
        );
        sim.control("/sim/advance", r#"{"ms":25001}"#).await;
        assert_eq!(
            sim.call("GET", "/sim/customers/4915112345678/chat", "")
                .await
                .json()["typing"],
            false
        );
        assert_eq!(
            sim.call("GET", "/sim/reads", "").await.json()["items"][0]["message_id"],
            second["wamid"]
        );
    }

    #[tokio::test]
    async fn one_seed_gives_one_run() {
        let mut runs = vec![];
        for _ in 0..2 {
            let sim = Sim::relaxed().await;
            sim.control("/sim/rules", r#"{"rate":0.5,"do":"error","code":131000}"#)
                .await;
            let mut all = vec![];
            for i in 0..20 {
                all.push(sim.text(&format!("+4915100000{:02}", i), "x").await.body);
            }
            runs.push(all);
        }
        assert_eq!(runs[0], runs[1]);
    }
}
