//! What sessions send. An event goes to many of them: all share one, and it is
//! written down once in each encoding; only its `seq` differs.

use std::sync::{Arc, OnceLock};

use db::Published;
use protocol::ws::{EventFrame, ServerFrame};

/// An event on its way to those who listen.
#[derive(Debug)]
pub struct Broadcast {
    event: Arc<Published>,
    written: [OnceLock<Box<[u8]>>; Encoding::COUNT],
}

/// The ways in which a transport writes events down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Json,
    MsgPack,
}

impl Encoding {
    const COUNT: usize = 2;
}

impl Broadcast {
    pub fn new(event: Arc<Published>) -> Self {
        Self {
            event,
            written: Default::default(),
        }
    }

    /// What is told, and its place in its topic.
    pub fn event(&self) -> &Arc<Published> {
        &self.event
    }

    /// What a transport has made of it in this encoding; made by the first
    /// that asks.
    pub fn written(&self, encoding: Encoding, make: impl FnOnce() -> Box<[u8]>) -> &[u8] {
        self.written[encoding as usize].get_or_init(make)
    }

    /// The whole frame.
    pub fn frame(&self, seq: u64) -> ServerFrame {
        let Published {
            topic,
            epoch,
            offset,
            event,
            whole: _,
        } = Published::clone(&self.event);
        ServerFrame::Event(EventFrame {
            seq,
            topic,
            epoch,
            offset,
            event,
        })
    }
}

/// One frame for one client. Cheap to clone: sessions keep many.
#[derive(Debug, Clone)]
pub enum Outgoing {
    /// For this client alone.
    Own(Arc<ServerFrame>),
    Event {
        seq: u64,
        event: Arc<Broadcast>,
    },
}
