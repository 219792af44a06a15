//! The running simulator: the world behind a lock, the HTTP routes, the timetable and the posting workers.
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::extract::DefaultBodyLimit;
use axum::Router;
use reqwest::Url;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::config::Config;
use crate::queue::{Attempt, Delivery, ANSWER_MAX};
use crate::settings::CONCURRENCY_MAX;
use crate::state::World;
use crate::wire::{Cuttable, CuttableTls, Wire};
use crate::{api, control, phone};
use tokio_rustls::TlsAcceptor;

/// Bytes read of a webhook's answer.
const ANSWER_BYTES_MAX: usize = 64 << 10;
/// Longest the timetable sleeps without looking again, ms.
const TICK_MS: i64 = 1_000;

pub struct App {
    world: Mutex<World>,
    /// Something may have become due.
    pub wake: Notify,
    /// Something stands in the outbox.
    work: Notify,
    pub client: reqwest::Client,
    address: SocketAddr,
}

fn wall_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_millis() as i64)
}

impl App {
    /// The world, with its clock set.
    pub fn world(&self) -> MutexGuard<'_, World> {
        let mut w = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        w.wall_ms = wall_ms();
        w
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Starts everything anew. POSTs in flight are forgotten when they come back.
    pub fn reset(&self, config: Config) {
        *self.world() = World::new(config, wall_ms());
        self.wake.notify_one();
    }

    /// Does what is due now.
    pub fn pump(&self) -> Option<i64> {
        let (next, posts) = {
            let mut w = self.world();
            let next = w.pump().map(|due| due - w.offset_ms);
            (next, w.queue.outbox.len())
        };
        for _ in 0..posts.min(CONCURRENCY_MAX) {
            self.work.notify_one();
        }
        if posts > 1 {
            self.work.notify_waiters();
        }
        next
    }
}

/// A running server.
pub struct Running {
    pub app: Arc<App>,
    pub url: String,
    /// The same over TLS, when there is a certificate.
    pub tls_url: Option<String>,
    // Read by main; tests let it go with their runtime.
    #[cfg_attr(test, allow(dead_code))]
    pub task: tokio::task::JoinHandle<()>,
}

/// Binds and serves.
///
/// # Errors
/// The address is not loopback or is taken, in words.
pub async fn start(
    config: Config,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
) -> Result<Running, String> {
    if !address.ip().is_loopback() {
        return Err(format!(
            "{address} is not loopback: the simulator takes no other"
        ));
    }
    // Other code in the process may have installed it; either way there is one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bind = |address: SocketAddr| async move {
        TcpListener::bind(address)
            .await
            .map_err(|e| format!("cannot listen on {address}: {e}"))
    };
    let listener = bind(address).await?;
    let secure = match tls {
        Some(acceptor) => {
            let listener = bind(SocketAddr::new(address.ip(), 0)).await?;
            let port = listener.local_addr().map_err(|e| e.to_string())?.port();
            let tls = CuttableTls::new(listener, acceptor).map_err(|e| e.to_string())?;
            Some((tls, format!("https://localhost:{port}")))
        }
        None => None,
    };
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .pool_max_idle_per_host(CONCURRENCY_MAX)
        .user_agent("facebookexternalua")
        .build()
        .map_err(|e| e.to_string())?;
    let app = Arc::new(App {
        world: Mutex::new(World::new(config, wall_ms())),
        wake: Notify::new(),
        work: Notify::new(),
        client,
        address,
    });
    let routes = Router::new()
        .nest("/sim", control::routes())
        .merge(phone::routes())
        .fallback(api::graph)
        .layer(DefaultBodyLimit::disable())
        .with_state(app.clone())
        .into_make_service_with_connect_info::<Wire>();
    let mut tls_url = None;
    if let Some((secure, url)) = secure {
        tls_url = Some(url);
        let routes = routes.clone();
        tokio::spawn(async move {
            let _ = axum::serve(secure, routes).await;
        });
    }
    let task = tokio::spawn(async move {
        // axum::serve ends only with its runtime.
        let _ = axum::serve(Cuttable(listener), routes).await;
    });
    tokio::spawn(timetable(app.clone()));
    for place in 0..CONCURRENCY_MAX {
        tokio::spawn(worker(app.clone(), place));
    }
    Ok(Running {
        url: app.base_url(),
        tls_url,
        app,
        task,
    })
}

/// Sleeps until something is due, then does it.
async fn timetable(app: Arc<App>) {
    loop {
        let next = app.pump();
        let wait = next.map_or(TICK_MS, |due| (due - wall_ms()).clamp(0, TICK_MS));
        if wait == 0 {
            tokio::task::yield_now().await;
            continue;
        }
        tokio::select! {
            () = app.wake.notified() => {}
            () = tokio::time::sleep(Duration::from_millis(wait as u64)) => {}
        }
    }
}

/// Takes POSTs out of the outbox while fewer than `concurrency` workers do.
async fn worker(app: Arc<App>, place: usize) {
    loop {
        let job = {
            let mut w = app.world();
            if place < w.settings().concurrency {
                let job = w.queue.outbox.pop_front();
                w.queue.in_flight += usize::from(job.is_some());
                job.map(|d| (d, w.settings().webhook_timeout_ms))
            } else {
                None
            }
        };
        let Some((delivery, timeout)) = job else {
            // Notifications can be lost to workers beyond `concurrency`; the wait makes up for it.
            tokio::select! {
                () = app.work.notified() => {}
                () = tokio::time::sleep(Duration::from_millis(if place < 16 { 20 } else { 500 })) => {}
            }
            continue;
        };
        let attempt = post(&app, &delivery, timeout).await;
        {
            let mut w = app.world();
            w.queue.in_flight = w.queue.in_flight.saturating_sub(1);
            let (now, retry, reports) = (
                w.now(),
                w.settings().retry_ms.clone(),
                delivery.reports.clone(),
            );
            if w.queue.answered(delivery, attempt, now, &retry) {
                for wamid in reports {
                    w.mark_reported(&wamid);
                }
            }
        }
        app.wake.notify_one();
    }
}

async fn post(app: &App, delivery: &Delivery, timeout_ms: u64) -> Attempt {
    let (at_ms, started) = (wall_ms(), Instant::now());
    let result = async {
        let url = loopback(&delivery.url)?;
        let mut answer = app
            .client
            .post(url)
            .header("content-type", "application/json")
            .header(
                "x-hub-signature-256",
                format!("sha256={}", delivery.signature),
            )
            .timeout(Duration::from_millis(timeout_ms.max(1)))
            .body(delivery.body.as_ref().clone())
            .send()
            .await
            .map_err(|e| {
                if e.is_timeout() {
                    "timeout".to_string()
                } else {
                    "no connection".to_string()
                }
            })?;
        let status = answer.status().as_u16();
        let mut text = vec![];
        while let Ok(Some(chunk)) = answer.chunk().await {
            text.extend_from_slice(&chunk);
            if text.len() > ANSWER_BYTES_MAX {
                break;
            }
        }
        Ok::<_, String>((
            status,
            String::from_utf8_lossy(&text)
                .chars()
                .take(ANSWER_MAX)
                .collect::<String>(),
        ))
    }
    .await;
    let (status, answer) = result.unwrap_or_else(|e| (0, e));
    Attempt {
        at_ms,
        took_ms: started.elapsed().as_millis() as u64,
        status,
        answer,
    }
}

/// The address, when it is http(s) on this machine.
pub fn loopback(url: &str) -> Result<Url, String> {
    let url = Url::parse(url).map_err(|_| "not an address".to_string())?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if local && matches!(url.scheme(), "http" | "https") {
        Ok(url)
    } else {
        Err("the simulator calls only http(s) on loopback".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use serde_json::json;

    #[tokio::test]
    async fn posts_are_signed_over_the_very_bytes() {
        let sim = Sim::relaxed().await;
        let (url, got) = callback(&[200]).await;
        sim.control("/sim/callback", &json!({ "url": url }).to_string())
            .await;
        sim.control(
            "/sim/inbound",
            r#"{"from":"+4915112345678","name":"Jörg","text":"Grüße/😀"}"#,
        )
        .await;
        let raw = r#"{"object":"x",  "odd" : 1}"#;
        sim.control("/sim/webhook", raw).await;
        sim.idle().await;
        let got = got.lock().unwrap().clone();
        assert_eq!(got.len(), 2);
        for (head, body) in &got {
            let sent = head
                .to_lowercase()
                .split("x-hub-signature-256: sha256=")
                .nth(1)
                .unwrap()[..64]
                .to_string();
            assert_eq!(
                sent,
                crate::ids::signature("0123456789abcdef0123456789abcdef", body)
            );
            assert!(body.is_ascii());
        }
        assert!(
            got.iter().any(|(_, b)| b == raw.as_bytes()),
            "raw bytes are not rewritten"
        );
        let text = got
            .iter()
            .map(|(_, b)| String::from_utf8_lossy(b).into_owned())
            .collect::<String>();
        assert!(
            text.contains(r#""body":"Gr\u00fc\u00dfe\/\ud83d\ude00""#),
            "{text}"
        );
    }

    #[tokio::test]
    async fn a_refused_post_is_repeated_until_200_and_logged() {
        let sim = Sim::relaxed().await;
        let (url, got) = callback(&[500, 503, 200]).await;
        sim.control("/sim/callback", &json!({ "url": url }).to_string())
            .await;
        sim.control("/sim/settings", r#"{"retry_ms":[20,40,80]}"#)
            .await;
        sim.control("/sim/inbound", r#"{"from":"+4915112345678"}"#)
            .await;
        sim.idle().await;
        let bodies = bodies(&got);
        assert_eq!(bodies.len(), 3);
        assert_eq!(bodies[0], bodies[2], "the same bytes again");
        let log = sim.call("GET", "/sim/webhooks", "").await.json();
        let tries: Vec<_> = log["items"][0]["attempts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| a["status"].as_u64().unwrap())
            .collect();
        assert_eq!(
            (tries, &log["items"][0]["state"]),
            (vec![500, 503, 200], &json!("ok"))
        );
    }

    #[tokio::test]
    async fn after_the_last_wait_a_post_is_dropped() {
        let sim = Sim::relaxed().await;
        sim.control("/sim/callback", r#"{"url":"http://127.0.0.1:1/"}"#)
            .await;
        sim.control("/sim/settings", r#"{"retry_ms":[5]}"#).await;
        sim.control("/sim/inbound", r#"{"from":"+4915112345678"}"#)
            .await;
        sim.idle().await;
        let log = sim
            .call("GET", "/sim/webhooks?state=dropped", "")
            .await
            .json();
        assert_eq!(
            (&log["counters"]["attempts"], &log["counters"]["dropped"]),
            (&json!(2), &json!(1))
        );
        assert_eq!(log["items"][0]["attempts"][0]["answer"], "no connection");
    }

    #[tokio::test]
    async fn updates_are_batched_doubled_and_shuffled() {
        let sim = Sim::relaxed().await;
        let (url, got) = callback(&[200]).await;
        sim.control("/sim/callback", &json!({ "url": url }).to_string())
            .await;
        sim.control(
            "/sim/settings",
            r#"{"batch":10,"batch_ms":100,"duplicate_rate":1.0}"#,
        )
        .await;
        sim.control(
            "/sim/inbound",
            r#"{"from":"+4915100000000","text":"m","count":25,"customers":25}"#,
        )
        .await;
        sim.idle().await;
        assert_eq!(bodies(&got).len(), 6, "25 in tens, each twice");
        let messages = each(&got, "messages");
        assert_eq!(messages.len(), 50);
        assert!(
            bodies(&got)[0]["entry"][0]["changes"]
                .as_array()
                .unwrap()
                .len()
                < 10,
            "some are joined in one change"
        );
        got.lock().unwrap().clear();
        sim.control(
            "/sim/settings",
            r#"{"batch":1,"duplicate_rate":0,"shuffle_rate":0.5}"#,
        )
        .await;
        sim.control(
            "/sim/inbound",
            r#"{"from":"+4915100000000","text":"n","count":40}"#,
        )
        .await;
        sim.control("/sim/advance", r#"{"ms":2000}"#).await;
        sim.idle().await;
        let order: Vec<_> = each(&got, "messages")
            .iter()
            .map(|m| m["text"]["body"].to_string())
            .collect();
        let straight: Vec<_> = (1..=40).map(|i| format!("\"n {i}\"")).collect();
        assert_eq!(order.len(), 40);
        assert_ne!(order, straight);
    }

    #[tokio::test]
    async fn only_loopback_is_bound_and_called() {
        assert!(start(Config::default(), "0.0.0.0:0".parse().unwrap(), None)
            .await
            .is_err());
        assert!(loopback("http://127.0.0.1:1/a").is_ok() && loopback("http://[::1]/a").is_ok());
        assert!(
            loopback("https://graph.facebook.com/").is_err()
                && loopback("http://127.0.0.1.example.org/").is_err()
        );
    }
}
