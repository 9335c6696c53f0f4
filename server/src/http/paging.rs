//! `cursor` and `limit` of every list.

use protocol::{Cursor, limits};
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;

/// Where in a list, and how much of it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// `next_cursor` of the page before; none for the first page.
    #[serde(default, deserialize_with = "maybe")]
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
    /// Items on the page, 1 to 100; 40 when it is not said.
    #[serde(default)]
    limit: Option<usize>,
}

impl Paging {
    pub fn limit(&self) -> usize {
        limits::page(self.limit)
    }
}

/// An empty `cursor=` is the first page.
fn maybe<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Cursor>, D::Error> {
    match Option::<String>::deserialize(input)?.as_deref() {
        None | Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(serde::de::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::web::Query;

    use super::*;

    #[test]
    fn a_page_is_never_empty_nor_boundless() {
        let limit = |query: &str| Query::<Paging>::from_query(query).unwrap().limit();
        assert_eq!(limit(""), limits::PAGE_DEFAULT);
        assert_eq!(limit("limit=0"), 1);
        assert_eq!(limit("limit=100000"), limits::PAGE_MAX);
        assert_eq!(limit("cursor="), limits::PAGE_DEFAULT);
        assert!(Query::<Paging>::from_query("cursor=%20").is_err());
    }
}
