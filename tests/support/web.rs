//! Somebody else's web server, small.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// An answer: status, lines of a head, body, and how long it takes to come.
#[derive(Clone)]
pub struct Page {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    pub after: Duration,
}

impl Page {
    pub fn of(kind: &str, body: &[u8]) -> Self {
        Self {
            status: 200,
            head: format!("Content-Type: {kind}\r\n"),
            body: body.to_vec(),
            after: Duration::ZERO,
        }
    }

    pub fn html(text: &str) -> Self {
        Self::of("text/html; charset=utf-8", text.as_bytes())
    }

    pub fn jpeg(bytes: &[u8]) -> Self {
        Self::of("image/jpeg", bytes)
    }

    pub fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::of("text/plain", b"")
        }
    }

    pub fn to(location: &str) -> Self {
        Self {
            head: format!("Location: {location}\r\n"),
            ..Self::status(302)
        }
    }

    pub fn after(self, after: Duration) -> Self {
        Self { after, ..self }
    }
}

/// Serves pages on a port of its own of 127.0.0.1 until the process ends.
#[derive(Clone)]
pub struct Web {
    pub port: u16,
    pages: Arc<Mutex<HashMap<String, Page>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Web {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let web = Self {
            port: listener.local_addr().expect("its address").port(),
            pages: Arc::default(),
            asked: Arc::default(),
        };
        let serving = web.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let web = serving.clone();
                std::thread::spawn(move || web.serve(stream));
            }
        });
        web
    }

    fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).ok()?;
            asked.push(byte[0]);
        }
        let asked = String::from_utf8_lossy(&asked);
        let path = asked.split(' ').nth(1)?.to_owned();
        self.asked.lock().ok()?.push(path.clone());
        let page = self.pages.lock().ok()?.get(&path).cloned();
        let page = page.unwrap_or_else(|| Page::status(404));
        std::thread::sleep(page.after);
        let head = format!(
            "HTTP/1.1 {} X\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n",
            page.status,
            page.head,
            page.body.len()
        );
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(&page.body).ok()
    }

    pub fn put(&self, path: &str, page: Page) {
        self.pages
            .lock()
            .expect("a lock")
            .insert(path.to_owned(), page);
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Paths in the order in which they were asked for; connections that ask
    /// nothing are not among them.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("a lock").clone()
    }

    /// For `serve`: this server may be fetched from.
    pub fn allowed(&self) -> [String; 2] {
        ["--fetch-allow".into(), format!("127.0.0.1:{}", self.port)]
    }
}
