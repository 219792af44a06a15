//! The PHP extension of NXT Cloud Chat: what decides, computes and talks to the network.
//!
//! One room a module; `php` is the only one that touches Zend, and no room uses it.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod account;
pub mod broadcast;
pub mod contact;
pub mod error;
pub mod graph;
pub mod live;
pub mod loaded;
pub mod log;
pub mod login;
pub mod message;
pub mod phone;
pub mod qr;
pub mod runtime;
pub mod site;
pub mod spool;
pub mod template;
pub mod ulid;
pub mod vault;
pub mod webhook;

#[cfg(feature = "php")]
mod php;
