//! Messages on their way out.

use super::convert::{to_json, Shape};
use super::Answer;
use crate::graph::Account;
use crate::message as room;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module
        .function(wrap_function!(message_check))
        .function(wrap_function!(message_send))
        .function(wrap_function!(message_mark_read))
        .function(wrap_function!(markup_html))
        .function(wrap_function!(ulids))
}

/// Checks a message against Meta's rules. Empty = good.
///
/// @param array<string, mixed> $message the Cloud API body without messaging_product
/// @return list<array{path: string, rule: string, message: string}>
/// @throws \NxtChat\Native\Exception\InvalidInput not JSON-like
#[php_function]
#[php(name = "NxtChat\\Native\\message_check")]
pub fn message_check(message: &ZendHashTable) -> Answer<Shape> {
    Ok(Shape::of(&room::check(&to_json(message)?))?)
}

/// Sends one message, once. Never throws for what Meta or the network answered: `unknown` means that it may or may not have
/// gone out, and must not be repeated.
///
/// @param array{phone_number_id: string, token: string, graph_base?: string, graph_version?: string} $account with the clear token
/// @param array<string, mixed> $message the Cloud API body without messaging_product
/// @param string $reference a ULID, comes back in the statuses
/// @return array{outcome: 'accepted'|'refused'|'unknown', wamid: ?string, recipient: array{wa_id: ?string, user_id: ?string}, message_status: ?string, http_status: int, error: ?array{code: int, subcode: int, class: string, title: string, message: string, details: string, remedy: string, fbtrace_id: string}, duration_ms: int}
/// @throws \NxtChat\Native\Exception\InvalidInput when message_check() finds a problem
#[php_function]
#[php(name = "NxtChat\\Native\\message_send")]
pub fn message_send(
    account: &ZendHashTable,
    message: &ZendHashTable,
    reference: &str,
) -> Answer<Shape> {
    let account = Account::read(&to_json(account)?)?;
    Ok(Shape::of(&room::send(
        &account,
        &to_json(message)?,
        reference,
    )?)?)
}

/// Marks a message (and those before it) as read, optionally with the typing indicator (25 s at most).
///
/// @param array{phone_number_id: string, token: string, graph_base?: string, graph_version?: string} $account
/// @throws \NxtChat\Native\Exception\GraphError
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\message_mark_read", defaults(typing = false))]
pub fn message_mark_read(account: &ZendHashTable, wamid: &str, typing: bool) -> Answer<()> {
    let account = Account::read(&to_json(account)?)?;
    Ok(room::mark_read(&account, wamid, typing)?)
}

/// WhatsApp's markup (*bold* _italic_ ~strike~ ```mono``` `code` > quote, lists, links) as safe HTML. Pure.
#[php_function]
#[php(name = "NxtChat\\Native\\markup_html")]
pub fn markup_html(text: &str) -> String {
    nxtchat_core::markup::to_html(text)
}

/// New ULIDs (26 characters), rising within a process: 0 to 100,000.
///
/// @return list<string>
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\ulids")]
pub fn ulids(count: i64) -> Answer<Vec<String>> {
    Ok(crate::ulid::many(count)?)
}
