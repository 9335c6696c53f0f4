//! A database server over the network.
//!
//! A transaction takes a session of its own, and the SDK opens one by logging in
//! again, which costs the server a slow hash of the password. So sessions that a
//! transaction is done with serve the next one.

use std::sync::{Arc, Mutex, PoisonError};

use surrealdb::Surreal;
use surrealdb::engine::remote::ws::Client;
use surrealdb::method::Transaction;

use crate::error::Result;

/// Sessions that are kept for later.
const IDLE: usize = 32;

type Sessions = Arc<Mutex<Vec<Surreal<Client>>>>;

/// The connection and its sessions.
pub(crate) struct Server {
    pub client: Surreal<Client>,
    idle: Sessions,
}

/// A transaction and the session that it has.
pub(crate) struct Open {
    pub tx: Transaction<Client>,
    idle: Sessions,
}

impl Server {
    pub fn new(client: Surreal<Client>) -> Self {
        Self {
            client,
            idle: Sessions::default(),
        }
    }

    pub async fn begin(&self) -> Result<Open> {
        let session = held(&self.idle).pop();
        let session = session.unwrap_or_else(|| self.client.clone());
        Ok(Open {
            tx: session.begin().await?,
            idle: self.idle.clone(),
        })
    }
}

impl Open {
    pub async fn commit(self) -> Result<()> {
        let session = self.tx.commit().await?;
        give_back(&self.idle, session);
        Ok(())
    }

    pub async fn cancel(self) -> Result<()> {
        let session = self.tx.cancel().await?;
        give_back(&self.idle, session);
        Ok(())
    }
}

fn give_back(idle: &Sessions, session: Surreal<Client>) {
    let mut idle = held(idle);
    if idle.len() < IDLE {
        idle.push(session);
    }
}

fn held(idle: &Sessions) -> std::sync::MutexGuard<'_, Vec<Surreal<Client>>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
