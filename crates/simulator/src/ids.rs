//! Identifiers in the shapes Meta's have, and small encodings.
use base64::{engine::general_purpose::STANDARD, Engine as _};
use fastrand::Rng;
use ring::{digest, hmac};

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Standard base64.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Bytes of standard base64.
pub fn unbase64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// HMAC-SHA256 in hex: the value after `sha256=` in X-Hub-Signature-256.
pub fn signature(secret: &str, body: &[u8]) -> String {
    hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), body).as_ref())
}

fn pick(rng: &mut Rng, from: &[u8], n: usize) -> String {
    (0..n)
        .map(|_| from[rng.usize(..from.len())] as char)
        .collect()
}

/// `wamid.` + base64 of `1C 18 <len><digits> 15 02 00 <11 out | 12 in> 18 <len><hex id> 00`.
pub fn wamid_of(digits: &str, outbound: bool, id: &str) -> String {
    let mut b = Vec::with_capacity(digits.len() + id.len() + 10);
    b.extend([0x1c, 0x18, digits.len() as u8]);
    b.extend(digits.as_bytes());
    b.extend([
        0x15,
        0x02,
        0x00,
        if outbound { 0x11 } else { 0x12 },
        0x18,
        id.len() as u8,
    ]);
    b.extend(id.as_bytes());
    b.push(0);
    format!("wamid.{}", base64(&b))
}

/// A new message id: 18 hex digits outbound, `3A` + 18 inbound, as Meta's examples have them.
pub fn wamid(rng: &mut Rng, digits: &str, outbound: bool) -> String {
    const HEX: &[u8] = b"0123456789ABCDEF";
    let id = if outbound {
        pick(rng, HEX, 18)
    } else {
        format!("3A{}", pick(rng, HEX, 18))
    };
    wamid_of(digits, outbound, &id)
}

/// A numeric id of `n` digits that starts with no 0.
pub fn numeric(rng: &mut Rng, n: usize) -> String {
    format!(
        "{}{}",
        rng.u8(1..=9),
        pick(rng, b"0123456789", n.saturating_sub(1))
    )
}

/// `fbtrace_id` of an answer.
pub fn trace(rng: &mut Rng) -> String {
    const URL64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    format!("A{}", pick(rng, URL64, 22))
}

/// A business-scoped user id of the country (two capital letters).
pub fn bsuid(rng: &mut Rng, country: &str) -> String {
    format!("{country}.{}", numeric(rng, 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wamids_have_metas_bytes() {
        // Meta's own examples: one outbound, one inbound.
        assert_eq!(
            wamid_of("16503879439", true, "711925A917099AEE3F"),
            "wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI3MTE5MjVBOTE3MDk5QUVFM0YA"
        );
        assert_eq!(
            wamid_of("16503879439", false, "3A4A6599AEE038101444"),
            "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0NAA="
        );
    }

    #[test]
    fn one_seed_gives_the_same_ids() {
        let a = wamid(&mut Rng::with_seed(7), "4915112345678", true);
        assert_eq!(a, wamid(&mut Rng::with_seed(7), "4915112345678", true));
        assert_ne!(a, wamid(&mut Rng::with_seed(8), "4915112345678", true));
    }

    #[test]
    fn signature_is_hmac_sha256() {
        // RFC 4231, test case 2.
        assert_eq!(
            signature("Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
