//! The change counter that screens ask each second, and the tokens that let them.

use crate::error::{io, Error, Result};
use crate::webhook::front;
use crate::{site, ulid};
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::Engine;
use ring::hmac;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Longest life of a token, seconds.
const MAX_TTL: i64 = 86_400;
/// The counter's file: eight bytes, little endian.
const FILE: &str = "live";

/// Counts up by one. Returns the new value.
pub fn bump(site: &Path) -> Result<i64> {
    change(site, |value| value + 1)
}

/// Raises the counter to at least `value`. Returns what it is then.
pub fn raise(site: &Path, value: i64) -> Result<i64> {
    change(site, |old| old.max(value))
}

/// The counter; 0 before the first change.
pub fn value(site: &Path) -> Result<i64> {
    let path = site.join(FILE);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(e) => return Err(io("cannot read", &path)(e)),
    };
    file.lock_shared().map_err(io("cannot lock", &path))?;
    Ok(read(&file))
}

fn change(site: &Path, step: impl FnOnce(i64) -> i64) -> Result<i64> {
    let path = site.join(FILE);
    if !path.exists() {
        site::check_owner(site)?;
    }
    let file = site::open_kept(&path)?;
    // Freed when the file closes at the end of this function.
    file.lock().map_err(io("cannot lock", &path))?;
    let new = step(read(&file)).max(0);
    file.write_all_at(&new.to_le_bytes(), 0)
        .map_err(io("cannot write", &path))?;
    Ok(new)
}

/// An empty or short file counts as 0.
fn read(file: &File) -> i64 {
    let mut bytes = [0u8; 8];
    file.read_exact_at(&mut bytes, 0)
        .map_or(0, |()| i64::from_le_bytes(bytes).max(0))
}

/// A token for `ttl` seconds: `<expiry, seconds since 1970>.<MAC>`.
pub fn token(site: &Path, ttl: i64) -> Result<String> {
    if !(1..=MAX_TTL).contains(&ttl) {
        return Err(Error::invalid(format!(
            "A live token lasts between 1 and {MAX_TTL} seconds."
        )));
    }
    let expires = (ulid::now_ms() / 1000 + ttl).to_string();
    let mac = hmac::sign(front::load(site)?.live_key(), expires.as_bytes());
    Ok(format!("{expires}.{}", URL_SAFE_NO_PAD.encode(mac)))
}

/// The counter for the bearer of a token; `None` when it is wrong or has expired.
pub fn read_with(site: &Path, token: &str) -> Result<Option<i64>> {
    let Some((expires, mac)) = token.split_once('.') else {
        return Ok(None);
    };
    let Ok(mac) = URL_SAFE_NO_PAD.decode(mac) else {
        return Ok(None);
    };
    if hmac::verify(front::load(site)?.live_key(), expires.as_bytes(), &mac).is_err() {
        return Ok(None);
    }
    match expires.parse::<i64>() {
        Ok(seconds) if seconds > ulid::now_ms() / 1000 => value(site).map(Some),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_from_many_threads() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("site-1");
        site::prepare(&dir).unwrap();
        assert_eq!(value(&dir).unwrap(), 0);
        std::thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| (0..100).for_each(|_| assert!(bump(&dir).unwrap() > 0)));
            }
        });
        assert_eq!(value(&dir).unwrap(), 400);
        assert_eq!(raise(&dir, 5).unwrap(), 400);
        assert_eq!(raise(&dir, 500).unwrap(), 500);
    }

    #[test]
    fn tokens_expire_and_cannot_be_made_up() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("site-1");
        let config = serde_json::json!({"app_secrets": [], "verify_hashes": [], "wp_load": "", "blog_id": 1, "home": "", "durability": "full"});
        front::configure(&dir, &config).unwrap();
        bump(&dir).unwrap();
        let good = token(&dir, 1).unwrap();
        assert_eq!(read_with(&dir, &good).unwrap(), Some(1));
        let later = format!("9{}", &good);
        for bad in ["", ".", "1.2", later.as_str(), &good[..good.len() - 1]] {
            assert_eq!(read_with(&dir, bad).unwrap(), None, "{bad}");
        }
        std::thread::sleep(std::time::Duration::from_millis(1_100));
        assert_eq!(read_with(&dir, &good).unwrap(), None);
        assert!(token(&dir, 0).is_err() && token(&dir, MAX_TTL + 1).is_err());
    }
}
