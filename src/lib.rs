//! The extension.
#[cfg(feature = "php")]
mod php;
