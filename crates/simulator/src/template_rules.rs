//! What Meta refuses when a template is handed in. Written from Meta's pages, apart from the rules of the product, so that
//! the two can disagree. Only what is refused at once: the rest is the review's.
use serde_json::{Map, Value};

use crate::errors::GraphError;
use crate::template::refuse;

/// A template that passed.
pub struct Draft {
    pub name: String,
    pub language: String,
    pub category: String,
    pub parameter_format: String,
    pub components: Value,
    pub ttl: Option<i64>,
}

/// Words that make a UTILITY template an advertisement.
const PROMOTIONAL: [&str; 7] = [
    "% off", "discount", "sale", "offer", "coupon", "promo", "buy now",
];

/// The component of this type, whatever the case of its name.
pub fn component<'a>(components: &'a Value, kind: &str) -> Option<&'a Value> {
    components.as_array()?.iter().find(|c| {
        c["type"]
            .as_str()
            .is_some_and(|t| t.eq_ignore_ascii_case(kind))
    })
}

/// The names between `{{` and `}}`, each once, in order.
pub fn variables(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = vec![];
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        rest = &rest[open + 2..];
        let Some(close) = rest.find("}}") else { break };
        let name = rest[..close].trim();
        if !name.is_empty() && !found.contains(&name) {
            found.push(name);
        }
        rest = &rest[close + 2..];
    }
    found
}

/// Whether a text reads like an advertisement.
pub fn is_promotional(components: &Value) -> bool {
    ["HEADER", "BODY", "FOOTER"]
        .iter()
        .filter_map(|k| component(components, k)?["text"].as_str())
        .any(|t| {
            let t = t.to_lowercase();
            PROMOTIONAL.iter().any(|w| t.contains(w))
        })
}

/// Checks the body of a creation.
///
/// # Errors
/// The first thing that Meta would refuse.
pub fn check(body: &Map<String, Value>) -> Result<Draft, GraphError> {
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let name = text("name").ok_or_else(|| GraphError::required("name"))?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || name.len() > 512 || !name.chars().all(plain) {
        return Err(refuse(
            2388036,
            "Message template name invalid",
            "Use lower-case letters, digits and underscores, at most 512.",
        ));
    }
    let language = text("language").ok_or_else(|| GraphError::required("language"))?;
    let category = text("category")
        .ok_or_else(|| GraphError::required("category"))?
        .to_ascii_uppercase();
    if !["MARKETING", "UTILITY", "AUTHENTICATION"].contains(&category.as_str()) {
        return Err(GraphError::param(
            "Param category must be one of {UTILITY, MARKETING, AUTHENTICATION}.",
        ));
    }
    let parameter_format = text("parameter_format")
        .unwrap_or("POSITIONAL")
        .to_ascii_uppercase();
    let components = body
        .get("components")
        .cloned()
        .ok_or_else(|| GraphError::required("components"))?;
    let list = components
        .as_array()
        .ok_or_else(|| GraphError::param("Param components must be an array."))?;
    let of = |kind: &str| component(&components, kind);
    let main = of("BODY").ok_or_else(|| {
        refuse(
            2388072,
            "Message template \"components\" param is incorrect",
            "A body is required.",
        )
    })?;
    if category != "AUTHENTICATION" {
        let named = parameter_format == "NAMED";
        let limit = if of("LIMITED_TIME_OFFER").is_some() {
            600
        } else {
            1024
        };
        let body_text = main["text"].as_str().unwrap_or_default();
        lengths(body_text, 1, limit, "body")?;
        placeholders(body_text, named, "body")?;
        examples(main, body_text, named, "body")?;
        if let Some(header) = of("HEADER") {
            header_of(header, named)?;
        }
        if let Some(footer) = of("FOOTER") {
            let footer = footer["text"].as_str().unwrap_or_default();
            lengths(footer, 1, 60, "footer")?;
            if !variables(footer).is_empty() {
                return Err(refuse(
                    2388073,
                    "Footer format is incorrect",
                    "A footer can't have variables.",
                ));
            }
        }
        if let Some(buttons) = of("BUTTONS") {
            buttons_of(buttons)?;
        }
    }
    if list.len() > 6 {
        return Err(GraphError::param("Too many components."));
    }
    Ok(Draft {
        name: name.into(),
        language: language.into(),
        category,
        parameter_format,
        ttl: body.get("message_send_ttl_seconds").and_then(Value::as_i64),
        components,
    })
}

fn lengths(text: &str, min: usize, max: usize, place: &str) -> Result<(), GraphError> {
    let n = text.chars().count();
    if n < min || n > max {
        return Err(refuse(
            2388040,
            "Character Limit Exceeded",
            format!("The message template {place} has {n} characters; it may have {min} to {max}."),
        ));
    }
    Ok(())
}

fn placeholders(text: &str, named: bool, place: &str) -> Result<(), GraphError> {
    let found = variables(text);
    let trimmed = text.trim();
    if place == "body" && (trimmed.starts_with("{{") || trimmed.ends_with("}}")) {
        return Err(refuse(
            2388299,
            "Leading or Trailing Params Are Not Allowed",
            "Variables can't be at the start or end of the template.",
        ));
    }
    if text.contains("}}{{") {
        return Err(refuse(
            2388072,
            "Body format is incorrect",
            "Variables can't stand next to each other.",
        ));
    }
    let good = |name: &&str| {
        if named {
            name.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
                && !name.starts_with(|c: char| c.is_ascii_digit())
        } else {
            name.parse::<usize>()
                .is_ok_and(|n| (1..=found.len()).contains(&n))
        }
    };
    if !found.iter().all(good) {
        return Err(refuse(
            2388072,
            "Body format is incorrect",
            format!("The variables of the {place} don't fit the parameter format."),
        ));
    }
    let words = text
        .split_whitespace()
        .filter(|w| !w.contains("{{"))
        .count();
    // The share itself is not published; one word a variable is surely too few.
    if place == "body" && !found.is_empty() && words <= found.len() {
        return Err(refuse(
            2388293,
            "Parameters Words Ratio Exceeds Limit",
            "There are too many variables for the length of the message.",
        ));
    }
    Ok(())
}

fn examples(part: &Value, text: &str, named: bool, place: &str) -> Result<(), GraphError> {
    let wanted = variables(text).len();
    let example = &part["example"];
    let given = if named {
        example[format!("{place}_text_named_params")]
            .as_array()
            .map_or(0, Vec::len)
    } else {
        match &example[format!("{place}_text")] {
            Value::Array(a) => a
                .first()
                .and_then(Value::as_array)
                .map_or(a.len(), Vec::len),
            Value::String(_) => 1,
            _ => 0,
        }
    };
    if given != wanted {
        return Err(refuse(
            2388043,
            "Message template is missing expected field(s)",
            format!("component of type {place} is missing expected field(s) (example)"),
        ));
    }
    Ok(())
}

fn header_of(header: &Value, named: bool) -> Result<(), GraphError> {
    let format = header["format"]
        .as_str()
        .unwrap_or("TEXT")
        .to_ascii_uppercase();
    match format.as_str() {
        "TEXT" => {
            let text = header["text"].as_str().unwrap_or_default();
            lengths(text, 1, 60, "header")?;
            placeholders(text, named, "header")?;
            if variables(text).len() > 1 || text.contains('\n') {
                return Err(refuse(
                    2388047,
                    "Header format is incorrect",
                    "A header has one line and at most one variable.",
                ));
            }
            examples(header, text, named, "header")
        }
        "IMAGE" | "VIDEO" | "DOCUMENT" | "GIF" => {
            if header["example"]["header_handle"]
                .as_array()
                .is_none_or(Vec::is_empty)
            {
                return Err(refuse(
                    2388043,
                    "Message template is missing expected field(s)",
                    "component of type HEADER is missing expected field(s) (example)",
                ));
            }
            Ok(())
        }
        "LOCATION" | "PRODUCT" => Ok(()),
        _ => Err(GraphError::param("Param format is not known.")),
    }
}

fn buttons_of(part: &Value) -> Result<(), GraphError> {
    let list = part["buttons"].as_array().map_or(&[][..], Vec::as_slice);
    let kind = |b: &Value| b["type"].as_str().unwrap_or_default().to_ascii_uppercase();
    let count = |k: &str| list.iter().filter(|b| kind(b) == k).count();
    if list.is_empty() || list.len() > 10 {
        return Err(refuse(
            2388071,
            "Buttons are incorrect",
            "A template has 1 to 10 buttons.",
        ));
    }
    if count("URL") > 2 || count("PHONE_NUMBER") > 1 || count("COPY_CODE") > 1 {
        return Err(refuse(
            2388071,
            "Buttons are incorrect",
            "At most two links, one phone number and one code to copy.",
        ));
    }
    let quick: Vec<bool> = list.iter().map(|b| kind(b) == "QUICK_REPLY").collect();
    if quick.windows(2).filter(|w| w[0] != w[1]).count() > 1 {
        return Err(refuse(
            2388060,
            "Quick Replies and other buttons are mixed",
            "Quick replies must stand together.",
        ));
    }
    for b in list {
        let label = b["text"].as_str().unwrap_or_default();
        if !matches!(
            kind(b).as_str(),
            "COPY_CODE" | "VOICE_CALL" | "CATALOG" | "MPM" | "SPM"
        ) {
            lengths(label, 1, 25, "button")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn subcode(body: Value) -> u32 {
        check(body.as_object().unwrap())
            .err()
            .and_then(|e| e.subcode)
            .unwrap_or(0)
    }

    fn with_body(text: &str, example: Value) -> Value {
        json!({"name": "a", "language": "en", "category": "UTILITY", "components": [{"type": "BODY", "text": text, "example": {"body_text": [example]}}]})
    }

    #[test]
    fn each_refusal_has_its_subcode() {
        assert_eq!(
            subcode(with_body("Hello {{1}}, here it is.", json!(["Ada"]))),
            0
        );
        assert_eq!(
            subcode(with_body("{{1}} is here, see you soon.", json!(["Ada"]))),
            2388299
        );
        assert_eq!(
            subcode(with_body(
                "Hello {{1}}{{2}} there you are, friend of mine.",
                json!(["a", "b"])
            )),
            2388072
        );
        assert_eq!(
            subcode(with_body("Hi {{1}} {{2}} ok", json!(["a", "b"]))),
            2388293
        );
        assert_eq!(
            subcode(with_body("Hello {{2}}, here it is.", json!(["a"]))),
            2388072
        );
        assert_eq!(
            subcode(with_body("Hello {{1}}, here it is.", json!([]))),
            2388043
        );
        assert_eq!(subcode(with_body(&"x".repeat(1025), json!([]))), 2388040);
        let mut named = with_body("x", json!([]));
        named["name"] = json!("Not a name");
        assert_eq!(subcode(named), 2388036);
    }

    #[test]
    fn metas_examples_pass() {
        let dir = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/cloud-api/requests"
        );
        let Ok(files) = std::fs::read_dir(dir) else {
            println!("not compared: {dir} is not here");
            return;
        };
        let mut passed = 0;
        for file in files.flatten() {
            if file
                .file_name()
                .to_string_lossy()
                .starts_with("template_create.")
            {
                let body: Value =
                    serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
                if let Err(e) = check(body.as_object().unwrap()) {
                    panic!("{:?}: {:?}", file.file_name(), e);
                }
                passed += 1;
            }
        }
        assert!(passed >= 5, "{passed}");
    }
}
