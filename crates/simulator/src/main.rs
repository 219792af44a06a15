//! A WhatsApp Cloud API on loopback: for tests, the demo and benchmarks. See README.md for the control API (`/sim`).
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod api;
mod config;
mod control;
mod envelope;
mod errors;
mod ids;
mod inbound;
mod json;
mod limits;
mod media;
mod phone;
mod queue;
mod rules;
mod server;
mod settings;
mod state;
mod status;
mod template;
mod template_parts;
mod template_rules;
#[cfg(test)]
mod testing;
mod validate;
mod wire;

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use serde_json::Value;

use config::{Callback, Config};
use settings::Settings;

/// A WhatsApp Cloud API on loopback.
///
/// Prints one line of JSON with its URL and credentials once it listens; ends with SIGINT or SIGTERM.
#[derive(Parser)]
#[command(name = "simulator", version)]
struct Flags {
    /// Address and port; only loopback. Port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The port alone.
    #[arg(long)]
    port: Option<u16>,
    /// Writes the JSON line into this file too (whole or not at all).
    #[arg(long)]
    ready_file: Option<PathBuf>,
    /// Makes ids, delays and chances repeatable.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// No limits, no delays, everything is read.
    #[arg(long)]
    relaxed: bool,
    /// The world as JSON (as POST /sim/reset takes it).
    #[arg(long)]
    world: Option<PathBuf>,
    /// Settings as JSON, e.g. '{"webhooks":false}'.
    #[arg(long)]
    settings: Option<String>,
    #[arg(long)]
    app_id: Option<String>,
    #[arg(long)]
    app_secret: Option<String>,
    #[arg(long)]
    token: Option<String>,
    #[arg(long)]
    waba_id: Option<String>,
    #[arg(long)]
    phone_number_id: Option<String>,
    /// As people write it, e.g. '+49 30 1234567'.
    #[arg(long)]
    display_phone: Option<String>,
    /// Calling code of the number (digits).
    #[arg(long)]
    country_code: Option<String>,
    /// Name of the business.
    #[arg(long)]
    name: Option<String>,
    /// Webhooks go here without a handshake (loopback only).
    #[arg(long)]
    callback: Option<String>,
    /// Verify token kept with --callback.
    #[arg(long, default_value = "")]
    verify_token: String,
    /// Serves TLS too, on a port of its own (`tls_base` in the JSON line): a PEM certificate for localhost …
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// … and its key.
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Worker threads.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

/// The world of the flags.
fn world(flags: &Flags) -> Result<Config, String> {
    let mut config = match &flags.world {
        Some(path) => {
            let text = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
            serde_json::from_slice(&text).map_err(|e| format!("{}: {e}", path.display()))?
        }
        None => Config {
            seed: flags.seed,
            ..Config::default()
        },
    };
    if flags.relaxed {
        config.settings = Settings::relaxed();
    }
    let patch: Value = match &flags.settings {
        Some(text) => serde_json::from_str(text).map_err(|e| format!("--settings: {e}"))?,
        None => serde_json::json!({}),
    };
    config.settings = config
        .settings
        .patched(&patch)
        .map_err(|e| format!("--settings: {e}"))?;
    let set = |place: &mut String, value: &Option<String>| {
        if let Some(value) = value {
            place.clone_from(value);
        }
    };
    set(&mut config.app.id, &flags.app_id);
    set(&mut config.app.secret, &flags.app_secret);
    if let Some(token) = config.tokens.first_mut() {
        set(&mut token.token, &flags.token);
    }
    if let Some(waba) = config.wabas.first_mut() {
        set(&mut waba.id, &flags.waba_id);
        set(&mut waba.name, &flags.name);
        if let Some(number) = waba.numbers.first_mut() {
            set(&mut number.id, &flags.phone_number_id);
            set(&mut number.display_phone_number, &flags.display_phone);
            set(&mut number.country_code, &flags.country_code);
            set(&mut number.verified_name, &flags.name);
        }
    }
    if let Some(url) = &flags.callback {
        server::loopback(url).map_err(|e| format!("--callback: {e}"))?;
        config.app.callback = Callback {
            url: url.clone(),
            verify_token: flags.verify_token.clone(),
        };
        config.wabas.iter_mut().for_each(|w| w.subscribed = true);
    }
    Ok(config)
}

async fn run(flags: Flags) -> Result<(), String> {
    let config = world(&flags)?;
    let address = flags.port.map_or(flags.listen, |port| {
        SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
    });
    let tls = match (&flags.tls_cert, &flags.tls_key) {
        (Some(cert), Some(key)) => {
            // An error means that there is one.
            let _ = rustls::crypto::ring::default_provider().install_default();
            Some(wire::acceptor(cert, key)?)
        }
        _ => None,
    };
    let running = server::start(config, address, tls).await?;
    let mut ready = running.app.world().config.ready(&running.url);
    if let Some(url) = &running.tls_url {
        ready["tls_base"] = Value::from(url.as_str());
    }
    let line = ready.to_string();
    if let Some(path) = &flags.ready_file {
        let part = path.with_extension("part");
        std::fs::write(&part, &line)
            .and_then(|()| std::fs::rename(&part, path))
            .map_err(|e| format!("{}: {e}", path.display()))?;
    }
    let mut out = std::io::stdout();
    // Whoever started us may have closed the pipe: that is no reason to stop.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .map_err(|e| e.to_string())?;
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term.recv() => {}
        _ = running.task => {}
    }
    Ok(())
}

fn main() -> ExitCode {
    let flags = Flags::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(flags.threads.clamp(1, 64))
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(run(flags));
            runtime.shutdown_background();
            result
        }
        Err(e) => Err(e.to_string()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("simulator: {e}");
            ExitCode::FAILURE
        }
    }
}
