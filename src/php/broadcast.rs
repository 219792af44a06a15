//! Broadcasts: many messages, each once.

use super::convert::{to_json, to_texts, Shape};
use super::Answer;
use crate::broadcast::{self as room, Content, Given, Ref};
use crate::error::{Error, Result};
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use serde_json::Value;

/// Outcomes of dead processes that one call hands out at most.
const MAX_RECOVERED: i64 = 50_000;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module
        .function(wrap_function!(broadcast_recover))
        .function(wrap_function!(broadcast_recovered))
        .class::<Broadcast>()
}

/// Sends messages of one account, each once, at a stated pace: pooled connections on a thread of its own (started at the first
/// push(), ended with the object; a forked child begins anew). Before a POST and at each outcome a journal has it on disk, as
/// durably as the site's webhooks are stored.
///
/// What is certainly not sent is tried again by itself: connections that fail, 130429, 80007 and 4 (slower, and by itself quicker
/// again), 131056 (4^n seconds for this person), 131057. A POST of which a byte may have left is never repeated: without a clear
/// answer it is `unknown`. A refusal that everybody behind would get too (the class `account`, 33, 132001, 132007, 132015, 132016,
/// 132068, 132069, 133010, 134101, or 20 times the same of the class `client` in a row) stops it: stats()['stopped'] says why, everything that waits
/// is `returned`, push() takes nothing more. Many unclear outcomes, or no answer for 4 s, hold it back (`breaker`).
#[php_class]
#[php(name = "NxtChat\\Native\\Broadcast")]
pub struct Broadcast(room::Broadcast);

#[php_impl]
impl Broadcast {
    /// Nothing runs yet. Options: rate (messages a second, 0 to 100,000; 80 unless told; 0 sends nothing), max_rate (what rate()
    /// cannot pass), in_flight (connections, 1 to 1,000; 256), queue (recipients without outcome, 1 to 20,000; 4,000), deadline_ms
    /// (retries of one recipient end then; 600,000), timeout_ms (of one answer; 15,000), worker (names the journal for people).
    ///
    /// @param array{phone_number_id: string, token: string, graph_base?: string, graph_version?: string} $account with the clear token
    /// @param array{rate?: float|int, max_rate?: float|int, in_flight?: int, queue?: int, deadline_ms?: int, timeout_ms?: int, worker?: string} $options
    /// @throws \NxtChat\Native\Exception\InvalidInput
    pub fn __construct(
        site: &str,
        account: &ZendHashTable,
        options: Option<&ZendHashTable>,
    ) -> Answer<Broadcast> {
        let options = options.map(to_json).transpose()?.unwrap_or_default();
        Ok(Broadcast(room::Broadcast::new(
            site.as_ref(),
            &to_json(account)?,
            &options,
        )?))
    }

    /// Notes in the journal who is about to be pushed, and returns when it is on the disk (at most 3 s). To be called before the
    /// database commits their messages: should the process die before push(), broadcast_recover() says `returned`. Whoever is not pushed
    /// after all needs an ack(). At most four times the queue.
    ///
    /// @param list<string> $refs ULIDs
    /// @throws \NxtChat\Native\Exception\InvalidInput
    /// @throws \NxtChat\Native\Exception\SpoolError the journal cannot be made or written; nothing was pushed
    pub fn announce(&mut self, refs: &ZendHashTable) -> Answer<()> {
        Ok(self.0.announce(&to_texts(refs)?)?)
    }

    /// Hands recipients over. Returns how many were taken: the first so many; push the rest later. 0 when it is full (the queue, or
    /// four times the queue not acknowledged) or stopped.
    ///
    /// message: the Cloud API body without recipient, as JSON (parsed once for all who share the text) or as an array. What cannot be
    /// sent comes back `refused` by poll() at once. A ref that is here already is taken and goes once.
    ///
    /// @param list<array{ref: string, to?: ?string, recipient?: ?string, message: string|array<string, mixed>}> $recipients ref: a ULID
    /// @throws \NxtChat\Native\Exception\InvalidInput no list of such arrays, a ref that is no ULID; nothing was taken
    /// @throws \NxtChat\Native\Exception\SpoolError the journal cannot be made
    pub fn push(&mut self, recipients: &ZendHashTable) -> Answer<i64> {
        let given = recipients.values().map(given).collect::<Result<Vec<_>>>()?;
        Ok(self.0.push(&given)? as i64)
    }

    /// Outcomes, at most $max (1 to 10,000). Waits until there are $min, nothing more can come, $timeout_ms (0 to 60,000) are over or a
    /// signal comes. Each is told once; acknowledge it when the database has it.
    ///
    /// `returned` is certainly not sent; retry_at_ms says from when it may be tried again, 0 = not by itself (something must be
    /// repaired first). tries counts POSTs; what was refused with tries 0 never left.
    ///
    /// @return list<array{ref: string, outcome: 'accepted'|'refused'|'unknown'|'returned', wamid: ?string, recipient: array{wa_id: ?string, user_id: ?string}, message_status: ?string, error: ?array{code: int, class: string, title: string, message: string, details: string, remedy: string}, at_ms: int, tries: int, retry_at_ms: int}>
    /// @throws \NxtChat\Native\Exception\InvalidInput
    #[php(defaults(max = 1000, min = 1))]
    pub fn poll(&mut self, timeout_ms: i64, max: i64, min: i64) -> Answer<Shape> {
        let outcomes = self.0.poll(timeout_ms, max, min)?;
        let outcomes: Vec<&room::Outcome> = outcomes.iter().map(AsRef::as_ref).collect();
        Ok(Shape::of(&outcomes)?)
    }

    /// The database has the outcomes of these: the journal may forget them.
    ///
    /// @param list<string> $refs
    /// @throws \NxtChat\Native\Exception\InvalidInput
    pub fn ack(&mut self, refs: &ZendHashTable) -> Answer<()> {
        Ok(self.0.ack(&to_texts(refs)?)?)
    }

    /// What was pushed and has not started comes back: poll() tells it as `returned`, with this retry_at_ms. It goes on with what is
    /// pushed from now on.
    pub fn recall(&mut self, retry_at_ms: i64) {
        self.0.recall(retry_at_ms);
    }

    /// Another ceiling, messages a second; 0 sends nothing.
    ///
    /// @throws \NxtChat\Native\Exception\InvalidInput
    pub fn rate(&mut self, messages_per_s: f64) -> Answer<()> {
        Ok(self.0.rate(messages_per_s)?)
    }

    /// How it is doing. rate: what is aimed at now, ceiling: what it may reach; throttled_ms: how long it was below. trouble: why no
    /// connection can be made.
    ///
    /// @return array{queued: int, in_flight: int, accepted: int, refused: int, unknown: int, returned: int, rate: float, ceiling: float, throttled_ms: int, pair_waits: int, latency_ms: array{p50: int, p99: int}, stopped: ?array{code: int, class: string, message: string, remedy: string}, breaker: 'closed'|'open', connections: int, trouble: ?string}
    pub fn stats(&mut self) -> Answer<Shape> {
        Ok(Shape::of(&self.0.stats())?)
    }

    /// A new access token. After a stop for the old one (0, 190, 200) it goes on with what is pushed from now on.
    ///
    /// @throws \NxtChat\Native\Exception\InvalidInput
    pub fn token(&mut self, token: String) -> Answer<()> {
        Ok(self.0.token(token)?)
    }

    /// No new sends. Waits at most $timeout_ms (0 to 60,000; signals do not end it) for what is on its way: poll() has those outcomes. Returns the refs that were
    /// not sent and need an ack() too; poll() does not tell them.
    ///
    /// @return list<string>
    /// @throws \NxtChat\Native\Exception\InvalidInput
    pub fn stop(&mut self, timeout_ms: i64) -> Answer<Vec<String>> {
        let refs = self.0.stop(timeout_ms)?;
        Ok(refs.iter().map(|r| r.as_str().to_owned()).collect())
    }
}

/// What processes that died left in their journals on this machine: `unknown` when a POST may have left, `returned` when not, else the
/// outcome that was noted. Handed out again, to this process only, until broadcast_recovered(). Call it until nothing comes.
///
/// @return list<array{ref: string, outcome: 'accepted'|'refused'|'unknown'|'returned', wamid: ?string, recipient: array{wa_id: ?string, user_id: ?string}, message_status: ?string, error: ?array{code: int, class: string, title: string, message: string, details: string, remedy: string}, at_ms: int, tries: int, retry_at_ms: int}>
/// @throws \NxtChat\Native\Exception\SpoolError
/// @throws \NxtChat\Native\Exception\InvalidInput another user's directory, $max not 1 to 50,000
#[php_function]
#[php(name = "NxtChat\\Native\\broadcast_recover", defaults(max = 10000))]
pub fn broadcast_recover(site: &str, max: i64) -> Answer<Shape> {
    if !(1..=MAX_RECOVERED).contains(&max) {
        return Err(Error::invalid(format!("$max goes from 1 to {MAX_RECOVERED}.")).into());
    }
    Ok(Shape::of(&room::recover(site.as_ref(), max as usize)?)?)
}

/// The database has these outcomes of broadcast_recover(); a journal goes when it has all of it.
///
/// @param list<string> $refs
/// @throws \NxtChat\Native\Exception\SpoolError
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\broadcast_recovered")]
pub fn broadcast_recovered(site: &str, refs: &ZendHashTable) -> Answer<()> {
    let refs = to_texts(refs)?
        .into_iter()
        .map(Ref::read)
        .collect::<Result<Vec<_>>>()?;
    Ok(room::recovered(site.as_ref(), &refs)?)
}

fn given(recipient: &Zval) -> Result<Given<'_>> {
    let shape = "Every recipient is an array of ref, to or recipient, and message.";
    let map = recipient
        .dereference()
        .array()
        .ok_or_else(|| Error::invalid(shape))?;
    let text = |key: &str| -> Result<Option<&str>> {
        match map.get(key).map(|v| v.dereference()) {
            None => Ok(None),
            Some(value) if value.is_null() => Ok(None),
            Some(value) => value.str().map(Some).ok_or_else(|| Error::invalid(shape)),
        }
    };
    let message = map
        .get("message")
        .map(|v| v.dereference())
        .ok_or_else(|| Error::invalid(shape))?;
    let message = match (message.str(), message.array()) {
        (Some(json), _) => Content::Json(json),
        (None, Some(array)) => Content::Value(to_json(array)?),
        (None, None) => Content::Value(Value::Null),
    };
    Ok(Given {
        reference: text("ref")?.ok_or_else(|| Error::invalid(shape))?,
        to: text("to")?,
        recipient: text("recipient")?,
        message,
    })
}
