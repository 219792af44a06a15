//! The local durable queue: what Meta sent, until the database has it.
//!
//! Every process writes SQLite files of its own (`writer.rs`); whoever holds the lease (`lease.rs`) reads them all and keeps a
//! watermark per file (`drain.rs`). A file is removed when it is acknowledged and its writer is gone.

mod drain;
mod lease;
mod reserve;
mod writer;

pub use drain::{ack, stats, take, Item, Stats};
pub use lease::{acquire, nobody_drains, release, release_all};
pub use reserve::Reserve;
pub use writer::{append, renew};

use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What "stored" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// On the disk before Meta gets its 200 (fsync): survives a power cut.
    Full,
    /// With the operating system: survives the death of the process, not a power cut.
    Normal,
}

/// How a spool is written.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// What "stored" means.
    pub durability: Durability,
    /// Over this many bytes on disk, nothing more is accepted.
    pub max_bytes: u64,
}

/// A writer starts a new file when its current one has grown to this, bytes.
const ROTATE_BYTES: u64 = 8 << 20;

fn folder(site: &Path) -> PathBuf {
    site.join("spool")
}

/// A database error, with what was being done.
fn sql(what: &str) -> impl FnOnce(rusqlite::Error) -> Error + '_ {
    move |e| Error::Spool(format!("The spool cannot {what}: {e}"))
}

/// Bytes on disk of everything in the spool.
fn bytes_on_disk(site: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let Ok(entries) = std::fs::read_dir(folder(site)) else {
        return 0;
    };
    entries
        .flatten()
        .filter_map(|e| e.metadata().ok())
        .map(|m| m.blocks() * 512)
        .sum()
}

#[cfg(test)]
mod tests;
