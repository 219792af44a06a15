//! PHP's side of a broadcast: hands recipients over, takes outcomes back.

use super::desk::{Desk, Stats};
use super::engine::{self, Core, Entry};
use super::journal::Journal;
use super::link::Dial;
use super::message::{Message, Messages, Who};
use super::outcome::{Kind, Outcome, Own, Ref, Why};
use super::settings::{rate, Settings};
use crate::error::{Error, Result};
use crate::graph::{bearer, check_token, Account};
use crate::runtime::with_signals_blocked;
use crate::spool::Durability;
use crate::ulid;
use crate::webhook::front;
use serde_json::Value;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::runtime::Builder;
use tokio::task::LocalSet;
use zeroize::Zeroizing;

/// Longest wait of poll() and stop(), ms.
const MAX_WAIT_MS: i64 = 60_000;
/// Outcomes of one poll() at most.
const MAX_OUTCOMES: i64 = 10_000;
/// So many times the queue may be known and not acknowledged.
const UNACKNOWLEDGED: usize = 4;
/// How long announce() waits for the disk.
const NOTE_WAIT: Duration = Duration::from_secs(3);
/// How long the end of the object waits for what is on its way.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// A message as PHP gives it.
pub enum Content<'a> {
    /// JSON, the same text for many.
    Json(&'a str),
    /// An array.
    Value(Value),
}

/// A recipient as PHP gives it.
pub struct Given<'a> {
    /// A ULID.
    pub reference: &'a str,
    /// A number.
    pub to: Option<&'a str>,
    /// A user id.
    pub recipient: Option<&'a str>,
    /// What they get.
    pub message: Content<'a>,
}

/// A broadcast: its engine runs from the first push on, in this process only.
pub struct Broadcast {
    site: PathBuf,
    account: Account,
    settings: Settings,
    messages: Messages,
    engine: Option<Engine>,
}

struct Engine {
    pid: u32,
    desk: Arc<Desk>,
    thread: JoinHandle<()>,
}

impl Broadcast {
    /// Nothing runs yet.
    pub fn new(site: &Path, account: &Value, options: &Value) -> Result<Broadcast> {
        let account = Account::read(account)?;
        account.messages_url()?;
        Ok(Broadcast {
            site: site.to_owned(),
            account,
            settings: Settings::read(options)?,
            messages: Messages::default(),
            engine: None,
        })
    }

    /// Notes who is about to be pushed, and returns when that is on the disk: should this process die before their push, recovering
    /// tells that they never left.
    pub fn announce(&mut self, refs: &[&str]) -> Result<()> {
        let refs = refs
            .iter()
            .map(|r| Ref::read(r))
            .collect::<Result<Vec<_>>>()?;
        let most = self.settings.queue * UNACKNOWLEDGED;
        let desk = self.desk()?;
        let mut state = desk.state();
        let fresh: HashSet<Ref, Own> = refs
            .into_iter()
            .filter(|r| !state.known.contains(r) && !state.expected.contains(r))
            .collect();
        if fresh.is_empty() {
            return Ok(());
        }
        if state.expected.len() + fresh.len() > most {
            return Err(Error::invalid(format!(
                "At most {most} may be announced and not pushed."
            )));
        }
        state.expected.extend(&fresh);
        state.announced.extend(fresh);
        state.announcements += 1;
        let mine = state.announcements;
        drop(state);
        desk.wake.notify_one();
        let end = Instant::now() + NOTE_WAIT;
        loop {
            let state = desk.state();
            if state.noted >= mine {
                return Ok(());
            }
            let left = end.saturating_duration_since(Instant::now());
            if state.ended || state.is_lost || left.is_zero() {
                return Err(Error::Spool(
                    "The journal of a broadcast cannot be written: look at the disk of the data directory (space, permissions).".into(),
                ));
            }
            drop(state);
            // A signal does not cut it short: it is soon over.
            desk.wait(left);
        }
    }

    /// Takes recipients over, as many as there is room for: the first so many of the list.
    pub fn push(&mut self, given: &[Given<'_>]) -> Result<usize> {
        let refs = given
            .iter()
            .map(|g| Ref::read(g.reference))
            .collect::<Result<Vec<_>>>()?;
        if refs.is_empty() {
            return Ok(0);
        }
        let queue = self.settings.queue;
        let desk = self.desk()?;
        let (room, known) = {
            let state = desk.state();
            if state.ended || state.stop || state.stats.stopped.is_some() {
                return Ok(0);
            }
            let room = queue
                .saturating_sub(state.unfinished)
                .min((queue * UNACKNOWLEDGED).saturating_sub(state.known.len()));
            let known: Vec<bool> = refs.iter().map(|r| state.known.contains(r)).collect();
            (room, known)
        };
        let mut taken = 0;
        let (mut entries, mut bad) = (Vec::new(), Vec::new());
        let mut new = HashSet::new();
        for ((given, reference), known) in given.iter().zip(&refs).zip(known) {
            // Pushed again while it is here: it goes once.
            if known || new.contains(reference) {
                taken += 1;
                continue;
            }
            if entries.len() + bad.len() >= room {
                break;
            }
            let message = match &given.message {
                Content::Json(json) => self.messages.text(json),
                Content::Value(value) => Message::new(value).map(Arc::new),
            };
            let who = Who::read(given.to, given.recipient);
            match message.and_then(|message| who.map(|who| (message, who))) {
                Ok((message, who)) => entries.push(Entry::new(*reference, who, message)),
                Err(why) => bad.push((*reference, why)),
            }
            new.insert(*reference);
            taken += 1;
        }
        let has_bad = !bad.is_empty();
        let mut state = desk.state();
        for reference in &new {
            state.expected.remove(reference);
        }
        state.known.extend(&new);
        state.unfinished += entries.len();
        state.incoming.append(&mut entries);
        for (reference, why) in bad {
            state.stats_of_bad += 1;
            state.outcomes.push_back(Arc::new(refused(reference, *why)));
        }
        drop(state);
        if has_bad {
            desk.ring();
        }
        desk.wake.notify_one();
        Ok(taken)
    }

    /// Outcomes, at most `max`. Waits until there are `min`, nothing more can come, or the time is over; a signal ends it too.
    pub fn poll(&mut self, timeout_ms: i64, max: i64, min: i64) -> Result<Vec<Arc<Outcome>>> {
        let wait = wait(timeout_ms)?;
        if !(1..=MAX_OUTCOMES).contains(&max) || min < 1 {
            return Err(Error::invalid(format!(
                "A poll takes 1 to {MAX_OUTCOMES} outcomes."
            )));
        }
        let (max, min) = (max as usize, min.min(max) as usize);
        let Some(engine) = self.own() else {
            return Ok(Vec::new());
        };
        let (desk, end) = (engine.desk.clone(), Instant::now() + wait);
        let mut is_over = wait.is_zero();
        loop {
            let mut state = desk.state();
            let nothing_comes = state.unfinished == 0 || state.ended;
            if state.outcomes.len() >= min || nothing_comes || is_over {
                let count = state.outcomes.len().min(max);
                let was_full = state.outcomes.len() > self.settings.queue;
                let taken = state.outcomes.drain(..count).collect();
                drop(state);
                if was_full {
                    desk.wake.notify_one();
                }
                return Ok(taken);
            }
            state.wanted = min;
            drop(state);
            let left = end.saturating_duration_since(Instant::now());
            is_over = left.is_zero() || !desk.wait(left);
        }
    }

    /// The database has these outcomes.
    pub fn ack(&mut self, refs: &[&str]) -> Result<()> {
        let refs = refs
            .iter()
            .map(|r| Ref::read(r))
            .collect::<Result<Vec<_>>>()?;
        let Some(engine) = self.own() else {
            return Ok(());
        };
        let mut state = engine.desk.state();
        for reference in &refs {
            state.known.remove(reference);
            state.expected.remove(reference);
        }
        state.acks.extend(refs);
        drop(state);
        engine.desk.wake.notify_one();
        Ok(())
    }

    /// What was pushed and has not started comes back as returned, to be tried again at `retry_at_ms`. It goes on with what is pushed
    /// from now on.
    pub fn recall(&mut self, retry_at_ms: i64) {
        if let Some(engine) = self.own() {
            engine.desk.state().recall = Some(retry_at_ms);
            engine.desk.wake.notify_one();
        }
    }

    /// Another ceiling.
    pub fn rate(&mut self, messages_per_second: f64) -> Result<()> {
        let ceiling = rate(messages_per_second)?.min(self.settings.max_rate);
        self.settings.rate = ceiling;
        if let Some(engine) = self.own() {
            engine.desk.state().rate = Some(ceiling);
            engine.desk.wake.notify_one();
        }
        Ok(())
    }

    /// Another token, after a 190.
    pub fn token(&mut self, token: String) -> Result<()> {
        let token = check_token(Zeroizing::new(token))?;
        let auth = bearer(&token)?;
        self.account = self.account.with_token(token.to_string())?;
        if let Some(engine) = self.own() {
            let mut state = engine.desk.state();
            state.auth = Some(auth);
            // What is pushed before the engine has seen it is not turned away.
            if state
                .stats
                .stopped
                .as_ref()
                .is_some_and(|s| super::policy::TOKEN_CODES.contains(&s.code))
            {
                state.stats.stopped = None;
            }
            drop(state);
            engine.desk.wake.notify_one();
        }
        Ok(())
    }

    /// How it is doing.
    pub fn stats(&mut self) -> Stats {
        let rate = self.settings.rate;
        let Some(engine) = self.own() else {
            return Stats::new(rate);
        };
        let state = engine.desk.state();
        let mut stats = state.stats.clone();
        stats.queued += state.incoming.len();
        stats.refused += state.stats_of_bad;
        stats.latency_ms = state.latency();
        stats
    }

    /// No new sends. Waits for what is on its way; what was never started comes back.
    pub fn stop(&mut self, timeout_ms: i64) -> Result<Vec<Ref>> {
        let wait = wait(timeout_ms)?;
        let Some(engine) = self.own() else {
            return Ok(Vec::new());
        };
        let (desk, end) = (engine.desk.clone(), Instant::now() + wait);
        let mut state = desk.state();
        state.stop = true;
        state.is_still = false;
        drop(state);
        desk.wake.notify_one();
        loop {
            let mut state = desk.state();
            let left = end.saturating_duration_since(Instant::now());
            let is_still = state.is_still && state.incoming.is_empty();
            if is_still || state.ended || left.is_zero() {
                return Ok(std::mem::take(&mut state.unstarted));
            }
            drop(state);
            // A signal asks for a stop; it does not cut it short.
            desk.wait(left);
        }
    }

    /// The engine of this very process, if it runs. After a fork the parent's is forgotten, never used.
    fn own(&mut self) -> Option<&Engine> {
        let pid = std::process::id();
        if self.engine.as_ref().is_some_and(|e| e.pid != pid) {
            std::mem::forget(self.engine.take());
        }
        self.engine.as_ref()
    }

    fn desk(&mut self) -> Result<Arc<Desk>> {
        if self.own().is_none() {
            self.engine = Some(Engine::start(self)?);
        }
        self.engine
            .as_ref()
            .map(|engine| engine.desk.clone())
            .ok_or_else(|| Error::Spool("The engine is gone.".into()))
    }
}

impl Drop for Broadcast {
    fn drop(&mut self) {
        let Some(engine) = self.engine.take() else {
            return;
        };
        if engine.pid != std::process::id() {
            std::mem::forget(engine);
            return;
        }
        let mut state = engine.desk.state();
        // After a stop what is on its way was waited for.
        let wait = if state.stop {
            Duration::ZERO
        } else {
            LAST_WAIT
        };
        state.quit = Some(wait);
        drop(state);
        engine.desk.wake.notify_one();
        // The code may be unloaded after this: no thread may be left in it.
        let _ = engine.thread.join();
    }
}

impl Engine {
    fn start(broadcast: &Broadcast) -> Result<Engine> {
        let settings = broadcast.settings.clone();
        let durability = durability(&broadcast.site);
        let desk = Arc::new(Desk::new(settings.rate)?);
        let journal = Journal::create(
            &broadcast.site,
            durability,
            &settings.worker,
            desk.wake.clone(),
        )?;
        let auth = broadcast.account.auth()?;
        let dial = Dial::new(&broadcast.account)?;
        let own = desk.clone();
        let failed = |e| Error::Spool(format!("cannot start the sending thread: {e}"));
        // Name resolution starts threads of its own, which inherit what this one blocks.
        let thread = with_signals_blocked(|| {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            std::thread::Builder::new()
                .name("nxtchat-send".into())
                .spawn(move || {
                    let _end = End(own.clone());
                    let core = Core::new(own, settings, durability, auth, journal);
                    let local = LocalSet::new();
                    local.block_on(&runtime, engine::run(core, dial));
                    drop(local);
                    runtime.shutdown_timeout(LAST_WAIT);
                })
        })
        .map_err(failed)?;
        Ok(Engine {
            pid: std::process::id(),
            desk,
            thread,
        })
    }
}

/// Tells PHP that the thread has ended, also by a panic.
struct End(Arc<Desk>);

impl Drop for End {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.ended = true;
        if std::thread::panicking() {
            let why = Why::ours(
                "client",
                "The engine has failed",
                "This is a fault of the plugin.",
                "Please report it to the plugin's authors; start the broadcast again to go on.",
            );
            state.stats.stopped = Some((&why).into());
        }
        drop(state);
        self.0.ring();
    }
}

/// As the site's webhooks are stored; the careful way when it does not say.
fn durability(site: &Path) -> Durability {
    front::spool_settings(site).map_or(Durability::Full, |settings| settings.durability)
}

fn wait(ms: i64) -> Result<Duration> {
    match u64::try_from(ms) {
        Ok(wait) if ms <= MAX_WAIT_MS => Ok(Duration::from_millis(wait)),
        _ => Err(Error::invalid(format!(
            "A wait goes from 0 to {MAX_WAIT_MS} ms."
        ))),
    }
}

/// What never left PHP's side, because it cannot be sent.
fn refused(reference: Ref, why: Why) -> Outcome {
    Outcome {
        error: Some(why),
        ..Outcome::new(reference, Kind::Refused, ulid::now_ms(), 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_engine_is_told() {
        let desk = Arc::new(Desk::new(1.0).unwrap());
        let own = desk.clone();
        let thread = std::thread::spawn(move || {
            let _end = End(own);
            panic!("on purpose");
        });
        assert!(thread.join().is_err());
        assert!(desk.state().ended && desk.state().stats.stopped.is_some());
        let start = Instant::now();
        assert!(desk.wait(Duration::from_secs(20)) && start.elapsed() < Duration::from_secs(10));
    }
}
