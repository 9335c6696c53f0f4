//! Uploads.

use serde::{Deserialize, Serialize};

use crate::element::State;
use crate::{ElementId, Problem};

/// Answer 202 to an upload: one entry per file, in the order of the files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Uploaded {
    pub elements: Vec<UploadedFile>,
}

/// What became of one file. `accepted` means durable: it survives a crash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum UploadedFile {
    Accepted {
        id: ElementId,
        state: State,
        /// The same file was saved before by this account: this is that element.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duplicate_of: Option<ElementId>,
    },
    Refused {
        error: Problem,
    },
}
