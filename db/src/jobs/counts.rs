//! How much there is to do.

use protocol::element::StageName;
use surrealdb::types::{SurrealValue, object};

use super::JobCount;
use crate::error::Result;
use crate::store::Db;

/// The states that are counted, as the database names them.
pub(super) const STATES: [&str; 4] = ["waiting", "leased", "failed", "quarantined"];

impl Db {
    /// Jobs per stage, for operators; every stage comes once. Counted in the
    /// index, so that a long queue costs little.
    pub async fn job_counts(&self) -> Result<Vec<JobCount>> {
        let mut vars = object! {};
        let mut query = Vec::new();
        for (at, stage) in StageName::ALL.into_iter().enumerate() {
            vars.insert(format!("stage{at}"), stage.as_str().to_owned());
            for state in STATES {
                query.push(format!(
                    "SELECT count() AS count FROM job \
                     WHERE state = '{state}' AND stage = $stage{at} GROUP ALL"
                ));
            }
        }
        let mut answer = self.read(query.join(";\n"), vars).await?;
        let mut counts = Vec::with_capacity(StageName::ALL.len());
        for (at, stage) in StageName::ALL.into_iter().enumerate() {
            let first = at * STATES.len();
            let mut number = [0; STATES.len()];
            for (state, number) in number.iter_mut().enumerate() {
                let row = answer.one::<CountRow>(first + state)?;
                *number = row.map_or(0, |row| row.count);
            }
            counts.push(JobCount {
                stage,
                waiting: number[0],
                running: number[1],
                failed: number[2],
                quarantined: number[3],
            });
        }
        Ok(counts)
    }
}

#[derive(SurrealValue)]
struct CountRow {
    count: usize,
}
