//! What can go wrong, in the kinds that a caller must tell apart.
//!
//! No variant ever carries a secret, a message text or a request header.

use nxtchat_core::errors::GraphFault;
use nxtchat_core::message::Problem;
use std::path::Path;

/// Result of every room.
pub type Result<T> = std::result::Result<T, Error>;

/// One kind per exception class of PHP (`src/php/exceptions.rs` maps them one to one).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller passed something that cannot be used; nothing has happened.
    #[error("{0}")]
    InvalidInput(String),
    /// A webhook that Meta did not sign with one of our app secrets.
    #[error("{0}")]
    SignatureMismatch(&'static str),
    /// Graph refused, or could not be asked.
    #[error("{}", describe(.0))]
    Graph(Box<GraphFault>),
    /// A secret could not be sealed or opened.
    #[error("{0}")]
    Vault(String),
    /// A file that somebody gave cannot be read, or not any more.
    #[error("{0}")]
    File(String),
    /// The site directory or the spool cannot be used.
    #[error("{0}")]
    Spool(String),
}

impl Error {
    /// Bad input, in plain words.
    pub fn invalid(text: impl Into<String>) -> Error {
        Error::InvalidInput(text.into())
    }

    /// The first problem of a message, with its path.
    pub fn problems(problems: &[Problem]) -> Error {
        let first = problems
            .first()
            .map_or_else(String::new, |p| format!("{}: {}", p.path, p.message));
        let more = problems.len().saturating_sub(1);
        Error::InvalidInput(if more == 0 {
            first
        } else {
            format!("{first} (and {more} more)")
        })
    }
}

/// What is shown for a Graph fault: title, then Meta's own words.
fn describe(fault: &GraphFault) -> String {
    let mut text = if fault.title.is_empty() {
        String::from("WhatsApp answered with an error")
    } else {
        fault.title.clone()
    };
    for part in [&fault.message, &fault.details] {
        if !part.is_empty() && !text.contains(part.as_str()) {
            text.push_str(": ");
            text.push_str(part);
        }
    }
    text
}

/// Wraps a file operation's error with what was being done and where; one that another user may do names that user.
pub fn io<'a>(what: &'a str, path: &'a Path) -> impl FnOnce(std::io::Error) -> Error + 'a {
    move |error| {
        let refused = error.kind() == std::io::ErrorKind::PermissionDenied;
        refused
            .then(|| crate::site::denied(path))
            .flatten()
            .unwrap_or_else(|| Error::Spool(format!("{what} {}: {error}", path.display())))
    }
}
