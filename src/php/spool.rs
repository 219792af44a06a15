//! The local durable queue.

use super::convert::{to_texts, Shape};
use super::Answer;
use crate::spool as room;
use crate::webhook::front;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module
        .function(wrap_function!(spool_lease))
        .function(wrap_function!(spool_release))
        .function(wrap_function!(spool_take))
        .function(wrap_function!(spool_ack))
        .function(wrap_function!(spool_stats))
        .function(wrap_function!(spool_forget))
}

/// Takes the drain lease, without waiting. Held until spool_release(), the end of the request or of the process.
///
/// @throws \NxtChat\Native\Exception\SpoolError
/// @throws \NxtChat\Native\Exception\InvalidInput another user's directory
#[php_function]
#[php(name = "NxtChat\\Native\\spool_lease")]
pub fn spool_lease(site: &str) -> Answer<bool> {
    Ok(room::acquire(site.as_ref())?)
}

/// Gives the lease back; nothing happens when it is not held.
#[php_function]
#[php(name = "NxtChat\\Native\\spool_release")]
pub fn spool_release(site: &str) {
    room::release(site.as_ref());
}

/// The oldest webhooks that are not acknowledged: at least one if there is any, else at most $max_events (1 to 10,000) events
/// and 4 MB of bodies. Needs the lease. Handed out again until acknowledged.
///
/// @return list<array{id: string, uid: string, received_ms: int, body: string, events: list<array<string, mixed>>}>
/// @throws \NxtChat\Native\Exception\SpoolError
/// @throws \NxtChat\Native\Exception\InvalidInput without the lease
#[php_function]
#[php(name = "NxtChat\\Native\\spool_take")]
pub fn spool_take(site: &str, max_events: i64) -> Answer<Shape> {
    Ok(Shape::of(&room::take(site.as_ref(), max_events)?)?)
}

/// Acknowledges what spool_take() handed out: the database has it.
///
/// @param list<string> $ids in the order they were taken
/// @throws \NxtChat\Native\Exception\SpoolError
/// @throws \NxtChat\Native\Exception\InvalidInput without the lease, or with ids left out
#[php_function]
#[php(name = "NxtChat\\Native\\spool_ack")]
pub fn spool_ack(site: &str, ids: &ZendHashTable) -> Answer<()> {
    let ids: Vec<String> = to_texts(ids)?.into_iter().map(str::to_owned).collect();
    Ok(room::ack(site.as_ref(), &ids)?)
}

/// How the spool is doing. quarantined: files that could not be read (kept as *.corrupt) or are gone.
///
/// @return array{pending: int, bytes: int, files: int, oldest_ms: int, max_bytes: int, full: bool, draining: bool, quarantined: int}
/// @throws \NxtChat\Native\Exception\SpoolError
#[php_function]
#[php(name = "NxtChat\\Native\\spool_stats")]
pub fn spool_stats(site: &str) -> Answer<Shape> {
    let site = site.as_ref();
    Ok(Shape::of(&room::stats(site, front::max_bytes(site))?)?)
}

/// Has every process begin a new file with its next webhook, this process at once. A drain removes files that it is done with
/// and that nobody writes any more: so what was taken in leaves this machine's disk.
///
/// @throws \NxtChat\Native\Exception\SpoolError
#[php_function]
#[php(name = "NxtChat\\Native\\spool_forget")]
pub fn spool_forget(site: &str) -> Answer<()> {
    Ok(room::renew(site.as_ref())?)
}
