//! What a file is, by its first bytes: before it is uploaded, and before it is read.

use super::cells::clean;
use super::encoding::{Decoder, Encoding};
use super::guess::{by_name, is_email, is_phone, phone_rank, plain};
use super::mapping::{dialect, list};
use super::parse::{Dialect, Fault};
use super::rows::{separator, Rows};
use super::{COLUMNS, SAMPLES, SHOWN_CHARS, SHOWN_ROWS, SNIFF_BYTES};
use serde::Serialize;
use serde_json::Value;

/// Rows by which delimiters and columns are judged.
const JUDGED_ROWS: usize = 200;
/// Delimiters, the likelier first when two fit as well.
const DELIMITERS: [u8; 4] = [b'\t', b';', b'|', b','];

/// What was found.
#[derive(Debug, Serialize)]
pub struct Sniff {
    /// `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`.
    pub encoding: &'static str,
    /// Bytes of the byte order mark.
    pub bom: usize,
    /// Between cells.
    pub delimiter: String,
    /// Around cells.
    pub quote: &'static str,
    /// Whether the first row holds names.
    pub header: bool,
    /// The columns.
    pub columns: Vec<Column>,
    /// The first rows, without the header.
    pub rows: Vec<Vec<String>>,
    /// What is wrong, each kind once.
    pub problems: Vec<Problem>,
}

/// A column.
#[derive(Debug, Serialize)]
pub struct Column {
    /// Its name; '' without header.
    pub name: String,
    /// What it is for, see [`super::To`]; null when that cannot be told.
    pub guess: Option<String>,
    /// Some of its cells.
    pub samples: Vec<String>,
}

/// Something that somebody should mend, or know.
#[derive(Debug, Serialize)]
pub struct Problem {
    /// `empty`, `not_text`, `bad_encoding`, `duplicate_column`, `too_many_columns`, `too_long`, `ragged`, `stray_quote`, `no_phone`.
    pub code: &'static str,
    /// `error`: nothing can be imported from the file as it is.
    pub severity: &'static str,
    /// From 1; 0 when it is about the file.
    pub line: u64,
    /// From 1; 0 when it is about the line.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub remedy: &'static str,
}

/// Files that are often taken for CSV: how they begin, and what they are.
#[rustfmt::skip]
const OTHERS: &[(&[u8], &str, &str)] = &[
    (b"PK\x03\x04", "an Excel workbook or another ZIP file", SAVE),
    (b"\xD0\xCF\x11\xE0", "an old Excel workbook", SAVE),
    (b"%PDF", "a PDF", EXPORT),
    (b"\x89PNG", "an image", EXPORT), (b"\xFF\xD8\xFF", "an image", EXPORT), (b"GIF8", "an image", EXPORT), (b"RIFF", "an image or a sound", EXPORT),
    (b"\x1F\x8B", "a compressed file", "Unpack it and choose the CSV file in it."),
    (b"<", "a web page or XML", SAVE),
    (b"{\\rtf", "a text document", EXPORT),
    (b"{", "JSON", EXPORT), (b"[{", "JSON", EXPORT),
    (b"BEGIN:VCARD", "a file of contact cards (vCard)", EXPORT),
    (b"SQLite format 3", "a database", EXPORT),
];
const SAVE: &str = "Save it as CSV in Excel: File, Save As, type \u{201C}CSV UTF-8 (comma delimited)\u{201D}. Then choose the new file.";
const EXPORT: &str =
    "Export the contacts as CSV from the program that holds them, and choose that file.";

/// Looks at the beginning of a file; more than 256 KB of it is not looked at.
///
/// Options: `{encoding?, delimiter?, quote?, header?, complete?, fields?: [{name, label?}]}`; `complete` says whether `head` is the
/// whole file (unless told: when it is shorter than 256 KB).
pub fn sniff(head: &[u8], options: &Value) -> Result<Sniff, String> {
    let flag = |key: &str| options.get(key).and_then(Value::as_bool);
    let complete =
        flag("complete").unwrap_or(head.len() < SNIFF_BYTES) && head.len() <= SNIFF_BYTES;
    let head = head.get(..SNIFF_BYTES).unwrap_or(head);
    let (detected, bom) = Encoding::detect(head);
    let mut found = Sniff {
        encoding: detected.word(),
        bom,
        delimiter: ",".to_owned(),
        quote: "\"",
        header: false,
        columns: Vec::new(),
        rows: Vec::new(),
        problems: Vec::new(),
    };
    let encoding = match options.get("encoding").and_then(Value::as_str) {
        None | Some("") => detected,
        Some(word) => Encoding::from_word(word)
            .ok_or_else(|| ["encoding: ", word, " is not known."].concat())?,
    };
    found.encoding = encoding.word();
    let mut text = Vec::new();
    Decoder::new(encoding).decode(head.get(bom..).unwrap_or(&[]), &mut text);
    if text.iter().all(u8::is_ascii_whitespace) {
        found.problem(
            "empty",
            "error",
            0,
            0,
            &["The file is empty."],
            "Choose a file with a row for each contact.",
        );
        return Ok(found);
    }
    if let Some((what, remedy)) = other(head, &text) {
        found.problem(
            "not_text",
            "error",
            0,
            0,
            &["This is ", what, ", not a CSV file."],
            remedy,
        );
        return Ok(found);
    }
    let mut signs = dialect(options)?;
    if options
        .get("delimiter")
        .and_then(Value::as_str)
        .unwrap_or("")
        .is_empty()
    {
        signs.delimiter = delimiter(head, &text, encoding, signs, complete);
    }
    if signs.quote.is_none() {
        found.quote = "";
    } else if signs.quote == Some(b'\'') {
        found.quote = "'";
    }
    found.delimiter = char::from(signs.delimiter).to_string();
    let table = read(head, encoding, signs, complete, usize::MAX);
    let names = table.first().map_or(&[][..], |line| &line.cells);
    found.header = flag("header").unwrap_or_else(|| is_header(&table));
    let width = if found.header {
        names.len()
            - names
                .iter()
                .rev()
                .take_while(|name| name.is_empty())
                .count()
    } else {
        table
            .iter()
            .take(JUDGED_ROWS)
            .map(|line| line.cells.len())
            .max()
            .unwrap_or(0)
    };
    let body = table.get(usize::from(found.header)..).unwrap_or(&[]);
    found.columns = (0..width)
        .map(|at| Column {
            name: if found.header {
                cut(names.get(at))
            } else {
                String::new()
            },
            guess: None,
            samples: cells(body, at)
                .take(SAMPLES)
                .map(|cell| cut(Some(cell)))
                .collect(),
        })
        .collect();
    guess(&mut found.columns, body, list(options.get("fields")));
    found.rows = body
        .iter()
        .take(SHOWN_ROWS)
        .map(|line| line.cells.iter().map(|cell| cut(Some(cell))).collect())
        .collect();
    found.judge(&table, width);
    Ok(found)
}

impl Sniff {
    fn problem(
        &mut self,
        code: &'static str,
        severity: &'static str,
        line: u64,
        column: usize,
        message: &[&str],
        remedy: &'static str,
    ) {
        if !self.problems.iter().any(|known| known.code == code) {
            self.problems.push(Problem {
                code,
                severity,
                line,
                column,
                message: message.concat(),
                remedy,
            });
        }
    }

    /// Says what is wrong with the table.
    fn judge(&mut self, table: &[Line], width: usize) {
        if self.header {
            let names: Vec<String> = self
                .columns
                .iter()
                .map(|column| column.name.to_lowercase())
                .collect();
            let twice = (1..names.len()).find_map(|at| {
                let name = names.get(at).filter(|name| !name.is_empty())?;
                names
                    .iter()
                    .take(at)
                    .position(|before| before == name)
                    .map(|before| (before, at))
            });
            if let Some((before, at)) = twice {
                let name = self
                    .columns
                    .get(at)
                    .map_or_else(String::new, |column| column.name.clone());
                self.problem(
                    "duplicate_column",
                    "warning",
                    table.first().map_or(1, |line| line.number),
                    at + 1,
                    &[
                        "Columns ",
                        &(before + 1).to_string(),
                        " and ",
                        &(at + 1).to_string(),
                        " are both called \u{201C}",
                        &name,
                        "\u{201D}.",
                    ],
                    "Choose below what each of them is for, or give one another name in the file.",
                );
            }
        }
        for line in table {
            let at = line.number;
            match line.fault {
                Some(Fault::Columns) => self.problem(
                    "too_many_columns",
                    "error",
                    at,
                    0,
                    &["There are more than ", &COLUMNS.to_string(), " columns."],
                    "Remove the columns that are not needed.",
                ),
                Some(Fault::Cell | Fault::Line) => self.problem(
                    "too_long",
                    "warning",
                    at,
                    0,
                    &["The line is too long to be read."],
                    "Look for a cell in it with far too much text; the other lines are imported.",
                ),
                None => {}
            }
            if line.stray_quote {
                self.problem(
                    "stray_quote",
                    "warning",
                    at,
                    0,
                    &["A quotation mark opens here and never closes."],
                    "It is taken for a letter. Remove it, or write it twice within a quoted cell.",
                );
            }
            if !line.is_read {
                self.problem(
                    "bad_encoding",
                    "warning",
                    at,
                    0,
                    &["Some letters cannot be read as ", self.encoding, "."],
                    "Choose another encoding, or save the file as \u{201C}CSV UTF-8\u{201D}.",
                );
            }
            let filled = line
                .cells
                .iter()
                .rposition(|cell| !cell.is_empty())
                .map_or(0, |last| last + 1);
            if line.fault.is_none() && (filled > width || (line.cells.len() < width && width > 1)) {
                let count = if filled > width {
                    filled
                } else {
                    line.cells.len()
                };
                self.problem(
                    "ragged",
                    "warning",
                    at,
                    0,
                    &["The line has ", &count.to_string(), " cells; the table has ", &width.to_string(), " columns."],
                    "Look for a missing quotation mark around a cell with the delimiter in it. Lines with too many cells are not imported.",
                );
            }
        }
        if !self
            .columns
            .iter()
            .any(|column| column.guess.as_deref() == Some("phone"))
        {
            self.problem(
                "no_phone",
                "warning",
                0,
                0,
                &["No column looks like phone numbers."],
                "Choose the column with the numbers. If all stands in one column, choose another delimiter.",
            );
        }
    }
}

/// What the file is instead of a table, by its bytes or by its text.
fn other(head: &[u8], text: &[u8]) -> Option<(&'static str, &'static str)> {
    let begins = |bytes: &[u8]| {
        let start = bytes.iter().position(|b| !b.is_ascii_whitespace());
        let bytes = bytes.get(start.unwrap_or(0)..).unwrap_or(&[]);
        OTHERS.iter().find(|(magic, _, _)| bytes.starts_with(magic))
    };
    let count = |test: fn(&u8) -> bool| text.iter().filter(|b| test(b)).count();
    let controls = count(|b| *b < 0x20 && !b.is_ascii_whitespace() && *b != 0);
    let binary = controls * 50 > text.len() || count(|b| *b == 0) * 4 > text.len();
    begins(head)
        .or_else(|| begins(text))
        .map(|(_, what, remedy)| (*what, *remedy))
        .or_else(|| binary.then_some(("a file of another kind", EXPORT)))
}

/// A row that was read to be judged.
struct Line {
    number: u64,
    cells: Vec<String>,
    fault: Option<Fault>,
    stray_quote: bool,
    is_read: bool,
}

fn read(head: &[u8], encoding: Encoding, signs: Dialect, complete: bool, max: usize) -> Vec<Line> {
    let mut rows = Rows::new(signs, encoding, 0, 0);
    rows.push(head);
    if complete {
        rows.finish();
    }
    let mut lines = Vec::new();
    while lines.len() < max {
        let row = match rows.next() {
            Some(row) => row,
            None => break,
        };
        let mut is_read = true;
        let cells = row
            .cells()
            .map(|cell| {
                let (text, all) = encoding.text(cell);
                is_read &= all;
                clean(text).into_owned()
            })
            .collect();
        lines.push(Line {
            number: row.line,
            cells,
            fault: row.fault,
            stray_quote: row.stray_quote,
            is_read,
        });
    }
    if complete || !lines.is_empty() {
        return lines;
    }
    // One line that goes on after the head.
    read(head, encoding, signs, true, max)
}

/// The delimiter by which the rows are the most alike, and which leaves cells that look like numbers or addresses.
fn delimiter(head: &[u8], text: &[u8], encoding: Encoding, signs: Dialect, complete: bool) -> u8 {
    let end = text
        .iter()
        .position(|b| *b == b'\n' || *b == b'\r')
        .unwrap_or(text.len());
    if let Some(named) = separator(text.get(..end).unwrap_or(&[])) {
        return named;
    }
    let mut best = (0, b',');
    for delimiter in DELIMITERS {
        let lines = read(
            head,
            encoding,
            Dialect { delimiter, ..signs },
            complete,
            JUDGED_ROWS,
        );
        let width = lines.first().map_or(0, |line| line.cells.len());
        if width < 2 {
            continue;
        }
        let alike = lines
            .iter()
            .filter(|line| line.cells.len() == width)
            .count();
        let telling = (0..width).filter(|at| {
            let looks = cells(&lines, *at)
                .filter(|cell| is_phone(cell) || is_email(cell))
                .count();
            looks * 2 > lines.len()
        });
        let named = lines.first().map_or(0, |line| {
            line.cells
                .iter()
                .filter(|name| !by_name(name).is_empty())
                .count()
        });
        let score = 1 + alike * 100 / lines.len() + 50 * telling.count().min(2) + 10 * named.min(5);
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

/// The filled cells of a column.
fn cells(lines: &[Line], at: usize) -> impl Iterator<Item = &String> + '_ {
    lines
        .iter()
        .take(JUDGED_ROWS)
        .filter_map(move |line| line.cells.get(at))
        .filter(|cell| !cell.is_empty())
}

/// Whether the first row holds names: known ones, or texts above what looks like numbers and addresses.
fn is_header(table: &[Line]) -> bool {
    let (first, body) = match table.split_first() {
        Some(split) => split,
        None => return false,
    };
    if first
        .cells
        .iter()
        .any(|cell| is_phone(cell) || is_email(cell))
    {
        return false;
    }
    let known = first.cells.iter().any(|cell| !by_name(cell).is_empty());
    let stands_out = (0..first.cells.len()).any(|at| {
        cells(body, at)
            .next()
            .map_or(false, |cell| is_phone(cell) || is_email(cell))
    });
    known || stands_out
}

/// Says what each column is for.
fn guess(columns: &mut [Column], body: &[Line], fields: &[Value]) {
    let share = |at: usize, test: fn(&str) -> bool| {
        let (mut all, mut fit) = (0, 0);
        for cell in cells(body, at) {
            all += 1;
            fit += u32::from(test(cell));
        }
        (fit * 100_u32).checked_div(all)
    };
    let text =
        |value: &Value, key: &str| plain(value.get(key).and_then(Value::as_str).unwrap_or(""));
    let mut guesses: Vec<String> = Vec::with_capacity(columns.len());
    for (at, column) in columns.iter().enumerate() {
        let name = plain(&column.name);
        let field = fields
            .iter()
            .find(|field| {
                !name.is_empty() && (text(field, "name") == name || text(field, "label") == name)
            })
            .and_then(|field| field.get("name").and_then(Value::as_str));
        let guess = match (field, by_name(&column.name)) {
            (Some(field), _) => ["field:", field].concat(),
            (None, "phone") if share(at, is_phone).map_or(false, |share| share < 30) => {
                String::new()
            }
            (None, "email") if share(at, is_email).map_or(false, |share| share < 30) => {
                String::new()
            }
            (None, guess) => guess.to_owned(),
        };
        guesses.push(guess);
    }
    for (word, test) in [("phone", is_phone as fn(&str) -> bool), ("email", is_email)] {
        if !guesses.iter().any(|guess| guess == word) {
            let likely = (0..guesses.len()).filter(|at| {
                guesses.get(*at).map_or(false, String::is_empty) && share(*at, test) > Some(50)
            });
            if let Some(guess) = likely
                .max_by_key(|at| (share(*at, test), usize::MAX - at))
                .and_then(|at| guesses.get_mut(at))
            {
                *guess = word.to_owned();
            }
        }
    }
    // Of several numbers the one that WhatsApp most likely knows.
    let rank = |at: usize| {
        columns.get(at).map_or(0, |column| {
            phone_rank(&column.name) * 100 + share(at, is_phone).unwrap_or(0)
        })
    };
    let numbers: Vec<usize> = (0..guesses.len())
        .filter(|at| guesses.get(*at).map_or(false, |guess| guess == "phone"))
        .collect();
    let best = numbers
        .iter()
        .copied()
        .max_by_key(|at| (rank(*at), usize::MAX - at));
    // nombre + apellidos: the name beside a family name is the given one.
    let whole =
        |guesses: &[String], word: &str| guesses.iter().filter(|guess| *guess == word).count();
    let (names, given, family) = (
        whole(&guesses, "name"),
        whole(&guesses, "first_name"),
        whole(&guesses, "last_name"),
    );
    for at in 0..guesses.len() {
        let (before, rest) = guesses.split_at_mut(at);
        let guess = match rest.first_mut() {
            Some(guess) => guess,
            None => break,
        };
        if guess == "name" && names == 1 && given == 0 && family == 1 {
            *guess = "first_name".to_owned();
        }
        let is_part = guess == "first_name" || guess == "last_name";
        if (guess == "phone" && best != Some(at))
            || (is_part && names > 0 && given > 0)
            || before.contains(guess)
        {
            guess.clear();
        }
        if let (false, Some(column)) = (guess.is_empty(), columns.get_mut(at)) {
            column.guess = Some(guess.clone());
        }
    }
}

fn cut(cell: Option<&String>) -> String {
    cell.map_or_else(String::new, |cell| cell.chars().take(SHOWN_CHARS).collect())
}

#[cfg(test)]
#[path = "sniff_tests.rs"]
mod tests;
