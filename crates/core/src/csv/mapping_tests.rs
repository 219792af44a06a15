//! Rows that become contacts, and rows that do not.

use super::super::Rows;
use super::*;
use serde_json::json;

fn options() -> Value {
    json!({"encoding": "utf-8", "delimiter": ";", "header": false, "region": "de", "columns": [
        {"to": "phone"}, {"to": "first_name"}, {"to": "last_name"}, {"to": "email"}, {"to": "country"}, {"to": "groups"},
        {"to": "marketing"}, {"to": "consent_at"}, {"to": "field:born"}, {"to": "field:size"}, {"to": "field:sum"}, {"to": null}, {"to": "language"},
    ], "fields": [
        {"name": "born", "type": 3}, {"name": "size", "type": 4, "choices": ["Small", "Groß"]}, {"name": "sum", "type": 2},
    ]})
}

fn read(line: &str) -> Result<Contact, (&'static str, PhoneFault, usize)> {
    let mapping = Mapping::read(&options()).unwrap();
    let mut rows = Rows::new(mapping.dialect, mapping.encoding, 0, 0);
    rows.push(line.as_bytes());
    rows.finish();
    let row = rows.next().expect("a row");
    let mut phone = |number: &str, region: &str| match number {
        "0170" => Ok(["+49", region, number].concat()),
        number if number.starts_with('+') => Ok(number.to_owned()),
        _ => Err("too_short"),
    };
    mapping
        .convert(row, &mut phone)
        .map_err(|r| (r.code, r.reason, r.column))
}

#[test]
fn a_row_becomes_a_contact() {
    let contact = read("+491701234567;Ann;Ma;A@B.de;Österreich;VIP, Old|vip;ja;31.1.2026 12:00;1.2.1990;gross;1.234,50;x;pt-br").unwrap();
    assert_eq!(
        contact,
        Contact {
            phone: "+491701234567".into(),
            name: "Ann Ma".into(),
            email: "a@b.de".into(),
            country: "AT".into(),
            language: "pt_BR".into(),
            groups: vec!["VIP".into(), "Old".into()],
            consents: [Some(Consent::Granted), None, None],
            consent_at_ms: 1_769_860_800_000,
            wording: String::new(),
            values: vec!["1990-02-01".into(), "Groß".into(), "1234.5".into()],
        }
    );
    let contact = read("+491701234567").unwrap();
    assert_eq!(
        (
            contact.country.as_str(),
            contact.name.as_str(),
            contact.consents
        ),
        ("DE", "", [None; 3])
    );
    assert_eq!(
        read("0170;;;;fr").unwrap().phone,
        "+49FR0170",
        "the row's country reads the number"
    );
    assert_eq!(read("0170").unwrap().phone, "+49DE0170");
    assert_eq!(
        read("+49;;;;;;stop").unwrap().consents[0],
        Some(Consent::Revoked)
    );
}

#[test]
fn what_cannot_be_used_is_named() {
    for (line, code, reason, column) in [
        (";Ann", "no_number", "", 1),
        ("12;Ann", "not_a_number", "too_short", 1),
        ("4,9E+11", "not_a_number", "rounded", 1),
        ("+49;;;a@b", "bad_email", "", 4),
        ("+49;;;;Atlantis", "unknown_country", "", 5),
        ("+49;;;;XX", "unknown_country", "", 5),
        ("+49;;;;;;perhaps", "bad_yes_no", "", 7),
        ("+49;;;;;;;soon", "bad_date", "", 8),
        ("+49;;;;;;;;31.2.2026", "bad_date", "", 9),
        ("+49;;;;;;;;;Large", "not_a_choice", "", 10),
        ("+49;;;;;;;;;;1,234", "bad_number", "", 11),
        ("+49;;;;;;;;;;;;Klingon", "unknown_language", "", 13),
        ("+49;;;;;;;;;;;;;;x", "too_many_columns", "", 15),
    ] {
        assert_eq!(read(line), Err((code, reason, column)), "{line}");
    }
    assert!(
        read("+49;;;;;;;;;;;;;; ;").is_ok(),
        "empty cells beyond do no harm"
    );
    assert_eq!(
        read(&["+49;", &"x".repeat(300)].concat()),
        Err(("too_long", "", 2))
    );
    assert_eq!(
        read(&[&"x;".repeat(300), "x"].concat()),
        Err(("too_many_columns", "", 0))
    );
}

#[test]
fn options_are_checked() {
    let with = |key: &str, value: Value| {
        let mut options = options();
        options[key] = value;
        Mapping::read(&options).map(|_| ()).unwrap_err()
    };
    for (key, value, says) in [
        ("encoding", json!("ebcdic"), "ebcdic"),
        ("delimiter", json!("ab"), "delimiter"),
        ("delimiter", json!("a"), "delimiter"),
        ("delimiter", json!(""), "delimiter"),
        ("delimiter", json!("\""), "quote"),
        ("columns", json!([{"to": "nose"}]), "nose"),
        ("columns", json!([{"to": "field:nose"}]), "field:nose"),
        (
            "columns",
            json!([{"to": "phone"}, {"to": "phone"}]),
            "column 2",
        ),
        ("columns", json!([]), "phone"),
        ("columns", json!(vec![json!({"to": null}); 201]), "200"),
        ("fields", json!([{"name": "x", "type": 9}]), "x"),
    ] {
        let error = with(key, value.clone());
        assert!(error.contains(says), "{key} {value}: {error}");
    }
}

#[test]
fn places() {
    for (text, want) in [
        ("de", Some("DE")),
        ("UK", Some("GB")),
        ("Côte d'Ivoire", None),
        ("Deutschland", Some("DE")),
        ("USA", Some("US")),
        ("AUT", Some("AT")),
        ("zz", None),
        ("", None),
    ] {
        assert_eq!(country(text), want, "{text}");
    }
    for (text, want) in [
        ("de", Some("de")),
        ("de-DE", Some("de_DE")),
        ("EN_us", Some("en_US")),
        ("Deutsch", Some("de")),
        ("Français", Some("fr")),
        ("xx-yy-zz", None),
        ("", None),
    ] {
        assert_eq!(language(text).as_deref(), want, "{text}");
    }
}
