//! What the front doors need before WordPress exists, sealed in the site directory.

use crate::error::{Error, Result};
use crate::spool::{Durability, Settings};
use crate::{site, vault};
use ring::hmac;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a webhook body: Meta sends 3 MB at most.
const MAX_BODY: usize = 3 << 20;
/// Default size limit of a spool, bytes.
const MAX_SPOOL: u64 = 1 << 30;
/// App secrets and verify tokens of one site at most.
const MAX_SECRETS: usize = 1_000;
/// The vault purpose of the sealed file.
const PURPOSE: &str = "front";

/// What is said of a configuration of another shape.
const SHAPE: &str = "The front configuration is not usable: app_secrets and verify_hashes are lists of strings, wp_load and home strings, blog_id a number, durability 'full' or 'normal', max_bytes and max_body numbers; nothing else.";

/// What `front_configure` takes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    app_secrets: Vec<String>,
    verify_hashes: Vec<String>,
    wp_load: String,
    blog_id: i64,
    home: String,
    durability: Durability,
    #[serde(default)]
    max_bytes: Option<u64>,
    #[serde(default)]
    max_body: Option<usize>,
}

impl Drop for Config {
    fn drop(&mut self) {
        self.app_secrets.zeroize();
    }
}

/// What is not secret of it.
#[derive(Debug, Serialize)]
pub struct Info {
    /// Path of wp-load.php.
    pub wp_load: String,
    /// The site of a network; 1 otherwise.
    pub blog_id: i64,
    /// The home URL that configured it.
    pub home: String,
}

/// The opened file, ready for use.
pub struct Front {
    config: Config,
    keys: Vec<hmac::Key>,
    live_key: hmac::Key,
}

impl Front {
    /// One key per distinct app secret.
    pub fn keys(&self) -> &[hmac::Key] {
        &self.keys
    }

    /// The key that signs the live tokens.
    pub fn live_key(&self) -> &hmac::Key {
        &self.live_key
    }

    /// Whether some account has this verify token (lower-case hex of its SHA-256). Compares hashes: no timing to learn from.
    pub fn knows_verify_hash(&self, hash: &str) -> bool {
        self.config
            .verify_hashes
            .iter()
            .any(|known| known.eq_ignore_ascii_case(hash))
    }

    /// Largest accepted body, bytes.
    pub fn max_body(&self) -> usize {
        self.config.max_body.unwrap_or(MAX_BODY)
    }

    /// How the spool is written.
    pub fn spool_settings(&self) -> Settings {
        Settings {
            durability: self.config.durability,
            max_bytes: self.config.max_bytes.unwrap_or(MAX_SPOOL),
        }
    }

    /// What is not secret.
    pub fn info(&self) -> Info {
        Info {
            wp_load: self.config.wp_load.clone(),
            blog_id: self.config.blog_id,
            home: self.config.home.clone(),
        }
    }
}

/// Which version of the file was read: modification time, size, inode.
type Stamp = (i64, i64, u64, u64);

/// Each site's file, as it was last read.
type Opened = HashMap<PathBuf, (Stamp, Arc<Front>)>;

/// Opened files of this process: one stat a request tells whether they are current.
static OPENED: Mutex<Option<Opened>> = Mutex::new(None);

/// Seals the configuration for the front doors.
pub fn configure(dir: &Path, config: &serde_json::Value) -> Result<()> {
    // Without serde's own words: they repeat the value, which may be a secret.
    let config = Config::deserialize(config).map_err(|_| Error::invalid(SHAPE))?;
    if config.app_secrets.len() > MAX_SECRETS || config.verify_hashes.len() > MAX_SECRETS {
        return Err(Error::invalid(format!(
            "A site can have {MAX_SECRETS} accounts at most."
        )));
    }
    if config.app_secrets.iter().any(String::is_empty) {
        return Err(Error::invalid("An app secret is empty."));
    }
    if !config
        .verify_hashes
        .iter()
        .all(|h| h.len() == 64 && h.bytes().all(|b| b.is_ascii_hexdigit()))
    {
        return Err(Error::invalid(
            "A verify hash is not the hexadecimal SHA-256 of a token.",
        ));
    }
    if config.max_body.is_some_and(|n| n == 0 || n > MAX_BODY) {
        return Err(Error::invalid(format!(
            "max_body must be between 1 and {MAX_BODY} bytes."
        )));
    }
    site::prepare(dir)?;
    let key = vault::read_or_make_key(&dir.join("front.key"))?;
    let plain =
        Zeroizing::new(serde_json::to_vec(&config).map_err(|e| Error::invalid(e.to_string()))?);
    let sealed = key.seal(&plain, PURPOSE)?;
    site::write_atomic(&dir.join("front.sealed"), sealed.as_bytes())
}

/// The configuration in force.
pub fn load(dir: &Path) -> Result<Arc<Front>> {
    let path = dir.join("front.sealed");
    let meta = std::fs::metadata(&path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            Error::Spool("The front door is not set up yet: save an account in wp-admin.".into())
        }
        _ => Error::Spool(format!("cannot read {}: {e}", path.display())),
    })?;
    let stamp = (meta.mtime(), meta.mtime_nsec(), meta.size(), meta.ino());
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    let opened = opened.get_or_insert_with(HashMap::new);
    if let Some((known, front)) = opened.get(dir) {
        if *known == stamp {
            return Ok(front.clone());
        }
    }
    let front = Arc::new(read(dir, &path)?);
    opened.insert(dir.to_owned(), (stamp, front.clone()));
    Ok(front)
}

/// The spool's size limit, also before anything is configured, bytes.
pub fn max_bytes(dir: &Path) -> u64 {
    load(dir).map_or(MAX_SPOOL, |front| front.spool_settings().max_bytes)
}

/// How the site's spool is written; `None` before anything is configured.
pub fn spool_settings(dir: &Path) -> Option<Settings> {
    load(dir).ok().map(|front| front.spool_settings())
}

fn read(dir: &Path, path: &Path) -> Result<Front> {
    let missing = |what: &str| {
        Error::Vault(format!(
            "{what} is missing in {}: save an account in wp-admin again.",
            dir.display()
        ))
    };
    let key = vault::read_key(&dir.join("front.key"))?.ok_or_else(|| missing("front.key"))?;
    let sealed = site::read_small(path)?.ok_or_else(|| missing("front.sealed"))?;
    let plain = key.open(&String::from_utf8_lossy(&sealed), PURPOSE)?;
    let config: Config = serde_json::from_slice(&plain).map_err(|_| {
        Error::Vault("front.sealed is of another version: save an account again.".into())
    })?;
    let mut secrets: Vec<&String> = config.app_secrets.iter().collect();
    secrets.sort();
    secrets.dedup();
    let keys = secrets
        .iter()
        .map(|s| hmac::Key::new(hmac::HMAC_SHA256, s.as_bytes()))
        .collect();
    // A key of its own, derived, so that no MAC is made with the key that seals.
    let derived = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, key.bytes()),
        b"live token",
    );
    Ok(Front {
        keys,
        live_key: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()),
        config,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_new_configuration_is_seen_at_once_and_stays_sealed() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("site-1");
        site::prepare(&dir).unwrap();
        assert!(matches!(load(&dir), Err(Error::Spool(_))));
        let config = |secret: &str| json!({"app_secrets": [secret, secret], "verify_hashes": [], "wp_load": "/w", "blog_id": 2, "home": "h", "durability": "full"});
        for secret in ["first secret", "second secret"] {
            configure(&dir, &config(secret)).unwrap();
            let front = load(&dir).unwrap();
            assert_eq!(
                (front.keys().len(), front.info().blog_id, front.max_body()),
                (1, 2, MAX_BODY)
            );
            assert_eq!(front.config.app_secrets[0], secret);
            let raw = std::fs::read_to_string(dir.join("front.sealed")).unwrap();
            assert!(!raw.contains("secret") && !raw.contains("/w"));
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("site-1");
        let good = json!({"app_secrets": [], "verify_hashes": [], "wp_load": "", "blog_id": 1, "home": "", "durability": "full"});
        for (key, value) in [
            ("app_secrets", json!([""])),
            ("app_secrets", json!("x")),
            ("verify_hashes", json!(["short"])),
            ("durability", json!("sometimes")),
            ("max_body", json!(0)),
            ("more", json!(1)),
        ] {
            let mut bad = good.clone();
            bad[key] = value;
            assert!(
                matches!(configure(&dir, &bad), Err(Error::InvalidInput(_))),
                "{key}"
            );
        }
    }
}
