//! Phone numbers, by Google's metadata (rlibphonenumber).

use crate::error::{Error, Result};
pub use rlibphonenumber::Region;
use rlibphonenumber::{
    ParseError, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationError, PHONE_NUMBER_UTIL,
};
use serde::Serialize;

/// Numbers of one batch at most.
pub const MAX_BATCH: usize = 10_000;
/// Characters of an input that are looked at (libphonenumber's own limit is 250).
const INPUT_CHARS: usize = 250;

/// What is known of one input. Strings are '' when there is nothing to say.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Phone {
    /// Whether such a number can exist.
    pub valid: bool,
    /// `+491701234567`; '' unless valid.
    pub e164: String,
    /// ISO 3166-1 alpha-2, or `001` for worldwide numbers.
    pub country: String,
    /// As written within its country.
    pub national: String,
    /// As written abroad.
    pub international: String,
    /// `mobile`, `fixed_line`, `fixed_line_or_mobile`, `toll_free`, `premium_rate`, `shared_cost`, `voip`, `personal`, `pager`,
    /// `uan`, `voicemail` or `unknown`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Why it is not valid: `empty`, `not_a_number`, `country_code`, `no_country`, `too_short`, `too_long`, `length`, `local_only`,
    /// `invalid`; '' when it is.
    pub problem: &'static str,
}

/// Reads one number; `region` is used when it has no country code.
pub fn parse(input: &str, region: Option<&str>) -> Result<Phone> {
    Ok(read(input, self::region(region)?))
}

/// Reads many numbers, in order.
pub fn parse_all<'a>(
    inputs: impl ExactSizeIterator<Item = &'a str>,
    region: Option<&str>,
) -> Result<Vec<Phone>> {
    if inputs.len() > MAX_BATCH {
        return Err(Error::invalid(format!(
            "{MAX_BATCH} numbers at most in one call."
        )));
    }
    let region = self::region(region)?;
    Ok(inputs.map(|input| read(input, region)).collect())
}

/// A region by its code; `None` for none and for ''.
pub fn region(region: Option<&str>) -> Result<Option<Region>> {
    region
        .filter(|r| !r.is_empty())
        .map(|r| {
            Region::from_code(&r.to_ascii_uppercase())
                .map_err(|_| Error::invalid("The region is no country code such as DE."))
        })
        .transpose()
}

fn read(input: &str, region: Option<Region>) -> Phone {
    let problem = |problem| Phone {
        kind: "unknown",
        problem,
        ..Phone::default()
    };
    let input = input.trim();
    if input.is_empty() {
        return problem("empty");
    }
    if input.chars().nth(INPUT_CHARS).is_some() {
        return problem("too_long");
    }
    let number = match number(input, region) {
        Ok(number) => number,
        Err(why) => return problem(why),
    };
    let format = |format| PHONE_NUMBER_UTIL.format(&number, format).into_owned();
    let valid = number.is_valid();
    Phone {
        valid,
        e164: if valid {
            format(PhoneNumberFormat::E164)
        } else {
            String::new()
        },
        country: number
            .get_region_code()
            .map(|r| r.as_region_str().to_string())
            .unwrap_or_default(),
        national: format(PhoneNumberFormat::National),
        international: format(PhoneNumberFormat::International),
        kind: kind(number.get_type()),
        problem: if valid { "" } else { why_invalid(&number) },
    }
}

/// Reads the numbers of a table: many, mostly of one region.
pub struct Numbers {
    region: Option<Region>,
    /// The last other region, by its code.
    other: (String, Option<Region>),
}

impl Numbers {
    /// With the region of rows that name none.
    pub fn new(region: Option<Region>) -> Numbers {
        Numbers {
            region,
            other: (String::new(), None),
        }
    }

    /// E.164 of a number, else its problem (as in [`Phone::problem`]). `region` is the row's, '' for none.
    ///
    /// Exports often leave the `+` out. A number that none has in its region, but that is one with `+` before it (or instead of
    /// `00`), counts as such; and so does one that begins with the region's own calling code and is a mobile number that way
    /// only: 491701234567 is a possible number of a German town, too.
    pub fn e164(&mut self, text: &str, region: &str) -> std::result::Result<String, &'static str> {
        if region != self.other.0 {
            self.other = (region.to_owned(), Region::from_code(region).ok());
        }
        let region = self.other.1.or(self.region);
        let plain = valid(text, region);
        let rest = text.strip_prefix("00").unwrap_or(text);
        let may_lack_plus = rest.starts_with(|c: char| c.is_ascii_digit() && c != '0');
        let is_own = |number: &PhoneNumber| rest.starts_with(&number.country_code.to_string());
        let doubtful = |plain: &std::result::Result<PhoneNumber, _>| match plain {
            Ok(number) => is_own(number) && !is_mobile(number),
            Err(_) => true,
        };
        let other = if may_lack_plus && doubtful(&plain) {
            valid(&format!("+{rest}"), None).ok()
        } else {
            None
        };
        let number = match (plain, other) {
            (Ok(plain), Some(other))
                if is_mobile(&other) && plain.country_code == other.country_code =>
            {
                other
            }
            (Ok(plain), _) => plain,
            (Err(_), Some(other)) => other,
            (Err(problem), None) => return Err(problem),
        };
        Ok(PHONE_NUMBER_UTIL
            .format(&number, PhoneNumberFormat::E164)
            .into_owned())
    }
}

/// Whether it may be a mobile number.
fn is_mobile(number: &PhoneNumber) -> bool {
    matches!(
        number.get_type(),
        PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile
    )
}

/// A number that can exist, else the problem.
fn valid(text: &str, region: Option<Region>) -> std::result::Result<PhoneNumber, &'static str> {
    if text.len() > INPUT_CHARS {
        return Err("too_long");
    }
    let number = number(text, region)?;
    if number.is_valid() {
        Ok(number)
    } else {
        Err(why_invalid(&number))
    }
}

/// Parses a text; else its problem.
fn number(text: &str, region: Option<Region>) -> std::result::Result<PhoneNumber, &'static str> {
    PHONE_NUMBER_UTIL.parse(text, region).map_err(|e| match e {
        ParseError::InvalidCountryCode if region.is_none() && !text.starts_with('+') => {
            "no_country"
        }
        e => parse_problem(&e),
    })
}

fn parse_problem(error: &ParseError) -> &'static str {
    match error {
        ParseError::InvalidCountryCode => "country_code",
        ParseError::NotANumber(_) => "not_a_number",
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => "too_short",
        ParseError::TooLongNsn => "too_long",
    }
}

fn why_invalid(number: &PhoneNumber) -> &'static str {
    match number.is_possible_with_reason() {
        Ok(rlibphonenumber::NumberLengthType::IsPossible) => "invalid",
        Ok(rlibphonenumber::NumberLengthType::IsPossibleLocalOnly) => "local_only",
        Err(ValidationError::InvalidCountryCode) => "country_code",
        Err(ValidationError::TooShort) => "too_short",
        Err(ValidationError::InvalidLength) => "length",
        Err(ValidationError::TooLong) => "too_long",
    }
}

fn kind(kind: PhoneNumberType) -> &'static str {
    match kind {
        PhoneNumberType::FixedLine => "fixed_line",
        PhoneNumberType::Mobile => "mobile",
        PhoneNumberType::FixedLineOrMobile => "fixed_line_or_mobile",
        PhoneNumberType::TollFree => "toll_free",
        PhoneNumberType::PremiumRate => "premium_rate",
        PhoneNumberType::SharedCost => "shared_cost",
        PhoneNumberType::VoIP => "voip",
        PhoneNumberType::PersonalNumber => "personal",
        PhoneNumberType::Pager => "pager",
        PhoneNumberType::UAN => "uan",
        PhoneNumberType::VoiceMail => "voicemail",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_type() {
        let phone = parse("0170 1234567", Some("de")).unwrap();
        assert_eq!(
            (
                phone.valid,
                phone.e164.as_str(),
                phone.country.as_str(),
                phone.kind
            ),
            (true, "+491701234567", "DE", "mobile")
        );
        assert_eq!(phone.international, "+49 170 1234567");
        assert_eq!(
            parse("+1 (650) 253-0000", None).unwrap().e164,
            "+16502530000"
        );
        assert_eq!(parse("0170 1234567", None).unwrap().problem, "no_country");
        for (bad, problem) in [
            ("", "empty"),
            ("hello", "not_a_number"),
            ("+49 1", "too_short"),
            ("+999 12345678", "country_code"),
        ] {
            let phone = parse(bad, Some("DE")).unwrap();
            assert_eq!(
                (phone.valid, phone.e164.as_str(), phone.problem),
                (false, "", problem),
                "{bad}"
            );
        }
        assert_eq!(
            parse(&"1".repeat(300), Some("DE")).unwrap().problem,
            "too_long"
        );
        assert!(parse("1", Some("Germany")).is_err());
    }

    #[test]
    fn numbers_of_tables() {
        let region = region(Some("DE")).unwrap();
        let mut numbers = Numbers::new(region);
        for (text, row, want) in [
            ("+49 170 1234567", "", Ok("+491701234567")),
            ("0170 1234567", "", Ok("+491701234567")),
            // A spreadsheet ate the zero.
            ("1701234567", "", Ok("+491701234567")),
            // The + is left out.
            ("491701234567", "", Ok("+491701234567")),
            ("49 170 1234567", "", Ok("+491701234567")),
            ("00491701234567", "", Ok("+491701234567")),
            ("16502530000", "", Ok("+16502530000")),
            ("030 1234567", "", Ok("+49301234567")),
            // A town in East Frisia, as it is written.
            ("0491 7012345", "", Ok("+494917012345")),
            ("0612345678", "NL", Ok("+31612345678")),
            ("31612345678", "NL", Ok("+31612345678")),
            ("6502530000", "US", Ok("+16502530000")),
            ("0170 1234567", "", Ok("+491701234567")),
            ("hello", "", Err("not_a_number")),
            ("12", "", Err("local_only")),
            ("0", "", Err("not_a_number")),
        ] {
            let found = numbers.e164(text, row);
            assert_eq!(found.as_deref().map_err(|e| *e), want, "{text} {row}");
        }
        assert_eq!(
            Numbers::new(None).e164("0170 1234567", ""),
            Err("no_country")
        );
        assert_eq!(
            Numbers::new(None).e164("491701234567", "").as_deref(),
            Ok("+491701234567")
        );
        assert_eq!(
            Numbers::new(None).e164("00491701234567", "").as_deref(),
            Ok("+491701234567")
        );
    }

    #[test]
    fn batches_are_bounded_and_in_order() {
        let all = parse_all(["+491701234567", "x"].into_iter(), None).unwrap();
        assert_eq!((all[0].valid, all[1].valid), (true, false));
        assert!(parse_all(vec![""; MAX_BATCH + 1].into_iter(), None).is_err());
    }
}
