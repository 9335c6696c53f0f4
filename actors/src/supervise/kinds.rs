//! Every kind of actor that there is, and how many messages may wait for one:
//! who sends more waits, or is told that it is full.

use actix::{Actor, Context, Handler};

use super::roster::Probe;
use crate::devices::Ears;
use crate::explore::TopicKeeper;
use crate::feed::{FeedActor, Herald};
use crate::live::{Hub, Relay, Session, TopicActor};
use crate::pipeline::Pipeline;
use crate::search::{IndexKeeper, Learner};

/// A kind of actor.
pub(crate) trait Kind: Actor<Context = Context<Self>> + Handler<Probe> {
    const NAME: &'static str;
    /// Messages that may wait.
    const MAILBOX: usize;
}

macro_rules! kinds {
    ($($(#[$why:meta])* $actor:ident = $name:literal, $mailbox:literal;)+) => {$(
        $(#[$why])*
        impl Kind for $actor {
            const NAME: &'static str = $name;
            const MAILBOX: usize = $mailbox;
        }

        impl Handler<Probe> for $actor {
            type Result = ();

            fn handle(&mut self, _: Probe, _: &mut Self::Context) {}
        }
    )+};
}

kinds! {
    /// The relay waits when it is full.
    Hub = "hub", 512;
    /// It is sent nothing.
    Relay = "relay", 1;
    /// Bursts of uploads make about ten events each.
    TopicActor = "topic", 256;
    /// The transport stops reading when it is full.
    Session = "session", 64;
    /// Batches of the relay, which waits when it is full.
    IndexKeeper = "index", 4;
    /// Batches of the relay, which waits when it is full.
    Herald = "herald", 4;
    /// Batches of the relay, which waits when it is full.
    TopicKeeper = "explore", 4;
    /// The relay waits when it is full.
    Ears = "devices", 64;
    /// Questions and news that wait for one account.
    FeedActor = "feed", 32;
    /// It takes its work from the database.
    Pipeline = "pipeline", 4;
    /// It is sent nothing.
    Learner = "learner", 1;
}
