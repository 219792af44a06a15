//! Bodies: parsed, checked and serialised once, then only recipient and reference are put in front.

use super::outcome::Ref;
use nxtchat_core::errors::Class;
use nxtchat_core::message as rules;
use nxtchat_core::{limits, phone};
use serde_json::{json, Value};
use std::collections::HashMap;
use std::sync::Arc;

use super::outcome::Why;

/// Different messages that are remembered; a broadcast has one for each language, or one for each recipient.
const REMEMBERED: usize = 64;
/// Stands for the recipient while a message is checked.
const SOMEBODY: &str = "+16505551234";
/// Members of a body that are each recipient's own.
const OWN: [&str; 3] = ["to", "recipient", "biz_opaque_callback_data"];

/// A body without its recipient: everything behind the first members.
#[derive(Debug)]
pub struct Message {
    tail: Box<str>,
}

impl Message {
    /// Checks and serialises.
    pub fn new(message: &Value) -> Result<Message, Box<Why>> {
        let Value::Object(given) = message else {
            return Err(bad(
                "message: It must be an object, or the JSON of one.".into()
            ));
        };
        if let Some(own) = OWN.iter().find(|own| given.contains_key(**own)) {
            return Err(bad(format!(
                "message.{own}: This comes from the recipient."
            )));
        }
        if given.get("recipient_type").and_then(Value::as_str) == Some("group")
            || !given.contains_key("type")
        {
            return Err(bad(
                "message.type: A broadcast sends messages to people.".into()
            ));
        }
        let mut whole = message.clone();
        whole["to"] = json!(SOMEBODY);
        if let Some(first) = rules::check(&whole).first() {
            return Err(bad(format!("{}: {}", first.path, first.message)));
        }
        let mut body = rules::build(&whole, "");
        if let Some(map) = body.as_object_mut() {
            map.remove("to");
        }
        let text = body.to_string();
        Ok(Message {
            tail: text.get(1..).unwrap_or_default().into(),
        })
    }

    /// The body for one recipient. Neither needs escaping: see [`Who::read`] and [`Ref`].
    pub fn body(&self, who: &Who, reference: Ref) -> Vec<u8> {
        let (key, value) = match who {
            Who::Phone(phone) => ("to", phone),
            Who::User(id) => ("recipient", id),
        };
        let mut body = Vec::with_capacity(self.tail.len() + value.len() + 96);
        for part in [
            "{\"",
            key,
            "\":\"",
            value,
            "\",\"biz_opaque_callback_data\":\"",
            reference.as_str(),
            "\",",
            &self.tail,
        ] {
            body.extend_from_slice(part.as_bytes());
        }
        body
    }
}

/// Who gets it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Who {
    /// `+` and digits.
    Phone(Box<str>),
    /// Business-scoped user id.
    User(Box<str>),
}

impl Who {
    /// A number goes before a user id, as with Meta.
    pub fn read(to: Option<&str>, recipient: Option<&str>) -> Result<Who, Box<Why>> {
        match (to, recipient) {
            (Some(to), _) => phone::e164(to)
                .map(|phone| Who::Phone(phone.into()))
                .ok_or_else(|| bad("to: This is not a phone number with country code.".into())),
            (None, Some(id)) if id.len() <= limits::IDENTIFIER_BYTES && rules::is_bsuid(id) => {
                Ok(Who::User(id.into()))
            }
            (None, Some(_)) => Err(bad("recipient: This is not a user id of WhatsApp.".into())),
            (None, None) => Err(bad("to: The recipient is missing.".into())),
        }
    }
}

fn bad(message: String) -> Box<Why> {
    Box::new(Why::ours(
        Class::Client.as_str(),
        "The message cannot be sent",
        message,
        "Correct the message or the contact, then send again.",
    ))
}

/// What JSON became of it, so that a text that many recipients share is parsed once.
#[derive(Default)]
pub struct Messages(HashMap<Box<str>, Arc<Message>>);

impl Messages {
    /// From JSON.
    pub fn text(&mut self, json: &str) -> Result<Arc<Message>, Box<Why>> {
        if let Some(known) = self.0.get(json) {
            return Ok(known.clone());
        }
        let value = serde_json::from_str(json)
            .map_err(|e| bad(format!("message: This is not JSON: {e}")))?;
        let message = Arc::new(Message::new(&value)?);
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0.insert(json.into(), message.clone());
        Ok(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference() -> Ref {
        Ref::read("01ARZ3NDEKTSV4RRFFQ69G5FAV").unwrap()
    }

    #[test]
    fn only_recipient_and_reference_differ() {
        let mut all = Messages::default();
        let json = r#"{"type":"template","template":{"name":"hello","language":{"code":"en_US"},"components":[{"type":"BODY","parameters":[{"type":"text","text":"\"Zoë\" \\"}]}]}}"#;
        let message = all.text(json).unwrap();
        assert!(Arc::ptr_eq(&message, &all.text(json).unwrap()));
        let who = Who::read(Some("+49 151 12345678"), Some("US.1")).unwrap();
        let body: Value = serde_json::from_slice(&message.body(&who, reference())).unwrap();
        let mut want: Value = serde_json::from_str(json).unwrap();
        want["to"] = json!("+4915112345678");
        assert_eq!(
            body,
            rules::build(&want, "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
            "the same body as one send makes"
        );
        assert!(rules::check(&body).is_empty());
        let who = Who::read(None, Some("US.13491208655302741918")).unwrap();
        let body: Value = serde_json::from_slice(&message.body(&who, reference())).unwrap();
        assert_eq!(body["recipient"], "US.13491208655302741918");
        assert!(body.get("to").is_none());
    }

    #[test]
    fn what_cannot_be_sent_is_told() {
        for bad in [
            "",
            "[]",
            "{}",
            r#"{"type":"text"}"#,
            r#"{"to":"+491511","type":"text","text":{"body":"x"}}"#,
            r#"{"recipient_type":"group","type":"text","text":{"body":"x"}}"#,
            r#"{"status":"read","message_id":"wamid.x"}"#,
        ] {
            let why = Messages::default().text(bad).unwrap_err();
            assert_eq!(why.class, "client");
        }
        for (to, id) in [
            (None, None),
            (Some("hello"), None),
            (Some(""), None),
            (None, Some("US.\"}")),
            (None, Some("4915112345678")),
        ] {
            assert!(Who::read(to, id).is_err());
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut all = Messages::default();
        for i in 0..1000 {
            all.text(&format!(r#"{{"type":"text","text":{{"body":"{i}"}}}}"#))
                .unwrap();
        }
        assert!(all.0.len() <= REMEMBERED);
    }
}
