//! The pure rules of NXT Cloud Chat.
//!
//! What goes in is bytes and JSON, what comes out is decisions: no clock, no I/O, no environment, no randomness.
//! The extension links this crate, and it also compiles to WebAssembly, so it keeps to Rust 1.63.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod enums;
pub mod errors;
pub mod limits;
pub mod markup;
pub mod message;
pub mod phone;
pub mod ulid;
pub mod webhook;
