//! Servers that share a database and a broker: each sends by a connection of
//! its own, and one at a time listens to devices, in the session at the broker
//! that all of them have in common. So what a device sends is decided once, in
//! order, and what a kill interrupts the next server is handed again.

use std::time::{Duration, Instant};

use db::Db;
use rumqttc::{AsyncClient, EventLoop};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::external::{self, Outgoing};
use super::target::Target;
use crate::devices::{Desk, Roll};

/// Names the charge in the database.
const WHAT: &str = "mqtt";
/// How long a server has it without a word, and how often it says one.
const LASTS: Duration = Duration::from_secs(9);
const EVERY: Duration = Duration::from_secs(2);
/// Before the next attempt to connect.
const PAUSE: Duration = Duration::from_secs(2);

/// All that a server does at a broker that others use too.
pub(super) struct Shared {
    pub db: Db,
    pub target: Target,
    pub roll: Roll,
    pub desk: Desk,
}

/// Ends what listens when it is let go.
struct Listening(Vec<JoinHandle<()>>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

impl Shared {
    pub fn open(self, outgoing: mpsc::Receiver<Outgoing>) -> Vec<JoinHandle<()>> {
        let own = format!("{}-{:016x}", session(&self.db), rand::random::<u64>());
        let (client, events) = external::sender(&self.target, own.clone());
        vec![
            tokio::spawn(external::send(client.clone(), outgoing)),
            tokio::spawn(keep(client, events)),
            tokio::spawn(self.take_turns(own)),
        ]
    }

    async fn take_turns(self, own: String) {
        let mut listening: Option<Listening> = None;
        let mut until = Instant::now();
        loop {
            let asked = Instant::now();
            let millis = LASTS.as_millis() as u64;
            match self.db.take_charge(WHAT, &own, millis).await {
                Ok(true) => {
                    until = asked + LASTS;
                    if listening.is_none() {
                        tracing::info!("this server listens to devices");
                        listening = Some(self.listen());
                    }
                }
                Ok(false) => listening = None,
                // others cannot take it meanwhile either, but it runs out
                Err(error) => {
                    tracing::warn!(%error, "it cannot be told who listens to devices");
                    if Instant::now() >= until {
                        listening = None;
                    }
                }
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    fn listen(&self) -> Listening {
        let (target, session) = (self.target.clone(), session(&self.db));
        let (roll, desk) = (self.roll.clone(), self.desk.clone());
        Listening(external::open(target, session, None, roll, desk))
    }
}

/// The session at the broker that outlives every server.
pub(super) fn session(db: &Db) -> String {
    format!("asterism-{}", db.epoch())
}

/// Keeps the connection that only sends.
async fn keep(_client: AsyncClient, mut events: EventLoop) {
    loop {
        if let Err(error) = events.poll().await {
            tracing::debug!(%error, "mqtt connection for sending lost");
            tokio::time::sleep(PAUSE).await;
        }
    }
}
