//! Buttons of every kind (page templates/components#buttons and those of the kinds).

use super::super::model::{
    url_example, url_parts, Button, Card, Components, Format, Kind, Part, Template,
};
use super::super::node::{clip, host, is_url, Node, Report};
use super::super::scan::{scan, Piece};
use super::text::plain_fault;
use crate::limits;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) fn check(report: &mut Report, template: &Template<'_>) {
    let component = template
        .components
        .iter()
        .find(|component| matches!(component.part, Part::Buttons(_)));
    let node = match component {
        Some(component) => &component.node,
        None => return,
    };
    let buttons = template.components.buttons();
    list(
        report,
        node,
        buttons,
        "buttons_too_many",
        limits::TEMPLATE_BUTTONS,
    );
    for button in buttons.iter().take(limits::TEMPLATE_BUTTONS) {
        self::button(report, template, button);
    }
    few(report, buttons);
    grouped(report, buttons);
    labels(report, buttons);
}

/// The buttons of a card.
pub(super) fn card(report: &mut Report, template: &Template<'_>, card: &Card<'_>) {
    let component = card
        .components
        .iter()
        .find(|component| matches!(component.part, Part::Buttons(_)));
    let node = match component {
        Some(component) => &component.node,
        None => return,
    };
    let buttons = card.components.buttons();
    list(
        report,
        node,
        buttons,
        "card_buttons_too_many",
        limits::TEMPLATE_CARD_BUTTONS,
    );
    let product = matches!(card.components.header(), Some((_, Format::Product)));
    for button in buttons.iter().take(limits::TEMPLATE_CARD_BUTTONS) {
        let known = match button.kind {
            Kind::Url => true,
            Kind::QuickReply | Kind::PhoneNumber => !product,
            Kind::Spm => product,
            _ => false,
        };
        if known || button.node.str("type").trim().is_empty() {
            self::button(report, template, button);
        } else {
            report.error(
                button.node.at("type"),
                "card_button_kind",
                if product {
                    "The button of a product's card must be SPM or URL."
                } else {
                    "The buttons of a card must be QUICK_REPLY, URL or PHONE_NUMBER."
                },
                "Change the button's type.",
            );
        }
    }
}

fn list(
    report: &mut Report,
    node: &Node<'_>,
    buttons: &[Button<'_>],
    rule: &'static str,
    max: usize,
) {
    report.list(node, "buttons", "A button");
    let empty = node
        .get("buttons")
        .map_or(true, |list| list.as_array().map_or(false, Vec::is_empty));
    if empty {
        report.error(
            node.at("buttons"),
            "buttons_missing",
            "The list of buttons is empty.",
            "Add a button, or remove the component.",
        );
    }
    if buttons.len() > max {
        report.error(
            node.at("buttons"),
            rule,
            format!(
                "There are {} buttons; WhatsApp allows {max}.",
                buttons.len()
            ),
            format!("Remove {}.", buttons.len() - max),
        );
    }
}

fn button(report: &mut Report, template: &Template<'_>, button: &Button<'_>) {
    let node = &button.node;
    let word = match report.needed(node, "type", "The button's type", "button_type_missing") {
        Some(word) => word,
        None => return,
    };
    match button.kind {
        Kind::Other => {
            return report.warning(
                node.at("type"),
                "button_unknown",
                format!("`{}` is a button that we do not know.", clip(word)),
                "It is kept and sent as it is. Check the spelling.",
            )
        }
        Kind::Otp => {
            return report.error(
                node.at("type"),
                "otp_outside_auth",
                "A button for one-time passwords may only be in a template of the category AUTHENTICATION.",
                "Change the category, or the button's type.",
            )
        }
        _ => {}
    }
    let key = "The button's label";
    // WhatsApp writes these labels itself.
    if matches!(button.kind, Kind::CopyCode | Kind::RequestContactInfo) {
        report.text(node, "text", key);
    } else if let Some(text) = report.needed(node, "text", key, "button_text_missing") {
        label(report, node.at("text"), key, text);
    }
    match button.kind {
        Kind::Url => {
            url(report, node);
            deep_link(report, template, node);
        }
        Kind::PhoneNumber => phone(report, node),
        Kind::CopyCode => code(report, template, node),
        Kind::Flow => flow(report, node),
        _ => {}
    }
}

/// A label: its length, and plain text (Meta's error 2388060: no variables, line breaks, emojis or formatting).
pub(super) fn label(report: &mut Report, place: String, label: &str, text: &str) {
    report.length(
        place.clone(),
        "button_text_too_long",
        label,
        text,
        limits::TEMPLATE_BUTTON_CHARS,
    );
    if plain_fault(text) || text.contains("{{") {
        report.error(
            place,
            "button_text_format",
            format!("{label} has a variable, a line break, an emoji or signs for bold or italic."),
            "Write it as plain text.",
        );
    }
}

/// Hosts that open WhatsApp itself; Meta: "Buttons cannot contain direct links to WhatsApp".
const WHATSAPP_HOSTS: &[&str] = &[
    "wa.me",
    "api.whatsapp.com",
    "chat.whatsapp.com",
    "whatsapp.com",
    "www.whatsapp.com",
];

fn url(report: &mut Report, node: &Node<'_>) {
    let label = "The button's address";
    let url = match report.needed(node, "url", label, "url_missing") {
        Some(url) => url,
        None => return,
    };
    let place = node.at("url");
    report.length(place.clone(), "url_too_long", label, url, limits::URL_CHARS);
    let scan = scan(url);
    let variables = scan.all().count();
    let (base, name) = url_parts(url);
    if scan.fault.is_some() {
        return report.error(
            place,
            "variable_braces",
            "The button's address has braces that make no variable.",
            "Write the variable as {{1}}, at the end.",
        );
    }
    if !is_url(base) {
        return report.error(
            place,
            "url_format",
            format!(
                "The button's address is `{}`, which is no web address.",
                clip(url)
            ),
            "Write it in full, for example https://example.com/orders.",
        );
    }
    if WHATSAPP_HOSTS
        .iter()
        .any(|own| own.eq_ignore_ascii_case(host(base)))
    {
        report.error(
            place.clone(),
            "url_whatsapp",
            "The button's address opens WhatsApp, which WhatsApp does not allow for buttons.",
            "Use a page of your own.",
        );
    }
    if variables > 1 {
        return report.error(
            place,
            "url_variables",
            format!("The button's address has {variables} variables; WhatsApp allows 1."),
            "Keep the one at the end.",
        );
    }
    if name.is_none() {
        return;
    }
    if !matches!(scan.pieces.last(), Some(Piece::Variable(_))) {
        return report.error(
            place,
            "url_variable_place",
            "The variable of the button's address is not at its end.",
            "Move it to the end, behind everything else.",
        );
    }
    example(report, node, base);
}

fn example(report: &mut Report, node: &Node<'_>, base: &str) {
    let place = node.at("example");
    let label = "The example of the address";
    let example = match (node.get("example"), url_example(node)) {
        (_, Some(example)) if !example.trim().is_empty() => example,
        (Some(Value::Array(items)), None) if items.is_empty() => "",
        (Some(_), None) => return report.wrong_type(place, label, "text or a list with one text"),
        _ => "",
    };
    if example.is_empty() {
        return report.error(
            place,
            "url_example_missing",
            "The button's address has a variable and no example.",
            "Give the whole address, or what stands for the variable.",
        );
    }
    if example.chars().any(|c| c.is_whitespace() || c.is_control()) || example.contains("{{") {
        return report.error(
            place,
            "url_example_format",
            format!(
                "{label} is `{}`; an address has no blanks and, as an example, no variable.",
                clip(example)
            ),
            "Write blanks as %20 and put a value for the variable.",
        );
    }
    let filled = base.len() + super::super::fill::suffix(base, example).len();
    if filled.max(example.len()) > limits::URL_CHARS {
        let longest = format!("{base}{}", super::super::fill::suffix(base, example));
        report.length(
            place,
            "url_example_too_long",
            "The address with its example",
            &longest,
            limits::URL_CHARS,
        );
    }
}

/// An Android app that the address opens (marketing-messages/deep-links).
fn deep_link(report: &mut Report, template: &Template<'_>, node: &Node<'_>) {
    let key = "app_deep_link";
    let link = match (node.get(key), node.object(key)) {
        (None, _) => return,
        (Some(_), Some(link)) => link,
        (Some(_), None) => {
            return report.wrong_type(node.at(key), "The app's address", "an object")
        }
    };
    super::marketing(
        report,
        template,
        &link.place,
        "deep_link_category",
        "An address that opens an app",
    );
    let text = |key: &str| {
        link.get(key)
            .and_then(Value::as_str)
            .map_or(false, |text| !text.trim().is_empty())
    };
    let id = link.get("meta_app_id").map_or(false, |id| id.is_u64()) || text("meta_app_id");
    if !id || !text("android_deep_link") {
        report.error(
            link.place.clone(),
            "deep_link_incomplete",
            "The address that opens an app is not complete.",
            "Give meta_app_id and android_deep_link.",
        );
    }
}

fn phone(report: &mut Report, node: &Node<'_>) {
    let label = "The button's phone number";
    let number = match report.needed(node, "phone_number", label, "phone_missing") {
        Some(number) => number,
        None => return,
    };
    let place = node.at("phone_number");
    report.length(
        place.clone(),
        "phone_too_long",
        label,
        number,
        limits::TEMPLATE_PHONE_CHARS,
    );
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let good = number
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b' ' | b'(' | b')' | b'.'));
    if !good || digits < limits::TEMPLATE_PHONE_DIGITS_MIN {
        report.error(
            place,
            "phone_format",
            format!(
                "The button's phone number is `{}`, which is none.",
                clip(number)
            ),
            "Write it with its country code, for example +15550051310.",
        );
    }
}

/// A code to copy (templates/…/coupon-templates, limited-time-offer-templates).
fn code(report: &mut Report, template: &Template<'_>, node: &Node<'_>) {
    let max = if template.components.offer().is_some() {
        limits::OFFER_CODE_CHARS
    } else {
        limits::COUPON_CODE_CHARS
    };
    let place = node.at("example");
    match (node.get("example"), url_example(node)) {
        (_, Some(code)) if !code.trim().is_empty() => {
            report.length(
                place.clone(),
                "code_example_too_long",
                "The example of the code",
                code,
                max,
            );
            if !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
                report.error(
                    place,
                    "code_example_format",
                    format!(
                        "The example of the code is `{}`; codes have only letters a–z and digits.",
                        clip(code)
                    ),
                    "Write it without blanks and signs.",
                );
            }
        }
        (Some(Value::Number(_) | Value::Bool(_) | Value::Object(_)), _) => {
            report.wrong_type(place, "The example of the code", "text");
        }
        _ => report.error(
            place,
            "code_example_missing",
            "The button that copies a code has no example.",
            "Give an example, for example 25OFF.",
        ),
    }
}

/// A form inside WhatsApp (flows/guides/sendingaflow).
fn flow(report: &mut Report, node: &Node<'_>) {
    let given: Vec<_> = ["flow_id", "flow_name", "flow_json"]
        .iter()
        .filter(|key| node.get(key).is_some())
        .collect();
    match given.as_slice() {
        [_] => {}
        [] => report.error(
            node.at("flow_id"),
            "flow_missing",
            "The button opens a flow, but none is named.",
            "Give flow_id, flow_name or flow_json.",
        ),
        _ => report.error(
            node.place.clone(),
            "flow_ambiguous",
            format!("The button names its flow {} times.", given.len()),
            "Keep one of flow_id, flow_name and flow_json.",
        ),
    }
    if let Some(action) = report.text(node, "flow_action", "What the flow does first") {
        if !["navigate", "data_exchange"]
            .iter()
            .any(|word| word.eq_ignore_ascii_case(action))
        {
            report.error(
                node.at("flow_action"),
                "flow_action_unknown",
                format!(
                    "The flow's action is `{}`, which WhatsApp does not know.",
                    clip(action)
                ),
                "Choose navigate or data_exchange.",
            );
        }
    }
}

/// Kinds of which there may be only some.
fn few(report: &mut Report, buttons: &[Button<'_>]) {
    let kinds: &[(Kind, &'static str, usize, &str)] = &[
        (
            Kind::Url,
            "url_too_many",
            limits::TEMPLATE_URL_BUTTONS,
            "that open a web address",
        ),
        (Kind::PhoneNumber, "phone_too_many", 1, "that call a number"),
        (Kind::CopyCode, "copy_code_too_many", 1, "that copy a code"),
        (Kind::Flow, "flow_too_many", 1, "that open a flow"),
        (
            Kind::VoiceCall,
            "voice_call_too_many",
            1,
            "that call on WhatsApp",
        ),
        (
            Kind::RequestContactInfo,
            "contact_info_too_many",
            1,
            "that ask for contact data",
        ),
    ];
    for (kind, rule, max, what) in kinds {
        let mut found = buttons
            .iter()
            .filter(|button| button.kind == *kind)
            .skip(*max);
        if let Some(button) = found.next() {
            report.error(
                button.node.place.clone(),
                rule,
                format!(
                    "There are {} buttons {what}; WhatsApp allows {max}.",
                    max + 1 + found.count()
                ),
                "Remove what is too many.",
            );
        }
    }
}

/// Quick replies must stand together.
fn grouped(report: &mut Report, buttons: &[Button<'_>]) {
    let quick = |button: &&Button<'_>| button.kind == Kind::QuickReply;
    let first = buttons.iter().position(|button| quick(&button));
    let last = buttons.iter().rposition(|button| quick(&button));
    if let (Some(first), Some(last)) = (first, last) {
        let inside = buttons.get(first..=last).unwrap_or_default();
        let at_edge = first == 0 || last + 1 == buttons.len();
        if let Some(other) = inside.iter().find(|button| !quick(button)) {
            report.error(
                other.node.place.clone(),
                "quick_reply_grouping",
                "Another button stands between the quick replies.",
                "Put all quick replies together, before or behind the others.",
            );
        } else if !at_edge {
            report.error(
                buttons
                    .get(first)
                    .map_or_else(String::new, |button| button.node.place.clone()),
                "quick_reply_grouping",
                "The quick replies stand between other buttons.",
                "Put all quick replies together, before or behind the others.",
            );
        }
    }
}

/// The same label twice: customers cannot tell the buttons apart, and answers neither.
fn labels(report: &mut Report, buttons: &[Button<'_>]) {
    let mut seen = BTreeMap::new();
    for button in buttons {
        let text = button.node.str("text");
        if !text.is_empty() && seen.insert(text, "").is_some() {
            return report.warning(
                button.node.at("text"),
                "button_text_repeated",
                format!("Two buttons have the label `{}`.", clip(text)),
                "Give each its own label.",
            );
        }
    }
}
