use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::{App, BODIES_BYTES, PERMIT_BYTES, exposition, hash};
use crate::MlError;
use crate::pool::Kind;
use crate::wire::{self, Fault, Shape};

/// Every address.
pub(super) fn router(app: Arc<App>) -> Router {
    let guarded = Router::new()
        .route("/v1/status", get(status))
        .route("/v1/models/:id/unload", post(unload))
        .route("/v1/:task", post(ask))
        .route_layer(from_fn_with_state(app.clone(), only_with_token));
    Router::new()
        .route("/healthz", get(|| async { "lives\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .merge(guarded)
        .with_state(app)
}

async fn ask(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Query(shape): Query<Shape>,
    request: Request,
) -> Response {
    let started = Instant::now();
    let Some(kind) = Kind::named(&name) else {
        return plain(StatusCode::NOT_FOUND, "no_task", "no such task");
    };
    let (parts, body) = request.into_parts();
    let json = asks_for_json(&parts.headers);
    let named = parts.headers.get(wire::LANE).and_then(|v| v.to_str().ok());
    let lane = wire::lane(named.unwrap_or_default());
    let outcome = async {
        // held until the answer is there: the picture lives as long
        let (body, _room) = receive(&app, &parts.headers, body).await?;
        let task = wire::task(kind, shape, body).map_err(refusal)?;
        let answer = app.inference.ask(lane, task).await.map_err(refusal)?;
        wire::encode(&answer, json).map_err(refusal)
    };
    match outcome.await {
        Ok(answer) => {
            let millis = started.elapsed().as_millis() as u64;
            tracing::debug!(task = name, lane = lane.as_str(), millis, "answered");
            let kind = if json {
                "application/json"
            } else {
                wire::MESSAGE_PACK
            };
            ([(header::CONTENT_TYPE, kind)], answer).into_response()
        }
        Err(refused) => {
            let status = refused.status().as_u16();
            tracing::debug!(task = name, lane = lane.as_str(), status, "refused");
            *refused
        }
    }
}

/// Room for a request's body.
type Room = tokio::sync::OwnedSemaphorePermit;

/// Reads a body within bounds, once there is memory for it.
async fn receive(
    app: &App,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Vec<u8>, Room), Box<Response>> {
    let length = headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    let Some(length) = length else {
        let status = StatusCode::LENGTH_REQUIRED;
        return Err(Box::new(plain(
            status,
            "no_length",
            "content-length is needed",
        )));
    };
    if length > wire::MOST_BYTES {
        let most = format!("{length} bytes, at most {} are taken", wire::MOST_BYTES);
        return Err(Box::new(plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            &most,
        )));
    }
    let permits = u32::try_from(length.div_ceil(PERMIT_BYTES)).unwrap_or(u32::MAX);
    let room = app.bodies.clone().try_acquire_many_owned(permits);
    let room = room.map_err(|_| {
        tracing::warn!(bytes = length, most = BODIES_BYTES, "no room for a body");
        refusal(MlError::Busy { lane: "network" })
    })?;
    let bytes = to_bytes(body, length).await.map_err(|error| {
        let detail = error.to_string();
        Box::new(plain(StatusCode::BAD_REQUEST, "bad_body", &detail))
    })?;
    Ok((bytes.into(), room))
}

async fn status(State(app): State<Arc<App>>) -> Response {
    axum::Json(app.inference.status()).into_response()
}

async fn unload(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    match app.inference.unload(id).await {
        Ok(unloaded) => axum::Json(unloaded).into_response(),
        Err(error) => *refusal(error),
    }
}

async fn ready(State(app): State<Arc<App>>) -> Response {
    match app.inference.ready().await {
        Ok(()) => "ready\n".into_response(),
        // whatever the status of the error itself: not ready is 503
        Err(error) => {
            let (_, fault) = Fault::of(&error);
            (StatusCode::SERVICE_UNAVAILABLE, axum::Json(fault)).into_response()
        }
    }
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let kind = "text/plain; version=0.0.4";
    let text = exposition::text(&app.inference.status());
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

async fn only_with_token(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let shown = request.headers().get(header::AUTHORIZATION);
    let shown = shown.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    match app.secret {
        // hashes, so that how long it takes tells nothing
        Some(secret) if shown.map(hash) != Some(secret) => plain(
            StatusCode::UNAUTHORIZED,
            "unauthorised",
            "the token is wrong or missing",
        ),
        _ => next.run(request).await,
    }
}

fn asks_for_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    accept.is_some_and(|accept| accept.contains("json"))
}

fn refusal(error: MlError) -> Box<Response> {
    let (status, fault) = Fault::of(&error);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Box::new((status, axum::Json(fault)).into_response())
}

fn plain(status: StatusCode, code: &str, detail: &str) -> Response {
    let fault = Fault {
        code: code.to_owned(),
        detail: detail.to_owned(),
        ..Fault::default()
    };
    (status, axum::Json(fault)).into_response()
}
