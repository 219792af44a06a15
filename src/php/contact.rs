//! People: their names, their words, their hashes.

use super::convert::{to_cells, to_texts, Shape};
use super::vault::{constant, key};
use super::Answer;
use crate::contact as room;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use nxtchat_core::{consent, csv, names};

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module
        .function(wrap_function!(name_words))
        .function(wrap_function!(name_sort))
        .function(wrap_function!(consent_words))
        .function(wrap_function!(contact_hashes))
        .function(wrap_function!(csv_encode))
}

/// The words by which each name is found: lower-case, without accents, each once, at most 12 of at most 60 characters.
///
/// What is searched for goes through the same function.
///
/// @param list<string> $names
/// @return list<list<string>>
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\name_words")]
pub fn name_words(names: &ZendHashTable) -> Answer<Shape> {
    let words: Vec<_> = to_texts(names)?.into_iter().map(names::words).collect();
    Ok(Shape::of(&words)?)
}

/// What sorting by name compares, at most 64 characters: lower-case, without accents, blanks joined, without the signs before
/// the first letter ("+49…" and "@name" keep theirs).
///
/// @param list<string> $names
/// @return list<string>
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\name_sort")]
pub fn name_sort(names: &ZendHashTable) -> Answer<Shape> {
    let names: Vec<_> = to_texts(names)?.into_iter().map(names::sort).collect();
    Ok(Shape::of(&names)?)
}

/// What each text says, as a whole: CONSENT_REVOKED when it is one of $stop, CONSENT_GRANTED when one of $start, else
/// CONSENT_NONE. Case, accents, punctuation, quotes and emoji do not count; a word in both lists stops.
///
/// @param list<string> $texts
/// @param list<string> $stop
/// @param list<string> $start
/// @return list<int>
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\consent_words")]
pub fn consent_words(
    texts: &ZendHashTable,
    stop: &ZendHashTable,
    start: &ZendHashTable,
) -> Answer<Shape> {
    let words = consent::Words::new(&to_texts(stop)?, &to_texts(start)?);
    let said: Vec<_> = to_texts(texts)?.into_iter().map(|t| words.of(t)).collect();
    Ok(Shape::of(&said)?)
}

/// A keyed hash of each value (E.164 number or user id), 64 hexadecimal characters: HMAC-SHA256.
///
/// $sealed is the key: vault_seal($site, random_bytes(32), 'suppression'), made once and kept in the database, so that every web
/// node has the same; vault_reseal() it with the other secrets when the vault's key changes, and the hashes stay the same.
///
/// @param list<string> $values 10,000 at most
/// @return list<string>
/// @throws \NxtChat\Native\Exception\VaultError the key cannot be opened
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\contact_hashes")]
pub fn contact_hashes(site: &str, sealed: &str, values: &ZendHashTable) -> Answer<Shape> {
    Ok(Shape::of(&room::hashes(
        site.as_ref(),
        key(&constant()),
        sealed,
        to_texts(values)?.into_iter(),
    )?)?)
}

/// Lines of CSV (commas, CRLF, quotes where needed, no BOM). What a spreadsheet could take for a formula gets a leading '.
///
/// Null is an empty cell, true and false are 1 and 0. Bytes that are no UTF-8 become U+FFFD.
///
/// @param list<list<string|int|float|bool|null>> $rows
/// @throws \NxtChat\Native\Exception\InvalidInput a row is no array, a cell no scalar
#[php_function]
#[php(name = "NxtChat\\Native\\csv_encode")]
pub fn csv_encode(rows: &ZendHashTable) -> Answer<String> {
    let mut out = String::new();
    for row in rows.values() {
        csv::write_line(&mut out, to_cells(row)?.iter().map(AsRef::as_ref));
    }
    Ok(out)
}
