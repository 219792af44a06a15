//! ULIDs: the ids of our sends (`ref`) and of stored events (`uid`). Made elsewhere (they need a clock); judged here.

/// Characters in a ULID.
pub const LENGTH: usize = 26;

/// Whether `text` is a ULID: 26 characters of Crockford's base32 in upper case, of which the first fits 128 bits (0–7).
///
/// ```
/// assert!(nxtchat_core::ulid::is_valid("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
/// assert!(!nxtchat_core::ulid::is_valid("01arz3ndektsv4rrffq69g5fav"));
/// ```
#[must_use]
pub fn is_valid(text: &str) -> bool {
    text.len() == LENGTH
        && matches!(text.as_bytes().first(), Some(b'0'..=b'7'))
        && text
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'H' | b'J' | b'K' | b'M' | b'N' | b'P'..=b'T' | b'V'..=b'Z'))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn only_ulids_are_ulids() {
        assert!(is_valid("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
        assert!(is_valid("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"));
        for bad in [
            "",
            "01ARZ3NDEKTSV4RRFFQ69G5FA",
            "01ARZ3NDEKTSV4RRFFQ69G5FAVX",
            "81ARZ3NDEKTSV4RRFFQ69G5FAV",
            "01ARZ3NDEKTSV4RRFFQ69G5FAI",
            "01ARZ3NDEKTSV4RRFFQ69G5FAL",
            "01ARZ3NDEKTSV4RRFFQ69G5FAO",
            "01ARZ3NDEKTSV4RRFFQ69G5FAU",
            "01ARZ3NDEKTSV4RRFFQ69G5F€",
            "01arz3ndektsv4rrffq69g5fav",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
