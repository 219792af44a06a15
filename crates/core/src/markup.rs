//! WhatsApp's text markup: `*bold*`, `_italic_`, `~strike~`, `` `code` ``, ```` ```mono``` ````, `> quote`, `- ` and `* `
//! lists, `1. ` lists, and web addresses (source: faq.whatsapp.com/539178204879377, "How to format your messages").
//!
//! As WhatsApp does it: a marker hugs its text, stands at a word's edge, and works within one line; only ```` ``` ```` may
//! cross lines. Linear in time and memory, whatever the text.
//!
//! Incomplete support: a numbered list that does not begin with 1 stays plain text, so that its numbers are kept.

/// The text as safe HTML: `strong`, `em`, `del`, `code`, `pre`, `blockquote`, `ul`, `ol`, `li`, `br` without attributes, and
/// `a` with an http(s) address. Everything else is escaped.
///
/// ```
/// assert_eq!(nxtchat_core::markup::to_html("*Hi* <b>"), "<strong>Hi</strong> &lt;b&gt;");
/// ```
#[must_use]
pub fn to_html(text: &str) -> String {
    Renderer {
        out: String::with_capacity(text.len() + text.len() / 4),
        html: true,
    }
    .render(text)
}

/// The text without its markers, for notifications and previews.
///
/// ```
/// assert_eq!(nxtchat_core::markup::to_plain("*Hi* `x`"), "Hi x");
/// ```
#[must_use]
pub fn to_plain(text: &str) -> String {
    Renderer {
        out: String::with_capacity(text.len()),
        html: false,
    }
    .render(text)
}

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Plain,
    Quote,
    Bullets,
    Numbers,
}

/// A piece of a line.
enum Token<'a> {
    Text(&'a str),
    Code(&'a str),
    Mono(&'a str),
    Link(&'a str),
    /// A marker that may stand for itself.
    Marker(char, Role),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Itself,
    Opens,
    Closes,
}

const FENCE: &str = "```";
/// With what a token that is no text begins.
const SIGNS: [char; 6] = ['`', '*', '_', '~', 'h', 'H'];

struct Renderer {
    out: String,
    html: bool,
}

impl Renderer {
    fn render(mut self, text: &str) -> String {
        let mut block = Block::Plain;
        let mut number = 0;
        let mut first = true;
        for line in Lines::new(text) {
            let (kind, content) = classify(line, if block == Block::Numbers { number } else { 0 });
            if kind == Block::Numbers {
                number = if block == Block::Numbers {
                    number + 1
                } else {
                    1
                };
            }
            if kind != block {
                self.close(block);
                // Blocks break the line by themselves; text must be told to.
                if !self.html && !first {
                    self.out.push('\n');
                }
                self.open(kind);
            } else if !first {
                match kind {
                    Block::Plain | Block::Quote => self.tag("<br>", "\n"),
                    Block::Bullets | Block::Numbers => self.tag("", "\n"),
                }
            }
            match kind {
                Block::Bullets => self.tag("<li>", "- "),
                Block::Numbers if self.html => self.out.push_str("<li>"),
                Block::Numbers => self.out.push_str(&format!("{number}. ")),
                Block::Plain | Block::Quote => {}
            }
            self.inline(content);
            if matches!(kind, Block::Bullets | Block::Numbers) {
                self.tag("</li>", "");
            }
            block = kind;
            first = false;
        }
        self.close(block);
        self.out
    }

    fn tag(&mut self, html: &str, plain: &str) {
        self.out.push_str(if self.html { html } else { plain });
    }

    fn open(&mut self, block: Block) {
        match block {
            Block::Plain => {}
            Block::Quote => self.tag("<blockquote>", ""),
            Block::Bullets => self.tag("<ul>", ""),
            Block::Numbers => self.tag("<ol>", ""),
        }
    }

    fn close(&mut self, block: Block) {
        match block {
            Block::Plain => {}
            Block::Quote => self.tag("</blockquote>", ""),
            Block::Bullets => self.tag("</ul>", ""),
            Block::Numbers => self.tag("</ol>", ""),
        }
    }

    fn inline(&mut self, line: &str) {
        for token in tokens(line) {
            match token {
                Token::Text(text) => self.text(text),
                Token::Code(code) => self.wrapped("code", code),
                Token::Mono(code) if code.contains('\n') => self.wrapped("pre", code),
                Token::Mono(code) => self.wrapped("code", code),
                Token::Link(url) if self.html => {
                    self.out.push_str("<a href=\"");
                    self.text(url);
                    self.out
                        .push_str("\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">");
                    self.text(url);
                    self.out.push_str("</a>");
                }
                Token::Link(url) => self.text(url),
                Token::Marker(marker, Role::Itself) => self.out.push(marker),
                Token::Marker(marker, role) => {
                    let (open, close) = match marker {
                        '*' => ("<strong>", "</strong>"),
                        '_' => ("<em>", "</em>"),
                        _ => ("<del>", "</del>"),
                    };
                    self.tag(if role == Role::Opens { open } else { close }, "");
                }
            }
        }
    }

    fn wrapped(&mut self, name: &str, code: &str) {
        if self.html {
            self.out.push('<');
            self.out.push_str(name);
            self.out.push('>');
        }
        self.text(code);
        if self.html {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
    }

    /// Text, escaped for elements and quoted attributes. Control characters, which HTML may not hold, are left out.
    fn text(&mut self, text: &str) {
        let mut start = 0;
        for (at, c) in text.char_indices() {
            let instead = match c {
                '&' if self.html => "&amp;",
                '<' if self.html => "&lt;",
                '>' if self.html => "&gt;",
                '"' if self.html => "&quot;",
                '\'' if self.html => "&#039;",
                '\n' | '\t' => continue,
                c if c.is_control() => "",
                _ => continue,
            };
            self.out.push_str(text.get(start..at).unwrap_or_default());
            self.out.push_str(instead);
            start = at + c.len_utf8();
        }
        self.out.push_str(text.get(start..).unwrap_or_default());
    }
}

/// The lines of a text, where line breaks between two fences do not count.
struct Lines<'a> {
    rest: Option<&'a str>,
    /// Whether a fence may still find its end; once one has not, none will.
    fences: bool,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Lines {
            rest: (!text.is_empty()).then_some(text),
            fences: true,
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest?;
        let mut at = 0;
        let end = loop {
            let ahead = text.get(at..).unwrap_or_default();
            let stop = match ahead.find(|c| c == '\n' || (self.fences && c == '`')) {
                Some(stop) => at + stop,
                None => break text.len(),
            };
            let here = text.get(stop..).unwrap_or_default();
            if here.starts_with('\n') {
                break stop;
            }
            at = match fenced(here) {
                Some(code) => stop + code.len() + 2 * FENCE.len(),
                None => {
                    if here.starts_with(FENCE) && !here.starts_with("````") {
                        self.fences = false;
                    }
                    // The whole run of backticks, so that no run is looked at twice.
                    stop + here.len() - here.trim_start_matches('`').len()
                }
            };
        };
        self.rest = text.get(end + 1..);
        Some(text.get(..end).unwrap_or_default().trim_end_matches('\r'))
    }
}

/// The code between a fence at the beginning of `text` and the next one; `None` for an empty one or an open end.
fn fenced(text: &str) -> Option<&str> {
    let inner = text.strip_prefix(FENCE)?;
    if inner.starts_with('`') {
        return None;
    }
    let end = inner.find(FENCE)?;
    inner.get(..end).filter(|code| !code.trim().is_empty())
}

/// What a line is, and its content. `number` is the number before in a numbered list, 0 outside of one.
fn classify(line: &str, number: u32) -> (Block, &str) {
    if let Some(content) = line.strip_prefix("> ") {
        return (Block::Quote, content);
    }
    for bullet in ["- ", "* "] {
        if let Some(content) = line
            .strip_prefix(bullet)
            .filter(|content| !content.trim().is_empty())
        {
            return (Block::Bullets, content);
        }
    }
    if let Some((digits, content)) = line.split_once(". ") {
        let follows = digits.len() <= 4
            && digits.bytes().all(|b| b.is_ascii_digit())
            && digits.parse() == Ok(number + 1);
        if follows && !content.trim().is_empty() {
            return (Block::Numbers, content);
        }
    }
    (Block::Plain, line)
}

/// The pieces of a line, with every marker's role settled.
fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    // Open markers: at most one of each kind, innermost last.
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut code = true;
    let mut fences = true;
    while let Some(found) = line.get(at..).and_then(|rest| rest.find(SIGNS)) {
        at += found;
        let (passed, rest) = line.split_at(at);
        let before = passed.chars().next_back();
        let c = rest.chars().next().unwrap_or_default();
        let mut end = at + c.len_utf8();
        let token = match c {
            '`' => {
                let mono = if fences && rest.starts_with(FENCE) {
                    fenced(rest)
                } else {
                    None
                };
                fences &= mono.is_some() || !rest.starts_with(FENCE) || rest.starts_with("````");
                let inner = if mono.is_none() && code && !rest.starts_with("``") {
                    inline_code(rest, &mut code)
                } else {
                    None
                };
                if let Some(mono) = mono {
                    end = at + mono.len() + 2 * FENCE.len();
                    Some(Token::Mono(mono))
                } else if let Some(inner) = inner {
                    end = at + inner.len() + 2;
                    Some(Token::Code(inner))
                } else {
                    end = at + rest.len() - rest.trim_start_matches('`').len();
                    None
                }
            }
            'h' | 'H' if !before.map_or(false, char::is_alphanumeric) => link(rest).map(|url| {
                end = at + url.len();
                Token::Link(url)
            }),
            '*' | '_' | '~' => Some(Token::Marker(c, Role::Itself)),
            _ => None,
        };
        if let Some(token) = token {
            if start < at {
                tokens.push(Token::Text(line.get(start..at).unwrap_or_default()));
            }
            let mut token = token;
            if let Token::Marker(marker, role) = &mut token {
                let after = line.get(end..).and_then(|rest| rest.chars().next());
                settle(&mut tokens, &mut open, *marker, role, before, after);
            }
            tokens.push(token);
            start = end;
        }
        at = end;
    }
    if start < line.len() {
        tokens.push(Token::Text(line.get(start..).unwrap_or_default()));
    }
    tokens
}

/// Decides what a marker between `before` and `after` does. The marker will be the next token.
fn settle(
    tokens: &mut [Token<'_>],
    open: &mut Vec<(char, usize)>,
    marker: char,
    role: &mut Role,
    before: Option<char>,
    after: Option<char>,
) {
    let here = tokens.len();
    let closes =
        before.map_or(false, |c| !c.is_whitespace()) && !after.map_or(false, char::is_alphanumeric);
    if let Some(level) = open.iter().position(|(kind, _)| *kind == marker) {
        let opener = open.get(level).map(|(_, at)| *at).unwrap_or(here);
        if closes && opener + 1 < here {
            if let Some(Token::Marker(_, role)) = tokens.get_mut(opener) {
                *role = Role::Opens;
            }
            *role = Role::Closes;
            // What was opened inside and not closed stands for itself.
            open.truncate(level);
        }
        return;
    }
    let opens = after.map_or(false, |c| !c.is_whitespace() && c != marker)
        && !before.map_or(false, char::is_alphanumeric);
    if opens {
        open.push((marker, here));
    }
}

/// The code of a `` `code` `` at the beginning of `text`. Sets `more` to false when no end can be found any more.
fn inline_code<'a>(text: &'a str, more: &mut bool) -> Option<&'a str> {
    let inner = text.get(1..)?;
    match inner.find('`') {
        Some(end) => inner.get(..end).filter(|code| !code.trim().is_empty()),
        None => {
            *more = false;
            None
        }
    }
}

/// The web address at the beginning of `text`: to the next blank, without the punctuation that ends a sentence.
fn link(text: &str) -> Option<&str> {
    let scheme = ["https://", "http://"].iter().find(|scheme| {
        text.get(..scheme.len())
            .map_or(false, |start| start.eq_ignore_ascii_case(scheme))
    })?;
    // The host must begin here; this also keeps the search for the end from being repeated in vain.
    if !text.get(scheme.len()..)?.starts_with(char::is_alphanumeric) {
        return None;
    }
    let end = text
        .find(|c: char| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '<' | '>' | '"' | '`' | '\\' | '^' | '{' | '}' | '|')
        })
        .unwrap_or(text.len());
    let url = text.get(..end)?;
    let bracket = url.contains('(');
    Some(url.trim_end_matches(|c| {
        matches!(
            c,
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | ']' | '*' | '_' | '~'
        ) || (c == ')' && !bracket)
    }))
}

#[cfg(test)]
#[path = "markup_tests.rs"]
mod tests;
