//! ULIDs: 48 bits of milliseconds, 80 bits of randomness; rising within a process.

use crate::error::{Error, Result};
use ring::rand::{SecureRandom, SystemRandom};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Crockford's base32.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Most ULIDs that one call makes.
pub const MAX_COUNT: i64 = 100_000;
/// Bits of randomness.
const RANDOM_BITS: u32 = 80;

/// The last one made, and by which process: after a fork the child starts anew.
static LAST: Mutex<(u32, u128)> = Mutex::new((0, 0));

/// UTC milliseconds since 1970.
pub fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_millis() as i64)
}

/// One new ULID.
pub fn one() -> Result<String> {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    next(&mut last, std::process::id()).map(encode)
}

/// `count` new ULIDs, rising.
pub fn many(count: i64) -> Result<Vec<String>> {
    if !(0..=MAX_COUNT).contains(&count) {
        return Err(Error::invalid(format!(
            "The number of ULIDs must be between 0 and {MAX_COUNT}."
        )));
    }
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let pid = std::process::id();
    (0..count)
        .map(|_| next(&mut last, pid).map(encode))
        .collect()
}

fn next(last: &mut (u32, u128), pid: u32) -> Result<u128> {
    let now = (now_ms() as u128) << RANDOM_BITS;
    let value = if last.0 == pid && last.1 >> RANDOM_BITS >= now >> RANDOM_BITS {
        // Same millisecond (or the clock went back): count on from the last.
        last.1 + 1
    } else {
        let mut random = [0u8; 16];
        SystemRandom::new()
            .fill(&mut random[6..])
            .map_err(|_| Error::Spool("the operating system gave no random numbers".into()))?;
        now | u128::from_be_bytes(random)
    };
    *last = (pid, value);
    Ok(value)
}

fn encode(value: u128) -> String {
    (0..26u32)
        .rev()
        .map(|i| ALPHABET[((value >> (i * 5)) & 31) as usize] as char)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_valid_unique_and_rise() {
        let all = many(10_000).unwrap();
        assert!(all.iter().all(|u| nxtchat_core::ulid::is_valid(u)));
        assert!(all.windows(2).all(|w| w[0] < w[1]));
        assert!(one().unwrap() > all[9_999]);
        assert!(many(-1).is_err() && many(MAX_COUNT + 1).is_err() && many(0).unwrap().is_empty());
    }
}
