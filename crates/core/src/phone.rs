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
    (number.len() > MIN_DIGITS && !number.starts_with("+0")).then(|| one_spelling(number))
}

/// WhatsApp's two numbers that are older than their countries' plans, as they are dialled today, so that a person has one
/// number: Mexico's mobiles without the 1 after 52 (gone since 2019), Brazil's with the 9 before their eight digits (there since
/// 2016). WhatsApp takes either. Any other number stays as it is.
///
/// ```
/// use nxtchat_core::phone::one_spelling;
/// assert_eq!(one_spelling("+5215512345678".to_owned()), "+525512345678");
/// assert_eq!(one_spelling("+551187654321".to_owned()), "+5511987654321");
/// ```
#[must_use]
pub fn one_spelling(mut e164: String) -> String {
    if e164.len() == 14 && e164.starts_with("+521") {
        e164.remove(3);
    } else if e164.len() == 13
        && e164.starts_with("+55")
        && matches!(e164.as_bytes()[5], b'6'..=b'9')
    {
        e164.insert(5, '9');
    }
    e164
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
            ("5215512345678", Some("+525512345678")),
            ("525512345678", Some("+525512345678")),
            ("+55 11 8765-4321", Some("+5511987654321")),
            ("+55 11 98765-4321", Some("+5511987654321")),
            ("+55 11 3765-4321", Some("+551137654321")),
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
