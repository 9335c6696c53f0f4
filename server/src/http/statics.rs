//! The web app's files.

use std::path::{Component, Path, PathBuf};

use actix_files::NamedFile;
use actix_web::http::header::{self, ContentEncoding, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};

/// A file whose name holds its hash never changes.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Everything else is asked for again each time, and answered by 304.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
/// Digits that make a part of a name a hash.
const HASH_DIGITS: usize = 8;
/// Said when the server runs without the web app.
const NO_APP: &str = "Asterism runs, but without its web app.\n\nBuild it and start everything with: cargo xtask run\nor name a built one with: asterism serve --static-dir DIR\n\nThe API is described at /api/v1/openapi.json\n";

/// The file of that path, or for a path that names none, the app itself: it
/// knows what to show there.
pub async fn serve(req: &HttpRequest, root: Option<&Path>) -> HttpResponse {
    if !matches!(*req.method(), Method::GET | Method::HEAD) {
        return HttpResponse::MethodNotAllowed()
            .insert_header((header::ALLOW, "GET, HEAD"))
            .finish();
    }
    let Some(root) = root else {
        let here = if req.path() == "/" {
            StatusCode::OK
        } else {
            StatusCode::NOT_FOUND
        };
        return HttpResponse::build(here)
            .content_type("text/plain; charset=utf-8")
            .body(NO_APP);
    };
    let Some(below) = inside(req.path()) else {
        return not_found();
    };
    if let Some(response) = file(req, root, &below).await {
        return response;
    }
    // a missing script must not be answered with a page; handles and tags may
    // hold dots
    let named = below.starts_with("u") || below.starts_with("t");
    if below.extension().is_some() && !named {
        return not_found();
    }
    file(req, root, Path::new("index.html"))
        .await
        .unwrap_or_else(not_found)
}

async fn file(req: &HttpRequest, root: &Path, below: &Path) -> Option<HttpResponse> {
    if below.as_os_str().is_empty() {
        return None;
    }
    let plain = root.join(below);
    let mime = mime_guess::from_path(&plain).first_or_octet_stream();
    let squeezed = if accepts_brotli(req) {
        open(&with_br(&plain)).await
    } else {
        None
    };
    let found = match squeezed {
        Some(file) => file.set_content_encoding(ContentEncoding::Brotli),
        None => open(&plain).await?,
    };
    let mut response = found
        .set_content_type(mime)
        .disable_content_disposition()
        .prefer_utf8(true)
        .into_response(req);
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(
        header::CACHE_CONTROL,
        if is_hashed(below) {
            IMMUTABLE
        } else {
            REVALIDATE
        },
    );
    Some(response)
}

async fn open(path: &Path) -> Option<NamedFile> {
    let path = path.to_owned();
    let file = actix_web::web::block(move || NamedFile::open(path))
        .await
        .ok()?
        .ok()?;
    file.metadata().is_file().then_some(file)
}

fn with_br(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".br");
    PathBuf::from(name)
}

/// The path below the root, if it stays there and names nothing hidden.
fn inside(path: &str) -> Option<PathBuf> {
    let decoded = percent_decode(path.trim_start_matches('/'))?;
    let below = PathBuf::from(decoded);
    let plain = |part: Component<'_>| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        _ => false,
    };
    below.components().all(plain).then_some(below)
}

fn percent_decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(byte);
            rest = tail;
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    (!text.contains(['\0', '\\'])).then_some(text)
}

fn accepts_brotli(req: &HttpRequest) -> bool {
    let accepted = req
        .headers()
        .get(header::ACCEPT_ENCODING)
        .and_then(|a| a.to_str().ok());
    accepted.is_some_and(|a| {
        a.split(',').map(str::trim).any(|part| {
            let (name, rest) = part.split_once(';').unwrap_or((part, ""));
            name.trim() == "br" && !matches!(rest.trim(), "q=0" | "q=0.0")
        })
    })
}

/// `app-0123abcd.js`, `app-0123abcd_bg.wasm`, `style.0123abcd.css`.
fn is_hashed(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy())
        .unwrap_or_default();
    let hash =
        |part: &str| part.len() >= HASH_DIGITS && part.chars().all(|c| c.is_ascii_hexdigit());
    name.split(['-', '.', '_']).skip(1).any(hash)
}

fn not_found() -> HttpResponse {
    HttpResponse::NotFound()
        .content_type("text/plain; charset=utf-8")
        .body("nothing is here\n")
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use actix_web::test::TestRequest;

    use super::*;

    fn app() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("index.html"), "<p>app").unwrap();
        std::fs::write(dir.path().join("app-0123abcd.js"), "plain").unwrap();
        std::fs::write(dir.path().join("app-0123abcd.js.br"), "squeezed").unwrap();
        std::fs::write(dir.path().join(".secret"), "s").unwrap();
        dir
    }

    async fn get(path: &str, brotli: bool) -> (u16, String, String, HttpResponse) {
        let dir = app();
        let mut request = TestRequest::get().uri(path);
        if brotli {
            request = request.insert_header(("accept-encoding", "gzip, br"));
        }
        let response = serve(&request.to_http_request(), Some(dir.path())).await;
        let cache = response
            .headers()
            .get("cache-control")
            .map(|c| c.to_str().unwrap().to_owned());
        let (head, body) = response.into_parts();
        let text = String::from_utf8(to_bytes(body).await.unwrap().to_vec()).unwrap();
        (
            head.status().as_u16(),
            text,
            cache.unwrap_or_default(),
            head.map_into_boxed_body(),
        )
    }

    #[actix_web::test]
    async fn addresses_inside_the_app_show_the_app() {
        for path in ["/", "/e/01jd3v2k8m0000000000000000", "/search"] {
            let (status, body, cache, _) = get(path, false).await;
            assert_eq!(
                (status, body.as_str(), cache.as_str()),
                (200, "<p>app", "no-cache"),
                "{path}"
            );
        }
    }

    #[actix_web::test]
    async fn hashed_files_are_kept_and_sent_small() {
        let (_, body, cache, head) = get("/app-0123abcd.js", true).await;
        assert_eq!(body, "squeezed");
        assert!(cache.contains("immutable"));
        assert_eq!(head.headers().get("content-encoding").unwrap(), "br");
        assert!(
            head.headers()
                .get("content-type")
                .unwrap()
                .to_str()
                .unwrap()
                .contains("javascript")
        );
        let (_, body, ..) = get("/app-0123abcd.js", false).await;
        assert_eq!(body, "plain");
    }

    #[actix_web::test]
    async fn nothing_outside_or_hidden_is_served() {
        for path in [
            "/.secret",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/..%2f..%2fetc/passwd",
            "/missing.js",
            "/%00",
        ] {
            assert_eq!(get(path, false).await.0, 404, "{path}");
        }
    }

    #[actix_web::test]
    async fn without_the_app_the_first_page_says_how_to_get_it() {
        let response = serve(&TestRequest::get().uri("/").to_http_request(), None).await;
        assert_eq!(response.status(), 200);
    }
}
