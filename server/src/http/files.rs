//! Pictures: immutable, ranged, and only for those who may see them.

use actix_files::NamedFile;
use actix_web::http::header::{
    self, ContentDisposition, DispositionParam, DispositionType, HeaderValue,
};
use actix_web::web::{Data, Path, block};
use actix_web::{HttpRequest, HttpResponse, route};
use protocol::{ErrorCode, MediaHash};

use super::app::App;
use super::auth::Viewer;
use super::error::{ApiError, ApiResult};

/// A name stands for the same bytes for ever, but not for everybody.
const CACHE: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// Digits of the hash in the name that a saved file gets.
const NAME_DIGITS: usize = 12;

/// One file of an element, without the place where it was taken. `original`
/// is the file as it was saved but for that.
#[utoipa::path(
    get,
    path = "/media/{hash}/{variant}",
    tag = "media",
    params(
        ("hash" = MediaHash, Path, description = "The media"),
        ("variant" = String, Path, description = "Which file of it, e.g. jpeg-640", example = "jpeg-640"),
        ("Range" = Option<String>, Header, description = "Part of the file")
    ),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "image/*"),
        (status = 206, description = "A part of it", body = Vec<u8>, content_type = "image/*"),
        (status = 304, description = "The client has it already")
    )
)]
#[route("/media/{hash}/{variant}", method = "GET", method = "HEAD")]
pub async fn media(
    req: HttpRequest,
    app: Data<App>,
    viewer: Viewer,
    path: Path<(MediaHash, String)>,
) -> ApiResult<HttpResponse> {
    let (hash, variant) = path.into_inner();
    let found = app
        .platform
        .media()
        .open(&viewer.0, &hash, &variant)
        .await?;
    let opened = block(move || NamedFile::open(found.path)).await;
    let file = opened
        .map_err(std::io::Error::other)
        .flatten()
        .map_err(|error| {
            tracing::warn!(%hash, variant, %error, "media file not readable");
            ApiError::new(ErrorCode::NotFound, "this file is not there")
        })?;
    let mime: mime_guess::Mime = found
        .mime
        .parse()
        .unwrap_or(mime_guess::mime::APPLICATION_OCTET_STREAM);
    let name = saved_name(&hash, &variant, &mime);
    let mut response = file
        .set_content_type(mime)
        .set_content_disposition(ContentDisposition {
            disposition: DispositionType::Inline,
            parameters: vec![DispositionParam::Filename(name)],
        })
        .into_response(&req);
    if response.status().as_u16() < 400 {
        response.headers_mut().insert(header::CACHE_CONTROL, CACHE);
    }
    Ok(response)
}

fn saved_name(hash: &MediaHash, variant: &str, mime: &mime_guess::Mime) -> String {
    let short = &hash.as_str()[..NAME_DIGITS];
    let ending = match mime.subtype().as_str() {
        "jpeg" => "jpg",
        other => other,
    };
    format!("asterism-{short}-{variant}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saved_files_have_a_telling_name() {
        let hash = MediaHash::from_bytes([0xab; 32]);
        let mime = "image/jpeg".parse().unwrap();
        assert_eq!(
            saved_name(&hash, "original", &mime),
            "asterism-abababababab-original.jpg"
        );
    }
}
