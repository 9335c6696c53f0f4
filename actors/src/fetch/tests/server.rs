//! A web server of the test's own, and a resolver that says what it is told.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::super::config::FetchLimits;
use super::super::resolve::Resolve;
use super::super::{FetchConfig, Fetcher};

/// The beginning of a JPEG, which is all that the guard looks at.
pub const JPEG: &[u8] = b"\xff\xd8\xff\xe0 a picture as far as this goes";

/// What is answered: the bytes from the status line on, each after a pause.
pub type Script = Vec<(Duration, Vec<u8>)>;

/// An answer with a body and lines of a head.
pub fn answer(status: u16, head: &str, body: &[u8]) -> Script {
    let length = body.len();
    let mut bytes = format!("HTTP/1.1 {status} X\r\n{head}Content-Length: {length}\r\n\r\n");
    // a head that says a length itself means it
    if head.to_ascii_lowercase().contains("content-length")
        || head.to_ascii_lowercase().contains("transfer-encoding")
    {
        bytes = format!("HTTP/1.1 {status} X\r\n{head}\r\n");
    }
    let mut bytes = bytes.into_bytes();
    bytes.extend_from_slice(body);
    vec![(Duration::ZERO, bytes)]
}

/// The same head and picture again and again, without an end.
pub fn endless(head: &str, step: Vec<u8>, pause: Duration, times: usize) -> Script {
    let head = format!("HTTP/1.1 200 X\r\n{head}\r\n").into_bytes();
    let mut script = vec![(Duration::ZERO, head)];
    script.extend((0..times).map(|_| (pause, step.clone())));
    script
}

/// Serves paths and remembers what it was asked.
#[derive(Clone)]
pub struct Server {
    pub port: u16,
    pages: Arc<Mutex<HashMap<String, Script>>>,
    pub asked: Arc<Mutex<Vec<String>>>,
    pub connections: Arc<AtomicUsize>,
}

impl Server {
    /// On a port of its own of this address.
    pub async fn on(address: &str) -> Self {
        let listener = TcpListener::bind((address, 0)).await.expect("a port");
        let server = Self {
            port: listener.local_addr().expect("an address").port(),
            pages: Arc::default(),
            asked: Arc::default(),
            connections: Arc::default(),
        };
        server.clone().listen(listener);
        server
    }

    /// On another address too, with the same port.
    pub async fn also_on(&self, address: &str) -> bool {
        let Ok(listener) = TcpListener::bind((address, self.port)).await else {
            return false;
        };
        self.clone().listen(listener);
        true
    }

    fn listen(self, listener: TcpListener) {
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                self.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(self.clone().serve(stream));
            }
        });
    }

    async fn serve(self, mut stream: TcpStream) -> io::Result<()> {
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).await?;
            asked.push(byte[0]);
        }
        let asked = String::from_utf8_lossy(&asked).into_owned();
        let path = asked.split(' ').nth(1).unwrap_or_default().to_owned();
        self.asked.lock().expect("a lock").push(asked);
        let script = self.pages.lock().expect("a lock").get(&path).cloned();
        for (pause, bytes) in script.unwrap_or_else(|| answer(404, "", b"nothing")) {
            tokio::time::sleep(pause).await;
            stream.write_all(&bytes).await?;
        }
        stream.shutdown().await
    }

    pub fn put(&self, path: &str, script: Script) {
        self.pages
            .lock()
            .expect("a lock")
            .insert(path.to_owned(), script);
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn count(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// A guard that may ask this server, on 127.0.0.1 only.
    pub fn guard(&self, limits: FetchLimits) -> Fetcher {
        self.guard_with(limits, Arc::new(Told::default()))
    }

    pub fn guard_with(&self, limits: FetchLimits, resolver: Arc<dyn Resolve>) -> Fetcher {
        let allow = format!("127.0.0.1:{}", self.port);
        let config = FetchConfig {
            allow: vec![allow.parse().expect("allowed")],
            limits,
            ..FetchConfig::default()
        };
        Fetcher::asking(&config, resolver)
    }
}

/// Patience that tests have.
pub fn impatient() -> FetchLimits {
    FetchLimits {
        connect: Duration::from_secs(2),
        head: Duration::from_millis(600),
        silence: Duration::from_millis(300),
        total: Duration::from_secs(2),
        picture_bytes: 1 << 20,
        page_bytes: 64 << 10,
        ..FetchLimits::default()
    }
}

/// A resolver that answers the next of what it was told, the last again and
/// again; this machine if it was told nothing.
#[derive(Default)]
pub struct Told {
    pub answers: Mutex<Vec<Vec<IpAddr>>>,
    pub asked: AtomicUsize,
}

impl Told {
    pub fn say(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |a: &&str| a.parse().expect("an address");
        let answers = answers.iter().map(|a| a.iter().map(parse).collect());
        Arc::new(Self {
            answers: Mutex::new(answers.collect()),
            asked: AtomicUsize::new(0),
        })
    }
}

#[async_trait]
impl Resolve for Told {
    async fn addresses(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().expect("a lock");
        Ok(match answers.len() {
            0 => vec!["127.0.0.1".parse().expect("an address")],
            1 => answers[0].clone(),
            _ => answers.remove(0),
        })
    }
}
