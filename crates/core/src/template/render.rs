//! A template with its values as the customer sees it.

use super::fill::{self, Values, CODE};
use super::model::{url_parts, Button, Category, Component, Components, Format, Kind, Template};
use super::node::Node;
use super::parameters::single;
use super::scan::{fitting, scan, FILLED_BYTES};
use super::{Rendered, RenderedBody, RenderedButton, RenderedCard, RenderedHeader, RenderedOffer};
use crate::markup;
use serde_json::Value;
use std::borrow::Cow;

pub(super) fn render(template: &Template<'_>, values: Values<'_>) -> Rendered {
    let mut fill = Fill {
        values,
        code: template.is(Category::Authentication),
        missing: Vec::new(),
        room: FILLED_BYTES,
    };
    let mut rendered = Rendered {
        header: fill.header(&template.components, ""),
        body: fill.body(&template.components, ""),
        footer: footer(template),
        offer: fill.offer(template),
        buttons: fill.buttons(&template.components, ""),
        cards: fill.cards(template),
        unknown: fill::unknown(template)
            .iter()
            .map(|node| kind(node))
            .collect(),
        preset: false,
        missing: Vec::new(),
    };
    let written = template
        .components
        .body()
        .map_or(false, |body| body.get("text").is_some());
    if template.is(Category::Authentication) && !written {
        rendered.preset = true;
        rendered.body = fill.passcode(template);
    }
    rendered.missing = fill.missing;
    rendered
}

fn kind(node: &Node<'_>) -> String {
    let word = match node.str("format") {
        "" => node.str("type"),
        format => format,
    };
    word.to_ascii_uppercase()
}

fn footer(template: &Template<'_>) -> String {
    let node = match template.components.footer() {
        Some(node) => node,
        None => return String::new(),
    };
    match node.get("code_expiration_minutes").and_then(Value::as_i64) {
        Some(1) => "This code expires in 1 minute.".to_owned(),
        Some(minutes) => format!("This code expires in {minutes} minutes."),
        None => node.str("text").to_owned(),
    }
}

struct Fill<'a> {
    values: Values<'a>,
    /// All variables are the one-time password.
    code: bool,
    /// Keys of values that are needed and not given.
    missing: Vec<String>,
    /// Bytes that values may still take up.
    room: usize,
}

impl<'a> Fill<'a> {
    /// The value of a key as text; notes when there is none.
    fn text(&mut self, key: String) -> Option<Cow<'a, str>> {
        let key = if self.code { CODE.to_owned() } else { key };
        let value = self.values.text(&key);
        // Keys differ, save that of the one-time password.
        if value.is_none() && (!self.code || self.missing.is_empty()) {
            self.missing.push(key);
        }
        value
    }

    /// A text with its variables filled in; each missing one is noted once.
    fn fill(&mut self, text: &str, prefix: &str) -> String {
        let scan = scan(text);
        if !self.code {
            for name in scan.names() {
                self.text(format!("{prefix}{name}"));
            }
        } else if scan.all().next().is_some() {
            self.text(String::new());
        }
        let (values, code) = (self.values, self.code);
        scan.fill(&mut self.room, |name| {
            if code {
                values.text(CODE)
            } else {
                values.text(&format!("{prefix}{name}"))
            }
        })
    }

    fn header(&mut self, components: &[Component<'_>], prefix: &str) -> Option<RenderedHeader> {
        let (node, format) = components.header()?;
        let mut header = RenderedHeader {
            kind: kind(node).to_ascii_lowercase(),
            text: String::new(),
            media: Value::Null,
        };
        match fill::header_key(format) {
            Some((key, _)) => {
                let key = format!("{prefix}header.{key}");
                match self.values.get(&key) {
                    Some(Value::String(file)) => header.media = file_of(file),
                    Some(value) => header.media = value.clone(),
                    None => self.missing.push(key),
                }
            }
            None if format == Format::Text => {
                header.kind = "text".to_owned();
                header.text = self.fill(node.str("text"), &format!("{prefix}header."));
            }
            None => {}
        }
        Some(header)
    }

    fn body(&mut self, components: &[Component<'_>], prefix: &str) -> RenderedBody {
        let text = components.body().map_or("", |node| node.str("text"));
        body(self.fill(text, &format!("{prefix}body.")))
    }

    /// WhatsApp's own words, in English; a customer sees them in the template's language.
    fn passcode(&mut self, template: &Template<'_>) -> RenderedBody {
        let code = self.text(String::new());
        let mut text = format!(
            "*{}* is your verification code.",
            fitting(code.as_deref().unwrap_or("{{code}}"), &mut self.room)
        );
        let advice = template
            .components
            .body()
            .and_then(|body| body.get("add_security_recommendation"));
        if advice.map_or(false, |advice| advice == true) {
            text.push_str(" For your security, do not share this code.");
        }
        body(text)
    }

    fn offer(&mut self, template: &Template<'_>) -> Option<RenderedOffer> {
        let node = template.components.offer()?;
        let inner = node.object("limited_time_offer");
        let expires_ms = if fill::expires(node) {
            let key = "offer.expires_ms";
            let found = self.values.get(key).and_then(super::parameters::whole);
            if found.is_none() {
                self.missing.push(key.to_owned());
            }
            found
        } else {
            None
        };
        Some(RenderedOffer {
            text: inner.map_or("", |inner| inner.str("text")).to_owned(),
            expires_ms,
        })
    }

    fn buttons(&mut self, components: &[Component<'_>], prefix: &str) -> Vec<RenderedButton> {
        let buttons = components.buttons().iter().enumerate();
        buttons
            .map(|(at, button)| self.button(button, &format!("{prefix}buttons.{at}.")))
            .collect()
    }

    fn button(&mut self, button: &Button<'_>, prefix: &str) -> RenderedButton {
        let node = &button.node;
        let mut rendered = RenderedButton {
            kind: node.str("type").to_ascii_lowercase(),
            text: node.str("text").to_owned(),
            url: String::new(),
            phone: String::new(),
            code: String::new(),
        };
        let preset = match button.kind {
            Kind::CopyCode => "Copy code",
            Kind::RequestContactInfo => "Share contact info",
            Kind::Otp if node.str("otp_type").eq_ignore_ascii_case("copy_code") => "Copy code",
            Kind::Otp => {
                // The label is that of the button for copying, which these only show when filling in fails.
                rendered.text = node.str("autofill_text").to_owned();
                "Autofill"
            }
            _ => "",
        };
        if rendered.text.is_empty() {
            rendered.text = preset.to_owned();
        }
        match button.kind {
            Kind::Url => {
                let (base, name) = url_parts(node.str("url"));
                rendered.url = base.to_owned();
                if let Some(name) = name {
                    match self.text(format!("{prefix}url")) {
                        Some(value) => rendered.url.push_str(fitting(&value, &mut self.room)),
                        None => rendered.url.push_str(&format!("{{{{{name}}}}}")),
                    }
                }
            }
            Kind::PhoneNumber => rendered.phone = node.str("phone_number").to_owned(),
            Kind::CopyCode => {
                let code = self.text(format!("{prefix}code"));
                rendered.code = fitting(&code.unwrap_or_default(), &mut self.room).to_owned();
            }
            // Elsewhere there is no one-time password to show, see `fill::variables`.
            Kind::Otp if self.code => {
                let code = self.text(String::new()).unwrap_or_default();
                rendered.code = fitting(&code, &mut self.room).to_owned();
            }
            Kind::Mpm => self.needed(format!("{prefix}products")),
            Kind::OrderDetails => self.needed(format!("{prefix}order")),
            _ => {}
        }
        rendered
    }

    fn needed(&mut self, key: String) {
        if self.values.get(&key).is_none() {
            self.missing.push(key);
        }
    }

    fn cards(&mut self, template: &Template<'_>) -> Vec<RenderedCard> {
        let cards = template.components.cards().unwrap_or_default();
        let count = if fill::is_product_carousel(template) {
            self.values.cards(cards.len())
        } else {
            cards.len()
        };
        // Cards beyond those of the template look like the last one.
        let all = (0..count).filter_map(|at| Some((at, cards.get(at).or_else(|| cards.last())?)));
        let mut rendered = Vec::new();
        for (at, card) in all {
            let prefix = format!("cards.{at}.");
            rendered.push(RenderedCard {
                header: self.header(&card.components, &prefix),
                body: card
                    .components
                    .body()
                    .map(|_| self.body(&card.components, &prefix)),
                buttons: self.buttons(&card.components, &prefix),
            });
        }
        rendered
    }
}

fn body(text: String) -> RenderedBody {
    RenderedBody {
        html: markup::to_html(&text),
        plain: markup::to_plain(&text),
        text,
    }
}

/// A file as it is sent: the id of an upload or an address.
pub(super) fn file_of(file: &str) -> Value {
    if super::node::host(file).is_empty() {
        single("id", Value::from(file))
    } else {
        single("link", Value::from(file))
    }
}
