//! Names of people as they are searched and sorted: the same rule for what is stored and for what is looked for.
//!
//! Lower case, compatibility forms unfolded (NFKD), the accents of Latin, Greek, Cyrillic, Hebrew and Arabic dropped. Vowel signs
//! of other scripts are letters to their readers and stay.

use unicode_normalization::{char::is_combining_mark, UnicodeNormalization};

/// Most words by which one name is found.
pub const WORDS: usize = 12;
/// Most characters of one word (the column has 64).
pub const WORD_CHARS: usize = 60;
/// Most characters of a name as it is sorted: the column's width.
pub const SORT_CHARS: usize = 64;
/// Most characters of a text that are looked at.
const INPUT_CHARS: usize = 1_000;

/// Lower case without accents. Only the first 1,000 characters count.
///
/// ```
/// use nxtchat::contact::names::fold;
/// assert_eq!(fold("Łukasz Weiß-Ærø İŞIK ﬁ"), "lukasz weiss-aero isik fi");
/// assert_eq!(fold("Ελλάς"), "ελλασ");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        let mut text: String = text.chars().take(INPUT_CHARS).collect();
        text.make_ascii_lowercase();
        return text;
    }
    if text.chars().all(|c| c < LATIN_END) {
        return LATIN.with(|table| {
            let folded = text.chars().take(INPUT_CHARS);
            folded
                .filter_map(|c| table.get(c as usize))
                .flat_map(|to| to.chars())
                .collect()
        });
    }
    unfold(text.chars().take(INPUT_CHARS))
}

/// The letters of Europe's Latin alphabets end before this one.
const LATIN_END: char = '\u{250}';

thread_local! {
    /// What each of them becomes: without marks of their own, letters do not depend on their neighbours.
    static LATIN: Vec<String> = ('\0'..LATIN_END).map(|c| unfold(std::iter::once(c))).collect();
}

fn unfold(text: impl Iterator<Item = char>) -> String {
    text.nfkd()
        .flat_map(char::to_lowercase)
        .filter(|c| !is_dropped(*c))
        .flat_map(Spelled::of)
        // What is left of marks goes back to its letter (Korean, Japanese).
        .nfc()
        .collect()
}

/// Accents that many leave out, and characters that are not seen.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}'
        | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}'..='\u{05C2}' | '\u{05C4}'..='\u{05C5}' | '\u{05C7}'
        | '\u{0610}'..='\u{061A}' | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06DC}'
        | '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// One or two characters.
struct Spelled(Option<char>, Option<char>);

impl Spelled {
    /// Letters that Unicode does not take apart, as people spell them without their mark.
    fn of(c: char) -> Spelled {
        let (first, second) = match c {
            'ß' => ('s', Some('s')),
            'æ' => ('a', Some('e')),
            'œ' => ('o', Some('e')),
            'þ' => ('t', Some('h')),
            'ø' => ('o', None),
            'ł' => ('l', None),
            'đ' | 'ð' => ('d', None),
            'ħ' => ('h', None),
            'ŧ' => ('t', None),
            'ı' => ('i', None),
            'ŋ' => ('n', None),
            'ə' => ('e', None),
            'ς' => ('σ', None),
            _ => (c, None),
        };
        Spelled(Some(first), second)
    }
}

impl Iterator for Spelled {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        self.0.take().or_else(|| self.1.take())
    }
}

/// Whether words consist of it.
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// The words of a name, each once, in their order: at most 12 of at most 60 characters.
///
/// ```
/// assert_eq!(nxtchat::contact::names::words("  O'Brien-Müller, Zoë (zoë) "), ["o", "brien", "muller", "zoe"]);
/// ```
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    words_of(&fold(name))
}

/// [`words`] and [`sort`] of a name, for the price of one folding.
#[must_use]
pub fn words_and_sort(name: &str) -> (Vec<String>, String) {
    let folded = fold(name);
    (words_of(&folded), sort_of(&folded))
}

fn words_of(folded: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in folded.split(|c| !is_word(c)).filter(|w| !w.is_empty()) {
        let word = first(word, WORD_CHARS);
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
        if words.len() == WORDS {
            break;
        }
    }
    words
}

/// What sorting by name compares, at most 64 characters: folded, blanks joined, without the signs before the first letter. A
/// number (`+49…`) and a user name (`@…`) keep theirs.
///
/// ```
/// use nxtchat::contact::names::sort;
/// assert_eq!(sort(" \"Émile\u{a0} Zola\""), "emile zola\"");
/// assert_eq!(sort("+49170"), "+49170");
/// assert_eq!(sort("🌸"), "🌸");
/// ```
#[must_use]
pub fn sort(name: &str) -> String {
    sort_of(&fold(name))
}

fn sort_of(folded: &str) -> String {
    let mut joined = String::with_capacity(folded.len());
    for part in folded.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !part.is_empty() {
            if !joined.is_empty() {
                joined.push(' ');
            }
            joined.push_str(part);
        }
    }
    let stripped = match joined.chars().next() {
        Some('+' | '@') => "",
        _ => joined.trim_start_matches(|c| !is_word(c)),
    };
    let kept = if stripped.is_empty() {
        joined.as_str()
    } else {
        stripped
    };
    first(kept, SORT_CHARS).trim_end().to_owned()
}

/// The first `count` characters.
pub(crate) fn first(text: &str, count: usize) -> &str {
    text.char_indices()
        .nth(count)
        .map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_do_not_matter() {
        for (one, other) in [
            ("Müller", "MULLER"),
            ("Müller", "Mu\u{308}ller"),
            ("Straße", "STRASSE"),
            ("STRAẞE", "strasse"),
            ("Đặng Thị Hồng", "dang thi hong"),
            ("Ångström", "angstrom"),
            ("Győrffy Ő", "gyorffy o"),
            ("Σωκράτης", "ΣΩΚΡΑΤΗΣ"),
            ("Алексей", "Алексеи"),
            ("أحمد", "احمد"),
            ("שָׁלוֹם", "שלום"),
            ("ＡＢＣ１２", "abc12"),
            ("ｶﾞ", "ガ"),
            ("\u{1112}\u{1161}\u{11AB}", "한"),
            ("𝓐𝓷𝓷𝓪", "anna"),
            ("می\u{200C}خواهم", "میخواهم"),
        ] {
            assert_eq!(fold(one), fold(other));
        }
    }

    #[test]
    fn vowel_signs_stay() {
        assert_ne!(fold("कि"), fold("क"));
        assert_eq!(words("नमस्ते दुनिया"), ["नमस्ते", "दुनिया"]);
        assert_eq!(words("สวัสดี"), ["สวัสดี"]);
        assert_eq!(words("か"), ["か"]);
        assert_ne!(words("が"), words("か"));
    }

    #[test]
    fn words_are_bounded() {
        assert_eq!(words(""), Vec::<String>::new());
        assert_eq!(words("😀 – !"), Vec::<String>::new());
        let many: String = (0..100).map(|n| format!("w{} ", n)).collect();
        assert_eq!(words(&many).len(), WORDS);
        assert_eq!(words(&"ü".repeat(5_000))[0].chars().count(), WORD_CHARS);
        // One character of this becomes 18.
        assert!(words(&"\u{FDFA}".repeat(5_000))
            .iter()
            .all(|w| w.chars().count() <= WORD_CHARS));
        assert_eq!(sort(&"a ".repeat(500)).chars().count(), SORT_CHARS - 1);
        assert_eq!(sort(" \u{0} "), "");
    }

    #[test]
    fn the_table_is_the_rule() {
        for c in '\0'..LATIN_END {
            let (text, long) = (c.to_string(), format!("{c}\u{4e00}"));
            assert_eq!(
                fold(&text),
                fold(&long).trim_end_matches('\u{4e00}'),
                "{c:?}"
            );
        }
        assert_eq!(words_and_sort("Zoë Ma"), (words("Zoë Ma"), sort("Zoë Ma")));
    }

    fn xorshift(mut state: u64) -> impl FnMut() -> u64 {
        move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        }
    }

    #[test]
    fn folding_twice_is_folding_once() {
        let mut random = xorshift(7);
        for _ in 0..20_000 {
            let text: String = (0..random() % 8)
                .filter_map(|_| char::from_u32((random() % 0x3_0000) as u32))
                .collect();
            let once = fold(&text);
            assert_eq!(fold(&once), once, "{text:?}");
            for word in words(&text) {
                assert_eq!(words(&word), [word.as_str()], "{text:?}");
            }
        }
    }
}
