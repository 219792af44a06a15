//! libFuzzer on the properties. Which target: `NXTCHAT_TARGET`. Inputs that are JSON are changed as JSON half of the time, so
//! that they stay something the rules look at.
#![no_main]

mod properties;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use properties::Target;
use serde_json::{json, Value};
use std::sync::OnceLock;

fn target() -> Target {
    static TARGET: OnceLock<Target> = OnceLock::new();
    *TARGET.get_or_init(|| {
        let name = std::env::var("NXTCHAT_TARGET").expect("NXTCHAT_TARGET names a target");
        let known = properties::TARGETS.iter().find(|known| known.0 == name);
        *known.expect("the target is known")
    })
}

fuzz_target!(|data: &[u8]| target().1(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if target().2 && seed % 2 == 0 {
        if let Ok(mut value) = serde_json::from_slice::<Value>(&data[..size]) {
            let mut state = u64::from(seed) << 1 | 1;
            let mut random = move |count: usize| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state as usize % count.max(1)
            };
            for _ in 0..=random(3) {
                change(&mut value, &mut random);
            }
            let text = value.to_string();
            if text.len() <= max_size {
                data[..text.len()].copy_from_slice(text.as_bytes());
                return text.len();
            }
        }
    }
    fuzzer_mutate(data, size, max_size)
});

/// Changes one value somewhere.
fn change(value: &mut Value, random: &mut dyn FnMut(usize) -> usize) {
    let deeper = random(8) != 0;
    match value {
        Value::Object(map) if deeper && !map.is_empty() => {
            let at = random(map.len());
            let key = map.keys().nth(at).cloned().unwrap_or_default();
            match random(10) {
                0 => drop(map.remove(&key)),
                1 => {
                    let moved = map[&key].clone();
                    let to = map.keys().nth(random(map.len())).cloned();
                    map.insert(to.unwrap_or_default(), moved);
                }
                _ => change(&mut map[&key], random),
            }
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let at = random(items.len());
            match random(8) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                2 => {
                    let other = random(items.len());
                    items.swap(at, other);
                }
                _ => change(&mut items[at], random),
            }
        }
        Value::String(text) if deeper => {
            let mut bytes = text.as_bytes().to_vec();
            let length = bytes.len();
            bytes.resize(length + 64, 0);
            let length = fuzzer_mutate(&mut bytes, length, length + 64);
            *text = String::from_utf8_lossy(&bytes[..length]).into_owned();
        }
        other => {
            let others = [
                json!(null),
                json!(true),
                json!(-1),
                json!(1e300),
                json!(""),
                json!("{{1}}"),
                json!("{{name}}"),
                json!([]),
                json!({}),
                json!(["x"]),
                json!([["x"]]),
                json!("+16505551234"),
                json!("https://a.example/{{1}}"),
                json!({"id": "1"}),
                json!({"link": "https://a.example/b"}),
            ];
            *other = others[random(others.len())].clone();
        }
    }
}
