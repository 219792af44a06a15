//! Interactive messages (pages messages/interactive-…-messages, flows/guides/sendingaflow, catalogs/…/share-products,
//! calling/…).

use super::check::{clip, Checker, Need, Node};
use crate::limits;

/// What frames the action: which headers are possible, how long the body may be, whether there must be one.
struct Frame {
    headers: &'static [&'static str],
    header: Need,
    body_chars: usize,
    body: Need,
    footer: bool,
}

const ANY_HEADER: &[&str] = &["text", "image", "video", "document"];

fn frame(kind: &str) -> Option<Frame> {
    let plain = Frame {
        headers: ANY_HEADER,
        header: Need::No,
        body_chars: limits::BODY_CHARS,
        body: Need::Yes,
        footer: true,
    };
    Some(match kind {
        "button" | "cta_url" | "flow" | "catalog_message" | "order_details" | "order_status"
        | "voice_call" => plain,
        "list" => Frame {
            headers: &["text"],
            body_chars: limits::LIST_BODY_CHARS,
            ..plain
        },
        "product_list" => Frame {
            headers: &["text"],
            header: Need::Yes,
            ..plain
        },
        "product" => Frame {
            headers: &[],
            body: Need::No,
            ..plain
        },
        "carousel" => Frame {
            headers: &[],
            footer: false,
            ..plain
        },
        "location_request_message" | "address_message" | "request_contact_info" => plain,
        "call_permission_request" => Frame {
            body: Need::No,
            ..plain
        },
        _ => return None,
    })
}

/// Checks `interactive`.
pub(super) fn check(checker: &mut Checker, message: &Node<'_>) {
    let node = match checker.object(message, "interactive", "The interactive content", Need::Yes) {
        Some(node) => node,
        None => return,
    };
    let kind = match checker.text(
        &node,
        "type",
        "The kind of interactive message",
        Need::Yes,
        limits::LABEL_CHARS,
    ) {
        Some(kind) => kind,
        None => return,
    };
    let frame = match frame(kind) {
        Some(frame) => frame,
        None => {
            let message = format!("`{}` is not a kind of interactive message that WhatsApp sends. Choose button, list, …", clip(kind));
            checker.add(node.at("type"), "type", message);
            return;
        }
    };
    header(checker, &node, &frame);
    if let Some(body) = checker.object(&node, "body", "The text", frame.body) {
        checker.text(&body, "text", "The text", Need::Yes, frame.body_chars);
    }
    if !frame.footer {
        checker.absent(&node, "footer", "This kind of message has no footer.");
    } else if let Some(footer) = checker.object(&node, "footer", "The footer", Need::No) {
        checker.text(
            &footer,
            "text",
            "The footer",
            Need::Yes,
            limits::FOOTER_CHARS,
        );
    }
    if let Some(action) = checker.object(&node, "action", "The action", Need::Yes) {
        self::action(checker, &action, kind);
    }
}

fn header(checker: &mut Checker, node: &Node<'_>, frame: &Frame) {
    if frame.headers.is_empty() {
        checker.absent(node, "header", "This kind of message has no header.");
        return;
    }
    let header = match checker.object(node, "header", "The header", frame.header) {
        Some(header) => header,
        None => return,
    };
    match checker.word(
        &header,
        "type",
        "The header's type",
        Need::Yes,
        frame.headers,
    ) {
        Some("text") => {
            checker.text(
                &header,
                "text",
                "The header",
                Need::Yes,
                limits::HEADER_CHARS,
            );
        }
        Some(kind) => {
            if let Some(media) = checker.object(&header, kind, "The header's file", Need::Yes) {
                checker.media(&media, "The header's file");
            }
        }
        None => {}
    }
}

fn action(checker: &mut Checker, action: &Node<'_>, kind: &str) {
    match kind {
        "button" => reply_buttons(checker, action),
        "list" => list(checker, action),
        "cta_url" => cta_url(checker, action),
        "location_request_message" => name(checker, action, "send_location"),
        "address_message" => {
            name(checker, action, kind);
            if let Some(parameters) =
                checker.object(action, "parameters", "The address form", Need::Yes)
            {
                checker.text(&parameters, "country", "The country", Need::Yes, 2);
            }
        }
        "flow" => flow(checker, action),
        "product" => {
            checker.text(
                action,
                "catalog_id",
                "The catalog",
                Need::Yes,
                limits::IDENTIFIER_BYTES,
            );
            checker.text(
                action,
                "product_retailer_id",
                "The product",
                Need::Yes,
                limits::IDENTIFIER_BYTES,
            );
        }
        "product_list" => {
            checker.text(
                action,
                "catalog_id",
                "The catalog",
                Need::Yes,
                limits::IDENTIFIER_BYTES,
            );
            product_sections(checker, action);
        }
        "catalog_message" => {
            name(checker, action, kind);
            if let Some(parameters) =
                checker.object(action, "parameters", "The parameters", Need::No)
            {
                let key = "thumbnail_product_retailer_id";
                checker.text(
                    &parameters,
                    key,
                    "The product shown",
                    Need::No,
                    limits::IDENTIFIER_BYTES,
                );
            }
        }
        "carousel" => carousel(checker, action),
        "call_permission_request" | "request_contact_info" => name(checker, action, kind),
        "voice_call" => {
            name(checker, action, kind);
            if let Some(parameters) =
                checker.object(action, "parameters", "The parameters", Need::No)
            {
                checker.text(
                    &parameters,
                    "display_text",
                    "The button's label",
                    Need::No,
                    limits::CTA_TEXT_CHARS,
                );
                checker.whole(
                    &parameters,
                    "ttl_minutes",
                    "The minutes that the button works",
                    Need::No,
                );
                checker.text(
                    &parameters,
                    "payload",
                    "The payload",
                    Need::No,
                    limits::CALL_PAYLOAD_CHARS,
                );
            }
        }
        _ => {
            checker.text(
                action,
                "name",
                "The action's name",
                Need::Yes,
                limits::LABEL_CHARS,
            );
            checker.object(action, "parameters", "The parameters", Need::Yes);
        }
    }
}

fn name(checker: &mut Checker, action: &Node<'_>, want: &str) {
    checker.word(action, "name", "The action's name", Need::Yes, &[want]);
}

fn reply_buttons(checker: &mut Checker, action: &Node<'_>) {
    let (mut ids, mut titles) = (Vec::new(), Vec::new());
    for button in checker.objects(action, "buttons", "Buttons", 1, limits::REPLY_BUTTONS) {
        checker.word(&button, "type", "The button's type", Need::Yes, &["reply"]);
        if let Some(reply) = checker.object(&button, "reply", "The button", Need::Yes) {
            let id = checker.text(
                &reply,
                "id",
                "The button's id",
                Need::Yes,
                limits::REPLY_ID_CHARS,
            );
            checker.unique(&mut ids, reply.at("id"), "The button's id", id);
            let title = checker.text(
                &reply,
                "title",
                "The button's label",
                Need::Yes,
                limits::REPLY_TITLE_CHARS,
            );
            checker.unique(&mut titles, reply.at("title"), "The button's label", title);
        }
    }
}

fn list(checker: &mut Checker, action: &Node<'_>) {
    checker.text(
        action,
        "button",
        "The label of the list's button",
        Need::Yes,
        limits::LIST_BUTTON_CHARS,
    );
    let mut ids = Vec::new();
    let mut rows = 0;
    for section in checker.objects(action, "sections", "Sections", 1, limits::LIST_SECTIONS) {
        checker.text(
            &section,
            "title",
            "The section's title",
            Need::Yes,
            limits::SECTION_TITLE_CHARS,
        );
        // Each section is read to the limit and one more; the sum decides.
        for row in checker.objects(&section, "rows", "Rows", 1, usize::MAX) {
            rows += 1;
            let id = checker.text(&row, "id", "The row's id", Need::Yes, limits::ROW_ID_CHARS);
            checker.unique(&mut ids, row.at("id"), "The row's id", id);
            checker.text(
                &row,
                "title",
                "The row's title",
                Need::Yes,
                limits::ROW_TITLE_CHARS,
            );
            checker.text(
                &row,
                "description",
                "The row's description",
                Need::No,
                limits::ROW_DESCRIPTION_CHARS,
            );
            if rows > limits::LIST_ROWS {
                break;
            }
        }
    }
    let rows = sum_of(action, "sections", "rows");
    checker.count(
        action.at("sections"),
        "Rows over all sections",
        rows,
        limits::LIST_ROWS,
    );
}

/// How many items the lists `inner` hold, over all objects of the list `outer`.
fn sum_of(node: &Node<'_>, outer: &str, inner: &str) -> usize {
    let sections = node
        .get(outer)
        .and_then(|value| value.as_array())
        .map(Vec::as_slice)
        .unwrap_or_default();
    sections
        .iter()
        .filter_map(|section| section.get(inner))
        .filter_map(|items| items.as_array())
        .map(Vec::len)
        .sum()
}

fn cta_url(checker: &mut Checker, action: &Node<'_>) {
    name(checker, action, "cta_url");
    if let Some(parameters) = checker.object(action, "parameters", "The button", Need::Yes) {
        checker.text(
            &parameters,
            "display_text",
            "The button's label",
            Need::Yes,
            limits::CTA_TEXT_CHARS,
        );
        checker.url(&parameters, "url", "The button's address", Need::Yes);
    }
}

fn flow(checker: &mut Checker, action: &Node<'_>) {
    name(checker, action, "flow");
    let parameters = match checker.object(action, "parameters", "The flow", Need::Yes) {
        Some(parameters) => parameters,
        None => return,
    };
    checker.word(
        &parameters,
        "flow_message_version",
        "The flow's message version",
        Need::Yes,
        &["3"],
    );
    checker.text(
        &parameters,
        "flow_id",
        "The flow's id",
        Need::No,
        limits::IDENTIFIER_BYTES,
    );
    checker.text(
        &parameters,
        "flow_name",
        "The flow's name",
        Need::No,
        limits::IDENTIFIER_BYTES,
    );
    match (
        parameters.get("flow_id").is_some(),
        parameters.get("flow_name").is_some(),
    ) {
        (true, true) => checker.add(
            parameters.at("flow_name"),
            "conflict",
            "The flow is named twice, by id and by name. Keep one.",
        ),
        (false, false) => checker.add(
            parameters.at("flow_id"),
            "required",
            "The flow is missing. Give its id or its name.",
        ),
        _ => {}
    }
    checker.text(
        &parameters,
        "flow_cta",
        "The label of the flow's button",
        Need::Yes,
        limits::FLOW_CTA_CHARS,
    );
    checker.text(
        &parameters,
        "flow_token",
        "The flow's token",
        Need::No,
        limits::DETAIL_CHARS,
    );
    checker.word(
        &parameters,
        "mode",
        "The flow's mode",
        Need::No,
        &["draft", "published"],
    );
    checker.word(
        &parameters,
        "flow_action",
        "The flow's action",
        Need::No,
        &["navigate", "data_exchange"],
    );
    if let Some(payload) = checker.object(
        &parameters,
        "flow_action_payload",
        "The flow's first screen",
        Need::No,
    ) {
        checker.text(
            &payload,
            "screen",
            "The flow's first screen",
            Need::Yes,
            limits::IDENTIFIER_BYTES,
        );
    }
}

/// Product sections of a product list, here and in a multi-product template's button.
pub(super) fn product_sections(checker: &mut Checker, action: &Node<'_>) {
    let sections = checker.objects(action, "sections", "Sections", 1, limits::PRODUCT_SECTIONS);
    let need = if sections.len() > 1 {
        Need::Yes
    } else {
        Need::No
    };
    for section in sections {
        checker.text(
            &section,
            "title",
            "The section's title",
            need,
            limits::SECTION_TITLE_CHARS,
        );
        for item in checker
            .objects(&section, "product_items", "Products", 1, usize::MAX)
            .into_iter()
            .take(limits::PRODUCT_ITEMS)
        {
            checker.text(
                &item,
                "product_retailer_id",
                "The product",
                Need::Yes,
                limits::IDENTIFIER_BYTES,
            );
        }
    }
    let items = sum_of(action, "sections", "product_items");
    checker.count(
        action.at("sections"),
        "Products over all sections",
        items,
        limits::PRODUCT_ITEMS,
    );
}

fn carousel(checker: &mut Checker, action: &Node<'_>) {
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
