//! Lists of elements: newest first, home, explore, alike.

use db::Scope;
use protocol::element::Element;
use protocol::search::{Found, Hit, Why};
use protocol::value::Handle;
use protocol::{Cursor, ElementId, Page};

use super::Elements;
use crate::{PlatformError, Viewer};

/// What `GET elements` can ask for.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Only this account's elements; without it the viewer's own.
    pub owner: Option<Handle>,
    pub cursor: Option<Cursor>,
    pub limit: usize,
}

impl Elements {
    /// Elements of one account, newest first.
    ///
    /// # Errors
    /// `not_found` for an unknown handle.
    pub async fn list(
        &self,
        viewer: &Viewer,
        query: ListQuery,
    ) -> Result<Page<Element>, PlatformError> {
        let scope = match query.owner {
            None => Scope::Mine,
            Some(handle) => {
                let owner = self.db.account(&viewer.scope(), &handle).await?;
                Scope::Owner(owner.ok_or_else(|| PlatformError::not_found("account"))?)
            }
        };
        Ok(self
            .db
            .list_elements(&viewer.scope(), scope, query.cursor, query.limit)
            .await?)
    }

    /// Public elements, newest first.
    pub async fn explore(
        &self,
        viewer: &Viewer,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Found, PlatformError> {
        let page = self
            .db
            .list_elements(&viewer.scope(), Scope::Explore, cursor, limit)
            .await?;
        let hit = |element| Hit {
            because: None,
            element,
            score: None,
            why: vec![Why::Recent],
        };
        Ok(Found {
            items: page.items.into_iter().map(hit).collect(),
            divider_after: None,
            next_cursor: page.next_cursor,
            facets: Vec::new(),
            hints: Vec::new(),
            narrow: Default::default(),
        })
    }

    /// Elements that look like one, most alike first.
    ///
    /// # Errors
    /// `not_found`; an element without a vector yet has an empty answer.
    pub async fn similar(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        limit: usize,
    ) -> Result<Found, PlatformError> {
        let element = self.get(viewer, id).await?;
        let alike = self.spaces.similar(&viewer.scope(), &element.id, limit);
        let ids: Vec<ElementId> = alike.iter().map(|(id, _)| id.clone()).collect();
        let elements = self.db.elements(&viewer.scope(), &ids).await?;
        let similarity = |id: &ElementId| {
            alike
                .iter()
                .find(|(other, _)| other == id)
                .map_or(0.0, |(_, s)| *s)
        };
        let items = elements.into_iter().map(|element| {
            let similarity = similarity(&element.id);
            Hit {
                because: None,
                element,
                score: Some(similarity),
                why: vec![Why::Similar { similarity }],
            }
        });
        Ok(Found {
            items: items.collect(),
            divider_after: None,
            next_cursor: None,
            facets: Vec::new(),
            hints: Vec::new(),
            narrow: Default::default(),
        })
    }
}
