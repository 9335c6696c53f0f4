//! Stages that came with a new version, for elements from before it.

use protocol::ElementId;
use protocol::element::{Stage, StageName, StageState};
use surrealdb::types::{Object, SerdeWrapper, SurrealValue, object};

use super::queue::{LANES, NewJobs, insert};
use super::waits_for;
use crate::elements::viewer::THERE;
use crate::error::Result;
use crate::id::now_millis;
use crate::row::{self, Key};
use crate::store::{Db, Tx};

impl Db {
    /// Gives up to so many elements the stages that they lack, at the lane
    /// behind what people wait for; says how many. The elements stay ready.
    /// Looks at every element once for each set of stages, over as many calls
    /// and starts as that takes; what failed gets them when it is tried again.
    pub async fn add_missing_stages(&self, limit: usize) -> Result<usize> {
        let names: Vec<String> = StageName::IMAGE.map(|s| s.as_str().to_owned()).into();
        let seen: Option<SeenRow> = self.read(SEEN, Object::new()).await?.one(0)?;
        let seen = seen.filter(|seen| seen.names == names);
        if seen.as_ref().is_some_and(|seen| seen.whole) {
            return Ok(0);
        }
        let after = seen.map(|seen| seen.after).filter(|id| !id.is_empty());
        let vars = object! {
            after: after.unwrap_or_default(),
            names: names.clone(),
            count: row::int(limit),
        };
        let query = format!(
            "SELECT id, owner, media, mime, stages FROM {} \
             WHERE !(stages.name CONTAINSALL $names) AND state != 'failed' AND {THERE} \
             LIMIT $count",
            row::beyond("element")
        );
        let rows: Vec<OldRow> = self.read(query, vars).await?.all(0)?;
        for row in &rows {
            let id: ElementId = row.id.parse()?;
            self.write("new stages", move |tx| {
                let id = id.clone();
                Box::pin(async move { add(tx, &id).await })
            })
            .await?;
        }
        let vars = object! {
            names: names,
            after: rows.last().map(|row| row.id.0.clone()).unwrap_or_default(),
            whole: rows.len() < limit,
        };
        self.write("new stages", move |tx| {
            let vars = vars.clone();
            Box::pin(async move { tx.run(NOTE, vars).await.map(drop) })
        })
        .await?;
        Ok(rows.len())
    }
}

/// Adds what an element lacks, with a job for each.
pub(super) async fn add(tx: &Tx, id: &ElementId) -> Result<()> {
    let row: Option<OldRow> = tx
        .run(ONE, object! { id: row::element(id) })
        .await?
        .one(0)?;
    let Some(row) = row else {
        return Ok(());
    };
    let mut stages = row.stages;
    let lacking: Vec<StageName> = StageName::IMAGE
        .into_iter()
        .filter(|name| stages.iter().all(|s| s.name != *name))
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    for name in &lacking {
        stages.push(Stage {
            name: *name,
            state: StageState::Waiting,
            error: None,
        });
    }
    // in the order in which they are shown
    stages.sort_by_key(|s| StageName::ALL.iter().position(|name| *name == s.name));
    let open = |name: StageName| {
        let state = stages.iter().find(|s| s.name == name).map(|s| s.state);
        matches!(state, Some(StageState::Waiting | StageState::Running))
    };
    let owner = row.owner.parse()?;
    let jobs = NewJobs {
        element: id,
        owner: &owner,
        media: row.media,
        mime: row.mime,
        lane: LANES[1],
        now: now_millis(),
    };
    let rows = lacking
        .iter()
        .map(|name| jobs.row(*name, waits_for(*name).filter(|before| open(*before))))
        .collect();
    insert(tx, rows).await?;
    let vars = object! { id: row::element(id), stages: SerdeWrapper(stages.clone()) };
    tx.run("UPDATE $id SET stages = $stages RETURN NONE", vars)
        .await
        .map(drop)
}

#[derive(SurrealValue)]
struct OldRow {
    id: Key,
    owner: Key,
    media: String,
    mime: String,
    #[surreal(wrap)]
    stages: Vec<Stage>,
}

/// How far elements were looked at for which stages.
#[derive(SurrealValue)]
struct SeenRow {
    names: Vec<String>,
    after: String,
    whole: bool,
}

const SEEN: &str = "SELECT names, after, whole FROM meta:stages";

const NOTE: &str =
    "UPSERT meta:stages SET names = $names, after = $after, whole = $whole RETURN NONE";

const ONE: &str = "SELECT id, owner, media, mime, stages FROM $id";
