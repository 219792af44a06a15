//! From a message as a caller writes it to the body that is sent, and to what a list shows.

use crate::{limits, phone};
use serde_json::{json, Value};

/// The body to send: `messaging_product`, `recipient_type` and `reference` (our id of the send, as
/// `biz_opaque_callback_data`; '' leaves what is there) are added, and what Meta takes in two ways is written in one:
/// - `to` becomes `+digits` (without the plus Meta would put the business's own country code before it); with a `to`, the
///   `recipient`, which Meta would ignore, goes;
/// - in templates a button's `index` becomes text, `type` and `sub_type` small letters;
/// - keys that hold null go.
///
/// The message is not checked here, see [`super::check`].
#[must_use]
pub fn build(message: &Value, reference: &str) -> Value {
    let mut body = message.clone();
    let map = match body.as_object_mut() {
        Some(map) => map,
        None => return body,
    };
    map.retain(|_, value| !value.is_null());
    map.insert("messaging_product".to_owned(), json!("whatsapp"));
    if !map.contains_key("type") {
        // Marking as read: no recipient and no callback.
        return body;
    }
    if map.get("recipient_type").and_then(Value::as_str) != Some("group") {
        map.insert("recipient_type".to_owned(), json!("individual"));
        if let Some(to) = map.get("to").and_then(Value::as_str).and_then(phone::e164) {
            map.insert("to".to_owned(), Value::String(to));
            map.remove("recipient");
        }
    }
    if !reference.is_empty() {
        map.insert("biz_opaque_callback_data".to_owned(), json!(reference));
    }
    if let Some(components) = map
        .get_mut("template")
        .and_then(|template| template.get_mut("components"))
    {
        normalise(components);
    }
    body
}

/// Writes template components in one way, those of cards too.
fn normalise(components: &mut Value) {
    for component in components.as_array_mut().into_iter().flatten() {
        let map = match component.as_object_mut() {
            Some(map) => map,
            None => continue,
        };
        for key in ["type", "sub_type"] {
            if let Some(Value::String(word)) = map.get_mut(key) {
                word.make_ascii_lowercase();
            }
        }
        if let Some(index) = map.get_mut("index") {
            if index.is_number() {
                *index = Value::String(index.to_string());
            }
        }
        for card in map
            .get_mut("cards")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if let Some(inner) = card.get_mut("components") {
                normalise(inner);
            }
        }
    }
}

/// What a list shows for an outbound message: its text, caption, file name, title or emoji; '' when it has none of them.
/// At most [`limits::TEXT_BODY_CHARS`] characters.
#[must_use]
pub fn summary(message: &Value) -> String {
    let kind = message
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let content = message.get(kind).unwrap_or(&Value::Null);
    let first = |pointers: &[&str]| {
        let texts = pointers
            .iter()
            .filter_map(|pointer| content.pointer(pointer))
            .filter_map(Value::as_str);
        texts
            .map(str::trim)
            .find(|text| !text.is_empty())
            .unwrap_or_default()
            .to_owned()
    };
    let text = match kind {
        "text" => first(&["/body"]),
        "image" | "video" | "audio" | "document" | "sticker" => first(&["/caption", "/filename"]),
        "location" => first(&["/name", "/address"]),
        "reaction" => first(&["/emoji"]),
        "interactive" => first(&["/body/text", "/header/text", "/footer/text"]),
        "template" => first(&["/name"]),
        "contacts" => {
            let cards = content.as_array().map(Vec::as_slice).unwrap_or_default();
            let names = cards
                .iter()
                .filter_map(|card| card.pointer("/name/formatted_name"))
                .filter_map(Value::as_str);
            names.collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    };
    text.chars().take(limits::TEXT_BODY_CHARS).collect()
}
