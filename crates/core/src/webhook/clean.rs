//! From raw bytes to text that the JSON parser can take without surprises, in one linear pass.

use super::ParseError;
use crate::limits;
use std::borrow::Cow;

/// UTF-8 text of `body`: size and depth are checked, a byte-order mark is dropped, invalid UTF-8 and escaped lone
/// surrogates (`\ud800`, which no string can hold) become U+FFFD, so that one broken character costs one character.
pub(super) fn clean(body: &[u8]) -> Result<Cow<'_, str>, ParseError> {
    if body.len() > limits::WEBHOOK_BODY_BYTES {
        return Err(ParseError::TooLarge { bytes: body.len() });
    }
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let lone = scan(body)?;
    if lone.is_empty() {
        return Ok(String::from_utf8_lossy(body));
    }
    let mut bytes = body.to_vec();
    for at in lone {
        if let Some(escape) = bytes.get_mut(at..at + 6) {
            escape.copy_from_slice(b"\\ufffd");
        }
    }
    Ok(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Checks the depth; returns where escaped lone surrogates begin.
fn scan(body: &[u8]) -> Result<Vec<usize>, ParseError> {
    let mut lone = Vec::new();
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => {
                depth += 1;
                if depth > limits::WEBHOOK_DEPTH {
                    return Err(ParseError::TooDeep);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => at = string(body, at, &mut lone),
            _ => {}
        }
    }
    Ok(lone)
}

/// Skips a string whose first character is at `at`; returns the place after its closing quote.
fn string(body: &[u8], mut at: usize, lone: &mut Vec<usize>) -> usize {
    while let Some(&byte) = body.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => match unit(body, at) {
                Some(0xD800..=0xDBFF) => {
                    if matches!(unit(body, at + 6), Some(0xDC00..=0xDFFF)) {
                        at += 12;
                    } else {
                        lone.push(at);
                        at += 6;
                    }
                }
                Some(0xDC00..=0xDFFF) => {
                    lone.push(at);
                    at += 6;
                }
                Some(_) => at += 6,
                None => at += 2,
            },
            _ => at += 1,
        }
    }
    at
}

/// The UTF-16 unit of a `\uXXXX` that begins at `at`.
fn unit(body: &[u8], at: usize) -> Option<u16> {
    match body.get(at..at + 6) {
        Some([b'\\', b'u', hex @ ..]) if hex.iter().all(u8::is_ascii_hexdigit) => {
            std::str::from_utf8(hex)
                .ok()
                .and_then(|hex| u16::from_str_radix(hex, 16).ok())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_characters_cost_one_character() {
        let text =
            |body: &[u8]| serde_json::from_str::<Vec<String>>(&clean(body).unwrap()).unwrap();
        assert_eq!(text(br#"["\ud83d\ude00"]"#), ["😀"]);
        assert_eq!(text(br#"["a\ud83db"]"#), ["a\u{fffd}b"]);
        assert_eq!(text(br#"["\ude00\ud83d"]"#), ["\u{fffd}\u{fffd}"]);
        assert_eq!(text(br#"["\ud83d\ud83d\ude00"]"#), ["\u{fffd}😀"]);
        assert_eq!(text(br#"["\\ud83d"]"#), ["\\ud83d"]);
        assert_eq!(text(br#"["\"\\\ud83d"]"#), ["\"\\\u{fffd}"]);
        assert_eq!(text(b"\xEF\xBB\xBF[\"a\xFFb\"]"), ["a\u{fffd}b"]);
    }

    #[test]
    fn depth_is_bounded_outside_strings() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(clean(nested(limits::WEBHOOK_DEPTH).as_bytes()).is_ok());
        assert_eq!(
            clean(nested(limits::WEBHOOK_DEPTH + 1).as_bytes()),
            Err(ParseError::TooDeep)
        );
        assert!(clean(format!("[{:?}]", "[".repeat(10_000)).as_bytes()).is_ok());
    }

    #[test]
    fn escapes_at_the_end_do_not_run_over() {
        for body in [
            &b"\"\\"[..],
            b"\"\\u",
            b"\"\\ud83",
            b"\"\\ud83d",
            b"\"\\ud83d\\u",
            b"\"",
        ] {
            clean(body).unwrap();
        }
    }
}
