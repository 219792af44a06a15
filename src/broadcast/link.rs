//! One connection, one message at a time; and whether anything of it has left this machine.
//!
//! hyper without its pool: the engine picks connections itself, and a failure must say for certain whether a byte of the request
//! was handed to the operating system.

use super::engine::{Entry, Shared};
use crate::error::{Error, Result};
use crate::graph::{unclear, Account};
use crate::runtime::causes;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderValue, Method, Request, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use nxtchat_core::errors::GraphFault;
use rustls::pki_types::ServerName;
use std::cell::Cell;
use std::future::Future;
use std::io;
use std::pin::{pin, Pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{ready, Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tower_service::Service;

/// Longest wait for a connection, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest wait for the TCP part of it.
const TCP_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection without work is closed by us, before the other side does it.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// Largest answer that is read, bytes.
const ANSWER_BYTES: usize = 256 << 10;
/// What hyper may buffer of an answer's head, bytes.
const BUFFER_BYTES: usize = 16 << 10;

/// What came of one POST.
pub enum Reply {
    /// A whole answer.
    Answer(u16, Bytes),
    /// Not a byte of it has left this machine.
    NotSent(String),
    /// Something left, and no whole answer came.
    Unclear(Box<GraphFault>),
}

/// Whom to connect to.
pub struct Dial {
    uri: Uri,
    host: HeaderValue,
    http: HttpConnector,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    proxy: Option<(Uri, Option<HeaderValue>)>,
}

impl Dial {
    /// Of an account: the certificates that the machine trusts, the proxy of the environment (not for this machine).
    pub fn new(account: &Account) -> Result<Dial> {
        let bad = |what: String| Error::Spool(format!("cannot set up HTTPS: {what}"));
        let uri: Uri = account
            .messages_url()?
            .as_str()
            .parse()
            .map_err(|_| Error::invalid("The Graph address cannot be used."))?;
        let authority = uri.authority().map_or("", |a| a.as_str());
        let host = HeaderValue::try_from(authority)
            .map_err(|_| Error::invalid("The Graph address cannot be used."))?;
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(TCP_TIMEOUT));
        http.set_keepalive(Some(Duration::from_secs(20)));
        let mut tls = None;
        if uri.scheme_str() == Some("https") {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let verifier = rustls_platform_verifier::Verifier::new(provider.clone())
                .map_err(|e| bad(e.to_string()))?;
            let mut config = rustls::ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .map_err(|e| bad(e.to_string()))?
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
                .with_no_client_auth();
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
            let name = uri.host().unwrap_or_default().trim_matches(['[', ']']);
            let name = ServerName::try_from(name.to_owned()).map_err(|e| bad(e.to_string()))?;
            tls = Some((TlsConnector::from(Arc::new(config)), name));
        }
        let proxy = if account.is_loopback() {
            None
        } else {
            Matcher::from_env()
                .intercept(&uri)
                .map(|proxy| (proxy.uri().clone(), proxy.basic_auth().cloned()))
        };
        Ok(Dial {
            uri,
            host,
            http,
            tls,
            proxy,
        })
    }

    /// The request for one body.
    fn request(&self, auth: HeaderValue, body: Vec<u8>) -> Request<Full<Bytes>> {
        const JSON: HeaderValue = HeaderValue::from_static("application/json");
        const AGENT: HeaderValue =
            HeaderValue::from_static(concat!("nxt-cloud-chat/", env!("CARGO_PKG_VERSION")));
        let mut request = Request::new(Full::new(Bytes::from(body)));
        *request.method_mut() = Method::POST;
        // A server is asked for the path, the host has a header of its own.
        *request.uri_mut() = self
            .uri
            .path_and_query()
            .map(|path| Uri::from(path.clone()))
            .unwrap_or_default();
        let headers = request.headers_mut();
        headers.insert(HOST, self.host.clone());
        headers.insert(AUTHORIZATION, auth);
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(USER_AGENT, AGENT);
        request
    }

    async fn open(&self) -> std::result::Result<Wire, String> {
        let mut http = self.http.clone();
        let tcp = match &self.proxy {
            None => http.call(self.uri.clone()).await.map_err(|e| causes(&e))?,
            Some((proxy, auth)) => {
                let mut tunnel = Tunnel::new(proxy.clone(), http);
                if let Some(auth) = auth {
                    tunnel = tunnel.with_auth(auth.clone());
                }
                tunnel
                    .call(self.uri.clone())
                    .await
                    .map_err(|e| format!("the proxy: {}", causes(&e)))?
            }
        };
        let written = Rc::new(Cell::new(0));
        let tcp = Counted {
            tcp: tcp.into_inner(),
            written: written.clone(),
        };
        let stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(tcp),
            Some((tls, name)) => Box::new(
                tls.connect(name.clone(), tcp)
                    .await
                    .map_err(|e| causes(&e))?,
            ),
        };
        let (sender, conn) = http1::Builder::new()
            .max_buf_size(BUFFER_BYTES)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|e| causes(&e))?;
        Ok(Wire {
            sender,
            conn: Some(conn),
            written,
        })
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Stream for T {}

type Conn = http1::Connection<TokioIo<Box<dyn Stream>>, Full<Bytes>>;

/// An open connection.
struct Wire {
    sender: http1::SendRequest<Full<Bytes>>,
    /// `None` when it is closed.
    conn: Option<Conn>,
    written: Rc<Cell<u64>>,
}

impl Wire {
    /// Drives the connection; ready when it is closed.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(conn) = &mut self.conn {
            // Its error comes to whoever waits for the answer.
            let _ = ready!(Pin::new(conn).poll(cx));
            self.conn = None;
        }
        Poll::Ready(())
    }

    /// Waits until it is closed.
    async fn closed(&mut self) {
        std::future::poll_fn(|cx| self.poll(cx)).await;
    }

    /// One POST.
    async fn post(&mut self, request: Request<Full<Bytes>>, patience: Duration) -> Reply {
        let Wire {
            sender,
            conn,
            written,
        } = self;
        let before = written.get();
        let mut exchange = pin!(async move {
            sender.ready().await?;
            let answer = sender.send_request(request).await?;
            let status = answer.status().as_u16();
            let body = Limited::new(answer.into_body(), ANSWER_BYTES)
                .collect()
                .await?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((status, body.to_bytes()))
        });
        let both = std::future::poll_fn(|cx| {
            if let Some(open) = conn {
                if Pin::new(open).poll(cx).is_ready() {
                    *conn = None;
                }
            }
            exchange.as_mut().poll(cx)
        });
        let text = match timeout(patience, both).await {
            Ok(Ok((status, body))) => return Reply::Answer(status, body),
            Ok(Err(e)) => causes(e.as_ref()),
            Err(_) => format!("No answer within {} seconds.", patience.as_secs_f64()),
        };
        // A connection of which this is not known serves no other.
        *conn = None;
        if written.get() == before {
            return Reply::NotSent(text);
        }
        Reply::Unclear(Box::new(unclear(0, text)))
    }

    fn is_open(&self) -> bool {
        self.conn.is_some() && !self.sender.is_closed()
    }
}

/// Counts what the operating system took.
struct Counted {
    tcp: TcpStream,
    written: Rc<Cell<u64>>,
}

impl Counted {
    fn count(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = &result {
            self.written.set(self.written.get() + *bytes as u64);
        }
        result
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.tcp).poll_write(cx, bytes);
        self.count(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.tcp).poll_write_vectored(cx, bufs);
        self.count(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

/// What a connection without work does next.
enum Next {
    Work(Entry),
    Leave,
    End,
}

/// The life of a connection: open, wait for work, do it, until it is closed.
pub async fn run(core: Shared, dial: Rc<Dial>) {
    let opened = timeout(CONNECT_TIMEOUT, dial.open()).await;
    let mut wire = match opened.unwrap_or_else(|_| Err("no connection in time".into())) {
        Ok(wire) => wire,
        Err(text) => {
            core.borrow_mut().link_failed(text);
            return;
        }
    };
    let mut fresh = true;
    core.borrow_mut().link_opened();
    while wire.is_open() {
        let (id, mut work) = core.borrow_mut().offer();
        let next = tokio::select! {
            biased;
            given = &mut work => given.map_or(Next::End, Next::Work),
            () = wire.closed() => Next::Leave,
            () = sleep(IDLE_TIMEOUT) => Next::Leave,
        };
        let withdrawn = matches!(next, Next::Leave) && core.borrow_mut().withdraw(id);
        let entry = match next {
            Next::Work(entry) => entry,
            Next::Leave if !withdrawn => match work.await {
                // It was chosen just now: the work comes, and goes back or out after all.
                Ok(entry) => entry,
                Err(_) => break,
            },
            Next::Leave | Next::End => break,
        };
        let (request, patience) = {
            let core = core.borrow();
            let body = entry.message.body(&entry.who, entry.reference);
            (dial.request(core.auth.clone(), body), core.patience())
        };
        let start = Instant::now();
        let reply = wire.post(request, patience).await;
        if matches!(reply, Reply::NotSent(_)) && fresh {
            core.borrow_mut().link_useless();
        }
        fresh = false;
        core.borrow_mut().settle(entry, reply, start.elapsed());
    }
    core.borrow_mut().link_closed();
}
