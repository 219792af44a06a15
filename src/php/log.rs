//! The log on screen.

use super::convert::Shape;
use super::Answer;
use crate::log as room;
use ext_php_rs::prelude::*;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module
        .function(wrap_function!(log_write))
        .function(wrap_function!(log_recent))
}

/// Adds a line to the site's log. Neither secrets nor message texts belong in it.
///
/// @param 'error'|'warning'|'info'|'debug' $level
/// @param string $message cut at 1,000 characters
/// @throws \NxtChat\Native\Exception\InvalidInput
/// @throws \NxtChat\Native\Exception\SpoolError
#[php_function]
#[php(name = "NxtChat\\Native\\log_write")]
pub fn log_write(site: &str, level: &str, message: &str) -> Answer<()> {
    Ok(room::write(site.as_ref(), level, message)?)
}

/// The newest lines first, at most $max (1,000 are kept).
///
/// @return list<array{at_ms: int, level: string, message: string}>
/// @throws \NxtChat\Native\Exception\InvalidInput
/// @throws \NxtChat\Native\Exception\SpoolError
#[php_function]
#[php(name = "NxtChat\\Native\\log_recent")]
pub fn log_recent(site: &str, max: i64) -> Answer<Shape> {
    Ok(Shape::of(&room::recent(site.as_ref(), max)?)?)
}
