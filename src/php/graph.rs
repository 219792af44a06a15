//! Meta's Graph API.

use super::convert::{to_json, Shape};
use super::Answer;
use crate::graph as room;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module
        .function(wrap_function!(graph_call))
        .function(wrap_function!(error_book))
        .function(wrap_function!(error_book_all))
}

/// Calls Graph. Parameters become the query of GET and DELETE, the JSON body of POST.
///
/// @param array{token: string, graph_base?: string, graph_version?: string} $account with the clear token
/// @param 'GET'|'POST'|'DELETE' $method
/// @param string $path below the version, as in 123/subscribed_apps
/// @param array<string, mixed> $params
/// @return array<mixed> the decoded answer
/// @throws \NxtChat\Native\Exception\GraphError
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\graph_call")]
pub fn graph_call(
    account: &ZendHashTable,
    method: &str,
    path: &str,
    params: Option<&ZendHashTable>,
) -> Answer<Shape> {
    let account = room::Account::read(&to_json(account)?)?;
    let params = params.map(to_json).transpose()?.unwrap_or_default();
    Ok(Shape::of(&room::call(&account, method, path, &params)?)?)
}

/// What to show for one of Meta's error codes; also for codes that are not in the book.
///
/// @return array{code: int, class: string, title: string, message: string, remedy: string, retry: bool, source: string}
#[php_function]
#[php(name = "NxtChat\\Native\\error_book")]
pub fn error_book(code: i64) -> Answer<Shape> {
    Ok(Shape::of(&nxtchat_core::errors::lookup(code))?)
}

/// The whole error book.
///
/// @return list<array{code: int, class: string, title: string, message: string, remedy: string, retry: bool, source: string}>
#[php_function]
#[php(name = "NxtChat\\Native\\error_book_all")]
pub fn error_book_all() -> Answer<Shape> {
    Ok(Shape::of(nxtchat_core::errors::all())?)
}
