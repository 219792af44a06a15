//! Carousels (pages messages/interactive-media-carousel-messages, interactive-product-carousel-messages).

use super::check::{clip, Checker, Need, Node};
use super::interactive::cta_url;
use crate::limits;

/// Checks the action of a carousel.
pub(super) fn carousel(checker: &mut Checker, action: &Node<'_>) {
    let cards = checker.objects(
        action,
        "cards",
        "Cards",
        limits::CAROUSEL_CARDS_MIN,
        limits::CAROUSEL_CARDS,
    );
    let mut first: Option<(String, Vec<String>)> = None;
    let mut catalog: Option<&str> = None;
    for (at, card) in cards.iter().enumerate() {
        let index = checker.whole(card, "card_index", "The card's place", Need::Yes);
        if index.map_or(false, |index| index != at as u64) {
            checker.add(
                card.at("card_index"),
                "value",
                format!("The card's place must be {at}: cards are numbered from 0 in their order."),
            );
        }
        let kind = checker
            .text(
                card,
                "type",
                "The card's type",
                Need::Yes,
                limits::LABEL_CHARS,
            )
            .unwrap_or_default();
        let card_action = checker.object(card, "action", "The card's action", Need::Yes);
        match kind {
            "product" => {
                if let Some(action) = card_action {
                    checker.text(
                        &action,
                        "product_retailer_id",
                        "The product",
                        Need::Yes,
                        limits::IDENTIFIER_BYTES,
                    );
                    let id = checker.text(
                        &action,
                        "catalog_id",
                        "The catalog",
                        Need::Yes,
                        limits::IDENTIFIER_BYTES,
                    );
                    if id.is_some()
                        && *catalog.get_or_insert(id.unwrap_or_default()) != id.unwrap_or_default()
                    {
                        checker.add(
                            action.at("catalog_id"),
                            "conflict",
                            "All cards must show products of one catalog.",
                        );
                    }
                }
            }
            "cta_url" | "button" | "quick_reply" => media_card(checker, card, card_action.as_ref()),
            "" => {}
            other => checker.add(
                card.at("type"),
                "type",
                format!(
                    "`{}` is not a type of card. Choose cta_url or product.",
                    clip(other)
                ),
            ),
        }
        let shape = card_shape(card);
        match &first {
            None => first = Some(shape),
            Some(first) if *first != shape => {
                let message = "All cards must be alike: the same kind of header and the same buttons. Change this card or the first.";
                checker.add(card.path.clone(), "conflict", message);
            }
            Some(_) => {}
        }
    }
}

fn media_card(checker: &mut Checker, card: &Node<'_>, action: Option<&Node<'_>>) {
    if let Some(header) = checker.object(card, "header", "The card's header", Need::Yes) {
        if let Some(kind) = checker.word(
            &header,
            "type",
            "The header's type",
            Need::Yes,
            &["image", "video"],
        ) {
            if let Some(media) = checker.object(&header, kind, "The header's file", Need::Yes) {
                checker.media(&media, "The header's file");
            }
        }
    }
    if let Some(body) = checker.object(card, "body", "The card's text", Need::No) {
        if let Some(text) = checker.text(
            &body,
            "text",
            "The card's text",
            Need::Yes,
            limits::CARD_BODY_CHARS,
        ) {
            let breaks = text.matches('\n').count();
            checker.count(
                body.at("text"),
                "Line breaks of the card's text",
                breaks,
                limits::CARD_BODY_BREAKS,
            );
        }
    }
    let action = match action {
        Some(action) => action,
        None => return,
    };
    if action.get("buttons").is_none() {
        cta_url(checker, action);
        return;
    }
    for button in checker.objects(action, "buttons", "Buttons", 1, limits::REPLY_BUTTONS) {
        // Meta's page shows `quick_reply`, reply-button messages `reply`; the object is the same.
        if let Some(kind) = checker.word(
            &button,
            "type",
            "The button's type",
            Need::Yes,
            &["quick_reply", "reply"],
        ) {
            if let Some(reply) = checker.object(&button, kind, "The button", Need::Yes) {
                checker.text(
                    &reply,
                    "id",
                    "The button's id",
                    Need::Yes,
                    limits::REPLY_ID_CHARS,
                );
                checker.text(
                    &reply,
                    "title",
                    "The button's label",
                    Need::Yes,
                    limits::REPLY_TITLE_CHARS,
                );
            }
        }
    }
}

/// What must be alike on all cards: the type with the kind of header, and the kinds of buttons.
fn card_shape(card: &Node<'_>) -> (String, Vec<String>) {
    let word = |value: Option<&serde_json::Value>| {
        value
            .and_then(|value| value.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let header = word(card.get("header").and_then(|header| header.get("type")));
    let buttons = card
        .get("action")
        .and_then(|action| action.get("buttons"))
        .and_then(|buttons| buttons.as_array());
    let buttons = buttons
        .map(|buttons| {
            buttons
                .iter()
                .map(|button| word(button.get("type")))
                .collect()
        })
        .unwrap_or_default();
    (format!("{}/{header}", card.str("type")), buttons)
}
