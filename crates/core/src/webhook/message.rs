//! `messages[]`, `message_echoes[]` and the messages of a shared history.

use super::event::{IdentityChange, Media, Message, Person, What};
use super::person::identified;
use super::read::{Object, Read, Shape};
use super::{Change, Found};
use crate::enums::{Direction, MessageType, Origin, State};
use crate::{limits, phone};
use serde_json::value::RawValue;

/// A message in `messages[]`: from the customer.
pub(super) fn inbound(change: &Change<'_>, raw: &RawValue) -> Read<Found> {
    let message = Object::new("message", raw)?;
    let person = sender(change, &message)?;
    let mut found = read(
        raw,
        &message,
        person,
        Direction::In,
        Origin::Customer,
        State::Received,
    )?;
    if let What::Message(read) = &found.what {
        if read.kind == MessageType::System {
            found.also = identity_change(&message, &read.person)?.map(What::IdentityChange);
        }
    }
    Ok(found)
}

/// A message in `message_echoes[]`: sent from the WhatsApp Business app.
pub(super) fn echo(change: &Change<'_>, raw: &RawValue) -> Read<Found> {
    let message = Object::new("message", raw)?;
    let person = recipient(change, &message, "")?;
    read(
        raw,
        &message,
        person,
        Direction::Out,
        Origin::Echo,
        State::Sent,
    )
}

/// A message of the shared history; `thread` is the customer's number, '' when it stands outside a thread.
pub(super) fn history(change: &Change<'_>, raw: &RawValue, thread: &str) -> Read<Found> {
    let message = Object::new("message", raw)?;
    let from = phone::e164(&message.text("from")?).unwrap_or_default();
    let ours = if !change.own_phone.is_empty() && from == change.own_phone {
        true
    } else {
        !thread.is_empty()
            && !from.is_empty()
            && phone::e164(thread).map_or(false, |customer| customer != from)
    };
    if !ours {
        let person = sender(change, &message)?;
        return read(
            raw,
            &message,
            person,
            Direction::In,
            Origin::History,
            State::Received,
        );
    }
    let state = match message.object("history_context")? {
        None => State::Sent,
        Some(context) => match &*context.text("status")?.to_ascii_uppercase() {
            "DELIVERED" => State::Delivered,
            "READ" => State::Read,
            "PLAYED" => State::Played,
            "ERROR" | "FAILED" => State::Failed,
            // Not `Queued`: that would ask us to send it.
            "PENDING" => State::Unknown,
            _ => State::Sent,
        },
    };
    let person = recipient(change, &message, thread)?;
    read(
        raw,
        &message,
        person,
        Direction::Out,
        Origin::History,
        state,
    )
}

fn sender(change: &Change<'_>, message: &Object<'_>) -> Read<Person> {
    let phone = message.text("from")?;
    let person = change.contacts.join(
        &phone,
        message.id("from_user_id")?,
        message.id("from_parent_user_id")?,
    );
    identified(person, "message.from")
}

fn recipient(change: &Change<'_>, message: &Object<'_>, thread: &str) -> Read<Person> {
    let to = message.text("to")?;
    let to = if to.is_empty() { thread } else { &to };
    let person = change.contacts.join(
        to,
        message.id("to_user_id")?,
        message.id("to_parent_user_id")?,
    );
    identified(person, "message.to")
}

fn read(
    raw: &RawValue,
    message: &Object<'_>,
    person: Person,
    direction: Direction,
    origin: Origin,
    state: State,
) -> Read<Found> {
    let type_name = message.needed_id("type")?;
    let kind = MessageType::from_word(&type_name);
    let content = content(kind, message, false)?;
    let mut reply_to = String::new();
    let mut forwarded = false;
    if let Some(context) = message.object("context")? {
        reply_to = context.id("id")?;
        forwarded = context.flag("forwarded")? || context.flag("frequently_forwarded")?;
    }
    if kind == MessageType::Reaction {
        reply_to.clone_from(&content.target);
    }
    let what = Message {
        direction,
        origin,
        wamid: message.needed_id("id")?,
        kind,
        type_name,
        person,
        group_id: message.id("group_id")?,
        text: content.text,
        reply_to,
        target: content.target,
        media: content.media,
        forwarded,
        state,
        payload: raw.get().to_owned(),
    };
    Ok(Found::one(
        message.time_ms("timestamp")?,
        What::Message(Box::new(what)),
    ))
}

/// What a message holds, whatever its type.
#[derive(Default)]
struct Content {
    text: String,
    media: Option<Media>,
    target: String,
}

impl Content {
    fn text(text: impl Into<String>) -> Read<Content> {
        let text = text.into();
        if text.len() > limits::INBOUND_TEXT_CHARS
            && text.chars().count() > limits::INBOUND_TEXT_CHARS
        {
            return Err(Shape(format!(
                "text longer than {} characters",
                limits::INBOUND_TEXT_CHARS
            )));
        }
        Ok(Content {
            text,
            ..Content::default()
        })
    }
}

fn content(kind: MessageType, message: &Object<'_>, inside_edit: bool) -> Read<Content> {
    let key = kind.word();
    if kind == MessageType::Contacts {
        return contacts(message);
    }
    let part = match message.object(key) {
        // Types that are newer than us and types without content of their own have no part to read.
        _ if matches!(kind, MessageType::Unknown | MessageType::Unsupported) => {
            return Ok(Content::default())
        }
        Ok(Some(part)) => part,
        // Meta could not give the content and says why instead.
        Ok(None) if message.has("errors") => return Ok(Content::default()),
        Ok(None) => return Err(Shape(format!("message.{key}: missing"))),
        Err(shape) => return Err(shape),
    };
    match kind {
        MessageType::Text => Content::text(needed(&part, "body")?),
        MessageType::Image
        | MessageType::Video
        | MessageType::Audio
        | MessageType::Document
        | MessageType::Sticker => Ok(Content {
            media: Some(media(&part)?),
            ..Content::text(part.text("caption")?)?
        }),
        MessageType::Location => location(&part),
        MessageType::Reaction => Ok(Content {
            target: part.needed_id("message_id")?,
            ..Content::text(part.text("emoji")?)?
        }),
        MessageType::Interactive => interactive(&part),
        MessageType::Button | MessageType::Order => Content::text(part.text("text")?),
        MessageType::System => Content::text(part.text("body")?),
        MessageType::Template => Content::text(part.text("name")?),
        MessageType::Edit if inside_edit => {
            Err(Shape("edit.message.type: an edit of an edit".to_owned()))
        }
        MessageType::Edit => {
            let target = part.needed_id("original_message_id")?;
            let inner = part
                .object("message")?
                .ok_or_else(|| Shape("edit.message: missing".to_owned()))?;
            let kind = MessageType::from_word(&inner.text("type")?);
            Ok(Content {
                target,
                ..content(kind, &inner, true)?
            })
        }
        MessageType::Revoke => Ok(Content {
            target: part.needed_id("original_message_id")?,
            ..Content::default()
        }),
        MessageType::Contacts | MessageType::Unsupported | MessageType::Unknown => {
            Ok(Content::default())
        }
    }
}

fn needed<'a>(part: &Object<'a>, key: &'static str) -> Read<std::borrow::Cow<'a, str>> {
    if part.has(key) {
        part.text(key)
    } else {
        Err(Shape(format!("{key}: missing")))
    }
}

fn media(part: &Object<'_>) -> Read<Media> {
    let url = part.text("url")?;
    Ok(Media {
        id: part.id("id")?,
        mime: part.short("mime_type", limits::LABEL_CHARS)?,
        sha256: part.id("sha256")?,
        filename: part.short("filename", limits::LABEL_CHARS)?,
        size: part.int("file_size")?,
        voice: part.flag("voice")?,
        animated: part.flag("animated")?,
        url: if url.len() <= limits::MEDIA_URL_CHARS {
            url.into_owned()
        } else {
            String::new()
        },
    })
}

fn location(part: &Object<'_>) -> Read<Content> {
    let (latitude, longitude) = (part.text("latitude")?, part.text("longitude")?);
    for key in ["name", "address"] {
        let text = part.text(key)?;
        if !text.is_empty() {
            return Content::text(text);
        }
    }
    Content::text(format!("{latitude}, {longitude}"))
}

fn contacts(message: &Object<'_>) -> Read<Content> {
    let mut names = String::new();
    for raw in message.list("contacts")? {
        let card = Object::new("contacts", raw)?;
        if let Some(name) = card.object("name")? {
            let name = name.text("formatted_name")?;
            if !name.is_empty() {
                if !names.is_empty() {
                    names.push_str(", ");
                }
                names.push_str(&name);
            }
        }
    }
    Content::text(names)
}

fn interactive(part: &Object<'_>) -> Read<Content> {
    let kind = part.needed_id("type")?;
    let answer = |key: &'static str| {
        part.object(key)?
            .ok_or_else(|| Shape(format!("interactive.{key}: missing")))
    };
    match kind.as_str() {
        "list_reply" => Content::text(answer("list_reply")?.text("title")?),
        "button_reply" => Content::text(answer("button_reply")?.text("title")?),
        "nfm_reply" => Content::text(answer("nfm_reply")?.text("body")?),
        "call_permission_reply" => {
            Content::text(answer("call_permission_reply")?.text("response")?)
        }
        // Newer kinds are a message all the same; the payload keeps what they say.
        _ => Ok(Content::default()),
    }
}

/// What a system message says about a new number or id.
fn identity_change(message: &Object<'_>, person: &Person) -> Read<Option<IdentityChange>> {
    let system = match message.object("system")? {
        Some(system) => system,
        None => return Ok(None),
    };
    if !matches!(
        &*system.text("type")?,
        "user_changed_number" | "user_changed_user_id"
    ) {
        return Ok(None);
    }
    let wa_id = system.text("wa_id")?;
    let wa_id = if wa_id.is_empty() {
        system.text("new_wa_id")?
    } else {
        wa_id
    };
    let mut person = person.clone();
    for (slot, key) in [
        (&mut person.bsuid, "previous_user_id"),
        (&mut person.parent_bsuid, "previous_parent_user_id"),
    ] {
        let former = system.id(key)?;
        if !former.is_empty() {
            *slot = former;
        }
    }
    Ok(Some(IdentityChange {
        person,
        new_phone: phone::e164(&wa_id).unwrap_or_default(),
        new_bsuid: system.id("user_id")?,
        new_parent_bsuid: system.id("parent_user_id")?,
    }))
}
