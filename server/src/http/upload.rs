//! Uploads: several files in one request, each accepted or refused by itself.

use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, BytesMut, Data};
use actix_web::{HttpResponse, post};
use actors::NewFile;
use futures_util::StreamExt;
use protocol::element::{Source, Visibility};
use protocol::upload::{Uploaded, UploadedFile};
use protocol::{ErrorCode, Problem, limits};
use utoipa::ToSchema;

use super::app::App;
use super::auth::Viewer;
use super::error::{self, ApiError, ApiResult};

/// Longest silence in the middle of an upload.
const IDLE: Duration = Duration::from_secs(30);
/// Most bytes of a text part: the longest description in any script.
const TEXT_BYTES: usize = limits::DESCRIPTION_MAX * 4;
/// Files beyond the limit that are still answered one by one.
const REFUSED_MAX: usize = 100;

/// The form of an upload.
#[derive(ToSchema)]
#[allow(dead_code, reason = "documentation of the multipart form")]
pub struct UploadForm {
    /// Pictures: JPEG, PNG, GIF, WebP, AVIF, BMP or TIFF; up to 50 parts of this name.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<String>,
    /// For the files after it.
    title: Option<String>,
    /// For the files after it.
    description: Option<String>,
    /// For the files after it; public when it is not said.
    visibility: Option<Visibility>,
}

/// Saves pictures. `202` means that at least one file is durable: what
/// follows survives a crash. When all are refused the status is that of the
/// first refusal, with the same body. The same file sent again is answered
/// with the element that it became, so a repeated request does no harm.
#[utoipa::path(
    tag = "elements",
    params(("Idempotency-Key" = Option<String>, Header, description = "Accepted; uploads are idempotent by content in any case")),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 202, description = "One entry per file, in their order", body = Uploaded))
)]
#[post("/api/v1/elements")]
pub async fn upload(
    app: Data<App>,
    viewer: Viewer,
    mut form: Multipart,
) -> ApiResult<HttpResponse> {
    let mut about = About::default();
    let mut elements = Vec::new();
    while let Some(field) = next(&mut form).await? {
        if is_file(&field) {
            if elements.len() >= limits::UPLOAD_FILES + REFUSED_MAX {
                return Err(too_many());
            }
            let over = elements.len() >= limits::UPLOAD_FILES;
            elements.push(if over {
                drain(field).await?;
                UploadedFile::Refused {
                    error: too_many().0,
                }
            } else {
                take_file(&app, &viewer.0, &about, field).await?
            });
        } else {
            about.take(field).await?;
        }
    }
    if elements.is_empty() {
        return Err(ApiError::new(
            ErrorCode::BadRequest,
            "send at least one part named file",
        ));
    }
    Ok(HttpResponse::build(answer_status(&elements)).json(Uploaded { elements }))
}

/// What text parts said so far.
#[derive(Default)]
struct About {
    title: Option<String>,
    description: Option<String>,
    visibility: Visibility,
}

impl About {
    async fn take(&mut self, field: Field) -> ApiResult<()> {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(bytes) = read(field, TEXT_BYTES).await? else {
            return Err(ApiError(Problem::field(&name, "this text is too long")));
        };
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| ApiError(Problem::field(&name, "this text is not UTF-8")))?
            .trim();
        let said = || (!text.is_empty()).then(|| text.to_owned());
        match name.as_str() {
            "title" => self.title = said(),
            "description" => self.description = said(),
            "visibility" => {
                self.visibility = match text {
                    "public" | "" => Visibility::Public,
                    "unlisted" => Visibility::Unlisted,
                    "private" => Visibility::Private,
                    _ => {
                        return Err(ApiError(Problem::field(
                            &name,
                            "choose private, unlisted or public",
                        )));
                    }
                }
            }
            // fields of other versions are no reason to lose the pictures
            _ => tracing::debug!(name, "unknown part of an upload ignored"),
        }
        Ok(())
    }
}

async fn take_file(
    app: &App,
    viewer: &actors::Viewer,
    about: &About,
    field: Field,
) -> ApiResult<UploadedFile> {
    let _slot = app.uploads.acquire().await.map_err(|_| stopping())?;
    let file_name = field
        .content_disposition()
        .and_then(|d| d.get_filename())
        .map(str::to_owned);
    let Some(bytes) = read(field, limits::UPLOAD_BYTES).await? else {
        let detail = format!("a file has at most {} MiB", limits::UPLOAD_BYTES >> 20);
        return Ok(UploadedFile::Refused {
            error: Problem::new(ErrorCode::TooLarge, detail),
        });
    };
    let source = Source {
        via: "upload".into(),
        ..Source::default()
    };
    let file = NewFile {
        file_name,
        title: about.title.clone(),
        description: about.description.clone(),
        visibility: about.visibility,
        source,
        bytes,
        backfill: false,
    };
    Ok(match app.platform.elements().intake(viewer, file).await {
        Ok(taken) => UploadedFile::Accepted {
            id: taken.id,
            state: taken.state,
            duplicate_of: taken.duplicate_of,
        },
        Err(error) => UploadedFile::Refused {
            error: error.problem(),
        },
    })
}

fn is_file(field: &Field) -> bool {
    field.name() == Some("file")
        || field
            .content_disposition()
            .is_some_and(|d| d.get_filename().is_some())
}

pub async fn next(form: &mut Multipart) -> ApiResult<Option<Field>> {
    patiently(form.next()).await?.transpose().map_err(multipart)
}

/// The bytes of a part; none when there are more than `most` (the rest is
/// read and dropped, so that the parts after it can be taken).
pub async fn read(mut field: Field, most: usize) -> ApiResult<Option<Bytes>> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = patiently(field.next()).await? {
        let chunk = chunk.map_err(multipart)?;
        if bytes.len() + chunk.len() > most {
            drop(bytes);
            drain(field).await?;
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes.freeze()))
}

async fn drain(mut field: Field) -> ApiResult<()> {
    let mut left = limits::UPLOAD_BYTES * 2;
    while let Some(chunk) = patiently(field.next()).await? {
        left = left
            .checked_sub(chunk.map_err(multipart)?.len())
            .ok_or_else(|| {
                ApiError::new(
                    ErrorCode::TooLarge,
                    "a file is far larger than allowed, the upload ends here",
                )
            })?;
    }
    Ok(())
}

async fn patiently<T>(step: impl Future<Output = T>) -> ApiResult<T> {
    let silent = |_| ApiError::new(ErrorCode::BadRequest, "the upload stopped coming");
    actix_web::rt::time::timeout(IDLE, step)
        .await
        .map_err(silent)
}

fn multipart(error: actix_multipart::MultipartError) -> ApiError {
    ApiError::new(
        ErrorCode::BadRequest,
        format!("the form cannot be read: {error}"),
    )
}

fn too_many() -> ApiError {
    let detail = format!("one request has at most {} files", limits::UPLOAD_FILES);
    ApiError::new(ErrorCode::TooManyFiles, detail)
}

fn stopping() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, "the server is stopping")
}

fn answer_status(elements: &[UploadedFile]) -> StatusCode {
    let mut refusals = elements.iter().map(|e| match e {
        UploadedFile::Accepted { .. } => None,
        UploadedFile::Refused { error } => Some(error),
    });
    match refusals.next().flatten() {
        Some(first) if refusals.all(|r| r.is_some()) => error::status(first),
        _ => StatusCode::ACCEPTED,
    }
}

#[cfg(test)]
mod tests {
    use protocol::ElementId;
    use protocol::element::State;

    use super::*;

    fn refused(code: ErrorCode) -> UploadedFile {
        UploadedFile::Refused {
            error: Problem::of(code),
        }
    }

    #[test]
    fn one_good_file_makes_the_answer_good() {
        let good = UploadedFile::Accepted {
            id: ElementId::from_parts(1, 1),
            state: State::Processing,
            duplicate_of: None,
        };
        let bad = refused(ErrorCode::UnsupportedMedia);
        assert_eq!(answer_status(&[bad.clone(), good.clone()]).as_u16(), 202);
        assert_eq!(answer_status(&[good, bad.clone()]).as_u16(), 202);
        assert_eq!(
            answer_status(&[bad, refused(ErrorCode::TooLarge)]).as_u16(),
            415
        );
    }
}
