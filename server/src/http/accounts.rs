//! Accounts: register, log in and out, the logins of an account.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use protocol::LoginId;
use protocol::account::{LoggedIn, Login, LoginSession, Me, MePatch, Register};
use serde::Serialize;
use utoipa::ToSchema;

use super::app::App;
use super::auth::{self, Viewer};
use super::body::Body;
use super::client::client;
use super::error::ApiResult;

/// The logins of an account; the one that asks comes first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Logins {
    items: Vec<LoginSession>,
}

/// Opens an account, logs it in and sets the cookie of the web app.
#[utoipa::path(
    tag = "accounts",
    security(()),
    request_body = Register,
    responses((status = 201, description = "The account is open and logged in", body = LoggedIn))
)]
#[post("/api/v1/auth/register")]
pub async fn register(
    req: HttpRequest,
    app: web::Data<App>,
    form: Body<Register>,
) -> ApiResult<HttpResponse> {
    let from = client(&req, &app.settings.trusted_proxies);
    let answer = app.platform.accounts().register(form.0, from).await?;
    Ok(HttpResponse::Created()
        .cookie(auth::cookie(&req, answer.token.clone()))
        .json(answer))
}

/// Logs in and sets the cookie of the web app.
#[utoipa::path(
    tag = "accounts",
    security(()),
    request_body = Login,
    responses((status = 200, description = "Logged in", body = LoggedIn))
)]
#[post("/api/v1/auth/login")]
pub async fn login(
    req: HttpRequest,
    app: web::Data<App>,
    form: Body<Login>,
) -> ApiResult<HttpResponse> {
    let from = client(&req, &app.settings.trusted_proxies);
    let answer = app.platform.accounts().login(form.0, from).await?;
    Ok(HttpResponse::Ok()
        .cookie(auth::cookie(&req, answer.token.clone()))
        .json(answer))
}

/// Ends the login that asks, and its sockets.
#[utoipa::path(tag = "accounts", responses((status = 204, description = "Logged out")))]
#[post("/api/v1/auth/logout")]
pub async fn logout(
    req: HttpRequest,
    app: web::Data<App>,
    viewer: Viewer,
) -> ApiResult<HttpResponse> {
    app.platform.accounts().logout(&viewer.0).await?;
    Ok(HttpResponse::NoContent()
        .cookie(auth::no_cookie(&req))
        .finish())
}

/// Where the account is logged in.
#[utoipa::path(tag = "accounts", responses((status = 200, description = "All logins", body = Logins)))]
#[get("/api/v1/auth/sessions")]
pub async fn sessions(app: web::Data<App>, viewer: Viewer) -> ApiResult<web::Json<Logins>> {
    let items = app.platform.accounts().logins(&viewer.0).await?;
    Ok(web::Json(Logins { items }))
}

/// Ends one login; its sockets close within a second.
#[utoipa::path(
    tag = "accounts",
    params(("id" = LoginId, Path, description = "The login")),
    responses((status = 204, description = "The login has ended"))
)]
#[delete("/api/v1/auth/sessions/{id}")]
pub async fn revoke(
    app: web::Data<App>,
    viewer: Viewer,
    id: web::Path<LoginId>,
) -> ApiResult<HttpResponse> {
    app.platform.accounts().revoke(&viewer.0, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The account that asks, with its role and preferences.
#[utoipa::path(tag = "accounts", responses((status = 200, description = "The account", body = Me)))]
#[get("/api/v1/users/me")]
pub async fn me(app: web::Data<App>, viewer: Viewer) -> ApiResult<web::Json<Me>> {
    Ok(web::Json(app.platform.accounts().me(&viewer.0).await?))
}

/// Changes the preferences of the account that asks.
#[utoipa::path(
    tag = "accounts",
    request_body = MePatch,
    responses((status = 200, description = "The account as it is now", body = Me))
)]
#[patch("/api/v1/users/me")]
pub async fn update_me(
    app: web::Data<App>,
    viewer: Viewer,
    patch: Body<MePatch>,
) -> ApiResult<web::Json<Me>> {
    let changed = app.platform.accounts().update(&viewer.0, patch.0).await?;
    Ok(web::Json(changed))
}
