//! The log that a shop owner can read on screen: the last lines, in the site directory.
//!
//! Whoever writes keeps secrets and message texts out; lines are flattened and bounded here.

use crate::error::{io, Error, Result};
use crate::{site, ulid};
use serde::Serialize;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Lines that are kept at least; up to twice as many lie on disk.
pub const KEEP_LINES: usize = 1_000;
/// Characters of one line.
const LINE_CHARS: usize = 1_000;
/// When the file holds this much, it is cut to the last lines, bytes.
const CUT_BYTES: u64 = 2 * KEEP_LINES as u64 * 300;
/// Levels, the gravest first.
const LEVELS: [&str; 4] = ["error", "warning", "info", "debug"];

/// One line.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// UTC milliseconds since 1970.
    pub at_ms: i64,
    /// `error`, `warning`, `info` or `debug`.
    pub level: String,
    /// What happened.
    pub message: String,
}

fn path(site: &Path) -> PathBuf {
    site.join("log")
}

/// Adds one line.
pub fn write(site: &Path, level: &str, message: &str) -> Result<()> {
    if !LEVELS.contains(&level) {
        return Err(Error::invalid(format!(
            "The level must be one of {}.",
            LEVELS.join(", ")
        )));
    }
    let path = path(site);
    if !path.exists() {
        site::check_owner(site)?;
    }
    let message: String = message
        .chars()
        .take(LINE_CHARS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&path)
        .map_err(io("cannot write", &path))?;
    // One write of one line: appending processes do not mix.
    file.write_all(format!("{} {level} {message}\n", ulid::now_ms()).as_bytes())
        .map_err(io("cannot write", &path))?;
    if file.metadata().is_ok_and(|m| m.len() > CUT_BYTES) {
        // A line that another process adds meanwhile may be lost: this is a log, not the spool.
        let content = fs::read_to_string(&path).map_err(io("cannot read", &path))?;
        let lines: Vec<&str> = content.lines().collect();
        let kept = lines[lines.len().saturating_sub(KEEP_LINES)..].join("\n");
        site::write_atomic(&path, format!("{kept}\n").as_bytes())?;
    }
    Ok(())
}

/// The newest lines first, at most `max`.
pub fn recent(site: &Path, max: i64) -> Result<Vec<Line>> {
    let max = usize::try_from(max)
        .map_err(|_| Error::invalid("The number of lines cannot be negative."))?;
    let content = site::read_small(&path(site))?.unwrap_or_default();
    let text = String::from_utf8_lossy(&content);
    Ok(text
        .lines()
        .rev()
        .take(max.min(KEEP_LINES))
        .filter_map(parse)
        .collect())
}

fn parse(line: &str) -> Option<Line> {
    let mut parts = line.splitn(3, ' ');
    Some(Line {
        at_ms: parts.next()?.parse().ok()?,
        level: parts.next()?.to_owned(),
        message: parts.next()?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_newest_and_stays_bounded() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("site-1");
        site::prepare(&dir).unwrap();
        assert!(recent(&dir, 10).unwrap().is_empty());
        for i in 0..5_000 {
            write(
                &dir,
                "info",
                &format!("line {i}\nwith a break {}", "x".repeat(400)),
            )
            .unwrap();
        }
        let lines = recent(&dir, 5_000).unwrap();
        assert_eq!(lines.len(), KEEP_LINES);
        assert!(lines[0].message.starts_with("line 4999 with a break"));
        assert!(fs::metadata(path(&dir)).unwrap().len() <= CUT_BYTES + 2_000);
        assert!(write(&dir, "loud", "x").is_err() && recent(&dir, -1).is_err());
    }
}
