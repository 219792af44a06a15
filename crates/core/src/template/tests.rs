//! Meta's own templates pass and are sent as Meta shows; every rule has a template that breaks it and nothing else.

use super::*;
use crate::message;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::PathBuf;

pub(super) fn lines(name: &str) -> Vec<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/templates")
        .join(name);
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Meta's examples whose name begins so, where the checkout has them.
fn examples(start: &str) -> Option<Vec<(String, Value)>> {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cloud-api/requests");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .ok()?
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let named = files.into_iter().map(|path| {
        (
            path.file_name().unwrap().to_string_lossy().into_owned(),
            path,
        )
    });
    Some(
        named
            .filter(|(name, _)| name.starts_with(start))
            .map(|(name, path)| {
                (
                    name,
                    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(),
                )
            })
            .collect(),
    )
}

/// Values for every variable: its example, or something fitting.
pub(super) fn values(template: &Value) -> Value {
    let value = |variable: &Variable| match variable.kind {
        VariableKind::Location => json!({"latitude": 1.5, "longitude": 2.5}),
        VariableKind::Product => json!({"product_retailer_id": "p", "catalog_id": "1"}),
        VariableKind::Products => {
            json!({"thumbnail_product_retailer_id": "p", "sections": [{"title": "A", "product_items": [{"product_retailer_id": "p"}]}]})
        }
        VariableKind::ExpiresMs => json!(1_795_373_517_470_u64),
        VariableKind::Otp => json!("123456"),
        VariableKind::Order => json!({}),
        _ => json!(variable.example),
    };
    variables(template)
        .iter()
        .filter(|one| one.required)
        .map(|one| (one.key.clone(), value(one)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// What a send request with these components would be told.
pub(super) fn refused(components: &Value) -> Vec<message::Problem> {
    message::check(
        &json!({"to": "+16505551234", "type": "template", "template": {
            "name": "x", "language": {"code": "en"}, "components": components,
        }}),
    )
}

#[test]
fn every_documented_template_passes_and_is_sendable() {
    let examples = match examples("template_create.") {
        Some(examples) => examples,
        None => return println!("NOT RUN: Meta's examples are not beside this checkout"),
    };
    assert!(examples.len() >= 6, "only {} examples", examples.len());
    for (name, template) in examples {
        assert_eq!(check(&template), [], "{name}");
        let values = values(&template);
        assert_eq!(
            render(&template, &values).unwrap().missing,
            [""; 0],
            "{name}"
        );
        assert_eq!(
            refused(&parameters(&template, &values).unwrap()),
            [],
            "{name}"
        );
    }
}

#[test]
fn good_templates_pass_and_are_sendable() {
    for case in lines("good.jsonl") {
        let (note, template) = (&case["note"], &case["template"]);
        assert_eq!(check(template), [], "{note}");
        let values = values(template);
        assert_eq!(
            render(template, &values).unwrap().missing,
            [""; 0],
            "{note}"
        );
        match parameters(template, &values) {
            Ok(components) => assert_eq!(refused(&components), [], "{note}"),
            Err(problems) => panic!("{note}: {problems:?}"),
        }
    }
}

#[test]
fn every_broken_template_has_its_own_problem_and_no_other() {
    let cases = lines("broken.jsonl");
    assert!(cases.len() >= 60);
    for case in &cases {
        let found: Vec<_> = check(&case["template"])
            .into_iter()
            .map(|problem| json!([problem.rule, problem.place, problem.severity]))
            .collect();
        assert_eq!(
            found,
            [json!([case["rule"], case["place"], case["severity"]])],
            "{case}"
        );
    }
    let proven: BTreeSet<_> = cases
        .iter()
        .filter_map(|case| case["rule"].as_str())
        .collect();
    let of_values = ["value_", "filled_", "unknown_"];
    let unproven: Vec<_> = RULES
        .iter()
        .filter(|rule| {
            !proven.contains(**rule) && !of_values.iter().any(|start| rule.starts_with(start))
        })
        .collect();
    assert_eq!(unproven, [&""; 0], "rules without a broken template");
}

#[test]
fn rules_and_languages_are_sorted_and_single() {
    for list in [RULES, languages::LANGUAGES] {
        assert!(list.windows(2).all(|two| two[0] < two[1]), "{list:?}");
    }
}

#[test]
fn messages_name_value_limit_and_remedy() {
    let template = json!({"name": "a", "language": "en", "category": "UTILITY", "components": [{"type": "BODY", "text": "x".repeat(1_030)}]});
    let problems = check(&template);
    assert_eq!(
        problems[0].message,
        "The text has 1030 characters; WhatsApp allows 1024."
    );
    assert_eq!(problems[0].remedy, "Shorten it by 6.");
    for case in lines("broken.jsonl") {
        for problem in check(&case["template"]) {
            assert!(
                problem.message.ends_with('.') && problem.remedy.ends_with('.'),
                "{problem:?}"
            );
        }
    }
}

#[test]
fn all_problems_come_at_once() {
    let template = json!({"name": "A", "language": "x", "category": "?", "components": [
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "{{1}}"},
        {"type": "FOOTER", "text": "x".repeat(61)},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "x".repeat(26), "url": "x"}, {"type": "PHONE_NUMBER"}]},
    ]});
    let rules: BTreeSet<_> = check(&template)
        .into_iter()
        .map(|problem| problem.rule)
        .collect();
    for rule in [
        "name_characters",
        "language_format",
        "category_unknown",
        "header_handle_missing",
        "variable_first",
        "footer_too_long",
        "button_text_too_long",
        "url_format",
        "button_text_missing",
        "phone_missing",
    ] {
        assert!(rules.contains(rule), "{rule} is not among {rules:?}");
    }
}

/// Templates that make Meta's send examples, with their values.
fn sent() -> Vec<(&'static str, Value, Value)> {
    let body = |text: &str| json!({"type": "BODY", "text": text});
    let of = |components: Value| json!({"category": "MARKETING", "components": components});
    let card = json!({"components": [{"type": "HEADER", "format": "IMAGE"}, {"type": "BUTTONS", "buttons": [
        {"type": "QUICK_REPLY", "text": "More"}, {"type": "URL", "text": "Shop", "url": "https://shop.example/{{1}}"}]}]});
    vec![
        (
            "auth_one_tap",
            json!({"category": "AUTHENTICATION", "components": [{"type": "BODY"}, {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "ONE_TAP"}]}]}),
            json!({"code": "J$FpnYnP"}),
        ),
        (
            "carousel_media",
            of(
                json!([body("Hi {{1}} a {{2}} b {{3}} c"), {"type": "CAROUSEL", "cards": [card, card, card]}]),
            ),
            json!({"body.1": "Pablo", "body.2": "20%", "body.3": "20OFF",
                "cards.0.header.media": "1558081531584829", "cards.0.buttons.0.payload": "more-aloes", "cards.0.buttons.1.url": "blue-elf",
                "cards.1.header.media": "861236878885705", "cards.1.buttons.0.payload": "more-crassulas", "cards.1.buttons.1.url": "buddhas-temple",
                "cards.2.header.media": {"id": "1587064918516321"}, "cards.2.buttons.0.payload": "more-echeverias", "cards.2.buttons.1.url": "black-prince"}),
        ),
        (
            "catalog",
            of(
                json!([body("Rs {{1}} off above {{2}} for {{3}} orders"), {"type": "BUTTONS", "buttons": [{"type": "CATALOG", "text": "View catalog"}]}]),
            ),
            json!({"body.1": 100, "body.2": 400, "body.3": "3", "buttons.0.thumbnail": "2lc20305pt"}),
        ),
        (
            "coupon_code",
            of(
                json!([body("Code {{1}} gives {{2}} now"), {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Stop"}, {"type": "COPY_CODE", "example": "X"}]}]),
            ),
            json!({"body.1": "25OFF", "body.2": "25%", "buttons.1.code": "25OFF"}),
        ),
        (
            "limited_time_offer",
            of(
                json!([{"type": "HEADER", "format": "IMAGE"}, {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Soon", "has_expiration": true}},
                body("News, {{1}}, code {{2}} now"), {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "X"}, {"type": "URL", "text": "Book", "url": "https://shop.example/{{1}}"}]}]),
            ),
            json!({"header.media": "1602186516975000", "body.1": "Pablo", "body.2": "CARIBE25", "offer.expires_ms": 1_209_600_000, "buttons.0.code": "CARIBE25", "buttons.1.url": "n3mtql"}),
        ),
        (
            "mpm",
            of(
                json!([{"type": "HEADER", "format": "TEXT", "text": "Hi {{1}}?"}, body("Code {{1}} now"), {"type": "BUTTONS", "buttons": [{"type": "MPM", "text": "View items"}]}]),
            ),
            json!({"header.1": "Pablo", "body.1": "10OFF", "buttons.0.products": {"thumbnail_product_retailer_id": "2lc20305pt", "sections": [
                {"title": "Popular Bundles", "product_items": [{"product_retailer_id": "2lc20305pt"}, {"product_retailer_id": "nseiw1x3ch"}]},
                {"title": "Premium Packages", "product_items": [{"product_retailer_id": "n6k6x0y7oe"}]}]}}),
        ),
        (
            "named_params",
            json!({"parameter_format": "NAMED", "components": [body("Hi {{first_name}}, number {{order_number}}.")]}),
            json!({"body.order_number": "SKBUP2-4CPIG9", "body.first_name": "Jessica"}),
        ),
        (
            "positional_params",
            of(json!([body("Hi {{1}}, number {{2}}.")])),
            json!({"body.1": "Jessica", "body.2": "SKBUP2-4CPIG9"}),
        ),
        (
            "tap_target",
            of(json!([{"type": "HEADER", "format": "IMAGE"}, body("Now {{1}} now")])),
            json!({"header.media": "https://www.luckyshrubs.com", "body.1": "Hello Andy...", "tap_target": {"url": "https://www.luckyshrubs.com/", "title": "Offer Details"}}),
        ),
        (
            "utility_media_header",
            json!({"parameter_format": "named", "components": [{"type": "header", "format": "image"}, body("For {{number_of_guests}} on {{day}}, {{date}}, at {{time}}.")]}),
            json!({"header.media": {"id": "2871834006348767"}, "body.number_of_guests": 4, "body.day": "Saturday", "body.date": "August 30th, 2025", "body.time": "7:30 pm"}),
        ),
        (
            "voice_call",
            of(
                json!([body("Call us"), {"type": "BUTTONS", "buttons": [{"type": "voice_call", "text": "Call Now"}]}]),
            ),
            json!({"buttons.0.ttl_minutes": 100, "buttons.0.payload": "payload data"}),
        ),
    ]
}

#[test]
fn what_is_sent_is_what_meta_shows() {
    let examples = match examples("template.") {
        Some(examples) => examples,
        None => return println!("NOT RUN: Meta's examples are not beside this checkout"),
    };
    let sent = sent();
    for (name, example) in examples {
        let short = name
            .trim_start_matches("template.")
            .trim_end_matches(".json");
        let (_, template, values) = sent
            .iter()
            .find(|(name, ..)| *name == short)
            .unwrap_or_else(|| panic!("{name} has no template here"));
        let components =
            parameters(template, values).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        // `build` writes in one way what Meta's pages write in two: capitals, and places as numbers.
        let shown = message::build(&example, "");
        assert_eq!(components, shown["template"]["components"], "{name}");
    }
}

#[test]
fn values_are_found_wanting_by_their_key() {
    let template = json!({"category": "MARKETING", "components": [
        {"type": "HEADER", "format": "LOCATION"},
        {"type": "BODY", "text": "Hi {{1}} there {{2}} and {{3}}, yes."},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "A", "url": "https://shop.example/{{1}}"}, {"type": "COPY_CODE", "example": "A"}, {"type": "MPM", "text": "B"}, {"type": "VOICE_CALL", "text": "C"}]},
    ]});
    let problems = |values: Value| -> Vec<(String, &'static str)> {
        parameters(&template, &values)
            .unwrap_err()
            .into_iter()
            .map(|problem| (problem.place, problem.rule))
            .collect()
    };
    let want = |list: &[(&str, &'static str)]| -> Vec<(String, &'static str)> {
        list.iter()
            .map(|(place, rule)| ((*place).to_owned(), *rule))
            .collect()
    };
    assert_eq!(
        problems(json!({"body.2": " ", "body.3": null})),
        want(&[
            ("header.location", "value_missing"),
            ("body.1", "value_missing"),
            ("body.2", "value_missing"),
            ("body.3", "value_missing"),
            ("buttons.0.url", "value_missing"),
            ("buttons.1.code", "value_missing"),
            ("buttons.2.products", "value_missing"),
        ])
    );
    assert_eq!(
        problems(
            json!({"header.location": "Berlin", "body.1": "a\nb", "body.2": "x".repeat(1_025), "body.3": ["x"], "buttons.0.url": "a b", "buttons.1.code": "A-B", "buttons.2.products": 5, "buttons.3.ttl_minutes": 0})
        ),
        want(&[
            ("header.location", "value_type"),
            ("body.1", "value_breaks"),
            ("body.2", "value_too_long"),
            ("body.3", "value_type"),
            ("buttons.0.url", "value_format"),
            ("buttons.1.code", "value_format"),
            ("buttons.2.products", "value_type"),
            ("buttons.3.ttl_minutes", "value_type"),
        ])
    );
    let good = json!({"header.location": {"latitude": 1, "longitude": 2}, "body.1": "a", "body.2": "b", "body.3": "x".repeat(1_010), "buttons.0.url": "u", "buttons.1.code": "A", "buttons.2.products": {}});
    assert_eq!(problems(good.clone()), want(&[("body", "filled_too_long")]));
    let mut good = good;
    good["body.3"] = json!("x");
    assert_eq!(problems(good)[0].1, "value_refused");
}

#[test]
fn what_the_customer_sees() {
    let template = json!({"category": "MARKETING", "parameter_format": "named", "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Hi {{name}}"},
        {"type": "BODY", "text": "*{{name}}*, <b> {{what}} is _here_\n{{gone}}."},
        {"type": "FOOTER", "text": "Shop"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Go", "url": "https://shop.example/{{1}}"}, {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550051310"}, {"type": "COPY_CODE", "example": "A"}, {"type": "REQUEST_CONTACT_INFO"}, {"type": "DANCE", "text": "?"}]},
        {"type": "SPARKLE"},
    ]});
    let seen = render(&template, &json!({"header.name": "Ann", "body.name": "Ann", "body.what": {"type": "currency", "currency": {"fallback_value": "5 €"}}, "buttons.0.url": "x", "buttons.2.code": "LAKE"})).unwrap();
    assert_eq!(seen.header.as_ref().unwrap().text, "Hi Ann");
    assert_eq!(seen.body.text, "*Ann*, <b> 5 € is _here_\n{{gone}}.");
    assert_eq!(
        seen.body.html,
        "<strong>Ann</strong>, &lt;b&gt; 5 € is <em>here</em><br>{{gone}}."
    );
    assert_eq!(seen.footer, "Shop");
    assert_eq!(seen.missing, ["body.gone"]);
    assert_eq!(seen.unknown, ["DANCE", "SPARKLE"]);
    let buttons: Vec<_> = seen
        .buttons
        .iter()
        .map(|button| [&button.text, &button.url, &button.phone, &button.code])
        .collect();
    assert_eq!(buttons[0], ["Go", "https://shop.example/x", "", ""]);
    assert_eq!(buttons[1], ["Call", "", "+15550051310", ""]);
    assert_eq!(buttons[2], ["Copy code", "", "", "LAKE"]);
    assert_eq!(buttons[3], ["Share contact info", "", "", ""]);
}

#[test]
fn one_time_passwords_in_both_forms() {
    let made = json!({"category": "authentication", "components": [{"type": "body", "add_security_recommendation": true}, {"type": "footer", "code_expiration_minutes": 5},
        {"type": "buttons", "buttons": [{"type": "otp", "otp_type": "one_tap", "text": "Copy", "autofill_text": "Fill in"}]}]});
    let fetched = json!({"category": "AUTHENTICATION", "components": [{"type": "BODY", "text": "*{{1}}* is your verification code. For your security, do not share this code."},
        {"type": "FOOTER", "text": "This code expires in 5 minutes.", "code_expiration_minutes": 5},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copy code", "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}"}]}]});
    let values = json!({"code": "123456"});
    let (one, two) = (
        render(&made, &values).unwrap(),
        render(&fetched, &values).unwrap(),
    );
    assert_eq!(one.body, two.body);
    assert_eq!(
        one.body.plain,
        "123456 is your verification code. For your security, do not share this code."
    );
    assert_eq!(
        (one.footer, one.preset, two.preset),
        (two.footer, true, false)
    );
    assert_eq!(
        (one.buttons[0].text.as_str(), two.buttons[0].text.as_str()),
        ("Fill in", "Copy code")
    );
    assert_eq!(
        parameters(&made, &values).unwrap(),
        parameters(&fetched, &values).unwrap()
    );
    for template in [&made, &fetched] {
        let keys: Vec<_> = variables(template)
            .into_iter()
            .map(|variable| variable.key)
            .collect();
        assert_eq!(keys, ["code"]);
        assert_eq!(render(template, &json!({})).unwrap().missing, ["code"]);
        assert_eq!(
            parameters(template, &json!({"code": "1234567890123456"})).unwrap_err()[0].rule,
            "value_too_long"
        );
    }
}

#[test]
fn what_we_do_not_know_is_sent_when_it_needs_nothing() {
    let template =
        |other: Value| json!({"components": [{"type": "BODY", "text": "Hello."}, other]});
    assert_eq!(
        parameters(&template(json!({"type": "SPARKLE"})), &json!({})).unwrap(),
        json!([])
    );
    for other in [
        json!({"type": "SPARKLE", "text": "{{1}}"}),
        json!({"type": "HEADER", "format": "HOLOGRAM", "example": {}}),
        json!({"type": "BUTTONS", "buttons": [{"type": "DANCE", "url": "{{1}}"}]}),
    ] {
        assert_eq!(
            parameters(&template(other), &json!({})).unwrap_err()[0].rule,
            "unknown_needs_value"
        );
    }
}

#[test]
fn product_carousels_take_more_cards_than_they_were_made_with() {
    let card = json!({"components": [{"type": "HEADER", "format": "PRODUCT"}, {"type": "BUTTONS", "buttons": [{"type": "SPM", "text": "View"}]}]});
    let template = json!({"category": "MARKETING", "components": [{"type": "BODY", "text": "Plants"}, {"type": "CAROUSEL", "cards": [card, card]}]});
    let product = json!({"product_retailer_id": "p", "catalog_id": "1"});
    let values = json!({"cards.0.header.product": product, "cards.1.header.product": product, "cards.2.header.product": product});
    assert_eq!(
        parameters(&template, &values).unwrap()[0]["cards"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(render(&template, &values).unwrap().cards.len(), 3);
}

#[test]
fn names_are_sent_as_names_though_the_template_does_not_say_so() {
    let template = json!({"components": [{"type": "BODY", "text": "Hi {{name}}!", "example": {"body_text_named_params": [{"param_name": "name", "example": "Ann"}]}}]});
    assert_eq!(variables(&template)[0].example, "Ann");
    let sent = parameters(&template, &json!({"body.name": "Ann"})).unwrap();
    assert_eq!(sent[0]["parameters"][0]["parameter_name"], "name");
}

#[test]
fn a_one_time_password_button_elsewhere_needs_nothing_without_a_name() {
    let template = json!({"category": "UTILITY", "components": [{"type": "BODY", "text": "Hi."},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]});
    let seen = render(&template, &json!({})).unwrap();
    assert_eq!(seen.missing, [""; 0]);
    assert_eq!(variables(&template), []);
}

#[test]
fn a_header_that_is_not_known_asks_for_nothing_that_could_not_be_sent() {
    let template = json!({"components": [{"type": "BODY", "text": "Hi."}, {"type": "HEADER", "format": "HOLOGRAM", "text": "No. {{1}}"}]});
    assert_eq!(variables(&template), []);
    assert_eq!(render(&template, &json!({})).unwrap().missing, [""; 0]);
    assert!(parameters(&template, &json!({"header.1": "4711"})).is_err());
}

#[test]
fn a_long_value_in_many_places_stays_bounded() {
    let long = "é".repeat(20_000);
    let text = "a {{1}} ".repeat(5_000);
    let bound = text.len() + scan::FILLED_BYTES;
    let body = json!({"type": "BODY", "text": text, "example": {"body_text": [[long]]}});
    let template = json!({"category": "UTILITY", "components": [body]});
    let seen = render(&template, &json!({ "body.1": long })).unwrap();
    assert!(seen.body.text.len() <= bound);
    assert!(check(&template)
        .iter()
        .any(|one| one.rule == "body_too_long"));
    // The one-time password stands in every text and button.
    let buttons: Vec<_> = (0..5_000)
        .map(|_| json!({"type": "OTP", "otp_type": "COPY_CODE"}))
        .collect();
    let template = json!({"category": "AUTHENTICATION", "components": [{"type": "BODY", "text": text}, {"type": "BUTTONS", "buttons": buttons}]});
    let seen = render(&template, &json!({ "code": long })).unwrap();
    let codes: usize = seen.buttons.iter().map(|button| button.code.len()).sum();
    assert!(seen.body.text.len() + codes <= bound);
}
