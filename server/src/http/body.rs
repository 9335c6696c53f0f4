//! JSON bodies, within the limit, with errors that name the field.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::rt::time::timeout;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use protocol::{ErrorCode, Problem, limits};
use serde::de::DeserializeOwned;

use super::error::{ApiError, ApiResult};

/// Time that a client has for a whole body.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request's JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = is_json(req);
        let payload = payload.take();
        Box::pin(async move {
            if !json {
                return Err(ApiError::new(
                    ErrorCode::BadRequest,
                    "the body must be JSON and say so: content-type: application/json",
                ));
            }
            let late = |_| ApiError::new(ErrorCode::BadRequest, "the body came too slowly");
            let bytes = timeout(PATIENCE, read(payload)).await.map_err(late)??;
            parse(&bytes).map(Body)
        })
    }
}

fn is_json(req: &HttpRequest) -> bool {
    let kind = actix_web::HttpMessage::content_type(req);
    kind == "application/json" || kind.ends_with("+json")
}

async fn read(mut payload: Payload) -> ApiResult<web::BytesMut> {
    let mut bytes = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk?;
        if bytes.len() + chunk.len() > limits::JSON_BYTES {
            return Err(ApiError::new(
                ErrorCode::TooLarge,
                format!("a JSON body has at most {} bytes", limits::JSON_BYTES),
            ));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> ApiResult<T> {
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut source).map_err(refusal)?;
    source
        .end()
        .map_err(|e| ApiError::new(ErrorCode::BadRequest, format!("the body is not JSON: {e}")))?;
    Ok(value)
}

/// A value of the wrong kind names its field; text that is no JSON does not.
fn refusal(error: serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let field = error.path().to_string();
    let cause = error.into_inner();
    if cause.classify() != serde_json::error::Category::Data {
        return ApiError::new(
            ErrorCode::BadRequest,
            format!("the body is not JSON: {cause}"),
        );
    }
    let text = cause.to_string();
    // the place in the text says nothing that the field does not
    let detail = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(words, _)| words);
    match field.as_str() {
        "." => ApiError::new(ErrorCode::BadRequest, detail),
        field => ApiError(Problem::field(field, detail)),
    }
}

#[cfg(test)]
mod tests {
    use protocol::account::Register;
    use protocol::element::ElementPatch;

    use super::*;

    fn problem<T: DeserializeOwned>(text: &str) -> Problem {
        match parse::<T>(text.as_bytes()) {
            Ok(_) => panic!("was accepted: {text}"),
            Err(error) => error.0,
        }
    }

    #[test]
    fn a_refused_value_names_its_field() {
        let refused = problem::<Register>(r#"{"handle": "ada", "password": "short"}"#);
        assert_eq!(refused.code, ErrorCode::InvalidField);
        assert_eq!(refused.field.as_deref(), Some("password"));
        assert!(refused.detail.unwrap().starts_with("a password has"));
    }

    #[test]
    fn text_that_is_no_json_is_a_bad_request() {
        for text in ["", "{", "nonsense", r#"{"title": "a"} trailing"#] {
            assert_eq!(
                problem::<ElementPatch>(text).code,
                ErrorCode::BadRequest,
                "{text}"
            );
        }
    }

    #[test]
    fn an_unknown_key_is_named() {
        let refused = problem::<ElementPatch>(r#"{"titel": "a"}"#);
        assert!(refused.detail.unwrap().contains("titel"));
    }
}
