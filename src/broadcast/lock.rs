//! Whether a journal's writer lives: a record lock on a file beside it.
//!
//! Not flock: a forked child would hold it on after its parent's death. A record lock is the process's own; the price is that it
//! goes when the process closes *any* handle of the file, so the files this process has locked are never opened again.

use crate::error::{io, Result};
use crate::site;
use std::collections::HashSet;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The lock files of this process, with its pid: a forked child holds none of them.
static OWN: Mutex<Option<(u32, HashSet<PathBuf>)>> = Mutex::new(None);

fn with_own<T>(work: impl FnOnce(&mut HashSet<PathBuf>) -> T) -> T {
    let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    let pid = std::process::id();
    match &mut *own {
        Some((owner, paths)) if *owner == pid => work(paths),
        other => work(&mut other.insert((pid, HashSet::new())).1),
    }
}

/// A lock that is held until it is dropped or the process dies.
pub struct Lock {
    path: PathBuf,
    file: Option<File>,
}

impl Lock {
    /// Takes it, without waiting; `None` when somebody has it, this process included. Makes the file when it is missing.
    pub fn take(path: &Path) -> Result<Option<Lock>> {
        if !with_own(|own| own.insert(path.to_owned())) {
            return Ok(None);
        }
        // From here on dropping it takes the name out again.
        let mut lock = Lock {
            path: path.to_owned(),
            file: None,
        };
        let file = site::open_kept(path)?;
        if !set(&file) {
            return Ok(None);
        }
        // Whoever held it before us may have removed it meanwhile.
        let inode = |meta: std::fs::Metadata| meta.ino();
        let same = std::fs::metadata(path).map(inode).ok() == file.metadata().map(inode).ok();
        lock.file = Some(file);
        Ok(same.then_some(lock))
    }

    /// Removes the file, then lets go.
    pub fn remove(self) -> Result<()> {
        std::fs::remove_file(&self.path).map_err(io("cannot remove", &self.path))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closed before the name is free again.
        self.file = None;
        with_own(|own| own.remove(&self.path));
    }
}

fn set(file: &File) -> bool {
    // SAFETY: flock is plain data, for which zeros are valid; the descriptor lives as long as `file`.
    unsafe {
        let mut whole: libc::flock = std::mem::zeroed();
        whole.l_type = libc::F_WRLCK as _;
        whole.l_whence = libc::SEEK_SET as _;
        libc::fcntl(file.as_raw_fd(), libc::F_SETLK, &whole) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_held_once_and_again_when_free() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.lock");
        let lock = Lock::take(&path).unwrap().unwrap();
        assert!(Lock::take(&path).unwrap().is_none());
        assert!(
            Lock::take(&path).unwrap().is_none(),
            "asking does not free it"
        );
        drop(lock);
        let lock = Lock::take(&path).unwrap().unwrap();
        lock.remove().unwrap();
        assert!(!path.exists());
        assert!(Lock::take(&path).unwrap().is_some());
    }
}
