//! The means of reading and reporting: an object with its place, and the list of what is wrong.

use super::{Problem, Severity, RULES};
use crate::limits;
use serde_json::{Map, Value};

/// An object of the template and where it stands.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub map: &'a Map<String, Value>,
    pub place: String,
}

impl<'a> Node<'a> {
    pub fn new(value: &'a Value, place: String) -> Option<Self> {
        value.as_object().map(|map| Node { map, place })
    }

    /// The place of `key` in it.
    pub fn at(&self, key: &str) -> String {
        if self.place.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.place)
        }
    }

    /// The value of `key`; null counts as absent.
    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    /// The text of `key`, '' when it is none.
    pub fn str(&self, key: &str) -> &'a str {
        self.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The object in `key`.
    pub fn object(&self, key: &str) -> Option<Node<'a>> {
        Node::new(self.get(key)?, self.at(key))
    }

    /// The objects of the list in `key`; what is none is passed over.
    pub fn objects(&self, key: &str) -> Vec<Node<'a>> {
        let items = self.get(key).and_then(Value::as_array);
        items
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .enumerate()
            .filter_map(|(at, item)| Node::new(item, format!("{}[{at}]", self.at(key))))
            .collect()
    }
}

/// Collects problems, at most [`limits::PROBLEMS`].
#[derive(Default)]
pub(super) struct Report {
    pub problems: Vec<Problem>,
}

impl Report {
    fn add(
        &mut self,
        severity: Severity,
        place: String,
        rule: &'static str,
        message: String,
        remedy: String,
    ) {
        debug_assert!(RULES.contains(&rule), "{rule} is not listed");
        if self.problems.len() < limits::PROBLEMS {
            self.problems.push(Problem {
                place,
                rule,
                severity,
                message,
                remedy,
            });
        }
    }

    /// Meta refuses it.
    pub fn error(
        &mut self,
        place: impl Into<String>,
        rule: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let (message, remedy) = (message.into(), remedy.into());
        self.add(Severity::Error, place.into(), rule, message, remedy);
    }

    /// Meta may refuse it, or what it does may surprise.
    pub fn warning(
        &mut self,
        place: impl Into<String>,
        rule: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let (message, remedy) = (message.into(), remedy.into());
        self.add(Severity::Warning, place.into(), rule, message, remedy);
    }

    pub fn wrong_type(&mut self, place: String, label: &str, want: &str) {
        self.error(
            place,
            "wrong_type",
            format!("{label} must be {want}."),
            format!("Write {label_small} as {want}.", label_small = small(label)),
        );
    }

    /// The text of `key`: `None`, with a note when it is something else. '' and blanks are text.
    pub fn text<'a>(&mut self, node: &Node<'a>, key: &str, label: &str) -> Option<&'a str> {
        match node.get(key)? {
            Value::String(text) => Some(text),
            _ => {
                self.wrong_type(node.at(key), label, "text");
                None
            }
        }
    }

    /// The text of `key`, with a note under `rule` when it is absent or blank.
    pub fn needed<'a>(
        &mut self,
        node: &Node<'a>,
        key: &str,
        label: &str,
        rule: &'static str,
    ) -> Option<&'a str> {
        let before = self.problems.len();
        let text = self
            .text(node, key, label)
            .filter(|text| !text.trim().is_empty());
        if text.is_none() && self.problems.len() == before {
            self.error(
                node.at(key),
                rule,
                format!("{label} is missing."),
                format!("Please give {}.", small(label)),
            );
        }
        text
    }

    /// At most `max` characters; true when it fits.
    pub fn length(
        &mut self,
        place: String,
        rule: &'static str,
        label: &str,
        text: &str,
        max: usize,
    ) -> bool {
        // Bytes first: they are free to count and never fewer than characters.
        let count = if text.len() > max {
            text.chars().count()
        } else {
            0
        };
        if count > max {
            self.error(
                place,
                rule,
                format!("{label} has {count} characters; WhatsApp allows {max}."),
                format!("Shorten it by {}.", count - max),
            );
        }
        count <= max
    }

    /// Notes what is no object in the list of `key`.
    pub fn list(&mut self, node: &Node<'_>, key: &str, label: &str) {
        match node.get(key) {
            Some(Value::Array(items)) => {
                for (at, item) in items
                    .iter()
                    .enumerate()
                    .filter(|(_, item)| !item.is_object())
                {
                    let _ = item;
                    self.wrong_type(format!("{}[{at}]", node.at(key)), label, "an object");
                }
            }
            Some(_) => self.wrong_type(node.at(key), label, "a list"),
            None => {}
        }
    }

    /// Notes that `key` is neither true nor false.
    pub fn flag(&mut self, node: &Node<'_>, key: &str, label: &str) {
        if node.get(key).map_or(false, |value| !value.is_boolean()) {
            self.wrong_type(node.at(key), label, "true or false");
        }
    }
}

/// A label inside a sentence.
pub(super) fn small(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| {
        let mut text = String::from(first.to_ascii_lowercase());
        text.push_str(letters.as_str());
        text
    })
}

/// A value in a message, cut so that the message stays readable.
pub(super) fn clip(text: &str) -> String {
    let mut clipped: String = text.chars().take(40).collect();
    if clipped.len() < text.len() {
        clipped.push('…');
    }
    clipped
}

/// Whether a character is an emoji (Unicode's property of that name, without digits and letters), or the sign that makes one.
pub(super) fn is_emoji(c: char) -> bool {
    let c = u32::from(c);
    (0x1F000..=0x1FAFF).contains(&c)
        // Most text is below them all.
        || c >= 0x20E3 && EMOJI
            .binary_search_by(|(first, last)| {
                if c < *first {
                    std::cmp::Ordering::Greater
                } else if c > *last {
                    std::cmp::Ordering::Less
                } else {
                    std::cmp::Ordering::Equal
                }
            })
            .is_ok()
}

/// Ranges of emoji below U+1F000, sorted; arrows and letters in circles, which many fonts have as signs, are left out.
const EMOJI: &[(u32, u32)] = &[
    (0x20E3, 0x20E3),
    (0x231A, 0x231B),
    (0x23E9, 0x23F3),
    (0x23F8, 0x23FA),
    (0x2600, 0x2604),
    (0x260E, 0x260E),
    (0x2611, 0x2611),
    (0x2614, 0x2615),
    (0x2618, 0x2618),
    (0x261D, 0x261D),
    (0x2620, 0x2620),
    (0x2622, 0x2623),
    (0x2626, 0x2626),
    (0x262A, 0x262A),
    (0x262E, 0x262F),
    (0x2638, 0x263A),
    (0x2640, 0x2640),
    (0x2642, 0x2642),
    (0x2648, 0x2653),
    (0x265F, 0x2660),
    (0x2663, 0x2663),
    (0x2665, 0x2666),
    (0x2668, 0x2668),
    (0x267B, 0x267B),
    (0x267E, 0x267F),
    (0x2692, 0x2697),
    (0x2699, 0x2699),
    (0x269B, 0x269C),
    (0x26A0, 0x26A1),
    (0x26A7, 0x26A7),
    (0x26AA, 0x26AB),
    (0x26B0, 0x26B1),
    (0x26BD, 0x26BE),
    (0x26C4, 0x26C5),
    (0x26C8, 0x26C8),
    (0x26CE, 0x26CF),
    (0x26D1, 0x26D1),
    (0x26D3, 0x26D4),
    (0x26E9, 0x26EA),
    (0x26F0, 0x26F5),
    (0x26F7, 0x26FA),
    (0x26FD, 0x26FD),
    (0x2702, 0x2702),
    (0x2705, 0x2705),
    (0x2708, 0x270D),
    (0x270F, 0x270F),
    (0x2712, 0x2712),
    (0x2714, 0x2714),
    (0x2716, 0x2716),
    (0x271D, 0x271D),
    (0x2721, 0x2721),
    (0x2728, 0x2728),
    (0x2733, 0x2734),
    (0x2744, 0x2744),
    (0x2747, 0x2747),
    (0x274C, 0x274C),
    (0x274E, 0x274E),
    (0x2753, 0x2755),
    (0x2757, 0x2757),
    (0x2763, 0x2764),
    (0x2795, 0x2797),
    (0x27A1, 0x27A1),
    (0x27B0, 0x27B0),
    (0x27BF, 0x27BF),
    (0x2B50, 0x2B50),
    (0x2B55, 0x2B55),
    (0xFE0F, 0xFE0F),
];

/// http or https, a host, no blanks and no control characters.
pub(super) fn is_url(url: &str) -> bool {
    !host(url).is_empty() && !url.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// The host of an http(s) address, '' when it is none.
pub(super) fn host(url: &str) -> &str {
    let rest = ["https://", "http://"].iter().find_map(|scheme| {
        let start = url.get(..scheme.len())?;
        url.get(scheme.len()..)
            .filter(|_| start.eq_ignore_ascii_case(scheme))
    });
    rest.and_then(|rest| rest.split(['/', '?', '#', '{']).next())
        .unwrap_or_default()
}
