//! What the first rows of a file would become, and the bare rows for comparing builds.

use super::encoding::Encoding;
use super::mapping::{dialect, list, shown, Mapping};
use super::rows::Rows;
use super::{SHOWN_ROWS, SNIFF_BYTES};
use crate::phone;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

/// A row as it would be imported.
#[derive(Debug, Serialize)]
pub struct Preview {
    /// The line it begins in.
    pub line: u64,
    /// What is wrong: a reject's code, '' when nothing is.
    pub code: &'static str,
    /// Why it is not a number; else ''.
    pub reason: &'static str,
    /// The column of what is wrong, from 1.
    pub column: usize,
    /// What stands there.
    pub value: String,
    /// What the row says: names as in options' `to` with their texts.
    pub values: Vec<(String, String)>,
}

/// What the first rows would become, as far as that can be told without a numbering library. Options as for [`Mapping::read`],
/// and `complete` as for [`sniff`].
pub fn preview(head: &[u8], options: &Value) -> Result<Vec<Preview>, String> {
    let mapping = Mapping::read(options)?;
    let complete = options.get("complete").and_then(Value::as_bool);
    let mut rows = Rows::new(mapping.dialect, mapping.encoding, 0, 0);
    rows.push(head.get(..SNIFF_BYTES).unwrap_or(head));
    if complete.unwrap_or(head.len() < SNIFF_BYTES) {
        rows.finish();
    }
    let mut header = mapping.header;
    let mut shown_rows = Vec::new();
    while shown_rows.len() < SHOWN_ROWS {
        let row = match rows.next() {
            Some(row) => row,
            None => break,
        };
        if std::mem::take(&mut header) {
            continue;
        }
        let mut shown_row = Preview {
            line: row.line,
            code: "",
            reason: "",
            column: 0,
            value: String::new(),
            values: Vec::new(),
        };
        match mapping.convert(row, &mut number) {
            Ok(contact) => {
                let mut add = |name: Cow<'static, str>, text: &str| {
                    if !text.is_empty() {
                        shown_row.values.push((name.into_owned(), shown(text)));
                    }
                };
                add("phone".into(), &contact.phone);
                add("name".into(), &contact.name);
                add("email".into(), &contact.email);
                add("country".into(), &contact.country);
                add("language".into(), &contact.language);
                add("groups".into(), &contact.groups.join(", "));
                for (name, consent) in ["marketing", "utility", "login"]
                    .iter()
                    .zip(contact.consents)
                {
                    add((*name).into(), consent.map_or("", |consent| consent.word()));
                }
                if contact.consent_at_ms > 0 {
                    add("consent_at".into(), &contact.consent_at_ms.to_string());
                }
                add("wording".into(), &contact.wording);
                for (field, value) in mapping.fields.iter().zip(&contact.values) {
                    add(["field:", &field.name].concat().into(), value);
                }
            }
            Err(reject) => {
                shown_row.code = reject.code;
                shown_row.reason = reject.reason;
                shown_row.column = reject.column;
                shown_row.value = reject.value;
            }
        }
        shown_rows.push(shown_row);
    }
    Ok(shown_rows)
}

/// E.164 where the country stands in the number; else its digits as they are, for the server to judge.
fn number(text: &str, _: &str) -> Result<String, &'static str> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if let Some(number) = phone::e164(text).filter(|_| text.starts_with('+')) {
        return Ok(number);
    }
    if digits < phone::MIN_DIGITS {
        Err(if digits == 0 {
            "not_a_number"
        } else {
            "too_short"
        })
    } else if digits > 2 + phone::MAX_DIGITS {
        Err("too_long")
    } else {
        Ok(text.to_owned())
    }
}

/// A row, for comparing one build of the parser with another.
#[derive(Debug, Serialize)]
pub struct Parsed {
    line: u64,
    end: u64,
    cells: Vec<String>,
    stray_quote: bool,
    fault: bool,
}

/// All rows of a file that comes in pieces: options `{encoding, delimiter, quote?, cuts?: [bytes of each piece]}`. For tests.
pub fn rows(file: &[u8], options: &Value) -> Result<Vec<Parsed>, String> {
    let encoding = options
        .get("encoding")
        .and_then(Value::as_str)
        .and_then(Encoding::from_word);
    let encoding = encoding.ok_or("encoding: it is not known.")?;
    let mut rows = Rows::new(dialect(options)?, encoding, 0, 0);
    let mut parsed = Vec::new();
    let mut rest = file;
    let mut cuts = list(options.get("cuts")).iter();
    loop {
        let length = cuts
            .next()
            .and_then(Value::as_u64)
            .map_or(rest.len(), |cut| rest.len().min(cut as usize));
        let (piece, after) = rest.split_at(length);
        rows.push(piece);
        rest = after;
        if rest.is_empty() {
            rows.finish();
        }
        while let Some(row) = rows.next() {
            parsed.push(Parsed {
                line: row.line,
                end: row.end,
                cells: row
                    .cells()
                    .map(|cell| encoding.text(cell).0.into_owned())
                    .collect(),
                stray_quote: row.stray_quote,
                fault: row.fault.is_some(),
            });
        }
        if rest.is_empty() {
            return Ok(parsed);
        }
    }
}
