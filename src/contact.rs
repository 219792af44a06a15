//! What is computed of people: those of a file, and the hashes by which erased ones are known.

pub mod batch;
pub mod names;
pub mod reader;
pub mod words;

use crate::error::{Error, Result};
use crate::{site, vault};
use ring::hmac;
use std::path::Path;

/// What the key of the suppression list is sealed for.
pub const HASH_PURPOSE: &str = "suppression";
/// Bytes of that key.
const HASH_KEY_BYTES: usize = 32;
/// Values of one call at most.
pub const MAX_VALUES: usize = 10_000;

/// A keyed hash (HMAC-SHA256, 64 hexadecimal characters) of each value. The key is random, made once and kept sealed in the
/// database: every web node has the same, and it outlives the rotation of the vault's key.
pub fn hashes<'a>(
    dir: &Path,
    constant: Option<&str>,
    sealed: &str,
    values: impl ExactSizeIterator<Item = &'a str>,
) -> Result<Vec<String>> {
    if values.len() > MAX_VALUES {
        return Err(Error::invalid(format!(
            "{MAX_VALUES} values at most in one call."
        )));
    }
    let key = vault::open(dir, constant, sealed, HASH_PURPOSE)?;
    if key.len() != HASH_KEY_BYTES {
        return Err(Error::invalid(format!(
            "The key of the suppression list has {} bytes; it must have {HASH_KEY_BYTES}.",
            key.len()
        )));
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    Ok(values
        .map(|value| site::hex(hmac::sign(&key, value.as_bytes()).as_ref()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_outlives_the_vaults_key() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("site-1");
        site::prepare(&dir).unwrap();
        let numbers = ["+491701234567", "DE.1349"];
        let sealed = vault::seal(&dir, None, &[7; HASH_KEY_BYTES], HASH_PURPOSE).unwrap();
        let before = hashes(&dir, None, &sealed, numbers.into_iter()).unwrap();
        assert!(before.iter().all(|h| h.len() == 64));
        assert_ne!(before[0], before[1]);
        // RFC 2104 by another hand: python3 -c "import hmac; print(hmac.new(b'\x07'*32, b'+491701234567', 'sha256').hexdigest())"
        assert_eq!(
            before[0],
            "49131e365a77afa3fe863396c6a70c2d9e20a82e286c1bfad3e2279cc9e85e6b"
        );
        vault::rotate(&dir, None).unwrap();
        assert!(hashes(&dir, None, &sealed, numbers.into_iter()).is_err());
        let sealed = vault::reseal(&dir, None, &sealed, HASH_PURPOSE, None).unwrap();
        assert_eq!(
            hashes(&dir, None, &sealed, numbers.into_iter()).unwrap(),
            before
        );
        let short = vault::seal(&dir, None, &[7; 3], HASH_PURPOSE).unwrap();
        assert!(hashes(&dir, None, &short, numbers.into_iter()).is_err());
        let other = vault::seal(&dir, None, &[7; HASH_KEY_BYTES], "token").unwrap();
        assert!(hashes(&dir, None, &other, numbers.into_iter()).is_err());
    }
}
