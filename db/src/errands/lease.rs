//! Lending errands to who fetches, each to one at a time.

use std::collections::HashMap;

use protocol::element::Visibility;
use protocol::{ClusterId, ElementId, FetchId, Problem, UserId};
use surrealdb::types::{Object, SerdeWrapper, object};

use super::{ErrandRow, key, say};
use crate::error::Result;
use crate::id::now_millis;
use crate::limits::LEASE_MAX;
use crate::row::{self, Key};
use crate::store::{Db, Tx};

/// An errand that is lent until its time is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    pub id: FetchId,
    pub owner: UserId,
    pub url: String,
    pub picture: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub visibility: Visibility,
    pub cluster: Option<ClusterId>,
    /// From 1.
    pub attempt: u32,
    /// Proof of the lease.
    token: String,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub enum ErrandEnd {
    Saved {
        element: ElementId,
        /// It was the account's before.
        duplicate: bool,
        /// What did not come about beside it.
        problem: Option<Problem>,
    },
    Failed(Problem),
    /// Again after so many milliseconds.
    Later(u64, Problem),
}

impl Db {
    /// Lends errands that are due, oldest first, at most `each` of one account
    /// at a time. One whose lease ran out is lent again.
    pub async fn lease_errands(
        &self,
        limit: usize,
        each: usize,
        millis: u64,
    ) -> Result<Vec<Errand>> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let _turn = self.leasing().lock().await;
        let vars = object! { now: now_millis() };
        let any: Vec<Key> = self.read(ANY_DUE, vars).await?.all(0)?;
        if any.is_empty() {
            return Ok(Vec::new());
        }
        self.write("errands", move |tx| {
            Box::pin(async move { lend(tx, limit, each, millis).await })
        })
        .await
    }

    /// Whether the lease still holds: nobody took the errand back.
    pub async fn holds_errand(&self, errand: &Errand) -> Result<bool> {
        let mut held = self.read(HELD, errand.proof()).await?;
        Ok(held.one::<ErrandRow>(0)?.is_some())
    }

    /// Writes how an attempt ended and tells the account. False, and nothing is
    /// written, when the lease is over.
    pub async fn end_errand(&self, errand: &Errand, end: ErrandEnd) -> Result<bool> {
        let errand = errand.clone();
        self.write("an errand's end", move |tx| {
            let (errand, end) = (errand.clone(), end.clone());
            Box::pin(async move {
                let held = tx.run(HELD, errand.proof()).await?.one::<ErrandRow>(0)?;
                if held.is_none() {
                    return Ok(false);
                }
                let vars = object! { id: key(&errand.id), set: end.columns() };
                let row = tx.run(SET, vars).await?.one::<ErrandRow>(0)?;
                if let Some(row) = row {
                    say(tx, errand.owner.clone(), row.fetch()?).await?;
                }
                Ok(true)
            })
        })
        .await
    }

    /// Gives lent errands back at once, when no other process can hold them.
    pub async fn recover_errands(&self) -> Result<()> {
        if !self.is_embedded() {
            return Ok(());
        }
        self.write("recovery", |tx| {
            Box::pin(async move {
                let vars = object! { now: now_millis() };
                tx.run(RECOVER, vars).await.map(drop)
            })
        })
        .await
    }
}

async fn lend(tx: &Tx, limit: usize, each: usize, millis: u64) -> Result<Vec<Errand>> {
    let now = now_millis();
    let vars = object! { now: now, count: row::int(LEASE_MAX) };
    let mut answer = tx.run(DUE, vars).await?;
    let mut due: Vec<ErrandRow> = answer.all(0)?;
    due.extend(answer.all::<ErrandRow>(1)?);
    due.sort_by_key(|row| row.due);
    let mut busy: HashMap<UserId, usize> = HashMap::new();
    for running in answer.all::<ErrandRow>(2)? {
        *busy.entry(running.owner()?).or_default() += 1;
    }
    let mut lent = Vec::new();
    for row in due {
        let owner = row.owner()?;
        let running = busy.entry(owner.clone()).or_default();
        if lent.len() == limit {
            break;
        }
        if *running >= each {
            continue;
        }
        *running += 1;
        let errand = Errand {
            id: row.id.parse()?,
            owner: owner.clone(),
            url: row.url,
            picture: row.picture,
            title: row.title,
            description: row.description,
            visibility: row.visibility,
            cluster: row.cluster.as_deref().map(row::parse).transpose()?,
            attempt: row.attempts + 1,
            token: format!("{:032x}", rand::random::<u128>()),
        };
        let set = object! {
            state: "fetching".to_owned(),
            due: now.saturating_add(row::int(millis)),
            attempts: row::int(errand.attempt),
            token: errand.token.clone(),
        };
        let vars = object! { id: key(&errand.id), set: set };
        if let Some(row) = tx.run(SET, vars).await?.one::<ErrandRow>(0)? {
            say(tx, owner, row.fetch()?).await?;
        }
        lent.push(errand);
    }
    Ok(lent)
}

impl Errand {
    fn proof(&self) -> Object {
        object! { id: key(&self.id), proof: self.token.clone() }
    }
}

impl ErrandEnd {
    fn columns(self) -> Object {
        let now = now_millis();
        let mut set = object! { token: Option::<String>::None };
        match self {
            ErrandEnd::Saved {
                element,
                duplicate,
                problem,
            } => {
                set.insert("state", "saved".to_owned());
                set.insert("due", now);
                set.insert("element", element.to_string());
                set.insert("duplicate", duplicate);
                set.insert("problem", problem.map(SerdeWrapper));
            }
            ErrandEnd::Failed(problem) => {
                set.insert("state", "failed".to_owned());
                set.insert("due", now);
                set.insert("problem", SerdeWrapper(problem));
            }
            ErrandEnd::Later(millis, problem) => {
                set.insert("state", "waiting".to_owned());
                set.insert("due", now.saturating_add(row::int(millis)));
                set.insert("problem", SerdeWrapper(problem));
            }
        }
        set
    }
}

const ANY_DUE: &str = "SELECT VALUE id FROM errand \
    WHERE state IN ['waiting', 'fetching'] AND due <= $now LIMIT 1";

const DUE: &str = "\
    SELECT * FROM errand WHERE state = 'waiting' AND due <= $now ORDER BY due LIMIT $count; \
    SELECT * FROM errand WHERE state = 'fetching' AND due <= $now ORDER BY due LIMIT $count; \
    SELECT * FROM errand WHERE state = 'fetching' AND due > $now";

const HELD: &str = "SELECT * FROM $id WHERE token = $proof AND state = 'fetching'";

const SET: &str = "UPDATE $id MERGE $set";

const RECOVER: &str = "UPDATE errand SET state = 'waiting', due = $now, token = NONE WHERE state = 'fetching' \
     RETURN NONE";
