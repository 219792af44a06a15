//! Login by one-time code.

use super::convert::{to_texts, Shape};
use super::vault::{constant, key};
use super::Answer;
use crate::login::{self as room, Keys};
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module
        .function(wrap_function!(otp_issue))
        .function(wrap_function!(otp_check))
        .function(wrap_function!(login_token))
        .function(wrap_function!(login_open))
        .function(wrap_function!(login_hashes))
        .function(wrap_function!(login_word))
}

fn keys(site: &str, sealed: &str) -> crate::error::Result<Keys> {
    Keys::open(site.as_ref(), key(&constant()), sealed)
}

/// A new code from the operating system's randomness, unbiased, and its keyed hash, which alone may be stored.
///
/// $sealed is the room's key: vault_seal($site, random_bytes(32), 'login'), made once and kept in the database, so that every web
/// node has the same.
///
/// @param int $digits 4 to 8
/// @param string $binding what the code is good for: challenge, number, which send
/// @return array{code: string, hash: string}
/// @throws \NxtChat\Native\Exception\VaultError the key cannot be opened
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\otp_issue")]
pub fn otp_issue(site: &str, sealed: &str, digits: i64, binding: &str) -> Answer<Shape> {
    let (code, hash) = keys(site, sealed)?.issue(digits, binding)?;
    Ok(Shape::of(&serde_json::json!({
        "code": &*code,
        "hash": hash,
    }))?)
}

/// Is this the code? In constant time. Never for anything empty.
///
/// @param string $code as typed: only digits are ever right
/// @throws \NxtChat\Native\Exception\VaultError the key cannot be opened
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\otp_check")]
pub fn otp_check(
    site: &str,
    sealed: &str,
    code: BinarySlice<u8>,
    hash: &str,
    binding: &str,
) -> Answer<bool> {
    Ok(keys(site, sealed)?.check(&code, hash, binding))
}

/// A signed token that carries $payload (1,024 bytes at most; whoever has the token can read it) until $expires_ms.
///
/// @throws \NxtChat\Native\Exception\VaultError the key cannot be opened
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\login_token")]
pub fn login_token(site: &str, sealed: &str, payload: &str, expires_ms: i64) -> Answer<String> {
    Ok(keys(site, sealed)?.token(payload, expires_ms)?)
}

/// What a token carries; null when it is not ours, was altered, or expired before $now_ms.
///
/// @throws \NxtChat\Native\Exception\VaultError the key cannot be opened
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\login_open")]
pub fn login_open(
    site: &str,
    sealed: &str,
    token: BinarySlice<u8>,
    now_ms: i64,
) -> Answer<Option<String>> {
    Ok(keys(site, sealed)?.opened(&token, now_ms))
}

/// A keyed hash of each value, 64 hexadecimal characters.
///
/// @param list<string> $values 1,000 at most
/// @return list<string>
/// @throws \NxtChat\Native\Exception\VaultError the key cannot be opened
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\login_hashes")]
pub fn login_hashes(site: &str, sealed: &str, values: &ZendHashTable) -> Answer<Shape> {
    Ok(Shape::of(
        &keys(site, sealed)?.hashes(to_texts(values)?.into_iter())?,
    )?)
}

/// A word that a visitor sends to prove a number: 8 letters and digits without look-alikes, each equally likely.
///
/// @throws \NxtChat\Native\Exception\VaultError no randomness
#[php_function]
#[php(name = "NxtChat\\Native\\login_word")]
pub fn login_word() -> Answer<String> {
    Ok(room::word()?)
}
