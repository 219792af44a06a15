//! What a template needs when it is sent, and the values that are given for it.

use super::model::{
    url_example, url_parts, Category, Components, Examples, Format, Kind, Part, Template,
};
use super::node::Node;
use super::scan::{number, scan};
use super::{Variable, VariableKind};
use crate::limits;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The key of a one-time password, which stands in the text and in the button.
pub(super) const CODE: &str = "code";
/// Templates for one-time passwords have no examples of their own.
const CODE_EXAMPLE: &str = "123456";

/// Values by key, as `Variable::key` says.
#[derive(Clone, Copy)]
pub(super) struct Values<'a>(pub &'a Value);

impl<'a> Values<'a> {
    /// The value of a key; null, '' and blanks count as absent.
    pub fn get(self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            _ => true,
        })
    }

    /// The value of a key as text: text, a number, true or false, or an amount or date in the form of a send request
    /// (`{"type": "currency", "currency": {"fallback_value": …}}`).
    pub fn text(self, key: &str) -> Option<Cow<'a, str>> {
        match self.get(key)? {
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Object(map) => {
                let kind = map.get("type")?.as_str()?;
                let fallback = map.get(kind)?.get("fallback_value")?.as_str()?;
                Some(Cow::Borrowed(fallback))
            }
            Value::Number(number) => Some(Cow::Owned(number.to_string())),
            Value::Bool(yes) => Some(Cow::Borrowed(if *yes { "true" } else { "false" })),
            Value::Array(_) | Value::Null => None,
        }
    }

    /// How many cards a carousel of products has: those of the template, and more when values are given for more.
    pub fn cards(self, defined: usize) -> usize {
        (defined..limits::CAROUSEL_CARDS)
            .take_while(|at| self.get(&format!("cards.{at}.header.product")).is_some())
            .last()
            .map_or(defined, |at| at + 1)
    }
}

/// Whether the card shows a product, so that the template may be sent with more cards than it was made with.
pub(super) fn is_product_carousel(template: &Template<'_>) -> bool {
    let cards = template.components.cards().unwrap_or_default();
    let product = |card: &super::model::Card<'_>| {
        matches!(card.components.header(), Some((_, Format::Product)))
    };
    !cards.is_empty() && cards.iter().all(product)
}

/// What stands for the variable in the example of an address, which may be the whole address.
pub(super) fn suffix<'a>(base: &str, example: &'a str) -> &'a str {
    if let Some(suffix) = example.strip_prefix(base) {
        return suffix;
    }
    if super::node::host(example).is_empty() {
        return example;
    }
    // Meta's page shows the address with another query: what follows its last sign stands for the variable.
    example
        .rsplit(['/', '=', '?', '&', '#'])
        .next()
        .unwrap_or_default()
}

/// Whether a component or button that we do not know would need a value: it has a variable or an example.
pub(super) fn wants_value(node: &Node<'_>) -> bool {
    fn variable(value: &Value) -> bool {
        match value {
            Value::String(text) => text.contains("{{"),
            Value::Array(items) => items.iter().any(variable),
            Value::Object(map) => map.values().any(variable),
            _ => false,
        }
    }
    node.get("example").is_some() || node.map.values().any(variable)
}

/// The key of a header's value that is no text.
pub(super) fn header_key(format: Format) -> Option<(&'static str, VariableKind)> {
    Some(match format {
        Format::Image => ("media", VariableKind::Image),
        Format::Video => ("media", VariableKind::Video),
        Format::Gif => ("media", VariableKind::Gif),
        Format::Document => ("media", VariableKind::Document),
        Format::Location => ("location", VariableKind::Location),
        Format::Product => ("product", VariableKind::Product),
        Format::Text | Format::Other => return None,
    })
}

/// Everything a template needs, in the order in which a customer sees it.
pub(super) fn variables(template: &Template<'_>) -> Vec<Variable> {
    let mut list = List {
        found: Vec::new(),
        named: template.named,
    };
    if template.is(Category::Authentication) {
        let body = template.components.body();
        list.push(
            CODE,
            body.map_or_else(String::new, |body| body.at("text")),
            "",
            VariableKind::Otp,
            true,
            CODE_EXAMPLE,
        );
        return list.found;
    }
    list.components(&template.components, "");
    if let Some(offer) = template.components.offer() {
        if expires(offer) {
            list.push(
                "offer.expires_ms",
                offer.at("limited_time_offer"),
                "",
                VariableKind::ExpiresMs,
                true,
                "",
            );
        }
    }
    for (at, card) in template
        .components
        .cards()
        .unwrap_or_default()
        .iter()
        .enumerate()
    {
        list.components(&card.components, &format!("cards.{at}."));
    }
    list.found
}

/// Whether an offer counts down to its end.
pub(super) fn expires(offer: &Node<'_>) -> bool {
    offer.object("limited_time_offer").map_or(false, |inner| {
        inner.get("has_expiration").map_or(false, |has| has == true)
    })
}

struct List {
    found: Vec<Variable>,
    named: bool,
}

impl List {
    fn push(
        &mut self,
        key: &str,
        place: String,
        name: &str,
        kind: VariableKind,
        required: bool,
        example: &str,
    ) {
        self.found.push(Variable {
            key: key.to_owned(),
            place,
            name: name.to_owned(),
            kind,
            required,
            example: example.to_owned(),
        });
    }

    fn components(&mut self, components: &[super::model::Component<'_>], prefix: &str) {
        if let Some((node, format)) = components.header() {
            match header_key(format) {
                Some((key, kind)) => {
                    let examples = Examples::read(node, "header_handle");
                    let example = examples.listed.and_then(|list| list.first().copied());
                    let key = format!("{prefix}header.{key}");
                    self.push(
                        &key,
                        node.place.clone(),
                        "",
                        kind,
                        true,
                        example.unwrap_or_default(),
                    );
                }
                None if format == Format::Text => {
                    self.text(node, "header_text", &format!("{prefix}header."));
                }
                // Of a header that is not known nobody can say what fills it.
                None => {}
            }
        }
        if let Some(node) = components.body() {
            self.text(node, "body_text", &format!("{prefix}body."));
        }
        for (at, button) in components.buttons().iter().enumerate() {
            self.button(&button.node, button.kind, &format!("{prefix}buttons.{at}."));
        }
    }

    fn text(&mut self, node: &Node<'_>, key: &str, prefix: &str) {
        let scan = scan(node.str("text"));
        let names = scan.names();
        if names.is_empty() {
            return;
        }
        let examples = Examples::read(node, key);
        let mut named = BTreeMap::new();
        for (name, example) in examples.named.unwrap_or_default() {
            named.insert(name, example);
        }
        let listed = examples.listed.unwrap_or_default();
        for (at, name) in names.into_iter().enumerate() {
            let example = if self.named || number(name).is_none() {
                named.get(name).copied()
            } else {
                listed.get(at).copied()
            };
            let key = format!("{prefix}{name}");
            self.push(
                &key,
                node.at("text"),
                name,
                VariableKind::Text,
                true,
                example.unwrap_or_default(),
            );
        }
    }

    fn button(&mut self, node: &Node<'_>, kind: Kind, prefix: &str) {
        use VariableKind as V;
        let mut push = |key: &str, place: &str, kind, required, example: &str| {
            self.push(
                &format!("{prefix}{key}"),
                node.at(place),
                "",
                kind,
                required,
                example,
            );
        };
        match kind {
            Kind::Url => {
                let (base, name) = url_parts(node.str("url"));
                if name.is_some() {
                    push(
                        "url",
                        "url",
                        V::Url,
                        true,
                        suffix(base, url_example(node).unwrap_or_default()),
                    );
                }
            }
            Kind::QuickReply => push("payload", "text", V::Payload, false, ""),
            Kind::CopyCode => push(
                "code",
                "example",
                V::Coupon,
                true,
                url_example(node).unwrap_or_default(),
            ),
            Kind::Flow => {
                push("flow_token", "type", V::FlowToken, false, "");
                push("flow_data", "type", V::FlowData, false, "");
            }
            Kind::Catalog => push("thumbnail", "type", V::Thumbnail, false, ""),
            Kind::Mpm => push("products", "type", V::Products, true, ""),
            Kind::VoiceCall => {
                push("ttl_minutes", "type", V::TtlMinutes, false, "");
                push("payload", "type", V::Payload, false, "");
            }
            Kind::OrderDetails => push("order", "type", V::Order, true, ""),
            Kind::PhoneNumber | Kind::Otp | Kind::Spm | Kind::RequestContactInfo | Kind::Other => {}
        }
    }
}

/// Components and buttons that we do not know, and whether they can be sent as they are.
pub(super) fn unknown<'t, 'a>(template: &'t Template<'a>) -> Vec<&'t Node<'a>> {
    let mut found = Vec::new();
    collect(&template.components, &mut found);
    for card in template.components.cards().unwrap_or_default() {
        collect(&card.components, &mut found);
    }
    found
}

fn collect<'t, 'a>(components: &'t [super::model::Component<'a>], found: &mut Vec<&'t Node<'a>>) {
    for component in components {
        match &component.part {
            Part::Other | Part::Header(Format::Other) => found.push(&component.node),
            Part::Buttons(buttons) => found.extend(
                buttons
                    .iter()
                    .filter(|button| button.kind == Kind::Other)
                    .map(|button| &button.node),
            ),
            _ => {}
        }
    }
}
