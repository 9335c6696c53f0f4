//! A client of one kept connection: as little work as possible beside the
//! server that is measured.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

/// The longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The largest answer.
const MOST: usize = 64 * 1024 * 1024;

/// One request, ready to be sent.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: &'static str,
    pub path: String,
    pub body: Option<Value>,
}

impl Request {
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: "GET",
            path: path.into(),
            body: None,
        }
    }

    pub fn with(method: &'static str, path: impl Into<String>, body: Value) -> Self {
        Self {
            method,
            path: path.into(),
            body: Some(body),
        }
    }
}

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    /// Milliseconds that the server says its models took.
    pub model: Option<f64>,
}

impl Answer {
    pub fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_slice(&self.body).context("the answer is no JSON")
    }
}

/// A connection on behalf of one account.
pub struct Client {
    address: SocketAddr,
    token: Option<String>,
    stream: BufReader<TcpStream>,
}

impl Client {
    /// # Errors
    /// Nobody listens; or it is not this machine.
    pub fn connect(address: SocketAddr, token: Option<String>) -> anyhow::Result<Self> {
        ensure!(address.ip().is_loopback(), "only this machine is measured");
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            address,
            token,
            stream: BufReader::with_capacity(64 * 1024, stream),
        })
    }

    /// # Errors
    /// The password is wrong.
    pub fn log_in(address: SocketAddr, handle: &str, password: &str) -> anyhow::Result<String> {
        let mut client = Self::connect(address, None)?;
        let form = serde_json::json!({ "handle": handle, "password": password });
        let answer = client.send(&Request::with("POST", "/api/v1/auth/login", form))?;
        let token = answer.json()?["token"].as_str().map(str::to_owned);
        token.with_context(|| format!("{handle} cannot log in ({})", answer.status))
    }

    /// # Errors
    /// The connection breaks, or the answer is not understood.
    pub fn send(&mut self, request: &Request) -> anyhow::Result<Answer> {
        let body = request.body.as_ref().map(Value::to_string);
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\n",
            request.method, request.path, self.address
        );
        if let Some(token) = &self.token {
            head.push_str(&format!("Authorization: Bearer {token}\r\n"));
        }
        if let Some(body) = &body {
            let length = body.len();
            head.push_str(&format!(
                "Content-Type: application/json\r\nContent-Length: {length}\r\n"
            ));
        }
        head.push_str("\r\n");
        head.push_str(body.as_deref().unwrap_or_default());
        self.stream.get_mut().write_all(head.as_bytes())?;
        self.answer()
    }

    fn answer(&mut self) -> anyhow::Result<Answer> {
        let status = self.line()?;
        let status: u16 = status
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .with_context(|| format!("{status:?} is no answer"))?;
        let (mut length, mut chunked, mut model) = (0, false, None);
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(':') else {
                bail!("{line:?} is no header");
            };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse()?,
                "transfer-encoding" => chunked = value.contains("chunked"),
                "server-timing" => model = duration(value, "model"),
                _ => {}
            }
        }
        let body = match chunked {
            true => self.chunks()?,
            false => self.bytes(length)?,
        };
        Ok(Answer {
            status,
            body,
            model,
        })
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line)?;
        ensure!(read > 0, "the server closed the connection");
        Ok(line.trim_end().to_owned())
    }

    fn bytes(&mut self, length: usize) -> anyhow::Result<Vec<u8>> {
        ensure!(length <= MOST, "an answer of {length} bytes");
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn chunks(&mut self) -> anyhow::Result<Vec<u8>> {
        let mut all = Vec::new();
        loop {
            let length = usize::from_str_radix(&self.line()?, 16)?;
            let part = self.bytes(length)?;
            self.line()?;
            if length == 0 {
                return Ok(all);
            }
            all.extend(part);
            ensure!(all.len() <= MOST, "an answer without end");
        }
    }
}

/// The duration of one part in a `Server-Timing` header, in milliseconds.
fn duration(header: &str, part: &str) -> Option<f64> {
    let entry = header
        .split(',')
        .find(|entry| entry.trim().split(';').next() == Some(part))?;
    let (_, duration) = entry.split_once("dur=")?;
    duration.split(';').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn a_part_of_the_time_is_read() {
        assert_eq!(duration("db;dur=3.2, model;dur=8.25", "model"), Some(8.25));
        assert_eq!(duration("db;dur=3.2", "model"), None);
    }
}
