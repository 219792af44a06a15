//! Masking of what looks like a secret.

/// What stands in the place of a secret.
const MASK: &str = "•••";
/// Shortest run of characters after `EAA` (the beginning of Meta's access tokens) that is taken for a token.
const TOKEN_REST: usize = 8;
/// Shortest secret half of an app token (`<app id>|<secret>`).
const APP_SECRET: usize = 16;
/// Names whose value is a secret.
const KEYS: &[&str] = &[
    "access_token",
    "input_token",
    "fb_exchange_token",
    "client_secret",
    "app_secret",
    "appsecret_proof",
    "verify_token",
    "hub.verify_token",
];

/// `text` with everything that looks like a token masked: `EAA…`, `123|secret`, `Bearer …`, `access_token=…`.
///
/// ```
/// assert_eq!(nxtchat_core::errors::mask("Malformed access token EAAGm0PX4ZCpsBA."), "Malformed access token •••.");
/// ```
#[must_use]
pub fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // What stands before the current run decides over it: a key and `=`, or `Bearer`.
    let mut before = String::new();
    let mut between = "";
    while !rest.is_empty() {
        let gap = rest.find(is_token_char).unwrap_or(rest.len());
        let (separator, tail) = rest.split_at(gap);
        out.push_str(separator);
        between = if separator.is_empty() {
            between
        } else {
            separator
        };
        let end = tail.find(|c| !is_token_char(c)).unwrap_or(tail.len());
        let (run, tail) = tail.split_at(end);
        rest = tail;
        if run.is_empty() {
            continue;
        }
        let follows_key = KEYS.contains(&before.as_str()) && between.contains(['=', ':', '%']);
        let follows_scheme = matches!(before.as_str(), "bearer" | "oauth")
            && between.trim().is_empty()
            && run != "access"; // "Invalid OAuth access token" is Meta's sentence.
                                // A full stop after a token ends the sentence.
        let word = run.trim_end_matches('.');
        if follows_key || follows_scheme || is_secret(word) {
            out.push_str(MASK);
            out.push_str(run.get(word.len()..).unwrap_or_default());
        } else {
            out.push_str(run);
        }
        before = run.to_ascii_lowercase();
    }
    out
}

fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '|' | '.')
}

fn is_secret(run: &str) -> bool {
    if run.starts_with("wamid.") {
        return false;
    }
    if let Some((_, rest)) = run.split_once("EAA") {
        if rest.len() >= TOKEN_REST {
            return true;
        }
    }
    matches!(run.split_once('|'), Some((app, secret))
        if secret.len() >= APP_SECRET && app.len() >= 5 && app.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn secrets_are_masked_and_the_rest_stays() {
        for (given, want) in [
            (
                "Malformed access token EAAGm0PX4ZCpsBA",
                "Malformed access token •••",
            ),
            (
                "(#100) token 'EAAJB_x-9abcdef' bad",
                "(#100) token '•••' bad",
            ),
            ("Authorization: Bearer abc.def", "Authorization: Bearer •••"),
            ("authorization: bearer  x", "authorization: bearer  •••"),
            ("OAuth EAA1", "OAuth •••"),
            ("Invalid OAuth access token.", "Invalid OAuth access token."),
            (
                "https://graph/x?access_token=abc&fields=id",
                "https://graph/x?access_token=•••&fields=id",
            ),
            ("access_token%3Dabc", "access_token%•••"),
            ("{\"access_token\":\"abc\"}", "{\"access_token\":\"•••\"}"),
            ("client_secret: s3cret, id: 5", "client_secret: •••, id: 5"),
            ("app 1234567890|AbCdEfGhIjKlMnOpQr", "app •••"),
            (
                "Error validating access token: Session has expired",
                "Error validating access token: Session has expired",
            ),
            (
                "wamid.HBgLMTY1MDM4Nzk0EAAbcdefghijk stays",
                "wamid.HBgLMTY1MDM4Nzk0EAAbcdefghijk stays",
            ),
            ("Größe 😀 bleibt", "Größe 😀 bleibt"),
            ("", ""),
        ] {
            assert_eq!(mask(given), want);
        }
    }
}
