//! What happens to every request: an id, the origin check, headers, problems
//! in place of bare errors, the access log and the request metrics.

use std::time::{Duration, Instant};

use actix_web::Error;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use protocol::ErrorCode;
use tracing::Instrument;

use super::app::App;
use super::error::{self, ApiError, PROBLEM_JSON};
use super::{client, origin, security};

/// Header that names a request in answer and log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Route label of requests that no handler took.
const NO_ROUTE: &str = "none";

/// The outermost layer.
///
/// # Errors
/// None of its own; those of layers below pass through.
pub async fn edge(
    app: Data<App>,
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<BoxBody>>, Error> {
    let begun = Instant::now();
    let id = format!("{:016x}", rand::random::<u64>());
    let (method, path) = (req.method().clone(), req.path().to_owned());
    let address = client::address(req.request(), &app.settings.trusted_proxies);
    let mut response = if origin::write_allowed(req.request(), &app.settings.allowed_origins) {
        let span = tracing::info_span!("request", id);
        next.call(req).instrument(span).await?.map_into_boxed_body()
    } else {
        let refusal = ApiError::new(ErrorCode::Forbidden, "this page may not use this server");
        req.into_response(refusal.respond())
    };
    if is_bare_error(&response, &path) {
        response = explain(response);
    }
    let headers = response.headers_mut();
    security::protect(headers);
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    if path.starts_with("/api/") && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let route = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| NO_ROUTE.into());
    let (status, took) = (response.status(), begun.elapsed());
    count(&method, &route, status, took);
    note(&id, &method, &path, status, took, &address.to_string());
    Ok(response.map_into_left_body())
}

/// An error of ours is JSON already; what the framework says is not.
fn is_bare_error(response: &ServiceResponse<BoxBody>, path: &str) -> bool {
    let status = response.status();
    let for_programs = path.starts_with("/api/") || path.starts_with("/media/");
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .map(HeaderValue::as_bytes);
    (status.is_client_error() || status.is_server_error())
        && for_programs
        && !kind.is_some_and(|k| k.starts_with(b"application/"))
}

fn explain(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let problem = error::of_status(response.status());
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let mut response = response.map_body(|_, _| BoxBody::new(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    headers.remove(header::CONTENT_DISPOSITION);
    response
}

fn count(method: &Method, route: &str, status: StatusCode, took: Duration) {
    let (method, route) = (method.to_string(), route.to_owned());
    metrics::counter!(
        "asterism_http_requests_total",
        "method" => method.clone(), "route" => route.clone(), "status" => status.as_str().to_owned()
    )
    .increment(1);
    // a socket lives as long as it is wanted: no latency
    if status != StatusCode::SWITCHING_PROTOCOLS {
        metrics::histogram!("asterism_http_request_seconds", "method" => method, "route" => route)
            .record(took.as_secs_f64());
    }
}

fn note(id: &str, method: &Method, path: &str, status: StatusCode, took: Duration, address: &str) {
    let millis = took.as_secs_f64() * 1e3;
    // the query stays out: it may hold what somebody looks for
    if status.is_server_error() {
        tracing::warn!(id, %method, path, status = status.as_u16(), millis, address, "request failed");
    } else if path.starts_with("/api/") {
        tracing::info!(id, %method, path, status = status.as_u16(), millis, address, "request");
    } else {
        tracing::debug!(id, %method, path, status = status.as_u16(), millis, address, "request");
    }
}
