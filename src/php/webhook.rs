//! Meta's events at the front door.

use super::convert::{to_json, Shape};
use super::Answer;
use crate::webhook as room;
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module
        .function(wrap_function!(front_configure))
        .function(wrap_function!(front_info))
        .function(wrap_function!(webhook_challenge))
        .function(wrap_function!(webhook_accept))
        .function(wrap_function!(webhook_events))
}

/// Hands over what the front doors need before WordPress exists; sealed in the site directory.
///
/// verify_hashes: hexadecimal SHA-256 of each verify token. max_bytes: of the spool (1 GiB). max_body: of one webhook (3 MB).
///
/// @param array{app_secrets: list<string>, verify_hashes: list<string>, wp_load: string, blog_id: int, home: string, durability: 'full'|'normal', max_bytes?: int, max_body?: int} $config
/// @throws \NxtChat\Native\Exception\InvalidInput
/// @throws \NxtChat\Native\Exception\SpoolError
#[php_function]
#[php(name = "NxtChat\\Native\\front_configure")]
pub fn front_configure(site: &str, config: &ZendHashTable) -> Answer<()> {
    Ok(room::front::configure(site.as_ref(), &to_json(config)?)?)
}

/// What is not secret of it.
///
/// @return array{wp_load: string, blog_id: int, home: string}
/// @throws \NxtChat\Native\Exception\SpoolError
/// @throws \NxtChat\Native\Exception\VaultError
#[php_function]
#[php(name = "NxtChat\\Native\\front_info")]
pub fn front_info(site: &str) -> Answer<Shape> {
    Ok(Shape::of(&room::front::load(site.as_ref())?.info())?)
}

/// The verify handshake. Returns the challenge to echo, or null to refuse.
///
/// @param array<string, string> $query $_GET, where PHP has made hub_mode of hub.mode
/// @throws \NxtChat\Native\Exception\SpoolError
/// @throws \NxtChat\Native\Exception\VaultError
#[php_function]
#[php(name = "NxtChat\\Native\\webhook_challenge")]
pub fn webhook_challenge(site: &str, query: &ZendHashTable) -> Answer<Option<String>> {
    let text = |key: &str| {
        query
            .get(key)
            .and_then(|v| v.dereference().str())
            .unwrap_or_default()
    };
    let challenge = room::challenge(
        site.as_ref(),
        text("hub_mode"),
        text("hub_verify_token"),
        text("hub_challenge"),
    )?;
    Ok(challenge.map(str::to_owned))
}

/// Checks the signature (the header X-Hub-Signature-256) on the raw bytes, in constant time, then stores the body as durably
/// as configured. Returns true when nobody drains at the moment. The body is not parsed.
///
/// @throws \NxtChat\Native\Exception\SignatureMismatch
/// @throws \NxtChat\Native\Exception\InvalidInput empty or too large
/// @throws \NxtChat\Native\Exception\SpoolError not stored: answer 503, Meta tries again
/// @throws \NxtChat\Native\Exception\VaultError
#[php_function]
#[php(name = "NxtChat\\Native\\webhook_accept")]
pub fn webhook_accept(
    site: &str,
    body: BinarySlice<u8>,
    signature: BinarySlice<u8>,
) -> Answer<bool> {
    Ok(room::accept(site.as_ref(), *body, *signature)?)
}

/// Typed events of a webhook body, see docs/API.md. Pure.
///
/// @return list<array<string, mixed>>
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\webhook_events")]
pub fn webhook_events(body: BinarySlice<u8>) -> Answer<Shape> {
    Ok(Shape::of(&room::events(*body)?)?)
}
