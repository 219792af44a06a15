//! Templates.

use super::convert::{to_json, Shape};
use super::Answer;
use crate::graph::Account;
use crate::template as room;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use nxtchat_core::template as rules;
use serde_json::json;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module
        .function(wrap_function!(template_check))
        .function(wrap_function!(template_variables))
        .function(wrap_function!(template_render))
        .function(wrap_function!(template_parameters))
        .function(wrap_function!(template_sample_upload))
}

/// Everything that Meta would refuse in a template that is to be created; empty = good. `rule` is never renamed.
///
/// @param array<string, mixed> $template the body of POST /{WABA}/message_templates
/// @return list<array{place: string, rule: string, severity: 'error'|'warning', message: string, remedy: string}>
/// @throws \NxtChat\Native\Exception\InvalidInput not JSON-like
#[php_function]
#[php(name = "NxtChat\\Native\\template_check")]
pub fn template_check(template: &ZendHashTable) -> Answer<Shape> {
    Ok(Shape::of(&rules::check(&to_json(template)?))?)
}

/// What a template needs when it is sent, in the order in which a customer sees it.
///
/// @param array<string, mixed> $template as created or as fetched
/// @return list<array{key: string, place: string, name: string, kind: string, required: bool, example: mixed}>
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\template_variables")]
pub fn template_variables(template: &ZendHashTable) -> Answer<Shape> {
    Ok(Shape::of(&rules::variables(&to_json(template)?))?)
}

/// Exactly what the customer sees: {header: {kind, text, media}|null, body: {text, html, plain}, footer, offer, buttons, cards,
/// unknown, preset, missing}; null for what is no template. `missing` are keys of values that are needed and not given.
///
/// @param array<string, mixed> $template
/// @param array<string, mixed> $values by key of template_variables()
/// @return ?array<string, mixed>
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\template_render")]
pub fn template_render(template: &ZendHashTable, values: &ZendHashTable) -> Answer<Shape> {
    Ok(Shape::of(&rules::render(
        &to_json(template)?,
        &to_json(values)?,
    ))?)
}

/// The `components` of a send request, or what is wrong with the values (`place` is the key of the value).
///
/// @param array<string, mixed> $template
/// @param array<string, mixed> $values by key of template_variables()
/// @return array{components: list<array<string, mixed>>, problems: list<array{place: string, rule: string, severity: string, message: string, remedy: string}>}
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\template_parameters")]
pub fn template_parameters(template: &ZendHashTable, values: &ZendHashTable) -> Answer<Shape> {
    Ok(Shape::of(
        &match rules::parameters(&to_json(template)?, &to_json(values)?) {
            Ok(components) => json!({"components": components, "problems": []}),
            Err(problems) => json!({"components": [], "problems": problems}),
        },
    )?)
}

/// Uploads a file as the sample of a media header (resumable upload, streamed) and returns its handle.
///
/// @param array{token: string, graph_base?: string, graph_version?: string} $account with the clear token
/// @param string $app_id of the account
/// @param string $path 1 byte to 100 MB
/// @param string $mime as image/png
/// @throws \NxtChat\Native\Exception\GraphError
/// @throws \NxtChat\Native\Exception\InvalidInput no such file, empty, too large
#[php_function]
#[php(name = "NxtChat\\Native\\template_sample_upload")]
pub fn template_sample_upload(
    account: &ZendHashTable,
    app_id: &str,
    path: &str,
    mime: &str,
) -> Answer<String> {
    let account = Account::read(&to_json(account)?)?;
    Ok(room::upload(&account, app_id, path.as_ref(), mime)?)
}
