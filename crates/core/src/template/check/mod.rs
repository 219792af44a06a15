//! Everything Meta would refuse in a template, and what may surprise: the frame and what may stand beside what.

mod advice;
mod authentication;
mod buttons;
mod carousel;
mod text;

use super::languages::LANGUAGES;
use super::model::{Category, Components, Format, Kind, Part, Template};
use super::node::{clip, Report};
use super::Problem;
use crate::limits;
use serde_json::Value;

pub(super) fn check(value: &Value) -> Vec<Problem> {
    let mut report = Report::default();
    let template = match Template::read(value) {
        Some(template) => template,
        None => {
            report.error(
                "",
                "not_object",
                "A template must be an object.",
                "Send an object with name, language, category and components.",
            );
            return report.problems;
        }
    };
    name(&mut report, &template);
    language(&mut report, &template);
    category(&mut report, &template);
    lifetime(&mut report, &template);
    components(&mut report, &template);
    report.problems
}

fn name(report: &mut Report, template: &Template<'_>) {
    let label = "The template's name";
    if let Some(name) = report.needed(&template.node, "name", label, "name_missing") {
        if !name
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        {
            report.error(
                "name",
                "name_characters",
                format!("The template's name is `{}`; it may have only small letters a–z, digits and _.", clip(name)),
                "Write it without capitals, blanks and signs, for example order_update.",
            );
        }
        report.length(
            "name".to_owned(),
            "name_too_long",
            label,
            name,
            limits::TEMPLATE_NAME_CHARS,
        );
    }
}

fn language(report: &mut Report, template: &Template<'_>) {
    let label = "The template's language";
    let code = match report.needed(&template.node, "language", label, "language_missing") {
        Some(code) => code,
        None => return,
    };
    let (language, region) = code.split_once('_').unwrap_or((code, "XX"));
    let good = (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && region.len() == 2
        && region.bytes().all(|b| b.is_ascii_uppercase());
    if !good {
        report.error(
            "language",
            "language_format",
            format!(
                "The language is `{}`, which is no language code.",
                clip(code)
            ),
            "Write it as `de` or `en_US`.",
        );
    } else if LANGUAGES.binary_search(&code).is_err() {
        report.warning(
            "language",
            "language_unlisted",
            format!(
                "`{code}` is not among the {} languages that WhatsApp lists for templates.",
                LANGUAGES.len()
            ),
            format!("Use a listed code, for example `{}`.", nearest(language)),
        );
    }
}

/// A listed code of the same language, or English.
fn nearest(language: &str) -> &'static str {
    let mut listed = LANGUAGES.iter().copied();
    listed
        .find(|code| code.split('_').next() == Some(language))
        .unwrap_or("en_US")
}

fn category(report: &mut Report, template: &Template<'_>) {
    let node = &template.node;
    let words = "Choose MARKETING, UTILITY or AUTHENTICATION.";
    if let Some(category) = report.needed(node, "category", "The category", "category_missing") {
        if template.category.is_none() {
            report.error(
                "category",
                "category_unknown",
                format!(
                    "The category is `{}`, which WhatsApp does not know.",
                    clip(category)
                ),
                words,
            );
        }
    }
    if let Some(format) = report.text(node, "parameter_format", "The kind of variables") {
        if !["named", "positional"]
            .iter()
            .any(|word| word.eq_ignore_ascii_case(format))
        {
            report.error(
                "parameter_format",
                "format_unknown",
                format!(
                    "The kind of variables is `{}`, which WhatsApp does not know.",
                    clip(format)
                ),
                "Choose NAMED (like {{first_name}}) or POSITIONAL (like {{1}}).",
            );
        }
    }
}

/// How long WhatsApp tries to deliver (templates/time-to-live).
fn lifetime(report: &mut Report, template: &Template<'_>) {
    let key = "message_send_ttl_seconds";
    let value = match template.node.get(key) {
        Some(value) => value,
        None => return,
    };
    // Meta's page shows the number as text too.
    let seconds = value
        .as_i64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    let seconds = match seconds {
        Some(seconds) => seconds,
        None => {
            report.wrong_type(key.to_owned(), "The lifetime", "a whole number of seconds");
            return;
        }
    };
    let (min, max, also) = match template.category {
        Some(Category::Authentication) => (
            limits::TTL_SECONDS_MIN,
            limits::TTL_AUTHENTICATION_SECONDS,
            true,
        ),
        Some(Category::Utility) => (limits::TTL_SECONDS_MIN, limits::TTL_UTILITY_SECONDS, true),
        Some(Category::Marketing) => (
            limits::TTL_MARKETING_SECONDS_MIN,
            limits::TTL_MARKETING_SECONDS,
            false,
        ),
        None => return,
    };
    let fits = (min..=max).contains(&seconds) || (also && seconds == limits::TTL_THIRTY_DAYS);
    if !fits {
        report.error(
            key,
            "ttl_range",
            format!("The lifetime is {seconds} seconds; in this category WhatsApp allows {min} to {max}."),
            if also {
                "Choose a number in this range, or -1 for 30 days."
            } else {
                "Choose a number in this range."
            },
        );
    }
}

fn components(report: &mut Report, template: &Template<'_>) {
    report.list(&template.node, "components", "A component");
    // One from Meta's library brings its own (templates/template-library).
    if template.components.is_empty() && template.node.get("library_template_name").is_some() {
        return;
    }
    if template.components.is_empty() {
        if template
            .node
            .get("components")
            .map_or(true, |list| list.as_array().map_or(false, Vec::is_empty))
        {
            report.error(
                "components",
                "components_missing",
                "The template has no components.",
                "Add at least a body.",
            );
        }
        return;
    }
    let mut seen: Vec<String> = Vec::new();
    for component in &template.components {
        let node = &component.node;
        let label = "The component's type";
        let kind = match report.needed(node, "type", label, "component_type_missing") {
            Some(kind) => kind.to_ascii_uppercase(),
            None => continue,
        };
        if matches!(component.part, Part::Other) {
            report.warning(
                node.at("type"),
                "component_unknown",
                format!("`{}` is a component that we do not know.", clip(&kind)),
                "It is kept and sent as it is. Check the spelling.",
            );
        } else if seen.contains(&kind) {
            report.error(
                node.place.clone(),
                "component_twice",
                format!("The template has two components of the type {kind}."),
                "Remove one of them.",
            );
        } else {
            seen.push(kind);
        }
    }
    if template.components.body().is_none() {
        report.error(
            "components",
            "body_missing",
            "The template has no body, the only component that it needs.",
            "Add a component of the type BODY.",
        );
    }
    if template.is(Category::Authentication) {
        authentication::check(report, template);
        return;
    }
    text::check(report, template);
    buttons::check(report, template);
    offer(report, template);
    products(report, template);
    carousel::check(report, template);
    advice::check(report, template);
}

/// Says that something needs the category MARKETING.
fn marketing(
    report: &mut Report,
    template: &Template<'_>,
    place: &str,
    rule: &'static str,
    what: &str,
) {
    if template.is(Category::Utility) {
        report.error(
            place,
            rule,
            format!(
                "{what} may only be in a template of the category MARKETING; this one is UTILITY."
            ),
            "Change the category to MARKETING or remove it.",
        );
    }
}

/// Limited-time offers (templates/…/limited-time-offer-templates).
fn offer(report: &mut Report, template: &Template<'_>) {
    let node = match template.components.offer() {
        Some(node) => node,
        None => return,
    };
    marketing(
        report,
        template,
        &node.place,
        "offer_category",
        "A limited-time offer",
    );
    let key = "limited_time_offer";
    match node.object(key) {
        Some(inner) => {
            if let Some(text) =
                report.needed(&inner, "text", "The offer's text", "offer_text_missing")
            {
                report.length(
                    inner.at("text"),
                    "offer_text_too_long",
                    "The offer's text",
                    text,
                    limits::OFFER_TEXT_CHARS,
                );
            }
            report.flag(&inner, "has_expiration", "The countdown (has_expiration)");
        }
        None if node.get(key).is_some() => {
            report.wrong_type(node.at(key), "The offer", "an object")
        }
        None => report.error(
            node.at(key),
            "offer_text_missing",
            "The offer's text is missing.",
            "Please give the offer's text, for example `Ends soon!`.",
        ),
    }
    if let Some(footer) = template.components.footer() {
        report.error(
            footer.place.clone(),
            "offer_footer",
            "A template with a limited-time offer cannot have a footer.",
            "Remove the footer.",
        );
    }
    if let Some((header, format)) = template.components.header() {
        if !matches!(format, Format::Image | Format::Video) {
            report.error(
                header.at("format"),
                "offer_header",
                "The header of a limited-time offer must be an image or a video.",
                "Change the header's format to IMAGE or VIDEO, or remove the header.",
            );
        }
    }
    let buttons = template.components.buttons();
    let place = |kind| buttons.iter().position(|button| button.kind == kind);
    match (place(Kind::CopyCode), place(Kind::Url)) {
        (_, None) => report.error(
            node.place.clone(),
            "offer_url_missing",
            "A limited-time offer needs a button that opens a web address.",
            "Add a button of the type URL.",
        ),
        (Some(code), Some(url)) if code > url => report.error(
            buttons.get(code).map_or_else(String::new, |button| button.node.place.clone()),
            "offer_button_order",
            "In a limited-time offer the button that copies the code stands before the one that opens a web address.",
            "Move the COPY_CODE button to the first place.",
        ),
        _ => {}
    }
}

/// Catalogue, product lists and single products (templates/…/catalog-templates, mpm-templates, spm-templates).
fn products(report: &mut Report, template: &Template<'_>) {
    let buttons = template.components.buttons();
    let header = template.components.header();
    let product = buttons
        .iter()
        .find(|button| matches!(button.kind, Kind::Catalog | Kind::Mpm | Kind::Spm));
    if let Some((node, Format::Product)) = header {
        marketing(
            report,
            template,
            &node.place,
            "product_category",
            "A product in the header",
        );
        if !matches!(product, Some(button) if button.kind == Kind::Spm) {
            report.error(
                node.at("format"),
                "product_header_alone",
                "A product in the header needs a button of the type SPM.",
                "Add the button, or choose another header.",
            );
        }
    }
    let button = match product {
        Some(button) => button,
        None => return,
    };
    let place = &button.node.place;
    marketing(
        report,
        template,
        place,
        "product_category",
        "A button for products",
    );
    if buttons.len() > 1 {
        report.error(
            place.clone(),
            "product_button_alone",
            "A button for products must be the only button.",
            "Remove the other buttons.",
        );
    }
    match (button.kind, header) {
        (Kind::Spm, Some((_, Format::Product))) | (Kind::Catalog, _) => {}
        (Kind::Mpm, Some((_, Format::Text))) => {}
        (Kind::Mpm, _) => report.error(
            place.clone(),
            "mpm_header_missing",
            "A template that shows several products needs a header with text.",
            "Add a header of the format TEXT.",
        ),
        _ => report.error(
            place.clone(),
            "spm_header_missing",
            "A template that shows one product needs that product in its header.",
            "Add a header of the format PRODUCT.",
        ),
    }
}
