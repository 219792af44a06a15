//! Connections that can be cut: a handler says so, and the client sees a reset instead of an answer.
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::server::TlsStream;
use tokio_rustls::TlsAcceptor;

/// Connections whose handshake is done and that nobody has taken yet.
const HANDSHAKEN: usize = 64;

/// The handle by which a handler cuts its connection.
#[derive(Clone, Default)]
pub struct Wire(Arc<AtomicBool>);

impl Wire {
    /// The next write fails and the socket is reset: nothing of the answer leaves.
    pub fn cut(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Connected<IncomingStream<'_, Cuttable>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Cuttable>) -> Self {
        stream.io().wire.clone()
    }
}

/// Listens on loopback and hands out streams that can be cut.
pub struct Cuttable(pub TcpListener);

impl Listener for Cuttable {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CuttableStream, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, address)) => {
                    let _ = stream.set_nodelay(true);
                    return (CuttableStream::new(Inner::Plain(stream)), address);
                }
                // Out of descriptors: wait instead of spinning.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// The same over TLS (HTTP/2 and HTTP/1.1), as Meta serves it.
pub struct CuttableTls {
    streams: mpsc::Receiver<(CuttableStream, SocketAddr)>,
    address: SocketAddr,
}

impl CuttableTls {
    /// Handshakes happen beside each other, so that a slow one holds up nobody.
    pub fn new(listener: TcpListener, acceptor: TlsAcceptor) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (give, streams) = mpsc::channel(HANDSHAKEN);
        let mut plain = Cuttable(listener);
        tokio::spawn(async move {
            loop {
                let (stream, address) = plain.accept().await;
                let (give, acceptor) = (give.clone(), acceptor.clone());
                tokio::spawn(async move {
                    let Inner::Plain(tcp) = stream.inner else {
                        return;
                    };
                    if let Ok(tls) = acceptor.accept(tcp).await {
                        let stream = CuttableStream::new(Inner::Tls(Box::new(tls)));
                        let _ = give.send((stream, address)).await;
                    }
                });
            }
        });
        Ok(CuttableTls { streams, address })
    }
}

impl Listener for CuttableTls {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CuttableStream, SocketAddr) {
        match self.streams.recv().await {
            Some(stream) => stream,
            // The task that gives them ends with the runtime only.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, CuttableTls>> for Wire {
    fn connect_info(stream: IncomingStream<'_, CuttableTls>) -> Self {
        stream.io().wire.clone()
    }
}

/// A certificate chain and its key, both PEM.
///
/// # Errors
/// What is wrong with the files, in words.
pub fn acceptor(cert: &Path, key: &Path) -> Result<TlsAcceptor, String> {
    let said = |path: &Path, e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    let chain: Vec<_> = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect)
        .map_err(|e| said(cert, &e))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|e| said(key, &e))?;
    let mut config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|e| said(cert, &e))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

enum Inner {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

pub struct CuttableStream {
    inner: Inner,
    wire: Wire,
}

trait Both: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Both for T {}

impl CuttableStream {
    fn new(inner: Inner) -> Self {
        CuttableStream {
            inner,
            wire: Wire::default(),
        }
    }

    fn stream(&mut self) -> Pin<&mut dyn Both> {
        match &mut self.inner {
            Inner::Plain(tcp) => Pin::new(tcp),
            Inner::Tls(tls) => Pin::new(tls.as_mut()),
        }
    }

    /// When cut: the error for whoever writes, with the socket set to reset on close.
    fn severed(&self) -> Option<io::Error> {
        if !self.wire.0.load(Ordering::SeqCst) {
            return None;
        }
        let tcp = match &self.inner {
            Inner::Plain(tcp) => tcp,
            Inner::Tls(tls) => tls.get_ref().0,
        };
        let _ = tcp.set_zero_linger();
        Some(io::ErrorKind::ConnectionReset.into())
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream().poll_read(cx, buf)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.severed() {
            Some(e) => Poll::Ready(Err(e)),
            None => self.stream().poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.severed() {
            Some(e) => Poll::Ready(Err(e)),
            None => self.stream().poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.inner {
            Inner::Plain(tcp) => tcp.is_write_vectored(),
            Inner::Tls(tls) => tls.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.severed().is_some() {
            return Poll::Ready(Ok(()));
        }
        self.stream().poll_shutdown(cx)
    }
}
