//! What stands beside an element among those of its owner.

use protocol::ElementId;
use protocol::element::Neighbours;
use surrealdb::types::{RecordId, SurrealValue, object};

use super::viewer::{DIRECT, LISTED, Viewer};
use crate::error::Result;
use crate::row::{self, Key};
use crate::store::Db;

impl Db {
    /// The next newer and the next older one that the viewer sees in lists;
    /// none when the element itself may not be seen.
    pub async fn neighbours(&self, viewer: &Viewer, id: &ElementId) -> Result<Option<Neighbours>> {
        let mut vars = object! { id: row::element(id) };
        viewer.bind(&mut vars);
        let query = format!("SELECT owner, place FROM $id WHERE {DIRECT}");
        let Some(own) = self.read(query, vars.clone()).await?.one::<OwnRow>(0)? else {
            return Ok(None);
        };
        vars.insert("owner", RecordId::new("user", own.owner.0));
        vars.insert("place", own.place);
        let query = format!(
            "SELECT id, place FROM element WHERE owner = $owner AND place < $place AND {LISTED} \
             ORDER BY place DESC LIMIT 1; \
             SELECT id, place FROM element WHERE owner = $owner AND place > $place AND {LISTED} \
             ORDER BY place LIMIT 1;"
        );
        let mut answer = self.read(query, vars).await?;
        let mut beside = |statement| -> Result<Option<ElementId>> {
            let found: Option<BesideRow> = answer.one(statement)?;
            found.map(|row| row.id.parse()).transpose()
        };
        Ok(Some(Neighbours {
            previous: beside(0)?,
            next: beside(1)?,
        }))
    }
}

#[derive(SurrealValue)]
struct OwnRow {
    owner: Key,
    place: String,
}

#[derive(SurrealValue)]
struct BesideRow {
    id: Key,
}
