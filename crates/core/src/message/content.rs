//! Text, media, location, contacts and reaction (pages messages/text-messages and so on).

use super::check::{clip, Checker, Need, Node};
use crate::limits;
use serde_json::Value;

/// Checks the object of a plain type.
pub(super) fn check(checker: &mut Checker, node: &Node<'_>, kind: &str) {
    match kind {
        "text" => {
            if let Some(text) = checker.object(node, kind, "The text", Need::Yes) {
                checker.text(
                    &text,
                    "body",
                    "The text",
                    Need::Yes,
                    limits::TEXT_BODY_CHARS,
                );
                checker.flag(&text, "preview_url", "The link preview");
            }
        }
        "image" | "video" | "audio" | "document" | "sticker" => {
            if let Some(media) = checker.object(node, kind, "The file", Need::Yes) {
                file(checker, &media, kind);
            }
        }
        "location" => {
            if let Some(location) = checker.object(node, kind, "The location", Need::Yes) {
                place(checker, &location);
            }
        }
        "contacts" => {
            for card in checker.objects(node, kind, "Contact cards", 1, limits::CONTACT_CARDS) {
                contact(checker, &card);
            }
        }
        "reaction" => {
            if let Some(reaction) = checker.object(node, kind, "The reaction", Need::Yes) {
                checker.text(
                    &reaction,
                    "message_id",
                    "The message reacted to",
                    Need::Yes,
                    limits::IDENTIFIER_BYTES,
                );
                if checker
                    .text(
                        &reaction,
                        "emoji",
                        "The emoji",
                        Need::No,
                        limits::REACTION_EMOJI_CHARS,
                    )
                    .is_none()
                    && reaction.get("emoji").is_none()
                {
                    let message = "The emoji is missing. Give one, or an empty text to take the reaction back.";
                    checker.add(reaction.at("emoji"), "required", message);
                }
            }
        }
        other => {
            let message = format!("`{}` is not a type of message that WhatsApp sends. Choose text, image, template, …", clip(other));
            checker.add("type", "type", message);
        }
    }
}

fn file(checker: &mut Checker, media: &Node<'_>, kind: &str) {
    checker.media(media, "The file");
    match kind {
        "image" | "video" | "document" => {
            checker.text(
                media,
                "caption",
                "The caption",
                Need::No,
                limits::CAPTION_CHARS,
            );
        }
        _ => checker.absent(
            media,
            "caption",
            "WhatsApp shows no caption under this type.",
        ),
    }
    if kind == "document" {
        checker.text(
            media,
            "filename",
            "The file name",
            Need::No,
            limits::LABEL_CHARS,
        );
    }
    if kind == "audio" {
        checker.flag(media, "voice", "The mark for voice messages");
    }
}

/// Latitude and longitude, as numbers or as text; Meta's pages show text.
pub(super) fn place(checker: &mut Checker, location: &Node<'_>) {
    for (key, label, max) in [
        ("latitude", "The latitude", 90u8),
        ("longitude", "The longitude", 180),
    ] {
        let number = match location.get(key) {
            None => {
                checker.add(
                    location.at(key),
                    "required",
                    format!("{label} is missing. Please give one."),
                );
                continue;
            }
            Some(Value::Number(number)) => number.as_f64(),
            // serde_json's reader, because that of the standard library weighs 15 KB in the browser.
            Some(Value::String(text)) => serde_json::from_slice::<Value>(text.trim().as_bytes())
                .ok()
                .and_then(|number| number.as_f64()),
            Some(_) => None,
        };
        match number {
            None => checker.add(
                location.at(key),
                "type",
                format!("{label} must be a number."),
            ),
            Some(degrees) if degrees.is_finite() && degrees.abs() <= f64::from(max) => {}
            Some(degrees) => {
                checker.add(
                    location.at(key),
                    "value",
                    format!(
                        "{label} is {}; it must lie between -{max} and {max}.",
                        Value::from(degrees)
                    ),
                );
            }
        }
    }
    checker.text(
        location,
        "name",
        "The place's name",
        Need::No,
        limits::CAPTION_CHARS,
    );
    checker.text(
        location,
        "address",
        "The address",
        Need::No,
        limits::CAPTION_CHARS,
    );
}

fn contact(checker: &mut Checker, card: &Node<'_>) {
    let max = limits::CAPTION_CHARS;
    if let Some(name) = checker.object(card, "name", "The contact's name", Need::Yes) {
        checker.text(
            &name,
            "formatted_name",
            "The contact's full name",
            Need::Yes,
            max,
        );
        for key in ["first_name", "last_name", "middle_name", "suffix", "prefix"] {
            checker.text(&name, key, "A part of the name", Need::No, max);
        }
    }
    if let Some(org) = checker.object(card, "org", "The organisation", Need::No) {
        for key in ["company", "department", "title"] {
            checker.text(&org, key, "A part of the organisation", Need::No, max);
        }
    }
    let lists: &[(&str, &str, &[&str])] = &[
        ("phones", "Phone numbers", &["phone", "wa_id", "type"]),
        ("emails", "E-mail addresses", &["email", "type"]),
        ("urls", "Web addresses", &["url", "type"]),
        (
            "addresses",
            "Addresses",
            &[
                "street",
                "city",
                "state",
                "zip",
                "country",
                "country_code",
                "type",
            ],
        ),
    ];
    for (key, label, parts) in lists {
        for item in checker.objects(card, key, label, 0, limits::CONTACT_CARDS) {
            for part in *parts {
                checker.text(&item, part, label, Need::No, max);
            }
        }
    }
    if let Some(birthday) = checker.text(card, "birthday", "The birthday", Need::No, max) {
        if !is_date(birthday) {
            let message = format!(
                "The birthday is `{}`; write it as 1999-01-23.",
                clip(birthday)
            );
            checker.add(card.at("birthday"), "format", message);
        }
    }
}

/// `YYYY-MM-DD` with a month of 1–12 and a day of 1–31.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut number = |length: usize| {
        parts
            .next()
            .filter(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|part| part.parse().ok())
    };
    let date: [Option<u32>; 3] = [number(4), number(2), number(2)];
    matches!(date, [Some(_), Some(1..=12), Some(1..=31)]) && parts.next().is_none()
}
