//! What Meta refuses in the parts of a template beside its texts: buttons, products, offers, cards, one-time passwords.
//! Written from Meta's pages like `template_rules`; where these name no subcode, that of the component is used.
use serde_json::Value;

use crate::errors::GraphError;
use crate::template::refuse;
use crate::template_rules::{component, lengths, variables};

type Checked = Result<(), GraphError>;

/// Buttons are incorrect; quick replies mixed with others; another part is incorrect.
const BUTTONS: u32 = 2388071;
const MIXED: u32 = 2388060;
const PART: u32 = 2388072;

/// Kinds of buttons of which a template has only some.
const MOST: [(&str, usize); 6] = [
    ("URL", 2),
    ("PHONE_NUMBER", 1),
    ("COPY_CODE", 1),
    ("FLOW", 1),
    ("VOICE_CALL", 1),
    ("REQUEST_CONTACT_INFO", 1),
];
/// Those that show products, and the header that they need; '' = any.
const PRODUCTS: [(&str, &str); 3] = [("CATALOG", ""), ("MPM", "TEXT"), ("SPM", "PRODUCT")];
const APPS: usize = 5;

fn need(holds: bool, subcode: u32, sentence: &str) -> Checked {
    if holds {
        return Ok(());
    }
    Err(refuse(
        subcode,
        "Message template \"components\" param is incorrect",
        sentence,
    ))
}

/// The text of a key in capitals.
fn word(of: &Value, key: &str) -> String {
    of[key].as_str().unwrap_or_default().to_ascii_uppercase()
}

fn list<'a>(of: &'a Value, key: &str) -> &'a [Value] {
    of[key].as_array().map_or(&[], Vec::as_slice)
}

/// An example, which is a text or a list with one.
fn example(of: &Value) -> &str {
    let example = &of["example"];
    example
        .as_str()
        .or_else(|| example[0].as_str())
        .unwrap_or_default()
}

/// One line without emojis, formatting and variables.
pub fn is_plain(text: &str) -> bool {
    let sign = |c: char| {
        c.is_control()
            || matches!(c, '*' | '~' | '`')
            || matches!(
                u32::from(c),
                0x2705 | 0x2728 | 0x274C | 0x2764 | 0x2B50 | 0xFE0F | 0x1F000..
            )
    };
    let italic = text.starts_with('_') && text.ends_with('_');
    !text.contains(sign) && !italic
}

/// Everything but the texts of a template that is none for one-time passwords.
pub fn check(components: &Value, category: &str) -> Checked {
    let marketing = category == "MARKETING";
    let of = |kind: &str| component(components, kind);
    let header = of("HEADER").map_or_else(String::new, |header| word(header, "format"));
    let kinds: Vec<String> = of("BUTTONS")
        .map_or(&[][..], |part| list(part, "buttons"))
        .iter()
        .map(|button| word(button, "type"))
        .collect();
    let has = |kind: &str| kinds.iter().any(|other| other == kind);
    if let Some(part) = of("BUTTONS") {
        buttons(list(part, "buttons"), &kinds)?;
    }
    let advertises = header == "GIF"
        || header == "PRODUCT"
        || of("LIMITED_TIME_OFFER").is_some()
        || of("CAROUSEL").is_some()
        || PRODUCTS.iter().any(|(kind, _)| has(kind));
    need(
        marketing || !advertises,
        PART,
        "This needs the category MARKETING.",
    )?;
    for (kind, wanted) in PRODUCTS.iter().filter(|(kind, _)| has(kind)) {
        need(
            kinds.len() == 1,
            BUTTONS,
            "A button for products stands alone.",
        )?;
        need(
            wanted.is_empty() || header == *wanted,
            PART,
            &format!("A button of type {kind} needs a header of format {wanted}."),
        )?;
    }
    need(
        header != "PRODUCT" || has("SPM"),
        PART,
        "A product header needs a button of type SPM.",
    )?;
    if let Some(part) = of("LIMITED_TIME_OFFER") {
        let text = part["limited_time_offer"]["text"]
            .as_str()
            .unwrap_or_default();
        lengths(text, 1, 16, "limited-time offer")?;
        let place = |kind: &str| kinds.iter().position(|other| other == kind);
        let ordered = match (place("COPY_CODE"), place("URL")) {
            (_, None) => false,
            (code, Some(url)) => code.is_none_or(|code| code < url),
        };
        need(
            ordered,
            BUTTONS,
            "An offer has a URL button, after the one that copies the code.",
        )?;
        let fits = of("FOOTER").is_none() && matches!(&*header, "" | "IMAGE" | "VIDEO");
        need(
            fits,
            PART,
            "An offer has no footer, and its header is an image or a video.",
        )?;
    }
    match of("CAROUSEL") {
        Some(part) => cards(components, list(part, "cards")),
        None => Ok(()),
    }
}

fn buttons(list: &[Value], kinds: &[String]) -> Checked {
    let count = |kind: &str| kinds.iter().filter(|other| *other == kind).count();
    need(
        !list.is_empty() && list.len() <= 10,
        BUTTONS,
        "A template has 1 to 10 buttons.",
    )?;
    for (kind, most) in MOST {
        need(
            count(kind) <= most,
            BUTTONS,
            &format!("At most {most} of type {kind}."),
        )?;
    }
    let quick: Vec<bool> = kinds.iter().map(|kind| kind == "QUICK_REPLY").collect();
    need(
        quick.windows(2).filter(|two| two[0] != two[1]).count() <= 1,
        MIXED,
        "Quick replies must stand together.",
    )?;
    list.iter().try_for_each(button)
}

fn button(button: &Value) -> Checked {
    let kind = word(button, "type");
    let text = |key: &str| button[key].as_str().unwrap_or_default();
    need(
        !kind.is_empty() && kind != "OTP",
        BUTTONS,
        "A button needs a type.",
    )?;
    if !matches!(&*kind, "COPY_CODE" | "REQUEST_CONTACT_INFO") {
        lengths(text("text"), 1, 25, "button")?;
        let plain = is_plain(text("text")) && !text("text").contains("{{");
        need(plain, MIXED, "A label is plain text.")?;
    }
    match &*kind {
        "URL" => url(button, text("url")),
        "PHONE_NUMBER" => {
            let number = text("phone_number");
            lengths(number, 3, 20, "phone number")?;
            let digits = |c: char| c.is_ascii_digit() || "+-. ()".contains(c);
            need(
                number.chars().all(digits),
                BUTTONS,
                "This is no phone number.",
            )
        }
        "COPY_CODE" => {
            lengths(example(button), 1, 20, "example of a code")?;
            let letters = example(button).bytes().all(|b| b.is_ascii_alphanumeric());
            need(letters, BUTTONS, "A code has letters and digits only.")
        }
        "FLOW" => {
            let keys = ["flow_id", "flow_name", "flow_json"];
            let named = keys.iter().filter(|key| !button[**key].is_null()).count();
            let action = matches!(
                &*word(button, "flow_action"),
                "" | "NAVIGATE" | "DATA_EXCHANGE"
            );
            need(named == 1 && action, BUTTONS, "A flow is named once.")
        }
        _ => Ok(()),
    }
}

fn url(button: &Value, url: &str) -> Checked {
    lengths(url, 1, 2000, "URL")?;
    let count = variables(url).len();
    let base = url.split("{{").next().unwrap_or_default();
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| base.strip_prefix(scheme))
        .and_then(|rest| rest.split(['/', '?', '#']).next())
        .unwrap_or_default();
    let whatsapp = host == "wa.me" || host.ends_with("whatsapp.com");
    need(
        !host.is_empty() && !whatsapp && !base.contains(char::is_whitespace),
        BUTTONS,
        "This is no address of the web.",
    )?;
    need(
        count == 0 || (count == 1 && url.ends_with("}}")),
        BUTTONS,
        "One variable, at the end.",
    )?;
    let shown = example(button);
    need(
        count == 0
            || !(shown.is_empty() || shown.contains(char::is_whitespace) || shown.contains("{{")),
        2388043,
        "component of type BUTTONS is missing expected field(s) (example)",
    )
}

fn cards(components: &Value, cards: &[Value]) -> Checked {
    let beside = |one: &Value| matches!(&*word(one, "type"), "BODY" | "CAROUSEL");
    need(
        components.as_array().into_iter().flatten().all(beside),
        PART,
        "A carousel stands with a body only.",
    )?;
    need((2..=10).contains(&cards.len()), PART, "2 to 10 cards.")?;
    let mut shapes = Vec::new();
    for card in cards {
        let parts = &card["components"];
        let of = |kind: &str| component(parts, kind);
        let known = |one: &Value| matches!(&*word(one, "type"), "HEADER" | "BODY" | "BUTTONS");
        need(
            parts.as_array().into_iter().flatten().all(known),
            PART,
            "A card has a header, a body and buttons.",
        )?;
        let format = of("HEADER").map_or_else(String::new, |header| word(header, "format"));
        need(
            matches!(&*format, "IMAGE" | "VIDEO" | "PRODUCT"),
            PART,
            "A card shows an image, a video or a product.",
        )?;
        if let Some(body) = of("BODY") {
            lengths(
                body["text"].as_str().unwrap_or_default(),
                1,
                160,
                "card body",
            )?;
        }
        let mut kinds = Vec::new();
        for one in of("BUTTONS").map_or(&[][..], |part| list(part, "buttons")) {
            button(one)?;
            kinds.push(word(one, "type"));
        }
        let fits = |kind: &String| match (&*format, &**kind) {
            ("PRODUCT", kind) => matches!(kind, "SPM" | "URL"),
            (_, kind) => matches!(kind, "QUICK_REPLY" | "URL" | "PHONE_NUMBER"),
        };
        need(
            kinds.len() <= 2 && kinds.iter().all(fits),
            BUTTONS,
            "A card has at most two buttons.",
        )?;
        shapes.push((format, of("BODY").is_some(), kinds));
    }
    need(
        shapes.windows(2).all(|two| two[0] == two[1]),
        PART,
        "All cards are built alike.",
    )
}

/// A template for one-time passwords: WhatsApp writes its texts.
pub fn one_time_password(components: &Value) -> Checked {
    let of = |kind: &str| component(components, kind);
    let known = |one: &Value| matches!(&*word(one, "type"), "BODY" | "FOOTER" | "BUTTONS");
    let written = |kind: &str| of(kind).is_some_and(|one| !one["text"].is_null());
    need(
        components.as_array().into_iter().flatten().all(known)
            && !written("BODY")
            && !written("FOOTER"),
        PART,
        "An authentication template has WhatsApp's own texts.",
    )?;
    let minutes = of("FOOTER").map_or(&Value::Null, |footer| &footer["code_expiration_minutes"]);
    need(
        minutes.is_null() || minutes.as_i64().is_some_and(|m| (1..=90).contains(&m)),
        PART,
        "A code lives 1 to 90 minutes.",
    )?;
    let [button] = of("BUTTONS").map_or(&[][..], |part| list(part, "buttons")) else {
        return need(false, BUTTONS, "An authentication template has one button.");
    };
    need(
        word(button, "type") == "OTP",
        BUTTONS,
        "The button must be of type OTP.",
    )?;
    lengths(button["text"].as_str().unwrap_or_default(), 0, 25, "button")?;
    let fills = match &*word(button, "otp_type") {
        "COPY_CODE" => return Ok(()),
        "ONE_TAP" => true,
        "ZERO_TAP" => button["zero_tap_terms_accepted"] == true,
        _ => false,
    };
    need(
        fills,
        BUTTONS,
        "otp_type is COPY_CODE, ONE_TAP or ZERO_TAP, this one with its terms accepted.",
    )?;
    let own = std::slice::from_ref(button);
    let apps = match button["supported_apps"].is_null() && !button["package_name"].is_null() {
        true => own,
        false => list(button, "supported_apps"),
    };
    let names = |app: &Value| {
        let package = app["package_name"].as_str().unwrap_or_default();
        let hash = app["signature_hash"].as_str().unwrap_or_default();
        let part = |part: &str| part.starts_with(|c: char| c.is_ascii_alphabetic());
        package.contains('.')
            && package.split('.').all(part)
            && package.len() <= 224
            && hash.len() == 11
            && hash
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
    };
    need(
        !apps.is_empty() && apps.len() <= APPS && apps.iter().all(names),
        BUTTONS,
        "1 to 5 apps, each with its package name and signature hash.",
    )
}
