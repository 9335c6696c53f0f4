//! Every error that leaves by HTTP is a problem of RFC 9457.

use std::fmt;

use actix_web::error::{JsonPayloadError, PathError, PayloadError, QueryPayloadError};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use actors::PlatformError;
use protocol::{ErrorCode, Problem};

/// Media type of every error body.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// The error of every handler.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiError(pub Problem);

/// What handlers return.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        ApiError(Problem::new(code, detail))
    }

    /// The answer, as JSON with the problem's status.
    pub fn respond(&self) -> HttpResponse {
        let mut response = HttpResponse::build(status(&self.0));
        if let Some(seconds) = self.0.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if self.0.status == 401 {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        response.content_type(PROBLEM_JSON);
        response.body(serde_json::to_string(&self.0).unwrap_or_default())
    }
}

/// The HTTP status of a problem.
pub fn status(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.detail.as_deref().unwrap_or(&self.0.title))
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        status(&self.0)
    }

    fn error_response(&self) -> HttpResponse {
        self.respond()
    }
}

impl From<PlatformError> for ApiError {
    fn from(error: PlatformError) -> Self {
        ApiError(error.problem())
    }
}

impl From<PayloadError> for ApiError {
    fn from(error: PayloadError) -> Self {
        match error {
            PayloadError::Overflow => ApiError::new(ErrorCode::TooLarge, "the body is too large"),
            other => ApiError::new(
                ErrorCode::BadRequest,
                format!("the body ended early: {other}"),
            ),
        }
    }
}

impl From<JsonPayloadError> for ApiError {
    fn from(error: JsonPayloadError) -> Self {
        ApiError::new(ErrorCode::BadRequest, error.to_string())
    }
}

/// A path that does not fit names nothing.
impl From<PathError> for ApiError {
    fn from(_: PathError) -> Self {
        ApiError::new(ErrorCode::NotFound, "nothing has this address")
    }
}

impl From<QueryPayloadError> for ApiError {
    fn from(error: QueryPayloadError) -> Self {
        let detail = error.to_string();
        let detail = detail
            .strip_prefix("Query deserialize error: ")
            .unwrap_or(&detail);
        ApiError::new(
            ErrorCode::BadRequest,
            format!("the query cannot be used: {detail}"),
        )
    }
}

/// The problem for a bare status that some layer below answered.
pub fn of_status(status: StatusCode) -> Problem {
    let code = match status.as_u16() {
        401 => ErrorCode::Unauthenticated,
        403 => ErrorCode::Forbidden,
        404 => ErrorCode::NotFound,
        405 => ErrorCode::MethodNotAllowed,
        409 | 412 => ErrorCode::Conflict,
        413 | 431 => ErrorCode::TooLarge,
        415 => ErrorCode::UnsupportedMedia,
        416 => ErrorCode::RangeNotSatisfiable,
        429 => ErrorCode::RateLimited,
        503 => ErrorCode::Unavailable,
        400..=499 => ErrorCode::BadRequest,
        _ => ErrorCode::Internal,
    };
    Problem {
        // the status that was sent stays true even where no code has it
        status: status.as_u16(),
        ..Problem::of(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_answers_with_its_own_status_and_media_type() {
        for &code in ErrorCode::ALL {
            let response = ApiError::new(code, "x").respond();
            assert_eq!(response.status().as_u16(), code.status());
            assert_eq!(
                response.headers().get("content-type").unwrap(),
                PROBLEM_JSON
            );
        }
    }

    #[test]
    fn waiting_times_are_in_the_header_too() {
        let problem = Problem::of(ErrorCode::RateLimited).retry_after(7);
        let response = ApiError(problem).respond();
        assert_eq!(response.headers().get("retry-after").unwrap(), "7");
    }

    #[test]
    fn a_bare_status_keeps_its_number() {
        assert_eq!(of_status(StatusCode::PRECONDITION_FAILED).status, 412);
        assert_eq!(
            of_status(StatusCode::METHOD_NOT_ALLOWED).code,
            ErrorCode::MethodNotAllowed
        );
        assert_eq!(of_status(StatusCode::BAD_GATEWAY).code, ErrorCode::Internal);
    }
}
