//! Sending a template (pages templates/…): the frame of its components. Whether the values fit the template itself is
//! another question, which needs the template.

use super::check::{clip, Checker, Need, Node};
use super::{content, interactive};
use crate::limits;

/// Checks `template`.
pub(super) fn check(checker: &mut Checker, message: &Node<'_>) {
    let node = match checker.object(message, "template", "The template", Need::Yes) {
        Some(node) => node,
        None => return,
    };
    if let Some(name) = checker.text(
        &node,
        "name",
        "The template's name",
        Need::Yes,
        limits::TEMPLATE_NAME_CHARS,
    ) {
        if !name
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        {
            let message = format!(
                "The template's name is `{}`; it has only small letters a–z, digits and _.",
                clip(name)
            );
            checker.add(node.at("name"), "format", message);
        }
    }
    if let Some(language) = checker.object(&node, "language", "The template's language", Need::Yes)
    {
        if let Some(code) = checker.text(
            &language,
            "code",
            "The language",
            Need::Yes,
            limits::LABEL_CHARS,
        ) {
            if !is_language(code) {
                let message = format!(
                    "The language is `{}`; write it as `de` or `en_US`.",
                    clip(code)
                );
                checker.add(language.at("code"), "format", message);
            }
        }
        checker.word(
            &language,
            "policy",
            "The language policy",
            Need::No,
            &["deterministic"],
        );
    }
    let components = checker.objects(&node, "components", "Components", 0, usize::MAX);
    self::components(checker, &components, limits::TEMPLATE_BUTTONS, true);
}

/// `de`, `fil`, `en_US`, `zh_HK`.
fn is_language(code: &str) -> bool {
    let (language, region) = code
        .split_once('_')
        .map_or((code, None), |(language, region)| (language, Some(region)));
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && region.map_or(true, |region| {
            region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase())
        })
}

fn components(checker: &mut Checker, components: &[Node<'_>], max_buttons: usize, outermost: bool) {
    let mut seen: Vec<String> = Vec::new();
    let mut buttons = 0;
    for component in components {
        let kind = match checker.text(
            component,
            "type",
            "The component's type",
            Need::Yes,
            limits::LABEL_CHARS,
        ) {
            Some(kind) => kind.to_ascii_lowercase(),
            None => continue,
        };
        // Buttons are told apart by their index, everything else comes once.
        let mut name = kind.clone();
        if kind == "button" {
            name = format!("button {}", button_index(checker, component));
            buttons += 1;
        }
        if seen.contains(&name) {
            checker.add(
                component.path.clone(),
                "duplicate",
                format!("The template has `{}` twice. Remove one.", clip(&name)),
            );
        }
        seen.push(name);
        match kind.as_str() {
            "header" => header(checker, component),
            "body" => body(checker, component),
            "button" => button(checker, component),
            "carousel" if outermost => cards(checker, component),
            "limited_time_offer" if outermost => {
                for parameter in checker.objects(component, "parameters", "Values", 1, 1) {
                    if let Some(offer) =
                        checker.object(&parameter, "limited_time_offer", "The offer", Need::Yes)
                    {
                        checker.whole(
                            &offer,
                            "expiration_time_ms",
                            "The end of the offer",
                            Need::Yes,
                        );
                    }
                }
            }
            "tap_target_configuration" if outermost => {
                for parameter in checker.objects(component, "parameters", "Values", 1, 1) {
                    for target in
                        checker.objects(&parameter, "tap_target_configuration", "Targets", 1, 1)
                    {
                        checker.url(&target, "url", "The target's address", Need::Yes);
                        checker.text(
                            &target,
                            "title",
                            "The target's title",
                            Need::Yes,
                            limits::LABEL_CHARS,
                        );
                    }
                }
            }
            "order_status" | "footer" if outermost => {
                checker.objects(
                    component,
                    "parameters",
                    "Values",
                    0,
                    limits::TEMPLATE_BUTTONS,
                );
            }
            other => {
                let message = format!("`{}` is not a component that can be filled in here. Use header, body or button.", clip(other));
                checker.add(component.at("type"), "type", message);
            }
        }
    }
    if let Some(first) = components.first() {
        let path = first
            .path
            .rsplit_once('[')
            .map_or("", |(path, _)| path)
            .to_owned();
        checker.count(path, "Buttons", buttons, max_buttons);
    }
}

fn header(checker: &mut Checker, component: &Node<'_>) {
    for parameter in checker.objects(component, "parameters", "Header values", 1, 1) {
        let kinds = &[
            "text", "image", "video", "gif", "document", "location", "product",
        ];
        match parameter_type(checker, &parameter, kinds) {
            Some("text") => {
                checker.text(
                    &parameter,
                    "text",
                    "The header's value",
                    Need::Yes,
                    limits::TEMPLATE_HEADER_CHARS,
                );
            }
            Some("location") => {
                if let Some(location) =
                    checker.object(&parameter, "location", "The location", Need::Yes)
                {
                    content::place(checker, &location);
                }
            }
            Some("product") => {
                if let Some(product) =
                    checker.object(&parameter, "product", "The product", Need::Yes)
                {
                    checker.text(
                        &product,
                        "product_retailer_id",
                        "The product",
                        Need::Yes,
                        limits::IDENTIFIER_BYTES,
                    );
                    checker.text(
                        &product,
                        "catalog_id",
                        "The catalog",
                        Need::Yes,
                        limits::IDENTIFIER_BYTES,
                    );
                }
            }
            Some(kind) => {
                if let Some(media) =
                    checker.object(&parameter, kind, "The header's file", Need::Yes)
                {
                    checker.media(&media, "The header's file");
                }
            }
            None => {}
        }
    }
}

fn body(checker: &mut Checker, component: &Node<'_>) {
    let mut named: Option<bool> = None;
    let mut names = Vec::new();
    for parameter in checker.objects(component, "parameters", "Values", 0, usize::MAX) {
        match parameter_type(checker, &parameter, &["text", "currency", "date_time"]) {
            Some("text") => {
                if let Some(text) = checker.text(
                    &parameter,
                    "text",
                    "The value",
                    Need::Yes,
                    limits::TEMPLATE_VALUE_CHARS,
                ) {
                    // Meta answers 132018 or 100: "Param text cannot have new-line/tab characters or more than 4 consecutive spaces".
                    if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
                        let message = "A value must not hold line breaks, tabs or more than four blanks in a row. Remove them.";
                        checker.add(parameter.at("text"), "format", message);
                    }
                }
            }
            Some("currency") => {
                if let Some(currency) =
                    checker.object(&parameter, "currency", "The amount", Need::Yes)
                {
                    checker.text(
                        &currency,
                        "fallback_value",
                        "The amount as text",
                        Need::Yes,
                        limits::TEMPLATE_VALUE_CHARS,
                    );
                    checker.text(&currency, "code", "The currency", Need::Yes, 3);
                    if !currency
                        .get("amount_1000")
                        .map_or(false, serde_json::Value::is_i64)
                    {
                        let message = "The amount (amount_1000) must be a whole number: the amount times 1000.";
                        checker.add(currency.at("amount_1000"), "type", message);
                    }
                }
            }
            Some(_) => {
                if let Some(time) = checker.object(&parameter, "date_time", "The date", Need::Yes) {
                    checker.text(
                        &time,
                        "fallback_value",
                        "The date as text",
                        Need::Yes,
                        limits::TEMPLATE_VALUE_CHARS,
                    );
                }
            }
            None => {}
        }
        let name = checker.text(
            &parameter,
            "parameter_name",
            "The placeholder's name",
            Need::No,
            limits::LABEL_CHARS,
        );
        checker.unique(
            &mut names,
            parameter.at("parameter_name"),
            "The placeholder",
            name,
        );
        if *named.get_or_insert(name.is_some()) != name.is_some() {
            let message =
                "Either all values name their placeholder or none does. Add the missing names.";
            checker.add(parameter.path.clone(), "conflict", message);
        }
    }
}

fn parameter_type<'a>(
    checker: &mut Checker,
    parameter: &Node<'a>,
    kinds: &[&str],
) -> Option<&'a str> {
    checker.word(parameter, "type", "The value's type", Need::Yes, kinds)
}

/// The index as text; a problem when it is none. Call buttons may go without (calling/call-button-messages-deep-links).
fn button_index(checker: &mut Checker, button: &Node<'_>) -> String {
    let need = if button.str("sub_type").eq_ignore_ascii_case("voice_call") {
        Need::No
    } else {
        Need::Yes
    };
    match checker.whole(button, "index", "The button's place", need) {
        Some(index) if index >= limits::TEMPLATE_BUTTONS as u64 => {
            let message = format!(
                "The button's place is {index}; places go from 0 to {}.",
                limits::TEMPLATE_BUTTONS - 1
            );
            checker.add(button.at("index"), "value", message);
            index.to_string()
        }
        Some(index) => index.to_string(),
        None => button.path.clone(),
    }
}

fn button(checker: &mut Checker, button: &Node<'_>) {
    let kind = match checker.text(
        button,
        "sub_type",
        "The button's type",
        Need::Yes,
        limits::LABEL_CHARS,
    ) {
        Some(kind) => kind.to_ascii_lowercase(),
        None => return,
    };
    // The type of the value that each kind of button takes, and whether it must have one.
    let (value, min) = match kind.as_str() {
        "url" | "otp" => ("text", 1),
        "quick_reply" => ("payload", 1),
        "copy_code" => ("coupon_code", 1),
        "mpm" => ("action", 1),
        "catalog" | "flow" | "spm" | "order_details" => ("action", 0),
        "voice_call" => ("", 0),
        "phone_number" | "request_contact_info" => ("", 0),
        other => {
            checker.add(
                button.at("sub_type"),
                "type",
                format!(
                    "`{}` is not a type of button that can be filled in.",
                    clip(other)
                ),
            );
            return;
        }
    };
    for parameter in checker.objects(button, "parameters", "Values of the button", min, 2) {
        if value.is_empty() {
            checker.text(
                &parameter,
                "type",
                "The value's type",
                Need::Yes,
                limits::LABEL_CHARS,
            );
            continue;
        }
        if parameter_type(checker, &parameter, &[value]).is_none() {
            continue;
        }
        match value {
            "coupon_code" => {
                checker.text(
                    &parameter,
                    value,
                    "The coupon code",
                    Need::Yes,
                    limits::COUPON_CODE_CHARS,
                );
            }
            "action" => {
                if let Some(action) = checker.object(&parameter, value, "The action", Need::Yes) {
                    if kind == "mpm" {
                        interactive::product_sections(checker, &action);
                    }
                }
            }
            "payload" => {
                checker.text(
                    &parameter,
                    value,
                    "The button's payload",
                    Need::Yes,
                    limits::REPLY_ID_CHARS,
                );
            }
            _ => {
                checker.text(
                    &parameter,
                    value,
                    "The button's value",
                    Need::Yes,
                    limits::URL_CHARS,
                );
            }
        }
    }
}

fn cards(checker: &mut Checker, component: &Node<'_>) {
    let cards = checker.objects(
        component,
        "cards",
        "Cards",
        limits::CAROUSEL_CARDS_MIN,
        limits::CAROUSEL_CARDS,
    );
    for (at, card) in cards.iter().enumerate() {
        if let Some(index) = checker.whole(card, "card_index", "The card's place", Need::Yes) {
            if index != at as u64 {
                checker.add(
                    card.at("card_index"),
                    "value",
                    format!(
                        "The card's place must be {at}: cards are numbered from 0 in their order."
                    ),
                );
            }
        }
        let inner = checker.objects(card, "components", "Components", 1, usize::MAX);
        components(checker, &inner, limits::TEMPLATE_CARD_BUTTONS, false);
    }
}
