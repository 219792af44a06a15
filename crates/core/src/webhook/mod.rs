//! Meta's webhooks → typed events. Shapes: `docs/API.md`; payloads: Meta's pages webhooks/reference/…
//!
//! Every update in every entry is typed on its own: one that is not known, or not of the shape it should have, becomes an
//! `unknown` event with its reason and payload and leaves its neighbours alone. A body that is JSON gives at least one event.
//!
//! Incomplete support: `standby` and `messaging_handovers` (their payload is not published) and payment statuses stay
//! `unknown`.
//!
//! Errors: only for a body that cannot be read as a whole, see [`ParseError`].

mod clean;
mod event;
mod fields;
mod message;
mod person;
mod read;
mod status;
#[cfg(test)]
mod tests;

pub use event::*;

use crate::limits;
use person::Contacts;
use read::{Object, Read, Shape};
use serde_json::value::RawValue;
use std::fmt;

/// Why a body could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseError {
    /// More bytes than [`limits::WEBHOOK_BODY_BYTES`].
    TooLarge {
        /// Bytes of the body.
        bytes: usize,
    },
    /// Nested deeper than [`limits::WEBHOOK_DEPTH`].
    TooDeep,
    /// Not JSON.
    NotJson {
        /// What the parser says, without any of the content.
        reason: String,
    },
    /// JSON, but not an object.
    NotAnObject,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParseError::TooLarge { bytes } => {
                write!(
                    f,
                    "the body has {bytes} bytes, at most {} are read",
                    limits::WEBHOOK_BODY_BYTES
                )
            }
            ParseError::TooDeep => write!(
                f,
                "the body is nested deeper than {} levels",
                limits::WEBHOOK_DEPTH
            ),
            ParseError::NotJson { reason } => write!(f, "the body is not JSON: {reason}"),
            ParseError::NotAnObject => f.write_str("the body is JSON, but not an object"),
        }
    }
}

impl std::error::Error for ParseError {}

/// The typed events of one webhook body, in its order.
///
/// # Errors
/// See [`ParseError`]. Whatever is a JSON object gives events.
///
/// ```
/// let events = nxtchat_core::webhook::parse(br#"{"entry":[{"id":"1","changes":[{"field":"new","value":{}}]}]}"#)?;
/// assert_eq!(serde_json::to_value(&events[0]).unwrap()["kind"], "unknown");
/// # Ok::<(), nxtchat_core::webhook::ParseError>(())
/// ```
pub fn parse(body: &[u8]) -> Result<Vec<Event>, ParseError> {
    let text = clean::clean(body)?;
    if let Some(events) = well_formed(&text) {
        return Ok(events);
    }
    let root: &RawValue = serde_json::from_str(&text).map_err(|error| ParseError::NotJson {
        // serde_json's syntax errors name a place and a kind, never the content.
        reason: error.to_string(),
    })?;
    let root_object = Object::new("body", root).map_err(|_| ParseError::NotAnObject)?;
    let mut sink = Sink::default();
    if let Err(Shape(reason)) = envelope(&root_object, &mut sink) {
        sink.unknown(Source::default(), reason, root);
    }
    if sink.events.is_empty() {
        sink.unknown(Source::default(), "body.entry: empty".to_owned(), root);
    }
    Ok(sink.finish())
}

/// One update, read.
struct Found {
    /// When it happened, ms; 0 = the payload does not say.
    at_ms: i64,
    what: What,
    /// A second event of the same update.
    also: Option<What>,
}

impl Found {
    fn one(at_ms: i64, what: What) -> Found {
        Found {
            at_ms,
            what,
            also: None,
        }
    }
}

/// Where a change belongs, and what its updates share.
struct Change<'a> {
    source: Source,
    value: Object<'a>,
    raw: &'a RawValue,
    /// Our own number, as `+digits`; '' when the payload does not name it.
    own_phone: String,
    contacts: Contacts,
}

/// Collects events up to [`limits::WEBHOOK_UPDATES_TYPED`] updates; what is beyond goes into one unknown event.
#[derive(Default)]
struct Sink {
    events: Vec<Event>,
    updates: usize,
    beyond: usize,
    beyond_source: Source,
    beyond_payload: String,
}

impl Sink {
    /// Takes one update: typed by `read`, or unknown with the reason.
    fn take<'a>(
        &mut self,
        source: &Source,
        raw: &'a RawValue,
        read: impl FnOnce(&'a RawValue) -> Read<Found>,
    ) {
        if !self.room(source, raw) {
            return;
        }
        match read(raw) {
            Ok(found) => {
                let mut source = source.clone();
                if found.at_ms != 0 {
                    source.at_ms = found.at_ms;
                }
                if let Some(also) = found.also {
                    self.events.push(Event {
                        source: source.clone(),
                        what: found.what,
                    });
                    self.events.push(Event { source, what: also });
                } else {
                    self.events.push(Event {
                        source,
                        what: found.what,
                    });
                }
            }
            Err(Shape(reason)) => self.push_unknown(source.clone(), reason, raw),
        }
    }

    fn unknown(&mut self, source: Source, reason: String, raw: &RawValue) {
        if self.room(&source, raw) {
            self.push_unknown(source, reason, raw);
        }
    }

    fn push_unknown(&mut self, source: Source, reason: String, raw: &RawValue) {
        let reason = read::cut(&reason, limits::LABEL_CHARS).to_owned();
        let payload = raw.get().to_owned();
        self.events.push(Event {
            source,
            what: What::Unknown(Unknown { reason, payload }),
        });
    }

    /// Counts an update; keeps it aside when there are too many.
    fn room(&mut self, source: &Source, raw: &RawValue) -> bool {
        self.updates += 1;
        if self.updates <= limits::WEBHOOK_UPDATES_TYPED {
            return true;
        }
        if self.beyond == 0 {
            self.beyond_source = source.clone();
        }
        self.beyond += 1;
        self.beyond_payload
            .push(if self.beyond == 1 { '[' } else { ',' });
        self.beyond_payload.push_str(raw.get());
        false
    }

    fn finish(mut self) -> Vec<Event> {
        if self.beyond > 0 {
            self.beyond_payload.push(']');
            let reason = format!(
                "{} more updates than the {} that are read",
                self.beyond,
                limits::WEBHOOK_UPDATES_TYPED
            );
            let what = What::Unknown(Unknown {
                reason,
                payload: self.beyond_payload,
            });
            self.events.push(Event {
                source: self.beyond_source,
                what,
            });
        }
        self.events
    }
}

fn envelope(root: &Object<'_>, sink: &mut Sink) -> Read<()> {
    let object = root.text("object")?;
    if !matches!(&*object, "" | "whatsapp_business_account") {
        return Err(Shape(format!(
            "body.object: `{}` is not WhatsApp's",
            read::cut(&object, 60)
        )));
    }
    for raw in root.list("entry")? {
        let before = sink.updates;
        if let Err(Shape(reason)) = entry(raw, sink) {
            sink.unknown(Source::default(), reason, raw);
        } else if sink.updates == before {
            sink.unknown(Source::default(), "entry.changes: empty".to_owned(), raw);
        }
    }
    Ok(())
}

fn entry(raw: &RawValue, sink: &mut Sink) -> Read<()> {
    let entry = Object::new("entry", raw)?;
    let waba_id = entry.id("id")?;
    let at_ms = entry.time_ms("time")?;
    for raw in entry.list("changes")? {
        let mut source = Source {
            waba_id: waba_id.clone(),
            at_ms,
            ..Source::default()
        };
        let before = sink.updates;
        match change(raw, &mut source, sink) {
            Err(Shape(reason)) => sink.unknown(source, reason, raw),
            Ok(()) if sink.updates == before => {
                sink.unknown(source, "value: nothing in it that is known".to_owned(), raw)
            }
            Ok(()) => {}
        }
    }
    Ok(())
}

fn change(raw: &RawValue, source: &mut Source, sink: &mut Sink) -> Read<()> {
    let change = Object::new("change", raw)?;
    source.field = change.id("field")?;
    let raw = change
        .raw("value")
        .ok_or_else(|| Shape("change.value: missing".to_owned()))?;
    updates(raw, source, sink)
}

/// The updates in a change's value.
fn updates(raw: &RawValue, source: &mut Source, sink: &mut Sink) -> Read<()> {
    let value = Object::new("value", raw)?;
    let mut own_phone = String::new();
    if let Some(metadata) = value.object("metadata")? {
        source.phone_number_id = metadata.id("phone_number_id")?;
        own_phone = crate::phone::e164(&metadata.text("display_phone_number")?).unwrap_or_default();
    }
    let contacts = Contacts::read(&value);
    let change = Change {
        source: source.clone(),
        value,
        raw,
        own_phone,
        contacts,
    };
    fields::read(&change, sink)
}

/// The frame as Meta sends it, read in one pass.
#[derive(serde::Deserialize)]
struct Frame<'a> {
    object: String,
    #[serde(borrow)]
    entry: Vec<FrameEntry<'a>>,
}

#[derive(serde::Deserialize)]
struct FrameEntry<'a> {
    id: String,
    #[serde(default)]
    time: i64,
    #[serde(borrow)]
    changes: Vec<FrameChange<'a>>,
}

#[derive(serde::Deserialize)]
struct FrameChange<'a> {
    field: String,
    #[serde(borrow)]
    value: &'a RawValue,
}

/// The events of a body whose frame is as it should be; `None` leaves it to the patient way, which gives the same events
/// for such a body at twice the time.
fn well_formed(text: &str) -> Option<Vec<Event>> {
    let frame: Frame = serde_json::from_str(text).ok()?;
    if frame.object != "whatsapp_business_account" || frame.entry.is_empty() {
        return None;
    }
    let is_id =
        |id: &str| id.len() <= limits::IDENTIFIER_BYTES && id.bytes().all(|b| b.is_ascii_graphic());
    let mut sink = Sink::default();
    for entry in frame.entry {
        if entry.changes.is_empty()
            || !is_id(&entry.id)
            || !(0..1_000_000_000_000).contains(&entry.time)
        {
            return None;
        }
        for change in entry.changes {
            if !is_id(&change.field) {
                return None;
            }
            let mut source = Source {
                field: change.field,
                waba_id: entry.id.clone(),
                at_ms: entry.time * 1000,
                ..Source::default()
            };
            let before = sink.updates;
            updates(change.value, &mut source, &mut sink).ok()?;
            if sink.updates == before {
                return None;
            }
        }
    }
    Some(sink.finish())
}
