//! As much of MQTT 3.1.1 as a camera needs, over a plain socket.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

const KEEP_ALIVE: u16 = 60;
const CONNECT: u8 = 0x10;
const CONNACK: u8 = 0x20;
const PUBLISH: u8 = 0x30;
const PUBACK: u8 = 0x40;
const SUBSCRIBE: u8 = 0x82;
const SUBACK: u8 = 0x90;
const DISCONNECT: u8 = 0xe0;
/// Of a PUBLISH: wait for PUBACK; keep.
const QOS_1: u8 = 0x02;
const RETAIN: u8 = 0x01;

/// The broker does not let it in: trying again is of no use.
#[derive(Debug)]
struct Refusal(u8);

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let why = match self.0 {
            1 => "it does not speak MQTT 3.1.1",
            4 => "device and secret are not those of a device",
            5 => "the device's credential was taken back",
            _ => "no reason",
        };
        write!(f, "the broker refuses: {why}")
    }
}

impl std::error::Error for Refusal {}

pub fn is_refusal(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<Refusal>()
        .is_some_and(|refusal| refusal.0 != 3)
}

pub struct Login<'a> {
    pub broker: &'a str,
    pub client: &'a str,
    pub user: &'a str,
    pub password: &'a str,
    /// Where the broker says `offline` when the connection breaks.
    pub will: &'a str,
}

pub struct Message {
    pub topic: String,
    pub payload: Vec<u8>,
}

pub struct Connection {
    stream: TcpStream,
    heard: VecDeque<Message>,
    last_id: u16,
}

impl Connection {
    pub fn open(login: &Login) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(login.broker)
            .with_context(|| format!("no MQTT broker answers at {}", login.broker))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_millis(500)))?;
        let mut connection = Self {
            stream,
            heard: VecDeque::new(),
            last_id: 0,
        };
        let mut body = Vec::new();
        text(&mut body, "MQTT");
        // level 4; user, password, will retained with QoS 1, clean session
        body.extend([4, 0b1110_1110]);
        body.extend(KEEP_ALIVE.to_be_bytes());
        for part in [
            login.client,
            login.will,
            "offline",
            login.user,
            login.password,
        ] {
            text(&mut body, part);
        }
        connection.send(CONNECT, &body)?;
        let (kind, body) = connection.read(Duration::from_secs(10))?;
        ensure!(
            kind == CONNACK && body.len() == 2,
            "no MQTT broker answers there"
        );
        match body[1] {
            0 => Ok(connection),
            code => Err(Refusal(code).into()),
        }
    }

    pub fn subscribe(&mut self, filter: &str) -> anyhow::Result<()> {
        let id = self.next_id();
        let mut body = id.to_be_bytes().to_vec();
        text(&mut body, filter);
        body.push(1);
        self.send(SUBSCRIBE, &body)?;
        let body = self.until(SUBACK, id, Duration::from_secs(10))?;
        ensure!(
            body.get(2).is_some_and(|code| *code < 0x80),
            "the broker does not let it listen to {filter}"
        );
        Ok(())
    }

    /// Returns when the broker acked it.
    pub fn publish(
        &mut self,
        topic: &str,
        payload: &[u8],
        retain: bool,
        patience: Duration,
    ) -> anyhow::Result<()> {
        let id = self.next_id();
        let mut body = Vec::with_capacity(payload.len() + topic.len() + 4);
        text(&mut body, topic);
        body.extend(id.to_be_bytes());
        body.extend_from_slice(payload);
        let flags = QOS_1 | if retain { RETAIN } else { 0 };
        self.send(PUBLISH | flags, &body)?;
        self.until(PUBACK, id, patience).map(drop)
    }

    /// The next message on a topic.
    pub fn message(&mut self, topic: &str, patience: Duration) -> anyhow::Result<Message> {
        let start = Instant::now();
        loop {
            if let Some(message) = self.take(|message| message.topic == topic) {
                return Ok(message);
            }
            let left = patience.saturating_sub(start.elapsed());
            let (kind, body) = self.read(left).context("no result came")?;
            self.keep(kind, &body)?;
        }
    }

    /// A message that came already.
    pub fn take(&mut self, fits: impl Fn(&Message) -> bool) -> Option<Message> {
        let at = self.heard.iter().position(fits)?;
        self.heard.remove(at)
    }

    pub fn disconnect(mut self) -> anyhow::Result<()> {
        self.send(DISCONNECT, &[])
    }

    /// The answer of that kind to that packet.
    fn until(&mut self, wanted: u8, id: u16, patience: Duration) -> anyhow::Result<Vec<u8>> {
        let start = Instant::now();
        loop {
            let left = patience.saturating_sub(start.elapsed());
            let (kind, body) = self.read(left)?;
            if kind == wanted && body.starts_with(&id.to_be_bytes()) {
                return Ok(body);
            }
            self.keep(kind, &body)?;
        }
    }

    /// Keeps a message that nobody asked for yet.
    fn keep(&mut self, kind: u8, body: &[u8]) -> anyhow::Result<()> {
        if kind & 0xf0 != PUBLISH {
            return Ok(());
        }
        let cut = "a message without a topic";
        let (length, rest) = body.split_first_chunk::<2>().context(cut)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let topic = rest.get(..length).context(cut)?;
        let mut payload = rest.get(length..).context(cut)?;
        if kind & 0x06 != 0 {
            let (id, rest) = payload.split_first_chunk::<2>().context(cut)?;
            payload = rest;
            self.send(PUBACK, id)?;
        }
        self.heard.push_back(Message {
            topic: String::from_utf8_lossy(topic).into_owned(),
            payload: payload.to_vec(),
        });
        Ok(())
    }

    fn send(&mut self, kind: u8, body: &[u8]) -> anyhow::Result<()> {
        let mut packet = vec![kind];
        let mut left = body.len();
        loop {
            let more = if left > 127 { 0x80 } else { 0 };
            packet.push((left % 128) as u8 | more);
            left /= 128;
            if left == 0 {
                break;
            }
        }
        packet.extend_from_slice(body);
        self.stream.write_all(&packet)?;
        Ok(())
    }

    fn read(&mut self, patience: Duration) -> anyhow::Result<(u8, Vec<u8>)> {
        let end = Instant::now() + patience;
        let mut byte = [0];
        self.fill(&mut byte, end)?;
        let kind = byte[0];
        let (mut length, mut shift) = (0usize, 0);
        loop {
            self.fill(&mut byte, end)?;
            length |= usize::from(byte[0] & 0x7f) << shift;
            shift += 7;
            if byte[0] < 0x80 {
                break;
            }
            ensure!(shift < 28, "not MQTT");
        }
        let mut body = vec![0; length];
        self.fill(&mut body, end)?;
        Ok((kind, body))
    }

    fn fill(&mut self, mut into: &mut [u8], end: Instant) -> anyhow::Result<()> {
        while !into.is_empty() {
            match self.stream.read(into) {
                Ok(0) => bail!("the broker closed the connection"),
                Ok(n) => into = &mut into[n..],
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    ensure!(Instant::now() < end, "the broker does not answer");
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn next_id(&mut self) -> u16 {
        self.last_id = self.last_id.checked_add(1).unwrap_or(1);
        self.last_id
    }
}

fn text(body: &mut Vec<u8>, text: &str) {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    body.extend(length.to_be_bytes());
    body.extend(text.as_bytes().iter().take(length.into()));
}
