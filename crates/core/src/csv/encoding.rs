//! What the bytes of a file mean.
//!
//! UTF-8 and Windows-1252 are parsed as they are (all that has a meaning is ASCII in both) and read cell by cell; UTF-16 becomes
//! UTF-8 first.

use std::borrow::Cow;

/// Bytes whose zeros are counted to recognise UTF-16.
const ZEROS_BYTES: usize = 4096;

/// How letters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, the low byte first (Excel's "Unicode text").
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// Windows-1252, which holds ISO 8859-1.
    Windows1252,
}

impl Encoding {
    /// Every encoding.
    pub const EVERY: [Encoding; 4] = [
        Encoding::Utf8,
        Encoding::Utf16Le,
        Encoding::Utf16Be,
        Encoding::Windows1252,
    ];

    /// Its name in options and answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Windows1252 => "windows-1252",
        }
    }

    /// By its name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Encoding> {
        Encoding::EVERY.iter().copied().find(|e| e.word() == word)
    }

    /// Whether two bytes make a unit.
    #[must_use]
    pub const fn is_wide(self) -> bool {
        matches!(self, Encoding::Utf16Le | Encoding::Utf16Be)
    }

    /// By the first bytes of a file, with the bytes of its byte order mark.
    #[must_use]
    pub fn detect(head: &[u8]) -> (Encoding, usize) {
        match head {
            [0xEF, 0xBB, 0xBF, ..] => return (Encoding::Utf8, 3),
            [0xFF, 0xFE, ..] => return (Encoding::Utf16Le, 2),
            [0xFE, 0xFF, ..] => return (Encoding::Utf16Be, 2),
            _ => {}
        }
        // Delimiters, digits and line breaks have a zero for their high byte in any language.
        let zeros = |odd: usize| {
            let bytes = head.iter().take(ZEROS_BYTES).skip(odd).step_by(2);
            bytes.filter(|b| **b == 0).count()
        };
        let (even, odd) = (zeros(0), zeros(1));
        let pairs = head.len().min(ZEROS_BYTES) / 2;
        if odd * 20 > pairs && odd > even * 8 {
            return (Encoding::Utf16Le, 0);
        }
        if even * 20 > pairs && even > odd * 8 {
            return (Encoding::Utf16Be, 0);
        }
        match std::str::from_utf8(head) {
            Ok(_) => (Encoding::Utf8, 0),
            // Cut within a character.
            Err(e) if e.error_len().is_none() => (Encoding::Utf8, 0),
            Err(_) => (Encoding::Windows1252, 0),
        }
    }

    /// A cell's text; false when some of it could not be read and became U+FFFD.
    ///
    /// A cell that is no UTF-8 in a file of UTF-8 is taken for Windows-1252 when nothing in it speaks for UTF-8.
    #[must_use]
    pub fn text(self, cell: &[u8]) -> (Cow<'_, str>, bool) {
        match (self, std::str::from_utf8(cell)) {
            (Encoding::Windows1252, Ok(text)) if text.is_ascii() => (Cow::Borrowed(text), true),
            (Encoding::Windows1252, _) => windows_1252(cell),
            (Encoding::Utf8, Ok(text)) => (Cow::Borrowed(text), true),
            (_, Ok(text)) => (
                Cow::Borrowed(text),
                !text.contains(char::REPLACEMENT_CHARACTER),
            ),
            (_, Err(_)) => {
                let lossy = String::from_utf8_lossy(cell);
                if lossy
                    .chars()
                    .all(|c| c.is_ascii() || c == char::REPLACEMENT_CHARACTER)
                {
                    windows_1252(cell)
                } else {
                    (lossy, false)
                }
            }
        }
    }
}

/// 0x80 to 0x9F of Windows-1252; five of them mean nothing.
const HIGH: [char; 32] = [
    '€', '\u{FFFD}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{FFFD}', 'Ž',
    '\u{FFFD}', '\u{FFFD}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{FFFD}',
    'ž', 'Ÿ',
];

fn windows_1252(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let mut known = true;
    let text = bytes
        .iter()
        .map(|byte| match byte {
            0x80..=0x9F => {
                let c = HIGH
                    .get(usize::from(byte - 0x80))
                    .copied()
                    .unwrap_or(char::REPLACEMENT_CHARACTER);
                known &= c != char::REPLACEMENT_CHARACTER;
                c
            }
            _ => char::from(*byte),
        })
        .collect();
    (Cow::Owned(text), known)
}

/// Makes UTF-8 of what it is given piece by piece.
#[derive(Debug)]
pub(super) struct Decoder {
    encoding: Encoding,
    /// What the last piece ended with: up to half a pair of surrogates and half a unit.
    rest: Vec<u8>,
}

impl Decoder {
    pub(super) fn new(encoding: Encoding) -> Decoder {
        Decoder {
            encoding,
            rest: Vec::new(),
        }
    }

    /// Appends what `bytes` mean to `out`.
    pub(super) fn decode(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if !self.encoding.is_wide() {
            out.extend_from_slice(bytes);
            return;
        }
        let mut pending: Option<u16> = None;
        let given = std::mem::take(&mut self.rest);
        let mut halves = given.iter().chain(bytes).copied();
        out.reserve(bytes.len());
        while let Some(first) = halves.next() {
            let second = match halves.next() {
                Some(second) => second,
                None => {
                    if let Some(high) = pending.take() {
                        self.rest.extend_from_slice(&self.bytes(high));
                    }
                    self.rest.push(first);
                    return;
                }
            };
            let unit = match self.encoding {
                Encoding::Utf16Be => u16::from_be_bytes([first, second]),
                _ => u16::from_le_bytes([first, second]),
            };
            match pending.take() {
                Some(high) if (0xDC00..0xE000).contains(&unit) => {
                    let code =
                        0x1_0000 + ((u32::from(high) - 0xD800) << 10) + (u32::from(unit) - 0xDC00);
                    push(out, code);
                    continue;
                }
                // Half a pair.
                Some(_) => push(out, 0xFFFD),
                None => {}
            }
            if (0xD800..0xDC00).contains(&unit) {
                pending = Some(unit);
            } else {
                push(out, u32::from(unit));
            }
        }
        if let Some(high) = pending {
            self.rest.extend_from_slice(&self.bytes(high));
        }
    }

    /// Nothing follows: half a pair becomes U+FFFD, half a unit nothing.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        if self.rest.len() > 1 {
            push(out, 0xFFFD);
        }
        self.rest.clear();
    }

    fn bytes(&self, unit: u16) -> [u8; 2] {
        match self.encoding {
            Encoding::Utf16Be => unit.to_be_bytes(),
            _ => unit.to_le_bytes(),
        }
    }

    /// How many bytes of the file this decoded text was.
    pub(super) fn source_bytes(&self, decoded: &[u8]) -> u64 {
        if !self.encoding.is_wide() {
            return decoded.len() as u64;
        }
        // Each character is one unit, those with four bytes are two.
        let units = |byte: &u8| match byte {
            0x80..=0xBF => 0,
            0xF0..=0xFF => 2,
            _ => 1,
        };
        2 * decoded.iter().map(units).sum::<u64>()
    }
}

fn push(out: &mut Vec<u8>, code: u32) {
    let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}
