//! What accounts show of themselves, and how they stand to each other.

use gloo::net::http::Method;
use protocol::element::Element;
use protocol::profile::{DeleteAccount, People, Profile, ProfilePatch, Receipt, ReceiptQuery};
use protocol::search::{Found, Hit, Narrowing};
use protocol::value::Handle;
use protocol::visual::Region;
use protocol::{Cursor, Page};
use web_sys::{File, FormData};

use super::{Failure, http};

/// Where the archive of the account is.
pub const EXPORT: &str = "/api/v1/users/me/export";

/// How one account can stand to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    Follow,
    Mute,
    Block,
}

impl Tie {
    fn verb(self) -> &'static str {
        match self {
            Tie::Follow => "follow",
            Tie::Mute => "mute",
            Tie::Block => "block",
        }
    }

    fn list(self) -> &'static str {
        match self {
            Tie::Follow => "following",
            Tie::Mute => "muted",
            Tie::Block => "blocked",
        }
    }
}

pub async fn get(handle: &Handle) -> Result<Profile, Failure> {
    http::get(&format!("users/{handle}")).await
}

pub async fn patch(patch: &ProfilePatch) -> Result<Profile, Failure> {
    http::send(Method::PATCH, "users/me/profile", patch).await
}

/// Makes a part of a picture the account's own.
pub async fn set_avatar(file: &File, crop: Region) -> Result<Profile, Failure> {
    let form = form(file, crop).ok_or(Failure::Garbled)?;
    let request = http::request(Method::PUT, "users/me/avatar").body(form);
    let request = request.map_err(|_| Failure::Garbled)?;
    http::read(request.send().await.map_err(|_| Failure::Offline)?).await
}

/// The crop stands before the file: it is known before the file is read.
fn form(file: &File, crop: Region) -> Option<FormData> {
    let text = serde_json::to_string(&crop).ok()?;
    let form = FormData::new().ok()?;
    form.append_with_str("crop", &text).ok()?;
    form.append_with_blob_and_filename("file", file, &file.name())
        .ok()?;
    Some(form)
}

pub async fn remove_avatar() -> Result<Profile, Failure> {
    http::fetch(Method::DELETE, "users/me/avatar").await
}

pub async fn tie(handle: &Handle, tie: Tie, on: bool) -> Result<(), Failure> {
    let method = if on { Method::PUT } else { Method::DELETE };
    http::call(method, &format!("users/{handle}/{}", tie.verb())).await
}

pub async fn people(tie: Tie) -> Result<People, Failure> {
    http::get(&format!("users/me/{}", tie.list())).await
}

/// What an account likes, where it shows that.
pub async fn likes(handle: &Handle, cursor: Option<&Cursor>) -> Result<Found, Failure> {
    let after = cursor.map_or_else(String::new, |c| {
        format!("?cursor={}", http::escape(c.as_str()))
    });
    let page: Page<Element> = http::get(&format!("users/{handle}/likes{after}")).await?;
    let hit = |element| Hit {
        element,
        score: None,
        why: Vec::new(),
        because: None,
    };
    Ok(Found {
        items: page.items.into_iter().map(hit).collect(),
        divider_after: None,
        next_cursor: page.next_cursor,
        facets: Vec::new(),
        narrow: Narrowing::default(),
        hints: Vec::new(),
    })
}

/// What would be erased with the account.
pub async fn deletion() -> Result<Receipt, Failure> {
    http::get("users/me/deletion").await
}

pub async fn delete(password: &str) -> Result<Receipt, Failure> {
    let form = DeleteAccount {
        password: password.to_owned(),
    };
    http::send(Method::POST, "users/me/deletion", &form).await
}

/// How far an erasure is.
pub async fn receipt(id: &str) -> Result<Receipt, Failure> {
    let query = ReceiptQuery { id: id.to_owned() };
    http::send(Method::POST, "receipts", &query).await
}
