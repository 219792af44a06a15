//! Writing lines (RFC 4180: commas, CRLF) that no spreadsheet takes for formulas.

/// What a spreadsheet may take a cell for a formula by, when it stands first (OWASP, "CSV Injection").
fn begins_formula(cell: &str) -> bool {
    cell.starts_with(|c| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
        )
    })
}

/// A sign, digits, and at most one point or comma between digits: `+491701234567`, `-12.5`.
fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(|c| c == '+' || c == '-').unwrap_or(cell);
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    [whole, part]
        .iter()
        .all(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a spreadsheet could compute something of it.
fn is_formula(cell: &str) -> bool {
    begins_formula(cell) && !is_number(cell)
}

/// Writes one cell, quoted where needed, with a leading `'` when it could be taken for a formula.
pub fn write_cell(out: &mut String, cell: &str) {
    let guard = is_formula(cell);
    let quote = cell.starts_with(' ')
        || cell.ends_with(' ')
        || cell
            .bytes()
            .any(|b| matches!(b, b'"' | b',' | b';' | b'\t' | b'\r' | b'\n'));
    if quote {
        out.push('"');
    }
    if guard {
        out.push('\'');
    }
    if quote {
        for c in cell.chars() {
            if c == '"' {
                out.push('"');
            }
            out.push(c);
        }
        out.push('"');
    } else {
        out.push_str(cell);
    }
}

/// Writes one line. A line of a single empty cell is written `""`, else it would be no line at all.
///
/// ```
/// let mut out = String::new();
/// nxtchat_core::csv::write_line(&mut out, ["Ann \"A\"", "+4917012345", "=1+1", "-12.5"].iter().copied());
/// assert_eq!(out, "\"Ann \"\"A\"\"\",+4917012345,'=1+1,-12.5\r\n");
/// ```
pub fn write_line<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>) {
    let start = out.len();
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_cell(out, cell);
    }
    if out.len() == start {
        out.push_str("\"\"");
    }
    out.push_str("\r\n");
}

/// What was written as this cell: without the `'` that [`write_cell`] puts before what looks like a formula.
#[must_use]
pub fn guarded(cell: &str) -> &str {
    cell.strip_prefix('\'')
        .filter(|rest| is_formula(rest))
        .unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> String {
        let mut out = String::new();
        write_cell(&mut out, text);
        out
    }

    #[test]
    fn formulas_become_text() {
        for (given, want) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+49 170", "'+49 170"),
            ("+49170", "+49170"),
            ("-5", "-5"),
            ("-5,25", "\"-5,25\""),
            ("-5+cmd|' /C calc'!A0", "'-5+cmd|' /C calc'!A0"),
            ("-", "'-"),
            ("+", "'+"),
            ("-1.", "'-1."),
            ("--1", "'--1"),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
            ("'t Hart", "'t Hart"),
            ("", ""),
            (" =1", "\" =1\""),
            ("a;b", "\"a;b\""),
            ("say \"hi\"\nthere", "\"say \"\"hi\"\"\nthere\""),
        ] {
            assert_eq!(cell(given), want, "{given:?}");
        }
    }

    #[test]
    fn the_guard_is_taken_off_again() {
        for text in ["=1+1", "+49 170", "+49170", "'t Hart", "'", "-5", "'=x", ""] {
            let mut written = String::new();
            write_cell(&mut written, text);
            // A text that begins with a guard itself is the one that cannot be told.
            if text != "'=x" {
                assert_eq!(guarded(&written), text);
            }
        }
    }

    #[test]
    fn an_empty_cell_alone_is_a_line() {
        let mut out = String::new();
        write_line(&mut out, std::iter::once(""));
        write_line(&mut out, ["", ""].iter().copied());
        assert_eq!(out, "\"\"\r\n,\r\n");
    }
}
