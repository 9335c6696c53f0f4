//! Explore: topics, what is in one, and clusters that grow just now.

use actix_web::get;
use actix_web::web::{Data, Json, Path, Query};
use protocol::explore::{ExploreTopics, RisingClusters};
use protocol::search::Found;

use super::app::App;
use super::auth::Viewer;
use super::error::ApiResult;
use super::paging::Paging;

/// What public pictures are about: groups that look alike, each named by what
/// is said of its pictures and not of the others'. A topic keeps its id as long
/// as it is about the same.
#[utoipa::path(
    tag = "discover",
    responses((status = 200, description = "Those with most new elements first", body = ExploreTopics))
)]
#[get("/api/v1/explore/topics")]
pub async fn topics(app: Data<App>, viewer: Viewer) -> ApiResult<Json<ExploreTopics>> {
    Ok(Json(app.platform.explore().topics(&viewer.0).await?))
}

/// The elements of a topic: what is nearest to its middle, and now and then
/// what is new. `cursor_expired` when a list is no longer kept.
#[utoipa::path(
    tag = "discover",
    params(("topic" = String, Path, description = "The topic's id"), Paging),
    responses((status = 200, description = "One page of the topic", body = Found))
)]
#[get("/api/v1/explore/topics/{topic}")]
pub async fn topic(
    app: Data<App>,
    viewer: Viewer,
    topic: Path<String>,
    paging: Query<Paging>,
) -> ApiResult<Json<Found>> {
    let limit = paging.limit();
    let cursor = paging.into_inner().cursor;
    let explore = app.platform.explore();
    Ok(Json(explore.topic(&viewer.0, &topic, cursor, limit).await?))
}

/// Public clusters that grow just now, by what was saved to them and who began
/// to follow them: what one person does counts once, what many do counts more.
#[utoipa::path(
    tag = "discover",
    responses((status = 200, description = "Those that grow most first", body = RisingClusters))
)]
#[get("/api/v1/explore/clusters")]
pub async fn rising(app: Data<App>, viewer: Viewer) -> ApiResult<Json<RisingClusters>> {
    Ok(Json(app.platform.explore().rising(&viewer.0).await?))
}
