//! Tables as text: reading what spreadsheets write, and writing what they read without harm.
//!
//! One parser for the extension and for the browser.

mod write;

pub use write::{guarded, write_cell, write_line};
