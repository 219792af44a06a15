//! What came of one recipient.

use crate::error::{Error, Result};
use crate::message::Recipient;
use nxtchat_core::errors::GraphFault;
use nxtchat_core::ulid;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::hash::{BuildHasherDefault, Hasher};

/// Our id of one send: a ULID.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref([u8; ulid::LENGTH]);

impl Ref {
    /// Only ULIDs are references.
    pub fn read(text: &str) -> Result<Ref> {
        if !ulid::is_valid(text) {
            return Err(Error::invalid(
                "The ref of a recipient must be a ULID (see ulids()).",
            ));
        }
        let mut bytes = [0; ulid::LENGTH];
        bytes.copy_from_slice(text.as_bytes());
        Ok(Ref(bytes))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        // Only ASCII gets in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Debug for Ref {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Ref {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Ref {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Ref, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ref::read(&text).map_err(serde::de::Error::custom)
    }
}

/// A hash of our own ids, which nobody can choose to collide: cheap instead of safe.
#[derive(Default)]
pub struct OwnHasher(u64);

/// For maps by [`Ref`] or number.
pub type Own = BuildHasherDefault<OwnHasher>;

impl Hasher for OwnHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word.iter_mut()
                .zip(chunk)
                .for_each(|(to, from)| *to = *from);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, word: u64) {
        // The multiplication carries upwards, the map looks at both ends.
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// WhatsApp has it and gave it an id.
    Accepted,
    /// It has not gone out, and never will like this.
    Refused,
    /// It may or may not have gone out: never repeated by itself.
    Unknown,
    /// It has certainly not gone out; it may be tried again.
    Returned,
}

/// Why it was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// Meta's code; 0 when there was none.
    pub code: i64,
    /// The error book's class.
    pub class: String,
    /// A few words.
    pub title: String,
    /// Meta's message, or ours.
    pub message: String,
    /// Meta's details.
    pub details: String,
    /// What to do.
    pub remedy: String,
}

impl Why {
    /// Our own words.
    pub fn ours(class: &str, title: &str, message: impl Into<String>, remedy: &str) -> Why {
        Why {
            code: 0,
            class: class.to_owned(),
            title: title.to_owned(),
            message: message.into(),
            details: String::new(),
            remedy: remedy.to_owned(),
        }
    }
}

impl From<GraphFault> for Why {
    fn from(fault: GraphFault) -> Why {
        Why {
            code: fault.code,
            class: fault.class.as_str().to_owned(),
            title: fault.title,
            message: fault.message,
            details: fault.details,
            remedy: fault.remedy,
        }
    }
}

/// What PHP gets, and what the journal keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Which recipient.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// How it ended.
    pub outcome: Kind,
    /// WhatsApp's id of the message.
    pub wamid: Option<String>,
    /// Who WhatsApp says it goes to.
    pub recipient: Recipient,
    /// `accepted`, `held_for_quality_assessment` or `paused`, when told.
    pub message_status: Option<String>,
    /// Why it was not accepted.
    pub error: Option<Why>,
    /// When, UTC ms.
    pub at_ms: i64,
    /// POSTs that were made for it.
    pub tries: u32,
    /// Of what was returned: not before this, UTC ms; 0 = not by itself.
    pub retry_at_ms: i64,
}

impl Outcome {
    /// One without anything told about it.
    pub fn new(reference: Ref, outcome: Kind, at_ms: i64, tries: u32) -> Outcome {
        Outcome {
            reference,
            outcome,
            wamid: None,
            recipient: Recipient::default(),
            message_status: None,
            error: None,
            at_ms,
            tries,
            retry_at_ms: 0,
        }
    }
}
