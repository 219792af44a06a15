//! A number with its credentials.

use super::convert::{to_json, Shape};
use super::Answer;
use crate::account as room;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module.function(wrap_function!(account_test))
}

/// Tests a connection: token, scopes, expiry, app, number, waba, subscribed, quality, throughput, limit, in this order. Never
/// throws for remote answers.
///
/// @param array{app_id: string, app_secret: string, token: string, waba_id: string, phone_number_id: string, graph_base?: string, graph_version?: string} $account
/// @return list<array{check: string, status: 'ok'|'warn'|'fail', label: string, detail: string, remedy: string, data: array<string, mixed>}>
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\account_test")]
pub fn account_test(account: &ZendHashTable) -> Answer<Shape> {
    Ok(Shape::of(&room::test(&to_json(account)?)?)?)
}
