//! Files that become contacts, from any position on and whatever happens to them meanwhile.

use super::*;
use serde_json::{json, Value};
use std::io::Write;
use tempfile::NamedTempFile;

fn options() -> Value {
    json!({"encoding": "utf-8", "delimiter": ";", "header": true, "region": "DE", "columns": [
        {"to": "phone"}, {"to": "name"}, {"to": "groups"}, {"to": "marketing"}, {"to": "field:city"}, {"to": null},
    ], "fields": [{"name": "city", "type": 1}, {"name": "unused", "type": 2}]})
}

fn file(content: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

fn open(file: &NamedTempFile, options: &Value, position: u64, line: u64) -> Result<Reader> {
    Reader::open(file.path().to_str().unwrap(), options, position, line)
}

fn json_of(batch: &Batch) -> Value {
    serde_json::to_value(batch).unwrap()
}

#[test]
fn columns_of_what_is_mapped() {
    let file = file("\u{feff}Tel;Name;Tags;OK;City;x\r\n0170 1234567;Jürgen Groß;VIP, new;ja;Köln;?\r\n\r\n12;Bob;;;;\r\n491701234568;;;;;\r\n".as_bytes());
    let mut reader = open(&file, &options(), 0, 0).unwrap();
    let batch = json_of(&reader.next(10).unwrap().unwrap());
    assert_eq!(
        batch,
        json!({
            "n": 2, "rows": 3, "line": [2, 5], "phone": ["+491701234567", "+491701234568"],
            "name": ["Jürgen Groß", ""], "sort_name": ["jurgen gross", ""], "words": [["jurgen", "gross"], []],
            "country": ["DE", "DE"], "groups": [["VIP", "new"], []], "marketing": [1, 0],
            "values": {"city": ["Köln", ""]},
            "rejects": [{"line": 4, "code": "not_a_number", "reason": "local_only", "column": 1, "value": "12", "row": ["12", "Bob", "", "", "", ""]}],
            "position": file.path().metadata().unwrap().len(), "last_line": 5,
        })
    );
    assert!(reader.next(10).unwrap().is_none());
    assert!(reader.next(10).unwrap().is_none());
}

#[test]
fn a_number_comes_once_in_a_batch() {
    let file = file(b"h\n0170 1234567;Ann;a;ja;Ulm\n+49 170 1234567;;A,b;nein;\n+491701234567;Anna;c;ja;Bonn\n+491701234568;Bob\n");
    let batch = json_of(
        &open(&file, &options(), 0, 0)
            .unwrap()
            .next(10)
            .unwrap()
            .unwrap(),
    );
    assert_eq!(
        (
            &batch["n"],
            &batch["rows"],
            &batch["line"],
            &batch["name"],
            &batch["sort_name"],
            &batch["groups"],
            &batch["marketing"],
            &batch["values"]
        ),
        (
            &json!(2),
            &json!(4),
            &json!([4, 5]),
            &json!(["Anna", "Bob"]),
            &json!(["anna", "bob"]),
            &json!([["a", "b", "c"], []]),
            &json!([2, 0]),
            &json!({"city": ["Bonn", ""]})
        )
    );
}

/// A table with everything that makes rows hard to find again.
fn odd_table(rows: usize) -> String {
    let mut text = String::from("sep=;\r\nTel;Name;Tags;OK;City;x\r\n");
    for at in 0..rows {
        let number = format!("+4917{:08}", at * 7 % 900_000);
        text.push_str(&match at % 7 {
            0 => format!("{number};\"Ann\r\n{at}\";;ja;\"Kö\"\"ln\";\r\n"),
            1 => format!("\r\n\n{number};Łukasz {at};a,b;;;\n"),
            2 => format!("{number};😀 {at};;nein;x;\r"),
            3 => format!("{at};Zoë;;;;\r\n"),
            4 => format!("  ;;;;;\r\n{number}\r\n"),
            5 => format!("{number};Bob;;perhaps;;\n"),
            _ => format!("{number};a;b;;d;e;;;\n"),
        });
    }
    text
}

#[test]
fn going_on_from_any_position_gives_the_same_rows() {
    let text = odd_table(1_000);
    let wide: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for (encoding, content) in [("utf-8", text.clone().into_bytes()), ("utf-16le", wide)] {
        let mut options = options();
        options["encoding"] = json!(encoding);
        let file = file(&content);
        let mut whole = open(&file, &options, 0, 0).unwrap();
        let mut at = (0, 0);
        let mut batches = 0;
        for size in (1..=40).cycle() {
            let straight = whole.next(size).unwrap().map(|batch| json_of(&batch));
            // A reader that knows only where the last one stopped.
            let again = open(&file, &options, at.0, at.1)
                .unwrap()
                .next(size)
                .unwrap()
                .map(|batch| json_of(&batch));
            assert_eq!(straight, again, "{encoding} from {at:?}");
            let Some(batch) = straight else { break };
            at = (
                batch["position"].as_u64().unwrap(),
                batch["last_line"].as_u64().unwrap(),
            );
            batches += 1;
        }
        assert!(batches > 30, "{batches}");
        assert_eq!(at.0, content.len() as u64);
        assert_eq!(at.1, lines(&text), "{encoding}");
    }
}

/// Line breaks of all three kinds.
fn lines(text: &str) -> u64 {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.matches('\n').count() as u64
}

#[test]
fn files_that_cannot_be_read() {
    let refused = |result: Result<Reader>| result.err().expect("an error").to_string();
    let table = file(b"h\n+491701234567\n");
    assert!(refused(Reader::open("/nowhere/x.csv", &options(), 0, 0)).contains("does not exist"));
    assert!(refused(Reader::open("/tmp", &options(), 0, 0)).contains("not a file"));
    assert!(refused(open(&table, &options(), 100, 0)).contains("became shorter"));
    assert!(refused(open(&table, &json!({}), 0, 0)).contains("phone"));
    let mut options = options();
    options["region"] = json!("Germany");
    assert!(refused(open(&table, &options, 0, 0)).contains("region"));
}

#[test]
fn a_file_that_shrinks_is_told_again_and_again() {
    let file = file(odd_table(150_000).as_bytes());
    let mut reader = open(&file, &options(), 0, 0).unwrap();
    assert!(reader.next(1).unwrap().is_some());
    // Beyond what was read ahead.
    file.as_file().set_len(3_000_000).unwrap();
    let mut rows = 0;
    let error = loop {
        match reader.next(1_000) {
            Ok(Some(batch)) => rows += json_of(&batch)["rows"].as_u64().unwrap(),
            Ok(None) => panic!("taken for the end after {rows} rows"),
            Err(error) => break error,
        }
    };
    assert!(
        matches!(error, Error::File(_)) && error.to_string().contains("became shorter"),
        "{error}"
    );
    assert!(rows > 10_000, "{rows}");
    assert!(reader.next(1).is_err());
    let mut gone = open(&file, &options(), 0, 0).unwrap();
    drop(file);
    assert!(
        gone.next(1).unwrap().is_some(),
        "an open file outlives its name"
    );
}

#[test]
fn readers_that_are_dropped_leave_no_thread() {
    let threads = || {
        std::fs::read_dir("/proc/self/task")
            .unwrap()
            .filter(|task| {
                let name = task.as_ref().unwrap().path().join("comm");
                std::fs::read_to_string(name).is_ok_and(|name| name.starts_with("nxtchat-csv"))
            })
            .count()
    };
    let blank = file(&vec![b'\n'; 1_000_000]);
    let table = file(odd_table(50_000).as_bytes());
    let kept = open(&table, &options(), 0, 0).unwrap();
    for _ in 0..20 {
        assert!(open(&table, &options(), 0, 0)
            .unwrap()
            .next(1)
            .unwrap()
            .is_some());
        let mut other = open(&blank, &options(), 0, 0).unwrap();
        assert!(other.next(1).unwrap().is_none());
    }
    drop(kept);
    // Those of tests beside this one go, too.
    for _ in 0..500 {
        if threads() == 0 {
            return;
        }
        thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("{} threads are left", threads());
}

#[test]
fn a_rejected_row_is_bounded() {
    let long = [
        "h\n12;",
        &"ü".repeat(20_000),
        ";",
        &"x".repeat(30_000),
        "\n",
    ]
    .concat();
    let file = file(long.as_bytes());
    let batch = json_of(
        &open(&file, &options(), 0, 0)
            .unwrap()
            .next(1)
            .unwrap()
            .unwrap(),
    );
    let row = batch["rejects"][0]["row"].to_string();
    assert!(row.len() < 17_000 && row.contains("üü"), "{}", row.len());
}
