//! The rules as the extension has them, for comparison with the WebAssembly. A question is a line with the function's number,
//! a blank and its input; an `x` after the number says that the input is in hexadecimal.
//!
//! - `native made COUNT SEED` prints questions about templates made by chance;
//! - `native answer` reads questions and prints their answers;
//! - `native time` prints how long a typical template takes, in microseconds, and that template with its values.
#![allow(clippy::expect_used, clippy::panic)]

#[path = "../../core/tests/common/templates.rs"]
mod made;

use serde_json::json;
use std::io::{BufRead, BufWriter, Write};
use std::time::Instant;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| -> u64 { arguments[at].parse().expect("a number") };
    let mut out = BufWriter::new(std::io::stdout().lock());
    match arguments.first().map(String::as_str) {
        Some("made") => questions(&mut out, number(1), number(2))?,
        Some("answer") => {
            for line in std::io::stdin().lock().lines() {
                let line = line?;
                let (function, input) = line.split_once(' ').expect("number and input");
                let input = match function.strip_suffix('x') {
                    Some(_) => unhex(input),
                    None => input.as_bytes().to_vec(),
                };
                let function = function.trim_end_matches('x').parse();
                out.write_all(&nxtchat_wasm::answer(function.expect("a number"), &input))?;
                out.write_all(b"\n")?;
            }
        }
        Some("time") => time(&mut out)?,
        _ => panic!("made COUNT SEED | answer | time"),
    }
    out.flush()
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |at: usize| (text.as_bytes()[at] as char).to_digit(16).expect("a digit");
    (0..text.len())
        .step_by(2)
        .map(|at| (digit(at) * 16 + digit(at + 1)) as u8)
        .collect()
}

/// Five questions about each template, every third of which has one of its characters changed.
fn questions(out: &mut impl Write, count: u64, seed: u64) -> std::io::Result<()> {
    let mut state = seed.max(1);
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for at in 0..count {
        let (template, values) = made::template(&mut random);
        let mut inputs = vec![
            (1, template.to_string()),
            (2, template.to_string()),
            (
                3,
                json!({ "template": template, "values": values }).to_string(),
            ),
            (
                4,
                json!({ "template": template, "values": values }).to_string(),
            ),
            (5, json!({ "template": template }).to_string()),
        ];
        let body = template["components"].as_array().and_then(|all| {
            all.iter()
                .find_map(|one| one["text"].as_str().filter(|text| text.len() > 20))
        });
        inputs.extend(body.map(|text| (7, json!(text).to_string())));
        for (function, input) in inputs {
            let mut input: Vec<char> = input.chars().collect();
            if at % 3 == 2 {
                let (place, other) = (random() as usize, random() as usize);
                let length = input.len();
                input[place % length] = ['"', '{', '}', '*', '\\', 'é', '0', '😀'][other % 8];
            }
            let input: String = input.into_iter().collect();
            writeln!(out, "{function} {input}")?;
        }
    }
    Ok(())
}

fn time(out: &mut impl Write) -> std::io::Result<()> {
    let template = json!({"name": "order_update", "language": "en_US", "category": "UTILITY", "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["4711"]}},
        {"type": "BODY", "text": "Hello *{{1}}*, your order {{2}} left our house today and comes on {{3}}.\n\nThank you for being our customer.", "example": {"body_text": [["Ann", "4711", "Friday"]]}},
        {"type": "FOOTER", "text": "Example Shop, Main Street 1"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Track it", "url": "https://shop.example/track/{{1}}", "example": ["4711"]}, {"type": "QUICK_REPLY", "text": "Stop updates"}]},
    ]});
    let values = json!({"header.1": "4711", "body.1": "Ann", "body.2": "4711", "body.3": "Friday", "buttons.0.url": "4711"});
    let input = json!({ "template": template, "values": values }).to_string();
    let text = template.to_string();
    let took = json!({
        "check_render_us": micros(|| {
            assert!(nxtchat_core::template::check(&template).is_empty());
            assert!(nxtchat_core::template::render(&template, &values).is_some());
        }),
        "preview_json_us": micros(|| assert!(!nxtchat_wasm::answer(5, input.as_bytes()).is_empty())),
        "parse_us": micros(|| assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok())),
        "template": template, "values": values});
    writeln!(out, "{took}")
}

/// Microseconds of a round: the median of batches that are shorter than a slice of the processor.
fn micros(work: impl Fn()) -> f64 {
    const ROUNDS: u32 = 50;
    let mut batches: Vec<_> = (0..401)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..ROUNDS {
                work();
            }
            start.elapsed()
        })
        .collect();
    batches.sort();
    let round = batches[batches.len() / 2].as_secs_f64() * 1e6 / f64::from(ROUNDS);
    (round * 10.0).round() / 10.0
}
