//! Packets out of a stream, within limits: what is too large is passed over
//! without being kept, so that its sender can be told.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use protocol::limits;
use rumqttc::Packet;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Largest PUBLISH that is read: a picture and its topic.
const PUBLISH_BYTES: usize = limits::MQTT_FRAME_BYTES + 1024;
/// Largest packet of any other kind.
const CONTROL_BYTES: usize = 32 * 1024;
/// Longest topic that may be, in bytes.
const TOPIC_BYTES: usize = 512;
/// Larger ones are not even passed over.
const SKIP_BYTES: usize = 64 * 1024 * 1024;
/// From this size on a packet takes its room from the common budget.
const LARGE_BYTES: usize = 64 * 1024;
/// A packet that began has to be complete by then.
const WHOLE: Duration = Duration::from_secs(60);

/// Read at once where no large packet was announced.
const READ_BYTES: usize = 8 * 1024;

const PUBLISH: u8 = 3;

/// What came.
#[derive(Debug)]
pub(super) enum Incoming {
    /// With its room in the budget, given back when it is dropped.
    Packet(Packet, Option<OwnedSemaphorePermit>),
    /// A PUBLISH that was passed over.
    TooLarge {
        topic: String,
        qos: u8,
        pkid: u16,
        bytes: usize,
    },
}

/// The stream is of no use any more.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("closed")]
    Closed,
    #[error("a packet came too slowly")]
    Slow,
    #[error("a packet is malformed: {0}")]
    Malformed(String),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

pub(super) struct Frames<R> {
    stream: R,
    buffer: BytesMut,
    budget: Arc<Semaphore>,
}

/// The fixed header of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    first: u8,
    /// Bytes of the header itself.
    length: usize,
    /// Bytes behind it.
    rest: usize,
}

impl Head {
    /// None while it is not complete.
    fn parse(bytes: &[u8]) -> Result<Option<Self>, Broken> {
        let Some((first, bytes)) = bytes.split_first() else {
            return Ok(None);
        };
        let mut rest = 0usize;
        for (at, byte) in bytes.iter().take(4).enumerate() {
            rest |= usize::from(byte & 0x7f) << (7 * at);
            if byte & 0x80 == 0 {
                return Ok(Some(Self {
                    first: *first,
                    length: at + 2,
                    rest,
                }));
            }
        }
        if bytes.len() >= 4 {
            return Err(Broken::Malformed("its length is no number".into()));
        }
        Ok(None)
    }

    fn is_publish(self) -> bool {
        self.first >> 4 == PUBLISH
    }

    fn total(self) -> usize {
        self.length + self.rest
    }
}

impl<R: AsyncRead + Unpin> Frames<R> {
    pub fn new(stream: R, budget: Arc<Semaphore>) -> Self {
        Self {
            stream,
            buffer: BytesMut::with_capacity(4 * 1024),
            budget,
        }
    }

    /// The next packet. Not to be dropped in the middle of a packet.
    pub async fn next(&mut self) -> Result<Incoming, Broken> {
        let head = loop {
            if let Some(head) = Head::parse(&self.buffer)? {
                break head;
            }
            self.fill().await?;
        };
        timeout(WHOLE, self.body(head))
            .await
            .map_err(|_| Broken::Slow)?
    }

    /// What MQTT calls this protocol's level: of a CONNECT that is complete or not.
    pub async fn level(&mut self) -> Result<Option<u8>, Broken> {
        loop {
            if let Some(head) = Head::parse(&self.buffer)? {
                if head.first >> 4 != 1 || head.rest > CONTROL_BYTES {
                    return Ok(None);
                }
                let bytes = &self.buffer[head.length..];
                if let [high, low, rest @ ..] = bytes {
                    let name = usize::from(u16::from_be_bytes([*high, *low]));
                    if name > 6 {
                        return Ok(None);
                    }
                    if let Some(level) = rest.get(name) {
                        return Ok(Some(*level));
                    }
                }
                if bytes.len() >= head.rest {
                    return Ok(None);
                }
            }
            self.fill().await?;
        }
    }

    async fn body(&mut self, head: Head) -> Result<Incoming, Broken> {
        let most = match head.is_publish() {
            true => PUBLISH_BYTES,
            false => CONTROL_BYTES,
        };
        if head.rest > most {
            if !head.is_publish() || head.rest > SKIP_BYTES {
                return Err(Broken::Malformed("it is far too large".into()));
            }
            return self.skip(head).await;
        }
        let room = match head.total() > LARGE_BYTES {
            true => {
                let kib = u32::try_from(head.total() / 1024).unwrap_or(u32::MAX);
                let room = self.budget.clone().acquire_many_owned(kib).await;
                Some(room.map_err(|_| Broken::Closed)?)
            }
            false => None,
        };
        self.buffer
            .reserve(head.total().saturating_sub(self.buffer.len()));
        while self.buffer.len() < head.total() {
            self.fill().await?;
        }
        let packet = Packet::read(&mut self.buffer, most);
        let packet = packet.map_err(|error| Broken::Malformed(error.to_string()))?;
        if room.is_some() {
            // or the connection would keep the room of a picture for good
            self.buffer = BytesMut::from(&self.buffer[..]);
        }
        Ok(Incoming::Packet(packet, room))
    }

    /// Reads what a PUBLISH is about and throws its payload away as it comes.
    async fn skip(&mut self, head: Head) -> Result<Incoming, Broken> {
        let malformed = || Broken::Malformed("its topic is far too long".into());
        let qos = (head.first >> 1) & 3;
        while self.buffer.len() < head.length + 2 {
            self.fill().await?;
        }
        let at = head.length;
        let topic = usize::from(u16::from_be_bytes([self.buffer[at], self.buffer[at + 1]]));
        if topic > TOPIC_BYTES {
            return Err(malformed());
        }
        let taken = at + 2 + topic + if qos > 0 { 2 } else { 0 };
        while self.buffer.len() < taken {
            self.fill().await?;
        }
        self.buffer.advance(at + 2);
        let topic = self.buffer.split_to(topic);
        let topic = String::from_utf8_lossy(&topic).into_owned();
        let pkid = if qos > 0 { self.buffer.get_u16() } else { 0 };
        let mut left = head.total().saturating_sub(taken);
        loop {
            let here = left.min(self.buffer.len());
            self.buffer.advance(here);
            left -= here;
            if left == 0 {
                break;
            }
            self.fill().await?;
        }
        Ok(Incoming::TooLarge {
            topic,
            qos,
            pkid,
            bytes: head.rest,
        })
    }

    async fn fill(&mut self) -> Result<(), Broken> {
        if self.buffer.len() == self.buffer.capacity() {
            self.buffer.reserve(READ_BYTES);
        }
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(Broken::Closed),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rumqttc::{PubAck, Publish, QoS};

    use super::*;

    fn frames(bytes: &[u8]) -> Frames<std::io::Cursor<Vec<u8>>> {
        let budget = Arc::new(Semaphore::new(64 * 1024));
        Frames::new(std::io::Cursor::new(bytes.to_vec()), budget)
    }

    fn publish(length: usize) -> Vec<u8> {
        let mut publish = Publish::new("a/b", QoS::AtLeastOnce, vec![7; length]);
        publish.pkid = 9;
        let mut bytes = BytesMut::new();
        publish.write(&mut bytes).unwrap();
        bytes.to_vec()
    }

    #[tokio::test]
    async fn packets_follow_each_other() {
        let mut bytes = publish(200_000);
        let mut ack = BytesMut::new();
        PubAck::new(3).write(&mut ack).unwrap();
        bytes.extend_from_slice(&ack);
        let mut frames = frames(&bytes);
        match frames.next().await.unwrap() {
            Incoming::Packet(Packet::Publish(publish), Some(_)) => {
                assert_eq!((publish.pkid, publish.payload.len()), (9, 200_000));
            }
            other => panic!("{other:?}"),
        }
        let next = frames.next().await.unwrap();
        assert!(matches!(next, Incoming::Packet(Packet::PubAck(ack), None) if ack.pkid == 3));
        assert!(matches!(frames.next().await, Err(Broken::Closed)));
    }

    #[tokio::test]
    async fn what_is_too_large_is_passed_over_and_named() {
        let mut bytes = publish(PUBLISH_BYTES + 1);
        bytes.extend(publish(3));
        let mut frames = frames(&bytes);
        match frames.next().await.unwrap() {
            Incoming::TooLarge {
                topic, qos, pkid, ..
            } => assert_eq!((topic.as_str(), qos, pkid), ("a/b", 1, 9)),
            other => panic!("{other:?}"),
        }
        assert!(frames.buffer.capacity() < 1024 * 1024, "it was not kept");
        let next = frames.next().await.unwrap();
        assert!(matches!(next, Incoming::Packet(Packet::Publish(p), None) if p.payload.len() == 3));
    }

    #[tokio::test]
    async fn another_protocol_is_known_by_its_level() {
        for (bytes, level) in [
            (&b"\x10\x10\x00\x04MQTT\x05"[..], Some(5)),
            (b"\x10\x10\x00\x06MQIsdp\x03", Some(3)),
            (b"GET / HTTP/1.1\r\n", None),
            (b"\x10\x02\x00\x00", None),
        ] {
            assert_eq!(
                frames(bytes).level().await.ok().flatten(),
                level,
                "{bytes:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            runtime.block_on(async {
                let mut frames = frames(&bytes);
                while frames.next().await.is_ok() {}
            });
        }
    }
}
