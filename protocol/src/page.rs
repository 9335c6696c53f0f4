//! Lists.

use serde::{Deserialize, Serialize};

use crate::Cursor;

/// One page of a list. Ask for the next with `cursor=next_cursor`; pages stay
/// stable while things are added in front of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_cursor: Option<Cursor>,
}
