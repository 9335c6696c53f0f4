//! One question to one server: resolve, check, connect to what was checked,
//! ask. No pool and no proxy: the address that is connected to is the one that
//! was looked at, each time.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response, header};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::{TlsConnector, rustls};
use url::Host;

use super::config::FetchLimits;
use super::inside::inside;
use super::refusal::Refusal;
use super::resolve::Resolve;
use super::rules::{Rules, Target};

/// Who asks; some servers want to know.
const AGENT: &str = concat!("Asterism/", env!("CARGO_PKG_VERSION"), " (self-hosted)");
/// What is asked for, best first.
const ACCEPT: &str = "image/avif,image/webp,image/*,text/html;q=0.9,*/*;q=0.5";
/// Most bytes of an answer's head.
const HEAD_BYTES: usize = 64 << 10;
/// Most lines of it.
const HEAD_LINES: usize = 100;

/// Asks servers.
pub struct Wire {
    pub rules: Rules,
    pub limits: FetchLimits,
    pub resolver: Arc<dyn Resolve>,
    /// Made when it is first needed: it reads the system's certificates.
    pub tls: tokio::sync::OnceCell<TlsConnector>,
}

/// An answer whose body is still to be read.
pub struct Answer {
    pub response: Response<Incoming>,
    /// Ends with the answer, whatever the server still has to say.
    pub connection: Connection,
}

/// The task that moves bytes for an answer.
pub struct Connection(JoinHandle<()>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Wire {
    /// Asks for the target, following nothing.
    ///
    /// # Errors
    /// It is not public, does not answer, or not in time.
    pub async fn ask(&self, target: &Target, referer: Option<&str>) -> Result<Answer, Refusal> {
        let request = request(target, referer)?;
        let stream = self.connect(target).await?;
        let talk = async {
            if target.is_secure() {
                let stream = self.secure(target, stream).await?;
                self.send(stream, request).await
            } else {
                self.send(stream, request).await
            }
        };
        timeout(self.limits.head, talk)
            .await
            .map_err(|_| Refusal::Slow("to answer"))?
    }

    /// Connects to the first of the target's addresses that may be connected
    /// to and answers.
    async fn connect(&self, target: &Target) -> Result<TcpStream, Refusal> {
        let addresses = self.addresses(target).await?;
        let host = target.host.to_string();
        let mut public = 0;
        for address in addresses {
            if !self.rules.passes(target, address) {
                let what = inside(address).unwrap_or("of another port");
                tracing::debug!(host, what, "not connected to");
                continue;
            }
            public += 1;
            if public > self.limits.addresses {
                break;
            }
            let to = SocketAddr::new(address, target.port);
            let Ok(Ok(stream)) = timeout(self.limits.connect, TcpStream::connect(to)).await else {
                continue;
            };
            // what the kernel says that it is connected to
            match stream.peer_addr() {
                Ok(peer) if peer.ip() == address => return Ok(stream),
                _ => continue,
            }
        }
        Err(match public {
            0 => Refusal::Nowhere { host },
            _ => Refusal::Unreachable { host },
        })
    }

    async fn addresses(&self, target: &Target) -> Result<Vec<IpAddr>, Refusal> {
        match &target.host {
            Host::Ipv4(address) => Ok(vec![(*address).into()]),
            Host::Ipv6(address) => Ok(vec![(*address).into()]),
            Host::Domain(name) => {
                let asked = timeout(self.limits.connect, self.resolver.addresses(name)).await;
                asked.unwrap_or_else(|_| Ok(Vec::new())).map_err(|error| {
                    tracing::debug!(name, %error, "name not resolved");
                    let host = name.clone();
                    Refusal::Nowhere { host }
                })
            }
        }
    }

    async fn secure(
        &self,
        target: &Target,
        stream: TcpStream,
    ) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static, Refusal> {
        let host = target.host.to_string();
        let name = match &target.host {
            Host::Domain(name) => ServerName::try_from(name.trim_end_matches('.').to_owned()).ok(),
            Host::Ipv4(address) => Some(IpAddr::from(*address).into()),
            Host::Ipv6(address) => Some(IpAddr::from(*address).into()),
        };
        let name = name.ok_or(Refusal::Address("this address names no server"))?;
        let tls = self.tls.get_or_try_init(connector).await?;
        tls.connect(name, stream).await.map_err(|error| {
            tracing::debug!(host, %error, "no safe connection");
            match error.kind() {
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                    Refusal::Insecure { host }
                }
                _ => Refusal::Broken,
            }
        })
    }

    async fn send(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        request: Request<Empty<Bytes>>,
    ) -> Result<Answer, Refusal> {
        let broken = |error: hyper::Error| {
            tracing::debug!(%error, "no answer");
            Refusal::Broken
        };
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(HEAD_BYTES)
            .max_headers(HEAD_LINES)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        let connection = Connection(tokio::spawn(async move {
            // an error shows where the body is read
            let _ = connection.await;
        }));
        let response = sender.send_request(request).await.map_err(broken)?;
        Ok(Answer {
            response,
            connection,
        })
    }
}

fn request(target: &Target, referer: Option<&str>) -> Result<Request<Empty<Bytes>>, Refusal> {
    let url = &target.url;
    let mut path = url.path().to_owned();
    if let Some(query) = url.query() {
        path.push('?');
        path.push_str(query);
    }
    let host = match url.port() {
        Some(port) => format!("{}:{port}", target.host),
        None => target.host.to_string(),
    };
    let mut request = Request::get(path)
        .header(header::HOST, host)
        .header(header::USER_AGENT, AGENT)
        .header(header::ACCEPT, ACCEPT)
        .header(header::ACCEPT_ENCODING, "identity")
        .header(header::CONNECTION, "close");
    if let Some(referer) = referer {
        request = request.header(header::REFERER, referer);
    }
    let bad = |_| Refusal::Address("this is no web address");
    request.body(Empty::new()).map_err(bad)
}

async fn connector() -> Result<TlsConnector, Refusal> {
    let make = || {
        let mut roots = rustls::RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        // an operator's own authority counts as well
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider knows today's versions");
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        TlsConnector::from(Arc::new(config))
    };
    let made = tokio::task::spawn_blocking(make).await;
    made.map_err(|_| Refusal::Busy)
}
