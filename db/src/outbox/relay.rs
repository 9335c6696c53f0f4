//! The relay: gives waiting events their places in their topics.

use std::collections::HashMap;

use protocol::{ElementId, Topic};
use surrealdb::types::{Array, Object, RecordId, SurrealValue, object};

use super::notice::Body;
use super::{Published, turns};
use crate::elements::read;
use crate::error::Result;
use crate::id::now_millis;
use crate::limits::{EVENTS_MAX, HISTORY_PER_TOPIC};
use crate::row::{self, Key};
use crate::store::{Db, Tx};

impl Db {
    /// Numbers waiting events, oldest first, and returns them: each topic's
    /// offsets go on by one, durably, before anybody is told. Empty when none
    /// waits. For one caller at a time; two would only hinder each other.
    pub async fn relay_batch(&self, limit: usize) -> Result<Vec<Published>> {
        self.relay(limit, false).await
    }

    /// The same where servers share the database: what was numbered is noted as
    /// a turn, by which all of them tell it. Answers how many events there were.
    pub async fn relay_turn(&self, limit: usize) -> Result<usize> {
        Ok(self.relay(limit, true).await?.len())
    }

    async fn relay(&self, limit: usize, shared: bool) -> Result<Vec<Published>> {
        let count = row::int(limit.clamp(1, EVENTS_MAX));
        let waiting = self
            .read("SELECT VALUE id FROM outbox LIMIT 1", Object::new())
            .await?
            .all::<Key>(0)?;
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let epoch = self.epoch().to_owned();
        self.write("the relay", move |tx| {
            let epoch = epoch.clone();
            Box::pin(async move { number(tx, &epoch, count, shared).await })
        })
        .await
    }
}

async fn number(tx: &Tx, epoch: &str, count: i64, shared: bool) -> Result<Vec<Published>> {
    let waiting: Vec<OutboxRow> = tx
        // rows come in the order of their keys, which is that of making
        .run(
            "SELECT * FROM outbox LIMIT $count",
            object! { count: count },
        )
        .await?
        .all(0)?;
    let mut last = last_offsets(tx, &waiting).await?;
    let now = now_millis();
    let mut taken = Vec::with_capacity(waiting.len());
    let mut rows = Vec::new();
    let mut forgotten = Vec::new();
    let mut numbered = Vec::new();
    let mut places = Vec::new();
    for row in waiting {
        taken.push(row.id);
        let body = Body::read(&row.kind, row.element, row.data)?;
        for name in row.topics {
            let offset = last.entry(name.clone()).or_insert(0);
            *offset += 1;
            let mut event = body.columns();
            event.insert("id", event_id(&name, *offset));
            event.insert("topic", name.clone());
            event.insert("offset", row::int(*offset));
            event.insert("at", now);
            rows.push(event);
            if let Some(old) = offset.checked_sub(HISTORY_PER_TOPIC).filter(|o| *o > 0) {
                forgotten.push(event_id(&name, old));
            }
            places.push((name.clone(), *offset));
            numbered.push((row::parse::<Topic>(&name)?, *offset, body.clone()));
        }
    }
    let counters: Vec<Object> = last
        .into_iter()
        .map(|(name, last)| object! { id: topic_id(&name), last: row::int(last) })
        .collect();
    let vars = object! { rows: rows, counters: counters, taken: taken, forgotten: forgotten };
    tx.run(NUMBER, vars).await?;
    // none: another server was quicker
    if shared && !places.is_empty() {
        turns::note(tx, &places).await?;
    }
    let ids: Vec<ElementId> = distinct(numbered.iter().filter_map(|(_, _, b)| b.element_id()));
    let elements = read::within(tx, &ids).await?;
    Ok(numbered
        .into_iter()
        .map(|(topic, offset, body)| Published {
            whole: body.told().is_none(),
            event: body.event(&topic, &elements),
            topic,
            epoch: epoch.to_owned(),
            offset,
        })
        .collect())
}

async fn last_offsets(tx: &Tx, waiting: &[OutboxRow]) -> Result<HashMap<String, u64>> {
    let mut topics: Vec<RecordId> = waiting
        .iter()
        .flat_map(|row| row.topics.iter().map(|name| topic_id(name)))
        .collect();
    topics.sort();
    topics.dedup();
    let rows: Vec<TopicRow> = tx
        .run("SELECT * FROM $topics", object! { topics: topics })
        .await?
        .all(0)?;
    Ok(rows.into_iter().map(|row| (row.id.0, row.last)).collect())
}

/// Each id once.
pub(super) fn distinct<'a>(ids: impl Iterator<Item = &'a ElementId>) -> Vec<ElementId> {
    let mut ids: Vec<ElementId> = ids.cloned().collect();
    ids.sort();
    ids.dedup();
    ids
}

pub(super) fn topic_id(name: &str) -> RecordId {
    RecordId::new("topic", name)
}

pub(super) fn event_id(topic: &str, offset: u64) -> RecordId {
    let parts = vec![topic.to_owned().into_value(), row::int(offset).into_value()];
    RecordId::new("event", Array::from(parts))
}

#[derive(SurrealValue)]
struct OutboxRow {
    id: RecordId,
    topics: Vec<String>,
    kind: String,
    element: Option<String>,
    data: Option<Object>,
}

#[derive(SurrealValue)]
struct TopicRow {
    id: Key,
    last: u64,
}

const NUMBER: &str = include_str!("../../queries/number_events.surql");
