//! The pure rules of NXT Cloud Chat.
//!
//! What goes in is bytes and JSON, what comes out is decisions: no clock, no I/O, no environment, no randomness.
//! The extension links this crate, and it also compiles to WebAssembly, so it keeps to Rust 1.63.
#![deny(missing_docs)]
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod csv;
pub mod enums;
pub mod errors;
pub mod limits;
pub mod markup;
pub mod message;
pub mod phone;
pub mod template;
pub mod ulid;
#[cfg(feature = "webhook")]
pub mod webhook;

/// Compares a generated file with what it should hold; with `NXTCHAT_BLESS=1` in the environment writes it instead.
#[cfg(test)]
fn bless(path: &str, want: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("NXTCHAT_BLESS").is_some() {
        std::fs::write(&path, want).expect("the checkout is writable");
    }
    let have = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        have == want,
        "{} is stale: run NXTCHAT_BLESS=1 cargo test -p nxtchat-core",
        path.display()
    );
}

/// Repeatable pseudo-random numbers for tests.
#[cfg(test)]
fn xorshift(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed.max(1);
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}
