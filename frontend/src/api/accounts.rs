//! Accounts and logins.

use gloo::net::http::Method;
use protocol::LoginId;
use protocol::account::{LoggedIn, LoginSession, Me, MePatch};
use serde::Deserialize;
use serde_json::json;

use super::{Failure, http};

/// The account that is signed in.
pub async fn me() -> Result<Me, Failure> {
    http::get("users/me").await
}

pub async fn patch_me(patch: &MePatch) -> Result<Me, Failure> {
    http::send(Method::PATCH, "users/me", patch).await
}

pub async fn login(handle: &str, password: &str) -> Result<Me, Failure> {
    let body = json!({ "handle": handle.trim(), "password": password });
    let _: LoggedIn = http::send(Method::POST, "auth/login", &body).await?;
    me().await
}

/// An empty display name is left to the server.
pub async fn register(handle: &str, password: &str, name: &str) -> Result<Me, Failure> {
    let name = Some(name.trim()).filter(|name| !name.is_empty());
    let body = json!({ "handle": handle.trim(), "password": password, "display_name": name });
    let _: LoggedIn = http::send(Method::POST, "auth/register", &body).await?;
    me().await
}

pub async fn logout() -> Result<(), Failure> {
    http::call(Method::POST, "auth/logout").await
}

#[derive(Deserialize)]
struct Logins {
    items: Vec<LoginSession>,
}

pub async fn logins() -> Result<Vec<LoginSession>, Failure> {
    let answer: Logins = http::get("auth/sessions").await?;
    Ok(answer.items)
}

pub async fn revoke(id: &LoginId) -> Result<(), Failure> {
    http::call(Method::DELETE, &format!("auth/sessions/{id}")).await
}
