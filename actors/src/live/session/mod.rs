//! One actor for each connection: the protocol's state machine.
//!
//! `hello` → `identify` or `resume` → commands and events → closed. What
//! outlives the connection is the [`Journal`](super::journal::Journal), parked
//! in the hub until somebody resumes it or it expires.

mod acting;
mod asking;
mod commands;
mod events;
mod opening;
mod presence;
mod signals;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{
    Actor, ActorContext, Addr, AsyncContext, Context, Handler, Message, MessageResult, Running,
};
use db::Db;
use protocol::account::User;
use protocol::limits::{
    WS_FRAME_BYTES, WS_FRAMES_PER_SECOND, WS_HEARTBEAT_MS, WS_IDENTIFY_MS, WS_RESUME_MS, WS_TOPICS,
};
use protocol::ws::{CloseCode, Hello, Limits, ServerFrame};
use protocol::{ErrorCode, LoginId, Problem, SocketId, Topic};
use tokio::sync::mpsc;

use super::bucket::Bucket;
use super::deeds::Deeds;
use super::hub::{Detach, Hub, Parked};
use super::journal::Journal;
use super::outgoing::Outgoing;
use super::{Input, Output};
use crate::{Accounts, Viewer};
use asking::Asked;

/// Mailbox of a session: the transport stops reading when it is full.
const MAILBOX: usize = 64;
/// Silent for this many heartbeats: gone.
const HEARTBEATS_MISSED: u32 = 3;
/// Places in the queue that only a close may take.
const RESERVED: usize = 2;

/// Give the session up to another connection.
#[derive(Message)]
#[rtype(result = "Option<Parked>")]
pub struct Yield;

/// The login was ended.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Revoked;

/// How the account stands is different from what the session knows.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Rescope;

/// The server stops.
#[derive(Message)]
#[rtype(result = "()")]
pub struct GoAway;

/// An open session.
struct Opened {
    socket: SocketId,
    user: User,
    viewer: Viewer,
    /// As whom lists are read: with the flags that the account hides.
    scope: db::Viewer,
    login: LoginId,
    journal: Journal,
    /// Clusters among its topics that the account is a member of, as it was
    /// when that was last looked up.
    member: BTreeSet<Topic>,
}

pub struct Session {
    db: Db,
    accounts: Accounts,
    hub: Addr<Hub>,
    deeds: Arc<dyn Deeds>,
    output: mpsc::Sender<Output>,
    cookie: Option<Viewer>,
    bucket: Bucket,
    heard: Instant,
    opened: Option<Opened>,
    asked: Asked,
    /// Topics whose signals wait for room in the queue.
    held: BTreeSet<Topic>,
}

impl Session {
    pub fn new(
        db: Db,
        accounts: Accounts,
        hub: Addr<Hub>,
        deeds: Arc<dyn Deeds>,
        output: mpsc::Sender<Output>,
        cookie: Option<Viewer>,
    ) -> Self {
        let now = Instant::now();
        Self {
            db,
            accounts,
            hub,
            deeds,
            output,
            cookie,
            bucket: Bucket::full(now),
            heard: now,
            opened: None,
            asked: Asked::default(),
            held: BTreeSet::new(),
        }
    }

    /// Sends a frame outside the sequence.
    fn say(&mut self, frame: ServerFrame, ctx: &mut Context<Self>) {
        self.push(Outgoing::Own(Arc::new(frame)), ctx);
    }

    /// Numbers a frame, keeps it for replay and sends it.
    fn send(&mut self, number: impl FnOnce(u64) -> ServerFrame, ctx: &mut Context<Self>) {
        if let Some(opened) = &mut self.opened {
            let frame = opened.journal.record(number);
            self.push(frame, ctx);
        }
    }

    fn refuse(&mut self, id: u64, error: Problem, ctx: &mut Context<Self>) {
        self.send(|seq| ServerFrame::Error { seq, id, error }, ctx);
    }

    fn push(&mut self, frame: Outgoing, ctx: &mut Context<Self>) {
        if self.output.capacity() <= RESERVED {
            metrics::counter!("asterism_ws_evicted_total").increment(1);
            self.close(CloseCode::SlowConsumer, ctx);
        } else if self.output.try_send(Output::Frame(frame)).is_err() {
            ctx.stop();
        }
    }

    /// Says goodbye; what can be resumed is parked when the actor stops.
    fn close(&mut self, code: CloseCode, ctx: &mut Context<Self>) {
        if !code.resumable() {
            self.park(false);
        }
        // Fails only when the transport is gone, and then nobody listens.
        let _ = self.output.try_send(Output::Close(code));
        ctx.stop();
    }

    /// Leaves the hub, with or without a way back.
    fn park(&mut self, keep: bool) {
        let Some(Opened {
            socket,
            user,
            login,
            journal,
            ..
        }) = self.opened.take()
        else {
            return;
        };
        let topics = journal.marks.keys().cloned().collect();
        let parked = keep.then_some(Parked {
            user: user.id,
            login,
            journal,
        });
        self.hub.do_send(Detach {
            socket,
            topics,
            parked,
        });
    }
}

impl Actor for Session {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        let limits = Limits {
            frame_bytes: WS_FRAME_BYTES as u64,
            topics: WS_TOPICS as u64,
            frames_per_second: WS_FRAMES_PER_SECOND,
            identify_ms: WS_IDENTIFY_MS,
            resume_ms: WS_RESUME_MS,
        };
        self.say(
            ServerFrame::Hello(Hello {
                heartbeat_ms: WS_HEARTBEAT_MS,
                limits,
            }),
            ctx,
        );
        ctx.run_later(Duration::from_millis(WS_IDENTIFY_MS), |session, ctx| {
            if session.opened.is_none() {
                session.close(CloseCode::IdentifyTimeout, ctx);
            }
        });
        let heartbeat = Duration::from_millis(WS_HEARTBEAT_MS);
        ctx.run_interval(heartbeat, move |session, ctx| {
            if session.heard.elapsed() > heartbeat * HEARTBEATS_MISSED {
                session.close(CloseCode::HeartbeatMissed, ctx);
            }
        });
    }

    fn stopping(&mut self, _: &mut Self::Context) -> Running {
        self.park(true);
        Running::Stop
    }
}

impl Handler<Input> for Session {
    type Result = ();

    fn handle(&mut self, input: Input, ctx: &mut Self::Context) {
        self.heard = Instant::now();
        match input {
            Input::Alive => {}
            Input::Closed => ctx.stop(),
            Input::TooLarge => self.close(CloseCode::FrameTooLarge, ctx),
            Input::Malformed(why) => {
                tracing::debug!(why, "frame of no known form");
                self.close(CloseCode::BadFrame, ctx);
            }
            Input::Frame(_) | Input::Unfit { .. } if !self.bucket.take(self.heard) => {
                self.close(CloseCode::RateLimited, ctx);
            }
            Input::Unfit { id, why } if self.opened.is_some() => {
                let detail = format!("not a command of this server: {why}");
                self.refuse(id, Problem::new(ErrorCode::BadRequest, detail), ctx);
            }
            Input::Unfit { .. } => self.close(CloseCode::BadFrame, ctx),
            Input::Frame(frame) => self.command(frame, ctx),
        }
    }
}

impl Handler<Yield> for Session {
    type Result = MessageResult<Yield>;

    fn handle(&mut self, _: Yield, ctx: &mut Self::Context) -> Self::Result {
        let parked = self.opened.take().map(|o| Parked {
            user: o.user.id,
            login: o.login,
            journal: o.journal,
        });
        self.close(CloseCode::HeartbeatMissed, ctx);
        MessageResult(parked)
    }
}

impl Handler<Revoked> for Session {
    type Result = ();

    fn handle(&mut self, _: Revoked, ctx: &mut Self::Context) {
        self.close(CloseCode::Unauthenticated, ctx);
    }
}

impl Handler<Rescope> for Session {
    type Result = ();

    fn handle(&mut self, _: Rescope, ctx: &mut Self::Context) {
        self.rescope(ctx);
    }
}

impl Handler<GoAway> for Session {
    type Result = ();

    fn handle(&mut self, _: GoAway, ctx: &mut Self::Context) {
        self.close(CloseCode::GoingAway, ctx);
    }
}

#[cfg(test)]
mod tests;
