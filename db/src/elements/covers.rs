//! As much of elements as it takes to show them on a cover.

use protocol::ElementId;
use protocol::cluster::CoverPicture;
use protocol::element::Media;
use surrealdb::types::{RecordId, SurrealValue, object};

use super::viewer::{LISTED, Viewer};
use crate::error::Result;
use crate::row::{self, Key};
use crate::store::Db;

impl Db {
    /// Those of the elements that are in the viewer's lists and have a picture,
    /// in no order.
    pub async fn covers(&self, viewer: &Viewer, ids: &[ElementId]) -> Result<Vec<CoverPicture>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let records: Vec<RecordId> = ids.iter().map(row::element).collect();
        let mut vars = object! { ids: records };
        viewer.bind(&mut vars);
        let query = format!(
            "SELECT id AS element, width, height, thumbhash, files FROM $ids WHERE {LISTED}"
        );
        let rows: Vec<CoverRow> = self.read(query, vars).await?.all(0)?;
        let shown = rows.into_iter().filter(|row| !row.files.is_empty());
        shown.map(CoverRow::picture).collect()
    }
}

#[derive(SurrealValue)]
pub(crate) struct CoverRow {
    pub element: Key,
    width: u32,
    height: u32,
    thumbhash: String,
    #[surreal(wrap)]
    pub files: Vec<Media>,
}

impl CoverRow {
    pub(crate) fn picture(self) -> Result<CoverPicture> {
        Ok(CoverPicture {
            element: self.element.parse()?,
            width: self.width,
            height: self.height,
            thumbhash: self.thumbhash,
            media: self.files,
        })
    }
}
