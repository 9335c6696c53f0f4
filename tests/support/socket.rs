//! A client of the WebSocket protocol, written from its description.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::{Message, WebSocket};

/// How long a frame may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Socket {
    socket: WebSocket<TcpStream>,
    next_id: u64,
    pub session: String,
    pub seq: u64,
}

/// What came: a frame, or the end with its code.
#[derive(Debug)]
pub enum Came {
    Frame(Value),
    Closed(Option<u16>),
    Nothing,
}

impl Socket {
    /// Connects and reads `hello`.
    pub fn connect(url: &str) -> Self {
        let place = url.trim_start_matches("http://");
        let stream = TcpStream::connect(place).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_millis(200)))
            .expect("a timeout");
        let mut request = format!("ws://{place}/api/v1/ws")
            .into_client_request()
            .expect("a request");
        let protocol = "asterism.v1.json".parse().expect("a header");
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol);
        let stream = stream.try_clone().expect("a handle");
        let mut attempt = tungstenite::client(request, stream);
        let (socket, _) = loop {
            match attempt {
                Ok(done) => break done,
                Err(tungstenite::HandshakeError::Interrupted(half)) => attempt = half.handshake(),
                Err(error) => panic!("no handshake: {error}"),
            }
        };
        let mut client = Self {
            socket,
            next_id: 1,
            session: String::new(),
            seq: 0,
        };
        assert_eq!(client.frame()["op"], "hello");
        client
    }

    pub fn send(&mut self, frame: &Value) {
        self.socket
            .send(Message::text(frame.to_string()))
            .expect("sent");
    }

    /// Opens a session.
    pub fn identify(&mut self, token: &str) -> Value {
        self.send(&json!({"op": "identify", "token": token}));
        let ready = self.frame();
        assert_eq!(ready["op"], "ready", "{ready}");
        self.session = ready["session"].as_str().expect("a session").to_owned();
        ready
    }

    /// A command; events that come before its reply are given back too.
    pub fn command(&mut self, mut frame: Value) -> (Value, Vec<Value>) {
        let id = self.next_id;
        self.next_id += 1;
        frame["id"] = json!(id);
        self.send(&frame);
        let mut before = Vec::new();
        loop {
            let frame = self.frame();
            if frame["id"] == json!(id) && frame["op"] != "event" {
                return (frame, before);
            }
            before.push(frame);
        }
    }

    pub fn subscribe(&mut self, topic: &str) -> Value {
        let (reply, _) = self.command(json!({"op": "subscribe", "topic": topic}));
        assert_eq!(reply["op"], "ok", "{reply}");
        reply
    }

    /// The next frame; fails the test if none comes.
    pub fn frame(&mut self) -> Value {
        match self.come(PATIENCE) {
            Came::Frame(frame) => frame,
            other => panic!("a frame was expected, but: {other:?}"),
        }
    }

    /// Frames until one fits, that one last.
    pub fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            let frame = self.frame();
            let last = fits(&frame);
            frames.push(frame);
            if last {
                return frames;
            }
        }
    }

    pub fn come(&mut self, patience: Duration) -> Came {
        let start = Instant::now();
        while start.elapsed() < patience {
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    let frame: Value = serde_json::from_str(&text).expect("JSON");
                    if let Some(seq) = frame["seq"].as_u64().filter(|_| frame["op"] != "resumed") {
                        assert_eq!(seq, self.seq + 1, "a gap in the sequence: {frame}");
                        self.seq = seq;
                    }
                    return Came::Frame(frame);
                }
                Ok(Message::Close(frame)) => return Came::Closed(frame.map(|f| f.code.into())),
                Ok(_) => {}
                Err(tungstenite::Error::Io(e))
                    if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => return Came::Closed(None),
            }
        }
        Came::Nothing
    }
}
