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
        text.push_str(node.str("text"));
        text.push('\n');
    }
    text.make_ascii_lowercase();
    if !text.is_ascii() {
        text = text.chars().map(lower).collect();
    }
    let words = MARKETING
        .iter()
        .find(|(language, _)| *language == template.language())
        .map_or(&[][..], |(_, words)| *words);
    let found = phrases(&text, words);
    let weight: u32 = found.iter().map(|(_, counts)| u32::from(*counts)).sum();
    if weight >= limits::MARKETING_WEIGHT {
        let place = template
            .components
            .body()
            .map_or_else(String::new, |body| body.at("text"));
        let found: Vec<_> = found
            .iter()
            .take(5)
            .map(|(phrase, _)| format!("“{}”", clip(phrase)))
            .collect();
        report.warning(
            place,
            "reads_like_marketing",
            format!("The template is UTILITY but reads like advertising: {}.", found.join(", ")),
            "WhatsApp makes such templates MARKETING, at that price. Leave the offer out, or choose MARKETING.",
        );
    }
}

/// The phrases that stand in the text with no letter before or behind. Compared where words begin: searching the text for
/// each phrase by itself takes several times as long.
fn phrases<'w>(text: &str, words: &'w [(&'static str, u8)]) -> Vec<&'w (&'static str, u8)> {
    let mut found: Vec<&(&str, u8)> = Vec::new();
    // Most words begin like none of the phrases, which their first two bytes tell.
    let mut starts = [false; 256];
    for (phrase, _) in words {
        if let Some(start) = starts.get_mut(sign(phrase)) {
            *start = true;
        }
    }
    let mut letter_before = false;
    for (at, c) in text.char_indices() {
        // A phrase that begins with a sign needs no edge there.
        let letter = c.is_alphabetic();
        let inside = letter && letter_before;
        letter_before = letter;
        if inside {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        if starts.get(sign(rest)).map_or(false, |start| *start) {
            for word in words {
                if begins(rest, word.0) && !found.contains(&word) {
                    found.push(word);
                }
            }
        }
    }
    found
}

/// The first two bytes as a number below 256.
fn sign(text: &str) -> usize {
    let mut bytes = text.bytes();
    let (first, second) = (bytes.next().unwrap_or(0), bytes.next().unwrap_or(0));
    usize::from(first.wrapping_mul(31).wrapping_add(second))
}

/// Whether the text begins with the phrase and no letter follows.
fn begins(text: &str, phrase: &str) -> bool {
    text.as_bytes().first() == phrase.as_bytes().first()
        && text.starts_with(phrase)
        && !text
            .get(phrase.len()..)
            .map_or(false, |rest| rest.starts_with(char::is_alphabetic))
}

/// Small letters of Western languages beyond ASCII, which is all that the words need; the whole of Unicode would weigh 20 KB in the browser.
fn lower(c: char) -> char {
    match c {
        'À'..='Ö' | 'Ø'..='Þ' => char::from_u32(u32::from(c) + 32).unwrap_or(c),
        _ => c,
    }
}
