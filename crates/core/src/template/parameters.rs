//! A template with its values as the `components` of a send request (pages templates/overview, templates/components and
//! those of the kinds, "Sending …").

use super::fill::{self, Values, CODE};
use super::model::{url_parts, Button, Category, Component, Components, Format, Kind, Template};
use super::node::{clip, Node, Report};
use super::render::file_of;
use super::scan::{self, scan};
use super::{Problem, VariableKind};
use crate::{limits, message};
use serde_json::{Map, Value};
use std::borrow::Cow;

pub(super) fn parameters(
    template: &Template<'_>,
    values: Values<'_>,
) -> Result<Value, Vec<Problem>> {
    let mut build = Build {
        values,
        named: template.named,
        offer: template.components.offer().is_some(),
        product: template
            .components
            .buttons()
            .iter()
            .any(|button| button.kind == Kind::Spm),
        report: Report::default(),
    };
    let components = if template.is(Category::Authentication) {
        build.passcode(template)
    } else {
        build.template(template)
    };
    let mut report = build.report;
    for node in fill::unknown(template)
        .into_iter()
        .filter(|node| fill::wants_value(node))
    {
        report.error(
            node.place.clone(),
            "unknown_needs_value",
            format!(
                "`{}` needs a value, and we do not know how to give it.",
                clip(node.str("type"))
            ),
            "Send this template from another tool, or use one without it.",
        );
    }
    let components = Value::Array(components);
    if report.problems.is_empty() {
        sendable(&mut report, &components);
    }
    if report.problems.is_empty() {
        Ok(components)
    } else {
        Err(report.problems)
    }
}

/// What is wrong with the finished components all the same, as for any message.
fn sendable(report: &mut Report, components: &Value) {
    let language = single("code", Value::from("en"));
    let template = with(single("name", Value::from("x")), "language", language);
    let body = with(
        typed(
            "template",
            "template",
            with(template, "components", components.clone()),
        ),
        "to",
        Value::from("+16505551234"),
    );
    for problem in message::check(&body) {
        let place = problem
            .path
            .strip_prefix("template.")
            .unwrap_or(&problem.path);
        report.error(
            place,
            "value_refused",
            problem.message,
            "Correct the value.",
        );
    }
}

/// `{key: value}`. These three instead of `json!`, which weighs twice as much in the browser.
pub(super) fn single(key: &str, value: Value) -> Value {
    with(Value::Object(Map::new()), key, value)
}

/// `{"type": kind, key: value}`, as all that is sent is built.
fn typed(kind: &str, key: &str, value: Value) -> Value {
    with(single("type", Value::from(kind)), key, value)
}

/// The object with one more key.
fn with(mut object: Value, key: &str, value: Value) -> Value {
    if let Value::Object(map) = &mut object {
        map.insert(key.to_owned(), value);
    }
    object
}

/// A whole number of at least 0, also as text.
pub(super) fn whole(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()))
}

struct Build<'a> {
    values: Values<'a>,
    named: bool,
    /// The template is a limited-time offer.
    offer: bool,
    /// The template shows a single product.
    product: bool,
    report: Report,
}

impl<'a> Build<'a> {
    fn template(&mut self, template: &Template<'_>) -> Vec<Value> {
        let mut components = Vec::new();
        let own = &template.components;
        let max = match (self.offer, self.product) {
            (true, _) => limits::OFFER_BODY_CHARS,
            (_, true) => limits::CARD_BODY_CHARS,
            _ => limits::BODY_CHARS,
        };
        components.extend(self.header(own, ""));
        components.extend(self.body(own, "", max));
        if own.offer().map_or(false, fill::expires) {
            components.extend(self.expiry());
        }
        self.buttons(own, "", &mut components);
        if let Some(cards) = own.cards() {
            let count = if fill::is_product_carousel(template) {
                self.values.cards(cards.len())
            } else {
                cards.len()
            };
            let all =
                (0..count).filter_map(|at| Some((at, cards.get(at).or_else(|| cards.last())?)));
            let mut sent = Vec::new();
            for (at, card) in all {
                let prefix = format!("cards.{at}.");
                let mut inner = Vec::new();
                inner.extend(self.header(&card.components, &prefix));
                inner.extend(self.body(&card.components, &prefix, limits::CARD_BODY_CHARS));
                self.buttons(&card.components, &prefix, &mut inner);
                sent.push(with(
                    single("card_index", Value::from(at)),
                    "components",
                    Value::Array(inner),
                ));
            }
            components.push(typed("carousel", "cards", Value::Array(sent)));
        }
        if let Some(target) = self.values.get("tap_target") {
            let kind = "tap_target_configuration";
            let target = typed(kind, kind, Value::Array(vec![target.clone()]));
            components.push(typed(kind, "parameters", Value::Array(vec![target])));
        }
        components
    }

    /// A one-time password: in the text and, again, in the button.
    fn passcode(&mut self, template: &Template<'_>) -> Vec<Value> {
        let code = match self.text(CODE, VariableKind::Otp, limits::OTP_CHARS) {
            Some(code) => code,
            None => return Vec::new(),
        };
        let parameters = Value::Array(vec![typed("text", "text", Value::from(code))]);
        let mut components = vec![typed("body", "parameters", parameters.clone())];
        if !template.components.buttons().is_empty() {
            let button = typed("button", "sub_type", Value::from("url"));
            components.push(with(
                with(button, "index", Value::from("0")),
                "parameters",
                parameters,
            ));
        }
        components
    }

    fn missing(&mut self, key: &str, kind: VariableKind) {
        self.report.error(
            key,
            "value_missing",
            format!("There is no value for `{key}` ({}).", kind.label()),
            "Give a value, or a fallback for customers without one.",
        );
    }

    fn wrong(&mut self, key: &str, want: &str) {
        self.report.error(
            key,
            "value_type",
            format!("The value of `{key}` must be {want}."),
            format!("Give {want}."),
        );
    }

    /// A value as text, within its limit and without what Meta refuses in values.
    fn text(&mut self, key: &str, kind: VariableKind, max: usize) -> Option<Cow<'a, str>> {
        if self.values.get(key).is_none() {
            self.missing(key, kind);
            return None;
        }
        let text = match self.values.text(key) {
            Some(text) => text,
            None => {
                self.wrong(key, "text or a number");
                return None;
            }
        };
        let label = format!("The value of `{key}`");
        self.report
            .length(key.to_owned(), "value_too_long", &label, &text, max);
        if super::breaks(&text) {
            self.report.error(
                key,
                "value_breaks",
                format!("{label} has line breaks, tabs or more than four blanks in a row, which WhatsApp refuses."),
                "Write it in one line.",
            );
        }
        Some(text)
    }

    /// An optional value as text.
    fn optional(&mut self, key: &str, kind: VariableKind, max: usize) -> Option<Cow<'a, str>> {
        self.values.get(key)?;
        self.text(key, kind, max)
    }

    /// The parameters of a text, and whether it fits with them.
    fn texts(&mut self, text: &str, prefix: &str, max: usize) -> Vec<Value> {
        let scan = scan(text);
        let mut parameters = Vec::new();
        for name in scan.names() {
            let key = format!("{prefix}{name}");
            let text = match self.text(&key, VariableKind::Text, max) {
                Some(text) => text,
                None => continue,
            };
            let parameter = match self.values.get(&key) {
                // An amount or a date, as the caller wrote it.
                Some(value @ Value::Object(_)) => value.clone(),
                _ => typed("text", "text", Value::from(text)),
            };
            parameters.push(if self.named || scan::number(name).is_none() {
                with(parameter, "parameter_name", Value::from(name))
            } else {
                parameter
            });
        }
        if self.report.problems.is_empty() && !parameters.is_empty() {
            let values = self.values;
            let filled = scan.fill(&mut { scan::FILLED_BYTES }, |name| {
                values.text(&format!("{prefix}{name}"))
            });
            let place = prefix.trim_end_matches('.').to_owned();
            self.report.length(
                place,
                "filled_too_long",
                "The text with these values",
                &filled,
                max,
            );
        }
        parameters
    }

    fn header(&mut self, components: &[Component<'_>], prefix: &str) -> Option<Value> {
        let (node, format) = components.header()?;
        let parameters = match fill::header_key(format) {
            Some((key, kind)) => {
                let key = format!("{prefix}header.{key}");
                let value = match self.values.get(&key) {
                    Some(value) => value,
                    None => {
                        self.missing(&key, kind);
                        return None;
                    }
                };
                let name = kind.word();
                let value = match value {
                    Value::String(file)
                        if !matches!(format, Format::Location | Format::Product) =>
                    {
                        file_of(file)
                    }
                    Value::Object(_) => value.clone(),
                    _ => {
                        self.wrong(&key, kind.label());
                        return None;
                    }
                };
                vec![typed(name, name, value)]
            }
            None => self.texts(
                node.str("text"),
                &format!("{prefix}header."),
                limits::TEMPLATE_HEADER_CHARS,
            ),
        };
        (!parameters.is_empty()).then(|| typed("header", "parameters", Value::Array(parameters)))
    }

    fn body(&mut self, components: &[Component<'_>], prefix: &str, max: usize) -> Option<Value> {
        let node = components.body()?;
        let parameters = self.texts(node.str("text"), &format!("{prefix}body."), max);
        (!parameters.is_empty()).then(|| typed("body", "parameters", Value::Array(parameters)))
    }

    fn expiry(&mut self) -> Option<Value> {
        let key = "offer.expires_ms";
        let found = match self.values.get(key) {
            Some(found) => found,
            None => {
                self.missing(key, VariableKind::ExpiresMs);
                return None;
            }
        };
        match whole(found) {
            Some(at) => {
                let kind = "limited_time_offer";
                let end = single("expiration_time_ms", Value::from(at));
                let parameters = Value::Array(vec![typed(kind, kind, end)]);
                Some(typed(kind, "parameters", parameters))
            }
            None => {
                self.wrong(key, VariableKind::ExpiresMs.label());
                None
            }
        }
    }

    fn buttons(&mut self, components: &[Component<'_>], prefix: &str, into: &mut Vec<Value>) {
        for (at, button) in components.buttons().iter().enumerate() {
            if let Some((sub_type, parameters)) =
                self.button(button, &format!("{prefix}buttons.{at}."))
            {
                let mut sent = typed("button", "sub_type", Value::from(sub_type));
                // Meta's page shows call buttons without their place.
                if button.kind != Kind::VoiceCall {
                    sent = with(sent, "index", Value::from(at.to_string()));
                }
                if !parameters.is_empty() {
                    sent = with(sent, "parameters", Value::Array(parameters));
                }
                into.push(sent);
            }
        }
    }

    /// What a button is sent with; `None` when nothing is to be said about it.
    fn button(&mut self, button: &Button<'_>, prefix: &str) -> Option<(&'static str, Vec<Value>)> {
        use VariableKind as V;
        let key = |name: &str| format!("{prefix}{name}");
        match button.kind {
            Kind::Url => {
                let text = self.url(&button.node, &key("url"))?;
                Some(("url", vec![typed("text", "text", Value::from(text))]))
            }
            Kind::QuickReply => {
                let payload = self.optional(&key("payload"), V::Payload, limits::REPLY_ID_CHARS)?;
                Some((
                    "quick_reply",
                    vec![typed("payload", "payload", Value::from(payload))],
                ))
            }
            Kind::CopyCode => {
                let max = if self.offer {
                    limits::OFFER_CODE_CHARS
                } else {
                    limits::COUPON_CODE_CHARS
                };
                let code = self.text(&key("code"), V::Coupon, max)?;
                if !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
                    self.report.error(
                        key("code"),
                        "value_format",
                        format!(
                            "The code is `{}`; codes have only letters a–z and digits.",
                            clip(&code)
                        ),
                        "Write it without blanks and signs.",
                    );
                }
                Some((
                    "copy_code",
                    vec![typed("coupon_code", "coupon_code", Value::from(code))],
                ))
            }
            Kind::Flow => {
                // Meta's default; a flow's button is always named.
                let token = self.optional(&key("flow_token"), V::FlowToken, limits::URL_CHARS);
                let token = token.as_deref().unwrap_or("unused");
                let mut action = single("flow_token", Value::from(token));
                if let Some(data) = self.object(&key("flow_data"), V::FlowData, false) {
                    action = with(action, "flow_action_data", data);
                }
                Some(("flow", vec![typed("action", "action", action)]))
            }
            Kind::Catalog => {
                let product =
                    self.optional(&key("thumbnail"), V::Thumbnail, limits::IDENTIFIER_BYTES);
                let action = product.map(|id| {
                    typed(
                        "action",
                        "action",
                        single("thumbnail_product_retailer_id", Value::from(id)),
                    )
                });
                Some(("catalog", action.into_iter().collect()))
            }
            Kind::Mpm => {
                let action = self.object(&key("products"), V::Products, true)?;
                Some(("mpm", vec![typed("action", "action", action)]))
            }
            Kind::OrderDetails => {
                let action = self.object(&key("order"), V::Order, true)?;
                Some(("order_details", vec![typed("action", "action", action)]))
            }
            Kind::VoiceCall => self.call(prefix),
            Kind::PhoneNumber | Kind::Otp | Kind::Spm | Kind::RequestContactInfo | Kind::Other => {
                None
            }
        }
    }

    fn object(&mut self, key: &str, kind: VariableKind, required: bool) -> Option<Value> {
        match self.values.get(key) {
            Some(Value::Object(map)) => Some(Value::Object(map.clone())),
            Some(_) => {
                self.wrong(key, kind.label());
                None
            }
            None => {
                if required {
                    self.missing(key, kind);
                }
                None
            }
        }
    }

    fn url(&mut self, node: &Node<'_>, key: &str) -> Option<Cow<'a, str>> {
        let (base, name) = url_parts(node.str("url"));
        name?;
        let text = self.text(key, VariableKind::Url, limits::URL_CHARS)?;
        if text.chars().any(char::is_whitespace) {
            self.report.error(
                key,
                "value_format",
                format!(
                    "`{}` is a part of an address, which has no blanks.",
                    clip(&text)
                ),
                "Write blanks as %20.",
            );
        }
        let whole = format!("{base}{text}");
        if self.report.problems.is_empty() {
            self.report.length(
                key.to_owned(),
                "filled_too_long",
                "The address with this value",
                &whole,
                limits::URL_CHARS,
            );
        }
        Some(text)
    }

    /// A call button (calling/call-button-messages-deep-links): both values may be left out, and then the button.
    fn call(&mut self, prefix: &str) -> Option<(&'static str, Vec<Value>)> {
        let mut parameters = Vec::new();
        let key = format!("{prefix}ttl_minutes");
        if let Some(minutes) = self.values.get(&key) {
            match whole(minutes) {
                Some(minutes) if (1..=limits::CALL_TTL_MINUTES).contains(&minutes) => {
                    parameters.push(typed("ttl_minutes", "ttl_minutes", Value::from(minutes)));
                }
                _ => self.wrong(
                    &key,
                    &format!(
                        "a whole number of minutes from 1 to {}",
                        limits::CALL_TTL_MINUTES
                    ),
                ),
            }
        }
        let payload = self.optional(
            &format!("{prefix}payload"),
            VariableKind::Payload,
            limits::CALL_PAYLOAD_CHARS,
        );
        parameters.extend(payload.map(|payload| typed("payload", "payload", Value::from(payload))));
        (!parameters.is_empty()).then_some(("voice_call", parameters))
    }
}
