//! Somebody who listens to a topic over one connection after the other, and
//! believes nothing: the kit's socket fails on every gap and every repetition.

use std::time::{Duration, Instant};

use conformance::{Came, Check, Encoding, Known, Socket, ensure};
use rand::Rng;
use serde_json::{Value, json};

/// First pause before another attempt, and the longest one.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(2);

pub struct Listener {
    url: String,
    token: String,
    topic: String,
    socket: Option<Socket>,
    /// What the last connection knew.
    before: Option<Known>,
    failures: u32,
    /// Events that were shown.
    pub shown: usize,
    /// How often the content had to be fetched anew.
    pub reloads: usize,
    /// How often it came back.
    pub resumed: usize,
    /// The longest that an attempt took until the session was open.
    pub waited: Duration,
}

impl Listener {
    pub fn new(url: &str, token: &str, topic: &str) -> Self {
        Self {
            url: url.to_owned(),
            token: token.to_owned(),
            topic: topic.to_owned(),
            socket: None,
            before: None,
            failures: 0,
            shown: 0,
            reloads: 0,
            resumed: 0,
            waited: Duration::ZERO,
        }
    }

    /// The offset that it stands at, if it knows.
    pub fn offset(&self) -> Option<u64> {
        let open = self.socket.as_ref().map(|socket| &socket.known);
        let known = open.or(self.before.as_ref())?;
        known.marks.get(&self.topic).map(|(_, offset)| *offset)
    }

    /// Cuts the connection without a word.
    pub fn cut(&mut self) {
        if let Some(socket) = self.socket.take() {
            self.before = Some(socket.known);
        }
    }

    /// Listens for so long, and comes back when it is cut off.
    ///
    /// # Errors
    /// Something is missing, comes twice, or is none of the protocol.
    pub fn listen(&mut self, time: Duration) -> Check {
        self.until(Instant::now() + time, |_| false).map(drop)
    }

    /// Listens until the topic stands there; false when it takes too long.
    ///
    /// # Errors
    /// As [`listen`](Self::listen).
    pub fn listen_to(&mut self, offset: u64, patience: Duration) -> Check<bool> {
        let there =
            |listener: &Self| listener.socket.is_some() && listener.offset() == Some(offset);
        self.until(Instant::now() + patience, there)
    }

    fn until(&mut self, end: Instant, done: impl Fn(&Self) -> bool) -> Check<bool> {
        while !done(self) {
            let rest = end.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                return Ok(false);
            }
            if self.socket.is_none() && !self.connect(end)? {
                continue;
            }
            let Some(socket) = &mut self.socket else {
                continue;
            };
            match socket.come(rest)? {
                Came::Frame(frame) => self.take(&frame)?,
                Came::Closed(_) => self.cut(),
                Came::Pong(_) | Came::Nothing => {}
            }
        }
        Ok(true)
    }

    /// One attempt, after the pause that is due.
    fn connect(&mut self, end: Instant) -> Check<bool> {
        let longest = PAUSE_MAX.min(PAUSE * 2u32.saturating_pow(self.failures));
        let pause = rand::rng().random_range(Duration::ZERO..longest);
        self.failures = (self.failures + 1).min(10);
        std::thread::sleep(pause.min(end.saturating_duration_since(Instant::now())));
        let start = Instant::now();
        // refused, or cut before a word: the server is away
        let Ok(mut socket) = Socket::connect(&self.url, Encoding::Json) else {
            return Ok(false);
        };
        let opening = match &self.before {
            Some(before) => {
                socket.continues(before);
                before.resume(&self.token)
            }
            None => json!({"op": "identify", "token": self.token}),
        };
        if socket.send(&opening).is_err() {
            return Ok(false);
        }
        match socket.come(Duration::from_secs(30))? {
            Came::Frame(frame) => {
                self.socket = Some(socket);
                self.waited = self.waited.max(start.elapsed());
                self.opened(&frame)?;
                Ok(true)
            }
            // 4011 is for too many connections, and 4010 for a server that stops
            Came::Closed(code) => {
                ensure(matches!(code, None | Some(4010 | 4011)), || {
                    format!("an opening is answered by {code:?}")
                })?;
                Ok(false)
            }
            Came::Pong(_) | Came::Nothing => Ok(false),
        }
    }

    fn opened(&mut self, frame: &Value) -> Check {
        self.failures = 0;
        self.resumed += usize::from(self.before.is_some());
        match frame["op"].as_str() {
            Some("ready") => {
                if let Some(socket) = &mut self.socket {
                    socket.known.session = frame["session"].as_str().unwrap_or_default().to_owned();
                }
                self.stand()
            }
            Some("resumed") => self.stand(),
            Some("reload") => self.take(frame),
            _ => conformance::failed(format!("an opening is answered by {frame}")),
        }
    }

    /// Asks where the topic stands, where it does not know.
    fn stand(&mut self) -> Check {
        if self.offset().is_some() {
            return Ok(());
        }
        let topic = self.topic.clone();
        let Some(socket) = &mut self.socket else {
            return Ok(());
        };
        // a cut in between is seen by the next reading
        let _ = socket.send(&json!({"op": "subscribe", "id": 1, "topic": topic}));
        Ok(())
    }

    fn take(&mut self, frame: &Value) -> Check {
        match frame["op"].as_str() {
            Some("event") => self.shown += 1,
            Some("reload") => {
                self.reloads += 1;
                self.stand()?;
            }
            Some("ok") => {
                let mark = (frame["epoch"].as_str(), frame["offset"].as_u64());
                if let ((Some(epoch), Some(offset)), Some(socket)) = (mark, &mut self.socket) {
                    let mark = (epoch.to_owned(), offset);
                    socket.known.marks.insert(self.topic.clone(), mark);
                }
            }
            Some("error") => return conformance::failed(frame),
            _ => {}
        }
        Ok(())
    }
}
