//! What topics remember.

use protocol::event::Event;
use protocol::{ElementId, Topic};
use surrealdb::types::{Object, SurrealValue, object};

use super::Published;
use super::notice::Body;
use super::relay::{distinct, topic_id};
use crate::elements::{Viewer, read};
use crate::error::Result;
use crate::id::now_millis;
use crate::limits::EVENTS_MAX;
use crate::notifications::Noted;
use crate::row;
use crate::store::Db;

/// What a topic still remembers.
#[derive(Debug, Clone, PartialEq)]
pub enum History {
    /// What followed, oldest first; fewer than asked for only at the end.
    Events(Vec<Published>),
    /// It does not reach back that far (or the offset was never reached).
    TooOld,
}

impl Db {
    /// The last offset that was given in a topic; 0 if none was.
    pub async fn position(&self, topic: &Topic) -> Result<u64> {
        let vars = object! { topic: topic_id(&topic.to_string()) };
        let last = self
            .read("SELECT VALUE last FROM $topic", vars)
            .await?
            .one::<u64>(0)?;
        Ok(last.unwrap_or(0))
    }

    /// The events of a topic that follow offset `after`, with the elements as
    /// they are now.
    pub async fn history(&self, topic: &Topic, after: u64, limit: usize) -> Result<History> {
        let name = topic.to_string();
        let count = limit.clamp(1, EVENTS_MAX);
        let vars = object! {
            topic: topic_id(&name),
            name: name,
            from: row::int(after.saturating_add(1)),
            // offsets have no gaps: so many are at most these
            until: row::int(after.saturating_add(count as u64)),
        };
        let mut answer = self.read(FOLLOWING, vars).await?;
        let last = answer.one::<u64>(0)?.unwrap_or(0);
        let rows: Vec<EventRow> = answer.all(1)?;
        if after >= last {
            let known = after == last;
            return Ok(if known {
                History::Events(Vec::new())
            } else {
                History::TooOld
            });
        }
        if rows.first().is_none_or(|row| row.offset != after + 1) {
            return Ok(History::TooOld);
        }
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            events.push((row.offset, Body::read(&row.kind, row.element, row.data)?));
        }
        let ids: Vec<ElementId> = distinct(events.iter().filter_map(|(_, b)| b.element_id()));
        let elements = if ids.is_empty() {
            Default::default()
        } else {
            let (query, vars) = read::many(&Viewer::System, &ids);
            read::by_id(self.read(query, vars).await?.all(0)?)?
        };
        let mut told = self.told(topic, &events).await?.into_iter();
        let publish = |(offset, body): (u64, Body)| {
            let own = body.told().is_some().then(|| told.next()).flatten();
            Published {
                topic: topic.clone(),
                epoch: self.epoch().to_owned(),
                offset,
                event: own.unwrap_or_else(|| body.event(topic, &elements)),
                whole: true,
            }
        };
        Ok(History::Events(events.into_iter().map(publish).collect()))
    }

    /// What those of the events show that tell the topic's account something.
    async fn told(&self, topic: &Topic, events: &[(u64, Body)]) -> Result<Vec<Event>> {
        let noted: Vec<Noted> = events
            .iter()
            .filter_map(|(_, body)| body.told().cloned())
            .collect();
        match topic {
            Topic::User(user) if !noted.is_empty() => self.noted_events(user, &noted).await,
            _ => Ok(Vec::new()),
        }
    }

    /// Forgets events older than that; says how many. Offsets go on as before.
    pub async fn prune_outbox(&self, keep_millis: u64) -> Result<usize> {
        let cutoff = now_millis().saturating_sub(row::int(keep_millis));
        self.prune_all(OLD_TURNS, cutoff).await?;
        self.prune_all(OLD, cutoff).await
    }

    async fn prune_all(&self, old: &'static str, cutoff: i64) -> Result<usize> {
        let mut gone = 0;
        loop {
            let vars = object! { cutoff: cutoff, count: row::int(EVENTS_MAX) };
            let batch = self.prune_some(old, vars).await?;
            gone += batch;
            if batch < EVENTS_MAX {
                return Ok(gone);
            }
        }
    }

    async fn prune_some(&self, old: &'static str, vars: Object) -> Result<usize> {
        let old = self
            .read(old, vars)
            .await?
            .all::<surrealdb::types::RecordId>(0)?;
        let count = old.len();
        if count > 0 {
            self.write("forgetting events", move |tx| {
                let vars = object! { old: old.clone() };
                Box::pin(async move { tx.run("DELETE $old", vars).await.map(drop) })
            })
            .await?;
        }
        Ok(count)
    }
}

#[derive(SurrealValue)]
pub(super) struct EventRow {
    pub topic: String,
    pub offset: u64,
    pub kind: String,
    pub element: Option<String>,
    pub data: Option<Object>,
}

const FOLLOWING: &str = "SELECT VALUE last FROM $topic; \
    SELECT * FROM event:[$name, $from]..=[$name, $until]";

const OLD: &str = "SELECT VALUE id FROM event WHERE at < $cutoff LIMIT $count";
const OLD_TURNS: &str = "SELECT VALUE id FROM turn WHERE at < $cutoff LIMIT $count";
