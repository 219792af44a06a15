//! Updates become POST bodies: grouped by callback, batched, merged, doubled, signed.
use serde_json::{json, Value};

use crate::ids;
use crate::json::graph_bytes;
use crate::queue::Update;
use crate::state::World;

/// Puts `updates` into the outbox, at most `batch` to a POST.
pub fn post_all(world: &mut World, updates: Vec<Update>) {
    let mut groups: Vec<(String, Vec<Update>)> = vec![];
    for update in updates {
        world.queue.counters.updates += 1;
        let Some(url) =
            world
                .config
                .callback_of(&update.waba, update.number.as_deref(), &update.field)
        else {
            world.queue.counters.without_callback += 1;
            continue;
        };
        let full = world.settings().batch;
        match groups.iter_mut().rev().find(|g| g.0 == url) {
            Some((_, group)) if group.len() < full => group.push(update),
            _ => groups.push((url, vec![update])),
        }
    }
    for (url, group) in groups {
        let count = group.len();
        let reports = group.iter().filter_map(|u| u.reports.clone()).collect();
        let body = graph_bytes(&envelope(world, group));
        post_bytes(world, url, body, count, reports);
    }
}

/// Signs and queues these very bytes; sometimes twice.
pub fn post_bytes(
    world: &mut World,
    url: String,
    body: Vec<u8>,
    count: usize,
    reports: Vec<String>,
) {
    let signature = ids::signature(&world.config.app.secret, &body);
    let share = world.settings().duplicate_rate;
    if world.chance(share) {
        world.queue.post(
            url.clone(),
            body.clone(),
            signature.clone(),
            count,
            reports.clone(),
        );
    }
    world.queue.post(url, body, signature, count, reports);
}

/// One body: an entry per account, and in it either a change per update or statuses joined in one change.
fn envelope(world: &mut World, updates: Vec<Update>) -> Value {
    let mut entries: Vec<(String, Vec<Value>)> = vec![];
    for update in updates {
        let at = entries
            .iter()
            .position(|(waba, _)| *waba == update.waba)
            .unwrap_or_else(|| {
                entries.push((update.waba.clone(), vec![]));
                entries.len() - 1
            });
        let join = world.rng.bool();
        let changes = &mut entries[at].1;
        let last = changes
            .last_mut()
            .filter(|last| join && joinable(&last["value"], &update.value));
        match last {
            Some(last) => append(&mut last["value"], update.value),
            None => changes.push(json!({"value": update.value, "field": update.field})),
        }
    }
    let time = world.now() / 1000;
    let entries: Vec<Value> = entries
        .into_iter()
        .map(|(waba, changes)| {
            let account_level = changes.iter().any(|c| c["field"] != "messages");
            let mut entry = json!({"id": waba, "changes": changes});
            if account_level {
                entry["time"] = json!(time);
            }
            entry
        })
        .collect();
    json!({"object": "whatsapp_business_account", "entry": entries})
}

/// Two values of the same number, both with statuses or both with messages.
fn joinable(a: &Value, b: &Value) -> bool {
    a["metadata"] == b["metadata"]
        && ["statuses", "messages"]
            .iter()
            .any(|key| a[key].is_array() && b[key].is_array())
}

fn append(into: &mut Value, from: Value) {
    for key in ["contacts", "statuses", "messages"] {
        let Some(Value::Array(more)) = from.get(key).cloned() else {
            continue;
        };
        match into.get_mut(key).and_then(Value::as_array_mut) {
            Some(there) => {
                // A person is named once.
                let new: Vec<Value> = more
                    .into_iter()
                    .filter(|m| key != "contacts" || !there.contains(m))
                    .collect();
                there.extend(new);
            }
            None => into[key] = Value::Array(more),
        }
    }
}
