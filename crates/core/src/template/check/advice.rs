//! What Meta does not refuse but re-categorises: utility texts that advertise (templates/template-categorization).

use super::super::model::{Category, Components, Template};
use super::super::node::{clip, Report};
use super::super::words::MARKETING;
use crate::limits;

pub(super) fn check(report: &mut Report, template: &Template<'_>) {
    if !template.is(Category::Utility) {
        return;
    }
    let mut text = String::new();
    let parts = [
        template.components.header().map(|(node, _)| node),
        template.components.body(),
        template.components.footer(),
    ];
    let buttons = template
        .components
        .buttons()
        .iter()
        .map(|button| &button.node);
    for node in parts.into_iter().flatten().chain(buttons) {
        text.extend(node.str("text").chars().map(lower));
        text.push('\n');
    }
    let words = MARKETING
        .iter()
        .find(|(language, _)| *language == template.language())
        .map_or(&[][..], |(_, words)| *words);
    let mut weight = 0;
    let mut found = Vec::new();
    for (phrase, counts) in words {
        if contains(&text, phrase) {
            weight += u32::from(*counts);
            found.push(*phrase);
        }
    }
    if weight >= limits::MARKETING_WEIGHT {
        let place = template
            .components
            .body()
            .map_or_else(String::new, |body| body.at("text"));
        let found: Vec<_> = found
            .iter()
            .take(5)
            .map(|phrase| format!("“{}”", clip(phrase)))
            .collect();
        report.warning(
            place,
            "reads_like_marketing",
            format!("The template is UTILITY but reads like advertising: {}.", found.join(", ")),
            "WhatsApp makes such templates MARKETING, at that price. Leave the offer out, or choose MARKETING.",
        );
    }
}

/// Whether the phrase stands in the text with no letter before or behind.
fn contains(text: &str, phrase: &str) -> bool {
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find(phrase)) {
        let (start, end) = (from + found, from + found + phrase.len());
        let before = text.get(..start).and_then(|rest| rest.chars().next_back());
        let after = text.get(end..).and_then(|rest| rest.chars().next());
        let free = |c: Option<char>| !c.map_or(false, char::is_alphabetic);
        // A phrase that begins or ends with a sign needs no edge there.
        if (free(before) || !phrase.starts_with(char::is_alphabetic))
            && (free(after) || !phrase.ends_with(char::is_alphabetic))
        {
            return true;
        }
        from = end;
    }
    false
}

/// Small letters of Western languages, which is all that the words need; the whole of Unicode would weigh 20 KB in the browser.
fn lower(c: char) -> char {
    match c {
        'À'..='Ö' | 'Ø'..='Þ' => char::from_u32(u32::from(c) + 32).unwrap_or(c),
        _ => c.to_ascii_lowercase(),
    }
}
