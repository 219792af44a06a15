//! Templates: what they are made of, what Meta refuses in them, what they need and how they look.
//!
//! Everything reads Meta's own JSON: the body of `POST /{WABA}/message_templates`, or a template as
//! `GET /{WABA}/message_templates` gives it. Words count in any case, and what is not known is kept as it is.
//!
//! Incomplete support: the payloads of ORDER_DETAILS buttons are passed on; WhatsApp's own words in templates for one-time
//! passwords are shown in English. [`check`] is about templates to be created: those with category AUTHENTICATION look
//! different when Meta gives them back.

#[cfg(test)]
mod chance_tests;
mod check;
mod fill;
mod languages;
mod model;
mod node;
mod parameters;
mod render;
mod rules;
mod scan;
#[cfg(test)]
mod tests;
mod words;

pub use rules::RULES;

use serde::Serialize;
use serde_json::Value;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Meta refuses it.
    Error,
    /// Meta may refuse it, or does something that may surprise.
    Warning,
}

/// One thing that is wrong with a template or with the values for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where: in [`check`] the JSON path, as in `components[2].buttons[0].url`, '' for the template as a whole; in
    /// [`parameters`] the key of the value.
    pub place: String,
    /// Which rule, one of [`RULES`].
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in plain words with the value and the limit.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VariableKind {
    /// Text in one line; numbers too. An amount or a date may be given as in a send request.
    Text,
    /// The id of an uploaded image, its address, or `{id | link}`.
    Image,
    /// The same of a video.
    Video,
    /// The same of a short video that plays by itself.
    Gif,
    /// The same of a document, with `filename`.
    Document,
    /// `{latitude, longitude, name?, address?}`.
    Location,
    /// `{product_retailer_id, catalog_id}`.
    Product,
    /// What stands behind the fixed part of a button's address.
    Url,
    /// What comes back when the button is tapped.
    Payload,
    /// A code to copy.
    Coupon,
    /// A one-time password.
    Otp,
    /// `{thumbnail_product_retailer_id, sections: [{title, product_items: [{product_retailer_id}]}]}`.
    Products,
    /// The product whose image stands for the catalogue.
    Thumbnail,
    /// What names this use of a flow.
    FlowToken,
    /// An object: the data of a flow's first screen.
    FlowData,
    /// How long a call button works, minutes.
    TtlMinutes,
    /// When an offer ends, milliseconds since 1970.
    ExpiresMs,
    /// The action of an ORDER_DETAILS button.
    Order,
}

impl VariableKind {
    /// The type of a header's parameter.
    fn word(self) -> &'static str {
        match self {
            VariableKind::Image => "image",
            VariableKind::Video => "video",
            VariableKind::Gif => "gif",
            VariableKind::Document => "document",
            VariableKind::Location => "location",
            VariableKind::Product => "product",
            _ => "text",
        }
    }

    /// In words, for messages.
    fn label(self) -> &'static str {
        match self {
            VariableKind::Text => "text",
            VariableKind::Image => "the id or address of an image",
            VariableKind::Video => "the id or address of a video",
            VariableKind::Gif => "the id or address of a GIF",
            VariableKind::Document => "the id or address of a document",
            VariableKind::Location => "a place with latitude and longitude",
            VariableKind::Product => "a product with product_retailer_id and catalog_id",
            VariableKind::Url => "the end of an address",
            VariableKind::Payload => "text that comes back",
            VariableKind::Coupon => "a code to copy",
            VariableKind::Otp => "a one-time password",
            VariableKind::Products => "products with thumbnail_product_retailer_id and sections",
            VariableKind::Thumbnail => "a product's id",
            VariableKind::FlowToken => "text that names the flow's use",
            VariableKind::FlowData => "an object with the flow's data",
            VariableKind::TtlMinutes => "a number of minutes",
            VariableKind::ExpiresMs => "an instant in milliseconds since 1970",
            VariableKind::Order => "an object with the order's details",
        }
    }
}

/// Something that a template needs, or may be given, when it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Variable {
    /// Its key among the values: `body.1`, `body.first_name`, `header.1`, `header.media`, `header.location`,
    /// `header.product`, `buttons.0.url`, `offer.expires_ms`, `code`; of cards with `cards.0.` before it.
    pub key: String,
    /// The JSON path of what it fills in.
    pub place: String,
    /// `1` or `first_name` as it stands in the text; '' for what has no name.
    pub name: String,
    /// What it is.
    pub kind: VariableKind,
    /// Whether the template cannot be sent without it.
    pub required: bool,
    /// The example that the template was submitted with, '' without one; of a one-time password one of ours.
    pub example: String,
}

/// A template with its values, as a customer sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rendered {
    /// What stands at the top.
    pub header: Option<RenderedHeader>,
    /// The text.
    pub body: RenderedBody,
    /// Plain text, '' without a footer.
    pub footer: String,
    /// The limited-time offer.
    pub offer: Option<RenderedOffer>,
    /// The buttons in their order.
    pub buttons: Vec<RenderedButton>,
    /// The cards of a carousel.
    pub cards: Vec<RenderedCard>,
    /// Types of components, headers and buttons that we do not know and cannot show.
    pub unknown: Vec<String>,
    /// The text is WhatsApp's own, shown here in English.
    pub preset: bool,
    /// Keys of values that are needed and not given; in texts their variable stays as it is written.
    pub missing: Vec<String>,
}

/// A header.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RenderedHeader {
    /// `text`, `image`, `video`, `gif`, `document`, `location`, `product`, or what Meta calls it.
    pub kind: String,
    /// Plain text of a text header: WhatsApp shows no markup there.
    pub text: String,
    /// The value of any other header: `{id}`, `{link}`, a place, a product; null without one.
    pub media: Value,
}

/// A text with markup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenderedBody {
    /// As it is sent.
    pub text: String,
    /// As safe HTML, see [`crate::markup::to_html`].
    pub html: String,
    /// Without its markers.
    pub plain: String,
}

/// A limited-time offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenderedOffer {
    /// Its text.
    pub text: String,
    /// When it ends, ms since 1970, when it counts down.
    pub expires_ms: Option<u64>,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenderedButton {
    /// Its type in small letters.
    pub kind: String,
    /// Its label.
    pub text: String,
    /// The address it opens, or ''.
    pub url: String,
    /// The number it calls, or ''.
    pub phone: String,
    /// The code it copies, or ''.
    pub code: String,
}

/// A card of a carousel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RenderedCard {
    /// What stands at the top.
    pub header: Option<RenderedHeader>,
    /// The text, if the card has one.
    pub body: Option<RenderedBody>,
    /// The buttons in their order.
    pub buttons: Vec<RenderedButton>,
}

/// Everything that is wrong with a template that is to be created, at most [`crate::limits::PROBLEMS`]; empty = good.
///
/// ```
/// let problems = nxtchat_core::template::check(&serde_json::json!({
///     "name": "order_update", "language": "en_US", "category": "UTILITY",
///     "components": [{"type": "BODY", "text": "Your order {{1}} is on its way."}],
/// }));
/// assert_eq!(problems[0].place, "components[0].example.body_text");
/// assert_eq!(problems[0].rule, "example_missing");
/// ```
#[must_use]
pub fn check(template: &Value) -> Vec<Problem> {
    check::check(template)
}

/// What a template needs when it is sent, in the order in which a customer sees it. A carousel of products may be sent with
/// more cards than the template has, up to ten: `cards.2.header.product` and so on.
///
/// ```
/// let template = serde_json::json!({"components": [{"type": "BODY", "text": "Hi {{1}}!"}]});
/// assert_eq!(nxtchat_core::template::variables(&template)[0].key, "body.1");
/// ```
#[must_use]
pub fn variables(template: &Value) -> Vec<Variable> {
    model::Template::read(template).map_or_else(Vec::new, |template| fill::variables(&template))
}

/// What a customer sees. `values` is an object by [`Variable::key`]; keys that the template does not have are passed over, and
/// values that together have more than 64 KB are cut.
/// `None` when the template is no object.
///
/// ```
/// let template = serde_json::json!({"components": [{"type": "BODY", "text": "Hi *{{1}}*!"}]});
/// let seen = nxtchat_core::template::render(&template, &serde_json::json!({"body.1": "Ann"})).unwrap();
/// assert_eq!(seen.body.html, "Hi <strong>Ann</strong>!");
/// ```
#[must_use]
pub fn render(template: &Value, values: &Value) -> Option<Rendered> {
    model::Template::read(template).map(|template| render::render(&template, fill::Values(values)))
}

/// The `components` of a send request. `values` as for [`render`]; with `tap_target` (`{url, title}`) the message as a whole
/// opens an address (templates/tap-target-url-title-override). The result passes [`crate::message::check`].
///
/// # Errors
/// Values that are missing or that Meta would refuse, by their key.
///
/// ```
/// let template = serde_json::json!({"components": [{"type": "BODY", "text": "Hi {{1}}!"}]});
/// let sent = nxtchat_core::template::parameters(&template, &serde_json::json!({"body.1": "Ann"})).unwrap();
/// assert_eq!(sent[0]["parameters"][0]["text"], "Ann");
/// ```
pub fn parameters(template: &Value, values: &Value) -> Result<Value, Vec<Problem>> {
    match model::Template::read(template) {
        Some(template) => parameters::parameters(&template, fill::Values(values)),
        None => Err(check(template)),
    }
}

/// What Meta refuses in values: "Param text cannot have new-line/tab characters or more than 4 consecutive spaces".
fn breaks(value: &str) -> bool {
    value.contains(['\n', '\r', '\t']) || value.contains("     ")
}
