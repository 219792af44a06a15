//! One row from the beginning of a text.

use super::{CELL_BYTES, COLUMNS, LINE_BYTES};

/// How cells are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Between two cells: an ASCII character.
    pub delimiter: u8,
    /// Around a cell that may hold delimiters and line breaks; `None` when there is no such thing.
    pub quote: Option<u8>,
}

/// What was wrong with a row. Its cells are not to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// More cells than [`COLUMNS`].
    Columns,
    /// A cell longer than [`CELL_BYTES`].
    Cell,
    /// Longer than [`LINE_BYTES`]; it has no cells then.
    Line,
}

/// The cells of a row. Made once, filled again and again.
#[derive(Debug, Default)]
pub struct Row {
    text: Vec<u8>,
    ends: Vec<usize>,
    /// Line breaks that were read with it.
    pub(super) breaks: u64,
    /// What was wrong.
    pub fault: Option<Fault>,
    /// A quote opened that never closed; it was taken for a letter.
    pub stray_quote: bool,
    /// The line it begins in, from 1.
    pub line: u64,
    /// Where the next row begins, in bytes of the file.
    pub end: u64,
}

impl Row {
    /// The cells.
    pub fn cells(&self) -> impl Iterator<Item = &[u8]> + '_ {
        (0..self.ends.len()).map(move |at| self.cell(at))
    }

    /// One cell; empty where there is none.
    #[must_use]
    pub fn cell(&self, at: usize) -> &[u8] {
        let start = at
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        self.ends
            .get(at)
            .and_then(|end| self.text.get(start..*end))
            .unwrap_or(&[])
    }

    /// How many cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is nothing but blanks in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fault.is_none()
            && self
                .text
                .iter()
                .all(|byte| matches!(byte, b' ' | b'\t' | 0))
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.breaks = 0;
        self.fault = None;
        self.stray_quote = false;
    }

    /// Makes it the row that was too long.
    pub(super) fn overlong(&mut self) {
        self.clear();
        self.fault = Some(Fault::Line);
    }

    fn push(&mut self, bytes: &[u8]) {
        if self.ends.len() < COLUMNS {
            self.text.extend_from_slice(bytes);
        }
    }

    fn end_cell(&mut self) {
        let start = self.ends.last().copied().unwrap_or(0);
        if self.ends.len() >= COLUMNS {
            self.fault = self.fault.or(Some(Fault::Columns));
            return;
        }
        if self.text.len() - start > CELL_BYTES {
            self.fault = self.fault.or(Some(Fault::Cell));
        }
        self.ends.push(self.text.len());
    }
}

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A row of so many bytes.
    Row(usize),
    /// The row goes on after the input.
    Open,
    /// A line longer than [`LINE_BYTES`].
    Overlong,
    /// The cell that begins here opens a quote that does not close.
    Unclosed(usize),
}

impl Dialect {
    /// Reads the first row of `input`; `end`: nothing follows the input.
    pub(super) fn read(self, input: &[u8], end: bool, row: &mut Row) -> Found {
        let mut found = self.scan(input, end, usize::MAX, row);
        if let Found::Unclosed(from) = found {
            // From there on this row is taken word for word.
            found = self.scan(input, end, from, row);
            row.stray_quote = true;
        }
        match found {
            Found::Open if input.len() > LINE_BYTES => Found::Overlong,
            Found::Row(length) if length > LINE_BYTES => Found::Overlong,
            found => found,
        }
    }

    /// Cells that begin at `literal` or after it have no quotes.
    fn scan(self, input: &[u8], end: bool, literal: usize, row: &mut Row) -> Found {
        row.clear();
        let mut at = 0;
        loop {
            let start = at;
            let rest = input.get(at..).unwrap_or(&[]);
            let blanks = if self.delimiter == b' ' {
                0
            } else {
                rest.iter().take_while(|b| **b == b' ').count()
            };
            let first = rest.get(blanks).copied();
            if first.is_some() && first == self.quote && start < literal {
                at = match self.quoted(input, at + blanks, end, row) {
                    Ok(after) => after,
                    Err(true) => return Found::Unclosed(start),
                    Err(false) => return Found::Open,
                };
            }
            let rest = input.get(at..).unwrap_or(&[]);
            let stop = rest
                .iter()
                .position(|b| *b == self.delimiter || *b == b'\n' || *b == b'\r');
            row.push(rest.get(..stop.unwrap_or(rest.len())).unwrap_or(&[]));
            if stop.is_none() && !end {
                return Found::Open;
            }
            row.end_cell();
            let stop = match stop {
                Some(stop) => stop,
                None => return Found::Row(input.len()),
            };
            match (rest.get(stop), rest.get(stop + 1)) {
                (Some(b'\r'), None) if !end => return Found::Open,
                (Some(b'\r'), Some(b'\n')) => {
                    row.breaks += 1;
                    return Found::Row(at + stop + 2);
                }
                (Some(b'\r' | b'\n'), _) => {
                    row.breaks += 1;
                    return Found::Row(at + stop + 1);
                }
                _ => at += stop + 1,
            }
        }
    }

    /// Reads from an opening quote to behind the closing one. Else whether it never closes; if not, more input may tell.
    fn quoted(self, input: &[u8], open: usize, end: bool, row: &mut Row) -> Result<usize, bool> {
        let quote = self.quote.unwrap_or(b'"');
        let mut at = open + 1;
        loop {
            let rest = input.get(at..).unwrap_or(&[]);
            let close = rest.iter().position(|b| *b == quote);
            let close = match close.filter(|close| at + close - open <= CELL_BYTES) {
                Some(close) => close,
                None => return Err(end || input.len() - open > CELL_BYTES),
            };
            let inside = rest.get(..close).unwrap_or(&[]);
            row.push(inside);
            row.breaks += breaks(inside);
            match rest.get(close + 1) {
                Some(next) if *next == quote => {
                    row.push(&[quote]);
                    at += close + 2;
                }
                None if !end => return Err(false),
                _ => return Ok(at + close + 1),
            }
        }
    }
}

/// Line breaks of all three kinds.
fn breaks(bytes: &[u8]) -> u64 {
    let mut count = 0;
    let mut before = 0;
    for byte in bytes {
        if *byte == b'\r' || (*byte == b'\n' && before != b'\r') {
            count += 1;
        }
        before = *byte;
    }
    count
}
