//! As much of an HTTP client as the tests need.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

pub struct Client {
    address: String,
    token: Option<String>,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
    }
}

impl Client {
    pub fn new(address: &str) -> Self {
        Client {
            address: address.to_owned(),
            token: None,
        }
    }

    /// With an account of its own.
    pub fn registered(mut self, handle: &str) -> Self {
        let form = serde_json::json!({ "handle": handle, "password": "correct horse" });
        let answer = self.send(
            "POST",
            "/api/v1/auth/register",
            "application/json",
            form.to_string().as_bytes(),
        );
        assert_eq!(answer.status, 201, "{}", answer.json());
        self.token = Some(answer.json()["token"].as_str().unwrap().to_owned());
        self
    }

    /// With an account that is there.
    pub fn logged_in(mut self, form: &Value) -> Self {
        let answer = self.send(
            "POST",
            "/api/v1/auth/login",
            "application/json",
            form.to_string().as_bytes(),
        );
        assert_eq!(answer.status, 200, "{}", answer.json());
        self.token = Some(answer.json()["token"].as_str().unwrap().to_owned());
        self
    }

    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "text/plain", b"")
    }

    pub fn get_part(&self, path: &str, range: &str) -> Answer {
        self.send("GET", path, &format!("text/plain\r\nRange: {range}"), b"")
    }

    pub fn upload(&self, files: &[(&str, &[u8])]) -> Answer {
        let mut form = Vec::new();
        for (name, bytes) in files {
            let head = format!(
                "--parts-of-a-test\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
            );
            form.extend_from_slice(head.as_bytes());
            form.extend_from_slice(bytes);
            form.extend_from_slice(b"\r\n");
        }
        form.extend_from_slice(b"--parts-of-a-test--\r\n");
        self.send(
            "POST",
            "/api/v1/elements",
            "multipart/form-data; boundary=parts-of-a-test",
            &form,
        )
    }

    fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
        let login = self
            .token
            .as_ref()
            .map(|t| format!("Authorization: Bearer {t}\r\n"))
            .unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{login}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer {
            status,
            head: head.to_lowercase(),
            body: answer[end + 4..].to_vec(),
        }
    }
}

/// A picture that nobody else has: a BMP of 64 × 48 pixels.
pub fn picture(seed: u8) -> Vec<u8> {
    let (width, height) = (64u32, 48u32);
    let size = 54 + width * height * 3;
    let mut bytes = b"BM".to_vec();
    for word in [size, 0, 54, 40, width, height] {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    bytes.extend_from_slice(&[1, 0, 24, 0]);
    bytes.extend_from_slice(&[0; 24]);
    for y in 0..height {
        for x in 0..width {
            bytes.extend_from_slice(&[seed, (x * 4) as u8, (y * 5) as u8]);
        }
    }
    bytes
}
