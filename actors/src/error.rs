//! The one error of this crate, and how the world gets to see it.

use protocol::{ErrorCode, Problem};

#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// Refused, with a text for the person who asked.
    #[error("{}", .0.detail.as_deref().unwrap_or(&.0.title))]
    Refused(Problem),
    #[error(transparent)]
    Db(#[from] db::DbError),
    #[error(transparent)]
    Index(#[from] index::IndexError),
    #[error(transparent)]
    Ml(#[from] ml::MlError),
    #[error(transparent)]
    Media(#[from] media::MediaError),
    /// Nothing came from elsewhere.
    #[error("{0}")]
    Fetch(crate::fetch::Refusal),
    /// The part that should answer has stopped; it is being restarted.
    #[error("{0} does not answer")]
    Gone(&'static str),
    /// The MQTT broker cannot be started or reached.
    #[error("mqtt: {0}")]
    Mqtt(String),
    #[error("{what}: {source}")]
    Io {
        what: String,
        source: std::io::Error,
    },
}

impl From<crate::fetch::Refusal> for PlatformError {
    fn from(refusal: crate::fetch::Refusal) -> Self {
        Self::Fetch(refusal)
    }
}

impl PlatformError {
    pub(crate) fn refused(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self::Refused(Problem::new(code, detail))
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::refused(
            ErrorCode::NotFound,
            format!("there is no such {what}, or you may not see it"),
        )
    }

    /// Whether it is not the fault of what was asked, and may be over in a while.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Fetch(refusal) => refusal.may_pass(),
            Self::Db(error) => !matches!(error, db::DbError::Denied(_) | db::DbError::Missing(_)),
            Self::Gone(_) | Self::Io { .. } => true,
            _ => false,
        }
    }

    /// What a client is told. Inner details stay in the log.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Refused(problem) => problem.clone(),
            Self::Db(db::DbError::HandleTaken) => Problem {
                field: Some("handle".into()),
                ..Problem::new(
                    ErrorCode::HandleTaken,
                    "choose another handle, this one is taken",
                )
            },
            Self::Db(db::DbError::TooSoon { what, until }) => {
                let wait = until.millis() - crate::platform::now_millis();
                let seconds = u64::try_from(wait / 1_000).unwrap_or(0).max(1);
                Problem {
                    field: Some("handle".into()),
                    ..Problem::new(ErrorCode::RateLimited, *what).retry_after(seconds)
                }
            }
            Self::Db(
                db::DbError::Unreachable { .. }
                | db::DbError::Closed
                | db::DbError::Contended { .. },
            ) => Problem::new(
                ErrorCode::Unavailable,
                "the database does not answer, try again",
            )
            .retry_after(2),
            Self::Media(error) => media_problem(error),
            Self::Fetch(refusal) => refusal.problem(),
            Self::Ml(ml::MlError::ModelMissing { id, .. }) => Problem::new(
                ErrorCode::ModelMissing,
                format!(
                    "the model {id} is not installed: the operator runs `asterism models pull`"
                ),
            ),
            Self::Ml(ml::MlError::Away { .. } | ml::MlError::Unavailable(_)) => Problem::new(
                ErrorCode::Unavailable,
                "the models are away just now, try again",
            )
            .retry_after(5),
            Self::Ml(ml::MlError::Busy { .. }) | Self::Gone(_) => {
                Problem::new(ErrorCode::Unavailable, "too much to do just now, try again")
                    .retry_after(2)
            }
            Self::Db(db::DbError::Missing(what)) => Problem::new(
                ErrorCode::NotFound,
                format!("there is no such {what}, or you may not see it"),
            ),
            Self::Db(db::DbError::Denied(why)) => Problem::new(ErrorCode::Forbidden, *why),
            Self::Db(
                error @ (db::DbError::Full { .. }
                | db::DbError::Circle { .. }
                | db::DbError::WordTaken { .. }
                | db::DbError::Stale(_)),
            ) => Problem::new(ErrorCode::Conflict, error.to_string()),
            Self::Db(db::DbError::BadCursor) => {
                Problem::field("cursor", "this cursor was not made by this server")
            }
            Self::Db(_) | Self::Index(_) | Self::Ml(_) | Self::Mqtt(_) | Self::Io { .. } => {
                tracing::error!(error = %self, "request failed inside");
                Problem::new(
                    ErrorCode::Internal,
                    "something went wrong here; the log knows more",
                )
            }
        }
    }
}

/// A file that was refused, in words for the person who sent it.
fn media_problem(error: &media::MediaError) -> Problem {
    use media::MediaError as M;
    let code = match error {
        M::Empty => ErrorCode::EmptyMedia,
        M::Unsupported { .. } => ErrorCode::UnsupportedMedia,
        M::Truncated => ErrorCode::TruncatedMedia,
        M::TooLarge { .. } => ErrorCode::TooLarge,
        M::TooManyPixels { .. }
        | M::TooManyFrames { .. }
        | M::TooLongSide { .. }
        | M::TooMuchMemory { .. } => ErrorCode::MediaTooComplex,
        M::Damaged { .. } | M::EncodeFailed { .. } => ErrorCode::DamagedMedia,
    };
    Problem::new(code, error.to_string())
}
