//! Bulk import: the rows that the ordinary ways leave behind, many in one
//! transaction. For a database that nobody uses yet: no event is written, and
//! what a row refers to is taken on trust.

mod accounts;
mod clusters;
mod elements;
#[cfg(test)]
mod tests;

pub use accounts::BulkUser;
pub use clusters::{BulkCluster, BulkItem, BulkMember};
pub use elements::BulkElement;

use surrealdb::types::{Object, SurrealValue};

use crate::error::Result;
use crate::limits::BULK_ROWS;
use crate::row::CountRow;
use crate::store::Db;

impl Db {
    /// How many elements there are, of everybody's.
    pub async fn count_elements(&self) -> Result<u64> {
        self.count("SELECT count() FROM element GROUP ALL").await
    }

    /// How many accounts there are.
    pub async fn count_users(&self) -> Result<u64> {
        self.count("SELECT count() FROM user GROUP ALL").await
    }

    async fn count(&self, query: &str) -> Result<u64> {
        let row: Option<CountRow> = self.read(query, Object::new()).await?.one(0)?;
        Ok(row.map_or(0, |row| row.count))
    }

    /// Writes rows with one statement, some at a time.
    async fn insert(&self, statement: &'static str, rows: Vec<Object>) -> Result<()> {
        for part in rows.chunks(BULK_ROWS) {
            let part = part.to_vec();
            self.write("a bulk import", move |tx| {
                let mut vars = Object::new();
                vars.insert("rows", part.clone().into_value());
                Box::pin(async move { tx.run(statement, vars).await.map(drop) })
            })
            .await?;
        }
        Ok(())
    }
}
