//! The file that this code was loaded from, and whether it is still the one that a new process would get.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What tells one file from another that has its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

static LOADED: OnceLock<Option<(PathBuf, Mark)>> = OnceLock::new();

/// Looks at the file. Called when PHP loads the extension.
pub fn remember() {
    LOADED.get_or_init(|| {
        let file = own_file()?;
        let mark = mark(&file)?;
        Some((file, mark))
    });
}

/// Is another file in its place by now? Not while none is there: nobody could begin anew with it.
pub fn is_replaced() -> bool {
    match LOADED.get() {
        Some(Some((file, loaded))) => mark(file).is_some_and(|now| now != *loaded),
        _ => false,
    }
}

fn mark(file: &Path) -> Option<Mark> {
    let meta = fs::metadata(file).ok()?;
    Some(Mark {
        device: meta.dev(),
        inode: meta.ino(),
        size: meta.len(),
        modified: (meta.mtime(), meta.mtime_nsec()),
    })
}

/// The shared object that holds this function.
fn own_file() -> Option<PathBuf> {
    use std::ffi::{CStr, OsStr};
    use std::os::unix::ffi::OsStrExt;
    // SAFETY: dladdr fills in what is asked for and keeps nothing; the name stays valid while the object is loaded.
    let name = unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        if libc::dladdr(own_file as *const libc::c_void, &mut info) == 0 || info.dli_fname.is_null()
        {
            return None;
        }
        CStr::from_ptr(info.dli_fname)
    };
    // A later chdir() does not lead elsewhere; a link may.
    std::path::absolute(OsStr::from_bytes(name.to_bytes())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_file_is_noticed_and_none_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("nxtchat.so");
        fs::write(&file, "one").unwrap();
        let loaded = mark(&file).unwrap();
        assert_eq!(mark(&file), Some(loaded));
        fs::write(dir.path().join("new"), "two").unwrap();
        fs::rename(dir.path().join("new"), &file).unwrap();
        assert_ne!(mark(&file), Some(loaded));
        fs::remove_file(&file).unwrap();
        assert_eq!(mark(&file), None);
    }

    #[test]
    fn this_very_program_is_found_unchanged() {
        assert_eq!(
            mark(&own_file().unwrap()),
            mark(&std::env::current_exe().unwrap())
        );
        remember();
        assert!(!is_replaced());
    }
}
