//! As much of a WebSocket client as the tests need.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// Longest wait for one frame on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const MASK: [u8; 4] = [7, 11, 13, 17];

pub struct Socket(TcpStream);

/// What came.
#[derive(Debug)]
pub enum Heard {
    Frame(Value),
    Closed(u16),
}

impl Socket {
    /// The handshake; the status when it is refused.
    pub fn open(address: &str, more_headers: &str) -> Result<Self, u16> {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = format!(
            "GET /api/v1/ws HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more_headers}\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            answer.push(byte[0]);
        }
        let answer = String::from_utf8(answer).unwrap();
        match answer.split(' ').nth(1).unwrap().parse().unwrap() {
            101 => Ok(Socket(stream)),
            status => Err(status),
        }
    }

    /// Opens a session, and says which topics it wants.
    pub fn identified(address: &str, token: &str, topics: &[&str]) -> Self {
        let mut socket = Socket::open(address, "").unwrap();
        assert_eq!(socket.frame()["op"], "hello");
        socket.say(&serde_json::json!({ "op": "identify", "token": token }));
        assert_eq!(socket.frame()["op"], "ready");
        for (id, topic) in topics.iter().enumerate() {
            socket.say(&serde_json::json!({ "op": "subscribe", "id": id, "topic": topic }));
            assert_eq!(socket.frame()["op"], "ok");
        }
        socket
    }

    pub fn say(&mut self, frame: &Value) {
        self.send(0x81, frame.to_string().as_bytes());
    }

    /// Any message: the first byte holds opcode and final flag.
    pub fn send(&mut self, first: u8, payload: &[u8]) {
        let mut bytes = vec![first];
        match payload.len() {
            small @ 0..=125 => bytes.push(0x80 | small as u8),
            medium @ 126..=65535 => {
                bytes.push(0x80 | 126);
                bytes.extend_from_slice(&(medium as u16).to_be_bytes());
            }
            large => {
                bytes.push(0x80 | 127);
                bytes.extend_from_slice(&(large as u64).to_be_bytes());
            }
        }
        bytes.extend_from_slice(&MASK);
        bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(b, m)| b ^ m));
        self.0.write_all(&bytes).unwrap();
    }

    pub fn frame(&mut self) -> Value {
        match self.hear() {
            Heard::Frame(frame) => frame,
            Heard::Closed(code) => panic!("closed with {code}"),
        }
    }

    /// The next frame or the end; pings are answered.
    pub fn hear(&mut self) -> Heard {
        loop {
            let [first, length] = self.read::<2>();
            let length = match length & 0x7f {
                126 => u64::from(u16::from_be_bytes(self.read())),
                127 => u64::from_be_bytes(self.read()),
                small => u64::from(small),
            };
            let mut payload = vec![0; length as usize];
            self.0.read_exact(&mut payload).unwrap();
            match first & 0x0f {
                1 => return Heard::Frame(serde_json::from_slice(&payload).unwrap()),
                8 => return Heard::Closed(u16::from_be_bytes([payload[0], payload[1]])),
                9 => self.send(0x8a, &payload),
                _ => {}
            }
        }
    }

    /// Passes over frames until one fits.
    pub fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let frame = self.frame();
            if fits(&frame) {
                return frame;
            }
        }
    }

    fn read<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }
}
