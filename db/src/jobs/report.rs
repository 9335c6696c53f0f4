//! Jobs for operators: how much there is, what is stuck, and putting it to
//! work again.

use std::collections::BTreeMap;

use protocol::admin::{JobReport, JobState, JobsReport, RetryJobs, StageCounts};
use protocol::element::{StageName, StageState};
use protocol::{Cursor, ElementId, Timestamp};
use surrealdb::types::{Object, SurrealValue, object};

use super::progress::Progress;
use super::queue::{JobRow, blocked_queue, open_queue};
use crate::error::{DbError, Result};
use crate::id::now_millis;
use crate::limits::READ_MAX;
use crate::row::{self, Key};
use crate::store::{Db, Tx};

/// Jobs put to work again in one transaction.
const CHUNK: usize = 100;

impl Db {
    /// Counts per stage, and one page of jobs, those of the newest elements
    /// first; without a state, those that were given up.
    pub async fn jobs_report(
        &self,
        state: Option<JobState>,
        stage: Option<StageName>,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<JobsReport> {
        let limit = limit.clamp(1, READ_MAX);
        let states = match state {
            Some(state) => vec![column(state)],
            None => vec![column(JobState::Failed), column(JobState::Quarantined)],
        };
        let stages = match stage {
            Some(stage) => vec![stage],
            None => StageName::ALL.to_vec(),
        };
        let mut vars = object! {
            count: row::int(limit + 1),
            beyond: cursor.map(|c| c.as_str().to_owned()).unwrap_or_default(),
        };
        let mut statements = Vec::new();
        for state in &states {
            for stage in &stages {
                let n = statements.len();
                statements.push(format!(
                    "SELECT element, stage, state, attempts, lost, reason, created_at, place \
                     FROM job WHERE state = $state{n} AND stage = $stage{n} AND place >= $beyond \
                     ORDER BY place LIMIT $count"
                ));
                vars.insert(format!("state{n}"), (*state).to_owned());
                vars.insert(format!("stage{n}"), stage.as_str().to_owned());
            }
        }
        let mut answer = self.read(statements.join("; "), vars).await?;
        let mut rows: Vec<StuckRow> = Vec::new();
        for statement in 0..statements.len() {
            rows.extend(answer.all::<StuckRow>(statement)?);
        }
        rows.sort_by(|a, b| (&a.place, &a.stage).cmp(&(&b.place, &b.stage)));
        // a page ends between two elements, so that its end is a place
        let end = rows.get(limit).map(|row| row.place.clone());
        let next_cursor = match &end {
            Some(end) if rows[0].place != *end => end.parse().ok(),
            _ => None,
        };
        if next_cursor.is_some() {
            rows.retain(|row| Some(&row.place) < end.as_ref());
        }
        let items = rows.into_iter().map(StuckRow::report);
        Ok(JobsReport {
            stages: self.stage_counts().await?,
            items: items.collect::<Result<_>>()?,
            next_cursor,
        })
    }

    /// Puts jobs that were given up to work again; says how many.
    pub async fn retry_jobs(&self, which: RetryJobs) -> Result<u64> {
        let mut total = 0;
        loop {
            let which = which.clone();
            let again = self
                .write("a retry", move |tx| {
                    let which = which.clone();
                    Box::pin(async move { retry(tx, &which).await })
                })
                .await?;
            total += again as u64;
            if again < CHUNK {
                return Ok(total);
            }
        }
    }

    async fn stage_counts(&self) -> Result<BTreeMap<String, StageCounts>> {
        let rows: Vec<CountRow> = self.read(COUNTS, Object::new()).await?.all(0)?;
        let mut stages: BTreeMap<String, StageCounts> = StageName::IMAGE
            .into_iter()
            .map(|stage| (stage.as_str().to_owned(), StageCounts::default()))
            .collect();
        for row in rows {
            let counts = stages.entry(row.stage).or_default();
            match row.state.as_str() {
                "waiting" => counts.waiting = row.count,
                "leased" => counts.running = row.count,
                "quarantined" => counts.quarantined = row.count,
                // their elements are deleted
                "aside" => {}
                _ => counts.failed = row.count,
            }
        }
        Ok(stages)
    }
}

async fn retry(tx: &Tx, which: &RetryJobs) -> Result<usize> {
    let mut vars = object! { count: row::int(CHUNK) };
    let mut only = String::new();
    if let Some(element) = &which.element {
        vars.insert("element", row::element(element));
        only.push_str(" AND element = $element");
    }
    if let Some(stage) = which.stage {
        vars.insert("stage", stage.as_str().to_owned());
        only.push_str(" AND stage = $stage");
    }
    let query =
        format!("SELECT * FROM job WHERE state IN ['failed', 'quarantined']{only} LIMIT $count");
    let jobs: Vec<JobRow> = tx.run(query, vars).await?.all(0)?;
    let mut elements: BTreeMap<ElementId, Progress> = BTreeMap::new();
    for job in &jobs {
        let (id, stage) = (job.element_id()?, job.stage()?);
        if !elements.contains_key(&id) {
            match Progress::read(tx, &id).await? {
                Some(progress) => elements.insert(id.clone(), progress),
                None => continue,
            };
        }
        let progress = elements.get_mut(&id).expect("it was just put there");
        progress.set(stage, StageState::Waiting, None);
    }
    for job in &jobs {
        let (id, stage) = (job.element_id()?, job.stage()?);
        // what comes before is given up, at work again, or done
        let waits = elements
            .get(&id)
            .and_then(|p| super::waits_for(stage).filter(|before| p.is_open(*before)));
        let queue = match waits {
            Some(before) => blocked_queue(before),
            None => open_queue(stage, job.lane),
        };
        let vars = object! { id: super::key(&id, stage), queue: queue, now: now_millis() };
        tx.run(super::fail::RETRY, vars).await?;
    }
    for (id, progress) in elements {
        progress.write(tx).await?;
        // what came with a newer version while it had failed
        super::stages::add(tx, &id).await?;
    }
    Ok(jobs.len())
}

fn column(state: JobState) -> &'static str {
    match state {
        JobState::Waiting => "waiting",
        JobState::Running => "leased",
        JobState::Failed => "failed",
        JobState::Quarantined => "quarantined",
    }
}

#[derive(SurrealValue)]
struct StuckRow {
    element: Key,
    stage: String,
    state: String,
    attempts: u32,
    lost: u32,
    reason: Option<String>,
    created_at: i64,
    place: String,
}

impl StuckRow {
    fn report(self) -> Result<JobReport> {
        let stage = StageName::parse(&self.stage)
            .ok_or_else(|| DbError::Damaged(format!("{:?} is no stage", self.stage)))?;
        Ok(JobReport {
            element: self.element.parse()?,
            stage,
            state: match self.state.as_str() {
                "waiting" => JobState::Waiting,
                "leased" => JobState::Running,
                "quarantined" => JobState::Quarantined,
                _ => JobState::Failed,
            },
            attempts: self.attempts + self.lost,
            reason: self.reason,
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}

#[derive(SurrealValue)]
struct CountRow {
    stage: String,
    state: String,
    count: u64,
}

const COUNTS: &str = "SELECT stage, state, count() AS count FROM job GROUP BY stage, state";
