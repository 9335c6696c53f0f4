//! Live: sessions over any transport that moves frames both ways.
//!
//! Events come out of the database's outbox through the [`relay`], pass the
//! [`hub`], which keeps one [`topic`] actor for each topic somebody listens
//! to, and reach the [`session`] actors. A session repairs every gap in a
//! topic's offsets from the stored history, so that a lost in-process message
//! can delay an event but never lose it.
//!
//! Beside events there are [`signals`]: how something about a topic stands
//! just now. Whoever has one to tell sends [`Tell`] to the hub.

mod bucket;
mod deeds;
mod hub;
mod journal;
mod neighbours;
mod outgoing;
mod presence;
mod relay;
mod session;
mod signals;
mod topic;

use std::sync::Arc;

use actix::{Actor, Addr, ArbiterHandle, Message, Recipient};
use protocol::Topic;
use protocol::ws::{ClientFrame, CloseCode, Signal};
use tokio::sync::mpsc;

use crate::{Accounts, PlatformError, Viewer};

pub(crate) use deeds::{Deeds, Served};
pub(crate) use hub::{CloseAll, Deliver, Heard, Hub, Status, Tell};
pub(crate) use neighbours::Neighbours;
pub use outgoing::{Broadcast, Encoding, Outgoing};
pub(crate) use relay::Relay;
use session::Session;

/// From the transport to the session.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub enum Input {
    Frame(ClientFrame),
    /// The other end is alive though it said nothing (a pong came).
    Alive,
    /// A command that is not known, or not in this form.
    Unfit {
        id: u64,
        why: String,
    },
    /// A frame that is none of the protocol.
    Malformed(String),
    /// A frame larger than allowed.
    TooLarge,
    /// The socket is gone.
    Closed,
}

/// From the session to the transport.
#[derive(Debug, Clone)]
pub enum Output {
    Frame(Outgoing),
    Close(CloseCode),
}

/// The two ends that a transport holds.
pub struct Connection {
    /// Its mailbox is bounded: when it is full, stop reading the socket.
    pub input: Recipient<Input>,
    /// Ends when the session is over.
    pub output: mpsc::Receiver<Output>,
}

/// Opens sessions.
#[derive(Clone)]
pub struct Live {
    db: db::Db,
    accounts: Accounts,
    hub: Addr<Hub>,
    deeds: Arc<dyn Deeds>,
    arbiter: ArbiterHandle,
}

impl Live {
    pub(crate) fn new(
        db: db::Db,
        accounts: Accounts,
        hub: Addr<Hub>,
        deeds: Arc<dyn Deeds>,
        arbiter: ArbiterHandle,
    ) -> Self {
        Self {
            db,
            accounts,
            hub,
            deeds,
            arbiter,
        }
    }

    /// Says how something about a topic stands from now on, to those who listen
    /// and to who joins later. A signal of nothing ends it. Waits while the hub
    /// is busy; changes that come too fast are told together.
    ///
    /// # Errors
    /// `unavailable` while the server stops.
    pub async fn tell(&self, topic: Topic, signal: Signal) -> Result<(), PlatformError> {
        let told = self.hub.send(Tell { topic, signal }).await;
        told.map_err(|_| PlatformError::Gone("the hub"))
    }

    /// A session for a connection that was just made. `cookie` is the viewer
    /// whose cookie came with the handshake, if one did.
    ///
    /// # Errors
    /// `unavailable` while the server stops.
    pub fn open(&self, cookie: Option<Viewer>) -> Result<Connection, PlatformError> {
        if !self.hub.connected() {
            return Err(PlatformError::Gone("the hub"));
        }
        // Two more than the limit: the farewell always finds a place.
        let (sender, output) = mpsc::channel(protocol::limits::WS_QUEUE + 2);
        let session = Session::new(
            self.db.clone(),
            self.accounts.clone(),
            self.hub.clone(),
            self.deeds.clone(),
            sender,
            cookie,
        );
        let addr = Session::start_in_arbiter(&self.arbiter, |_| session);
        Ok(Connection {
            input: addr.recipient(),
            output,
        })
    }
}
