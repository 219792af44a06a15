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
use serde::Serialize;
use serde_json::{Map, Value};

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
    let mut input = serde_json::from_slice::<Value>(input)
        .map_err(|error| format!("The input cannot be read: {error}"))?;
    Ok(match function {
        Function::TemplateCheck => write(&template::check(&input)),
        Function::TemplateVariables => write(&template::variables(&input)),
        Function::TemplateRender => {
            let (template, values) = filled(&mut input)?;
            write(&template::render(&template, &values))
        }
        Function::TemplateParameters => {
            let (template, values) = filled(&mut input)?;
            write(&match template::parameters(&template, &values) {
                Ok(components) => Sent::Components(components),
                Err(problems) => Sent::Problems(problems),
            })
        }
        Function::TemplatePreview => {
            let (template, values) = filled(&mut input)?;
            write(&preview(&template, values))
        }
        Function::MessageCheck => write(&message::check(&input)),
        Function::Markup => {
            let text = input
                .as_str()
                .ok_or("The input cannot be read: it is no text.")?;
            write(&Marked {
                html: markup::to_html(text),
                plain: markup::to_plain(text),
            })
        }
    })
}

/// The template and the values of an input, null where there are none.
fn filled(input: &mut Value) -> Result<(Value, Value), String> {
    let mut take = |key: &str| input.get_mut(key).map(Value::take);
    let template = take("template").ok_or("The input cannot be read: it has no template.")?;
    Ok((template, take("values").unwrap_or_default()))
}

fn preview(template: &Value, mut values: Value) -> Preview {
    let variables = template::variables(template);
    if values.is_null() {
        let mut examples = Map::new();
        for variable in &variables {
            if !variable.example.is_empty() {
                examples.insert(variable.key.clone(), Value::from(variable.example.as_str()));
            }
        }
        values = Value::Object(examples);
    }
    Preview {
        problems: template::check(template),
        rendered: template::render(template, &values),
        variables,
    }
}

/// None of our types can fail to be written: they have string keys and no maps of others.
fn write(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
