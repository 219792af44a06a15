//! QR codes.

use super::convert::Shape;
use super::Answer;
use crate::qr as room;
use ext_php_rs::prelude::*;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module.function(wrap_function!(qr_draw))
}

/// A QR code of a text (1 to 600 bytes): its modules along an edge, and `d` of an SVG path that fills the dark ones in a view box of that size. Leave four modules of white around it.
///
/// @return array{size: int, path: string}
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\qr_draw")]
pub fn qr_draw(text: &str) -> Answer<Shape> {
    Ok(Shape::of(&room::draw(text)?)?)
}
