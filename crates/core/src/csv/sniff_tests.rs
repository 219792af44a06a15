//! What files are, by their first bytes.

use super::*;
use serde_json::json;

fn of(head: &[u8]) -> Sniff {
    sniff(head, &Value::Null).unwrap()
}

fn guesses(found: &Sniff) -> String {
    let words: Vec<&str> = found
        .columns
        .iter()
        .map(|c| c.guess.as_deref().unwrap_or("-"))
        .collect();
    words.join(" ")
}

fn codes(found: &Sniff) -> Vec<(&str, u64, usize)> {
    found
        .problems
        .iter()
        .map(|p| (p.code, p.line, p.column))
        .collect()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn encodings() {
    let text = "Имя;Телефон\r\nАнна;+49 170 1234567\r\n";
    for (head, want) in [
        (text.as_bytes().to_vec(), ("utf-8", 0)),
        ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), ("utf-8", 3)),
        (utf16(text, u16::to_le_bytes), ("utf-16le", 0)),
        (utf16(text, u16::to_be_bytes), ("utf-16be", 0)),
        (
            utf16(&["\u{feff}", text].concat(), u16::to_le_bytes),
            ("utf-16le", 2),
        ),
        (
            utf16(&["\u{feff}", text].concat(), u16::to_be_bytes),
            ("utf-16be", 2),
        ),
    ] {
        let found = of(&head);
        assert_eq!((found.encoding, found.bom), want);
        assert_eq!(guesses(&found), "first_name phone", "{want:?}");
        assert_eq!(found.rows, [["Анна", "+49 170 1234567"]]);
        assert!(found.problems.is_empty(), "{:?}", found.problems);
    }
    let found = of(b"Name;Tel\nJ\xFCrgen;030 1234567\n");
    assert_eq!(
        (found.encoding, found.rows[0][0].as_str()),
        ("windows-1252", "Jürgen")
    );
    assert_eq!(
        of("Name,Tel\nZo\u{eb}".as_bytes().split_last().unwrap().1).encoding,
        "utf-8",
        "cut in a letter"
    );
    assert_eq!(
        codes(&of(b"Name;Tel\nJ\xFC\x81;030 1234567\n")),
        [("bad_encoding", 2, 0)]
    );
}

#[test]
fn delimiters() {
    for (text, want) in [
        ("Name,Phone\nAnn,+491701234567\n", ","),
        ("Name;Phone\n\"Ma, Ann\";+491701234567\n", ";"),
        ("Name\tPhone\nMa, Ann\t+491701234567\n", "\t"),
        ("Name|Phone\nAnn|+491701234567\n", "|"),
        // No sign that could delimit: a row like any other.
        ("sep=9\n+491701234567\n+491701234568\n", ","),
        ("sep=|\nName,x|Phone\nAnn,y|+491701234567\n", "|"),
        ("1,5;2,3;+491701234567\n2,5;4,3;+491701234568\n", ";"),
        (
            "Ann,VIP;New,+491701234567\nBob,VIP;Old,+491701234568\n",
            ",",
        ),
        (
            "Name,Notes,Phone\nAnn,\"a;b\nc;d\",+491701234567\nBob,\"a;b;c\",+491701234568\n",
            ",",
        ),
        ("Phone\n+491701234567\n", ","),
    ] {
        let found = of(text.as_bytes());
        assert_eq!(found.delimiter, want, "{text}");
        assert!(
            found
                .columns
                .iter()
                .any(|c| c.guess.as_deref() == Some("phone")),
            "{text}"
        );
    }
}

#[test]
fn headers() {
    for (text, want) in [
        ("Name,Phone\nAnn,+491701234567", true),
        ("Ann,+491701234567\nBob,+491701234568", false),
        ("Alpha,Beta\nAnn,+491701234567", true),
        ("Phone", true),
        ("+491701234567", false),
        ("Ann\nBob", false),
    ] {
        assert_eq!(of(text.as_bytes()).header, want, "{text}");
    }
    let found = of(b"Ann,+491701234567\nBob,+491701234568");
    assert_eq!(
        (
            found.columns[0].name.as_str(),
            guesses(&found).as_str(),
            found.rows.len()
        ),
        ("", "- phone", 2)
    );
    assert!(
        !sniff(b"Name,Phone\nAnn,+49170", &json!({"header": false}))
            .unwrap()
            .header
    );
}

#[test]
fn columns_of_known_exports() {
    for (text, want) in [
        ("Name,Given Name,Family Name,Group Membership,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value\nAnn Ma,Ann,Ma,* myContacts,a@b.de,Mobile,+49 170 1234567", "name - - groups email - phone"),
        ("First Name,Last Name,Email,Accepts Marketing,Phone,Tags\nAnn,Ma,a@b.de,yes,+491701234567,VIP", "first_name last_name email marketing phone groups"),
        ("Vorname;Nachname;Telefon;Mobil;Fax\nAnn;Ma;030 1234567;0170 1234567;030 1234568", "first_name last_name - phone -"),
        ("Nombre;Apellidos;Teléfono;País\nAna;Paz;612345678;ES", "first_name last_name phone country"),
        ("user_login,user_email,billing_phone,billing_country\nann,a@b.de,+491701234567,DE", "- email phone country"),
        ("a,b,c\nx,0170 1234567,a@b.de", "- phone email"),
    ] {
        assert_eq!(guesses(&of(text.as_bytes())), want, "{text}");
    }
    let options =
        json!({"fields": [{"name": "born", "label": "Birthday"}, {"name": "size", "label": ""}]});
    let found = sniff(b"Phone,Birthday,SIZE\n+491701234567,1.2.90,L", &options).unwrap();
    assert_eq!(guesses(&found), "phone field:born field:size");
}

#[test]
fn what_is_wrong_is_said() {
    for (text, want) in [
        ("", vec![("empty", 0, 0)]),
        (" \r\n\t\n", vec![("empty", 0, 0)]),
        (
            "Name,Phone,name\nAnn,+491701234567,x",
            vec![("duplicate_column", 1, 3)],
        ),
        (
            "Name,Phone\nAnn,+491701234567\nBob,+491701234568,x\n",
            vec![("ragged", 3, 0)],
        ),
        (
            "Name,Phone\nAnn,+491701234567\nTotal\n",
            vec![("ragged", 3, 0)],
        ),
        (
            "Name,Phone\n\n\"a\nb\",+491701234567\n\"Bob,+491701234568\n",
            vec![("stray_quote", 5, 0)],
        ),
        ("Name,City\nAnn,Ulm\n", vec![("no_phone", 0, 0)]),
        ("Name,Phone,,\nAnn,+491701234567,,\n", vec![]),
    ] {
        let found = of(text.as_bytes());
        assert_eq!(codes(&found), want, "{text}");
        assert!(found
            .problems
            .iter()
            .all(|p| !p.message.is_empty() && !p.remedy.is_empty()));
    }
    let wide = "x,".repeat(300);
    assert!(codes(&of(wide.as_bytes())).contains(&("too_many_columns", 1, 0)));
    let long = ["Phone,Name\n+491701234567,", &"x".repeat(70_000), "\n"].concat();
    assert_eq!(codes(&of(long.as_bytes())), [("too_long", 2, 0)]);
    let endless = "x".repeat(300_000);
    assert_eq!(of(endless.as_bytes()).columns.len(), 1);
}

#[test]
fn files_that_are_no_tables() {
    for (head, says) in [
        (&b"PK\x03\x04\x14\x00"[..], "Excel"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "old Excel"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\xFF\xD8\xFF\xE0", "image"),
        (b"\x1F\x8B\x08\x00", "compressed"),
        (b"\n<!DOCTYPE html><html>", "web page"),
        (b"<?xml version=\"1.0\"?>", "XML"),
        (b"BEGIN:VCARD\r\nVERSION:3.0", "vCard"),
        (b"[{\"name\": 1}]", "JSON"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08", "another kind"),
        (b"\xEF\xBB\xBF<html>", "web page"),
    ] {
        let found = of(head);
        assert_eq!(codes(&found), [("not_text", 0, 0)], "{says}");
        assert!(
            found.problems[0].message.contains(says),
            "{}",
            found.problems[0].message
        );
        assert_eq!(found.problems[0].severity, "error");
    }
    let options = json!({"encoding": "klingon"});
    assert!(sniff(b"a,b", &options).unwrap_err().contains("klingon"));
}

#[test]
fn only_the_beginning_counts_and_is_cut_anywhere() {
    let row = "Jürgen;+491701234567;\"a\nb\"\r\n";
    let file = ["Name;Phone;Notes\r\n", &row.repeat(12_000)].concat();
    assert!(file.len() > SNIFF_BYTES);
    for cut in [
        SNIFF_BYTES + 7,
        SNIFF_BYTES,
        SNIFF_BYTES - 1,
        5_000,
        5_001,
        5_002,
        5_003,
    ] {
        let found = sniff(&file.as_bytes()[..cut], &json!({"complete": false})).unwrap();
        assert!(found.problems.is_empty(), "{cut}: {:?}", found.problems);
        assert_eq!(
            (found.encoding, guesses(&found).as_str(), found.rows.len()),
            ("utf-8", "name phone -", SHOWN_ROWS)
        );
    }
}
