//! People: their names, their words, their hashes.

use super::convert::{to_cells, to_json, to_texts, Shape};
use super::vault::{constant, key};
use super::Answer;
use crate::contact::reader::Reader;
use crate::contact::{self as room, names};
use crate::error::Error;
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use nxtchat_core::csv;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module
        .function(wrap_function!(name_words))
        .function(wrap_function!(name_sort))
        .function(wrap_function!(consent_words))
        .function(wrap_function!(contact_hashes))
        .function(wrap_function!(csv_encode))
        .function(wrap_function!(csv_sniff))
        .class::<ContactReader>()
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
    let words = room::words::Words::new(&to_texts(stop)?, &to_texts(start)?);
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

/// What the first bytes of a CSV file tell (the first 256 KB are looked at): encoding, delimiter, columns with what each is
/// likely for, the first rows, and what is wrong. The browser has the same function.
///
/// $options: encoding, delimiter, quote, header instead of what is found; complete: whether $head is the whole file (unless told:
/// when it is shorter than 256 KB); fields: the custom fields [{name, label}] that columns may be for.
///
/// guess: phone, name, first_name, last_name, email, country, language, groups, marketing, utility, login, consent_at,
/// wording or field:<name>. problems: empty and not_text (a workbook, a PDF, …) are errors, nothing can be imported; duplicate_column,
/// bad_encoding, too_long, too_many_columns, ragged, stray_quote and no_phone. Each code once, where it is met first; line and
/// column count from 1, 0 when it is about the file.
///
/// @param array{encoding?: string, delimiter?: string, quote?: string, header?: bool, complete?: bool, fields?: list<array{name: string, label?: string}>} $options
/// @return array{encoding: 'utf-8'|'utf-16le'|'utf-16be'|'windows-1252', bom: int, delimiter: string, quote: string, header: bool, columns: list<array{name: string, guess: ?string, samples: list<string>}>, rows: list<list<string>>, problems: list<array{code: string, severity: 'error'|'warning', line: int, column: int, message: string, remedy: string}>}
/// @throws \NxtChat\Native\Exception\InvalidInput an option that is none
#[php_function]
#[php(name = "NxtChat\\Native\\csv_sniff")]
pub fn csv_sniff(head: BinarySlice<u8>, options: Option<&ZendHashTable>) -> Answer<Shape> {
    let options = options.map(to_json).transpose()?.unwrap_or_default();
    let found = csv::sniff(*head, &options).map_err(Error::InvalidInput)?;
    Ok(Shape::of(&found)?)
}

/// The contacts of a CSV file, batch by batch, read ahead by a thread of its own (started at the first next(), ended with the
/// object). Memory is bounded whatever the file's size. A text that is not mapped is not looked at.
///
/// Options: encoding, delimiter, quote ('"' unless told), header, columns: one {to} for each column of the file in order, region
/// (DE: of numbers without country code), group_separator (each of its characters separates; ',;|' unless told), fields: the custom
/// fields {name, type: FIELD_*, choices}. to: phone (needed), name, first_name, last_name, email, country, language, groups (more
/// than one column may), marketing, utility, login, consent_at, wording, field:<name>, or null.
///
/// A row that cannot be used is in rejects, with its line and column from 1 (column 0: the row), what stands there, the cells of the row (16 KB at most), and a code:
/// no_number, not_a_number (reason: not_a_number, country_code, no_country, too_short, too_long, length, local_only, invalid, or
/// rounded: 4.9E+11), unknown_country, unknown_language, bad_email, bad_date, bad_number, not_a_choice, bad_yes_no,
/// too_many_columns, too_long, bad_encoding. A cell that is not UTF-8 in a file of UTF-8 is read as Windows-1252 where nothing
/// speaks for UTF-8. Countries are always there, by the number where no column says it. Yes and no in a consent column are
/// CONSENT_GRANTED and CONSENT_REVOKED, an empty cell CONSENT_NONE. Numbers may lack their + (491701234567, 0049170…). Moments without zone are UTC, and may lie in the future.
#[php_class]
#[php(name = "NxtChat\\Native\\ContactReader")]
pub struct ContactReader(Reader);

#[php_impl]
impl ContactReader {
    /// Opens the file. To go on where an earlier reader of the same file and options stopped, pass its position and last_line.
    ///
    /// @param array{encoding: string, delimiter: string, quote?: string, header: bool, columns: list<array{to: ?string}>, region?: string, group_separator?: string, fields?: list<array{name: string, type: int, choices?: list<string>}>} $options
    /// @throws \NxtChat\Native\Exception\InvalidInput an option that is none
    /// @throws \NxtChat\Native\Exception\FileError not there, not readable, or shorter than $position
    #[php(defaults(position = 0, line = 0))]
    pub fn __construct(
        path: &str,
        options: &ZendHashTable,
        position: i64,
        line: i64,
    ) -> Answer<ContactReader> {
        let (position, line) = (unsigned(position)?, unsigned(line)?);
        Ok(ContactReader(Reader::open(
            path,
            &to_json(options)?,
            position,
            line,
        )?))
    }

    /// The contacts of the next rows of the file, $max_rows (1 to 50,000) of them; null at the end.
    ///
    /// Column by column, n values each; what no column is mapped to is not there. A number comes once: a later row fills and
    /// overwrites the earlier, groups add up, a withdrawal of consent stays. rows counts the rows of the file (contacts, rows
    /// merged into others, rejects). position and last_line: where to go on from.
    ///
    /// @return null|array{n: int, rows: int, line: list<int>, phone: list<string>, name?: list<string>, sort_name?: list<string>, words?: list<list<string>>, email?: list<string>, country: list<string>, language?: list<string>, groups?: list<list<string>>, marketing?: list<int>, utility?: list<int>, login?: list<int>, consent_at_ms?: list<int>, wording?: list<string>, values: array<string, list<string>>, rejects: list<array{line: int, code: string, reason: string, column: int, value: string, row: list<string>}>, position: int, last_line: int}
    /// @throws \NxtChat\Native\Exception\FileError the file became shorter or cannot be read any more; what was read before it came first
    /// @throws \NxtChat\Native\Exception\InvalidInput
    pub fn next(&mut self, max_rows: i64) -> Answer<Option<Shape>> {
        let max_rows = usize::try_from(max_rows).unwrap_or(0);
        let batch = self.0.next(max_rows)?;
        Ok(batch.map(|batch| Shape::of(&batch)).transpose()?)
    }
}

fn unsigned(number: i64) -> Answer<u64> {
    Ok(u64::try_from(number)
        .map_err(|_| Error::invalid("The position and the line start at 0."))?)
}
