//! How far an element is: its stages, its state, and who is told.

use protocol::element::{Media, Stage, StageName, StageState, State, Visibility};
use protocol::event::{Event, StageChange};
use protocol::{ElementId, Topic, UserId};
use surrealdb::types::{Object, SerdeWrapper, SurrealValue, object};

use super::queue::INTERACTIVE;
use crate::elements::row::shown;
use crate::error::Result;
use crate::notifications::{self, News};
use crate::outbox::{self, ElementEvent, Notice};
use crate::row::{self, Key};
use crate::store::Tx;

/// An element's progress within a transaction: read, changed, written once.
pub(crate) struct Progress {
    pub(crate) id: ElementId,
    owner: UserId,
    pub(super) visibility: Visibility,
    pub(super) files: Vec<Media>,
    pub(super) stages: Vec<Stage>,
    state: State,
    /// Its state before the change.
    before: State,
    /// Its owner is told when all is through: nobody waits for backfill.
    waited: bool,
    notices: Vec<Notice>,
    /// What is to be written to the element's row.
    columns: Object,
    stages_changed: bool,
}

#[derive(SurrealValue)]
struct ProgressRow {
    owner: Key,
    #[surreal(wrap)]
    visibility: Visibility,
    #[surreal(wrap)]
    files: Vec<Media>,
    #[surreal(wrap)]
    stages: Vec<Stage>,
    #[surreal(wrap)]
    state: State,
}

impl Progress {
    /// None when the element is gone.
    pub(super) async fn read(tx: &Tx, id: &ElementId) -> Result<Option<Self>> {
        let row: Option<ProgressRow> = tx
            .run(
                "SELECT owner, visibility, files, stages, state FROM $id",
                object! { id: row::element(id) },
            )
            .await?
            .one(0)?;
        row.map(|row| {
            Ok(Self {
                id: id.clone(),
                owner: row.owner.parse()?,
                visibility: row.visibility,
                files: row.files,
                stages: row.stages,
                state: row.state,
                before: row.state,
                waited: false,
                notices: Vec::new(),
                columns: Object::new(),
                stages_changed: false,
            })
        })
        .transpose()
    }

    /// Sets a stage and tells, unless it is so already.
    pub(super) fn set(&mut self, name: StageName, state: StageState, error: Option<&str>) {
        let error = error.map(str::to_owned);
        let Some(stage) = self.stages.iter_mut().find(|s| s.name == name) else {
            return;
        };
        if stage.state == state && stage.error == error {
            return;
        }
        (stage.state, stage.error) = (state, error);
        let stage = stage.clone();
        self.stages_changed = true;
        self.state = self.overall();
        let change = Event::ElementStage(StageChange {
            id: self.id.clone(),
            stage,
            state: self.state,
        });
        self.notices.push(Notice::plain(self.topics(), change));
    }

    /// The change is made by a job of this lane.
    pub(super) fn made_in(&mut self, lane: i64) {
        self.waited |= lane == INTERACTIVE;
    }

    /// Sets a column of the element's row.
    pub(crate) fn put(&mut self, column: &str, value: impl SurrealValue) {
        self.columns.insert(column, value);
    }

    pub(super) fn stage(&self, name: StageName) -> Option<StageState> {
        self.stages.iter().find(|s| s.name == name).map(|s| s.state)
    }

    /// Is the stage still to be done?
    pub(super) fn is_open(&self, name: StageName) -> bool {
        let open = |state| matches!(state, StageState::Waiting | StageState::Running);
        self.stage(name).is_some_and(open)
    }

    pub(crate) fn shown(&self) -> bool {
        shown(self.visibility, &self.files)
    }

    /// Says on the topic of new elements that this one can be looked at.
    pub(super) fn announce(&mut self) {
        self.notices.push(Notice::element(
            vec![Topic::Explore],
            ElementEvent::Added,
            self.id.clone(),
        ));
    }

    /// Writes what was set, and tells when all is through.
    pub(crate) async fn write(mut self, tx: &Tx) -> Result<()> {
        if self.stages_changed {
            self.put("stages", SerdeWrapper(self.stages.clone()));
            self.put("state", SerdeWrapper(self.state));
            if self.state != State::Processing {
                let ready = Notice::element(self.topics(), ElementEvent::Ready, self.id.clone());
                self.notices.push(ready);
            }
        }
        self.tell(tx).await?;
        if !self.columns.is_empty() {
            let vars = object! { id: row::element(&self.id), columns: self.columns };
            tx.run("UPDATE $id MERGE $columns RETURN NONE", vars)
                .await?;
        }
        outbox::write(tx, &self.notices).await
    }

    /// Tells the owner when what they wait for is through.
    async fn tell(&self, tx: &Tx) -> Result<()> {
        let over = self.before == State::Processing && self.state != State::Processing;
        if !over || !self.waited {
            return Ok(());
        }
        let failed = self.state == State::Failed;
        let other = News::ready(self.owner.clone(), &self.id, !failed);
        notifications::retract(tx, &other).await?;
        let news = News::ready(self.owner.clone(), &self.id, failed);
        notifications::tell(tx, &[news]).await
    }

    /// Where its owner and those who look at it listen.
    pub(crate) fn topics(&self) -> Vec<Topic> {
        vec![
            Topic::User(self.owner.clone()),
            Topic::Element(self.id.clone()),
        ]
    }

    fn overall(&self) -> State {
        let over = |s: &Stage| matches!(s.state, StageState::Done | StageState::Failed);
        if !self.stages.iter().all(over) {
            State::Processing
        } else if self.stage(StageName::Preview) == Some(StageState::Failed) {
            State::Failed
        } else {
            State::Ready
        }
    }
}
