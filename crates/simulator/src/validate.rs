//! What Graph checks of a message before it takes it (limits: Meta's pages of each message type).
//! Which of 100, 131008 and 131009 Meta picks per case is not documented; ours: a missing parameter 131008
//! (top level: 100), a wrong value 131009, too long or of the wrong type 100.
use serde_json::{Map, Value};

use crate::errors::GraphError;

type Check = Result<(), GraphError>;
type Obj = Map<String, Value>;

const TYPES: [&str; 11] = [
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
];
/// Characters.
const BODY_MAX: usize = 4096;
const CAPTION_MAX: usize = 1024;
const CALLBACK_MAX: usize = 512;

/// To whom a message goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Recipient {
    /// Digits of the whole number.
    Phone(String),
    /// A BSUID or parent BSUID.
    User(String),
    Group(String),
}

impl Recipient {
    pub fn key(&self) -> &str {
        match self {
            Recipient::Phone(k) | Recipient::User(k) | Recipient::Group(k) => k,
        }
    }
}

fn missing(what: &str) -> GraphError {
    GraphError::new(131008).details(format!("{what} is required"))
}

fn wrong(details: impl Into<String>) -> GraphError {
    GraphError::new(131009).details(details)
}

fn object<'a>(of: &'a Obj, key: &str, path: &str) -> Result<&'a Obj, GraphError> {
    match of.get(key) {
        None | Some(Value::Null) => Err(missing(&format!("{path}['{key}']"))),
        Some(Value::Object(o)) => Ok(o),
        Some(_) => Err(GraphError::param(format!(
            "Param {path}['{key}'] must be a JSON object."
        ))),
    }
}

fn list<'a>(
    of: &'a Obj,
    key: &str,
    path: &str,
    min: usize,
    max: usize,
) -> Result<&'a Vec<Value>, GraphError> {
    match of.get(key) {
        None | Some(Value::Null) => Err(missing(&format!("{path}['{key}']"))),
        Some(Value::Array(a)) if (min..=max).contains(&a.len()) => Ok(a),
        Some(Value::Array(a)) => Err(wrong(format!(
            "{path}['{key}'] has {} elements, {min} to {max} are allowed",
            a.len()
        ))),
        Some(_) => Err(GraphError::param(format!(
            "Param {path}['{key}'] must be an array."
        ))),
    }
}

/// A text of 1 to `max` characters.
fn text<'a>(of: &'a Obj, key: &str, path: &str, max: usize) -> Result<&'a str, GraphError> {
    let value =
        optional(of, key, path, max)?.ok_or_else(|| missing(&format!("{path}['{key}']")))?;
    if value.trim().is_empty() {
        return Err(missing(&format!("{path}['{key}']")));
    }
    Ok(value)
}

fn optional<'a>(
    of: &'a Obj,
    key: &str,
    path: &str,
    max: usize,
) -> Result<Option<&'a str>, GraphError> {
    match of.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(s)) if s.chars().count() <= max => Ok(Some(s)),
        Some(Value::String(_)) => Err(GraphError::param(format!(
            "Param {path}['{key}'] must be at most {max} characters long."
        ))),
        Some(_) => Err(GraphError::param(format!(
            "Param {path}['{key}'] must be a string."
        ))),
    }
}

fn as_object(value: &Value) -> Result<&Obj, GraphError> {
    value
        .as_object()
        .ok_or_else(|| GraphError::param("An element must be a JSON object."))
}

/// The recipient, as Graph reads it: `to` wins over `recipient`; without + the business number's country
/// code is put before what does not begin with it.
pub fn recipient(body: &Obj, country_code: &str) -> Result<Recipient, GraphError> {
    let to = match body.get("to") {
        None | Some(Value::Null) => None,
        Some(Value::String(s)) => Some(s.clone()),
        Some(Value::Number(n)) => Some(n.to_string()),
        Some(_) => return Err(GraphError::param("Param to must be a string.")),
    };
    let Some(to) = to.filter(|t| !t.is_empty()) else {
        let user = optional(body, "recipient", "message", 140)?
            .ok_or_else(|| GraphError::required("to"))?;
        let (country, id) = user
            .split_once('.')
            .ok_or_else(|| wrong("recipient is no business-scoped user ID"))?;
        let fits = country.len() == 2
            && country.chars().all(|c| c.is_ascii_uppercase())
            && (1..=132).contains(&id.len())
            && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
        return if fits {
            Ok(Recipient::User(user.into()))
        } else {
            Err(wrong("recipient is no business-scoped user ID"))
        };
    };
    if body.get("recipient_type").and_then(Value::as_str) == Some("group") {
        return Ok(Recipient::Group(to));
    }
    let kept: String = to.chars().filter(|c| !"+-() ".contains(*c)).collect();
    if kept.is_empty() || !kept.chars().all(|c| c.is_ascii_digit()) {
        return Err(wrong("to is not a phone number"));
    }
    let digits = if to.trim_start().starts_with('+') || kept.starts_with(country_code) {
        kept
    } else {
        format!("{country_code}{kept}")
    };
    if !(7..=15).contains(&digits.len()) {
        return Err(wrong("to is not a phone number"));
    }
    Ok(Recipient::Phone(digits))
}

/// Checks the whole body; returns the message's type.
pub fn message(body: &Obj) -> Result<String, GraphError> {
    if let Some(kind) = optional(body, "recipient_type", "message", 32)? {
        if !["individual", "group"].contains(&kind) {
            return Err(GraphError::param(
                "Param recipient_type must be one of {INDIVIDUAL, GROUP}",
            ));
        }
    }
    optional(body, "biz_opaque_callback_data", "message", CALLBACK_MAX)?;
    let kind = optional(body, "type", "message", 64)?.unwrap_or("text");
    if !TYPES.contains(&kind) {
        return Err(GraphError::param(format!(
            "Param type must be one of {{{}}} - got \"{kind}\".",
            TYPES.join(", ").to_uppercase()
        )));
    }
    if body.get("context").is_some_and(|c| !c.is_null()) {
        text(
            object(body, "context", "message")?,
            "message_id",
            "context",
            255,
        )?;
    }
    if kind == "contacts" {
        contacts(list(body, "contacts", "message", 1, 257)?)?;
        return Ok(kind.into());
    }
    let o = body.get(kind).ok_or_else(|| GraphError::required(kind))?;
    let o = o
        .as_object()
        .ok_or_else(|| GraphError::param(format!("Param {kind} must be a JSON object.")))?;
    match kind {
        "text" => text(o, "body", "text", BODY_MAX).map(|_| ()),
        "image" | "video" | "document" => {
            media(o, kind).and(optional(o, "caption", kind, CAPTION_MAX).map(|_| ()))
        }
        "audio" | "sticker" => {
            media(o, kind)?;
            if o.contains_key("caption") {
                return Err(GraphError::param(format!(
                    "Unexpected key \"caption\" on param \"{kind}\"."
                )));
            }
            Ok(())
        }
        "location" => location(o),
        "reaction" => {
            text(o, "message_id", "reaction", 255)?;
            optional(o, "emoji", "reaction", 32)?
                .ok_or_else(|| missing("reaction['emoji']"))
                .map(|_| ())
        }
        "interactive" => interactive(o),
        _ => template(o),
    }?;
    Ok(kind.into())
}

fn media(o: &Obj, kind: &str) -> Check {
    let id = match o.get("id") {
        Some(Value::Number(n)) => Some(n.to_string()),
        _ => optional(o, "id", kind, 255)?.map(str::to_string),
    };
    match (id, optional(o, "link", kind, 2_000)?) {
        (Some(_), None) => Ok(()),
        (None, Some(link)) if link.starts_with("http://") || link.starts_with("https://") => Ok(()),
        (None, Some(_)) => Err(wrong(format!("{kind}['link'] is no http(s) address"))),
        (None, None) => Err(missing(&format!("{kind}['id'] or {kind}['link']"))),
        (Some(_), Some(_)) => Err(GraphError::param(format!(
            "Param {kind} must have either id or link."
        ))),
    }
}

fn location(o: &Obj) -> Check {
    for (key, bound) in [("latitude", 90.0), ("longitude", 180.0)] {
        let degrees = match o.get(key) {
            None | Some(Value::Null) => return Err(missing(&format!("location['{key}']"))),
            Some(Value::Number(n)) => n.as_f64(),
            Some(Value::String(s)) => s.parse().ok(),
            Some(_) => None,
        };
        if !degrees.is_some_and(|d: f64| d.abs() <= bound) {
            return Err(wrong(format!("location['{key}'] is not in range")));
        }
    }
    Ok(())
}

fn contacts(all: &[Value]) -> Check {
    for contact in all {
        let name = object(as_object(contact)?, "name", "contacts")?;
        text(name, "formatted_name", "contacts['name']", 1_024)?;
    }
    Ok(())
}

fn header(o: &Obj, allowed: &[&str]) -> Check {
    if !o.contains_key("header") {
        return Ok(());
    }
    let h = object(o, "header", "interactive")?;
    let kind = text(h, "type", "interactive['header']", 20)?;
    if !allowed.contains(&kind) {
        return Err(wrong(format!(
            "interactive['header']['type'] {kind} is not allowed here"
        )));
    }
    match kind {
        "text" => text(h, "text", "interactive['header']", 60).map(|_| ()),
        _ => media(object(h, kind, "interactive['header']")?, kind),
    }
}

fn interactive(o: &Obj) -> Check {
    let kind = text(o, "type", "interactive", 64)?;
    if let Some(footer) = o.get("footer").and_then(Value::as_object) {
        text(footer, "text", "interactive['footer']", 60)?;
    }
    let body_max = if kind == "list" { 4096 } else { 1024 };
    if !matches!(kind, "call_permission_request" | "product" | "carousel") || o.contains_key("body")
    {
        text(
            object(o, "body", "interactive")?,
            "text",
            "interactive['body']",
            body_max,
        )?;
    }
    let action = object(o, "action", "interactive")?;
    match kind {
        "button" => {
            header(o, &["text", "image", "video", "document"])?;
            let buttons = list(action, "buttons", "interactive['action']", 1, 3)?;
            unique(buttons, |b| {
                let reply = object(b, "reply", "buttons")?;
                text(reply, "title", "reply", 20)?;
                text(reply, "id", "reply", 256)
            })
        }
        "list" => {
            header(o, &["text"])?;
            text(action, "button", "interactive['action']", 20)?;
            let sections = list(action, "sections", "interactive['action']", 1, 10)?;
            let mut rows = vec![];
            for section in sections {
                let section = as_object(section)?;
                optional(section, "title", "section", 24)?;
                if sections.len() > 1 {
                    text(section, "title", "section", 24)?;
                }
                rows.extend(list(section, "rows", "section", 1, 10)?.iter().cloned());
            }
            if rows.len() > 10 {
                return Err(wrong("Total row count exceeds 10"));
            }
            unique(&rows, |row| {
                text(row, "title", "row", 24)?;
                optional(row, "description", "row", 72)?;
                text(row, "id", "row", 200)
            })
        }
        "cta_url" => {
            header(o, &["text", "image", "video", "document"])?;
            let p = object(action, "parameters", "interactive['action']")?;
            text(p, "display_text", "parameters", 20)?;
            text(p, "url", "parameters", 2_000).map(|_| ())
        }
        "flow" => {
            let p = object(action, "parameters", "interactive['action']")?;
            text(p, "flow_cta", "parameters", 30)?;
            text(p, "flow_message_version", "parameters", 8)?;
            if p.contains_key("flow_id") || p.contains_key("flow_name") {
                Ok(())
            } else {
                Err(missing("parameters['flow_id']"))
            }
        }
        "product" => text(action, "product_retailer_id", "interactive['action']", 255).map(|_| ()),
        "product_list" => {
            header(o, &["text"])?;
            object(o, "header", "interactive")?;
            list(action, "sections", "interactive['action']", 1, 10).map(|_| ())
        }
        "carousel" => list(action, "cards", "interactive['action']", 2, 10).map(|_| ()),
        "location_request_message"
        | "address_message"
        | "catalog_message"
        | "call_permission_request"
        | "voice_call"
        | "request_contact_info"
        | "order_details"
        | "order_status" => Ok(()),
        other => Err(wrong(format!("interactive['type'] {other} is not known"))),
    }
}

/// Checks each element; the ids it returns must differ.
fn unique<'a>(all: &'a [Value], id: impl Fn(&'a Obj) -> Result<&'a str, GraphError>) -> Check {
    let mut ids = vec![];
    for one in all {
        let id = id(as_object(one)?)?;
        if ids.contains(&id) {
            return Err(wrong(format!("id {id} is used twice")));
        }
        ids.push(id);
    }
    Ok(())
}

fn template(o: &Obj) -> Check {
    let name = text(o, "name", "template", 512)?;
    if !name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    {
        return Err(
            GraphError::new(132001).details(format!("template name ({name}) does not exist"))
        );
    }
    text(
        object(o, "language", "template")?,
        "code",
        "template['language']",
        16,
    )?;
    if !o.contains_key("components") {
        return Ok(());
    }
    for component in list(o, "components", "template", 0, 20)? {
        let component = as_object(component)?;
        let kind = text(component, "type", "component", 40)?.to_ascii_lowercase();
        match kind.as_str() {
            "header" | "body" | "limited_time_offer" | "tap_target_configuration" => {
                for parameter in list(component, "parameters", &kind, 0, 200)? {
                    let parameter = as_object(parameter)?;
                    if text(parameter, "type", "parameter", 40)? == "text" {
                        text(parameter, "text", "parameter", 32_768)?;
                    }
                }
            }
            "button" => {
                text(component, "sub_type", "button", 40)?;
            }
            "carousel" => {
                list(component, "cards", "carousel", 2, 10)?;
            }
            "footer" => {}
            other => {
                return Err(GraphError::param(format!(
                    "Param template['components'] type {other} is not known."
                )))
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(v: Value) -> Result<String, GraphError> {
        message(v.as_object().unwrap())
    }

    fn code(v: Value) -> u32 {
        check(v).unwrap_err().code
    }

    #[test]
    fn limits_are_metas() {
        let text_of = |n: usize| json!({"type": "text", "text": {"body": "ä".repeat(n)}});
        assert_eq!(check(text_of(4096)).unwrap(), "text");
        assert_eq!(code(text_of(4097)), 100);
        assert_eq!(code(json!({"type": "text", "text": {"body": ""}})), 131008);
        assert_eq!(code(json!({"type": "image", "image": {}})), 131008);
        assert_eq!(
            code(json!({"type": "image", "image": {"id": "1", "link": "http://a"}})),
            100
        );
        assert_eq!(code(json!({"type": "hologram", "hologram": {}})), 100);
        assert_eq!(
            code(json!({"type": "location", "location": {"latitude": 91, "longitude": 0}})),
            131009
        );
        assert_eq!(
            code(
                json!({"type": "text", "text": {"body": "a"}, "biz_opaque_callback_data": "x".repeat(513)})
            ),
            100
        );
        let buttons = |n: usize| {
            let b: Vec<_> = (0..n)
                .map(|i| json!({"type": "reply", "reply": {"id": i.to_string(), "title": "t"}}))
                .collect();
            json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "b"}, "action": {"buttons": b}}})
        };
        assert!(check(buttons(3)).is_ok());
        assert_eq!(code(buttons(4)), 131009);
    }

    #[test]
    fn a_number_without_plus_gets_the_business_country() {
        let to = |s: &str| {
            recipient(json!({"to": s}).as_object().unwrap(), "1").map(|r| r.key().to_string())
        };
        assert_eq!(to("+49 (151) 123-45678").unwrap(), "4915112345678");
        assert_eq!(to("16505551234").unwrap(), "16505551234");
        assert_eq!(to("4915112345678").unwrap(), "14915112345678");
        assert_eq!(to("hello").unwrap_err().code, 131009);
        assert_eq!(recipient(&Map::new(), "1").unwrap_err().code, 100);
        let both = json!({"to": "+16505551234", "recipient": "US.1349"});
        assert_eq!(
            recipient(both.as_object().unwrap(), "1").unwrap(),
            Recipient::Phone("16505551234".into())
        );
    }

    #[test]
    fn every_request_example_of_meta_is_taken() {
        let dir = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/cloud-api/requests"
        );
        let Ok(files) = std::fs::read_dir(dir) else {
            println!("not run: {dir} is not there");
            return;
        };
        let mut seen = 0;
        for file in files.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            if !name.ends_with(".json")
                || name.starts_with("template_create")
                || name.starts_with("mark_read")
            {
                continue;
            }
            let body: Value = serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
            assert!(check(body.clone()).is_ok(), "{name}: {:?}", check(body));
            seen += 1;
        }
        assert!(seen > 30, "{seen}");
    }
}
