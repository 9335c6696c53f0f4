//! For operators: is it alive, is it ready, how is it doing.

use std::time::{Duration, Instant};

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get};
use protocol::ErrorCode;
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use super::app::App;
use super::auth::Viewer;
use super::error::{ApiError, ApiResult};

/// How long a report holds.
const FRESH: Duration = Duration::from_secs(1);

/// What answers and what does not.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HealthReport {
    ready: bool,
    database: Part,
    models: Part,
    jobs: Part,
    events: Part,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Part {
    ok: bool,
    detail: String,
}

/// The last report and when it was made.
pub type LastReport = Mutex<Option<(Instant, HealthReport)>>;

impl HealthReport {
    /// Asks every part, or repeats what was just found: anybody may ask, and a
    /// forward pass of each model is not free. Whoever comes while parts are
    /// being asked waits for the same answer.
    async fn of(app: &App) -> Self {
        let mut last = app.health.lock().await;
        if let Some((at, report)) = &*last
            && at.elapsed() < FRESH
        {
            return report.clone();
        }
        let report = HealthReport::ask(app).await;
        *last = Some((Instant::now(), report.clone()));
        report
    }

    async fn ask(app: &App) -> Self {
        let seen = app.platform.health().await;
        let part = |check: actors::Check| Part {
            ok: check.ok,
            detail: check.detail,
        };
        HealthReport {
            ready: seen.ok(),
            database: part(seen.database),
            models: part(seen.models),
            jobs: part(seen.jobs),
            events: part(seen.events),
        }
    }
}

/// The process lives.
#[utoipa::path(tag = "operations", security(()), responses((status = 200, description = "It lives", body = String)))]
#[get("/healthz")]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}

/// Database, models and jobs answer.
#[utoipa::path(
    tag = "operations",
    security(()),
    responses(
        (status = 200, description = "Everything answers", body = HealthReport),
        (status = 503, description = "Something does not", body = HealthReport)
    )
)]
#[get("/readyz")]
pub async fn readyz(app: Data<App>) -> HttpResponse {
    let report = HealthReport::of(&app).await;
    // a server that stops wants no more work
    if report.ready && !*app.stopping.borrow() {
        HttpResponse::Ok().json(report)
    } else {
        HttpResponse::ServiceUnavailable().json(HealthReport {
            ready: false,
            ..report
        })
    }
}

/// Prometheus metrics.
#[utoipa::path(
    tag = "operations",
    security(()),
    responses((status = 200, description = "Text exposition format", body = String, content_type = "text/plain"))
)]
#[get("/metrics")]
pub async fn metrics(app: Data<App>) -> ApiResult<HttpResponse> {
    let Some(handle) = &app.metrics else {
        return Err(ApiError::new(
            ErrorCode::Unavailable,
            "metrics are not collected here",
        ));
    };
    app.platform.refresh_metrics().await;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(handle.render()))
}

/// The same as `/readyz`, for the web app.
#[utoipa::path(tag = "operations", responses((status = 200, description = "How it is doing", body = HealthReport)))]
#[get("/api/v1/admin/health")]
pub async fn health(app: Data<App>, _viewer: Viewer) -> Json<HealthReport> {
    Json(HealthReport::of(&app).await)
}
