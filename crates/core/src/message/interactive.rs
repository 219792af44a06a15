//! Interactive messages (pages messages/interactive-…-messages, flows/guides/sendingaflow, catalogs/…/share-products,
//! calling/…).

use super::carousel::carousel;
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

pub(super) fn cta_url(checker: &mut Checker, action: &Node<'_>) {
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
