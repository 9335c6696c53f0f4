//! Errors as every client sees them: RFC 9457 problem details with a closed code.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal, $title:literal;)+) => {
        /// What went wrong. The list is closed: a client may match on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $text)] $name,)+
        }

        impl ErrorCode {
            /// Every code, for documentation and tests.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$name,)+];

            /// The code on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$name => $text,)+ }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> u16 {
                match self { $(ErrorCode::$name => $status,)+ }
            }

            /// A short title for people.
            pub fn title(self) -> &'static str {
                match self { $(ErrorCode::$name => $title,)+ }
            }
        }
    };
}

codes! {
    /// The request is not of the documented form.
    BadRequest = "bad_request", 400, "The request could not be understood";
    /// A field's value was refused; `field` names it.
    InvalidField = "invalid_field", 422, "A field was refused";
    /// No login, or one that has ended.
    Unauthenticated = "unauthenticated", 401, "Please log in";
    /// Handle or password are wrong (never which of them).
    BadCredentials = "bad_credentials", 401, "Handle or password are wrong";
    /// Logged in, but not allowed.
    Forbidden = "forbidden", 403, "Not allowed";
    /// Absent, or not visible to this viewer: the two are not told apart.
    NotFound = "not_found", 404, "Not found";
    MethodNotAllowed = "method_not_allowed", 405, "The method does not exist here";
    /// Somebody has it already.
    HandleTaken = "handle_taken", 409, "The handle is taken";
    /// The state changed meanwhile.
    Conflict = "conflict", 409, "It changed meanwhile";
    /// The list that a cursor belongs to is no longer kept: fetch it anew.
    CursorExpired = "cursor_expired", 410, "The list is no longer kept";
    /// An `Idempotency-Key` was used again with another body.
    KeyReused = "idempotency_key_reused", 422, "The idempotency key belongs to another request";
    /// Larger than allowed, in bytes.
    TooLarge = "too_large", 413, "Too large";
    /// More files than one request may carry.
    TooManyFiles = "too_many_files", 413, "Too many files";
    /// Not a picture that Asterism reads.
    UnsupportedMedia = "unsupported_media", 415, "This kind of file is not supported";
    /// A picture whose end is missing.
    TruncatedMedia = "truncated_media", 422, "The file is incomplete";
    /// A picture that cannot be decoded.
    DamagedMedia = "damaged_media", 422, "The file is damaged";
    /// Too many pixels or frames to decode safely.
    MediaTooComplex = "media_too_complex", 422, "The picture has too many pixels or frames";
    /// An empty file.
    EmptyMedia = "empty_media", 422, "The file is empty";
    /// Another server does not give its picture to this one: the person can
    /// save it in the browser and upload it.
    FetchRefused = "fetch_refused", 422, "The other server refused";
    /// Another server could not be reached, was too slow or broke off: the same
    /// way out.
    FetchFailed = "fetch_failed", 422, "The picture could not be fetched";
    /// A page without a picture that can be had.
    NoPicture = "no_picture", 422, "No picture was found there";
    /// Too many attempts or requests; `retry_after` says when.
    RateLimited = "rate_limited", 429, "Too many attempts";
    /// What may be sent in a day was sent; `retry_after` says when the next begins.
    QuotaExceeded = "quota_exceeded", 429, "The quota is used up";
    /// A range outside the file.
    RangeNotSatisfiable = "range_not_satisfiable", 416, "The range is outside the file";
    /// The server is stopping or overloaded: try again.
    Unavailable = "unavailable", 503, "Not available just now";
    /// A model is missing; nothing is lost, the work waits.
    ModelMissing = "model_missing", 503, "A model is not installed";
    Internal = "internal", 500, "Something went wrong here";
}

/// RFC 9457 problem details, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Always `about:blank`; `code` is the machine-readable part.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub code: ErrorCode,
    /// What happened in this case and what to do about it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<String>,
    /// The field that was refused.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// Seconds to wait before the next attempt.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after: Option<u64>,
}

impl Problem {
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank".into(),
            title: code.title().into(),
            status: code.status(),
            code,
            detail: Some(detail.into()),
            field: None,
            retry_after: None,
        }
    }

    pub fn of(code: ErrorCode) -> Self {
        Self {
            detail: None,
            ..Self::new(code, "")
        }
    }

    pub fn field(field: &str, detail: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::new(ErrorCode::InvalidField, detail)
        }
    }

    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}
