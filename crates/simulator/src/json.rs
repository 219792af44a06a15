//! JSON as Graph writes it: ASCII only (`\uXXXX`) and `\/` for the slash, so that a receiver that hashes a
//! re-serialisation instead of the raw bytes is found out.
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

struct Graph;

impl Formatter for Graph {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut start = 0;
        for (at, c) in fragment.char_indices() {
            if c != '/' && c.is_ascii() {
                continue;
            }
            out.write_all(&fragment.as_bytes()[start..at])?;
            if c == '/' {
                out.write_all(b"\\/")?;
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
            start = at + c.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[start..])
    }
}

/// The bytes of `value` in Graph's spelling.
pub fn graph_bytes<T: Serialize>(value: &T) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    // Writing a JSON value into memory cannot fail; an empty answer would be seen at once.
    let _ = value.serialize(&mut Serializer::with_formatter(&mut out, Graph));
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn escapes_like_graph() {
        let bytes = super::graph_bytes(&serde_json::json!({"a": "Grüß/\"\n😀"}));
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            r#"{"a":"Gr\u00fc\u00df\/\"\n\ud83d\ude00"}"#
        );
    }
}
