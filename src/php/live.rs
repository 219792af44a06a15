//! The change counter.

use super::Answer;
use crate::live as room;
use ext_php_rs::prelude::*;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module
        .function(wrap_function!(live_bump))
        .function(wrap_function!(live_value))
        .function(wrap_function!(live_raise))
        .function(wrap_function!(live_token))
        .function(wrap_function!(live_read))
}

/// Counts the site's change counter up by one. Returns the new value.
///
/// @throws \NxtChat\Native\Exception\SpoolError
#[php_function]
#[php(name = "NxtChat\\Native\\live_bump")]
pub fn live_bump(site: &str) -> Answer<i64> {
    Ok(room::bump(site.as_ref())?)
}

/// The counter; 0 before the first change.
///
/// @throws \NxtChat\Native\Exception\SpoolError
#[php_function]
#[php(name = "NxtChat\\Native\\live_value")]
pub fn live_value(site: &str) -> Answer<i64> {
    Ok(room::value(site.as_ref())?)
}

/// Raises the counter to at least $value. Returns what it is then.
///
/// @throws \NxtChat\Native\Exception\SpoolError
#[php_function]
#[php(name = "NxtChat\\Native\\live_raise")]
pub fn live_raise(site: &str, value: i64) -> Answer<i64> {
    Ok(room::raise(site.as_ref(), value)?)
}

/// A token that lets its bearer read the counter for 1 to 86,400 seconds.
///
/// @throws \NxtChat\Native\Exception\SpoolError
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\live_token")]
pub fn live_token(site: &str, ttl_seconds: i64) -> Answer<String> {
    Ok(room::token(site.as_ref(), ttl_seconds)?)
}

/// The counter for the bearer of a token; null when it is wrong or has expired.
///
/// @throws \NxtChat\Native\Exception\SpoolError
#[php_function]
#[php(name = "NxtChat\\Native\\live_read")]
pub fn live_read(site: &str, token: &str) -> Answer<Option<i64>> {
    Ok(room::read_with(site.as_ref(), token)?)
}
