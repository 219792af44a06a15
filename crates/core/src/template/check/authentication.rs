//! One-time passwords: WhatsApp writes the text, the template only says what to show
//! (templates/authentication-templates/…).

use super::super::model::{Button, Components, Kind, Part, Template};
use super::super::node::{clip, Node, Report};
use crate::limits;

pub(super) fn check(report: &mut Report, template: &Template<'_>) {
    for component in &template.components {
        let node = &component.node;
        match &component.part {
            Part::Body => {
                report.flag(node, "add_security_recommendation", "The security advice");
                own_text(report, node, "auth_body_text", "body");
            }
            Part::Footer => {
                own_text(report, node, "auth_footer_text", "footer");
                expiration(report, node);
            }
            Part::Buttons(buttons) => self::buttons(report, node, buttons),
            Part::Other => {}
            _ => report.error(
                node.place.clone(),
                "auth_component",
                "A template for one-time passwords has a body, a footer and a button, and nothing else.",
                "Remove it, or change the category.",
            ),
        }
    }
    if template.components.body().is_some() && template.components.buttons().is_empty() {
        let empty = template
            .components
            .iter()
            .any(|component| matches!(component.part, Part::Buttons(_)));
        if !empty {
            report.error(
                "components",
                "auth_button_missing",
                "A template for one-time passwords needs its button.",
                "Add a button of the type OTP.",
            );
        }
    }
}

fn own_text(report: &mut Report, node: &Node<'_>, rule: &'static str, what: &str) {
    if node.get("text").is_some() {
        report.error(
            node.at("text"),
            rule,
            format!("WhatsApp writes the {what} of a template for one-time passwords itself."),
            "Remove the text, or change the category.",
        );
    }
}

fn expiration(report: &mut Report, node: &Node<'_>) {
    let key = "code_expiration_minutes";
    let (min, max) = (
        limits::CODE_EXPIRATION_MINUTES_MIN,
        limits::CODE_EXPIRATION_MINUTES,
    );
    match node.get(key).map(serde_json::Value::as_i64) {
        None => {}
        Some(None) => report.wrong_type(
            node.at(key),
            "The lifetime of the code",
            "a whole number of minutes",
        ),
        Some(Some(minutes)) if (min..=max).contains(&minutes) => {}
        Some(Some(minutes)) => report.error(
            node.at(key),
            "auth_expiration_range",
            format!("The code lives {minutes} minutes; WhatsApp allows {min} to {max}."),
            "Choose a number in this range.",
        ),
    }
}

fn buttons(report: &mut Report, node: &Node<'_>, buttons: &[Button<'_>]) {
    report.list(node, "buttons", "A button");
    match buttons {
        [button] => self::button(report, button),
        [] => report.error(
            node.at("buttons"),
            "auth_button_missing",
            "A template for one-time passwords needs its button.",
            "Add a button of the type OTP.",
        ),
        _ => report.error(
            node.at("buttons"),
            "auth_buttons_too_many",
            format!(
                "A template for one-time passwords has one button, not {}.",
                buttons.len()
            ),
            "Keep the button of the type OTP.",
        ),
    }
}

fn button(report: &mut Report, button: &Button<'_>) {
    let node = &button.node;
    if button.kind != Kind::Otp {
        return report.error(
            node.at("type"),
            "auth_button_kind",
            "The button of a template for one-time passwords must be of the type OTP.",
            "Change its type to OTP.",
        );
    }
    for (key, label) in [
        ("text", "The button's label"),
        ("autofill_text", "The label for filling in"),
    ] {
        if let Some(text) = report.text(node, key, label) {
            super::buttons::label(report, node.at(key), label, text);
        }
    }
    let kind = match report.needed(
        node,
        "otp_type",
        "The kind of the button",
        "auth_otp_type_missing",
    ) {
        Some(kind) => kind.to_ascii_uppercase(),
        None => return,
    };
    match kind.as_str() {
        "COPY_CODE" => {}
        "ONE_TAP" => apps(report, node),
        "ZERO_TAP" => {
            report.flag(
                node,
                "zero_tap_terms_accepted",
                "The agreement to the terms",
            );
            if node
                .get("zero_tap_terms_accepted")
                .map_or(true, |terms| terms == false)
            {
                report.error(
                    node.at("zero_tap_terms_accepted"),
                    "auth_zero_tap_terms",
                    "WhatsApp's terms for zero-tap codes are not accepted.",
                    "Read them and set zero_tap_terms_accepted to true.",
                );
            }
            apps(report, node);
        }
        other => report.error(
            node.at("otp_type"),
            "auth_otp_type_unknown",
            format!(
                "The kind of the button is `{}`, which WhatsApp does not know.",
                clip(other)
            ),
            "Choose COPY_CODE, ONE_TAP or ZERO_TAP.",
        ),
    }
}

/// The Android apps that may take the code.
fn apps(report: &mut Report, node: &Node<'_>) {
    // Up to version 20 of the Graph API the one app stood at the button itself.
    if node.get("supported_apps").is_none() && node.get("package_name").is_some() {
        return app(report, node);
    }
    report.list(node, "supported_apps", "An app");
    let apps = node.objects("supported_apps");
    let max = limits::SUPPORTED_APPS;
    if apps.is_empty()
        && node
            .get("supported_apps")
            .map_or(true, |list| list.as_array().map_or(false, Vec::is_empty))
    {
        report.error(
            node.at("supported_apps"),
            "auth_apps_missing",
            "The button fills the code into an app, but no app is named.",
            "Give the app's package name and signature hash, or choose COPY_CODE.",
        );
    }
    if apps.len() > max {
        report.error(
            node.at("supported_apps"),
            "auth_apps_too_many",
            format!("{} apps are named; WhatsApp allows {max}.", apps.len()),
            format!("Remove {}.", apps.len() - max),
        );
    }
    for one in apps.iter().take(max) {
        app(report, one);
    }
}

fn app(report: &mut Report, node: &Node<'_>) {
    if let Some(name) = report.needed(
        node,
        "package_name",
        "The app's package name",
        "auth_package",
    ) {
        let segment = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_alphabetic())
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        if name.len() > limits::PACKAGE_NAME_CHARS
            || !name.contains('.')
            || !name.split('.').all(segment)
        {
            report.error(
                node.at("package_name"),
                "auth_package",
                format!(
                    "`{}` is not the package name of an Android app.",
                    clip(name)
                ),
                format!(
                    "It looks like com.example.shop and has at most {} characters.",
                    limits::PACKAGE_NAME_CHARS
                ),
            );
        }
    }
    if let Some(hash) = report.needed(
        node,
        "signature_hash",
        "The app's signature hash",
        "auth_signature",
    ) {
        let good = hash
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
        if hash.len() != limits::SIGNATURE_HASH_CHARS || !good {
            report.error(
                node.at("signature_hash"),
                "auth_signature",
                format!("`{}` is not an app's signature hash.", clip(hash)),
                format!(
                    "It has exactly {} letters, digits, +, / and =.",
                    limits::SIGNATURE_HASH_CHARS
                ),
            );
        }
    }
}
