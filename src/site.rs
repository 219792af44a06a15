//! The site directory: its name, its making, its owner, and careful files in it.

use crate::error::{io, Error, Result};
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Owner only.
const DIR_MODE: u32 = 0o700;
/// Owner only.
const FILE_MODE: u32 = 0o600;
/// Largest small file that is read whole (keys, sealed front, live counter), bytes.
const SMALL_FILE_BYTES: u64 = 4 << 20;
/// Resolved paths that are remembered.
const RESOLVED_PATHS: usize = 256;
/// What keeps web servers from handing out the directory, should it stand below the web root.
const DENY_FILES: [(&str, &str); 2] = [
    (".htaccess", "Require all denied\n<IfModule !mod_authz_core.c>\nDeny from all\n</IfModule>\n"),
    (
        "web.config",
        "<?xml version=\"1.0\"?>\n<configuration><system.webServer><authorization><deny users=\"*\" /></authorization></system.webServer></configuration>\n",
    ),
];

/// Names the directory of one site. `data_dir` is the ini setting `nxtchat.data_dir`, '' when unset.
pub fn dir(data_dir: &str, wp_content: &str, blog_id: i64) -> Result<PathBuf> {
    if blog_id < 1 {
        return Err(Error::invalid("The blog id starts at 1."));
    }
    let content = real_path(wp_content)?;
    if data_dir.is_empty() {
        let base = content.join("nxtchat-data");
        let word = secret_word(&base)?;
        return Ok(base.join(format!("{word}-{blog_id}")));
    }
    let base = Path::new(data_dir);
    if !base.is_absolute() {
        return Err(Error::invalid("nxtchat.data_dir must be an absolute path."));
    }
    let hash = ring::digest::digest(
        &ring::digest::SHA256,
        content.as_os_str().as_encoded_bytes(),
    );
    Ok(base.join(format!("{}-{blog_id}", &hex(hash.as_ref())[..12])))
}

/// A resolved path: device and inode that it led to, and where that is.
type Resolved = (u64, u64, PathBuf);

/// Resolved paths of this process, each with the directory (device, inode) that it led to.
static RESOLVED: Mutex<Option<HashMap<String, Resolved>>> = Mutex::new(None);

/// The real path of a directory. One stat tells whether what was resolved before still holds (a deployment may switch a link).
fn real_path(dir: &str) -> Result<PathBuf> {
    let unreadable = |e| {
        Error::invalid(format!(
            "The wp-content directory {dir} cannot be read: {e}"
        ))
    };
    let meta = fs::metadata(dir).map_err(unreadable)?;
    let mut resolved = RESOLVED.lock().unwrap_or_else(PoisonError::into_inner);
    let resolved = resolved.get_or_insert_with(HashMap::new);
    if let Some((device, inode, real)) = resolved.get(dir) {
        if (*device, *inode) == (meta.dev(), meta.ino()) {
            return Ok(real.clone());
        }
    }
    let real = fs::canonicalize(dir).map_err(unreadable)?;
    if resolved.len() >= RESOLVED_PATHS {
        resolved.clear();
    }
    resolved.insert(dir.to_owned(), (meta.dev(), meta.ino(), real.clone()));
    Ok(real)
}

/// Random bytes in the name of the default directory.
const WORD_BYTES: usize = 16;

/// A directory's word, with the inode and change time of the file that holds it.
type Word = (u64, i64, String);

/// Words of this process, by base directory.
static WORDS: Mutex<Option<HashMap<PathBuf, Word>>> = Mutex::new(None);

/// The unguessable part of a directory that may stand below the web root: most servers do not read `.htaccess`, so what keeps
/// strangers out there is that they cannot name it. It stands in `index.php`, which a web server runs instead of handing out;
/// made when it is missing.
fn secret_word(base: &Path) -> Result<String> {
    let path = base.join("index.php");
    let stamp = |meta: fs::Metadata| (meta.ino(), meta.mtime_nsec());
    let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    let words = words.get_or_insert_with(HashMap::new);
    if let (Some((inode, changed, word)), Ok(meta)) = (words.get(base), fs::metadata(&path)) {
        if (*inode, *changed) == stamp(meta) {
            return Ok(word.clone());
        }
    }
    let word = match read_word(&path)? {
        Some(word) => word,
        None => {
            refuse_root_on_foreign_ground(&path)?;
            make_dir(base)?;
            deny(base)?;
            let mut random = [0; WORD_BYTES];
            SystemRandom::new()
                .fill(&mut random)
                .map_err(|_| Error::Spool("The system gives no random bytes.".into()))?;
            create_exclusive(&path, format!("<?php // {}\n", hex(&random)).as_bytes())?;
            read_word(&path)?.ok_or_else(|| {
                Error::invalid(format!(
                    "{} holds no directory name of ours: remove it, and the plugin makes it anew.",
                    path.display()
                ))
            })?
        }
    };
    let meta = fs::metadata(&path).map_err(io("cannot read", &path))?;
    if words.len() >= RESOLVED_PATHS {
        words.clear();
    }
    let (inode, changed) = stamp(meta);
    words.insert(base.to_owned(), (inode, changed, word.clone()));
    Ok(word)
}

/// The word in an index.php of ours.
fn read_word(path: &Path) -> Result<Option<String>> {
    let content = read_small(path)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&content);
    let word = text.strip_prefix("<?php // ").map(str::trim_end);
    Ok(word
        .filter(|w| w.len() == 2 * WORD_BYTES && w.bytes().all(|b| b.is_ascii_hexdigit()))
        .map(str::to_owned))
}

/// Makes the directory (0700, with deny files), its spool, and refuses when it belongs to somebody else.
pub fn prepare(site: &Path) -> Result<()> {
    if !site.is_absolute() {
        return Err(Error::invalid(
            "The site directory must be an absolute path (see site_dir()).",
        ));
    }
    if !site.exists() {
        refuse_root_on_foreign_ground(site)?;
    }
    if let Some(parent) = site.parent() {
        if !parent.exists() {
            make_dir(parent)?;
            deny(parent)?;
        }
    }
    if !site.exists() {
        make_dir(site)?;
    }
    check_owner(site)?;
    deny(site)?;
    let spool = site.join("spool");
    if !spool.exists() {
        make_dir(&spool)?;
        sync_dir(site)?;
    }
    Ok(())
}

/// Refuses when this process runs as another user than the directory's owner.
pub fn check_owner(site: &Path) -> Result<()> {
    let meta = fs::metadata(site).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Error::invalid(format!(
            "The site directory {} does not exist yet: save an account in wp-admin first.",
            site.display()
        )),
        _ => io("cannot read", site)(e),
    })?;
    if meta.uid() == euid() {
        return Ok(());
    }
    Err(wrong_user(site, meta.uid()))
}

/// Root would create a directory that the web server's user cannot write afterwards.
fn refuse_root_on_foreign_ground(site: &Path) -> Result<()> {
    let ground = site.ancestors().skip(1).find_map(|p| fs::metadata(p).ok());
    match ground {
        Some(meta) if euid() == 0 && meta.uid() != 0 => Err(wrong_user(site, meta.uid())),
        _ => Ok(()),
    }
}

fn wrong_user(site: &Path, owner: u32) -> Error {
    let name = user_name(owner);
    Error::invalid(format!(
        "{} belongs to the user {name}, this command runs as {}. Start it as: sudo -u {name} wp …",
        site.display(),
        user_name(euid()),
    ))
}

/// For a path that this process may not reach: an error that names the user who may, when that is another one.
pub fn denied(path: &Path) -> Option<Error> {
    let nearest = path
        .ancestors()
        .find_map(|p| fs::metadata(p).ok().map(|meta| (p, meta.uid())));
    nearest
        .filter(|(_, owner)| *owner != euid())
        .map(|(p, owner)| wrong_user(p, owner))
}

/// Effective user id of this process.
fn euid() -> u32 {
    // SAFETY: geteuid has no arguments and cannot fail.
    unsafe { libc::geteuid() }
}

/// Login name of `uid`, or `#uid` as sudo understands it.
fn user_name(uid: u32) -> String {
    fs::read_to_string("/etc/passwd")
        .ok()
        .and_then(|text| {
            text.lines().find_map(|line| {
                let mut fields = line.split(':');
                let name = fields.next()?;
                (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
            })
        })
        .unwrap_or_else(|| format!("#{uid}"))
}

fn make_dir(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(DIR_MODE)
        .create(path)
        .map_err(io("cannot create", path))
}

fn deny(dir: &Path) -> Result<()> {
    for (name, text) in DENY_FILES {
        let path = dir.join(name);
        if !path.exists() {
            write_atomic(&path, text.as_bytes())?;
        }
    }
    Ok(())
}

/// Replaces a file so that a reader, and a power cut, sees the old or the new content, never half of it.
pub fn write_atomic(path: &Path, content: &[u8]) -> Result<()> {
    let draft = write_draft(path, content)?;
    fs::rename(&draft, path).map_err(io("cannot write", path))?;
    path.parent().map_or(Ok(()), sync_dir)
}

/// Creates a file that must not exist yet, whole or not at all. False: somebody else was first.
pub fn create_exclusive(path: &Path, content: &[u8]) -> Result<bool> {
    let draft = write_draft(path, content)?;
    let linked = fs::hard_link(&draft, path);
    // The draft has served; what matters is the link.
    let _ = fs::remove_file(&draft);
    match linked {
        Ok(()) => path.parent().map_or(Ok(()), sync_dir).map(|()| true),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(io("cannot create", path)(e)),
    }
}

fn write_draft(path: &Path, content: &[u8]) -> Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.{}", crate::ulid::one()?));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(&draft)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()));
    if let Err(e) = written {
        let _ = fs::remove_file(&draft);
        return Err(io("cannot write", path)(e));
    }
    Ok(draft)
}

/// Opens (0600, made when missing) a file that is only there to be locked or kept.
pub fn open_kept(path: &Path) -> Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(FILE_MODE)
        .open(path)
        .map_err(io("cannot open", path))
}

/// Reads a small file; `None` when there is none.
pub fn read_small(path: &Path) -> Result<Option<Vec<u8>>> {
    use std::io::Read;
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(io("cannot read", path)(e)),
    };
    let mut content = Vec::new();
    file.take(SMALL_FILE_BYTES)
        .read_to_end(&mut content)
        .map_err(io("cannot read", path))?;
    Ok(Some(content))
}

/// Makes a new or renamed entry of a directory survive a power cut.
pub fn sync_dir(dir: &Path) -> Result<()> {
    File::open(dir)
        .and_then(|d| d.sync_all())
        .map_err(io("cannot flush", dir))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Bytes of a hexadecimal text; `None` when it is not one.
pub fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |b: u8| (b as char).to_digit(16);
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.chunks_exact(2)
        .map(|pair| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_directory() {
        let root = tempfile::tempdir().unwrap();
        let content = root.path().join("wp-content");
        fs::create_dir(&content).unwrap();
        let inside = dir("", content.to_str().unwrap(), 3).unwrap();
        let name = inside.file_name().unwrap().to_str().unwrap();
        assert!(inside.starts_with(content.join("nxtchat-data")) && name.len() == 34);
        let second = dir("", content.to_str().unwrap(), 4).unwrap();
        assert_eq!(
            name.strip_suffix("-3"),
            second
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .strip_suffix("-4"),
            "the word stays"
        );
        let other = root.path().join("other");
        fs::create_dir(&other).unwrap();
        assert_ne!(
            dir("", other.to_str().unwrap(), 3).unwrap().file_name(),
            inside.file_name(),
            "each site has its own"
        );
        let outside = dir("/var/lib/nxtchat", content.to_str().unwrap(), 3).unwrap();
        let name = outside.file_name().unwrap().to_str().unwrap();
        assert!(name.len() == 14 && name.ends_with("-3"), "{name}");
        assert!(dir("relative", content.to_str().unwrap(), 1).is_err());
        assert!(dir("", "/nowhere/at/all", 1).is_err());
        assert!(dir("", content.to_str().unwrap(), 0).is_err());
    }

    #[test]
    fn prepares_private_directories_twice() {
        let root = tempfile::tempdir().unwrap();
        let site = root.path().join("nxtchat-data/site-1");
        prepare(&site).unwrap();
        prepare(&site).unwrap();
        for part in ["", "spool", ".."] {
            assert_eq!(
                fs::metadata(site.join(part)).unwrap().mode() & 0o777,
                if part == ".." { 0o700 } else { DIR_MODE }
            );
        }
        for (name, _) in DENY_FILES {
            assert!(site.join(name).exists() && site.join("..").join(name).exists());
        }
        assert!(prepare(Path::new("relative")).is_err());
    }

    #[test]
    fn refuses_a_foreign_owner_with_the_command() {
        if euid() != 0 {
            println!("not run: changing an owner needs root");
            return;
        }
        let root = tempfile::tempdir().unwrap();
        let site = root.path().join("site-1");
        prepare(&site).unwrap();
        std::os::unix::fs::chown(&site, Some(33), None).unwrap();
        let text = check_owner(&site).unwrap_err().to_string();
        assert!(
            text.contains("sudo -u www-data") || text.contains("sudo -u #33"),
            "{text}"
        );
        let other = root.path().join("ground");
        fs::create_dir(&other).unwrap();
        std::os::unix::fs::chown(&other, Some(33), None).unwrap();
        assert!(matches!(
            prepare(&other.join("site-1")),
            Err(Error::InvalidInput(_))
        ));
    }

    #[test]
    fn exclusive_creation_has_one_winner() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("key");
        assert!(create_exclusive(&path, b"one").unwrap());
        assert!(!create_exclusive(&path, b"two").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn hexadecimal_both_ways() {
        assert_eq!(hex(&[0, 255, 16]), "00ff10");
        assert_eq!(unhex(b"00FF10"), Some(vec![0, 255, 16]));
        assert_eq!(unhex(b"0"), None);
        assert_eq!(unhex(b"0g"), None);
    }
}
