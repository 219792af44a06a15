//! What a customer does: the request of the control API becomes Meta's webhook.
use serde::Deserialize;
use serde_json::{json, Value};

use crate::api::{store_media, webhook_media};
use crate::ids;
use crate::queue::{Job, Update};
use crate::state::{Line, World};

/// A tiny red PNG: the photo of a customer who was given none.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
/// Most messages of one request.
pub const COUNT_MAX: usize = 100_000;

/// `POST /sim/inbound`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Inbound {
    /// Number, BSUID or id of the customer.
    pub from: String,
    pub name: Option<String>,
    pub username: Option<String>,
    /// Leave the number out of webhooks.
    pub bsuid_only: Option<bool>,
    /// Business number written to; the first without it.
    pub to: Option<String>,
    /// text, image, video, audio, voice, document, sticker, location, contacts, order, button, button_reply,
    /// list_reply, nfm_reply, reaction, edit, revoke, unsupported, user_changed_number, or any other word.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub text: Option<String>,
    /// The type's object as Meta's webhook has it; overrides what the simulator makes up.
    pub object: Option<Value>,
    /// A stored media id, or bytes in base64 with their media type and name.
    pub media: Option<String>,
    pub base64: Option<String>,
    pub mime: Option<String>,
    pub filename: Option<String>,
    pub caption: Option<String>,
    /// wamid quoted (or reacted to, edited, revoked, answered).
    pub reply_to: Option<String>,
    pub emoji: Option<String>,
    pub id: Option<String>,
    pub title: Option<String>,
    pub forwarded: bool,
    pub referral: Option<Value>,
    pub new_number: Option<String>,
    /// Seconds since 1970; now without it.
    pub timestamp: Option<i64>,
    /// So many messages, from `customers` different numbers (`from` and the following).
    pub count: Option<usize>,
    pub customers: Option<usize>,
}

/// Makes the customer write. Returns the wamids (the first thousand).
///
/// # Errors
/// What is wrong with the request, in words.
pub fn write(w: &mut World, base: &str, request: &Inbound) -> Result<Vec<String>, String> {
    let count = request.count.unwrap_or(1);
    if count == 0 || count > COUNT_MAX {
        return Err(format!("count: 1 to {COUNT_MAX}"));
    }
    let spread = request.customers.unwrap_or(1).max(1);
    let mut wamids = vec![];
    for i in 0..count {
        let mut one = request.clone();
        if spread > 1 {
            let first: u64 = request
                .from
                .trim_start_matches('+')
                .parse()
                .map_err(|_| "customers needs a number in from")?;
            one.from = format!("+{}", first + (i % spread) as u64);
        }
        if let (true, Some(text)) = (count > 1, &request.text) {
            one.text = Some(format!("{text} {}", i + 1));
        }
        let wamid = write_one(w, base, &one)?;
        if wamids.len() < 1_000 {
            wamids.push(wamid);
        }
    }
    Ok(wamids)
}

fn write_one(w: &mut World, base: &str, r: &Inbound) -> Result<String, String> {
    let number = match &r.to {
        Some(id) => id.clone(),
        None => w
            .config
            .wabas
            .iter()
            .flat_map(|a| &a.numbers)
            .next()
            .map(|n| n.id.clone())
            .ok_or("no number")?,
    };
    let (waba, own) = w
        .config
        .number(&number)
        .map(|(a, n)| (a.id.clone(), n.digits()))
        .ok_or("no such number")?;
    let key = customer(w, r)?;
    let kind = r.kind.clone().unwrap_or_else(|| "text".into());
    let digits = w.customers[&key].phone.clone().unwrap_or(own.clone());
    let wamid = ids::wamid(&mut w.rng, &digits, false);
    let seconds = r.timestamp.unwrap_or(w.now() / 1000);
    let mut message = json!({"id": wamid, "timestamp": seconds.to_string()});
    let (wire_type, object) = object(w, base, &number, &key, &kind, r)?;
    message["type"] = json!(wire_type);
    match wire_type {
        "unsupported" => {
            message["errors"] = json!([{"code": 131051, "title": "Message type unknown", "message": "Message type unknown",
                "error_data": {"details": "Message type is currently not supported."}}]);
            message["unsupported"] = object;
        }
        _ => message[wire_type] = object,
    }
    context(w, &mut message, &own, wire_type, r);
    if let Some(referral) = &r.referral {
        message["referral"] = referral.clone();
    }

    let mut value = w.value_head(&number);
    let bsuid = w.settings().bsuid;
    let who = w.customers.get(&key).ok_or("no such customer")?;
    if let Some(phone) = who.phone.as_ref().filter(|_| !who.bsuid_only) {
        message["from"] = json!(phone);
    }
    if bsuid || who.bsuid_only {
        message["from_user_id"] = json!(who.user_id);
    }
    let contact = who.as_contact(bsuid);
    let mut key = key;
    if wire_type == "system" {
        key = renumber(w, &key, r, &mut message)?;
    } else {
        value["contacts"] = json!([contact]);
    }
    value["messages"] = json!([message]);
    let line = Line {
        wamid: wamid.clone(),
        outbound: false,
        number: number.clone(),
        message,
        state: "sent",
        at_ms: w.now(),
        reaction_in: None,
        reaction_out: None,
        callback: None,
    };
    w.chat_in(&key, line);
    tell(
        w,
        Update {
            waba,
            number: Some(number),
            field: "messages".into(),
            value,
            reports: Some(wamid.clone()),
        },
    );
    Ok(wamid)
}

/// Puts an update on the timetable, now or (by the shuffle share) later.
pub fn tell(w: &mut World, update: Update) {
    if !w.settings().webhooks {
        return;
    }
    let share = w.settings().shuffle_rate;
    let late = if w.chance(share) {
        w.span([50, 1_500])
    } else {
        0
    };
    let due = w.now() + late;
    w.queue.push(due, Job::Update(Box::new(update)));
}

fn customer(w: &mut World, r: &Inbound) -> Result<String, String> {
    let known = w.find_customer(&r.from).map(str::to_string);
    let key = match known {
        Some(key) => key,
        None if r.from.contains('.') => w.make_customer(None, Some(&r.from), None)?.id.clone(),
        None => {
            let digits: String = r.from.chars().filter(char::is_ascii_digit).collect();
            if !(7..=15).contains(&digits.len()) {
                return Err("from: a number (+491511234567) or a BSUID (DE.123…)".into());
            }
            w.make_customer(Some(&digits), None, None)?.id.clone()
        }
    };
    let c = w.customers.get_mut(&key).ok_or("no such customer")?;
    if let Some(name) = &r.name {
        c.name = name.clone();
    }
    if r.username.is_some() {
        c.username = r.username.clone();
    }
    if let Some(only) = r.bsuid_only {
        c.bsuid_only = only || c.phone.is_none();
    }
    Ok(key)
}

/// Meta's type word and object of what the customer sends.
fn object(
    w: &mut World,
    base: &str,
    number: &str,
    key: &str,
    kind: &str,
    r: &Inbound,
) -> Result<(&'static str, Value), String> {
    let about = || r.reply_to.clone().ok_or("reply_to: the wamid it is about");
    let text = || r.text.clone().unwrap_or_else(|| "Hello".into());
    let title = || {
        r.title
            .clone()
            .or(r.text.clone())
            .unwrap_or_else(|| "Yes".into())
    };
    let id = || r.id.clone().unwrap_or_else(|| "yes".into());
    let (word, made) = match kind {
        "text" => ("text", json!({"body": text()})),
        "image" | "video" | "audio" | "voice" | "document" | "sticker" => {
            let (word, made) = media(w, base, number, kind, r)?;
            (word, made)
        }
        "location" => (
            "location",
            json!({"latitude": 52.520008, "longitude": 13.404954, "name": "Berlin", "address": "Alexanderplatz, 10178 Berlin"}),
        ),
        "contacts" => (
            "contacts",
            json!([{"name": {"first_name": "Barbara", "last_name": "Johnson", "formatted_name": "Barbara J. Johnson"},
            "org": {"company": "Social Tsunami"}, "phones": [{"phone": "+1 (415) 555-0829", "wa_id": "14155550829", "type": "MOBILE"}]}]),
        ),
        "order" => (
            "order",
            json!({"catalog_id": "194836987003835", "text": r.text.clone().unwrap_or_default(),
            "product_items": [{"product_retailer_id": "di9ozbzfi4", "quantity": 2, "item_price": 30, "currency": "USD"}]}),
        ),
        "button" => (
            "button",
            json!({"payload": r.id.clone().unwrap_or_else(title), "text": title()}),
        ),
        "button_reply" => (
            "interactive",
            json!({"type": "button_reply", "button_reply": {"id": id(), "title": title()}}),
        ),
        "list_reply" => {
            let mut reply = json!({"id": id(), "title": title()});
            if let Some(caption) = &r.caption {
                reply["description"] = json!(caption);
            }
            (
                "interactive",
                json!({"type": "list_reply", "list_reply": reply}),
            )
        }
        "nfm_reply" => (
            "interactive",
            json!({"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent",
            "response_json": r.text.clone().unwrap_or_else(|| "{\"flow_token\":\"unused\"}".into())}}),
        ),
        "reaction" => {
            let mut o = json!({"message_id": about()?});
            if let Some(emoji) = r.emoji.as_ref().filter(|e| !e.is_empty()) {
                o["emoji"] = json!(emoji);
            }
            ("reaction", o)
        }
        "edit" => (
            "edit",
            json!({"original_message_id": about()?, "message": {"context": {"id": "M0"}, "type": "text", "text": {"body": text()}}}),
        ),
        "revoke" => ("revoke", json!({"original_message_id": about()?})),
        "unsupported" => (
            "unsupported",
            json!({"type": r.text.clone().unwrap_or_else(|| "poll".into())}),
        ),
        "user_changed_number" => {
            let new = r.new_number.as_ref().ok_or("new_number: the new number")?;
            let new: String = new.chars().filter(char::is_ascii_digit).collect();
            let (name, old) = w
                .customers
                .get(key)
                .map(|c| (c.name.clone(), c.phone.clone().unwrap_or_default()))
                .unwrap_or_default();
            (
                "system",
                json!({"body": format!("User {name} changed from {old} to {new}"), "wa_id": new, "type": "user_changed_number"}),
            )
        }
        other => {
            return Err(format!(
                "type {other} is not known; post a raw webhook to /sim/webhook for it"
            ))
        }
    };
    Ok((word, r.object.clone().unwrap_or(made)))
}

fn media(
    w: &mut World,
    base: &str,
    number: &str,
    kind: &str,
    r: &Inbound,
) -> Result<(&'static str, Value), String> {
    let (word, mime, name) = match kind {
        "image" => ("image", "image/png", "photo.png"),
        "video" => ("video", "video/mp4", "clip.mp4"),
        "audio" | "voice" => ("audio", "audio/ogg; codecs=opus", "voice.ogg"),
        "sticker" => ("sticker", "image/webp", "sticker.webp"),
        _ => ("document", "application/pdf", "paper.pdf"),
    };
    let id = match (&r.media, &r.base64) {
        (Some(id), _) => id.clone(),
        (None, given) => {
            let bytes = match given {
                Some(text) => ids::unbase64(text).ok_or("base64: not valid")?,
                None if kind == "image" => ids::unbase64(PIXEL).unwrap_or_default(),
                None => format!("simulated {kind}").into_bytes(),
            };
            store_media(
                w,
                number,
                r.mime.clone().unwrap_or_else(|| mime.into()),
                bytes,
            )
        }
    };
    let mut o = webhook_media(w, base, &id).ok_or("no such media")?;
    if let Some(caption) = r
        .caption
        .as_ref()
        .or(r.text.as_ref())
        .filter(|_| matches!(word, "image" | "video" | "document"))
    {
        o["caption"] = json!(caption);
    }
    match word {
        "document" => o["filename"] = json!(r.filename.as_deref().unwrap_or(name)),
        "audio" => o["voice"] = json!(kind == "voice"),
        "sticker" => o["animated"] = json!(false),
        _ => {}
    }
    Ok((word, o))
}

fn context(w: &World, message: &mut Value, own: &str, wire_type: &str, r: &Inbound) {
    let quotes = !matches!(wire_type, "reaction" | "edit" | "revoke" | "system");
    if let Some(quoted) = r.reply_to.as_ref().filter(|_| quotes) {
        let by_business = w
            .find_customer(&r.from)
            .and_then(|k| w.customers.get(k))
            .and_then(|c| c.chat.iter().find(|l| l.wamid == *quoted))
            .is_none_or(|l| l.outbound);
        let from = if by_business {
            own.to_string()
        } else {
            r.from.trim_start_matches('+').to_string()
        };
        message["context"] = json!({"from": from, "id": quoted});
    } else if r.forwarded {
        message["context"] = json!({"forwarded": true});
    }
}

/// The customer moves to the new number; the message names old and new identity.
fn renumber(w: &mut World, key: &str, r: &Inbound, message: &mut Value) -> Result<String, String> {
    let new: String = r
        .new_number
        .as_deref()
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let (old_user, new_user) = w.change_number(key, &new).ok_or("no such customer")?;
    if w.settings().bsuid {
        message["system"]["user_id"] = json!(new_user);
        message["system"]["previous_user_id"] = json!(old_user);
    }
    Ok(new)
}

/// `stop` or `resume` of marketing messages.
///
/// # Errors
/// No such customer or number.
pub fn preference(w: &mut World, from: &str, to: Option<&str>, value: &str) -> Result<(), String> {
    let number = match to {
        Some(id) => id.to_string(),
        None => w
            .config
            .wabas
            .iter()
            .flat_map(|a| &a.numbers)
            .next()
            .map(|n| n.id.clone())
            .ok_or("no number")?,
    };
    let waba = w
        .config
        .number(&number)
        .map(|(a, _)| a.id.clone())
        .ok_or("no such number")?;
    let key = w.find_customer(from).ok_or("no such customer")?.to_string();
    let (now, bsuid, mut head) = (w.now() / 1000, w.settings().bsuid, w.value_head(&number));
    let c = w.customers.get_mut(&key).ok_or("no such customer")?;
    c.stopped_marketing = value == "stop";
    let mut preference = json!({"detail": format!("User requested to {value} marketing messages"), "category": "marketing_messages", "value": value, "timestamp": now});
    if let Some(phone) = c.phone.as_ref().filter(|_| !c.bsuid_only) {
        preference["wa_id"] = json!(phone);
    }
    if bsuid || c.bsuid_only {
        preference["user_id"] = json!(c.user_id);
    }
    head["contacts"] = json!([c.as_contact(bsuid)]);
    head["user_preferences"] = json!([preference]);
    tell(
        w,
        Update {
            waba,
            number: Some(number),
            field: "user_preferences".into(),
            value: head,
            reports: None,
        },
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::*;
    use serde_json::{json, Value};

    /// Names of the members, for comparing shapes with Meta's examples.
    fn members(v: &Value) -> Vec<String> {
        v.as_object().unwrap().keys().cloned().collect()
    }

    #[tokio::test]
    async fn every_type_has_metas_members() {
        let sim = Sim::relaxed().await;
        sim.control("/sim/settings", r#"{"bsuid":false}"#).await;
        let (url, got) = callback(&[200]).await;
        sim.control("/sim/callback", &json!({ "url": url }).to_string())
            .await;
        let dir = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/cloud-api/webhooks"
        );
        let mut compared = 0;
        for (kind, file) in [
            ("text", "text"),
            ("image", "image"),
            ("video", "video"),
            ("voice", "audio_voice"),
            ("document", "document"),
            ("sticker", "sticker"),
            ("location", "location"),
            ("contacts", "contacts"),
            ("order", "order"),
            ("button", "button"),
            ("button_reply", "interactive.button_reply"),
            ("list_reply", "interactive.list_reply"),
            ("nfm_reply", "interactive.nfm_reply_flow"),
            ("reaction", "reaction"),
            ("edit", "edit"),
            ("revoke", "revoke"),
            ("unsupported", "unsupported"),
        ] {
            got.lock().unwrap().clear();
            let about = !matches!(
                kind,
                "text"
                    | "nfm_reply"
                    | "image"
                    | "video"
                    | "voice"
                    | "document"
                    | "sticker"
                    | "location"
                    | "contacts"
                    | "order"
                    | "unsupported"
            );
            let request = json!({
                "from": "+16505551234", "name": "Sheena Nelson", "type": kind, "caption": "c", "emoji": "👍",
                "reply_to": about.then_some("wamid.X")
            });
            sim.control("/sim/inbound", &request.to_string()).await;
            sim.idle().await;
            let value = bodies(&got)[0]["entry"][0]["changes"][0]["value"].clone();
            let Ok(text) = std::fs::read(format!("{dir}/messages.{file}.json")) else {
                println!("not compared: {dir} is not there");
                assert_eq!(value["messages"].as_array().unwrap().len(), 1);
                continue;
            };
            let meta: Value = serde_json::from_slice(&text).unwrap();
            let meta = &meta["entry"][0]["changes"][0]["value"];
            assert_eq!(members(&value), members(meta), "{kind}");
            let (ours, theirs) = (&value["messages"][0], &meta["messages"][0]);
            assert_eq!(members(ours), members(theirs), "{kind}");
            let word = ours["type"].as_str().unwrap();
            assert_eq!(ours["type"], theirs["type"]);
            if ours[word].is_object() && kind != "location" && kind != "edit" {
                assert_eq!(members(&ours[word]), members(&theirs[word]), "{kind}");
            }
            compared += 1;
        }
        println!("{compared} compared with Meta's examples");
    }

    #[tokio::test]
    async fn a_person_without_a_number_is_known_by_user_id() {
        let sim = Sim::relaxed().await;
        let (url, got) = callback(&[200]).await;
        sim.control("/sim/callback", &json!({ "url": url }).to_string())
            .await;
        sim.control(
            "/sim/inbound",
            r#"{"from":"US.13491208655302741918","username":"@sheena","text":"Hi"}"#,
        )
        .await;
        let send = r#"{"messaging_product":"whatsapp","recipient":"US.13491208655302741918","type":"text","text":{"body":"x"}}"#;
        let answer = sim
            .call("POST", &format!("/{NUMBER}/messages"), send)
            .await
            .json();
        assert_eq!(
            answer["contacts"],
            json!([{"input": "US.13491208655302741918", "user_id": "US.13491208655302741918"}])
        );
        sim.idle().await;
        let message = &each(&got, "messages")[0];
        assert_eq!(message["from_user_id"], "US.13491208655302741918");
        assert!(message["from"].is_null());
        let contact = &each(&got, "contacts")[0];
        assert!(contact["wa_id"].is_null());
        assert_eq!(contact["profile"]["username"], "@sheena");
        let status = &statuses(&got)[0];
        assert!(status["recipient_id"].is_null());
        assert_eq!(status["recipient_user_id"], "US.13491208655302741918");
    }

    #[tokio::test]
    async fn a_changed_number_keeps_the_chat() {
        let sim = Sim::relaxed().await;
        let (url, got) = callback(&[200]).await;
        sim.control("/sim/callback", &json!({ "url": url }).to_string())
            .await;
        sim.control("/sim/inbound", r#"{"from":"+4915112345678"}"#)
            .await;
        sim.control("/sim/inbound", r#"{"from":"+4915112345678","type":"user_changed_number","new_number":"+4916000000000"}"#).await;
        sim.control(
            "/sim/preference",
            r#"{"from":"+4916000000000","value":"stop"}"#,
        )
        .await;
        sim.idle().await;
        let system = each(&got, "messages")
            .into_iter()
            .find(|m| m["type"] == "system")
            .unwrap();
        assert_eq!(
            (&system["from"], &system["system"]["wa_id"]),
            (&json!("4915112345678"), &json!("4916000000000"))
        );
        assert!(system["system"]["previous_user_id"].is_string());
        assert_eq!(each(&got, "user_preferences")[0]["value"], "stop");
        let lines = sim
            .call("GET", "/sim/customers/4916000000000/chat", "")
            .await
            .json()["lines"]
            .clone();
        assert_eq!(lines.as_array().unwrap().len(), 2);
        assert_eq!(lines[0]["state"], "delivered", "our 200 is its second tick");
    }

    #[tokio::test]
    async fn a_person_reads_and_blocks_on_the_phone() {
        let sim = Sim::relaxed().await;
        let (url, got) = callback(&[200]).await;
        sim.control("/sim/callback", &json!({ "url": url }).to_string())
            .await;
        sim.control("/sim/inbound", r#"{"from":"+4915112345678"}"#)
            .await;
        assert_eq!(
            sim.call("GET", "/sim/customers/4915112345678/chat?open=1", "")
                .await
                .status,
            200
        );
        sim.text("+4915112345678", "x").await;
        sim.idle().await;
        let words = |got: &Got| {
            statuses(got)
                .iter()
                .map(|s| s["status"].as_str().unwrap().to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(words(&got), ["sent", "delivered"], "nobody has looked");
        assert_eq!(
            sim.control("/sim/customers/4915112345678/read", "").await["read"],
            1
        );
        sim.idle().await;
        assert_eq!(words(&got), ["sent", "delivered", "read"]);
        got.lock().unwrap().clear();
        let voice = r#"{"messaging_product":"whatsapp","to":"+4915112345678","type":"audio","audio":{"link":"https://example.com/a.ogg"}}"#;
        sim.call("POST", &format!("/v25.0/{NUMBER}/messages"), voice)
            .await;
        sim.idle().await;
        let played = sim.control("/sim/customers/4915112345678/played", "").await;
        assert_eq!(played["played"], 1, "the text is not listened to");
        sim.idle().await;
        assert_eq!(words(&got), ["sent", "delivered", "played"]);
        got.lock().unwrap().clear();
        sim.control("/sim/customers/4915112345678/block", r#"{"blocked":true}"#)
            .await;
        sim.text("+4915112345678", "x").await;
        sim.idle().await;
        assert_eq!(statuses(&got)[0]["errors"][0]["code"], 131026);
        assert_eq!(
            sim.call(
                "POST",
                "/sim/customers/4915112345678/write",
                r#"{"text":"x"}"#
            )
            .await
            .status,
            400
        );
    }
}
