//! What can be told of a phone number without a numbering library: digits and country.
//!
//! Validation by country is the extension's business; this is for numbers that WhatsApp itself reports.
//!
//! Incomplete support: territories that share a calling code (Jersey, Åland, …) count as the code's main country.

#[rustfmt::skip]
#[path = "generated/calling_codes.rs"]
mod calling_codes;

/// Fewest digits of a number, calling code included. Shorter ones are service numbers, which WhatsApp has none of.
pub const MIN_DIGITS: usize = 5;
/// Most digits of a number, calling code included (ITU-T E.164).
pub const MAX_DIGITS: usize = 15;
/// Longest prefix in the table of calling codes, digits.
const LONGEST_PREFIX: usize = 6;

/// `+` and digits, from what people and Meta write: an optional `+`, digits, and `( ) - . space` between them.
/// `None` when it is something else, starts with 0 or has a wrong length. The country code must be in it.
///
/// ```
/// use nxtchat_core::phone::e164;
/// assert_eq!(e164("+1 (650) 555-1234").as_deref(), Some("+16505551234"));
/// assert_eq!(e164("whatsapp-id"), None);
/// ```
#[must_use]
pub fn e164(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = text.strip_prefix('+').unwrap_or(text);
    let mut number = String::with_capacity(MAX_DIGITS + 1);
    number.push('+');
    for c in rest.chars() {
        match c {
            '0'..='9' if number.len() <= MAX_DIGITS => number.push(c),
            ' ' | '(' | ')' | '-' | '.' => {}
            _ => return None,
        }
    }
    (number.len() > MIN_DIGITS && !number.starts_with("+0")).then_some(number)
}

/// The country of an E.164 number by its calling code, ISO 3166-1 alpha-2; '' when no country can be told.
#[must_use]
pub fn country(e164: &str) -> &'static str {
    let digits = e164.strip_prefix('+').unwrap_or(e164);
    for length in (1..=LONGEST_PREFIX).rev() {
        let found = digits
            .get(..length)
            .and_then(|prefix| {
                calling_codes::TABLE
                    .binary_search_by(|(code, _)| (*code).cmp(prefix))
                    .ok()
            })
            .and_then(|at| calling_codes::TABLE.get(at));
        if let Some((_, country)) = found {
            return country;
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    #[test]
    fn numbers_are_normalised_or_refused() {
        for (given, want) in [
            ("16505551234", Some("+16505551234")),
            ("+49 (0170) 1234", Some("+4901701234")),
            (" +49-170.123 ", Some("+49170123")),
            ("12345", Some("+12345")),
            ("1234", None),
            ("123456789012345", Some("+123456789012345")),
            ("1234567890123456", None),
            ("0123456789", None),
            ("++16505551234", None),
            ("91xxxxxxxxxx", None),
            ("", None),
            ("+", None),
            ("١٢٣٤٥٦٧", None),
        ] {
            assert_eq!(e164(given).as_deref(), want, "{given}");
        }
    }

    #[test]
    fn the_calling_code_tells_the_country() {
        for (number, want) in [
            ("+4915112345678", "DE"),
            ("+16505551234", "US"),
            ("+14165551234", "CA"),
            ("+18765551234", "JM"),
            ("+18005551234", ""),
            ("+77012345678", "KZ"),
            ("+79161234567", "RU"),
            ("+447911123456", "GB"),
            ("+971501234567", "AE"),
            ("+5511987654321", "BR"),
            ("+99912345", ""),
            ("+", ""),
            ("", ""),
            ("é", ""),
        ] {
            assert_eq!(country(number), want, "{number}");
        }
    }

    /// `src/generated/calling_codes.rs` is made from `data/calling_codes.tsv`; `NXTCHAT_BLESS=1 cargo test` rewrites it.
    #[test]
    fn the_generated_table_is_current() {
        let mut rows: Vec<(&str, &str)> = include_str!("../data/calling_codes.tsv")
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .map(|line| line.split_once('\t').expect("two columns"))
            .collect();
        rows.sort_unstable();
        let mut text = String::from("// Made from data/calling_codes.tsv by a test of phone.rs (NXTCHAT_BLESS=1). Do not edit.\n\n");
        text.push_str("/// Calling code or longer prefix, country; sorted.\npub(super) static TABLE: &[(&str, &str)] = &[\n");
        for (code, country) in &rows {
            writeln!(text, "    ({code:?}, {country:?}),").expect("a String takes everything");
        }
        text.push_str("];\n");
        crate::bless("src/generated/calling_codes.rs", &text);
        assert_eq!(
            rows.iter().map(|(code, _)| code.len()).max(),
            Some(LONGEST_PREFIX)
        );
    }
}
