//! How much there is to do.

use protocol::element::StageName;
use surrealdb::types::{Object, SurrealValue};

use super::JobCount;
use crate::error::Result;
use crate::id::now_millis;
use crate::store::Db;

impl Db {
    /// Jobs per stage, for operators; every stage comes once.
    pub async fn job_counts(&self) -> Result<Vec<JobCount>> {
        let rows: Vec<CountRow> = self.read(COUNT, Object::new()).await?.all(0)?;
        let now = now_millis();
        Ok(StageName::IMAGE
            .into_iter()
            .map(|stage| {
                let of = |state: &str| {
                    rows.iter()
                        .find(|row| row.stage == stage.as_str() && row.state == state)
                };
                let count = |state| of(state).map_or(0, |row| row.count);
                let oldest = of("waiting").map_or(0, |row| now.saturating_sub(row.oldest));
                JobCount {
                    stage,
                    waiting: count("waiting"),
                    running: count("leased"),
                    failed: count("failed") + count("quarantined"),
                    oldest_waiting_ms: u64::try_from(oldest).unwrap_or(0),
                }
            })
            .collect())
    }
}

#[derive(SurrealValue)]
struct CountRow {
    stage: String,
    state: String,
    count: usize,
    oldest: i64,
}

const COUNT: &str = "SELECT stage, state, count() AS count, math::min(created_at) AS oldest \
    FROM job GROUP BY stage, state";
