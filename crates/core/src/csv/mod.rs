//! Tables as text: reading what spreadsheets write, and writing what they read without harm.
//!
//! One parser for the extension and for the browser. It takes the file in pieces cut anywhere and forgives what can be forgiven:
//! quotes that never close, lines of any length, cells too many. What was wrong with a row stands in [`Row::fault`].
//!
//! - [`sniff`]: what a file is, from its first bytes;
//! - [`Rows`]: its rows, with exact positions to go on from;
//! - [`Mapping`]: what a row says of a person.

mod cells;
mod encoding;
mod guess;
mod mapping;
mod parse;
mod places;
mod preview;
mod rows;
mod sniff;
mod write;

pub use encoding::Encoding;
pub use mapping::{is_same, Contact, Field, Mapping, PhoneFault, Reject, To};
pub use parse::{Dialect, Fault, Row};
pub use preview::{preview, rows, Parsed, Preview};
pub use rows::Rows;
pub use sniff::{sniff, Column, Problem, Sniff};
pub use write::{guarded, write_cell, write_line};

/// Columns of a table at most; what is beyond is not read.
pub const COLUMNS: usize = 200;
/// Longest cell, bytes of UTF-8.
pub const CELL_BYTES: usize = 64 * 1024;
/// Longest line, bytes of UTF-8.
pub const LINE_BYTES: usize = 1024 * 1024;
/// Bytes of a file's beginning that are looked at, at most.
pub const SNIFF_BYTES: usize = 256 * 1024;
/// Rows that are shown before an import, at most.
pub const SHOWN_ROWS: usize = 20;
/// Examples of a column's cells, at most.
pub const SAMPLES: usize = 3;
/// Longest cell that is shown, characters.
pub const SHOWN_CHARS: usize = 200;
