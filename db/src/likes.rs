//! user -> likes -> element.

use protocol::element::Element;
use protocol::{ElementId, UserId};
use surrealdb::types::{Array, Object, RecordId, SurrealValue, object};

use crate::elements::Viewer;
use crate::elements::newest_first;
use crate::error::Result;
use crate::id::now_millis;
use crate::limits::READ_MAX;
use crate::notifications::{self, News};
use crate::row::{self, Key};
use crate::store::{Db, Tx};

impl Db {
    /// Likes an element, or takes that back; doing it twice is doing it once.
    /// None when the viewer may not see it.
    pub async fn like(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        liked: bool,
    ) -> Result<Option<Element>> {
        let (Some(user), Some(_)) = (viewer.id(), self.element(viewer, id).await?) else {
            return Ok(None);
        };
        let (who, what) = (user.clone(), id.clone());
        self.write("a like", move |tx| {
            let (who, what) = (who.clone(), what.clone());
            Box::pin(async move { set(tx, &who, &what, liked).await })
        })
        .await?;
        self.element(viewer, id).await
    }

    /// Those of the elements that the viewer likes, in the order asked.
    pub async fn likes_among(&self, viewer: &Viewer, ids: &[ElementId]) -> Result<Vec<ElementId>> {
        let Some(user) = viewer.id() else {
            return Ok(Vec::new());
        };
        let edges: Vec<RecordId> = ids.iter().map(|id| key(user, id)).collect();
        // each by its key: nothing is searched
        let rows: Vec<LikedRow> = self.read(AMONG, object! { edges: edges }).await?.all(0)?;
        let liked = rows.into_iter().map(|row| row.out.parse());
        let liked: Vec<ElementId> = liked.collect::<Result<_>>()?;
        let mut asked: Vec<ElementId> = Vec::new();
        for id in ids {
            if liked.contains(id) && !asked.contains(id) {
                asked.push(id.clone());
            }
        }
        Ok(asked)
    }

    /// The elements that were liked last, by anybody.
    pub async fn liked_ids(&self, limit: usize) -> Result<Vec<ElementId>> {
        let vars = object! { count: row::int(limit.clamp(1, READ_MAX)) };
        let rows: Vec<LikedRow> = self.read(LIKED, vars).await?.all(0)?;
        let mut ids: Vec<ElementId> = Vec::new();
        for row in rows {
            let id = row.out.parse()?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }
}

async fn set(tx: &Tx, user: &UserId, id: &ElementId, liked: bool) -> Result<()> {
    let place = newest_first(&crate::Fresh::fresh());
    let vars = object! {
        edge: key(user, id),
        like: row(user, id, now_millis(), place),
        element: row::element(id),
    };
    let mut answer = tx.run(STANDING, vars.clone()).await?;
    let before = !answer.all::<Key>(0)?.is_empty();
    let owner: Option<Key> = answer.one(1)?;
    let Some(owner) = owner.filter(|_| before != liked) else {
        return Ok(());
    };
    tx.run(if liked { LIKE } else { UNLIKE }, vars).await?;
    let news = News::liked(owner.parse()?, id, user);
    match liked {
        true => notifications::tell(tx, &[news]).await,
        false => notifications::retract(tx, &news).await,
    }
}

fn key(user: &UserId, element: &ElementId) -> RecordId {
    let parts = vec![
        user.to_string().into_value(),
        element.to_string().into_value(),
    ];
    RecordId::new("likes", Array::from(parts))
}

/// The edge. `place` sorts the newest first.
pub(crate) fn row(user: &UserId, element: &ElementId, at: i64, place: String) -> Object {
    object! {
        id: key(user, element),
        in: row::user(user),
        out: row::element(element),
        at: at,
        place: place,
    }
}

const STANDING: &str = "SELECT VALUE out FROM $edge; SELECT VALUE owner FROM $element";

const LIKE: &str = "INSERT RELATION INTO likes $like RETURN NONE; \
    UPDATE $element SET likes = (likes ?? 0) + 1 RETURN NONE;";

const UNLIKE: &str = "DELETE $edge RETURN NONE; \
    UPDATE $element SET likes = math::max([(likes ?? 0) - 1, 0]) RETURN NONE;";

const LIKED: &str = "SELECT out, place FROM likes WHERE place > '' ORDER BY place LIMIT $count";

const AMONG: &str = "SELECT out FROM $edges WHERE out != NONE";

#[derive(SurrealValue)]
struct LikedRow {
    out: Key,
}
