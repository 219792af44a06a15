//! The error book: what Meta's error codes mean for a shop owner, and reading Graph's error answers.
//!
//! The book is `data/errors.json` (source: Meta's pages support/error-codes, groups/error-codes, flows/reference/error-codes,
//! block-users, calling/troubleshooting). Codes that are not in it survive: they get a general text and keep their number.

mod graph;
mod mask;
#[rustfmt::skip]
#[path = "../generated/errors.rs"]
mod table;

pub use graph::{parse_graph, GraphFault};
pub use mask::mask;

use serde::Serialize;

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Refused before sending: the same message may be sent again later.
    Retry,
    /// It may have gone out: do not repeat, wait for a status.
    UnknownOutcome,
    /// Wait long, or change something outside first.
    Wait,
    /// Never for this message and recipient.
    Never,
    /// The request or the configuration is wrong: repair it.
    Client,
    /// The whole account is stopped.
    Account,
}

impl Class {
    /// The word used in PHP, REST and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::Retry => "retry",
            Class::UnknownOutcome => "unknown_outcome",
            Class::Wait => "wait",
            Class::Never => "never",
            Class::Client => "client",
            Class::Account => "account",
        }
    }
}

impl Serialize for Class {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One error in plain words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Meta's code.
    pub code: i64,
    /// What to do about it.
    pub class: Class,
    /// A few words.
    pub title: &'static str,
    /// What happened.
    pub message: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// Whether sending the same message again can help.
    pub retry: bool,
    /// Where this is documented.
    pub source: &'static str,
}

/// What to show for `code`: its own entry, that of the range it lies in, or a general one that keeps the number.
#[must_use]
pub fn lookup(code: i64) -> Entry {
    find(code).unwrap_or(Entry {
        code,
        class: Class::UnknownOutcome,
        title: "Unknown error",
        message: "WhatsApp reported an error that this version does not know.",
        remedy: "Check whether the message arrived before you send it again, and look the number up in Meta's list of error codes.",
        retry: false,
        source: "",
    })
}

/// The entry for `code`, if the book has one.
#[must_use]
pub fn find(code: i64) -> Option<Entry> {
    let exact = |code: i64| {
        table::ENTRIES
            .binary_search_by_key(&code, |entry| entry.code)
            .ok()
            .and_then(|at| table::ENTRIES.get(at))
    };
    if let Some(entry) = exact(code) {
        return Some(*entry);
    }
    let (from, _) = table::RANGES
        .iter()
        .find(|(from, to)| (*from..=*to).contains(&code))?;
    exact(*from).map(|entry| Entry { code, ..*entry })
}

/// The whole book, by code. An entry for a range stands under its first code.
#[must_use]
pub fn all() -> &'static [Entry] {
    table::ENTRIES
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    /// `src/generated/errors.rs` is made from `data/errors.json`; `NXTCHAT_BLESS=1 cargo test` rewrites it.
    #[test]
    fn the_generated_table_is_current() {
        let book: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../data/errors.json")).unwrap();
        let mut text = String::from("// Made from data/errors.json by a test of errors/mod.rs (NXTCHAT_BLESS=1). Do not edit.\n\n");
        text.push_str("use super::{Class, Entry};\n\n/// By code.\npub(super) static ENTRIES: &[Entry] = &[\n");
        let mut ranges = String::new();
        for entry in &book {
            let word = |key: &str| {
                entry[key]
                    .as_str()
                    .unwrap_or_else(|| panic!("{key} in {entry}"))
            };
            let class = match word("class") {
                "retry" => "Retry",
                "unknown_outcome" => "UnknownOutcome",
                "wait" => "Wait",
                "never" => "Never",
                "client" => "Client",
                "account" => "Account",
                other => panic!("class {other}"),
            };
            writeln!(
                text,
                "    Entry {{ code: {}, class: Class::{class}, title: {:?}, message: {:?}, remedy: {:?}, retry: {}, source: {:?} }},",
                entry["code"].as_i64().unwrap(),
                word("title"),
                word("message"),
                word("remedy"),
                entry["retry"].as_bool().unwrap(),
                word("source"),
            )
            .unwrap();
            if let Some(to) = entry["to"].as_i64() {
                writeln!(ranges, "    ({}, {to}),", entry["code"]).unwrap();
            }
        }
        write!(text, "];\n\n/// First and last code of the entries that stand for a range.\npub(super) static RANGES: &[(i64, i64)] = &[\n{ranges}];\n").unwrap();
        crate::bless("src/generated/errors.rs", &text);
    }

    #[test]
    fn the_book_is_sorted_and_says_something() {
        assert!(all().windows(2).all(|pair| pair[0].code < pair[1].code));
        for entry in all() {
            for text in [entry.title, entry.message, entry.remedy, entry.source] {
                assert!(
                    !text.trim().is_empty() && text.chars().count() <= 255,
                    "{}: {text:?}",
                    entry.code
                );
            }
            assert_eq!(entry.retry, entry.class == Class::Retry, "{}", entry.code);
        }
    }

    #[test]
    fn every_number_has_an_entry_and_keeps_it() {
        assert_eq!(lookup(131_047).class, Class::Never);
        assert_eq!(lookup(190).class, Class::Account);
        assert_eq!(lookup(200).class, Class::Client);
        assert_eq!(lookup(294).class, Class::Account);
        assert_eq!(
            (lookup(138_006).code, lookup(138_006).class),
            (138_006, Class::Never)
        );
        assert_eq!(
            (lookup(138_020).code, lookup(138_020).class),
            (138_020, Class::Client)
        );
        assert_eq!(lookup(131_212).class, Class::Client);
        assert_eq!(lookup(131_208).class, Class::Retry);
        for code in [-1, 5, 99, 199, 300, 131_998, 138_024, i64::MAX, i64::MIN] {
            let entry = lookup(code);
            assert_eq!(
                (entry.code, entry.class, entry.retry),
                (code, Class::UnknownOutcome, false)
            );
            assert!(find(code).is_none());
        }
    }

    /// Every code that the facts list, by class.
    #[test]
    fn every_documented_code_is_in_the_book() {
        let listed: &[(Class, &[i64])] = &[
            (
                Class::Retry,
                &[
                    4, 613, 80_007, 130_429, 131_056, 131_057, 131_208, 139_102, 139_103, 2_494_100,
                ],
            ),
            (Class::UnknownOutcome, &[1, 2, 131_000, 131_016, 133_004]),
            (
                Class::Wait,
                &[
                    131_049, 132_015, 132_069, 133_008, 133_009, 133_015, 133_016, 134_101,
                    138_009, 138_012, 2_593_107,
                ],
            ),
            (
                Class::Never,
                &[
                    130_403, 130_472, 130_497, 131_026, 131_047, 131_050, 132_016, 137_000,
                    138_001, 138_006,
                ],
            ),
            (
                Class::Account,
                &[
                    0, 3, 10, 190, 201, 299, 368, 131_005, 131_031, 131_037, 131_042, 131_044,
                    131_045, 131_048, 131_064, 134_102,
                ],
            ),
            (
                Class::Client,
                &[
                    33, 100, 200, 131_008, 131_009, 131_020, 131_021, 131_030, 131_036, 131_041,
                    131_051, 131_052, 131_053, 131_055, 131_059, 131_062, 131_063, 131_201,
                    131_202, 131_204, 131_207, 131_209, 131_215, 132_000, 132_001, 132_005,
                    132_007, 132_008, 132_012, 132_018, 132_068, 133_000, 133_005, 133_006,
                    133_010, 134_011, 134_100, 135_000, 138_000, 138_023, 139_000, 139_006,
                    139_100, 139_101, 147_001, 147_005, 200_005, 200_006, 200_007, 1_752_041,
                    2_388_001, 2_388_012, 2_388_019, 2_388_039, 2_388_040, 2_388_047, 2_388_072,
                    2_388_073, 2_388_077, 2_388_091, 2_388_093, 2_388_103, 2_388_293, 2_388_299,
                    2_593_108, 2_593_109,
                ],
            ),
        ];
        for (class, codes) in listed {
            for code in *codes {
                assert_eq!(find(*code).map(|entry| entry.class), Some(*class), "{code}");
            }
        }
    }
}
