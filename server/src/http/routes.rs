//! The one list of handlers: what is served is what is documented.

use actix_web::web::{Data, ServiceConfig, to};
use actix_web::{HttpRequest, HttpResponse};
use protocol::ErrorCode;
use utoipa::OpenApi;

use super::app::App;
use super::error::ApiError;
use super::openapi::Finish;
use super::{
    accounts, admin, by_url, closing, clusters, credits, devices, discover, documents, elements,
    explore, files, labels, members, notifications, ops, profiles, statics, tags, upload, visual,
};
use crate::ws;

macro_rules! routes {
    ($($module:ident::$handler:ident),+ $(,)?) => {
        /// All handlers as one OpenAPI document.
        #[derive(OpenApi)]
        #[openapi(
            info(
                title = "Asterism",
                description = "Self-hosted visual discovery, live. Errors are problems of RFC 9457 with a closed `code`. Lists have opaque cursors. Log in for a token (`Authorization: Bearer …`) or let the browser keep the cookie. What happens live comes over the WebSocket: `/api/v1/asyncapi.json`."
            ),
            paths($($module::$handler),+),
            components(schemas(protocol::Problem, protocol::MediaHash)),
            security(("bearer" = []), ("cookie" = [])),
            modifiers(&Finish)
        )]
        pub struct Routes;

        /// Puts every handler in its place, and the web app behind them.
        pub fn configure(config: &mut ServiceConfig) {
            config$(.service($module::$handler))+.default_service(to(other));
        }

        /// How many handlers there are.
        #[cfg(test)]
        pub const COUNT: usize = [$(stringify!($handler)),+].len();
    };
}

// An address without holes stands before one that would swallow it.
routes! {
    accounts::register,
    accounts::login,
    accounts::logout,
    accounts::sessions,
    accounts::revoke,
    accounts::me,
    accounts::update_me,
    profiles::update,
    profiles::set_avatar,
    profiles::remove_avatar,
    profiles::following,
    profiles::muted,
    profiles::blocked,
    closing::export,
    closing::preview,
    closing::delete,
    closing::receipt,
    profiles::get,
    profiles::likes,
    profiles::follow,
    profiles::unfollow,
    profiles::mute,
    profiles::unmute,
    profiles::block,
    profiles::unblock,
    upload::upload,
    elements::list,
    elements::bulk,
    elements::likes,
    by_url::save,
    by_url::list,
    by_url::look,
    by_url::retry,
    by_url::get,
    by_url::remove,
    tags::bulk,
    tags::undo_bulk,
    elements::similar,
    visual::subjects,
    elements::retry,
    labels::set_tag,
    labels::drop_tag,
    labels::appeal,
    elements::like,
    elements::unlike,
    elements::get,
    elements::update,
    elements::remove,
    elements::restore,
    elements::audience,
    elements::neighbours,
    clusters::create,
    clusters::mine,
    clusters::suggest,
    members::join,
    clusters::of_user,
    clusters::holding,
    clusters::get,
    clusters::update,
    clusters::remove,
    clusters::restore,
    clusters::audience,
    clusters::items,
    clusters::add,
    clusters::place,
    clusters::take,
    clusters::recommendations,
    members::list,
    members::set,
    members::leave,
    members::invite,
    members::follow,
    members::unfollow,
    notifications::list,
    notifications::read,
    notifications::preferences,
    notifications::prefer,
    discover::search,
    discover::tags,
    tags::page,
    tags::update,
    tags::alias,
    tags::no_alias,
    tags::imply,
    tags::not_imply,
    tags::merge,
    tags::history,
    tags::undo,
    discover::home,
    discover::explore,
    explore::topics,
    explore::topic,
    explore::rising,
    visual::visual,
    visual::picture,
    discover::less,
    discover::not_less,
    credits::credits,
    devices::create,
    devices::list,
    devices::get,
    devices::update,
    devices::remove,
    devices::rotate,
    devices::revoke,
    devices::set,
    admin::models,
    admin::actors,
    admin::unload,
    admin::jobs,
    admin::retry,
    admin::reviews,
    admin::rule,
    admin::set_role,
    ops::health,
    documents::openapi_json,
    documents::asyncapi_json,
    ws::open,
    files::media,
    ops::healthz,
    ops::readyz,
    ops::metrics,
}

/// Whatever no handler took: a wrong method, nothing, or the web app.
async fn other(req: HttpRequest, app: Data<App>) -> HttpResponse {
    if let Some(methods) = app.documents.methods(req.path()) {
        let allowed = methods
            .iter()
            .map(|m| m.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        let detail = format!("only {allowed} here");
        let mut response = ApiError::new(ErrorCode::MethodNotAllowed, detail).respond();
        if let Ok(value) = allowed.parse() {
            response
                .headers_mut()
                .insert(actix_web::http::header::ALLOW, value);
        }
        return response;
    }
    if ["/api", "/media"]
        .iter()
        .any(|area| within(req.path(), area))
    {
        return ApiError::new(ErrorCode::NotFound, "nothing has this address").respond();
    }
    statics::serve(&req, app.settings.static_dir.as_deref()).await
}

fn within(path: &str, area: &str) -> bool {
    path.strip_prefix(area)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
