//! The rows of a file that comes in pieces.

use super::encoding::{Decoder, Encoding};
use super::parse::{Dialect, Found, Row};
use super::LINE_BYTES;

/// Bytes already read that are kept at most before what follows is moved to the front.
const READ_BYTES: usize = 256 * 1024;

/// Takes a file in pieces and hands out its rows; lines without content are passed over.
///
/// Holds at most a line and a piece.
///
/// ```
/// use nxtchat_core::csv::{Dialect, Encoding, Rows};
/// let mut rows = Rows::new(Dialect { delimiter: b';', quote: Some(b'"') }, Encoding::Utf8, 0, 0);
/// rows.push(b"name;city\r\nAnn;\"Par");
/// assert_eq!(rows.next().map(|row| row.cell(1)), Some(&b"city"[..]));
/// assert!(rows.next().is_none());
/// rows.push(b"is\"");
/// rows.finish();
/// let row = rows.next().unwrap();
/// assert_eq!((row.cell(1), row.line, row.end), (&b"Paris"[..], 2, 22));
/// ```
#[derive(Debug)]
pub struct Rows {
    dialect: Dialect,
    decoder: Decoder,
    text: Vec<u8>,
    /// Where the next row begins in `text`, and in the file.
    at: usize,
    position: u64,
    /// Line breaks before it.
    line: u64,
    ended: bool,
    /// Within a line that is too long.
    skipping: bool,
    row: Row,
}

impl Rows {
    /// Begins at a byte of the file: at 0, or where a row ended ([`Row::end`]) with the lines before it.
    #[must_use]
    pub fn new(dialect: Dialect, encoding: Encoding, position: u64, line: u64) -> Rows {
        Rows {
            dialect,
            decoder: Decoder::new(encoding),
            text: Vec::new(),
            at: 0,
            position,
            line,
            ended: false,
            skipping: false,
            row: Row::default(),
        }
    }

    /// The next bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.at > READ_BYTES || self.at == self.text.len() {
            self.text.drain(..self.at);
            self.at = 0;
        }
        self.decoder.decode(bytes, &mut self.text);
    }

    /// The file has no more bytes.
    pub fn finish(&mut self) {
        self.decoder.finish(&mut self.text);
        self.ended = true;
    }

    /// Where the next row begins, in bytes of the file.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Line breaks before the next row.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The next row; `None` when more bytes are needed, or at the end.
    #[allow(clippy::should_implement_trait)] // A lending iterator.
    pub fn next(&mut self) -> Option<&Row> {
        loop {
            if self.position == 0 && !self.skipping && !self.pass_mark() {
                return None;
            }
            let rest = self.text.get(self.at..).unwrap_or(&[]);
            if rest.is_empty() && !(self.ended && self.skipping) {
                return None;
            }
            let line = self.line + 1;
            let length = if self.skipping {
                let length = match rest.iter().position(|b| *b == b'\n' || *b == b'\r') {
                    Some(stop) if rest.get(stop) == Some(&b'\n') => stop + 1,
                    Some(stop) => match rest.get(stop + 1) {
                        Some(b'\n') => stop + 2,
                        None if !self.ended => {
                            self.advance(stop, 0);
                            return None;
                        }
                        _ => stop + 1,
                    },
                    None if self.ended => rest.len(),
                    None => {
                        let length = rest.len();
                        self.advance(length, 0);
                        return None;
                    }
                };
                self.skipping = false;
                self.row.overlong();
                self.row.breaks = 1;
                length
            } else {
                match self.dialect.read(rest, self.ended, &mut self.row) {
                    Found::Row(length) => length,
                    Found::Overlong => {
                        self.skipping = true;
                        // Not within a character, whose bytes the position counts.
                        let mut length = LINE_BYTES;
                        while rest.get(length).map_or(false, |b| (0x80..0xC0).contains(b)) {
                            length -= 1;
                        }
                        let length = rest
                            .get(..length)
                            .and_then(|all| all.iter().position(|b| *b == b'\n' || *b == b'\r'))
                            .unwrap_or(length);
                        self.advance(length, 0);
                        continue;
                    }
                    Found::Open | Found::Unclosed(_) => return None,
                }
            };
            let first = self.line == 0 && self.is_separator_line(length);
            self.advance(length, self.row.breaks);
            if first || self.row.is_empty() {
                continue;
            }
            self.row.line = line;
            self.row.end = self.position;
            return Some(&self.row);
        }
    }

    fn advance(&mut self, length: usize, breaks: u64) {
        let passed = self.text.get(self.at..self.at + length).unwrap_or(&[]);
        self.position += self.decoder.source_bytes(passed);
        self.at += length;
        self.line += breaks;
    }

    /// Passes a byte order mark; false while it cannot be told whether there is one.
    fn pass_mark(&mut self) -> bool {
        const MARK: &[u8] = "\u{FEFF}".as_bytes();
        let rest = self.text.get(self.at..).unwrap_or(&[]);
        if rest.starts_with(MARK) {
            self.advance(MARK.len(), 0);
        } else if !self.ended && rest.len() < MARK.len() {
            return false;
        }
        true
    }

    /// Excel's own first line, which names the delimiter: `sep=;`.
    fn is_separator_line(&self, length: usize) -> bool {
        let line = self.text.get(self.at..self.at + length).unwrap_or(&[]);
        separator(line).is_some()
    }
}

/// The delimiter that Excel's first line names.
pub(super) fn separator(line: &[u8]) -> Option<u8> {
    let mut line: &[u8] = line;
    while let [inner @ .., b'\r' | b'\n'] = line {
        line = inner;
    }
    if let [b'"', inner @ .., b'"'] = line {
        line = inner;
    }
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter]
            if is_sign(*delimiter) && !matches!(delimiter, b'"' | b'\'') =>
        {
            Some(*delimiter)
        }
        _ => None,
    }
}

/// What may delimit or quote: neither letters and digits nor ends of lines.
pub(super) fn is_sign(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'\n' | b'\r' | 0)
}
