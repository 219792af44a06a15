//! Login by one-time code: codes, tokens and keyed hashes. What is right is decided here and nowhere else.
//!
//! One random key, made once and kept sealed in the database so that every web node has the same, is never used itself: each
//! kind of thing has a key derived from it, so that a hash of one kind is worthless as another.

use crate::error::{Error, Result};
use crate::{site, vault};
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::Engine;
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use std::path::Path;
use zeroize::Zeroizing;

/// What the room's key is sealed for.
pub const PURPOSE: &str = "login";
/// Bytes of that key.
const KEY_BYTES: usize = 32;
/// Digits of a code. Meta takes 15 characters at most; people type 8.
pub const DIGITS: std::ops::RangeInclusive<i64> = 4..=8;
/// Longest payload of a token, bytes.
const PAYLOAD_BYTES: usize = 1024;
/// Values hashed in one call at most.
const MAX_VALUES: usize = 1000;
/// Letters of a word that a visitor sends: none that look or sound like another, no vowels that make words.
const WORD_LETTERS: &[u8] = b"23456789BCDFGHJKMNPQRTVWXYZ";
/// Letters of a word: 27^8 is 2.8 × 10^11, and a word lives for minutes.
const WORD_LEN: usize = 8;
/// Bytes of the moment at the head of a token.
const EXPIRES_BYTES: usize = 8;

/// The kinds of things that are signed, each with a key of its own.
#[derive(Clone, Copy)]
enum Kind {
    Code,
    Token,
    Hash,
}

impl Kind {
    fn label(self) -> &'static [u8] {
        match self {
            Kind::Code => b"nxtchat login code 1",
            Kind::Token => b"nxtchat login token 1",
            Kind::Hash => b"nxtchat login hash 1",
        }
    }
}

/// The room's key, opened.
pub struct Keys(hmac::Key);

impl Keys {
    /// Opens the sealed key.
    pub fn open(dir: &Path, constant: Option<&str>, sealed: &str) -> Result<Keys> {
        let key = vault::open(dir, constant, sealed, PURPOSE)?;
        if key.len() != KEY_BYTES {
            return Err(Error::invalid(format!(
                "The key of login has {} bytes; it must have {KEY_BYTES}.",
                key.len()
            )));
        }
        Ok(Keys(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    fn of(&self, kind: Kind) -> hmac::Key {
        hmac::Key::new(
            hmac::HMAC_SHA256,
            hmac::sign(&self.0, kind.label()).as_ref(),
        )
    }

    /// A new code and its keyed hash, which is good for this binding (challenge and number) only.
    pub fn issue(&self, digits: i64, binding: &str) -> Result<(Zeroizing<String>, String)> {
        if !DIGITS.contains(&digits) {
            return Err(Error::invalid(format!(
                "A code has {} to {} digits, not {digits}.",
                DIGITS.start(),
                DIGITS.end()
            )));
        }
        let code = code(digits as u32)?;
        let hash = hmac::sign(&self.of(Kind::Code), &bound(binding, code.as_bytes()));
        Ok((code, site::hex(hash.as_ref())))
    }

    /// Is this the code? In constant time; never for an empty hash or code.
    pub fn check(&self, code: &[u8], hash: &str, binding: &str) -> bool {
        let Some(hash) = site::unhex(hash.as_bytes()) else {
            return false;
        };
        !code.is_empty()
            && code.iter().all(u8::is_ascii_digit)
            && hmac::verify(&self.of(Kind::Code), &bound(binding, code), &hash).is_ok()
    }

    /// A signed token that carries `payload`, readable by its bearer, until `expires_ms`.
    pub fn token(&self, payload: &str, expires_ms: i64) -> Result<String> {
        if payload.len() > PAYLOAD_BYTES {
            return Err(Error::invalid(format!(
                "A token carries {PAYLOAD_BYTES} bytes at most."
            )));
        }
        let mut body = expires_ms.to_be_bytes().to_vec();
        body.extend_from_slice(payload.as_bytes());
        let tag = hmac::sign(&self.of(Kind::Token), &body);
        Ok(format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(&body),
            URL_SAFE_NO_PAD.encode(tag.as_ref())
        ))
    }

    /// What a token carries; None when we did not make it, it was altered, or it has expired.
    pub fn opened(&self, token: &[u8], now_ms: i64) -> Option<String> {
        // Longer than any that token() makes.
        if token.len() > 2 * PAYLOAD_BYTES {
            return None;
        }
        let dot = token.iter().position(|b| *b == b'.')?;
        let body = URL_SAFE_NO_PAD.decode(&token[..dot]).ok()?;
        let tag = URL_SAFE_NO_PAD.decode(&token[dot + 1..]).ok()?;
        hmac::verify(&self.of(Kind::Token), &body, &tag).ok()?;
        let (expires, payload) = body.split_at_checked(EXPIRES_BYTES)?;
        let expires = i64::from_be_bytes(expires.try_into().ok()?);
        (now_ms < expires).then(|| String::from_utf8(payload.to_vec()).ok())?
    }

    /// A keyed hash (64 hexadecimal characters) of each value: names of counters, words.
    pub fn hashes<'a>(
        &self,
        values: impl ExactSizeIterator<Item = &'a str>,
    ) -> Result<Vec<String>> {
        if values.len() > MAX_VALUES {
            return Err(Error::invalid(format!(
                "{MAX_VALUES} values at most in one call."
            )));
        }
        let key = self.of(Kind::Hash);
        Ok(values
            .map(|value| site::hex(hmac::sign(&key, value.as_bytes()).as_ref()))
            .collect())
    }
}

/// A word that a visitor sends to prove a number.
pub fn word() -> Result<String> {
    // 27 letters: 243 = 9 × 27 of 256 values of a byte are used, so that each letter is equally likely.
    let usable = u8::MAX - u8::MAX % WORD_LETTERS.len() as u8;
    let mut word = String::with_capacity(WORD_LEN);
    while word.len() < WORD_LEN {
        let mut byte = [0u8; 1];
        random(&mut byte)?;
        if byte[0] < usable {
            word.push(WORD_LETTERS[usize::from(byte[0]) % WORD_LETTERS.len()] as char);
        }
    }
    Ok(word)
}

/// Digits from the operating system, each number equally likely: what lies above the last whole multiple is drawn again.
fn code(digits: u32) -> Result<Zeroizing<String>> {
    let range = 10u32.pow(digits);
    let usable = u32::MAX - u32::MAX % range;
    loop {
        let mut bytes = Zeroizing::new([0u8; 4]);
        random(&mut *bytes)?;
        let number = u32::from_be_bytes(*bytes);
        if number < usable {
            return Ok(Zeroizing::new(format!(
                "{:0width$}",
                number % range,
                width = digits as usize
            )));
        }
    }
}

fn random(bytes: &mut [u8]) -> Result<()> {
    SystemRandom::new()
        .fill(bytes)
        .map_err(|_| Error::Vault("the operating system gave no random numbers".into()))
}

/// Binding and code, so that no other pair gives the same bytes.
fn bound(binding: &str, code: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new((binding.len() as u64).to_be_bytes().to_vec());
    bytes.extend_from_slice(binding.as_bytes());
    bytes.extend_from_slice(code);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    const DAY_MS: i64 = 86_400_000;

    fn keys(byte: u8) -> Keys {
        Keys(hmac::Key::new(hmac::HMAC_SHA256, &[byte; KEY_BYTES]))
    }

    #[test]
    fn a_code_is_right_for_its_binding_only() {
        let keys = keys(1);
        for digits in DIGITS {
            let (code, hash) = keys.issue(digits, "c1|+491701234567|1").unwrap();
            assert_eq!(code.len(), digits as usize);
            assert!(keys.check(code.as_bytes(), &hash, "c1|+491701234567|1"));
            assert!(!keys.check(code.as_bytes(), &hash, "c2|+491701234567|1"));
            assert!(!keys.check(code.as_bytes(), &hash, "c1|+491701234567|2"));
            assert!(!super::tests::keys(2).check(code.as_bytes(), &hash, "c1|+491701234567|1"));
            let mut other = code.to_string().into_bytes();
            other[0] = if other[0] == b'0' { b'1' } else { b'0' };
            assert!(!keys.check(&other, &hash, "c1|+491701234567|1"));
        }
        assert!(keys.issue(3, "x").is_err() && keys.issue(9, "x").is_err());
    }

    #[test]
    fn nothing_empty_is_right() {
        let keys = keys(1);
        let (code, hash) = keys.issue(6, "").unwrap();
        for (said, stored) in [
            ("", ""),
            ("", hash.as_str()),
            (&code, ""),
            (&code, "zz"),
            (&code, &hash[..62]),
        ] {
            assert!(!keys.check(said.as_bytes(), stored, ""), "{stored}");
        }
        // Not even with the hash that an empty code would have.
        let empty = site::hex(hmac::sign(&keys.of(Kind::Code), &bound("", b"")).as_ref());
        assert!(!keys.check(b"", &empty, ""));
        assert!(!keys.check(b" 123456", &hash, "") && !keys.check(b"12345\xff", &hash, ""));
    }

    #[test]
    fn codes_are_spread_evenly() {
        let mut first = HashMap::new();
        let mut seen = HashMap::new();
        const N: usize = 200_000;
        for _ in 0..N {
            let code = code(4).unwrap();
            *first.entry(code.as_bytes()[0]).or_insert(0usize) += 1;
            *seen.entry(code.to_string()).or_insert(0usize) += 1;
        }
        // 20,000 each, standard deviation 134: six of them.
        assert!(first.len() == 10 && first.values().all(|n| n.abs_diff(N / 10) < 805));
        // Chi-squared over all 10,000 codes: 9,999 degrees of freedom, standard deviation 141.
        let mean = N as f64 / 10_000.0;
        let chi: f64 = (0..10_000)
            .map(|n| seen.get(&format!("{n:04}")).copied().unwrap_or(0) as f64)
            .map(|n| (n - mean) * (n - mean) / mean)
            .sum();
        assert!((chi - 9999.0).abs() < 850.0, "{chi}");
    }

    #[test]
    fn a_token_is_ours_unaltered_and_in_time() {
        let keys = keys(1);
        let now = 1_700_000_000_000;
        let token = keys.token("01HF…|x", now + DAY_MS).unwrap();
        assert_eq!(
            keys.opened(token.as_bytes(), now).as_deref(),
            Some("01HF…|x")
        );
        assert_eq!(keys.opened(token.as_bytes(), now + DAY_MS), None);
        assert_eq!(super::tests::keys(2).opened(token.as_bytes(), now), None);
        for at in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            // The last letter of base64 has bits that mean nothing; a strict decoder refuses others.
            assert_eq!(keys.opened(&altered, now), None, "{at}");
            assert_eq!(keys.opened(&token.as_bytes()[..at], now), None);
        }
        for bad in [&b""[..], b".", b"a.b", b"\xff\xfe.\0", &[b'A'; 5000]] {
            assert_eq!(keys.opened(bad, now), None);
        }
        // A hash or a code's hash is no token's.
        let body = b"\0\0\x7f\xff\xff\xff\xff\xffx";
        let forged = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(body),
            URL_SAFE_NO_PAD.encode(hmac::sign(&keys.of(Kind::Hash), body).as_ref())
        );
        assert_eq!(keys.opened(forged.as_bytes(), now), None);
        assert!(keys.token(&"x".repeat(PAYLOAD_BYTES + 1), now).is_err());
    }

    #[test]
    fn the_key_is_sealed_for_login() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("site-1");
        site::prepare(&dir).unwrap();
        let sealed = vault::seal(&dir, None, &[7; KEY_BYTES], PURPOSE).unwrap();
        let before = Keys::open(&dir, None, &sealed)
            .unwrap()
            .hashes(["a"].into_iter())
            .unwrap();
        vault::rotate(&dir, None).unwrap();
        assert!(Keys::open(&dir, None, &sealed).is_err());
        let sealed = vault::reseal(&dir, None, &sealed, PURPOSE, None).unwrap();
        let after = Keys::open(&dir, None, &sealed)
            .unwrap()
            .hashes(["a"].into_iter())
            .unwrap();
        assert_eq!(before, after);
        let short = vault::seal(&dir, None, &[7; 8], PURPOSE).unwrap();
        assert!(Keys::open(&dir, None, &short).is_err());
        let other = vault::seal(&dir, None, &[7; KEY_BYTES], "suppression").unwrap();
        assert!(Keys::open(&dir, None, &other).is_err());
    }

    #[test]
    fn words_have_no_look_alikes() {
        let words: Vec<_> = (0..1000).map(|_| word().unwrap()).collect();
        assert!(words.iter().all(|w| w.len() == WORD_LEN
            && w.bytes()
                .all(|b| !b"01OILSUAE".contains(&b) && WORD_LETTERS.contains(&b))));
        let mut unique = words.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), words.len());
    }
}
