//! Servers that share the database: which are there, and what they tell each
//! other beside events.

use protocol::event::NodePresence;
use surrealdb::types::object;

use super::{Notice, write};
use crate::error::Result;
use crate::id::now_millis;
use crate::row::{self, Key};
use crate::store::Db;

/// How long a server is remembered that is not there any more, in milliseconds.
const REMEMBERED: i64 = 3_600_000;

impl Db {
    /// A server says that it is there for so long; answers which ones are.
    pub async fn beat(&self, node: &str, millis: u64) -> Result<Vec<String>> {
        let node = node.to_owned();
        let until = now_millis().saturating_add(row::int(millis));
        self.write("a heartbeat", move |tx| {
            let vars = object! {
                node: surrealdb::types::RecordId::new("node", node.clone()),
                until: until,
                now: now_millis(),
                old: now_millis() - REMEMBERED,
            };
            Box::pin(async move {
                let alive: Vec<Key> = tx.run(BEAT, vars).await?.all(2)?;
                Ok(alive.into_iter().map(|key| key.0).collect())
            })
        })
        .await
    }

    /// Tells other servers who is present where, by this one.
    pub async fn tell_presence(&self, told: Vec<NodePresence>) -> Result<()> {
        self.write("presence", move |tx| {
            let notices: Vec<Notice> = told.iter().cloned().map(Notice::presence).collect();
            Box::pin(async move { write(tx, &notices).await })
        })
        .await
    }
}

const BEAT: &str = "UPSERT $node SET until = $until RETURN NONE; \
    DELETE node WHERE until < $old; \
    SELECT VALUE id FROM node WHERE until > $now";
