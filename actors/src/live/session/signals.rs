//! Signals on their way to the client: what it does not know yet, the newest
//! of each kind, and nothing that it may not hear.

use std::sync::Arc;
use std::time::Duration;

use actix::Context;
use protocol::Topic;
use protocol::limits::WS_QUEUE;
use protocol::ws::{ServerFrame, SignalFrame, SignalKind};

use super::Session;
use crate::live::signals::Now;
use crate::time;

/// Places of the queue that are left to events and replies: a client that is
/// slow is told of signals when it has caught up, and is never cut for them.
const ROOM: usize = WS_QUEUE / 2;
/// When there may be room again.
const AGAIN: Duration = Duration::from_millis(250);

impl Session {
    /// A topic stands so now.
    pub(super) fn hear(&mut self, topic: &Topic, now: Arc<Now>, ctx: &mut Context<Self>) {
        let Some(opened) = &mut self.opened else {
            return;
        };
        if !opened.journal.marks.contains_key(topic) {
            return;
        }
        let told = opened.journal.signals.entry(topic.clone()).or_default();
        told.hear(now);
        self.signal(topic, ctx);
    }

    /// Sends what the client does not know yet of a topic.
    pub(super) fn signal(&mut self, topic: &Topic, ctx: &mut Context<Self>) {
        if self.output.capacity() < ROOM {
            if self.held.is_empty() {
                time::later(ctx, AGAIN, |session: &mut Self, ctx| {
                    for topic in std::mem::take(&mut session.held) {
                        session.signal(&topic, ctx);
                    }
                });
            }
            self.held.insert(topic.clone());
            return;
        }
        let Some(opened) = &mut self.opened else {
            return;
        };
        let member = opened.member.contains(topic);
        let Some(told) = opened.journal.signals.get_mut(topic) else {
            return;
        };
        // who looks at a cluster is told to its members alone
        for signal in told.due(|kind| kind != SignalKind::Presence || member) {
            let topic = topic.clone();
            self.send(
                |seq| ServerFrame::Signal(SignalFrame { seq, topic, signal }),
                ctx,
            );
        }
    }
}
