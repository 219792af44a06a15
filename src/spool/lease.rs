//! Who drains: an flock on `drain.lock`. The kernel frees it when its holder dies, however it dies.

use super::folder;
use crate::error::{io, Result};
use crate::site;
use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Attempts to get the lease: a webhook that looks whether anybody drains holds it shared for some microseconds.
const ATTEMPTS: u32 = 5;
/// Pause between attempts.
const PAUSE: Duration = Duration::from_micros(500);

/// The leases of this process, with its pid: a forked child owns none of them.
static HELD: Mutex<Option<(u32, HashMap<PathBuf, File>)>> = Mutex::new(None);

fn with_held<T>(work: impl FnOnce(&mut HashMap<PathBuf, File>) -> T) -> T {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    let pid = std::process::id();
    // Replacing an inherited map only closes its files: the parent's locks stay.
    match &mut *held {
        Some((owner, map)) if *owner == pid => work(map),
        other => work(&mut other.insert((pid, HashMap::new())).1),
    }
}

fn try_exclusive(site: &Path) -> Result<Option<File>> {
    let path = folder(site).join("drain.lock");
    let file = site::open_kept(&path)?;
    for attempt in 0..ATTEMPTS {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if attempt + 1 < ATTEMPTS => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => break,
            Err(TryLockError::Error(e)) => return Err(io("cannot lock", &path)(e)),
        }
    }
    Ok(None)
}

/// Takes the lease, without waiting. True also when this process holds it already.
pub fn acquire(site: &Path) -> Result<bool> {
    if holds(site) {
        return Ok(true);
    }
    site::check_owner(site)?;
    let Some(file) = try_exclusive(site)? else {
        return Ok(false);
    };
    with_held(|held| held.insert(site.to_owned(), file));
    super::drain::forget(site);
    Ok(true)
}

/// Gives the lease back; nothing happens when this process does not hold it.
pub fn release(site: &Path) {
    super::drain::forget(site);
    with_held(|held| held.remove(site));
}

/// Gives every lease back: at the end of a request, should PHP have forgotten.
pub fn release_all() {
    let sites: Vec<PathBuf> = with_held(|held| held.keys().cloned().collect());
    sites.iter().for_each(|site| release(site));
}

/// Whether this process holds the lease.
pub fn holds(site: &Path) -> bool {
    with_held(|held| held.contains_key(site))
}

/// Whether nobody drains at the moment.
pub fn nobody_drains(site: &Path) -> Result<bool> {
    is_free(&open_lock(site)?)
}

/// The lease's file.
pub fn open_lock(site: &Path) -> Result<File> {
    site::open_kept(&folder(site).join("drain.lock"))
}

/// Whether the lease is free. Looked at with a shared lock, so that webhooks do not see each other.
pub fn is_free(lock: &File) -> Result<bool> {
    match lock.try_lock_shared() {
        Ok(()) => lock
            .unlock()
            .map(|()| true)
            .map_err(|e| crate::error::Error::Spool(format!("cannot unlock drain.lock: {e}"))),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(e)) => Err(crate::error::Error::Spool(format!(
            "cannot lock drain.lock: {e}"
        ))),
    }
}
