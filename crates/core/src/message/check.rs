//! The means of checking: a node with its path, and questions that note what is wrong and go on.

use super::Problem;
use crate::limits;
use serde_json::{Map, Value};

/// An object of the message and where it stands.
pub(super) struct Node<'a> {
    pub map: &'a Map<String, Value>,
    pub path: String,
}

impl<'a> Node<'a> {
    /// The path of `key` in it.
    pub fn at(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
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
}

/// Whether a value must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Yes,
    No,
}

/// Collects problems, at most [`limits::PROBLEMS`].
#[derive(Default)]
pub(super) struct Checker {
    pub problems: Vec<Problem>,
}

impl Checker {
    pub fn add(&mut self, path: impl Into<String>, rule: &str, message: impl Into<String>) {
        if self.problems.len() < limits::PROBLEMS {
            self.problems.push(Problem {
                path: path.into(),
                rule: rule.to_owned(),
                message: message.into(),
            });
        }
    }

    fn missing(&mut self, path: String, label: &str) {
        self.add(
            path,
            "required",
            format!("{label} is missing. Please give one."),
        );
    }

    fn wrong_type(&mut self, path: String, label: &str, want: &str, found: &Value) {
        self.add(
            path,
            "type",
            format!("{label} must be {want}, not {}.", nature(found)),
        );
    }

    /// Text of `key`: there if needed (blank counts as missing), at most `max` characters.
    pub fn text<'a>(
        &mut self,
        node: &Node<'a>,
        key: &str,
        label: &str,
        need: Need,
        max: usize,
    ) -> Option<&'a str> {
        let text = match node.get(key) {
            None if need == Need::No => return None,
            None => {
                self.missing(node.at(key), label);
                return None;
            }
            Some(Value::String(text)) => text,
            Some(other) => {
                self.wrong_type(node.at(key), label, "text", other);
                return None;
            }
        };
        if need == Need::Yes && text.trim().is_empty() {
            self.missing(node.at(key), label);
            return None;
        }
        self.length(node.at(key), label, text, max);
        Some(text)
    }

    /// At most `max` characters.
    pub fn length(&mut self, path: String, label: &str, text: &str, max: usize) {
        // Bytes first: they are free to count and never fewer than characters.
        if text.len() > max {
            let count = text.chars().count();
            if count > max {
                let message = format!(
                    "{label} has {count} characters; WhatsApp allows {max}. Shorten it by {}.",
                    count - max
                );
                self.add(path, "too_long", message);
            }
        }
    }

    /// The object in `key`.
    pub fn object<'a>(
        &mut self,
        node: &Node<'a>,
        key: &str,
        label: &str,
        need: Need,
    ) -> Option<Node<'a>> {
        match node.get(key) {
            Some(Value::Object(map)) => Some(Node {
                map,
                path: node.at(key),
            }),
            Some(other) => {
                self.wrong_type(node.at(key), label, "an object", other);
                None
            }
            None => {
                if need == Need::Yes {
                    self.missing(node.at(key), label);
                }
                None
            }
        }
    }

    /// The objects of the list in `key`, of which there must be `min` to `max`.
    pub fn objects<'a>(
        &mut self,
        node: &Node<'a>,
        key: &str,
        label: &str,
        min: usize,
        max: usize,
    ) -> Vec<Node<'a>> {
        let items = match node.get(key) {
            Some(Value::Array(items)) => items,
            Some(other) => {
                self.wrong_type(node.at(key), label, "a list", other);
                return Vec::new();
            }
            None => {
                if min > 0 {
                    self.missing(node.at(key), label);
                }
                return Vec::new();
            }
        };
        if items.len() < min {
            self.add(
                node.at(key),
                "too_few",
                format!(
                    "{label}: {} given, at least {min} needed. Add some.",
                    items.len()
                ),
            );
        }
        self.count(node.at(key), label, items.len(), max);
        let mut nodes = Vec::new();
        for (at, item) in items.iter().enumerate().take(max) {
            let path = format!("{}[{at}]", node.at(key));
            match item {
                Value::Object(map) => nodes.push(Node { map, path }),
                other => self.wrong_type(path, label, "an object", other),
            }
        }
        nodes
    }

    /// At most `max` of something.
    pub fn count(&mut self, path: String, label: &str, count: usize, max: usize) {
        if count > max {
            let message = format!(
                "{label}: {count} given; WhatsApp allows {max}. Remove {}.",
                count - max
            );
            self.add(path, "too_many", message);
        }
    }

    /// True or false in `key`, if there.
    pub fn flag(&mut self, node: &Node<'_>, key: &str, label: &str) {
        match node.get(key) {
            None | Some(Value::Bool(_)) => {}
            Some(other) => self.wrong_type(node.at(key), label, "true or false", other),
        }
    }

    /// A whole number of at least 0 in `key`, also as text.
    pub fn whole(&mut self, node: &Node<'_>, key: &str, label: &str, need: Need) -> Option<u64> {
        let value = match node.get(key) {
            Some(value) => value,
            None => {
                if need == Need::Yes {
                    self.missing(node.at(key), label);
                }
                return None;
            }
        };
        let number = value
            .as_u64()
            .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        if number.is_none() {
            self.wrong_type(node.at(key), label, "a whole number of 0 or more", value);
        }
        number
    }

    /// One of the words in `allowed`.
    pub fn word<'a>(
        &mut self,
        node: &Node<'a>,
        key: &str,
        label: &str,
        need: Need,
        allowed: &[&str],
    ) -> Option<&'a str> {
        let word = self.text(node, key, label, need, limits::LABEL_CHARS)?;
        if !allowed.contains(&word) {
            let message = format!(
                "{label} is `{}`; it must be {}.",
                clip(word),
                alternatives(allowed)
            );
            self.add(node.at(key), "value", message);
            return None;
        }
        Some(word)
    }

    /// A web address in `key`.
    pub fn url(&mut self, node: &Node<'_>, key: &str, label: &str, need: Need) {
        if let Some(url) = self.text(node, key, label, need, limits::URL_CHARS) {
            if !is_url(url) {
                let message = format!(
                    "{label} is `{}`; it must be a full address such as https://example.com/file.",
                    clip(url)
                );
                self.add(node.at(key), "format", message);
            }
        }
    }

    /// The same text twice.
    pub fn unique<'a>(
        &mut self,
        seen: &mut Vec<&'a str>,
        path: String,
        label: &str,
        text: Option<&'a str>,
    ) {
        if let Some(text) = text {
            if seen.contains(&text) {
                self.add(
                    path,
                    "duplicate",
                    format!("{label} `{}` is used twice. Give each its own.", clip(text)),
                );
            }
            seen.push(text);
        }
    }

    /// A file: `id` or `link`, not both.
    pub fn media(&mut self, node: &Node<'_>, label: &str) {
        let id = self.text(
            node,
            "id",
            "The media id",
            Need::No,
            limits::IDENTIFIER_BYTES,
        );
        self.url(node, "link", "The file's address", Need::No);
        let id = id.map_or(false, |id| !id.trim().is_empty());
        if id && node.get("link").is_some() {
            let message = format!(
                "{label} has both an uploaded file (id) and an address (link). Keep one of them."
            );
            self.add(node.path.clone(), "conflict", message);
        } else if !id && node.get("link").is_none() {
            self.add(
                node.path.clone(),
                "required",
                format!("{label} is missing: give the id of an uploaded file or a link."),
            );
        }
    }

    /// Says that `key` must not be there.
    pub fn absent(&mut self, node: &Node<'_>, key: &str, why: &str) {
        if node.get(key).is_some() {
            self.add(node.at(key), "conflict", format!("{why} Remove it."));
        }
    }
}

fn nature(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A value in a message, cut so that the message stays readable.
pub(super) fn clip(text: &str) -> String {
    let mut clipped: String = text.chars().take(40).collect();
    if clipped.len() < text.len() {
        clipped.push('…');
    }
    clipped
}

fn alternatives(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [first @ .., last] => format!("`{}` or `{last}`", first.join("`, `")),
    }
}

/// http or https, a host, no blanks and no control characters.
fn is_url(url: &str) -> bool {
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
        .unwrap_or_default();
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    !host.is_empty() && !url.chars().any(|c| c.is_whitespace() || c.is_control())
}
