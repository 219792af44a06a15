//! Variables in a text: `{{1}}` and `{{first_name}}`.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Longest name of a variable, bytes. Our bound, which keeps the search for its end short.
const NAME_BYTES: usize = 100;

/// What values add to a text, or to all that is shown of a template, at most; bytes. Our bound: Meta allows 1,024 characters,
/// and a value that stands in many places would make megabytes of kilobytes.
pub(super) const FILLED_BYTES: usize = 64 * 1024;

/// As much of a value as there is room for, which it takes up.
pub(super) fn fitting<'v>(value: &'v str, room: &mut usize) -> &'v str {
    let mut end = value.len().min(*room);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    *room -= end;
    value.get(..end).unwrap_or_default()
}

/// A stretch of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// The name of a variable: small letters, digits and `_`.
    Variable(&'a str),
}

/// What is wrong with the first variable that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault<'a> {
    /// Braces without their counterpart.
    Braces,
    /// What stands between the braces.
    Characters(&'a str),
}

/// A text in pieces. What is no proper variable stays text.
pub(super) struct Scan<'a> {
    pub pieces: Vec<Piece<'a>>,
    pub fault: Option<Fault<'a>>,
}

/// Takes a text apart, in linear time.
pub(super) fn scan(text: &str) -> Scan<'_> {
    let mut scan = Scan {
        pieces: Vec::new(),
        fault: None,
    };
    let (mut start, mut at) = (0, 0);
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['{', '}'])) {
        let here = at + found;
        let rest = text.get(here..).unwrap_or_default();
        let brace = rest.chars().next().unwrap_or('{');
        let run = rest.len() - rest.trim_start_matches(brace).len();
        at = here + run;
        if run == 1 {
            continue;
        }
        let name = text.get(at..).unwrap_or_default();
        let end = name
            .char_indices()
            .find(|(at, c)| matches!(c, '{' | '}' | '\n') || *at >= NAME_BYTES)
            .map_or(name.len(), |(end, _)| end);
        let (name, after) = (
            name.get(..end).unwrap_or_default(),
            name.get(end..).unwrap_or_default(),
        );
        let closing = after.len() - after.trim_start_matches('}').len();
        if brace == '}' || run > 2 || closing != 2 {
            scan.fault.get_or_insert(Fault::Braces);
            if brace == '{' && closing > 0 {
                at += end + closing;
            }
            continue;
        }
        at += end + 2;
        if name.is_empty()
            || !name
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        {
            scan.fault.get_or_insert(Fault::Characters(name));
            continue;
        }
        if start < here {
            scan.pieces
                .push(Piece::Text(text.get(start..here).unwrap_or_default()));
        }
        scan.pieces.push(Piece::Variable(name));
        start = at;
    }
    if start < text.len() {
        scan.pieces
            .push(Piece::Text(text.get(start..).unwrap_or_default()));
    }
    scan
}

/// Whether a name is a number as WhatsApp counts: 1, 2, 3 …
pub(super) fn number(name: &str) -> Option<u32> {
    name.parse()
        .ok()
        .filter(|number: &u32| *number > 0 && !name.starts_with('0'))
}

impl<'a> Scan<'a> {
    /// Every name once: 1, 2, 3 … in their order, everything else in the order in which it appears.
    pub fn names(&self) -> Vec<&'a str> {
        let (mut seen, mut names) = (BTreeMap::new(), Vec::new());
        for name in self.all() {
            if seen.insert(name, "").is_none() {
                names.push(name);
            }
        }
        // Numbers without a gap have a place each.
        let mut places = vec![""; names.len()];
        for name in &names {
            match number(name).and_then(|number| places.get_mut(number as usize - 1)) {
                Some(place) => *place = name,
                None => return names,
            }
        }
        places
    }

    /// Every name as often as it appears.
    pub fn all(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(name) => Some(*name),
            Piece::Text(_) => None,
        })
    }

    /// The text with `value` in the place of each variable, as far as there is room; a variable without one stays as it is
    /// written.
    pub fn fill<'v>(
        &self,
        room: &mut usize,
        mut value: impl FnMut(&'a str) -> Option<Cow<'v, str>>,
    ) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Variable(name) => match value(name) {
                    Some(value) => out.push_str(fitting(&value, room)),
                    None => {
                        out.push_str("{{");
                        out.push_str(name);
                        out.push_str("}}");
                    }
                },
            }
        }
        out
    }
}

/// A word in single braces, which was probably meant as a variable.
pub(super) fn single_braces(text: &str) -> Option<&str> {
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if c == '{' && before != '{' {
            let inner = text.get(at + 1..).unwrap_or_default();
            let end = inner
                .bytes()
                .take(NAME_BYTES)
                .position(|b| !(b.is_ascii_alphanumeric() || b == b'_'));
            if let Some(end) = end.filter(|end| *end > 0) {
                let after = inner.get(end..).unwrap_or_default();
                if after.starts_with('}') && !after.starts_with("}}") {
                    return inner.get(..end);
                }
            }
        }
        before = c;
    }
    None
}
