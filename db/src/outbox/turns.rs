//! Turns: what was numbered together, in the order of numbering, for servers
//! that share a database. Whoever numbers an event tells it to its own
//! listeners alone; by the turns each server tells all events to its own.

use protocol::ElementId;
use protocol::Topic;
use surrealdb::types::{Array, Object, RecordId, SurrealValue, object};

use super::Published;
use super::history::EventRow;
use super::notice::Body;
use super::relay::{distinct, event_id};
use crate::elements::{Viewer, read};
use crate::error::Result;
use crate::id::now_millis;
use crate::row;
use crate::store::{Db, Tx};

/// What followed a turn.
#[derive(Debug, Clone, PartialEq)]
pub enum Turns {
    /// Events as they are now, and the turn up to which these are all.
    Told { events: Vec<Published>, upto: u64 },
    /// Some of the turns are no longer kept: what they told was missed.
    Missed,
}

impl Db {
    /// The last turn that was made.
    pub async fn turn(&self) -> Result<u64> {
        let last = self
            .read("SELECT VALUE last FROM meta:turn", Object::new())
            .await?
            .one::<u64>(0)?;
        Ok(last.unwrap_or(0))
    }

    /// What was numbered after a turn, by whichever server, oldest first.
    pub async fn turns_after(&self, turn: u64, most: usize) -> Result<Turns> {
        let until = turn.saturating_add(most.max(1) as u64);
        let vars = object! { from: row::int(turn.saturating_add(1)), until: row::int(until) };
        let mut answer = self.read(FOLLOWING, vars).await?;
        let last = answer.one::<u64>(0)?.unwrap_or(0);
        let rows: Vec<TurnRow> = answer.all(1)?;
        let upto = turn + rows.len() as u64;
        // more may have come since `last` was read, but none may be missing
        let missing = match rows.is_empty() {
            true => last > turn,
            false => !rows.iter().map(|row| row.turn).eq(turn + 1..=upto),
        };
        if missing {
            return Ok(Turns::Missed);
        }
        let places = rows.into_iter().flat_map(TurnRow::places).collect();
        let events = self.placed(places).await?;
        Ok(Turns::Told { events, upto })
    }

    async fn placed(&self, places: Vec<(String, u64)>) -> Result<Vec<Published>> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<RecordId> = places.iter().map(|(t, o)| event_id(t, *o)).collect();
        // in the order asked; one that is forgotten is found missing by sessions
        let rows: Vec<EventRow> = self
            .read("SELECT * FROM $ids", object! { ids: ids })
            .await?
            .all(0)?;
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            let topic = row::parse::<Topic>(&row.topic)?;
            let body = Body::read(&row.kind, row.element, row.data)?;
            events.push((topic, row.offset, body));
        }
        let ids: Vec<ElementId> = distinct(events.iter().filter_map(|(.., b)| b.element_id()));
        let elements = if ids.is_empty() {
            Default::default()
        } else {
            let (query, vars) = read::many(&Viewer::System, &ids);
            read::by_id(self.read(query, vars).await?.all(0)?)?
        };
        let publish = |(topic, offset, body): (Topic, u64, Body)| Published {
            whole: body.told().is_none(),
            event: body.event(&topic, &elements),
            topic,
            epoch: self.epoch().to_owned(),
            offset,
        };
        Ok(events.into_iter().map(publish).collect())
    }
}

/// Notes what was just numbered. Two servers that number at once meet here.
pub(super) async fn note(tx: &Tx, places: &[(String, u64)]) -> Result<()> {
    let last = tx
        .run("SELECT VALUE last FROM meta:turn", Object::new())
        .await?
        .one::<u64>(0)?;
    let turn = row::int(last.unwrap_or(0) + 1);
    let topics: Vec<String> = places.iter().map(|(topic, _)| topic.clone()).collect();
    let offsets: Vec<i64> = places.iter().map(|(_, offset)| row::int(*offset)).collect();
    let id = RecordId::new("turn", Array::from(vec![turn.into_value()]));
    let vars = object! {
        row: object! { id: id, turn: turn, topics: topics, offsets: offsets, at: now_millis() },
        turn: turn,
    };
    tx.run(NOTE, vars).await.map(drop)
}

#[derive(SurrealValue)]
struct TurnRow {
    turn: u64,
    topics: Vec<String>,
    offsets: Vec<u64>,
}

impl TurnRow {
    fn places(self) -> impl Iterator<Item = (String, u64)> {
        self.topics.into_iter().zip(self.offsets)
    }
}

const FOLLOWING: &str = "SELECT VALUE last FROM meta:turn; \
    SELECT * FROM turn:[$from]..=[$until]";

const NOTE: &str = "INSERT INTO turn $row RETURN NONE; \
    UPSERT meta:turn SET last = $turn RETURN NONE";
