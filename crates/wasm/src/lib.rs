//! The rules for the browser: JSON in, JSON out.
//!
//! On `wasm32` three functions are exported: `alloc(len) -> ptr`, `free(ptr, len)` and
//! `call(function, ptr, len) -> u64`. `call` takes the input over (do not free it) and answers `ptr << 32 | len` of an output
//! that the caller frees. Everywhere else there is only [`answer`], so that both are the same code.
#![deny(missing_docs)]
#![cfg_attr(not(target_arch = "wasm32"), forbid(unsafe_code))]

#[cfg(target_arch = "wasm32")]
mod abi;

#[cfg(feature = "message")]
mod messages;

use serde::Serialize;
#[cfg(any(feature = "csv", feature = "message"))]
use serde_json::Value;

/// Longest input, bytes. A template has some kilobytes.
pub const INPUT_BYTES: usize = 4 * 1024 * 1024;

/// What can be asked, by the number that `call` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
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
    /// Options, a line break and the beginning of a file → what the file is.
    CsvSniff = 8,
    /// The same with a mapping → what its first rows would become.
    CsvPreview = 9,
    /// Options, a line break and a file → its rows. For tests.
    CsvRows = 10,
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
            8 => Function::CsvSniff,
            9 => Function::CsvPreview,
            10 => Function::CsvRows,
            _ => return None,
        })
    }
}

#[derive(Serialize)]
struct Failure {
    error: String,
}

/// The answer to a question, both JSON in UTF-8 (a file follows its options as it is); `{"error": …}` when there is no such
/// function or the input is not what it takes.
///
/// ```
/// # #[cfg(feature = "message")]
/// assert_eq!(nxtchat_wasm::answer(7, br#""*Hi*""#), br#"{"html":"<strong>Hi</strong>","plain":"Hi"}"#);
/// assert_eq!(nxtchat_wasm::answer(99, b""), br#"{"error":"There is no function 99."}"#);
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
    match function {
        #[cfg(feature = "csv")]
        Function::CsvSniff => file(input, nxtchat_core::csv::sniff),
        #[cfg(feature = "csv")]
        Function::CsvPreview => file(input, nxtchat_core::csv::preview),
        #[cfg(feature = "csv")]
        Function::CsvRows => file(input, nxtchat_core::csv::rows),
        #[cfg(feature = "message")]
        function if function <= Function::Markup => messages::answer(function, read(input)?),
        #[allow(unreachable_patterns)] // With every feature.
        _ => Err("This build has no such function.".to_owned()),
    }
}

/// Options, a line break and a file.
#[cfg(feature = "csv")]
fn file<T: Serialize>(
    input: &[u8],
    ask: fn(&[u8], &Value) -> Result<T, String>,
) -> Result<Vec<u8>, String> {
    let end = input.iter().position(|byte| *byte == b'\n');
    let (options, file) = input.split_at(end.unwrap_or(input.len()));
    ask(file.get(1..).unwrap_or(&[]), &read(options)?).map(|said| write(&said))
}

#[cfg(any(feature = "csv", feature = "message"))]
fn read(input: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(input).map_err(|error| format!("The input cannot be read: {error}"))
}

/// None of our types can fail to be written: they have string keys and no maps of others.
pub(crate) fn write(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
