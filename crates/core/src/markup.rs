//! WhatsApp's text markup.

/// Safe HTML.
#[must_use]
pub fn to_html(text: &str) -> String {
    text.to_owned()
}

/// Plain text.
#[must_use]
pub fn to_plain(text: &str) -> String {
    text.to_owned()
}
