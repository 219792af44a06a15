//! Cards side by side (templates/…/media-card-carousel-templates, product-card-carousel-templates).

use super::super::model::{Card, Component, Components, Format, Kind, Part, Template};
use super::super::node::Report;
use super::{buttons, text};
use crate::limits;

pub(super) fn check(report: &mut Report, template: &Template<'_>) {
    let cards = match template.components.cards() {
        Some(cards) => cards,
        None => return,
    };
    let carousel = template
        .components
        .iter()
        .find(|component| matches!(component.part, Part::Carousel(_)));
    let node = match carousel {
        Some(component) => &component.node,
        None => return,
    };
    super::marketing(
        report,
        template,
        &node.place,
        "carousel_category",
        "A carousel",
    );
    for other in &template.components {
        if matches!(
            other.part,
            Part::Header(_) | Part::Footer | Part::Buttons(_) | Part::Offer
        ) {
            report.error(
                other.node.place.clone(),
                "carousel_with_other",
                "A template with a carousel has a body and cards, and nothing else.",
                "Move it into the cards or remove it.",
            );
        }
    }
    report.list(node, "cards", "A card");
    let (min, max) = (limits::CAROUSEL_CARDS_MIN, limits::CAROUSEL_CARDS);
    if cards.len() < min {
        report.error(
            node.at("cards"),
            "cards_too_few",
            format!(
                "The carousel has {} cards; WhatsApp wants at least {min}.",
                cards.len()
            ),
            "Add cards.",
        );
    }
    if cards.len() > max {
        report.error(
            node.at("cards"),
            "cards_too_many",
            format!(
                "The carousel has {} cards; WhatsApp allows {max}.",
                cards.len()
            ),
            format!("Remove {}.", cards.len() - max),
        );
    }
    let before = report.problems.len();
    for one in cards.iter().take(max) {
        card(report, template, one);
    }
    // Only cards that are good in themselves are compared.
    if report.problems.len() == before {
        alike(report, cards);
    }
}

fn card(report: &mut Report, template: &Template<'_>, card: &Card<'_>) {
    report.list(&card.node, "components", "A component");
    for component in &card.components {
        let node = &component.node;
        if report
            .needed(
                node,
                "type",
                "The component's type",
                "component_type_missing",
            )
            .is_some()
            && !matches!(
                component.part,
                Part::Header(_) | Part::Body | Part::Buttons(_)
            )
        {
            report.error(
                node.at("type"),
                "card_component",
                "A card may have a header, a body and buttons, and nothing else.",
                "Remove it.",
            );
        }
    }
    match card.components.header() {
        Some((_, Format::Product)) => {}
        Some((node, Format::Image | Format::Video)) => text::handle(report, node),
        Some((node, _)) => report.error(
            node.at("format"),
            "card_header_format",
            "The header of a card must be an image, a video or a product.",
            "Change its format to IMAGE, VIDEO or PRODUCT.",
        ),
        None => report.error(
            card.node.at("components"),
            "card_header_missing",
            "The card has no header.",
            "Add a header with an image, a video or a product.",
        ),
    }
    if let Some(node) = card.components.body() {
        text::body(
            report,
            template,
            node,
            limits::CARD_BODY_CHARS,
            "card_body_too_long",
        );
    }
    buttons::card(report, template, card);
}

/// Every card must be built like the first one.
fn alike(report: &mut Report, cards: &[Card<'_>]) {
    let mut shapes = cards.iter().map(|card| shape(&card.components));
    let first = match shapes.next() {
        Some(first) => first,
        None => return,
    };
    for (card, (header, body, buttons)) in cards.iter().skip(1).zip(shapes) {
        if body != first.1 {
            return report.error(
                card.node.place.clone(),
                "card_body_some",
                "Some cards have a body and some have none.",
                "Give every card a body or none of them.",
            );
        }
        if header != first.0 || buttons != first.2 {
            return report.error(
                card.node.place.clone(),
                "card_shape",
                "The card is not built like the first one.",
                "Give every card the same kind of header and the same kinds of buttons in the same order.",
            );
        }
    }
}

fn shape(components: &[Component<'_>]) -> (Option<Format>, bool, Vec<Kind>) {
    (
        components.header().map(|(_, format)| format),
        components.body().is_some(),
        components
            .buttons()
            .iter()
            .map(|button| button.kind)
            .collect(),
    )
}
