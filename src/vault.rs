//! The vault: secrets sealed with AES-256-GCM wherever they rest.
//!
//! A sealed value is `nxt1.<key id>.<base64url(nonce ‖ ciphertext ‖ tag)>`. The header and the purpose are bound as associated
//! data, so that a value cannot be moved to another column. The key comes from `NXTCHAT_KEY` (PHP constant, then environment) or
//! from `vault.key` in the site directory.

use crate::error::{Error, Result};
use crate::site;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::Engine;
use ring::aead::{Aad, LessSafeKey, Nonce, UnboundKey, AES_256_GCM, NONCE_LEN};
use ring::digest::{digest, SHA256};
use ring::rand::{SecureRandom, SystemRandom};
use std::path::Path;
use zeroize::{Zeroize, Zeroizing};

/// Format of a sealed value.
const VERSION: &str = "nxt1";
/// Bytes of a key.
const KEY_BYTES: usize = 32;
/// Bytes of the authentication tag.
const TAG_BYTES: usize = 16;
/// Largest plain text, bytes.
const PLAIN_BYTES: usize = 1 << 20;
/// Former keys that are kept.
const OLD_KEYS: usize = 10;
/// The key file of a site.
const KEY_FILE: &str = "vault.key";
/// Former keys of a site, one a line, newest first.
const OLD_FILE: &str = "vault.key.old";

/// Where a key came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeySource {
    /// PHP's constant NXTCHAT_KEY.
    Constant,
    /// The environment variable NXTCHAT_KEY.
    Environment,
    /// vault.key in the site directory.
    File,
}

/// Which key is in use; nothing secret.
#[derive(Debug, serde::Serialize)]
pub struct KeyInfo {
    /// 8 hexadecimal characters of a hash of the key.
    pub key_id: String,
    /// Where it came from.
    pub source: KeySource,
}

/// A key, wiped from memory when dropped.
pub struct Key {
    id: String,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

impl Key {
    /// Reads 64 hexadecimal characters or base64 of 32 bytes.
    pub fn parse(text: &str) -> Result<Key> {
        let text = text.trim();
        let decoded = if text.len() == KEY_BYTES * 2 {
            site::unhex(text.as_bytes())
        } else {
            None
        };
        let decoded = decoded
            .or_else(|| STANDARD.decode(text).ok())
            .or_else(|| URL_SAFE_NO_PAD.decode(text).ok());
        let mut bytes = decoded.ok_or_else(|| {
            Error::Vault("The key is neither 64 hexadecimal characters nor base64.".into())
        })?;
        let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice())
            .map(|b| Key::from_bytes(Zeroizing::new(b)))
            .map_err(|_| {
                Error::Vault(format!(
                    "The key holds {} bytes; it must hold {KEY_BYTES}.",
                    bytes.len()
                ))
            });
        bytes.zeroize();
        key
    }

    /// A new random key.
    pub fn random() -> Result<Key> {
        let mut bytes = Zeroizing::new([0u8; KEY_BYTES]);
        random(&mut *bytes)?;
        Ok(Key::from_bytes(bytes))
    }

    fn from_bytes(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Key {
        let mut named = Zeroizing::new(b"nxtchat key id".to_vec());
        named.extend_from_slice(&*bytes);
        let id = site::hex(&digest(&SHA256, &named).as_ref()[..4]);
        Key { id, bytes }
    }

    /// 8 hexadecimal characters that name the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The raw bytes, for a MAC of another purpose.
    pub fn bytes(&self) -> &[u8] {
        &*self.bytes
    }

    /// As it stands in a key file.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(site::hex(&*self.bytes))
    }

    fn aead(&self) -> Result<LessSafeKey> {
        UnboundKey::new(&AES_256_GCM, &*self.bytes)
            .map(LessSafeKey::new)
            .map_err(|_| Error::Vault("The key cannot be used.".into()))
    }

    /// Seals `plain` for `purpose`.
    pub fn seal(&self, plain: &[u8], purpose: &str) -> Result<String> {
        if plain.len() > PLAIN_BYTES {
            return Err(Error::invalid(format!(
                "A secret can hold {PLAIN_BYTES} bytes at most."
            )));
        }
        let mut nonce = [0u8; NONCE_LEN];
        random(&mut nonce)?;
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + TAG_BYTES);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = self
            .aead()?
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                self.aad(purpose),
                &mut sealed[NONCE_LEN..],
            )
            .map_err(|_| Error::Vault("The value could not be sealed.".into()))?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(format!(
            "{VERSION}.{}.{}",
            self.id,
            URL_SAFE_NO_PAD.encode(sealed)
        ))
    }

    /// Opens what [`Key::seal`] sealed for the same purpose.
    pub fn open(&self, sealed: &str, purpose: &str) -> Result<Zeroizing<Vec<u8>>> {
        let id = key_id(sealed)?;
        if id != self.id {
            return Err(Error::Vault(format!(
                "The value was sealed with another key (id {id}); the key in use has id {}. Restore the former key, or enter the secret again.",
                self.id
            )));
        }
        let data = sealed.rsplit('.').next().unwrap_or_default();
        let mut data = Zeroizing::new(
            URL_SAFE_NO_PAD
                .decode(data)
                .map_err(|_| Error::Vault("The sealed value was altered or cut short.".into()))?,
        );
        if data.len() < NONCE_LEN + TAG_BYTES {
            return Err(Error::Vault("The sealed value was cut short.".into()));
        }
        let mut nonce = [0u8; NONCE_LEN];
        nonce.copy_from_slice(&data[..NONCE_LEN]);
        let length = self
            .aead()?
            .open_in_place(Nonce::assume_unique_for_key(nonce), self.aad(purpose), &mut data[NONCE_LEN..])
            .map_err(|_| Error::Vault("The sealed value was altered or cut short, or it was sealed for another purpose.".into()))?
            .len();
        Ok(Zeroizing::new(data[NONCE_LEN..NONCE_LEN + length].to_vec()))
    }

    fn aad(&self, purpose: &str) -> Aad<Vec<u8>> {
        Aad::from(format!("{VERSION}.{}.{purpose}", self.id).into_bytes())
    }
}

/// The key id that a sealed value names.
fn key_id(sealed: &str) -> Result<&str> {
    let mut parts = sealed.splitn(3, '.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(VERSION), Some(id), Some(_)) if id.len() == 8 => Ok(id),
        _ => Err(Error::Vault(
            "This is not a sealed value (or it was cut short).".into(),
        )),
    }
}

fn random(bytes: &mut [u8]) -> Result<()> {
    SystemRandom::new()
        .fill(bytes)
        .map_err(|_| Error::Vault("The operating system gave no random numbers.".into()))
}

/// Reads a key file of a site; `None` when there is none.
pub fn read_key(path: &Path) -> Result<Option<Key>> {
    let Some(content) = site::read_small(path)?.map(Zeroizing::new) else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&content)
        .map_err(|_| Error::Vault(format!("{} is not a key file.", path.display())))?;
    Key::parse(text)
        .map(Some)
        .map_err(|e| Error::Vault(format!("{}: {e}", path.display())))
}

/// Reads a key file, or makes it with a new key. Of several processes that try at once, all get the same key.
pub fn read_or_make_key(path: &Path) -> Result<Key> {
    loop {
        if let Some(key) = read_key(path)? {
            return Ok(key);
        }
        if let Some(dir) = path.parent() {
            site::check_owner(dir)?;
        }
        let key = Key::random()?;
        if site::create_exclusive(path, key.text().as_bytes())? {
            return Ok(key);
        }
    }
}

/// The key of a site. `constant` is PHP's NXTCHAT_KEY.
fn current(dir: &Path, constant: Option<&str>, make: bool) -> Result<(Key, KeySource)> {
    if let Some(text) = constant.filter(|t| !t.is_empty()) {
        return Ok((
            named("The constant NXTCHAT_KEY", text)?,
            KeySource::Constant,
        ));
    }
    if let Some(text) = std::env::var("NXTCHAT_KEY")
        .ok()
        .filter(|t| !t.is_empty())
        .map(Zeroizing::new)
    {
        return Ok((
            named("The environment variable NXTCHAT_KEY", &text)?,
            KeySource::Environment,
        ));
    }
    let path = dir.join(KEY_FILE);
    let key = if make {
        Some(read_or_make_key(&path)?)
    } else {
        read_key(&path)?
    };
    key.map(|key| (key, KeySource::File)).ok_or_else(|| {
        Error::Vault(format!(
            "There is no key: {} is missing and NXTCHAT_KEY is not set. Restore it, or enter the secrets again.",
            path.display()
        ))
    })
}

fn named(source: &str, text: &str) -> Result<Key> {
    Key::parse(text).map_err(|e| Error::Vault(format!("{source}: {e}")))
}

/// Seals with the site's key; makes the key at the first call.
pub fn seal(dir: &Path, constant: Option<&str>, plain: &[u8], purpose: &str) -> Result<String> {
    current(dir, constant, true)?.0.seal(plain, purpose)
}

/// Opens with the site's key.
pub fn open(
    dir: &Path,
    constant: Option<&str>,
    sealed: &str,
    purpose: &str,
) -> Result<Zeroizing<Vec<u8>>> {
    current(dir, constant, false)?.0.open(sealed, purpose)
}

/// Seals anew, with the key in use, a value sealed with a former key (`old_key`, or one of vault.key.old).
pub fn reseal(
    dir: &Path,
    constant: Option<&str>,
    sealed: &str,
    purpose: &str,
    old_key: Option<&str>,
) -> Result<String> {
    let (key, _) = current(dir, constant, true)?;
    let id = key_id(sealed)?;
    if id == key.id() {
        return key.seal(&key.open(sealed, purpose)?, purpose);
    }
    let former = match old_key {
        Some(text) => named("The former key", text)?,
        None => old_keys(dir)?.into_iter().find(|k| k.id() == id).ok_or_else(|| {
            Error::Vault(format!(
                "The value was sealed with another key (id {id}), which is not in {OLD_FILE}. Pass the former key."
            ))
        })?,
    };
    key.seal(&former.open(sealed, purpose)?, purpose)
}

/// Which key is in use (made when there is none).
pub fn key_info(dir: &Path, constant: Option<&str>) -> Result<KeyInfo> {
    let (key, source) = current(dir, constant, true)?;
    Ok(KeyInfo {
        key_id: key.id().to_owned(),
        source,
    })
}

/// Makes a new vault.key and keeps the former in vault.key.old. Returns the new key's id.
pub fn rotate(dir: &Path, constant: Option<&str>) -> Result<String> {
    site::check_owner(dir)?;
    let (former, source) = current(dir, constant, true)?;
    if source != KeySource::File {
        return Err(Error::Vault(
            "The key comes from NXTCHAT_KEY: change it there, then re-seal with the former key."
                .into(),
        ));
    }
    let mut lines = former.text();
    for key in old_keys(dir)?
        .iter()
        .filter(|k| k.id() != former.id())
        .take(OLD_KEYS - 1)
    {
        lines.push('\n');
        lines.push_str(&key.text());
    }
    site::write_atomic(&dir.join(OLD_FILE), lines.as_bytes())?;
    let key = Key::random()?;
    site::write_atomic(&dir.join(KEY_FILE), key.text().as_bytes())?;
    Ok(key.id().to_owned())
}

fn old_keys(dir: &Path) -> Result<Vec<Key>> {
    let content = Zeroizing::new(site::read_small(&dir.join(OLD_FILE))?.unwrap_or_default());
    let text = std::str::from_utf8(&content)
        .map_err(|_| Error::Vault(format!("{OLD_FILE} is not a key file.")))?;
    text.lines()
        .take(OLD_KEYS)
        .map(|line| named(OLD_FILE, line))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site_dir() -> (tempfile::TempDir, std::path::PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("site-1");
        site::prepare(&dir).unwrap();
        (root, dir)
    }

    #[test]
    fn seals_and_opens_with_a_file_made_at_first_use() {
        let (_root, dir) = site_dir();
        assert!(open(&dir, None, "nxt1.00000000.AAAA", "token")
            .unwrap_err()
            .to_string()
            .contains("no key"));
        let sealed = seal(&dir, None, b"EAAG secret", "token").unwrap();
        assert!(sealed.starts_with("nxt1.") && !sealed.contains("secret"));
        assert_eq!(
            &**open(&dir, None, &sealed, "token").unwrap(),
            b"EAAG secret"
        );
        assert_ne!(
            seal(&dir, None, b"EAAG secret", "token").unwrap(),
            sealed,
            "a nonce of its own each time"
        );
        let mode =
            std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(dir.join(KEY_FILE)).unwrap());
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(
            seal(&dir, None, b"", "p")
                .and_then(|s| open(&dir, None, &s, "p"))
                .unwrap()
                .len(),
            0
        );
    }

    #[test]
    fn every_alteration_truncation_and_other_purpose_is_refused() {
        let key = Key::random().unwrap();
        let sealed = key.seal(b"secret", "token").unwrap();
        assert!(key
            .open(&sealed, "app_secret")
            .unwrap_err()
            .to_string()
            .contains("another purpose"));
        for cut in 0..sealed.len() {
            assert!(
                matches!(key.open(&sealed[..cut], "token"), Err(Error::Vault(_))),
                "cut at {cut}"
            );
        }
        for at in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(bytes).unwrap();
            assert!(
                matches!(key.open(&altered, "token"), Err(Error::Vault(_))),
                "altered at {at}"
            );
        }
    }

    #[test]
    fn another_key_is_named_by_its_id() {
        let (one, two) = (Key::random().unwrap(), Key::random().unwrap());
        let text = two
            .open(&one.seal(b"x", "p").unwrap(), "p")
            .unwrap_err()
            .to_string();
        assert!(
            text.contains(&format!("another key (id {})", one.id())),
            "{text}"
        );
    }

    #[test]
    fn keys_as_text() {
        let hex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
        let base64 = STANDARD.encode(site::unhex(hex.as_bytes()).unwrap());
        assert_eq!(
            Key::parse(hex).unwrap().id(),
            Key::parse(&format!(" {base64}\n")).unwrap().id()
        );
        let short = Key::parse(&hex[..32]).err().unwrap().to_string();
        assert!(
            short.contains("24 bytes") || short.contains("must hold 32"),
            "{short}"
        );
        assert!(Key::parse("ä").is_err() && Key::parse("").is_err());
        assert!(!short.contains(&hex[..32]), "an error never shows the key");
    }

    #[test]
    fn rotation_reseals() {
        let (_root, dir) = site_dir();
        let first = seal(&dir, None, b"one", "p").unwrap();
        let new_id = rotate(&dir, None).unwrap();
        let second = seal(&dir, None, b"two", "p").unwrap();
        rotate(&dir, None).unwrap();
        assert_eq!(key_id(&second).unwrap(), new_id);
        assert!(open(&dir, None, &first, "p")
            .unwrap_err()
            .to_string()
            .contains("another key"));
        for (sealed, plain) in [(first, b"one"), (second, b"two")] {
            let again = reseal(&dir, None, &sealed, "p", None).unwrap();
            assert_eq!(&**open(&dir, None, &again, "p").unwrap(), plain);
        }
        let constant = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
        assert!(rotate(&dir, Some(constant)).is_err());
        let file_key = std::fs::read_to_string(dir.join(KEY_FILE)).unwrap();
        let sealed = seal(&dir, None, b"three", "p").unwrap();
        let moved = reseal(&dir, Some(constant), &sealed, "p", Some(&file_key)).unwrap();
        assert_eq!(
            &**open(&dir, Some(constant), &moved, "p").unwrap(),
            b"three"
        );
    }
}
