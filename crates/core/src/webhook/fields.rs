//! Which `field` holds what, and the fields that are neither messages nor statuses.

use super::event::{Account, Other, Preference, Template, What};
use super::person::identified;
use super::read::{cut, Object, Read, Shape};
use super::{message, status, Change, Found, Sink};
use crate::limits;
use serde_json::value::RawValue;
use serde_json::Value;

/// Reads a change by its field.
pub(super) fn read(change: &Change<'_>, sink: &mut Sink) -> Read<()> {
    match change.source.field.as_str() {
        "messages" => {
            each(change, sink, "messages", |raw| {
                message::inbound(change, raw)
            })?;
            each(change, sink, "statuses", |raw| status::status(change, raw))?;
            each(change, sink, "errors", status::error)
        }
        "smb_message_echoes" => {
            each(change, sink, "message_echoes", |raw| {
                message::echo(change, raw)
            })?;
            each(change, sink, "errors", status::error)
        }
        "history" => history(change, sink),
        "smb_app_state_sync" => each(change, sink, "state_sync", |raw| {
            let item = Object::new("state_sync", raw)?;
            let at = item
                .object("metadata")?
                .map_or(Ok(0), |metadata| metadata.time_ms("timestamp"))?;
            other(&item, "action", raw, at, What::ContactSync)
        }),
        "user_preferences" => each(change, sink, "user_preferences", |raw| {
            preference(change, raw)
        }),
        "calls" => {
            each(change, sink, "calls", |raw| call(raw, "event"))?;
            each(change, sink, "statuses", |raw| call(raw, "status"))?;
            each(change, sink, "errors", status::error)
        }
        "group_lifecycle_update"
        | "group_participants_update"
        | "group_participant_update"
        | "group_settings_update"
        | "group_status_update" => each(change, sink, "groups", |raw| {
            let item = Object::new("groups", raw)?;
            let at = item.time_ms("timestamp")?;
            other(&item, "type", raw, at, What::Group)
        }),
        "automatic_events" => each(change, sink, "automatic_events", |raw| {
            let item = Object::new("automatic_events", raw)?;
            let at = item.time_ms("timestamp")?;
            other(&item, "event_name", raw, at, What::Automatic)
        }),
        "flows" => whole(change, sink, |raw| {
            needs(&change.value, &["event"])?;
            other(&change.value, "event", raw, 0, What::Flow)
        }),
        "message_template_status_update"
        | "message_template_quality_update"
        | "message_template_components_update"
        | "template_category_update"
        | "template_correct_category_detection" => {
            whole(change, sink, |raw| template(&change.value, raw))
        }
        field => match ACCOUNT_FIELDS.iter().find(|(name, _)| *name == field) {
            Some((_, event_keys)) => whole(change, sink, |raw| account(change, raw, event_keys)),
            None => Err(Shape(format!(
                "change.field: `{}` is not known",
                cut(field, 60)
            ))),
        },
    }
}

/// Fields about the account or a number, with the keys that may hold their event; one of them must be there.
const ACCOUNT_FIELDS: &[(&str, &[&str])] = &[
    ("account_update", &["event"]),
    ("account_review_update", &["decision"]),
    (
        "account_alerts",
        &["alert_type", "alert_info", "entity_type"],
    ),
    ("phone_number_quality_update", &["event"]),
    ("phone_number_name_update", &["decision"]),
    (
        "business_capability_update",
        &[
            "event",
            "max_daily_conversations_per_business",
            "max_daily_conversation_per_phone",
            "max_phone_numbers_per_business",
            "max_phone_numbers_per_waba",
        ],
    ),
    ("security", &["event"]),
    (
        "account_settings_update",
        &["type", "phone_number_settings"],
    ),
    ("business_username_update", &["status", "username"]),
    ("business_username_updates", &["status", "username"]),
    (
        "payment_configuration_update",
        &["status", "configuration_name"],
    ),
    ("partner_solutions", &["event"]),
];

fn each<'a>(
    change: &Change<'a>,
    sink: &mut Sink,
    key: &'static str,
    read: impl Fn(&'a RawValue) -> Read<Found>,
) -> Read<()> {
    match change.value.list(key) {
        Ok(items) => items
            .into_iter()
            .for_each(|raw| sink.take(&change.source, raw, &read)),
        // Not a list: unknown, without taking the lists beside it down.
        Err(Shape(reason)) => sink.unknown(
            change.source.clone(),
            reason,
            change.value.raw(key).unwrap_or(change.raw),
        ),
    }
    Ok(())
}

fn whole<'a>(
    change: &Change<'a>,
    sink: &mut Sink,
    read: impl FnOnce(&'a RawValue) -> Read<Found>,
) -> Read<()> {
    sink.take(&change.source, change.raw, read);
    Ok(())
}

fn needs(value: &Object<'_>, any: &[&str]) -> Read<()> {
    if any.iter().any(|key| value.has(key)) {
        return Ok(());
    }
    Err(Shape(format!("value: has none of `{}`", any.join("`, `"))))
}

fn other(
    item: &Object<'_>,
    key: &str,
    raw: &RawValue,
    at_ms: i64,
    make: fn(Other) -> What,
) -> Read<Found> {
    let event = item.short(key, limits::LABEL_CHARS)?;
    Ok(Found::one(
        at_ms,
        make(Other {
            event,
            payload: raw.get().to_owned(),
        }),
    ))
}

fn call(raw: &RawValue, key: &str) -> Read<Found> {
    let item = Object::new("calls", raw)?;
    let at = item.time_ms("timestamp")?;
    other(&item, key, raw, at, What::Call)
}

fn history(change: &Change<'_>, sink: &mut Sink) -> Read<()> {
    let chunks = change.value.list("history")?;
    for raw in chunks {
        if let Err(Shape(reason)) = history_chunk(change, raw, sink) {
            sink.unknown(change.source.clone(), reason, raw);
        }
    }
    // Media of the history follow on their own.
    each(change, sink, "messages", |raw| {
        message::history(change, raw, "")
    })?;
    each(change, sink, "errors", status::error)
}

fn history_chunk(change: &Change<'_>, raw: &RawValue, sink: &mut Sink) -> Read<()> {
    let chunk = Object::new("history", raw)?;
    for raw in chunk.list("errors")? {
        sink.take(&change.source, raw, status::error);
    }
    for raw in chunk.list("threads")? {
        let read = Object::new("threads", raw)
            .and_then(|thread| Ok((thread.id("id")?, thread.list("messages")?)));
        match read {
            Ok((id, messages)) => {
                for raw in messages {
                    sink.take(&change.source, raw, |raw| {
                        message::history(change, raw, &id)
                    });
                }
            }
            Err(Shape(reason)) => sink.unknown(change.source.clone(), reason, raw),
        }
    }
    Ok(())
}

fn preference(change: &Change<'_>, raw: &RawValue) -> Read<Found> {
    let item = Object::new("user_preferences", raw)?;
    let person = change.contacts.join(
        &item.text("wa_id")?,
        item.id("user_id")?,
        item.id("parent_user_id")?,
    );
    let what = Preference {
        person: identified(person, "user_preferences.wa_id")?,
        category: item.needed_id("category")?,
        value: item.needed_id("value")?,
        detail: item.short("detail", limits::DETAIL_CHARS)?,
    };
    Ok(Found::one(
        item.time_ms("timestamp")?,
        What::Preference(what),
    ))
}

/// By the keys, not by the field: one of Meta's own examples carries the wrong field.
fn template(value: &Object<'_>, raw: &RawValue) -> Read<Found> {
    let mut template = Template {
        template_id: value.id("message_template_id")?,
        name: value.short("message_template_name", limits::TEMPLATE_NAME_CHARS)?,
        language: language(&value.id("message_template_language")?),
        category: value.short("message_template_category", limits::LABEL_CHARS)?,
        payload: raw.get().to_owned(),
        ..Template::default()
    };
    if template.template_id.is_empty() && template.name.is_empty() {
        return Err(Shape("value: names no template".to_owned()));
    }
    let label = |key: &str| value.short(key, limits::LABEL_CHARS);
    if value.has("new_quality_score") {
        template.change = "quality".to_owned();
        template.status = label("new_quality_score")?;
        template.previous = label("previous_quality_score")?;
    } else if value.has("previous_category") {
        template.change = "category".to_owned();
        template.status = "done".to_owned();
        template.category = label("new_category")?;
        template.previous = label("previous_category")?;
    } else if value.has("correct_category") {
        template.change = "category".to_owned();
        let impending = value.has("new_category");
        template.status = if impending { "impending" } else { "detected" }.to_owned();
        template.category = label("correct_category")?;
        // In an impending change `new_category` is the one the template still has.
        template.previous = label(if impending {
            "new_category"
        } else {
            "category"
        })?;
    } else if value.has("event") {
        template.change = "status".to_owned();
        template.status = label("event")?;
        template.reason = reason(value)?;
    } else if [
        "message_template_element",
        "message_template_buttons",
        "message_template_title",
    ]
    .iter()
    .any(|k| value.has(k))
    {
        template.change = "components".to_owned();
    } else {
        return Err(Shape("value: tells no change of the template".to_owned()));
    }
    Ok(Found::one(0, What::Template(template)))
}

/// Meta's `reason`, or where that says nothing the title of what happened.
fn reason(value: &Object<'_>) -> Read<String> {
    let reason = value.short("reason", limits::LABEL_CHARS)?;
    if !matches!(reason.as_str(), "" | "NONE") {
        return Ok(reason);
    }
    match value.object("other_info")? {
        Some(info) => info.short("title", limits::LABEL_CHARS),
        None => Ok(String::new()),
    }
}

/// `en-US`, as some webhooks write it, → `en_US`, as the API does.
fn language(tag: &str) -> String {
    match tag.split_once(['-', '_']) {
        Some((language, region)) if region.len() == 2 => {
            format!(
                "{}_{}",
                language.to_ascii_lowercase(),
                region.to_ascii_uppercase()
            )
        }
        _ => tag.replace('-', "_"),
    }
}

fn account(change: &Change<'_>, raw: &RawValue, event_keys: &[&str]) -> Read<Found> {
    let value = &change.value;
    needs(value, event_keys)?;
    let mut event = String::new();
    if let Some(info) = value.object("alert_info")? {
        event = info.short("alert_type", limits::LABEL_CHARS)?;
    }
    for key in ["event", "decision", "alert_type", "status"] {
        if event.is_empty() && event_keys.contains(&key) {
            event = value.short(key, limits::LABEL_CHARS)?;
        }
    }
    let mut display_phone = value.short("display_phone_number", limits::LABEL_CHARS)?;
    if display_phone.is_empty() {
        display_phone = value.short("phone_number", limits::LABEL_CHARS)?;
    }
    let what = Account {
        change: change
            .source
            .field
            .replace("username_updates", "username_update"),
        event,
        display_phone,
        summary: summary(raw),
        payload: raw.get().to_owned(),
    };
    Ok(Found::one(0, What::Account(what)))
}

/// `key: value; key: value` of everything said, at most [`limits::LABEL_CHARS`]; keys that could hold a secret are left out.
fn summary(raw: &RawValue) -> String {
    fn walk(key: &str, value: &Value, out: &mut String) {
        if out.len() > limits::LABEL_CHARS * 4 {
            return;
        }
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| walk(key, value, out)),
            Value::Array(items) => items.iter().for_each(|value| walk(key, value, out)),
            Value::Null => {}
            _ if ["token", "secret", "password", "certificate"]
                .iter()
                .any(|word| key.contains(word)) => {}
            scalar => {
                if !out.is_empty() {
                    out.push_str("; ");
                }
                out.push_str(cut(key, 60));
                out.push_str(": ");
                match scalar {
                    Value::String(text) => out.push_str(cut(text, limits::LABEL_CHARS)),
                    other => out.push_str(&other.to_string()),
                }
            }
        }
    }
    let mut out = String::new();
    if let Ok(value) = serde_json::from_str::<Value>(raw.get()) {
        walk("", &value, &mut out);
    }
    cut(&out, limits::LABEL_CHARS).to_owned()
}
