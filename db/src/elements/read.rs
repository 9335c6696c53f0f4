//! Reading elements, each within what the viewer may see.

use std::collections::HashMap;

use protocol::element::{Element, Kind, Label, Media, Swatch, Tag, Visibility};
use protocol::value::Handle;
use protocol::{Cursor, ElementId, MediaHash, Page, Timestamp};
use surrealdb::types::{Object, SurrealValue, object};

use super::row::{ElementRow, FIELDS, newest_first};
use super::viewer::{Access, DIRECT, LISTED, SPARED, THERE, Viewer};
use super::{MediaRow, Scope};
use crate::error::{DbError, Result};
use crate::limits::READ_MAX;
use crate::row::{self, Key};
use crate::store::{Db, Tx};

/// The variant's name of the file as it came.
const ORIGINAL: &str = "original";

impl Db {
    /// One element, for whoever has its address.
    pub async fn element(&self, viewer: &Viewer, id: &ElementId) -> Result<Option<Element>> {
        let mut vars = object! { id: row::element(id) };
        viewer.bind(&mut vars);
        self.read(format!("SELECT {FIELDS} FROM $id WHERE {DIRECT}"), vars)
            .await?
            .one::<ElementRow>(0)?
            .map(ElementRow::element)
            .transpose()
    }

    /// Elements in the order asked; those that are not in the viewer's lists
    /// are left out.
    pub async fn elements(&self, viewer: &Viewer, ids: &[ElementId]) -> Result<Vec<Element>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (query, vars) = many(viewer, ids);
        let mut found = by_id(self.read(query, vars).await?.all(0)?)?;
        let last_use = |at: usize| !ids[at + 1..].contains(&ids[at]);
        Ok(ids
            .iter()
            .enumerate()
            .filter_map(|(at, id)| {
                if last_use(at) {
                    found.remove(id)
                } else {
                    found.get(id).cloned()
                }
            })
            .collect())
    }

    /// A page of elements, newest first. What is added in front of it changes
    /// neither this page nor those behind.
    pub async fn list_elements(
        &self,
        viewer: &Viewer,
        scope: Scope,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<Element>> {
        let limit = limit.clamp(1, READ_MAX);
        let beyond = match cursor {
            Some(cursor) => {
                let last = cursor.as_str().parse();
                newest_first(&last.map_err(|_| DbError::BadCursor)?)
            }
            None => String::new(),
        };
        let mut vars = object! { count: row::int(limit + 1), beyond: beyond };
        viewer.bind(&mut vars);
        let place = match scope {
            Scope::Explore if viewer.hides() => format!("shown = true AND {SPARED}"),
            Scope::Explore => "shown = true".to_owned(),
            Scope::Owner(owner) => {
                viewer.visiting(&owner).bind(&mut vars);
                vars.insert("owner", row::user(&owner));
                format!("owner = $owner AND {LISTED}")
            }
            Scope::Mine => format!("owner = $viewer AND {THERE}"),
        };
        // one range of one index: the cost is the page's
        let query = format!(
            "SELECT {FIELDS} FROM element WHERE {place} AND place > $beyond \
             ORDER BY place LIMIT $count"
        );
        let mut rows: Vec<ElementRow> = self.read(query, vars).await?.all(0)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let items = rows
            .into_iter()
            .map(ElementRow::element)
            .collect::<Result<Vec<_>>>()?;
        let next_cursor = match items.last() {
            Some(last) if more => last.id.as_str().parse().ok(),
            _ => None,
        };
        Ok(Page { items, next_cursor })
    }

    /// The media of an element, for whoever has its address.
    pub async fn element_media(
        &self,
        viewer: &Viewer,
        id: &ElementId,
    ) -> Result<Option<MediaHash>> {
        let mut vars = object! { id: row::element(id) };
        viewer.bind(&mut vars);
        let query = format!("SELECT VALUE media FROM $id WHERE {DIRECT}");
        let found: Vec<String> = self.read(query, vars).await?.all(0)?;
        found.first().map(|media| row::parse(media)).transpose()
    }

    /// What indexes in memory are made of, of all elements in order, from after
    /// `after`: call again with the last until fewer than `limit` come.
    pub async fn facts(&self, after: Option<&ElementId>, limit: usize) -> Result<Vec<FactRow>> {
        let limit = limit.clamp(1, READ_MAX);
        let mut after = after.cloned();
        let mut found = Vec::new();
        loop {
            let wanted = limit - found.len();
            let after_key = after.as_ref().map_or("", |id| id.as_str());
            let vars = object! { after: after_key.to_owned(), count: row::int(wanted) };
            // No condition: with one the engine reads far beyond the limit
            let query = format!(
                "SELECT {FACTS} FROM {} LIMIT $count",
                row::beyond("element")
            );
            let rows: Vec<FactsOf> = self.read(query, vars).await?.all(0)?;
            let full = rows.len() == wanted;
            after = rows.last().map(|row| row.id.parse()).transpose()?;
            let there = rows.into_iter().filter(|row| row.gone_at.is_none());
            for row in there {
                found.push(row.row()?);
            }
            if !full || found.len() == limit {
                return Ok(found);
            }
        }
    }

    /// May this viewer be served this file? Any visible element that shows
    /// the media is enough, and any visible account whose picture it is.
    pub async fn media_visible(
        &self,
        viewer: &Viewer,
        media: &MediaHash,
        variant: &str,
    ) -> Result<Option<MediaRow>> {
        let mut vars = object! { media: media.to_string() };
        viewer.bind(&mut vars);
        let query = format!("SELECT mime, files FROM element WHERE media = $media AND {DIRECT}");
        let rows: Vec<FilesRow> = self.read(query, vars).await?.all(0)?;
        if rows.is_empty() {
            return self.avatar_visible(viewer, media, variant).await;
        }
        Ok(rows.into_iter().find_map(|row| {
            match row.files.into_iter().find(|f| f.variant == variant) {
                Some(file) => Some(MediaRow { mime: file.mime }),
                None => (variant == ORIGINAL).then_some(MediaRow { mime: row.mime }),
            }
        }))
    }
}

/// The elements as they are within this transaction, whoever asks.
pub(crate) async fn within(tx: &Tx, ids: &[ElementId]) -> Result<HashMap<ElementId, Element>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let (query, vars) = many(&Viewer::System, ids);
    by_id(tx.run(query, vars).await?.all(0)?)
}

/// A query for listed elements by id, in no order.
pub(crate) fn many(viewer: &Viewer, ids: &[ElementId]) -> (String, Object) {
    let records: Vec<_> = ids.iter().map(row::element).collect();
    let mut vars = object! { ids: records };
    viewer.bind(&mut vars);
    (format!("SELECT {FIELDS} FROM $ids WHERE {LISTED}"), vars)
}

/// As [`many`], of elements that are opened by their address.
pub(crate) fn by_address(viewer: &Viewer, ids: &[ElementId]) -> (String, Object) {
    let (_, vars) = many(viewer, ids);
    (format!("SELECT {FIELDS} FROM $ids WHERE {DIRECT}"), vars)
}

pub(crate) fn by_id(rows: Vec<ElementRow>) -> Result<HashMap<ElementId, Element>> {
    rows.into_iter()
        .map(|row| {
            let element = row.element()?;
            Ok((element.id.clone(), element))
        })
        .collect()
}

/// What is read for the indexes in memory.
const FACTS: &str = "id, owner, owner.handle AS handle, visibility, flags ?? [] AS flags, colors, \
    tags, labels ?? [] AS labels, quality, created_at, title, description, \
    alt ?? '' AS alt, file_name, text ?? '' AS text, gone_at";

/// What is known of an element beside its vectors, and who may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct FactRow {
    pub element: ElementId,
    pub kind: Kind,
    pub access: Access,
    pub handle: Handle,
    pub colors: Vec<Swatch>,
    pub tags: Vec<Tag>,
    pub labels: Vec<Label>,
    pub quality: Option<f32>,
    pub created_at: Timestamp,
    pub title: String,
    pub description: String,
    /// What it shows, in its owner's words.
    pub alt: String,
    /// As it was uploaded; empty where it had none.
    pub file_name: String,
    /// What was read in it.
    pub text: String,
}

#[derive(SurrealValue)]
struct FactsOf {
    id: Key,
    owner: Key,
    handle: String,
    #[surreal(wrap)]
    visibility: Visibility,
    flags: Vec<String>,
    #[surreal(wrap)]
    colors: Vec<Swatch>,
    #[surreal(wrap)]
    tags: Vec<Tag>,
    #[surreal(wrap)]
    labels: Vec<Label>,
    quality: Option<f32>,
    created_at: i64,
    title: String,
    description: String,
    alt: String,
    file_name: String,
    text: String,
    gone_at: Option<i64>,
}

impl FactsOf {
    fn row(self) -> Result<FactRow> {
        Ok(FactRow {
            element: self.id.parse()?,
            kind: Kind::Image,
            access: Access {
                owner: self.owner.parse()?,
                visibility: self.visibility,
                flags: self.flags,
            },
            handle: row::parse(&self.handle)?,
            colors: self.colors,
            tags: self.tags,
            labels: self.labels,
            quality: self.quality,
            created_at: Timestamp::from_millis(self.created_at),
            title: self.title,
            description: self.description,
            alt: self.alt,
            file_name: self.file_name,
            text: self.text,
        })
    }
}

#[derive(SurrealValue)]
struct FilesRow {
    mime: String,
    #[surreal(wrap)]
    files: Vec<Media>,
}
