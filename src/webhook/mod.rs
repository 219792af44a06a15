//! Meta's events at the front door: handshake, signature, into the spool. Nothing here parses the body.

pub mod front;

use crate::error::{Error, Result};
use crate::{log, site, spool, ulid};
use front::Front;
use nxtchat_core::webhook::Event;
use ring::digest::{digest, SHA256};
use ring::hmac;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Characters of Meta's challenge that are echoed at most.
const CHALLENGE_CHARS: usize = 256;
/// Between two lines in the log about refused webhooks, milliseconds.
const REFUSALS_MS: i64 = 60_000;
/// What Meta's signature header starts with.
const SIGNATURE_PREFIX: &[u8] = b"sha256=";

/// The verify handshake: the challenge to echo, or `None` to refuse.
/// `mode`, `token` and `challenge` are `hub.mode`, `hub.verify_token` and `hub.challenge`.
pub fn challenge<'a>(
    site: &Path,
    mode: &str,
    token: &str,
    challenge: &'a str,
) -> Result<Option<&'a str>> {
    let harmless = !challenge.is_empty()
        && challenge.len() <= CHALLENGE_CHARS
        && challenge
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_' || b == b'.');
    if mode != "subscribe" || token.is_empty() || !harmless {
        return Ok(None);
    }
    let front = front::load(site)?;
    let known = front.knows_verify_hash(&site::hex(digest(&SHA256, token.as_bytes()).as_ref()));
    if !known {
        note_refusal(
            site,
            &Error::SignatureMismatch("The handshake's verify token is none of the accounts'."),
        );
    }
    Ok(known.then_some(challenge))
}

/// Checks the signature on the raw bytes, stores the body durably, and tells whether nobody drains at the moment.
pub fn accept(site: &Path, body: &[u8], signature: &[u8]) -> Result<bool> {
    let front = front::load(site)?;
    match check(&front, body, signature) {
        Ok(()) => spool::append(site, front.spool_settings(), body),
        Err(error) => {
            note_refusal(site, &error);
            Err(error)
        }
    }
}

fn check(front: &Front, body: &[u8], signature: &[u8]) -> Result<()> {
    if body.is_empty() {
        return Err(Error::invalid("The webhook has no body."));
    }
    if body.len() > front.max_body() {
        return Err(Error::invalid(format!(
            "The webhook holds {} bytes; {} are accepted.",
            body.len(),
            front.max_body()
        )));
    }
    verify(front, body, signature)
}

/// Refused webhooks since the last line in the log, and when that was, ms.
static REFUSED: Mutex<(u64, i64)> = Mutex::new((0, 0));

/// A line in the log at most once a minute and process, so that a flood costs nothing.
fn note_refusal(site: &Path, error: &Error) {
    let mut refused = REFUSED.lock().unwrap_or_else(PoisonError::into_inner);
    let now = ulid::now_ms();
    refused.0 += 1;
    if now - refused.1 < REFUSALS_MS {
        return;
    }
    // The refusal stands, whether or not it can be logged.
    let _ = log::write(
        site,
        "warning",
        &format!(
            "webhook refused ({} since the last such line): {error}",
            refused.0
        ),
    );
    *refused = (0, now);
}

/// Typed events of a body.
pub fn events(body: &[u8]) -> Result<Vec<Event>> {
    nxtchat_core::webhook::parse(body).map_err(|e| Error::invalid(e.to_string()))
}

/// Compares with every app secret, each in constant time.
fn verify(front: &Front, body: &[u8], signature: &[u8]) -> Result<()> {
    let told = signature
        .strip_prefix(SIGNATURE_PREFIX)
        .filter(|hex| hex.len() == 64)
        .and_then(site::unhex)
        .ok_or(Error::SignatureMismatch(
            "The webhook carries no usable X-Hub-Signature-256.",
        ))?;
    let signed = front
        .keys()
        .iter()
        .any(|key| hmac::verify(key, body, &told).is_ok());
    signed.then_some(()).ok_or(Error::SignatureMismatch(
        "The webhook's signature fits none of the app secrets.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn signs_like_everybody() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"Jefe");
        let tag = hmac::sign(&key, b"what do ya want for nothing?");
        assert_eq!(
            site::hex(tag.as_ref()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    fn prepared() -> (tempfile::TempDir, std::path::PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("site-1");
        site::prepare(&dir).unwrap();
        let hash = site::hex(digest(&SHA256, b"verify me").as_ref());
        let config = serde_json::json!({
            "app_secrets": ["one", "two"], "verify_hashes": [hash], "wp_load": "/srv/wp-load.php",
            "blog_id": 1, "home": "https://shop.example", "durability": "normal", "max_body": 100,
        });
        front::configure(&dir, &config).unwrap();
        (root, dir)
    }

    fn signed(secret: &str, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        format!("sha256={}", site::hex(hmac::sign(&key, body).as_ref()))
    }

    #[test]
    fn accepts_each_secret_and_refuses_everything_else() {
        let (_root, dir) = prepared();
        assert!(accept(&dir, b"{}", signed("one", b"{}").as_bytes()).unwrap());
        assert!(accept(
            &dir,
            b"{}",
            signed("two", b"{}")
                .to_uppercase()
                .replace("SHA256", "sha256")
                .as_bytes()
        )
        .unwrap());
        for bad in [
            signed("three", b"{}"),
            signed("one", b"{} "),
            String::new(),
            "sha256=".into(),
            "sha1=00".into(),
            format!("sha256={}", "0".repeat(64)),
        ] {
            assert!(
                matches!(
                    accept(&dir, b"{}", bad.as_bytes()),
                    Err(Error::SignatureMismatch(_))
                ),
                "{bad}"
            );
        }
        assert!(matches!(
            accept(&dir, b"", b""),
            Err(Error::InvalidInput(_))
        ));
        assert!(matches!(
            accept(&dir, &[b'x'; 101], b""),
            Err(Error::InvalidInput(_))
        ));
        assert_eq!(spool::stats(&dir, 1 << 30).unwrap().pending, 2);
    }

    #[test]
    fn handshake() {
        let (_root, dir) = prepared();
        assert_eq!(
            challenge(&dir, "subscribe", "verify me", "1158201444").unwrap(),
            Some("1158201444")
        );
        assert_eq!(
            challenge(&dir, "subscribe", "verify you", "1").unwrap(),
            None
        );
        assert_eq!(
            challenge(&dir, "unsubscribe", "verify me", "1").unwrap(),
            None
        );
        assert_eq!(challenge(&dir, "subscribe", "", "1").unwrap(), None);
        assert_eq!(
            challenge(&dir, "subscribe", "verify me", "<script>").unwrap(),
            None
        );
    }
}
