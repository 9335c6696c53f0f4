//! Errand rows and what they mean outside.

use protocol::element::Visibility;
use protocol::fetch::{Fetch, FetchState};
use protocol::{Problem, Timestamp, UserId};
use surrealdb::types::{SerdeWrapper, SurrealValue};

use super::NewErrand;
use crate::error::{DbError, Result};
use crate::row::{self, Key};

#[derive(SurrealValue)]
pub(super) struct ErrandRow {
    pub id: Key,
    owner: Key,
    pub url: String,
    pub picture: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    #[surreal(wrap)]
    pub visibility: Visibility,
    pub cluster: Option<String>,
    state: String,
    pub due: i64,
    pub attempts: u32,
    problem: Option<SerdeWrapper<Problem>>,
    element: Option<String>,
    duplicate: bool,
    created_at: i64,
}

impl ErrandRow {
    pub fn owner(&self) -> Result<UserId> {
        self.owner.parse()
    }

    pub fn state(&self) -> Result<FetchState> {
        Ok(match self.state.as_str() {
            "waiting" => FetchState::Waiting,
            "fetching" => FetchState::Fetching,
            "saved" => FetchState::Saved,
            "failed" => FetchState::Failed,
            other => {
                let detail = format!("{other:?} is no state of an errand");
                return Err(DbError::Damaged(detail));
            }
        })
    }

    pub fn fetch(self) -> Result<Fetch> {
        Ok(Fetch {
            id: self.id.parse()?,
            state: self.state()?,
            element: self.element.as_deref().map(row::parse).transpose()?,
            url: self.url,
            duplicate: self.duplicate,
            error: self.problem.map(|problem| problem.0),
            created_at: Timestamp::from_millis(self.created_at),
        })
    }

    /// Whether it asks for the same.
    pub fn is_for(&self, new: &NewErrand) -> bool {
        let cluster = new.cluster.as_ref().map(ToString::to_string);
        self.url == new.url && self.picture == new.picture && self.cluster == cluster
    }
}
