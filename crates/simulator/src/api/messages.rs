//! `POST /{phone number}/messages`: send, mark read, show typing.
use serde_json::{json, Map, Value};

use super::{injected, Answer, Call};
use crate::errors::GraphError;
use crate::ids;
use crate::rules::{self, matches, Fault};
use crate::settings::{Blocked, Via};
use crate::state::{Line, Row, World};
use crate::status::Sent;
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
    if let Err(e) = check_media(w, &call.params, &kind) {
        return (Err(e), None);
    }
    match limits(w, number, &to, customer.as_deref(), &kind) {
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
    (Ok(accept(w, call, number, to, kind, fail, answered)), fault)
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
    if stopped && kind == "template" && s.template_category == "marketing" {
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
    let (category, price_type) = price(w, number, &key, &kind, &call.params);
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
fn price(
    w: &World,
    number: &str,
    key: &str,
    kind: &str,
    body: &Map<String, Value>,
) -> (String, &'static str) {
    if kind != "template" {
        return ("service".into(), "free_customer_service");
    }
    let name = body
        .get("template")
        .and_then(|t| t["name"].as_str())
        .unwrap_or_default();
    let category = if ["otp", "verification", "auth"]
        .iter()
        .any(|word| name.contains(word))
    {
        "authentication".to_string()
    } else {
        w.settings().template_category.clone()
    };
    let free = category == "utility" && w.window_open(number, Some(key));
    (
        category,
        if free {
            "free_customer_service"
        } else {
            "regular"
        },
    )
}
