//! Phone numbers.

use super::convert::{to_texts, Shape};
use super::Answer;
use crate::phone as room;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module
        .function(wrap_function!(phone_parse))
        .function(wrap_function!(phones_parse))
}

/// Reads a phone number; $region (as in DE) is used when it has no country code. Never throws for a bad number.
///
/// problem: '' when valid, else empty, not_a_number, country_code, no_country, too_short, too_long, length, local_only or invalid.
///
/// @return array{valid: bool, e164: string, country: string, national: string, international: string, type: string, problem: string}
/// @throws \NxtChat\Native\Exception\InvalidInput the region is none
#[php_function]
#[php(name = "NxtChat\\Native\\phone_parse")]
pub fn phone_parse(input: &str, region: Option<&str>) -> Answer<Shape> {
    Ok(Shape::of(&room::parse(input, region)?)?)
}

/// Reads up to 10,000 phone numbers; the same shape, the same order.
///
/// @param list<string> $inputs
/// @return list<array{valid: bool, e164: string, country: string, national: string, international: string, type: string, problem: string}>
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\phones_parse")]
pub fn phones_parse(inputs: &ZendHashTable, region: Option<&str>) -> Answer<Shape> {
    Ok(Shape::of(&room::parse_all(
        to_texts(inputs)?.into_iter(),
        region,
    )?)?)
}
