//! For the tests: a simulator on a free port, hand-written HTTP over a socket, and a callback that writes down
//! what it gets. Nothing here uses our client or our JSON writer.
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::config::Config;
use crate::server::start;
use crate::settings::Settings;

pub const NUMBER: &str = "106540352242922";
pub const WABA: &str = "102290129340398";
pub const TOKEN: &str = "EAASIMULATOR0TOKEN";

/// A raw HTTP answer.
#[derive(Debug)]
pub struct Raw {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Raw {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn code(&self) -> u64 {
        self.json()["error"]["code"]
            .as_u64()
            .unwrap_or_else(|| panic!("no error: {}", self.json()))
    }
}

pub struct Sim {
    pub address: SocketAddr,
}

impl Sim {
    /// A world without limits and delays.
    pub async fn relaxed() -> Sim {
        Sim::new(Config {
            settings: Settings::relaxed(),
            ..Config::default()
        })
        .await
    }

    pub async fn new(config: Config) -> Sim {
        let running = start(config, "127.0.0.1:0".parse().unwrap(), None)
            .await
            .unwrap();
        let address = running.url.trim_start_matches("http://").parse().unwrap();
        Sim { address }
    }

    /// Sends these bytes on a new connection and reads to its end. None: the connection broke without an answer.
    pub async fn bytes(&self, request: &[u8]) -> Option<Raw> {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        socket.write_all(request).await.unwrap();
        let mut all = vec![];
        if socket.read_to_end(&mut all).await.is_err() || all.is_empty() {
            return None;
        }
        let split = all.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(all[..split].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Some(Raw {
            status,
            head,
            body: all[split + 4..].to_vec(),
        })
    }

    /// A request with the world's token.
    pub async fn call(&self, method: &str, path: &str, body: &str) -> Raw {
        self.call_as(TOKEN, method, path, body).await
    }

    pub async fn call_as(&self, token: &str, method: &str, path: &str, body: &str) -> Raw {
        self.try_call(token, method, path, body)
            .await
            .expect("an answer")
    }

    pub async fn try_call(&self, token: &str, method: &str, path: &str, body: &str) -> Option<Raw> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        self.bytes(request.as_bytes()).await
    }

    /// Sends a text; the raw answer.
    pub async fn text(&self, to: &str, text: &str) -> Raw {
        let body = format!(
            r#"{{"messaging_product":"whatsapp","to":"{to}","type":"text","text":{{"body":"{text}"}}}}"#
        );
        self.call("POST", &format!("/v25.0/{NUMBER}/messages"), &body)
            .await
    }

    pub async fn control(&self, path: &str, body: &str) -> Value {
        let raw = self.call("POST", path, body).await;
        assert_eq!(
            raw.status,
            200,
            "{path}: {}",
            String::from_utf8_lossy(&raw.body)
        );
        raw.json()
    }

    pub async fn idle(&self) {
        let v = self.control("/sim/wait-idle", "").await;
        assert_eq!(v["idle"], true, "{v}");
    }
}

/// What the callback got: head and body, as sent.
pub type Got = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A callback that answers the handshake, and every POST with the next of `statuses` (the last for ever).
pub async fn callback(statuses: &'static [u16]) -> (String, Got) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let got: Got = Got::default();
    let seen = got.clone();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let seen = seen.clone();
            tokio::spawn(async move {
                let mut all = vec![];
                let mut buffer = [0; 65_536];
                let (head, body) = loop {
                    let n = socket.read(&mut buffer).await.unwrap_or(0);
                    if n == 0 {
                        return;
                    }
                    all.extend_from_slice(&buffer[..n]);
                    let Some(split) = all.windows(4).position(|w| w == b"\r\n\r\n") else {
                        continue;
                    };
                    let head = String::from_utf8(all[..split].to_vec()).unwrap();
                    let length = head
                        .to_lowercase()
                        .split("content-length: ")
                        .nth(1)
                        .map_or(0, |l| l.split("\r\n").next().unwrap().parse().unwrap());
                    if all.len() >= split + 4 + length {
                        break (head, all[split + 4..].to_vec());
                    }
                };
                let (status, answer) = if head.starts_with("GET") {
                    let challenge = head
                        .split("hub.challenge=")
                        .nth(1)
                        .unwrap()
                        .split(['&', ' '])
                        .next()
                        .unwrap();
                    (200, challenge.to_string())
                } else {
                    let mut seen = seen.lock().unwrap();
                    let status = statuses[seen.len().min(statuses.len() - 1)];
                    seen.push((head, body));
                    (status, String::new())
                };
                let reply = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
                    answer.len()
                );
                socket.write_all(reply.as_bytes()).await.unwrap();
            });
        }
    });
    (url, got)
}

/// The bodies a callback got, parsed.
pub fn bodies(got: &Got) -> Vec<Value> {
    got.lock()
        .unwrap()
        .iter()
        .map(|(_, b)| serde_json::from_slice(b).unwrap())
        .collect()
}

/// Every element of `statuses` a callback got.
pub fn statuses(got: &Got) -> Vec<Value> {
    each(got, "statuses")
}

/// Every element of `key` in every change of every entry.
pub fn each(got: &Got, key: &str) -> Vec<Value> {
    let mut all = vec![];
    for body in bodies(got) {
        for entry in body["entry"].as_array().unwrap() {
            for change in entry["changes"].as_array().unwrap() {
                all.extend(change["value"][key].as_array().cloned().unwrap_or_default());
            }
        }
    }
    all
}
