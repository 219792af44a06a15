//! The error book: what Meta's error codes mean for a shop owner, and reading Graph's error answers.

use serde::Serialize;

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Refused before sending: the same message may be sent again later.
    Retry,
    /// It may have gone out: do not repeat, wait for a status.
    UnknownOutcome,
    /// Wait long, or change something outside first.
    Wait,
    /// Never for this message and recipient.
    Never,
    /// The request or the configuration is wrong: repair it.
    Client,
    /// The whole account is stopped.
    Account,
}

impl Class {
    /// The word used in PHP, REST and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::Retry => "retry",
            Class::UnknownOutcome => "unknown_outcome",
            Class::Wait => "wait",
            Class::Never => "never",
            Class::Client => "client",
            Class::Account => "account",
        }
    }
}

impl Serialize for Class {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One error in plain words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Meta's code.
    pub code: i64,
    /// What to do about it.
    pub class: Class,
    /// A few words.
    pub title: &'static str,
    /// What happened.
    pub message: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// Whether sending the same message again can help.
    pub retry: bool,
    /// Where this is documented.
    pub source: &'static str,
}

/// What to show for `code`.
#[must_use]
pub fn lookup(code: i64) -> Entry {
    Entry {
        code,
        class: Class::UnknownOutcome,
        title: "Unknown error",
        message: "WhatsApp reported an error that is not in the book.",
        remedy: "",
        retry: false,
        source: "",
    }
}

/// The whole book, by code.
#[must_use]
pub fn all() -> &'static [Entry] {
    &[]
}

/// An error answer of Graph, understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GraphFault {
    /// Meta's code; 0 when the answer named none.
    pub code: i64,
    /// Meta's subcode; 0 when none.
    pub subcode: i64,
    /// What to do about it.
    pub class: Class,
    /// A few words.
    pub title: String,
    /// Meta's message, tokens masked.
    pub message: String,
    /// Meta's details, tokens masked.
    pub details: String,
    /// What to do.
    pub remedy: String,
    /// Meta's trace id, for their support.
    pub fbtrace_id: String,
    /// The HTTP status of the answer.
    pub http_status: u16,
    /// Whether Meta calls it passing.
    pub is_transient: bool,
}

/// Reads an answer that is not a success.
#[must_use]
pub fn parse_graph(status: u16, body: &[u8]) -> GraphFault {
    let _ = body;
    GraphFault {
        code: 0,
        subcode: 0,
        class: Class::UnknownOutcome,
        title: String::new(),
        message: String::new(),
        details: String::new(),
        remedy: String::new(),
        fbtrace_id: String::new(),
        http_status: status,
        is_transient: false,
    }
}
