//! The rules for the browser: JSON in, JSON out.
//!
//! On `wasm32` three functions are exported: `alloc(len) -> ptr`, `free(ptr, len)` and
//! `call(function, ptr, len) -> u64`. `call` takes the input over (do not free it) and answers `ptr << 32 | len` of an output
//! that the caller frees. Everywhere else there is only [`answer`], so that both are the same code.
#![deny(missing_docs)]
#![cfg_attr(not(target_arch = "wasm32"), forbid(unsafe_code))]

#[cfg(target_arch = "wasm32")]
mod abi;

use nxtchat_core::{markup, message, template};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest input, bytes. A template has some kilobytes.
pub const INPUT_BYTES: usize = 4 * 1024 * 1024;

/// What can be asked, by the number that `call` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// A template → its problems.
    TemplateCheck = 1,
    /// A template → what it needs when it is sent.
    TemplateVariables = 2,
    /// `{template, values}` → what a customer sees, or null.
    TemplateRender = 3,
    /// `{template, values}` → `{components}` or `{problems}`.
    TemplateParameters = 4,
    /// `{template, values?}` → `{problems, variables, rendered}`: all that an editor shows, at once. Without values the
    /// examples stand for them.
    TemplatePreview = 5,
    /// A message → its problems.
    MessageCheck = 6,
    /// A text → `{html, plain}`.
    Markup = 7,
}

impl Function {
    /// By its number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            1 => Function::TemplateCheck,
            2 => Function::TemplateVariables,
            3 => Function::TemplateRender,
            4 => Function::TemplateParameters,
            5 => Function::TemplatePreview,
            6 => Function::MessageCheck,
            7 => Function::Markup,
            _ => return None,
        })
    }
}

#[derive(Deserialize)]
struct Filled {
    template: Value,
    #[serde(default)]
    values: Option<Value>,
}

#[derive(Serialize)]
struct Failure {
    error: String,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Sent {
    Components(Value),
    Problems(Vec<template::Problem>),
}

#[derive(Serialize)]
struct Preview {
    problems: Vec<template::Problem>,
    variables: Vec<template::Variable>,
    rendered: Option<template::Rendered>,
}

#[derive(Serialize)]
struct Marked {
    html: String,
    plain: String,
}

/// The answer to a question, both JSON in UTF-8; `{"error": …}` when there is no such function or the input is not what it
/// takes.
///
/// ```
/// assert_eq!(nxtchat_wasm::answer(7, br#""*Hi*""#), br#"{"html":"<strong>Hi</strong>","plain":"Hi"}"#);
/// ```
#[must_use]
pub fn answer(function: u32, input: &[u8]) -> Vec<u8> {
    respond(function, input).unwrap_or_else(|error| write(&Failure { error }))
}

fn respond(function: u32, input: &[u8]) -> Result<Vec<u8>, String> {
    if input.len() > INPUT_BYTES {
        return Err(format!(
            "The input has {} bytes; {INPUT_BYTES} are allowed.",
            input.len()
        ));
    }
    let function = Function::from_number(function)
        .ok_or_else(|| format!("There is no function {function}."))?;
    Ok(match function {
        Function::TemplateCheck => write(&template::check(&read(input)?)),
        Function::TemplateVariables => write(&template::variables(&read(input)?)),
        Function::TemplateRender => {
            let filled: Filled = read(input)?;
            let values = filled.values.unwrap_or_default();
            write(&template::render(&filled.template, &values))
        }
        Function::TemplateParameters => {
            let filled: Filled = read(input)?;
            let values = filled.values.unwrap_or_default();
            write(&match template::parameters(&filled.template, &values) {
                Ok(components) => Sent::Components(components),
                Err(problems) => Sent::Problems(problems),
            })
        }
        Function::TemplatePreview => write(&preview(read(input)?)),
        Function::MessageCheck => write(&message::check(&read(input)?)),
        Function::Markup => {
            let text: String = read(input)?;
            write(&Marked {
                html: markup::to_html(&text),
                plain: markup::to_plain(&text),
            })
        }
    })
}

fn preview(filled: Filled) -> Preview {
    let variables = template::variables(&filled.template);
    let values = filled.values.unwrap_or_else(|| {
        let examples = variables
            .iter()
            .filter(|variable| !variable.example.is_empty());
        let pairs =
            examples.map(|variable| (variable.key.clone(), Value::from(variable.example.clone())));
        Value::Object(pairs.collect())
    });
    Preview {
        problems: template::check(&filled.template),
        rendered: template::render(&filled.template, &values),
        variables,
    }
}

fn read<'a, T: Deserialize<'a>>(input: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(input).map_err(|error| format!("The input cannot be read: {error}"))
}

/// None of our types can fail to be written: they have string keys and no maps of others.
fn write(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
