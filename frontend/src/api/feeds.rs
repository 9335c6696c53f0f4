//! Lists: feeds, searches, what one account saved.

use gloo::net::http::Method;
use protocol::element::Element;
use protocol::search::{Found, Hit};
use protocol::value::Handle;
use protocol::{Cursor, ElementId, Page};

use super::Failure;
use super::http::{call, escape, get};

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
        narrow: Default::default(),
    })
}

fn paged(path: &str, cursor: Option<&Cursor>) -> String {
    match cursor {
        Some(cursor) => format!("{path}&cursor={cursor}"),
        None => path.to_owned(),
    }
}

/// Says that the home feed should show less like this, or takes it back.
pub async fn less(id: &ElementId, less: bool) -> Result<(), Failure> {
    let method = if less { Method::PUT } else { Method::DELETE };
    call(method, &format!("feed/less/{id}")).await
}
