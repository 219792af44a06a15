//! Broadcasts: many messages of one account, each sent once, at a stated pace.
//!
//! PHP's thread and the engine's meet at the [`desk`]. The [`engine`] decides what goes when ([`pace`], [`pairs`], [`breaker`]),
//! a [`link`] is one connection, [`policy`] says what an answer means. Before a POST and at each outcome the [`journal`] has it
//! on disk; what a killed process left there, [`recover`] hands out.

mod breaker;
mod desk;
mod engine;
mod journal;
mod link;
mod lock;
mod message;
mod outcome;
mod pace;
mod pairs;
mod policy;
mod recover;
mod sender;
mod settings;

pub use desk::Stats;
pub use outcome::{Kind, Outcome, Ref};
pub use recover::{recover, recovered};
pub use sender::{Broadcast, Content, Given};

#[cfg(test)]
mod tests;
