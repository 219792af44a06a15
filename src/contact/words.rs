//! The words by which a person stops or starts being written to.

use super::names::{fold, is_word};
use nxtchat_core::enums::Consent;
use std::collections::HashMap;

/// The words of one site, ready to be compared.
///
/// ```
/// use nxtchat::contact::words::Words;
/// use nxtchat_core::enums::Consent;
/// let words = Words::new(&["stop", "Se désabonner"], &["start"]);
/// assert_eq!(words.of("  „STOP!“ 😡"), Consent::Revoked);
/// assert_eq!(words.of("se desabonner."), Consent::Revoked);
/// assert_eq!(words.of("Start"), Consent::Granted);
/// assert_eq!(words.of("please don't stop"), Consent::None);
/// ```
#[derive(Debug)]
pub struct Words {
    known: HashMap<String, Consent>,
    longest: usize,
}

impl Words {
    /// A word that is in both lists stops.
    #[must_use]
    pub fn new<S: AsRef<str>>(stop: &[S], start: &[S]) -> Words {
        let mut known = HashMap::new();
        for (list, consent) in [(start, Consent::Granted), (stop, Consent::Revoked)] {
            for word in list {
                known.insert(plain(word.as_ref(), usize::MAX), consent);
            }
        }
        known.remove("");
        Words {
            longest: known.keys().map(String::len).max().unwrap_or(0),
            known,
        }
    }

    /// What the whole text says: case, accents, punctuation, quotes and emoji do not count.
    #[must_use]
    pub fn of(&self, text: &str) -> Consent {
        self.known
            .get(&plain(text, self.longest))
            .copied()
            .unwrap_or(Consent::None)
    }
}

/// The words of a text, folded, one blank between them; '' when that is longer than `longest` bytes.
fn plain(text: &str, longest: usize) -> String {
    let mut out = String::new();
    for word in fold(text).split(|c| !is_word(c)).filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if out.len() > longest {
            return String::new();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_text_counts() {
        let words = Words::new(
            &[
                "STOP",
                "stop all",
                "Désinscrire",
                "ΔΙΑΚΟΠΗ",
                "стоп",
                "إيقاف",
                "停止",
                "रोकें",
                "both",
                "!!",
            ],
            &["START", "both"],
        );
        for stop in [
            "stop",
            "Stop.",
            "*STOP*",
            "stop\n",
            "\u{feff}stop",
            "ＳＴＯＰ",
            "s\u{301}top",
            "🛑 Stop 🛑",
            "stop-all",
            "DESINSCRIRE",
            "διακοπή",
            "Стоп!",
            "ايقاف",
            "停止。",
            "रोकें",
            "both",
            "«stop»",
        ] {
            assert_eq!(words.of(stop), Consent::Revoked, "{stop}");
        }
        for none in [
            "",
            "!!",
            "😡",
            "stopp",
            "stop it",
            "don't stop",
            "s t o p",
            "1",
            "start stop",
        ] {
            assert_eq!(words.of(none), Consent::None, "{none}");
        }
        assert_eq!(words.of(&"stop ".repeat(10_000)), Consent::None);
        assert_eq!(Words::new::<&str>(&[], &[]).of(""), Consent::None);
    }
}
