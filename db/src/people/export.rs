//! What an archive of an account is made of, and what taking one back needs.

use protocol::element::{Element, Visibility};
use protocol::{ClusterId, ElementId, MediaHash, UserId};
use surrealdb::types::{SurrealValue, object};

use crate::clusters;
use crate::elements::row::{ElementRow, FIELDS};
use crate::elements::viewer::THERE;
use crate::elements::{Viewer, newest_first};
use crate::error::Result;
use crate::id::Fresh;
use crate::limits::READ_MAX;
use crate::people::IdRow;
use crate::row::{self, Key};
use crate::store::Db;

/// An element with what only its owner is told.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportRow {
    pub element: Element,
    pub media: MediaHash,
    /// Of the file as it came.
    pub mime: String,
    pub declares_ai: bool,
}

impl Db {
    /// Elements of an account, newest first, behind one of them.
    pub async fn export_elements(
        &self,
        owner: &UserId,
        after: Option<&ElementId>,
        limit: usize,
    ) -> Result<Vec<ExportRow>> {
        let vars = object! {
            owner: row::user(owner),
            after: after.map(newest_first).unwrap_or_default(),
            count: row::int(limit.clamp(1, READ_MAX)),
        };
        let select = |fields: &str| {
            format!(
                "SELECT {fields} FROM element WHERE owner = $owner AND place > $after AND {THERE} \
                 ORDER BY place LIMIT $count;"
            )
        };
        // of one state: both are read at once
        let own = "id, place, media, mime, declares_ai ?? false AS declares_ai";
        let query = select(FIELDS) + &select(own);
        let mut answer = self.read(query, vars).await?;
        let elements: Vec<ElementRow> = answer.all(0)?;
        let own: Vec<OwnRow> = answer.all(1)?;
        let rows = elements
            .into_iter()
            .zip(own)
            .filter(|(e, own)| e.id == own.id);
        rows.map(|(element, own)| {
            Ok(ExportRow {
                element: element.element()?,
                media: row::parse(&own.media)?,
                mime: own.mime,
                declares_ai: own.declares_ai,
            })
        })
        .collect()
    }

    /// The viewer's cluster that stands for an exported one: the same, where it
    /// is still there, or one that was made of it, now or before.
    ///
    /// # Errors
    /// [`DbError::Full`](crate::DbError::Full) when the account has as many as
    /// it may.
    pub async fn import_cluster(
        &self,
        viewer: &Viewer,
        source: &ClusterId,
        name: String,
        description: String,
        visibility: Visibility,
    ) -> Result<ClusterId> {
        let owner = clusters::account(viewer)?.clone();
        let (id, source) = (ClusterId::fresh(), source.clone());
        let new = clusters::NewCluster {
            id,
            owner,
            name,
            description,
            visibility,
        };
        self.write("an imported cluster", move |tx| {
            let (new, source) = (new.clone(), source.clone());
            Box::pin(async move {
                let vars = object! {
                    owner: row::user(&new.owner),
                    source: source.to_string(),
                    same: clusters::cluster(&source),
                };
                let mut answer = tx.run(KNOWN, vars).await?;
                let known = match answer.one::<IdRow>(0)? {
                    Some(same) => Some(same),
                    None => answer.one::<IdRow>(1)?,
                };
                if let Some(known) = known {
                    return known.id.parse();
                }
                let vars = object! { id: clusters::cluster(&new.id), source: source.to_string() };
                clusters::make(tx, &new).await?;
                tx.run("UPDATE $id SET imported_from = $source RETURN NONE", vars)
                    .await?;
                Ok(new.id)
            })
        })
        .await
    }
}

const KNOWN: &str = "SELECT id FROM $same WHERE owner = $owner AND gone_at = NONE; \
    SELECT id FROM cluster WHERE owner = $owner AND imported_from = $source \
        AND gone_at = NONE LIMIT 1;";

#[derive(SurrealValue)]
struct OwnRow {
    id: Key,
    media: String,
    mime: String,
    declares_ai: bool,
}
