//! Every rule has a message that breaks it and nothing else; every example of Meta's pages passes.

use super::*;
use crate::phone;
use serde_json::json;
use std::path::PathBuf;

/// Meta's examples, where the checkout has them.
fn examples() -> Option<Vec<(String, Value)>> {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cloud-api/requests");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .ok()?
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let json = files
        .iter()
        .filter(|path| path.extension().map_or(false, |ext| ext == "json"));
    Some(
        json.map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let body = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            (name, body)
        })
        .filter(|(name, _)| !name.starts_with("template_create."))
        .collect(),
    )
}

/// Examples whose recipient is a placeholder on Meta's page.
const PLACEHOLDER_RECIPIENTS: &[&str] = &[
    "interactive.address.json",
    "interactive.flow.json",
    "interactive.product.json",
];

#[test]
fn every_example_of_meta_passes() {
    let examples = match examples() {
        Some(examples) => examples,
        None => return println!("NOT RUN: Meta's examples are not beside this checkout"),
    };
    assert!(examples.len() >= 34, "only {} examples", examples.len());
    for (name, mut body) in examples {
        if PLACEHOLDER_RECIPIENTS.contains(&name.as_str()) {
            let problems: Vec<_> = check(&body).into_iter().map(|p| (p.path, p.rule)).collect();
            assert_eq!(problems, [("to".to_owned(), "format".to_owned())], "{name}");
            body["to"] = json!("+919876543210");
        }
        assert_eq!(check(&body), [], "{name}");
        body.as_object_mut().unwrap().remove("messaging_product");
        assert_eq!(check(&body), [], "{name} without messaging_product");
    }
}

/// Writes Meta's body the way `build` promises to, by its stated normalisations and nothing else.
fn normalised(mut body: Value, reference: &str) -> Value {
    fn components(list: &mut Value) {
        for component in list.as_array_mut().unwrap() {
            for key in ["type", "sub_type"] {
                if let Some(word) = component
                    .get(key)
                    .and_then(Value::as_str)
                    .map(str::to_lowercase)
                {
                    component[key] = json!(word);
                }
            }
            if let Some(index) = component.get("index").and_then(Value::as_u64) {
                component["index"] = json!(index.to_string());
            }
            for card in component
                .get_mut("cards")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                components(&mut card["components"]);
            }
        }
    }
    if body.get("type").is_some() {
        body["biz_opaque_callback_data"] = json!(reference);
        if body.get("recipient_type").is_none() {
            body["recipient_type"] = json!("individual");
        }
        if let Some(number) = body.get("to").and_then(Value::as_str).and_then(phone::e164) {
            body["to"] = json!(number);
        }
        if let Some(list) = body
            .get_mut("template")
            .and_then(|template| template.get_mut("components"))
        {
            components(list);
        }
    }
    body
}

#[test]
fn what_we_build_is_what_meta_shows() {
    let reference = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let examples = match examples() {
        Some(examples) => examples,
        None => return println!("NOT RUN: Meta's examples are not beside this checkout"),
    };
    for (name, body) in examples {
        let mut ours = body.clone();
        for key in ["messaging_product", "recipient_type"] {
            if ours.get(key).and_then(Value::as_str) != Some("group") {
                ours.as_object_mut().unwrap().remove(key);
            }
        }
        let built = build(&ours, reference);
        assert_eq!(built, normalised(body, reference), "{name}");
        assert_eq!(build(&built, reference), built, "{name}: twice is once");
    }
}

#[test]
fn building_normalises_what_it_says() {
    let built = build(
        &json!({"to": "49 (151) 123-45678", "recipient": "US.1", "context": null, "type": "text", "text": {"body": "x"}}),
        "R",
    );
    assert_eq!(
        built,
        json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+4915112345678", "type": "text",
            "text": {"body": "x"}, "biz_opaque_callback_data": "R"})
    );
    let group =
        json!({"recipient_type": "group", "to": "Y2FwaV9n", "type": "text", "text": {"body": "x"}});
    assert_eq!(build(&group, "")["to"], "Y2FwaV9n");
    assert_eq!(build(&json!([1]), "R"), json!([1]));
}

fn to(kind: &str, content: Value) -> Value {
    let mut message = json!({"to": "+16505551234", "type": kind});
    message[kind] = content;
    message
}

fn interactive(content: Value) -> Value {
    to("interactive", content)
}

fn with(mut message: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = message
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("{pointer}"));
    match parent {
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        parent => {
            parent[key] = value;
        }
    }
    message
}

fn text() -> Value {
    to("text", json!({"body": "Hi"}))
}

fn buttons() -> Value {
    let button =
        |id: &str| json!({"type": "reply", "reply": {"id": id, "title": format!("Button {id}")}});
    interactive(
        json!({"type": "button", "header": {"type": "text", "text": "H"}, "body": {"text": "B"}, "footer": {"text": "F"},
        "action": {"buttons": [button("1"), button("2"), button("3")]}}),
    )
}

fn rows(from: usize, count: usize) -> Value {
    (from..from + count)
        .map(|at| json!({"id": format!("r{at}"), "title": "Row"}))
        .collect()
}

fn list() -> Value {
    interactive(
        json!({"type": "list", "body": {"text": "B"}, "action": {"button": "Open",
        "sections": [{"title": "S", "rows": rows(0, 5)}, {"title": "T", "rows": rows(5, 5)}]}}),
    )
}

fn cta() -> Value {
    let parameters = json!({"display_text": "Go", "url": "https://example.com"});
    interactive(
        json!({"type": "cta_url", "body": {"text": "B"}, "action": {"name": "cta_url", "parameters": parameters}}),
    )
}

fn flow() -> Value {
    interactive(
        json!({"type": "flow", "body": {"text": "B"}, "action": {"name": "flow", "parameters": {
        "flow_message_version": "3", "flow_id": "1", "flow_cta": "Book", "mode": "draft", "flow_action": "navigate",
        "flow_action_payload": {"screen": "FIRST"}}}}),
    )
}

fn products() -> Value {
    let items = |count: usize| -> Value {
        (0..count)
            .map(|at| json!({"product_retailer_id": at.to_string()}))
            .collect()
    };
    interactive(
        json!({"type": "product_list", "header": {"type": "text", "text": "H"}, "body": {"text": "B"}, "action": {
        "catalog_id": "1", "sections": [{"title": "A", "product_items": items(15)}, {"title": "B", "product_items": items(15)}]}}),
    )
}

fn card(at: usize) -> Value {
    json!({"card_index": at, "type": "cta_url", "header": {"type": "image", "image": {"id": "1"}}, "body": {"text": "a\nb\nc"},
        "action": {"name": "cta_url", "parameters": {"display_text": "Go", "url": "https://example.com"}}})
}

fn carousel() -> Value {
    interactive(
        json!({"type": "carousel", "body": {"text": "B"}, "action": {"cards": [card(0), card(1)]}}),
    )
}

fn quick_carousel() -> Value {
    let card = |at: usize| {
        json!({"card_index": at, "type": "cta_url", "header": {"type": "video", "video": {"link": "https://example.com/v.mp4"}},
        "action": {"buttons": [{"type": "quick_reply", "quick_reply": {"id": "a", "title": "A"}}]}})
    };
    interactive(
        json!({"type": "carousel", "body": {"text": "B"}, "action": {"cards": [card(0), card(1)]}}),
    )
}

fn product_carousel() -> Value {
    let card = |at: usize| json!({"card_index": at, "type": "product", "action": {"product_retailer_id": "x", "catalog_id": "1"}});
    interactive(
        json!({"type": "carousel", "body": {"text": "B"}, "action": {"cards": [card(0), card(1)]}}),
    )
}

fn contacts() -> Value {
    to(
        "contacts",
        json!([{"name": {"formatted_name": "A"}, "birthday": "1999-01-23", "phones": [{"phone": "+1 650"}]}]),
    )
}

fn template() -> Value {
    to(
        "template",
        json!({"name": "order_1", "language": {"code": "en_US"}, "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://example.com/a.jpg"}}]},
            {"type": "body", "parameters": [{"type": "text", "text": "A"}, {"type": "currency",
                "currency": {"fallback_value": "1 €", "code": "EUR", "amount_1000": 1000}}]},
            {"type": "button", "sub_type": "copy_code", "index": 0, "parameters": [{"type": "coupon_code", "coupon_code": "X"}]},
            {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "x"}]},
            {"type": "limited_time_offer", "parameters": [{"type": "limited_time_offer",
                "limited_time_offer": {"expiration_time_ms": 1_800_000_000_000_u64}}]}]}),
    )
}

fn template_carousel() -> Value {
    let card = |at: usize| {
        json!({"card_index": at, "components": [
        {"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]},
        {"type": "button", "sub_type": "quick_reply", "index": 0, "parameters": [{"type": "payload", "payload": "a"}]},
        {"type": "button", "sub_type": "url", "index": 1, "parameters": [{"type": "text", "text": "x"}]}]})
    };
    to(
        "template",
        json!({"name": "c", "language": {"code": "de"}, "components": [{"type": "carousel", "cards": [card(0), card(1)]}]}),
    )
}

fn mpm() -> Value {
    to(
        "template",
        json!({"name": "c", "language": {"code": "de"}, "components": [{"type": "button", "sub_type": "mpm", "index": 0,
        "parameters": [{"type": "action", "action": {"sections": [{"title": "S", "product_items": [{"product_retailer_id": "x"}]}]}}]}]}),
    )
}

fn order(kind: &str) -> Value {
    interactive(
        json!({"type": kind, "body": {"text": "B"}, "action": {"name": "review_and_pay", "parameters": {}}}),
    )
}

fn simple(kind: &str, name: &str) -> Value {
    interactive(json!({"type": kind, "body": {"text": "B"}, "action": {"name": name}}))
}

#[test]
fn good_messages_of_every_kind_pass() {
    let good = [
        text(),
        to("text", json!({"body": "ä".repeat(limits::TEXT_BODY_CHARS)})),
        to(
            "image",
            json!({"link": "http://example.com/a?b#c", "caption": "c".repeat(limits::CAPTION_CHARS)}),
        ),
        to("video", json!({"id": "1"})),
        to("audio", json!({"id": "1", "voice": true})),
        to(
            "document",
            json!({"id": "1", "filename": "a.pdf", "caption": "c"}),
        ),
        to("sticker", json!({"id": "1"})),
        to(
            "location",
            json!({"latitude": -90, "longitude": "180.0", "name": "N"}),
        ),
        contacts(),
        to("reaction", json!({"message_id": "wamid.x", "emoji": ""})),
        buttons(),
        list(),
        cta(),
        flow(),
        products(),
        carousel(),
        quick_carousel(),
        product_carousel(),
        template(),
        template_carousel(),
        mpm(),
        order("order_details"),
        order("order_status"),
        simple("location_request_message", "send_location"),
        simple("call_permission_request", "call_permission_request"),
        simple("request_contact_info", "request_contact_info"),
        simple("catalog_message", "catalog_message"),
        simple("voice_call", "voice_call"),
        json!({"recipient": "US.ENT.11815799212886844830", "type": "text", "text": {"body": "x"}}),
        json!({"recipient_type": "group", "to": "Y2Fw", "type": "image", "image": {"id": "1"}}),
        json!({"status": "read", "message_id": "wamid.x", "typing_indicator": {"type": "text"}}),
    ];
    for message in good {
        assert_eq!(check(&message), [], "{message}");
    }
}

/// (a message, where, which rule): exactly this problem and no other.
#[test]
fn a_broken_message_gives_exactly_its_rule() {
    let long = |count: usize| json!("x".repeat(count + 1));
    let cases: Vec<(Value, &str, &str)> = vec![
        (json!("text"), "", "type"),
        (with(text(), "/messaging_product", json!("sms")), "messaging_product", "value"),
        (json!({"type": "text", "text": {"body": "x"}}), "to", "required"),
        (with(text(), "/to", json!("")), "to", "required"),
        (with(text(), "/to", json!(16505551234_u64)), "to", "type"),
        (with(text(), "/to", json!("whatsapp-id")), "to", "format"),
        (with(text(), "/to", json!("+1234567890123456")), "to", "format"),
        (with(text(), "/recipient", json!("13491208655302741918")), "recipient", "format"),
        (with(text(), "/recipient_type", json!("crowd")), "recipient_type", "value"),
        (json!({"recipient_type": "group", "type": "text", "text": {"body": "x"}}), "to", "required"),
        (json!({"recipient_type": "group", "to": "a", "recipient": "US.1", "type": "text", "text": {"body": "x"}}), "recipient", "conflict"),
        (json!({"recipient_type": "group", "to": "a", "type": "reaction", "reaction": {"message_id": "w", "emoji": ""}}), "type", "value"),
        (json!({"to": "+16505551234", "text": {"body": "x"}}), "type", "required"),
        (with(text(), "/type", json!("poll")), "type", "type"),
        (with(text(), "/type", json!(5)), "type", "type"),
        (with(text(), "/context", json!({})), "context.message_id", "required"),
        (with(text(), "/context", json!("wamid")), "context", "type"),
        (with(to("reaction", json!({"message_id": "w", "emoji": "x"})), "/context", json!({"message_id": "w"})), "context", "conflict"),
        (with(text(), "/biz_opaque_callback_data", long(512)), "biz_opaque_callback_data", "too_long"),
        (with(text(), "/recipient_identity_key_hash", json!("")), "recipient_identity_key_hash", "required"),
        (with(text(), "/recipient_identity_key_hash", json!(5)), "recipient_identity_key_hash", "type"),
        (with(text(), "/text", json!(null)), "text", "required"),
        (with(text(), "/text", json!("Hi")), "text", "type"),
        (with(text(), "/text/body", json!(" \n ")), "text.body", "required"),
        (with(text(), "/text/body", json!({})), "text.body", "type"),
        (with(text(), "/text/body", long(4096)), "text.body", "too_long"),
        (with(text(), "/text/preview_url", json!("yes")), "text.preview_url", "type"),
        (to("image", json!({})), "image", "required"),
        (to("image", json!({"id": "1", "link": "https://a.de"})), "image", "conflict"),
        (to("image", json!({"link": "ftp://a.de/x"})), "image.link", "format"),
        (to("image", json!({"link": "https:// a.de"})), "image.link", "format"),
        (to("image", json!({"link": format!("https://a.de/{}", "x".repeat(2000))})), "image.link", "too_long"),
        (to("image", json!({"id": "1", "caption": long(1024)})), "image.caption", "too_long"),
        (to("audio", json!({"id": "1", "caption": "x"})), "audio.caption", "conflict"),
        (to("audio", json!({"id": "1", "voice": 1})), "audio.voice", "type"),
        (to("sticker", json!({"id": "1", "caption": "x"})), "sticker.caption", "conflict"),
        (to("document", json!({"id": "1", "filename": long(255)})), "document.filename", "too_long"),
        (to("location", json!({"longitude": 1})), "location.latitude", "required"),
        (to("location", json!({"latitude": 90.1, "longitude": 1})), "location.latitude", "value"),
        (to("location", json!({"latitude": 1, "longitude": "east"})), "location.longitude", "type"),
        (with(contacts(), "/contacts", json!([])), "contacts", "too_few"),
        (with(contacts(), "/contacts", (0..258).map(|_| json!({"name": {"formatted_name": "A"}})).collect()), "contacts", "too_many"),
        (with(contacts(), "/contacts/0/name", json!({"first_name": "A"})), "contacts[0].name.formatted_name", "required"),
        (with(contacts(), "/contacts/0/birthday", json!("23.1.1999")), "contacts[0].birthday", "format"),
        (with(contacts(), "/contacts/0/birthday", json!("1999-13-01")), "contacts[0].birthday", "format"),
        (with(contacts(), "/contacts/0/phones", json!({})), "contacts[0].phones", "type"),
        (with(contacts(), "/contacts/0/phones/0", json!("+1")), "contacts[0].phones[0]", "type"),
        (to("reaction", json!({"emoji": "x"})), "reaction.message_id", "required"),
        (to("reaction", json!({"message_id": "w"})), "reaction.emoji", "required"),
        (to("reaction", json!({"message_id": "w", "emoji": long(16)})), "reaction.emoji", "too_long"),
        (interactive(json!({})), "interactive.type", "required"),
        (interactive(json!({"type": "quiz"})), "interactive.type", "type"),
        (with(buttons(), "/interactive/header", json!({"type": "sticker"})), "interactive.header.type", "value"),
        (with(buttons(), "/interactive/header/text", long(60)), "interactive.header.text", "too_long"),
        (with(buttons(), "/interactive/header", json!({"type": "image"})), "interactive.header.image", "required"),
        (with(buttons(), "/interactive/body", json!(null)), "interactive.body", "required"),
        (with(buttons(), "/interactive/body/text", long(1024)), "interactive.body.text", "too_long"),
        (with(buttons(), "/interactive/footer/text", long(60)), "interactive.footer.text", "too_long"),
        (with(buttons(), "/interactive/action", json!(null)), "interactive.action", "required"),
        (with(buttons(), "/interactive/action/buttons", json!([])), "interactive.action.buttons", "too_few"),
        (
            with(buttons(), "/interactive/action/buttons", (0..4).map(|at| json!({"type": "reply", "reply": {"id": at.to_string(), "title": at.to_string()}})).collect()),
            "interactive.action.buttons",
            "too_many",
        ),
        (with(buttons(), "/interactive/action/buttons/0/type", json!("url")), "interactive.action.buttons[0].type", "value"),
        (with(buttons(), "/interactive/action/buttons/0/reply/id", long(256)), "interactive.action.buttons[0].reply.id", "too_long"),
        (with(buttons(), "/interactive/action/buttons/1/reply/id", json!("1")), "interactive.action.buttons[1].reply.id", "duplicate"),
        (with(buttons(), "/interactive/action/buttons/0/reply/title", long(20)), "interactive.action.buttons[0].reply.title", "too_long"),
        (with(buttons(), "/interactive/action/buttons/1/reply/title", json!("Button 1")), "interactive.action.buttons[1].reply.title", "duplicate"),
        (with(list(), "/interactive/header", json!({"type": "image", "image": {"id": "1"}})), "interactive.header.type", "value"),
        (with(list(), "/interactive/body/text", long(4096)), "interactive.body.text", "too_long"),
        (with(list(), "/interactive/action/button", long(20)), "interactive.action.button", "too_long"),
        (with(list(), "/interactive/action/sections", json!([])), "interactive.action.sections", "too_few"),
        (
            with(list(), "/interactive/action/sections", (0..11).map(|at| json!({"title": "S", "rows": rows(at, usize::from(at < 10))})).collect()),
            "interactive.action.sections",
            "too_many",
        ),
        (with(list(), "/interactive/action/sections/0/title", long(24)), "interactive.action.sections[0].title", "too_long"),
        (with(list(), "/interactive/action/sections/0/title", json!("")), "interactive.action.sections[0].title", "required"),
        (with(list(), "/interactive/action/sections/0/rows", json!([])), "interactive.action.sections[0].rows", "too_few"),
        (with(list(), "/interactive/action/sections/1/rows", rows(5, 6)), "interactive.action.sections", "too_many"),
        (with(list(), "/interactive/action/sections/0/rows/0/id", long(200)), "interactive.action.sections[0].rows[0].id", "too_long"),
        (with(list(), "/interactive/action/sections/1/rows/0/id", json!("r0")), "interactive.action.sections[1].rows[0].id", "duplicate"),
        (with(list(), "/interactive/action/sections/0/rows/0/title", long(24)), "interactive.action.sections[0].rows[0].title", "too_long"),
        (with(list(), "/interactive/action/sections/0/rows/0/description", long(72)), "interactive.action.sections[0].rows[0].description", "too_long"),
        (with(cta(), "/interactive/action/name", json!("url")), "interactive.action.name", "value"),
        (with(cta(), "/interactive/action/parameters/display_text", long(20)), "interactive.action.parameters.display_text", "too_long"),
        (with(cta(), "/interactive/action/parameters/url", json!("example.com")), "interactive.action.parameters.url", "format"),
        (simple("location_request_message", "send"), "interactive.action.name", "value"),
        (simple("address_message", "address_message"), "interactive.action.parameters", "required"),
        (with(flow(), "/interactive/action/parameters/flow_message_version", json!("2")), "interactive.action.parameters.flow_message_version", "value"),
        (with(flow(), "/interactive/action/parameters/flow_id", json!(null)), "interactive.action.parameters.flow_id", "required"),
        (with(flow(), "/interactive/action/parameters/flow_name", json!("n")), "interactive.action.parameters.flow_name", "conflict"),
        (with(flow(), "/interactive/action/parameters/flow_cta", long(30)), "interactive.action.parameters.flow_cta", "too_long"),
        (with(flow(), "/interactive/action/parameters/mode", json!("live")), "interactive.action.parameters.mode", "value"),
        (with(flow(), "/interactive/action/parameters/flow_action", json!("go")), "interactive.action.parameters.flow_action", "value"),
        (with(flow(), "/interactive/action/parameters/flow_action_payload", json!({})), "interactive.action.parameters.flow_action_payload.screen", "required"),
        (interactive(json!({"type": "product", "action": {"catalog_id": "1"}})), "interactive.action.product_retailer_id", "required"),
        (interactive(json!({"type": "product", "header": {}, "action": {"catalog_id": "1", "product_retailer_id": "1"}})), "interactive.header", "conflict"),
        (with(products(), "/interactive/header", json!(null)), "interactive.header", "required"),
        (with(products(), "/interactive/action/catalog_id", json!(null)), "interactive.action.catalog_id", "required"),
        (with(products(), "/interactive/action/sections/0/title", json!(null)), "interactive.action.sections[0].title", "required"),
        (with(products(), "/interactive/action/sections/0/product_items/0", json!({})), "interactive.action.sections[0].product_items[0].product_retailer_id", "required"),
        (
            with(products(), "/interactive/action/sections/0/product_items", (0..16).map(|at| json!({"product_retailer_id": at.to_string()})).collect()),
            "interactive.action.sections",
            "too_many",
        ),
        (with(carousel(), "/interactive/header", json!({})), "interactive.header", "conflict"),
        (with(carousel(), "/interactive/footer", json!({})), "interactive.footer", "conflict"),
        (with(carousel(), "/interactive/action/cards", json!([card(0)])), "interactive.action.cards", "too_few"),
        (with(carousel(), "/interactive/action/cards", (0..11).map(card).collect()), "interactive.action.cards", "too_many"),
        (with(carousel(), "/interactive/action/cards/1/card_index", json!(0)), "interactive.action.cards[1].card_index", "value"),
        (with(carousel(), "/interactive/action/cards/1/body/text", long(160)), "interactive.action.cards[1].body.text", "too_long"),
        (with(carousel(), "/interactive/action/cards/1/body/text", json!("a\nb\nc\nd")), "interactive.action.cards[1].body.text", "too_many"),
        (with(carousel(), "/interactive/action/cards/1/header", json!({"type": "video", "video": {"id": "1"}})), "interactive.action.cards[1]", "conflict"),
        (with(product_carousel(), "/interactive/action/cards/1/action/catalog_id", json!("2")), "interactive.action.cards[1].action.catalog_id", "conflict"),
        (with(template(), "/template/name", json!("Order-1")), "template.name", "format"),
        (with(template(), "/template/name", long(512)), "template.name", "too_long"),
        (with(template(), "/template/language", json!(null)), "template.language", "required"),
        (with(template(), "/template/language/code", json!("en-US")), "template.language.code", "format"),
        (with(template(), "/template/language/policy", json!("fallback")), "template.language.policy", "value"),
        (with(template(), "/template/components", json!({})), "template.components", "type"),
        (with(template(), "/template/components/0/type", json!("hero")), "template.components[0].type", "type"),
        (with(template(), "/template/components/0/parameters/0", json!({"type": "text", "text": "x".repeat(61)})), "template.components[0].parameters[0].text", "too_long"),
        (with(template(), "/template/components/0/parameters/0/image", json!({})), "template.components[0].parameters[0].image", "required"),
        (with(template(), "/template/components/0/parameters/0/type", json!("audio")), "template.components[0].parameters[0].type", "value"),
        (with(template(), "/template/components/1/parameters/0/text", json!("a\nb")), "template.components[1].parameters[0].text", "format"),
        (with(template(), "/template/components/1/parameters/0/text", long(1024)), "template.components[1].parameters[0].text", "too_long"),
        (with(template(), "/template/components/1/parameters/0/parameter_name", json!("a")), "template.components[1].parameters[1]", "conflict"),
        (with(template(), "/template/components/1/parameters/1/currency/amount_1000", json!(1.5)), "template.components[1].parameters[1].currency.amount_1000", "type"),
        (with(template(), "/template/components/2/index", json!(null)), "template.components[2].index", "required"),
        (with(template(), "/template/components/2/index", json!(10)), "template.components[2].index", "value"),
        (with(template(), "/template/components/2/index", json!(1)), "template.components[3]", "duplicate"),
        (with(template(), "/template/components/2/sub_type", json!("phone")), "template.components[2].sub_type", "type"),
        (with(template(), "/template/components/2/parameters", json!(null)), "template.components[2].parameters", "required"),
        (with(template(), "/template/components/2/parameters/0/coupon_code", long(20)), "template.components[2].parameters[0].coupon_code", "too_long"),
        (with(template(), "/template/components/4/parameters/0/limited_time_offer", json!({})), "template.components[4].parameters[0].limited_time_offer.expiration_time_ms", "required"),
        (with(template_carousel(), "/template/components/0/cards/1/card_index", json!(5)), "template.components[0].cards[1].card_index", "value"),
        (
            with(template_carousel(), "/template/components/0/cards/1/components/0", json!({"type": "button", "sub_type": "url", "index": 2, "parameters": [{"type": "text", "text": "x"}]})),
            "template.components[0].cards[1].components",
            "too_many",
        ),
        (with(mpm(), "/template/components/0/parameters/0/action/sections", json!([])), "template.components[0].parameters[0].action.sections", "too_few"),
        (json!({"status": "seen", "message_id": "w"}), "status", "value"),
        (json!({"status": "read"}), "message_id", "required"),
        (json!({"status": "read", "message_id": "w", "typing_indicator": {"type": "voice"}}), "typing_indicator.type", "value"),
    ];
    assert!(cases.len() >= 100);
    for (message, path, rule) in cases {
        let problems = check(&message);
        let found: Vec<_> = problems
            .iter()
            .map(|p| (p.path.as_str(), p.rule.as_str()))
            .collect();
        assert_eq!(found, [(path, rule)], "{message}\n{problems:#?}");
        assert!(problems[0].message.chars().count() > 20, "{problems:?}");
    }
}

#[test]
fn all_problems_are_told_at_once_in_plain_words() {
    let problems = check(
        &json!({"to": "x", "type": "text", "text": {"body": "x".repeat(5000), "preview_url": 1}}),
    );
    assert_eq!(
        problems.iter().map(|p| p.rule.as_str()).collect::<Vec<_>>(),
        ["format", "too_long", "type"]
    );
    assert_eq!(
        problems[1].message,
        "The text has 5000 characters; WhatsApp allows 4096. Shorten it by 904."
    );
    let many: Value = (0..300).map(|_| json!({"type": "x"})).collect();
    assert_eq!(
        check(&with(template(), "/template/components", many)).len(),
        limits::PROBLEMS
    );
}

#[test]
fn a_list_shows_the_text() {
    for (message, want) in [
        (text(), "Hi"),
        (to("image", json!({"id": "1", "caption": "C"})), "C"),
        (
            to("document", json!({"id": "1", "filename": "a.pdf"})),
            "a.pdf",
        ),
        (to("image", json!({"id": "1"})), ""),
        (
            to(
                "location",
                json!({"latitude": 1, "longitude": 2, "address": "Main St"}),
            ),
            "Main St",
        ),
        (
            to(
                "contacts",
                json!([{"name": {"formatted_name": "A"}}, {"name": {"formatted_name": "B"}}]),
            ),
            "A, B",
        ),
        (
            to("reaction", json!({"message_id": "w", "emoji": "👍"})),
            "👍",
        ),
        (buttons(), "B"),
        (template(), "order_1"),
        (json!({"type": "text"}), ""),
        (json!(null), ""),
    ] {
        assert_eq!(summary(&message), want, "{message}");
    }
}

/// Puts `new` somewhere, at most `depth` levels down.
fn replace(node: &mut Value, depth: u64, random: &mut dyn FnMut() -> u64, new: Value) {
    let inner = match node {
        _ if depth == 0 => None,
        Value::Object(map) if !map.is_empty() => {
            let at = random() as usize % map.len();
            map.values_mut().nth(at)
        }
        Value::Array(items) if !items.is_empty() => {
            let at = random() as usize % items.len();
            items.get_mut(at)
        }
        _ => None,
    };
    match inner {
        Some(inner) => replace(inner, depth - 1, random, new),
        None => *node = new,
    }
}

/// Nothing that a caller can write makes it panic.
#[test]
fn nonsense_never_panics() {
    let mut random = crate::xorshift(42);
    let seeds = [
        text(),
        buttons(),
        list(),
        carousel(),
        quick_carousel(),
        template(),
        template_carousel(),
        mpm(),
        contacts(),
        flow(),
    ];
    let junk = [
        json!(null),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("\u{0}😀"),
        json!([]),
        json!({}),
        json!([[null]]),
        json!(true),
    ];
    for round in 0..20_000_u64 {
        let mut message = seeds[(random() % seeds.len() as u64) as usize].clone();
        for _ in 0..1 + round % 3 {
            let new = junk[(random() % junk.len() as u64) as usize].clone();
            let depth = random() % 9;
            replace(&mut message, depth, &mut random, new);
        }
        let _ = (check(&message), build(&message, "R"), summary(&message));
    }
}
