//! Templates made by chance: every one is good and comes with all values that it needs. Shared by the tests of the rules and
//! by those of their WebAssembly.

use serde_json::{json, Map, Value};

/// A source of numbers.
pub type Random<'a> = &'a mut dyn FnMut() -> u64;

const WORDS: &[&str] = &[
    "order",
    "is",
    "packed",
    "*table*",
    "_tomorrow_",
    "Straße",
    "注文",
    "заказ",
    "शुक्रिया",
    "at noon,",
    "for you",
    "`A-17`",
    "🎁",
    "~late~",
    "mañana",
    "1. one",
    "see https://shop.example/a_b",
    "we",
    "&",
    "<b>",
    "\"so\"",
    "- it",
    "> said",
    "ready.",
    "Ünal's",
    "{x",
    "y}",
    "\\n",
];

fn below(random: Random<'_>, count: usize) -> usize {
    (random() % count.max(1) as u64) as usize
}

fn chance(random: Random<'_>, percent: u64) -> bool {
    random() % 100 < percent
}

fn pick<'a, T: ?Sized>(random: Random<'_>, all: &[&'a T]) -> &'a T {
    let at = below(random, all.len());
    all[at]
}

fn any_case(random: Random<'_>, word: &str) -> String {
    if chance(random, 50) {
        word.to_ascii_lowercase()
    } else {
        word.to_owned()
    }
}

/// Builds a template and, beside it, the values.
struct Maker {
    named: bool,
    values: Map<String, Value>,
    emojis: usize,
}

impl Maker {
    fn words(&mut self, random: Random<'_>, count: usize) -> String {
        let mut text = String::from("Your");
        for _ in 0..count {
            let mut word = pick(random, WORDS);
            if word == "🎁" {
                self.emojis += 1;
                if self.emojis > 5 {
                    word = "gift";
                }
            }
            text.push_str(if chance(random, 8) && !text.ends_with('\n') {
                "\n"
            } else {
                " "
            });
            text.push_str(word);
        }
        text
    }

    /// A text of at most `max` characters with its examples, and their values under `prefix`.
    fn text(
        &mut self,
        random: Random<'_>,
        kind: &str,
        prefix: &str,
        plain: bool,
        max: usize,
        variables: usize,
    ) -> Value {
        let mut text = if plain {
            "Your order".to_owned()
        } else {
            self.words(random, 3)
        };
        let mut names = Vec::new();
        for at in 1..=variables {
            let name = if self.named {
                format!("field_{at}")
            } else {
                at.to_string()
            };
            let between = if plain {
                " no ".to_owned()
            } else {
                format!(" {} on the way ", self.words(random, 1))
            };
            let longer = format!("{text}{between}{{{{{name}}}}}");
            // Room for a value and the words that follow.
            if longer.chars().count() + 40 * at > max {
                break;
            }
            text = longer;
            names.push(name);
        }
        text.push_str(if plain { " today" } else { " and thank you." });
        let mut examples = Vec::new();
        for name in &names {
            let value = pick(
                random,
                &[
                    "Ann",
                    "4711",
                    "*3*",
                    "Zoë & Co",
                    "<i>",
                    "12,50 €",
                    "{{",
                    "A B",
                ],
            );
            let example = if value == "{{" { "braces" } else { value };
            examples.push(if self.named {
                json!({ "param_name": name, "example": example })
            } else {
                json!(example)
            });
            let number = chance(random, 10) && !plain;
            self.values.insert(
                format!("{prefix}{name}"),
                if number { json!(42) } else { json!(value) },
            );
        }
        let mut component = json!({ "type": any_case(random, kind), "text": text });
        if !names.is_empty() {
            let lower = format!("{}_text", kind.to_ascii_lowercase());
            let (key, examples) = match (self.named, kind) {
                (true, _) => (format!("{lower}_named_params"), json!(examples)),
                (false, "BODY") => (lower, json!([examples])),
                (false, _) => (lower, json!(examples)),
            };
            component["example"] = json!({ key: examples });
        }
        component
    }

    fn header(&mut self, random: Random<'_>, prefix: &str, formats: &[&str]) -> Value {
        let format = pick(random, formats);
        let key = format!("{prefix}header.");
        match format {
            "TEXT" => {
                let variables = below(random, 2);
                let mut header = self.text(random, "HEADER", &key, true, 60, variables);
                header["format"] = json!(any_case(random, "TEXT"));
                header
            }
            "LOCATION" => {
                self.values.insert(
                    format!("{key}location"),
                    json!({ "latitude": 52.5, "longitude": "13.4", "name": "Shop" }),
                );
                json!({ "type": "HEADER", "format": "LOCATION" })
            }
            "PRODUCT" => {
                self.values.insert(
                    format!("{key}product"),
                    json!({ "product_retailer_id": "p1", "catalog_id": "194836" }),
                );
                json!({ "type": "header", "format": "product" })
            }
            media => {
                let link = json!({ "link": "https://shop.example/file" });
                let value = if chance(random, 50) {
                    json!("1558081531584829")
                } else {
                    link
                };
                self.values.insert(format!("{key}media"), value);
                json!({ "type": "HEADER", "format": any_case(random, media), "example": { "header_handle": ["4::aW1h"] } })
            }
        }
    }

    fn button(&mut self, random: Random<'_>, kind: &str, at: usize, prefix: &str) -> Value {
        let key = |name: &str| format!("{prefix}buttons.{at}.{name}");
        let label = format!("Button {at}");
        let mut button = json!({ "type": any_case(random, kind), "text": label });
        match kind {
            "URL" => {
                button["url"] = json!("https://shop.example/orders");
                if chance(random, 60) {
                    button["url"] = json!("https://shop.example/orders?id={{1}}");
                    button["example"] = pick(
                        random,
                        &[
                            &json!(["4711"]),
                            &json!("4711"),
                            &json!(["https://shop.example/orders?id=4711"]),
                        ],
                    )
                    .clone();
                    self.values.insert(key("url"), json!("47%2011"));
                }
            }
            "PHONE_NUMBER" => button["phone_number"] = json!("+15550051310"),
            "COPY_CODE" => {
                button = json!({ "type": "COPY_CODE", "example": "25OFF" });
                self.values.insert(key("code"), json!("LAKE25"));
            }
            "FLOW" => {
                button["flow_id"] = json!("123456");
                if chance(random, 50) {
                    self.values
                        .insert(key("flow_data"), json!({ "name": "Ann" }));
                }
            }
            "QUICK_REPLY" | "VOICE_CALL" if chance(random, 50) => {
                self.values.insert(key("payload"), json!("stop-updates"));
            }
            "MPM" => {
                let products =
                    json!([{ "product_retailer_id": "a" }, { "product_retailer_id": "b" }]);
                let sections = json!([{ "title": "Plants", "product_items": products }]);
                self.values.insert(
                    key("products"),
                    json!({ "thumbnail_product_retailer_id": "a", "sections": sections }),
                );
            }
            _ => {}
        }
        button
    }

    fn buttons(&mut self, random: Random<'_>, kinds: &[&str], prefix: &str) -> Value {
        let mut list = Vec::new();
        for (at, kind) in kinds.iter().enumerate() {
            list.push(self.button(random, kind, at, prefix));
        }
        json!({ "type": any_case(random, "BUTTONS"), "buttons": list })
    }

    fn body(&mut self, random: Random<'_>, max: usize) -> Value {
        let variables = below(random, 6);
        self.text(random, "BODY", "body.", false, max, variables)
    }

    /// A plain template with what may be combined freely.
    fn free(&mut self, random: Random<'_>, marketing: bool) -> Vec<Value> {
        let mut components = Vec::new();
        if chance(random, 60) {
            let formats: &[&str] = if marketing {
                &["TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "GIF"]
            } else {
                &["TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"]
            };
            components.push(self.header(random, "", formats));
        }
        components.push(self.body(random, 1_000));
        if chance(random, 50) {
            components.push(json!({ "type": "FOOTER", "text": "Example Shop, Main Street 1" }));
        }
        if chance(random, 70) {
            let mut others: Vec<&str> = Vec::new();
            for kind in [
                "URL",
                "PHONE_NUMBER",
                "URL",
                "COPY_CODE",
                "FLOW",
                "VOICE_CALL",
                "REQUEST_CONTACT_INFO",
            ] {
                if chance(random, 30) {
                    others.push(kind);
                }
            }
            let mut kinds = vec!["QUICK_REPLY"; below(random, 4).min(10 - others.len())];
            if chance(random, 50) {
                kinds.append(&mut others);
            } else {
                others.append(&mut kinds);
                kinds = others;
            }
            if !kinds.is_empty() {
                components.push(self.buttons(random, &kinds, ""));
            }
        }
        components
    }

    fn offer(&mut self, random: Random<'_>) -> Vec<Value> {
        let counts = chance(random, 60);
        if counts {
            self.values
                .insert("offer.expires_ms".to_owned(), json!(1_795_373_517_470_u64));
        }
        let kinds: &[&str] = if chance(random, 50) {
            &["COPY_CODE", "URL"]
        } else {
            &["URL"]
        };
        vec![
            self.header(random, "", &["IMAGE", "VIDEO"]),
            json!({ "type": "LIMITED_TIME_OFFER", "limited_time_offer": { "text": "Ends soon!", "has_expiration": counts } }),
            self.body(random, 580),
            self.buttons(random, kinds, ""),
        ]
    }

    fn carousel(&mut self, random: Random<'_>) -> Vec<Value> {
        let format = pick(random, &["IMAGE", "VIDEO", "PRODUCT"]);
        let kinds: &[&str] = if format == "PRODUCT" {
            pick(random, &[&["SPM"][..], &["URL"][..]])
        } else {
            pick(
                random,
                &[
                    &["QUICK_REPLY", "URL"][..],
                    &["URL"][..],
                    &["PHONE_NUMBER"][..],
                    &[][..],
                ],
            )
        };
        let text = chance(random, 50);
        let mut cards = Vec::new();
        for at in 0..2 + below(random, 9) {
            let prefix = format!("cards.{at}.");
            let mut components = vec![self.header(random, &prefix, &[format])];
            if text {
                let variables = below(random, 2);
                components.push(self.text(
                    random,
                    "BODY",
                    &format!("{prefix}body."),
                    true,
                    150,
                    variables,
                ));
            }
            if !kinds.is_empty() {
                components.push(self.buttons(random, kinds, &prefix));
            }
            cards.push(json!({ "components": components }));
        }
        vec![
            self.body(random, 1_000),
            json!({ "type": any_case(random, "CAROUSEL"), "cards": cards }),
        ]
    }

    fn products(&mut self, random: Random<'_>) -> Vec<Value> {
        match below(random, 3) {
            0 => vec![
                self.body(random, 1_000),
                self.buttons(random, &["CATALOG"], ""),
            ],
            1 => vec![
                self.header(random, "", &["TEXT"]),
                self.body(random, 1_000),
                self.buttons(random, &["MPM"], ""),
            ],
            _ => vec![
                self.header(random, "", &["PRODUCT"]),
                self.text(random, "BODY", "body.", true, 150, 1),
                self.buttons(random, &["SPM"], ""),
            ],
        }
    }

    fn passcode(&mut self, random: Random<'_>) -> Vec<Value> {
        self.values.insert("code".to_owned(), json!("J$FpnYnP"));
        let mut components =
            vec![json!({ "type": "BODY", "add_security_recommendation": chance(random, 50) })];
        if chance(random, 50) {
            components.push(
                json!({ "type": "FOOTER", "code_expiration_minutes": 1 + below(random, 90) }),
            );
        }
        let mut button =
            json!({ "type": any_case(random, "OTP"), "otp_type": any_case(random, "COPY_CODE") });
        if chance(random, 50) {
            let app =
                json!({ "package_name": "com.example.shop", "signature_hash": "K8a/AINcGX7" });
            button["otp_type"] = json!("ONE_TAP");
            button["autofill_text"] = json!("Autofill");
            button["supported_apps"] = json!([app]);
        }
        components.push(json!({ "type": "BUTTONS", "buttons": [button] }));
        components
    }
}

/// A good template and all values that it needs.
pub fn template(random: Random<'_>) -> (Value, Value) {
    let named = chance(random, 40);
    let mut maker = Maker {
        named,
        values: Map::new(),
        emojis: 0,
    };
    let (category, components) = match below(random, 10) {
        0..=2 => ("MARKETING", maker.free(random, true)),
        3..=5 => ("UTILITY", maker.free(random, false)),
        6 => ("MARKETING", maker.offer(random)),
        7 => ("MARKETING", maker.carousel(random)),
        8 => ("MARKETING", maker.products(random)),
        _ => ("AUTHENTICATION", maker.passcode(random)),
    };
    let mut template = json!({
        "name": format!("made_{}", random() % 1_000_000),
        "language": pick(random, &["en_US", "de", "es_MX", "fil", "zh_HK"]),
        "category": any_case(random, category),
        "components": components,
    });
    if named {
        template["parameter_format"] = json!(any_case(random, "NAMED"));
    }
    (template, Value::Object(maker.values))
}
