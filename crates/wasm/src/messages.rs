//! Templates, messages and markup.

use super::{write, Function};
use nxtchat_core::{markup, message, template};
use serde::Serialize;
use serde_json::{Map, Value};

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

/// Answers a question about a template, a message or a text.
pub(super) fn answer(function: Function, mut input: Value) -> Result<Vec<u8>, String> {
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
        _ => return Err("This is no question about messages.".to_owned()),
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
