//! What is written in a cell: numbers, days, yes and no, as spreadsheets of many countries write them.

use super::guarded;
use super::guess::plain;
use std::borrow::Cow;

/// Digits of a number at most: what a double holds exactly.
const NUMBER_DIGITS: usize = 15;
/// Longest email address, characters (the column's width).
const EMAIL_CHARS: usize = 190;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Without blanks around it, invisible characters and what guards against formulas; line breaks are `\n`.
pub(super) fn clean(cell: Cow<'_, str>) -> Cow<'_, str> {
    // Most cells are plain.
    if cell.bytes().all(|b| (0x20..0x7F).contains(&b))
        && !cell.starts_with([' ', '\''])
        && !cell.ends_with(' ')
    {
        return cell;
    }
    let is_blank = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}')
    };
    let trimmed = guarded(cell.trim_matches(is_blank));
    if !trimmed.chars().any(char::is_control) {
        if trimmed.len() == cell.len() {
            return cell;
        }
        return Cow::Owned(trimmed.to_owned());
    }
    let lines = trimmed.replace("\r\n", "\n").replace('\r', "\n");
    Cow::Owned(
        lines
            .chars()
            .filter_map(|c| match c {
                '\n' => Some(c),
                '\t' => Some(' '),
                _ if c.is_control() => None,
                _ => Some(c),
            })
            .collect(),
    )
}

/// An email address in lower case; `None` when it is none.
pub(super) fn email(text: &str) -> Option<String> {
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    if text.is_empty() {
        return Some(String::new());
    }
    let (local, domain) = text.rsplit_once('@')?;
    let is_fine = |c: char| {
        !c.is_whitespace()
            && !c.is_control()
            && !matches!(c, '<' | '>' | '"' | ',' | ';' | '(' | ')' | '@')
    };
    let labels = domain
        .split('.')
        .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    (text.chars().count() <= EMAIL_CHARS
        && !local.is_empty()
        && local.len() <= 64
        && local.chars().all(is_fine)
        && domain.contains('.')
        && labels
        && domain
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '.'))
    .then(|| text.to_lowercase())
}

/// A number as it is kept: digits, a point, no needless zeros.
///
/// Takes `1234.5`, `1.234,50`, `1,234.50`, `1 234,5` and `-1'234`. A comma before three digits (`1,234`) can mean two things: none.
pub(super) fn number(text: &str) -> Option<String> {
    let joined: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\'' && *c != '’')
        .map(|c| if c == '−' { '-' } else { c })
        .collect();
    let (minus, digits) = match joined.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, joined.strip_prefix('+').unwrap_or(&joined)),
    };
    let points = digits.matches('.').count();
    let commas = digits.matches(',').count();
    let (whole, part) = match (points, commas) {
        (0, 0) => (digits.to_owned(), ""),
        (1, 0) => split(digits, '.')?,
        (0, 1) => {
            let (whole, part) = split(digits, ',')?;
            if part.len() == 3 && whole.len() <= 3 && !whole.starts_with('0') {
                return None;
            }
            (whole, part)
        }
        (_, 0) => (thousands(digits, '.')?, ""),
        (0, _) => (thousands(digits, ',')?, ""),
        (_, 1) if digits.rfind(',') > digits.rfind('.') => {
            let (whole, part) = split(digits, ',')?;
            (thousands(&whole, '.')?, part)
        }
        (1, _) if digits.rfind('.') > digits.rfind(',') => {
            let (whole, part) = split(digits, '.')?;
            (thousands(&whole, ',')?, part)
        }
        _ => return None,
    };
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && part.is_empty() || !all_digits(&whole) || !all_digits(part) {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        rest => rest,
    };
    let part = part.trim_end_matches('0');
    if whole.len() + part.len() > NUMBER_DIGITS {
        return None;
    }
    let mut out = String::new();
    if minus && (whole != "0" || !part.is_empty()) {
        out.push('-');
    }
    out.push_str(whole);
    if !part.is_empty() {
        out.push('.');
        out.push_str(part);
    }
    Some(out)
}

fn split(text: &str, at: char) -> Option<(String, &str)> {
    text.rsplit_once(at)
        .map(|(whole, part)| (whole.to_owned(), part))
}

/// Without the signs between groups of three.
fn thousands(text: &str, sign: char) -> Option<String> {
    let mut groups = text.split(sign);
    let first = groups.next()?;
    let fits = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    (fits || !text.contains(sign)).then(|| text.split(sign).collect())
}

/// Days since 1970, and the milliseconds of the day (UTC unless a zone stands there).
///
/// Takes `2026-01-31`, `31.1.2026`, `31/01/26` (`day_first`, else `01/31/26`), `20260131`, each with `T` or a blank and `13:45`,
/// `13:45:10.5`, `Z` or `+02:00` behind it.
pub(super) fn date(text: &str, day_first: bool) -> Option<(i64, i64)> {
    let (day, time) = match text.find(['T', 't', ' ', ',']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?.trim()),
        None => (text, ""),
    };
    let compact = day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit());
    let (year, month, day) = if compact {
        (day.get(..4)?, day.get(4..6)?, day.get(6..)?)
    } else {
        let sign = day.chars().find(|c| matches!(c, '-' | '.' | '/'))?;
        let mut parts = day.trim_end_matches('.').split(sign);
        let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        if a.len() == 4 {
            (a, b, c)
        } else {
            let month_first = sign == '/' && !day_first;
            let swap = month_first != (small(if month_first { a } else { b })? > 12);
            if swap {
                (c, a, b)
            } else {
                (c, b, a)
            }
        }
    };
    let short = year.len() == 2;
    let mut year = small(year).filter(|_| short || year.len() == 4)?;
    if short {
        year += if year < 70 { 2000 } else { 1900 };
    }
    let days = days(year, small(month)?, small(day)?)?;
    Some((days, time_ms(time)?))
}

/// A number of at most four digits.
fn small(text: &str) -> Option<i64> {
    let fits = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

/// Days since 1970 of a day that exists (Howard Hinnant's `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=length).contains(&day) || year < 1000 {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year / 400;
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// `2026-01-31` of days since 1970.
pub(super) fn day_text(days: i64) -> String {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let mut out = String::with_capacity(10);
    for (number, width) in [(year, 4), (month, 2), (day, 2)] {
        if !out.is_empty() {
            out.push('-');
        }
        let digits = number.to_string();
        for _ in digits.len()..width {
            out.push('0');
        }
        out.push_str(&digits);
    }
    out
}

/// Milliseconds of the day; 0 for ''.
fn time_ms(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let (text, zone) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => (text.get(..at)?.trim(), text.get(at..)?),
        None => (text, ""),
    };
    let (text, noon) = match text.to_ascii_lowercase() {
        lower if lower.ends_with("am") => (text.get(..text.len() - 2)?.trim(), Some(0)),
        lower if lower.ends_with("pm") => (text.get(..text.len() - 2)?.trim(), Some(12)),
        _ => (text, None),
    };
    let mut parts = text.split(':');
    let mut hour = small(parts.next()?)?;
    let minute = small(parts.next()?)?;
    let seconds = parts.next().unwrap_or("0");
    let (second, part) = seconds.split_once('.').unwrap_or((seconds, ""));
    let second = small(second)?;
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    if let Some(noon) = noon {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + noon;
    }
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let zone_minutes = match zone.trim_matches(|c| c == 'Z' || c == 'z') {
        "" => 0,
        zone => {
            let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
            let (hours, minutes) = match digits.len() {
                2 => (small(&digits)?, 0),
                4 => (small(digits.get(..2)?)?, small(digits.get(2..)?)?),
                _ => return None,
            };
            let minutes = hours * 60 + minutes;
            if zone.starts_with('-') {
                -minutes
            } else {
                minutes
            }
        }
    };
    Some(((hour * 60 + minute - zone_minutes) * 60 + second) * 1000 + small(&part)?)
}

/// A moment, ms since 1970: a date, or seconds or milliseconds since 1970.
pub(super) fn moment(text: &str, day_first: bool) -> Option<i64> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    match text.len() {
        10 if digits => text.parse::<i64>().ok().map(|seconds| seconds * 1000),
        13 if digits => text.parse().ok(),
        _ => date(text, day_first).map(|(day, ms)| day * DAY_MS + ms),
    }
}

/// Words for yes and for no, as [`plain`] leaves them.
const YES: &str =
    "1 y yes true t on x ok ja j oui o si s sim tak t kylla ano igen da evet ναι да ηαι v checked";
const NO: &str =
    "0 n no false f off nein nee non nao nie ei nej nei ne nem nu hayir h οχι нет unchecked";
/// Words for consent and for its withdrawal, besides those.
const GRANTED: &str = "granted subscribed optin optedin active agreed accepted confirmed abonniert zugestimmt einwilligung abonne suscrito iscritto";
const REVOKED: &str = "revoked withdrawn unsubscribed optout optedout stop declined denied inactive blocked never abgemeldet widerrufen abgelehnt desabonne baja";

fn one_of(word: &str, list: &str) -> bool {
    list.as_bytes()
        .split(|b| *b == b' ')
        .any(|known| known == word.as_bytes())
}

/// Yes or no.
pub(super) fn yes_no(text: &str) -> Option<bool> {
    if matches!(text, "✓" | "✔" | "☑" | "✅") {
        return Some(true);
    }
    let word = plain(text);
    if one_of(&word, YES) {
        Some(true)
    } else {
        one_of(&word, NO).then_some(false)
    }
}

/// Whether somebody agreed.
pub(super) fn consent(text: &str) -> Option<bool> {
    let word = plain(text);
    match yes_no(text) {
        None if one_of(&word, GRANTED) => Some(true),
        None if one_of(&word, REVOKED) => Some(false),
        said => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, want) in [
            ("12.50", Some("12.5")),
            ("1.234,50", Some("1234.5")),
            ("1,234.50", Some("1234.5")),
            ("1.234.567", Some("1234567")),
            ("1,234,567", Some("1234567")),
            ("1 234,5", Some("1234.5")),
            ("1\u{202f}234", Some("1234")),
            ("1'234.5", Some("1234.5")),
            ("-0,0", Some("0")),
            ("−5", Some("-5")),
            ("007", Some("7")),
            (".5", Some("0.5")),
            ("5.", Some("5")),
            ("12,5", Some("12.5")),
            ("0,125", Some("0.125")),
            ("1.234", Some("1.234")),
            ("1,234", None),
            ("1,23,4", None),
            ("1.2.3,4", None),
            ("12a", None),
            ("", None),
            ("-", None),
            ("1e5", None),
            ("1234567890123456", None),
        ] {
            assert_eq!(number(text).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn dates() {
        let day = |text| date(text, true).map(|(day, _)| day_text(day));
        for (text, want) in [
            ("2026-01-31", Some("2026-01-31")),
            ("2026/1/31", Some("2026-01-31")),
            ("31.1.2026", Some("2026-01-31")),
            ("31.01.26", Some("2026-01-31")),
            ("31/01/1969", Some("1969-01-31")),
            ("01/31/2026", Some("2026-01-31")),
            ("20260131", Some("2026-01-31")),
            ("2024-02-29", Some("2024-02-29")),
            ("2023-02-29", None),
            ("2026-13-01", None),
            ("32.1.2026", None),
            ("1.2", None),
            ("45321", None),
            ("1.2.3.4", None),
            ("0000-00-00", None),
            ("", None),
            ("2026-01-31T25:00", None),
        ] {
            assert_eq!(day(text).as_deref(), want, "{text}");
        }
        assert_eq!(
            date("02/03/2026", true).map(|d| day_text(d.0)).as_deref(),
            Some("2026-03-02")
        );
        assert_eq!(
            date("02/03/2026", false).map(|d| day_text(d.0)).as_deref(),
            Some("2026-02-03")
        );
        assert_eq!(
            date("31/03/2026", false).map(|d| day_text(d.0)).as_deref(),
            Some("2026-03-31")
        );
        assert_eq!(
            date("02.03.2026", false).map(|d| day_text(d.0)).as_deref(),
            Some("2026-03-02")
        );
        for days in (-700_000..700_000).step_by(97) {
            assert_eq!(
                date(&day_text(days), true)
                    .map(|d| d.0)
                    .filter(|_| days > -350_000),
                Some(days).filter(|_| days > -350_000)
            );
        }
    }

    #[test]
    fn moments() {
        let want = Some(1_706_708_710_500);
        for text in [
            "2024-01-31T13:45:10.5Z",
            "2024-01-31 15:45:10.5+02:00",
            "31.1.2024, 13:45:10.500",
            "31.01.2024 1:45:10.5 pm",
            "1706708710500",
        ] {
            assert_eq!(moment(text, true), want, "{text}");
        }
        assert_eq!(moment("1706708710", true), Some(1_706_708_710_000));
        assert_eq!(moment("1970-01-01", true), Some(0));
        assert_eq!(moment("yesterday", true), None);
        assert_eq!(moment("2024-01-31 13:61", true), None);
    }

    #[test]
    fn words_for_yes_and_no() {
        for (text, want) in [
            ("Ja", Some(true)),
            ("NO", Some(false)),
            ("Sí", Some(true)),
            ("não", Some(false)),
            ("✓", Some(true)),
            ("maybe", None),
            ("", None),
            ("Opt-in", None),
        ] {
            assert_eq!(yes_no(text), want, "{text}");
        }
        for (text, want) in [
            ("Opt-in", Some(true)),
            ("unsubscribed", Some(false)),
            ("yes", Some(true)),
            ("perhaps", None),
        ] {
            assert_eq!(consent(text), want, "{text}");
        }
    }

    #[test]
    fn addresses() {
        for good in [
            "Ann@Example.org",
            "a.b+c@sub.example.co.uk",
            "mailto:a@b.de",
            "ü@bücher.de",
        ] {
            assert!(email(good).is_some(), "{good}");
        }
        for bad in [
            "a@b",
            "a b@c.de",
            "@b.de",
            "a@.de",
            "a@b..de",
            "Ann <a@b.de>",
            "a@b.de;c@d.de",
            "a@@b.de",
        ] {
            assert!(email(bad).is_none(), "{bad}");
        }
        assert_eq!(email("").as_deref(), Some(""));
    }

    #[test]
    fn cells_are_cleaned() {
        for (given, want) in [
            (" Ann ", "Ann"),
            ("\u{feff}Ann\u{a0}", "Ann"),
            ("a\u{0}b", "ab"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("a\tb", "a b"),
            ("'=1", "=1"),
            ("'t", "'t"),
            ("", ""),
        ] {
            assert_eq!(clean(Cow::Borrowed(given)), want, "{given:?}");
        }
    }
}
