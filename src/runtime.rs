//! The one tokio runtime of this process, and its HTTP clients: made at the first use, anew after a fork.

use crate::error::{Error, Result};
use reqwest::{redirect, Client};
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest wait for a whole answer, connection included.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(15);
/// A pooled connection that was not used for this long is closed by us, before the other side does it.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// Pooled connections to one host.
const IDLE_CONNECTIONS: usize = 8;
/// How long the end of the process waits for the worker thread.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

/// What one process has.
struct Process {
    pid: u32,
    runtime: Runtime,
    outside: OnceLock<Client>,
    loopback: OnceLock<Client>,
}

static PROCESS: Mutex<Option<Arc<Process>>> = Mutex::new(None);

/// Waits for `work`, which gets the client to use. `loopback`: plain http to this machine, past any proxy.
pub fn run<T, W>(loopback: bool, work: impl FnOnce(Client) -> W) -> Result<T>
where
    W: Future<Output = T>,
{
    let process = process()?;
    let client = process.client(loopback)?;
    Ok(process.runtime.block_on(work(client)))
}

/// Ends the worker thread. Called when PHP unloads the extension: its code is gone afterwards.
pub fn shutdown() {
    let process = PROCESS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    match process {
        Some(process) if process.pid == std::process::id() => {
            if let Some(process) = Arc::into_inner(process) {
                process.runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
            }
        }
        // Inherited over a fork: its thread does not exist here, so it cannot be ended.
        inherited => std::mem::forget(inherited),
    }
}

fn process() -> Result<Arc<Process>> {
    let mut slot = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
    let pid = std::process::id();
    if let Some(process) = slot.as_ref().filter(|p| p.pid == pid) {
        return Ok(process.clone());
    }
    let runtime = with_signals_blocked(|| {
        // One worker: a connection that the other side closes is noticed while PHP does something else.
        Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(4)
            .thread_name("nxtchat")
            .enable_all()
            // Name resolution starts its threads later: they must not take PHP's signals either.
            .on_thread_start(|| {
                set_signals(libc::SIG_BLOCK, &all_signals());
            })
            .build()
    })
    .map_err(|e| Error::Spool(format!("cannot start the network thread: {e}")))?;
    let process = Arc::new(Process {
        pid,
        runtime,
        outside: OnceLock::new(),
        loopback: OnceLock::new(),
    });
    std::mem::forget(slot.replace(process.clone()));
    Ok(process)
}

impl Process {
    fn client(&self, loopback: bool) -> Result<Client> {
        let slot = if loopback {
            &self.loopback
        } else {
            &self.outside
        };
        if let Some(client) = slot.get() {
            return Ok(client.clone());
        }
        // An error means that a provider is installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .redirect(redirect::Policy::none())
            .user_agent(concat!("nxt-cloud-chat/", env!("CARGO_PKG_VERSION")));
        let builder = if loopback {
            builder.no_proxy()
        } else {
            builder.https_only(true)
        };
        let client = builder
            .build()
            .map_err(|e| Error::Spool(format!("cannot set up HTTPS: {}", causes(&e))))?;
        Ok(slot.get_or_init(|| client).clone())
    }
}

/// An error with its causes, outermost first; reqwest alone hides them.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let next = inner.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = inner.source();
    }
    text
}

/// New threads inherit the mask: PHP's timers and handlers stay with PHP's own thread.
pub fn with_signals_blocked<T>(work: impl FnOnce() -> T) -> T {
    let before = set_signals(libc::SIG_BLOCK, &all_signals());
    let made = work();
    set_signals(libc::SIG_SETMASK, &before);
    made
}

fn all_signals() -> libc::sigset_t {
    // SAFETY: sigset_t is plain data, and sigfillset initialises it.
    unsafe {
        let mut all = std::mem::zeroed();
        libc::sigfillset(&mut all);
        all
    }
}

fn set_signals(how: libc::c_int, set: &libc::sigset_t) -> libc::sigset_t {
    // SAFETY: both sets are valid; on failure the zeroed set means "none blocked".
    unsafe {
        let mut before = std::mem::zeroed();
        libc::pthread_sigmask(how, set, &mut before);
        before
    }
}
