//! The typed events, exactly as `docs/API.md` names them.

use crate::enums::{Direction, MessageType, Origin, State};
use serde::Serialize;

/// One thing that Meta told us.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// Where it belongs.
    #[serde(flatten)]
    pub source: Source,
    /// What it says; serialised beside the source with its `kind`.
    #[serde(flatten)]
    pub what: What,
}

/// Where an event belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Meta's `field`; '' when the change names none.
    pub field: String,
    /// WhatsApp Business Account; '' when the entry names none.
    pub waba_id: String,
    /// Phone number id; '' when the payload names none.
    pub phone_number_id: String,
    /// When it happened, UTC milliseconds since 1970; 0 when it has no time.
    pub at_ms: i64,
}

/// What an event says. `payload` is always the JSON text that Meta sent for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// A message, in or (echoes, history) out.
    Message(Box<Message>),
    /// How far one of our messages has come.
    Status(Box<Status>),
    /// A customer has a new number or a new id.
    IdentityChange(IdentityChange),
    /// A customer stopped or resumed marketing messages.
    Preference(Preference),
    /// Something about a template.
    Template(Template),
    /// Something about the account or a number.
    Account(Account),
    /// An error that concerns the whole number or account.
    Error(ErrorEvent),
    /// A call.
    Call(Other),
    /// A group.
    Group(Other),
    /// A flow.
    Flow(Other),
    /// A contact in the phone's address book (WhatsApp Business app).
    ContactSync(Other),
    /// An automatic event of an advertisement.
    Automatic(Other),
    /// Not known, or known and of another shape.
    Unknown(Unknown),
}

/// A customer, by everything the payload says. Every field is '' when it does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Person {
    /// E.164 with `+`.
    pub phone: String,
    /// Business-scoped user id.
    pub bsuid: String,
    /// Parent business-scoped user id.
    pub parent_bsuid: String,
    /// WhatsApp user name, without `@`.
    pub username: String,
    /// Profile name, at most 255 characters.
    pub name: String,
    /// Country, ISO 3166-1 alpha-2, when the number or id tells it.
    pub country: String,
}

/// A file of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Media {
    /// Media id; '' when Meta could not provide the file.
    pub id: String,
    /// MIME type, parameters included.
    pub mime: String,
    /// SHA-256 as Meta writes it (base64 or hex).
    pub sha256: String,
    /// File name of a document.
    pub filename: String,
    /// Bytes; 0 when not told.
    pub size: i64,
    /// A voice message.
    pub voice: bool,
    /// An animated sticker.
    pub animated: bool,
    /// Short-lived (5 minutes) address of the file.
    pub url: String,
}

/// `kind: message`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    /// In, or out for echoes and history.
    pub direction: Direction,
    /// Customer, echo or history.
    pub origin: Origin,
    /// Meta's id of the message.
    pub wamid: String,
    /// The type as a number.
    #[serde(rename = "type")]
    pub kind: MessageType,
    /// The type in Meta's word.
    pub type_name: String,
    /// The customer.
    pub person: Person,
    /// The group it was written in; '' outside groups.
    pub group_id: String,
    /// What a person would read, at most 65,536 characters.
    pub text: String,
    /// The message answered (for reactions: reacted to); '' when none.
    pub reply_to: String,
    /// The message that an edit, a revoke or a reaction is about; '' when none.
    pub target: String,
    /// The file, if any.
    pub media: Option<Media>,
    /// Whether it was forwarded.
    pub forwarded: bool,
    /// Received, or what echo and history tell.
    pub state: State,
    /// Meta's message object.
    pub payload: String,
}

/// `kind: status`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// Meta's id of the message.
    pub wamid: String,
    /// Our id of the send, when `callback` is one; else ''.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The whole `biz_opaque_callback_data`.
    pub callback: String,
    /// The state.
    pub state: State,
    /// Meta's word for it.
    pub status: String,
    /// The recipient.
    pub person: Person,
    /// Why it failed.
    pub error: Option<StatusError>,
    /// What it costs.
    pub pricing: Option<Pricing>,
    /// Meta's status object.
    pub payload: String,
}

/// Why a message failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StatusError {
    /// Meta's code; see [`crate::errors::lookup`].
    pub code: i64,
    /// Meta's title.
    pub title: String,
    /// Meta's details.
    pub details: String,
}

/// What a message costs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pricing {
    /// Such as `marketing`.
    pub category: String,
    /// Such as `regular`, `free_customer_service`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `PMP` or `CBP`.
    pub model: String,
    /// Whether it is charged, as far as Meta says.
    pub billable: bool,
}

/// `kind: identity_change`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdentityChange {
    /// The customer as known before.
    pub person: Person,
    /// New number, E.164 with `+`; '' when unchanged or untold.
    pub new_phone: String,
    /// New business-scoped user id; '' when untold.
    pub new_bsuid: String,
    /// New parent id; '' when untold.
    pub new_parent_bsuid: String,
}

/// `kind: preference`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preference {
    /// The customer.
    pub person: Person,
    /// `marketing_messages`.
    pub category: String,
    /// `stop`, `resume`, …
    pub value: String,
    /// Meta's words.
    pub detail: String,
}

/// `kind: template`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Template {
    /// `status`, `quality`, `components` or `category`.
    pub change: String,
    /// Template id, digits.
    pub template_id: String,
    /// Template name.
    pub name: String,
    /// Language, as `en_US`.
    pub language: String,
    /// New status (`APPROVED`, …), new quality, or for categories `done`, `impending`, `detected`.
    pub status: String,
    /// Why, in Meta's word; '' when none.
    pub reason: String,
    /// Category; for a category change the one it becomes.
    pub category: String,
    /// The former quality or category.
    pub previous: String,
    /// Meta's value object.
    pub payload: String,
}

/// `kind: account`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Meta's field.
    pub change: String,
    /// Meta's event, decision or alert type.
    pub event: String,
    /// The number concerned, as Meta writes it.
    pub display_phone: String,
    /// A short text without secrets.
    pub summary: String,
    /// Meta's value object.
    pub payload: String,
}

/// `kind: error`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ErrorEvent {
    /// Meta's code.
    pub code: i64,
    /// Meta's title.
    pub title: String,
    /// Meta's details.
    pub details: String,
    /// Meta's error object.
    pub payload: String,
}

/// `kind: call`, `group`, `flow`, `contact_sync`, `automatic`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Other {
    /// Meta's event word.
    pub event: String,
    /// Meta's object.
    pub payload: String,
}

/// `kind: unknown`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// Why it is not typed.
    pub reason: String,
    /// Meta's JSON.
    pub payload: String,
}
