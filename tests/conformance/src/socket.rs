//! A client that believes nothing: it checks the sequence of every session and
//! the offsets of every topic, whatever else a rule is about.

use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::{Error, HandshakeError, Message, WebSocket};

use crate::check::{Check, ensure, failed};
use crate::known::Known;

/// How long something that has to come may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// The shortest time that a system can be asked to wait.
const MOMENT: Duration = Duration::from_millis(1);

/// How frames are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Json,
    MsgPack,
}

impl Encoding {
    /// Its subprotocol.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Json => "asterism.v1.json",
            Encoding::MsgPack => "asterism.v1.msgpack",
        }
    }
}

/// What a client says when it connects.
#[derive(Debug, Clone, Copy, Default)]
pub struct Handshake<'a> {
    pub protocols: Option<&'a str>,
    pub origin: Option<&'a str>,
    pub cookie: Option<&'a str>,
}

/// The server's answer where it does not open a socket.
#[derive(Debug, Clone)]
pub struct Refused {
    pub status: u16,
    pub problem: Value,
}

/// What came.
#[derive(Debug, Clone, PartialEq)]
pub enum Came {
    Frame(Value),
    /// The end, with its code where there was one.
    Closed(Option<u16>),
    Pong(Vec<u8>),
    Nothing,
}

/// One connection.
pub struct Socket {
    ws: WebSocket<TcpStream>,
    /// How long one reading may wait.
    waits: Duration,
    encoding: Encoding,
    next_id: u64,
    /// The subprotocol that the server chose.
    pub chosen: Option<String>,
    pub hello: Value,
    pub known: Known,
}

impl Socket {
    /// Connects and reads `hello`.
    ///
    /// # Errors
    /// The server refuses, or greets in another way.
    pub fn connect(url: &str, encoding: Encoding) -> Check<Self> {
        let handshake = Handshake {
            protocols: Some(encoding.name()),
            ..Handshake::default()
        };
        match Self::knock(url, &handshake)? {
            Ok(socket) => Ok(socket),
            Err(refused) => failed(format!("no socket: {refused:?}")),
        }
    }

    /// Connects in a way of one's own; the inner result is the server's answer.
    ///
    /// # Errors
    /// There is no answer, or no `hello` after a good one.
    pub fn knock(url: &str, handshake: &Handshake) -> Check<Result<Self, Refused>> {
        let place = place(url)?;
        let stream = TcpStream::connect(place).or_else(|e| failed(format!("{place}: {e}")))?;
        let timeouts = stream
            .set_nodelay(true)
            .and(stream.set_read_timeout(Some(PATIENCE)));
        timeouts.or_else(failed)?;
        let mut request = format!("ws://{place}/api/v1/ws")
            .into_client_request()
            .or_else(failed)?;
        for (name, value) in [
            ("sec-websocket-protocol", handshake.protocols),
            ("origin", handshake.origin),
            ("cookie", handshake.cookie),
        ] {
            if let Some(value) = value {
                let value = HeaderValue::from_str(value).or_else(failed)?;
                request.headers_mut().insert(name, value);
            }
        }
        let (ws, answer) = match tungstenite::client(request, stream) {
            Ok(open) => open,
            Err(HandshakeError::Failure(Error::Http(answer))) => {
                let body = answer.body().as_deref().unwrap_or_default();
                return Ok(Err(Refused {
                    status: answer.status().as_u16(),
                    problem: serde_json::from_slice(body).unwrap_or(Value::Null),
                }));
            }
            Err(error) => return failed(format!("no handshake: {error}")),
        };
        let chosen = answer.headers().get("sec-websocket-protocol");
        let chosen = chosen
            .and_then(|name| name.to_str().ok())
            .map(str::to_owned);
        let packed = chosen.as_deref() == Some(Encoding::MsgPack.name());
        let mut socket = Self {
            ws,
            waits: PATIENCE,
            encoding: if packed {
                Encoding::MsgPack
            } else {
                Encoding::Json
            },
            next_id: 1,
            chosen,
            hello: Value::Null,
            known: Known::default(),
        };
        socket.hello = socket.frame()?;
        ensure(socket.hello["op"] == "hello", || {
            format!("the first frame is {} and not hello", socket.hello)
        })?;
        Ok(Ok(socket))
    }

    /// Sends a frame in this connection's encoding.
    ///
    /// # Errors
    /// The connection is gone.
    pub fn send(&mut self, frame: &Value) -> Check {
        let message = match self.encoding {
            Encoding::Json => Message::text(frame.to_string()),
            Encoding::MsgPack => Message::binary(rmp_serde::to_vec_named(frame).or_else(failed)?),
        };
        self.send_raw(message)
    }

    /// Sends any message.
    ///
    /// # Errors
    /// The connection is gone.
    pub fn send_raw(&mut self, message: Message) -> Check {
        self.ws
            .send(message)
            .or_else(|e| failed(format!("cannot send: {e}")))
    }

    /// Opens a session with a token.
    ///
    /// # Errors
    /// There is no `ready`.
    pub fn identify(&mut self, token: &str) -> Check<Value> {
        self.send(&json!({"op": "identify", "token": token}))?;
        self.ready()
    }

    /// Reads the `ready` that has to come now.
    ///
    /// # Errors
    /// Something else comes.
    pub fn ready(&mut self) -> Check<Value> {
        let ready = self.frame()?;
        ensure(ready["op"] == "ready", || format!("{ready} and not ready"))?;
        self.known.session = ready["session"].as_str().unwrap_or_default().to_owned();
        ensure(!self.known.session.is_empty(), || {
            format!("no session in {ready}")
        })?;
        Ok(ready)
    }

    /// What resumes this session later, on another connection.
    pub fn resume(&self, token: &str) -> Value {
        self.known.resume(token)
    }

    /// Believes what another connection knew.
    pub fn continues(&mut self, known: &Known) {
        self.known = known.clone();
    }

    /// A command; gives back its reply, and the frames that came before it.
    ///
    /// # Errors
    /// No reply comes.
    pub fn command(&mut self, mut frame: Value) -> Check<(Value, Vec<Value>)> {
        let id = self.next_id;
        self.next_id += 1;
        frame["id"] = json!(id);
        self.send(&frame)?;
        let mut before = Vec::new();
        loop {
            let came = self.frame()?;
            if came["id"] == json!(id) {
                return Ok((came, before));
            }
            before.push(came);
        }
    }

    /// Subscribes, and stands where the reply says.
    ///
    /// # Errors
    /// It is refused.
    pub fn subscribe(&mut self, topic: &str) -> Check<Value> {
        let (reply, _) = self.command(json!({"op": "subscribe", "topic": topic}))?;
        match (reply["epoch"].as_str(), reply["offset"].as_u64()) {
            (Some(epoch), Some(offset)) => {
                self.known
                    .marks
                    .insert(topic.to_owned(), (epoch.to_owned(), offset));
                Ok(reply)
            }
            _ => failed(format!("{topic} is answered with {reply}")),
        }
    }

    /// The next frame.
    ///
    /// # Errors
    /// None comes.
    pub fn frame(&mut self) -> Check<Value> {
        let start = Instant::now();
        loop {
            match self.come(PATIENCE.saturating_sub(start.elapsed()))? {
                Came::Frame(frame) => return Ok(frame),
                Came::Pong(_) => {}
                other => return failed(format!("a frame was expected, but: {other:?}")),
            }
        }
    }

    /// Frames until one fits, that one last.
    ///
    /// # Errors
    /// It does not come.
    pub fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Check<Vec<Value>> {
        let mut frames = Vec::new();
        loop {
            let frame = self.frame()?;
            let last = fits(&frame);
            frames.push(frame);
            if last {
                return Ok(frames);
            }
        }
    }

    /// All frames until nothing has come for so long.
    ///
    /// # Errors
    /// The connection ends.
    pub fn quiet(&mut self, pause: Duration) -> Check<Vec<Value>> {
        let mut frames = Vec::new();
        loop {
            match self.come(pause)? {
                Came::Frame(frame) => frames.push(frame),
                Came::Pong(_) => {}
                Came::Nothing => return Ok(frames),
                Came::Closed(code) => return failed(format!("closed with {code:?}")),
            }
        }
    }

    /// Expects the end with this code; frames before it are passed over.
    ///
    /// # Errors
    /// It does not come, or with another code.
    pub fn closed(&mut self, code: u16, patience: Duration) -> Check {
        let start = Instant::now();
        while let Some(rest) = patience.checked_sub(start.elapsed()) {
            match self.come(rest)? {
                Came::Closed(got) => {
                    return ensure(got == Some(code), || {
                        format!("closed with {got:?} and not {code}")
                    });
                }
                Came::Frame(_) | Came::Pong(_) | Came::Nothing => {}
            }
        }
        failed(format!("still open after {:.1} s", patience.as_secs_f64()))
    }

    /// What comes within that time.
    ///
    /// # Errors
    /// A frame that cannot be read, or out of its order.
    pub fn come(&mut self, patience: Duration) -> Check<Came> {
        let end = Instant::now() + patience;
        loop {
            self.wait_until(end)?;
            match self.ws.read() {
                Ok(Message::Text(text)) if self.encoding == Encoding::Json => {
                    return self.noted(serde_json::from_str(&text).or_else(failed)?);
                }
                Ok(Message::Binary(bytes)) if self.encoding == Encoding::MsgPack => {
                    return self.noted(rmp_serde::from_slice(&bytes).or_else(failed)?);
                }
                Ok(Message::Close(frame)) => {
                    return Ok(Came::Closed(frame.map(|f| f.code.into())));
                }
                Ok(Message::Pong(payload)) => return Ok(Came::Pong(payload.to_vec())),
                Ok(Message::Ping(_) | Message::Frame(_)) => {}
                Ok(other) => return failed(format!("not in this encoding: {other:?}")),
                Err(Error::Io(e))
                    if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    if Instant::now() >= end {
                        return Ok(Came::Nothing);
                    }
                }
                Err(_) => return Ok(Came::Closed(None)),
            }
        }
    }

    /// Reads until the end without a word, not even to the server's pings as
    /// the library would. Gives back the code.
    ///
    /// # Errors
    /// There is no end within that time.
    pub fn end_unanswered(&mut self, patience: Duration) -> Check<Option<u16>> {
        let mut bytes = Vec::new();
        let stream = self.ws.get_mut();
        stream.set_read_timeout(Some(patience)).or_else(failed)?;
        let read = stream.read_to_end(&mut bytes);
        read.or_else(|error| failed(format!("it does not end: {error}")))?;
        // only short frames come: pings, and the end
        let mut rest = &bytes[..];
        while let [first, length, tail @ ..] = rest {
            let Some((payload, next)) = tail.split_at_checked(usize::from(*length)) else {
                break;
            };
            if let (8, [a, b, ..]) = (first & 15, payload) {
                return Ok(Some(u16::from_be_bytes([*a, *b])));
            }
            rest = next;
        }
        Ok(None)
    }

    fn noted(&mut self, frame: Value) -> Check<Came> {
        self.known.note(&frame)?;
        Ok(Came::Frame(frame))
    }

    fn wait_until(&mut self, end: Instant) -> Check {
        let rest = end.saturating_duration_since(Instant::now()).max(MOMENT);
        // one system call less for each frame of a row
        if rest > self.waits || self.waits - rest > rest / 8 {
            let set = self.ws.get_ref().set_read_timeout(Some(rest));
            set.or_else(failed)?;
            self.waits = rest;
        }
        Ok(())
    }
}

/// Host and port of an `http://` address.
fn place(url: &str) -> Check<&str> {
    match url.strip_prefix("http://") {
        Some(place) => Ok(place.trim_end_matches('/')),
        None => failed(format!(
            "{url}: the kit speaks plain HTTP, as the server behind a proxy does"
        )),
    }
}
