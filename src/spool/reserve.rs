//! Room ahead of a log that is flushed at each commit.
//!
//! Appending makes a file longer, so each flush also commits the file system's journal. Blocks that were written before need only
//! themselves on the disk: 1.7 times the events a second (four processes, ext4). SQLite takes the zeros for the end of its log.

use crate::error::{io, Result};
use crate::site;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Zeros written at once, bytes: some fifty events. Small, because every php-fpm worker has a log.
const STEP_BYTES: usize = 256 << 10;
/// More is reserved when less than this is left, bytes.
const MARGIN_BYTES: u64 = 32 << 10;

/// The room, kept by the log's only writer.
pub struct Reserve {
    log: File,
    end: u64,
}

impl Reserve {
    /// Opens the log beside SQLite, which holds no lock on this file that closing ours could drop.
    pub fn open(log: &Path) -> Result<Reserve> {
        let file = site::open_kept(log)?;
        let end = file.metadata().map_err(io("cannot read", log))?.len();
        let mut reserve = Reserve { log: file, end };
        reserve.ahead_of(end);
        Ok(reserve)
    }

    /// Sees to it that there is room behind `used` bytes.
    pub fn ahead_of(&mut self, used: u64) {
        if used + MARGIN_BYTES <= self.end {
            return;
        }
        // A large event has made the log longer by itself.
        let end = self
            .log
            .metadata()
            .map_or(self.end, |meta| meta.len())
            .max(self.end);
        let written = self
            .log
            .write_all_at(&vec![0; STEP_BYTES], end)
            .and_then(|()| self.log.sync_data());
        // Without room, say on a full disk, events are appended, and it is their own failure that counts.
        self.end = if written.is_ok() {
            end + STEP_BYTES as u64
        } else {
            end
        };
    }
}
