//! QR codes, drawn as the path of an SVG: for links that a visitor opens on the phone beside the screen.

use crate::error::{Error, Result};
use qrcodegen::{QrCode, QrCodeEcc};
use serde::Serialize;
use std::fmt::Write;

/// Longest text, bytes: what a phone's camera still reads from a screen.
pub const MAX_TEXT: usize = 600;

/// A code without its quiet zone.
#[derive(Debug, Serialize)]
pub struct Drawing {
    /// Modules of an edge: the view box is `0 0 size size`.
    pub size: i32,
    /// `d` of an SVG path that fills the dark modules.
    pub path: String,
}

/// Draws a text, with room for a tenth of it to be unreadable.
pub fn draw(text: &str) -> Result<Drawing> {
    if text.is_empty() || text.len() > MAX_TEXT {
        return Err(Error::invalid(format!(
            "A QR code holds 1 to {MAX_TEXT} bytes, not {}.",
            text.len()
        )));
    }
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)
        .map_err(|e| Error::invalid(format!("This text makes no QR code: {e}")))?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let dark = (x..size).take_while(|&x| code.get_module(x, y)).count() as i32;
            if dark > 0 {
                let _ = write!(path, "M{x} {y}h{dark}v1h-{dark}z");
            }
            x += dark.max(1);
        }
    }
    Ok(Drawing { size, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules that the path fills.
    fn filled(drawing: &Drawing) -> Vec<(i32, i32)> {
        drawing.path[1..]
            .split('M')
            .flat_map(|run| {
                let (x, rest) = run.split_once(' ').unwrap();
                let (y, rest) = rest.split_once('h').unwrap();
                let (dark, end) = rest.split_once('v').unwrap();
                assert_eq!(end, format!("1h-{dark}z"));
                let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
                (0..dark.parse::<i32>().unwrap()).map(move |n| (x + n, y))
            })
            .collect()
    }

    #[test]
    fn the_path_fills_exactly_the_dark_modules() {
        let text = "https://wa.me/15550783881?text=K7M2PQ9X%20%C3%BC";
        let drawing = draw(text).unwrap();
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
        let dark: Vec<_> = (0..code.size())
            .flat_map(|y| (0..code.size()).map(move |x| (x, y)))
            .filter(|&(x, y)| code.get_module(x, y))
            .collect();
        assert_eq!(filled(&drawing), dark);
        assert_eq!(drawing.size, code.size());
        assert!(drawing.path.len() < 16_000, "{} bytes", drawing.path.len());
    }

    #[test]
    fn too_long_or_nothing_is_refused() {
        assert!(draw("").is_err());
        assert!(draw(&"x".repeat(MAX_TEXT)).is_ok());
        assert!(draw(&"x".repeat(MAX_TEXT + 1)).is_err());
    }
}
