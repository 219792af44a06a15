//! Templates made by chance, templates spoilt by chance, and long ones: good ones are sendable, nothing panics, and time grows
//! with size.

#[path = "../../tests/common/templates.rs"]
mod made;

use super::tests::{lines, refused, values};
use super::*;
use crate::xorshift;
use serde_json::json;
use std::time::{Duration, Instant};

#[test]
fn templates_made_by_chance_pass_and_are_sendable() {
    for seed in 1..=3_000u64 {
        let mut random = xorshift(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (template, values) = made::template(&mut random);
        assert_eq!(check(&template), [], "seed {seed}: {template}");
        let seen = render(&template, &values).unwrap();
        assert_eq!(seen.missing, [""; 0], "seed {seed}: {template} {values}");
        assert!(
            seen.unknown.is_empty()
                && !["{{1}}", "{{field_"]
                    .iter()
                    .any(|open| seen.body.html.contains(open)),
            "seed {seed}: {seen:?}"
        );
        let components = parameters(&template, &values)
            .unwrap_or_else(|problems| panic!("seed {seed}: {template} {values} {problems:?}"));
        assert_eq!(refused(&components), [], "seed {seed}");
        // What is needed is asked for: without any required value it cannot be sent.
        for variable in variables(&template)
            .iter()
            .filter(|variable| variable.required)
        {
            let mut fewer = values.clone();
            fewer
                .as_object_mut()
                .unwrap()
                .remove(&variable.key)
                .unwrap_or_else(|| panic!("seed {seed}: {} is not known", variable.key));
            let problems = parameters(&template, &fewer).unwrap_err();
            assert!(problems.iter().any(|problem| problem.place == variable.key && problem.rule == "value_missing"), "seed {seed}: {problems:?}");
            assert_eq!(
                render(&template, &fewer).unwrap().missing,
                [variable.key.as_str()],
                "seed {seed}"
            );
        }
    }
}

/// Changes one value somewhere: another type, another text, something left out or doubled.
fn mutate(value: &mut Value, random: &mut dyn FnMut() -> u64) {
    let pick = random();
    match value {
        Value::Object(map) if !map.is_empty() && pick % 8 != 0 => {
            let at = (random() as usize) % map.len();
            let key = map.keys().nth(at).unwrap().clone();
            if random() % 8 == 0 {
                map.remove(&key);
            } else {
                mutate(map.get_mut(&key).unwrap(), random);
            }
        }
        Value::Array(items) if !items.is_empty() && pick % 8 != 0 => {
            let at = (random() as usize) % items.len();
            match random() % 8 {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => mutate(&mut items[at], random),
            }
        }
        Value::String(text) if pick % 3 != 0 => {
            let mut chars: Vec<char> = text.chars().collect();
            let at = (random() as usize) % (chars.len() + 1);
            match random() % 3 {
                0 => drop(chars.splice(at..at, "{{".chars())),
                1 => chars.truncate(at),
                _ => chars.insert(
                    at,
                    ['}', '{', '\u{1F600}', '\0', '*', '1', '\n', 'é', ' ']
                        [(random() % 9) as usize],
                ),
            }
            *text = chars.into_iter().collect();
        }
        other => {
            let others = [
                json!(null),
                json!(true),
                json!(-1),
                json!(1e300),
                json!("{{1}}"),
                json!([]),
                json!({}),
                json!(["x"]),
                json!("TEXT"),
                json!("CAROUSEL"),
            ];
            *other = others[(random() % others.len() as u64) as usize].clone();
        }
    }
}

#[test]
fn nothing_panics_whatever_comes_in() {
    let mut random = xorshift(20_261_122);
    let corpus: Vec<_> = ["good.jsonl", "broken.jsonl"]
        .iter()
        .flat_map(|name| lines(name))
        .map(|case| case["template"].clone())
        .collect();
    for round in 0..20_000 {
        let (mut template, mut values) = if round % 2 == 0 {
            made::template(&mut random)
        } else {
            let template = corpus[(random() as usize) % corpus.len()].clone();
            let values = values(&template);
            (template, values)
        };
        for _ in 0..1 + random() % 4 {
            mutate(&mut template, &mut random);
            if random() % 2 == 0 {
                mutate(&mut values, &mut random);
            }
        }
        let _ = check(&template);
        let _ = variables(&template);
        let _ = render(&template, &values);
        if let Ok(components) = parameters(&template, &values) {
            assert_eq!(refused(&components), [], "{template} {values}");
        }
    }
}

#[test]
fn time_grows_with_size_and_not_faster() {
    let of = |text: String| {
        json!({"name": "a", "language": "en", "category": "UTILITY", "components": [
        {"type": "HEADER", "format": "TEXT", "text": text}, {"type": "BODY", "text": text, "example": {"body_text": [[text]]}}, {"type": "FOOTER", "text": text},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": text}, {"type": "URL", "text": "A", "url": text}]}]})
    };
    let long = 300_000;
    let numbers = (1..long / 8)
        .map(|at| format!("{{{{{at}}}}} "))
        .collect::<String>();
    let texts = ["{", "{{", "{{a", "}}", "{{1}}", "{a}", "*", "`", "{{{", " {{1}} a", "sale ", "% off", "{{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"];
    for text in texts
        .iter()
        .map(|text| text.repeat(long / text.len()))
        .chain([numbers])
    {
        let (start, template) = (Instant::now(), of(text));
        let _ = check(&template);
        let _ = variables(&template);
        let _ = render(&template, &json!({"body.1": "x"}));
        let _ = parameters(&template, &json!({"body.1": "x"}));
        let took = start.elapsed();
        assert!(
            took < Duration::from_secs(8),
            "{took:?} for {}…",
            &template["components"][1]["text"].as_str().unwrap()[..20]
        );
    }
    let many: Vec<_> = (0..20_000)
        .map(|at| json!({"type": "QUICK_REPLY", "text": format!("Reply {at}")}))
        .collect();
    let start = Instant::now();
    let _ = check(
        &json!({"components": [{"type": "BODY", "text": "Hi."}, {"type": "BUTTONS", "buttons": many}]}),
    );
    let _ = check(&json!({"components": vec![json!({"type": "BODY", "text": "Hi."}); 50_000]}));
    assert!(start.elapsed() < Duration::from_secs(4));
}
