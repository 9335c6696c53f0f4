//! As much of HTTP and WebSocket as it takes to load a server, with little work
//! of one's own.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;
use crate::plan::{Kind, Plan, Publish};

/// One reading.
const CHUNK: usize = 16 * 1024;

/// A connection and what of it was not used yet.
pub struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
    used: usize,
}

/// What came.
pub enum Message {
    /// From where to where in [`Wire::bytes`].
    Text(std::ops::Range<usize>),
    Ping(Vec<u8>),
    Other,
}

impl Wire {
    pub async fn connect(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::new(),
            used: 0,
        })
    }

    /// Becomes a WebSocket.
    pub async fn upgrade(&mut self, plan: &Plan) -> Outcome<()> {
        let protocol = match plan.kind {
            Kind::Asterism => "Sec-WebSocket-Protocol: asterism.v1.json\r\n",
            Kind::Plain | Kind::SocketIo => "",
        };
        let head = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{protocol}\r\n",
            plan.socket_path(),
            plan.address
        );
        self.stream.write_all(head.as_bytes()).await?;
        let status = self.head().await?;
        match status.contains(" 101 ") {
            true => Ok(()),
            false => Err(status.into()),
        }
    }

    /// A request and the end of its answer.
    pub async fn request(&mut self, plan: &Plan, publish: &Publish) -> Outcome<()> {
        let token = publish.token.as_ref();
        let token = token.map_or_else(String::new, |t| format!("Authorization: Bearer {t}\r\n"));
        let kind = match plan.kind {
            Kind::Asterism => "application/json",
            Kind::Plain | Kind::SocketIo => "text/plain",
        };
        let head = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\n{token}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{}",
            publish.method,
            publish.path,
            plan.address,
            publish.body.len(),
            publish.body
        );
        self.stream.write_all(head.as_bytes()).await?;
        let answer = self.head().await?;
        if !answer.contains(" 20") {
            return Err(answer.into());
        }
        let lower = answer.to_ascii_lowercase();
        let length = lower
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(Ok(0), |length| length.trim().parse())?;
        if lower.contains("transfer-encoding: chunked") {
            while !self.bytes().ends_with(b"0\r\n\r\n") {
                self.more().await?;
            }
            self.used = self.buffer.len();
            return Ok(());
        }
        while self.bytes().len() < length {
            self.more().await?;
        }
        self.used += length;
        Ok(())
    }

    /// The next message.
    pub async fn message(&mut self) -> Outcome<Message> {
        loop {
            if let Some((opcode, payload)) = self.frame() {
                let text = self.used + payload.start..self.used + payload.end;
                self.used = text.end;
                return Ok(match opcode {
                    1 => Message::Text(text),
                    8 => return Err("closed by the server".into()),
                    9 => Message::Ping(self.buffer[text].to_vec()),
                    _ => Message::Other,
                });
            }
            self.more().await?;
        }
    }

    /// The bytes of a message that came last.
    pub fn text(&self, range: std::ops::Range<usize>) -> &[u8] {
        &self.buffer[range]
    }

    pub async fn send(&mut self, opcode: u8, payload: &[u8]) -> Outcome<()> {
        let mut frame = vec![0x80 | opcode];
        match payload.len() {
            short @ 0..126 => frame.push(0x80 | short as u8),
            long => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&u16::try_from(long)?.to_be_bytes());
            }
        }
        // a mask of zeros is one
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(payload);
        self.stream.write_all(&frame).await?;
        Ok(())
    }

    fn bytes(&self) -> &[u8] {
        &self.buffer[self.used..]
    }

    /// Opcode and payload of a frame that is there in full.
    fn frame(&self) -> Option<(u8, std::ops::Range<usize>)> {
        let bytes = self.bytes();
        let (first, second) = (*bytes.first()?, *bytes.get(1)?);
        let (start, length) = match second & 127 {
            126 => (
                4,
                u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?) as usize,
            ),
            127 => (
                10,
                u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?) as usize,
            ),
            short => (2, short as usize),
        };
        (bytes.len() >= start + length).then_some((first & 15, start..start + length))
    }

    async fn head(&mut self) -> Outcome<String> {
        loop {
            let end = self.bytes().windows(4).position(|w| w == b"\r\n\r\n");
            if let Some(end) = end {
                let head = String::from_utf8_lossy(&self.bytes()[..end]).into_owned();
                self.used += end + 4;
                return Ok(head);
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Outcome<()> {
        self.buffer.drain(..self.used);
        self.used = 0;
        self.buffer.reserve(CHUNK);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err("the server hung up".into()),
            _ => Ok(()),
        }
    }
}
