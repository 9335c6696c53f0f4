//! Lists: feeds, searches, what one account saved.

use protocol::element::Element;
use protocol::search::{Found, Hit};
use protocol::value::Handle;
use protocol::{Cursor, Page};

use super::Failure;
use super::http::{escape, get};

pub async fn home(cursor: Option<&Cursor>) -> Result<Found, Failure> {
    get(&paged("feed/home?", cursor)).await
}

pub async fn explore(cursor: Option<&Cursor>) -> Result<Found, Failure> {
    get(&paged("feed/explore?", cursor)).await
}

pub async fn search(words: &str, cursor: Option<&Cursor>) -> Result<Found, Failure> {
    get(&paged(&format!("search?q={}", escape(words)), cursor)).await
}

pub async fn owned(owner: &Handle, cursor: Option<&Cursor>) -> Result<Found, Failure> {
    let path = format!("elements?owner={}", escape(owner.as_str()));
    let page: Page<Element> = get(&paged(&path, cursor)).await?;
    let hit = |element| Hit {
        because: None,
        element,
        score: None,
        why: Vec::new(),
    };
    Ok(Found {
        items: page.items.into_iter().map(hit).collect(),
        divider_after: None,
        next_cursor: page.next_cursor,
        facets: Vec::new(),
        hints: Vec::new(),
    })
}

fn paged(path: &str, cursor: Option<&Cursor>) -> String {
    match cursor {
        Some(cursor) => format!("{path}&cursor={cursor}"),
        None => path.to_owned(),
    }
}
