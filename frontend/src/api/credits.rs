//! Who made the sample pictures.

use serde::Deserialize;

use super::{Failure, http};

/// One picture of the sample library.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Credit {
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub author: Option<String>,
    #[serde(default)]
    pub license: Option<String>,
    /// Where it was published.
    #[serde(default)]
    pub source: Option<String>,
}

#[derive(Deserialize)]
struct Credits {
    items: Vec<Credit>,
}

pub async fn credits() -> Result<Vec<Credit>, Failure> {
    let answer: Credits = http::get("credits").await?;
    Ok(answer.items)
}
