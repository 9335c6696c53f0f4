//! Leaving: everything that an account has as an archive, and its deletion.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, get, post};
use futures_util::stream;
use protocol::profile::{DeleteAccount, Receipt, ReceiptQuery};

use super::app::App;
use super::auth::{self, Viewer};
use super::body::Body;
use super::error::ApiResult;

/// All that the account has as a tar archive: originals as they were uploaded
/// (with the places where they were taken), what is said of them, clusters,
/// likes, people. `asterism import FILE --as HANDLE` takes it back. It ends with
/// `complete.json`; an archive without it was cut off.
#[utoipa::path(
    tag = "accounts",
    responses((status = 200, description = "The archive", body = Vec<u8>, content_type = "application/x-tar"))
)]
#[get("/api/v1/users/me/export")]
pub async fn export(app: Data<App>, viewer: Viewer) -> ApiResult<HttpResponse> {
    let pieces = app.platform.profiles().export(&viewer.0).await?;
    let name = format!("asterism-{}.tar", viewer.0.user.handle);
    let body = stream::unfold(pieces, |mut pieces| async move {
        let piece = pieces.recv().await?;
        Some((piece.map_err(std::io::Error::other), pieces))
    });
    Ok(HttpResponse::Ok()
        .content_type("application/x-tar")
        .insert_header((
            "content-disposition",
            format!("attachment; filename=\"{name}\""),
        ))
        .streaming(Box::pin(body)))
}

/// What would be erased with the account: the receipt before it is one.
#[utoipa::path(
    tag = "accounts",
    responses((status = 200, description = "Counts by kind", body = Receipt))
)]
#[get("/api/v1/users/me/deletion")]
pub async fn preview(app: Data<App>, viewer: Viewer) -> ApiResult<Json<Receipt>> {
    Ok(Json(
        app.platform.profiles().closing_preview(&viewer.0).await?,
    ))
}

/// Deletes the account for good. All its logins end at once, nobody finds it
/// any more, and all that it has is erased from then on. Owned clusters with
/// editors go to the one who is it longest; all others are removed.
#[utoipa::path(
    tag = "accounts",
    request_body = DeleteAccount,
    responses((status = 202, description = "It is being erased; the receipt's id is told this once", body = Receipt))
)]
#[post("/api/v1/users/me/deletion")]
pub async fn delete(
    req: HttpRequest,
    app: Data<App>,
    viewer: Viewer,
    form: Body<DeleteAccount>,
) -> ApiResult<HttpResponse> {
    let closed = app.platform.profiles().close(&viewer.0, form.0).await?;
    Ok(HttpResponse::Accepted()
        .cookie(auth::no_cookie(&req))
        .json(closed))
}

/// How far an erasure is, for whoever has its receipt, for 30 days. By `POST`,
/// so that the id stands in no log.
#[utoipa::path(
    tag = "accounts",
    security(()),
    request_body = ReceiptQuery,
    responses((status = 200, description = "What is erased by now", body = Receipt))
)]
#[post("/api/v1/receipts")]
pub async fn receipt(app: Data<App>, query: Body<ReceiptQuery>) -> ApiResult<Json<Receipt>> {
    Ok(Json(app.platform.profiles().receipt(&query.0.id).await?))
}
