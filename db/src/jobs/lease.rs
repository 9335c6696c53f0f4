//! Lending jobs to workers, each to one at a time.

use std::collections::BTreeMap;

use protocol::ElementId;
use protocol::element::{StageName, StageState};
use surrealdb::types::{Object, object};

use super::progress::Progress;
use super::queue::{FAILED, JobRow, LANES, open_queue};
use super::{Lease, LeaseRequest, complete, fail};
use crate::error::Result;
use crate::id::now_millis;
use crate::limits::{CLIENT_CHARS, JOB_LOST, LEASE_MAX};
use crate::row;
use crate::store::{Db, Tx};

/// Why a job is quarantined.
const STOPPED: &str = "the work stopped the worker three times";

impl Db {
    /// Lends jobs of these stages: those somebody waits for first, oldest
    /// first. A lease that ran out is taken over; a job whose workers keep
    /// vanishing is given up. Empty when there is nothing to do now.
    pub async fn lease_jobs(&self, request: LeaseRequest) -> Result<Vec<Lease>> {
        if request.limit == 0 || request.stages.is_empty() {
            return Ok(Vec::new());
        }
        // all leasers of this node want the same rows: one after the other
        let _turn = self.leasing().lock().await;
        let (query, vars) = due_jobs(&request, 1);
        let mut answer = self.read(query, vars).await?;
        let mut any = false;
        for statement in 0..request.stages.len() * LANES.len() {
            any |= !answer.all::<JobRow>(statement)?.is_empty();
        }
        if !any {
            return Ok(Vec::new());
        }
        self.write("a lease", move |tx| {
            let request = request.clone();
            Box::pin(async move { lend(tx, &request).await })
        })
        .await
    }

    /// Prolongs a lease to that long from now. False when it is over.
    pub async fn extend_lease(&self, lease: &Lease, millis: u64) -> Result<bool> {
        let lease = lease.clone();
        self.write("a longer lease", move |tx| {
            let lease = lease.clone();
            Box::pin(async move {
                if JobRow::held(tx, &lease).await?.is_none() {
                    return Ok(false);
                }
                let vars = object! { id: lease.key(), due: until(millis) };
                tx.run("UPDATE $id SET due = $due RETURN NONE", vars)
                    .await?;
                Ok(true)
            })
        })
        .await
    }
}

fn until(millis: u64) -> i64 {
    now_millis().saturating_add(row::int(millis))
}

/// One statement per lane and stage, each in order of age.
fn due_jobs(request: &LeaseRequest, count: usize) -> (String, Object) {
    let mut vars = object! { now: now_millis(), count: row::int(count) };
    let mut statements = Vec::new();
    for lane in LANES {
        for stage in &request.stages {
            let name = format!("queue{}", statements.len());
            statements.push(format!(
                "SELECT * FROM job WHERE queue = ${name} AND due <= $now \
                 ORDER BY due LIMIT $count"
            ));
            vars.insert(name, open_queue(*stage, lane));
        }
    }
    (statements.join(";\n"), vars)
}

async fn lend(tx: &Tx, request: &LeaseRequest) -> Result<Vec<Lease>> {
    let limit = request.limit.min(LEASE_MAX);
    let (query, vars) = due_jobs(request, limit);
    let mut answer = tx.run(query, vars).await?;
    let mut chosen = Vec::new();
    for lane in 0..LANES.len() {
        let mut jobs = Vec::new();
        for stage in 0..request.stages.len() {
            jobs.extend(answer.all::<JobRow>(lane * request.stages.len() + stage)?);
        }
        jobs.sort_by_key(|job| job.due);
        chosen.extend(jobs);
    }
    chosen.truncate(limit);

    let mut elements: BTreeMap<ElementId, Progress> = BTreeMap::new();
    let mut leases = Vec::new();
    let mut rows = Vec::new();
    for mut job in chosen {
        let (id, stage) = (job.element_id()?, job.stage()?);
        if !elements.contains_key(&id) {
            match Progress::read(tx, &id).await? {
                Some(progress) => elements.insert(id.clone(), progress),
                None => continue,
            };
        }
        let progress = elements.get_mut(&id).expect("it was just put there");
        if job.state == "leased" {
            job.lost += 1;
        }
        if job.lost >= JOB_LOST {
            rows.push(given_up(&job, stage, STOPPED)?);
            progress.made_in(job.lane);
            fail::give_up(progress, stage, STOPPED);
            if stage == StageName::Preview {
                fail::give_up_blocked(tx, &id).await?;
            }
            complete::unblock(tx, progress, stage, job.lane).await?;
            continue;
        }
        progress.set(stage, StageState::Running, None);
        let token = format!("{:032x}", rand::random::<u128>());
        rows.push(lent(&job, stage, &token, request)?);
        leases.push(job.lease(token)?);
    }
    tx.run(LEND, object! { rows: rows }).await?;
    for progress in elements.into_values() {
        progress.write(tx).await?;
    }
    Ok(leases)
}

fn lent(job: &JobRow, stage: StageName, token: &str, request: &LeaseRequest) -> Result<Object> {
    Ok(object! {
        id: super::key(&job.element_id()?, stage),
        set: object! {
            state: "leased".to_owned(),
            due: until(request.millis),
            token: token.to_owned(),
            worker: request.worker.chars().take(CLIENT_CHARS).collect::<String>(),
            lost: row::int(job.lost),
        },
    })
}

pub(super) fn given_up(job: &JobRow, stage: StageName, reason: &str) -> Result<Object> {
    Ok(object! {
        id: super::key(&job.element_id()?, stage),
        set: object! {
            state: fail::QUARANTINED.to_owned(),
            queue: FAILED.to_owned(),
            token: Option::<String>::None,
            lost: row::int(job.lost),
            reason: reason.to_owned(),
        },
    })
}

pub(super) const LEND: &str = "FOR $row IN $rows { UPDATE $row.id MERGE $row.set RETURN NONE }";
