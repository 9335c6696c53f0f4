//! Who asks: a bearer token, or the cookie of the web app.

use std::future::Future;
use std::pin::Pin;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use protocol::{ErrorCode, limits};

use super::app::App;
use super::error::{ApiError, ApiResult};

/// Name of the web app's cookie.
pub const COOKIE: &str = "asterism_session";

/// An authenticated request. Handlers that take it are for accounts only.
pub struct Viewer(pub actors::Viewer);

impl FromRequest for Viewer {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let refused = || {
                ApiError::new(
                    ErrorCode::Unauthenticated,
                    "log in, or send a token as bearer",
                )
            };
            viewer(&req).await?.map(Viewer).ok_or_else(refused)
        })
    }
}

/// The account behind a request, if there is one.
///
/// # Errors
/// The database did not answer.
pub async fn viewer(req: &HttpRequest) -> ApiResult<Option<actors::Viewer>> {
    let Some(token) = token(req) else {
        return Ok(None);
    };
    let app = req
        .app_data::<web::Data<App>>()
        .expect("every app is configured with its data");
    Ok(app.platform.accounts().authenticate(&token).await?)
}

/// The token that came along; one that is sent on purpose goes before the cookie.
fn token(req: &HttpRequest) -> Option<String> {
    if let Some(value) = req.headers().get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| token.trim().to_owned());
    }
    req.cookie(COOKIE).map(|c| c.value().to_owned())
}

/// The cookie that keeps a web login. `Secure` when the page came by TLS.
pub fn cookie(req: &HttpRequest, token: String) -> Cookie<'static> {
    Cookie::build(COOKIE, token)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(by_tls(req))
        .max_age(Duration::days(limits::LOGIN_DAYS))
        .finish()
}

/// Takes the cookie away.
pub fn no_cookie(req: &HttpRequest) -> Cookie<'static> {
    let mut gone = cookie(req, String::new());
    gone.make_removal();
    gone
}

/// A page over TLS says so by its origin, also behind a proxy that ends TLS.
fn by_tls(req: &HttpRequest) -> bool {
    let origin = req
        .headers()
        .get(header::ORIGIN)
        .and_then(|o| o.to_str().ok());
    origin.is_some_and(|o| o.starts_with("https://"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_token_on_purpose_goes_before_the_cookie() {
        let req = TestRequest::get()
            .insert_header(("authorization", "bearer abc"))
            .cookie(Cookie::new(COOKIE, "def"))
            .to_http_request();
        assert_eq!(token(&req).as_deref(), Some("abc"));
        let req = TestRequest::get()
            .cookie(Cookie::new(COOKIE, "def"))
            .to_http_request();
        assert_eq!(token(&req).as_deref(), Some("def"));
        let req = TestRequest::get()
            .insert_header(("authorization", "Basic abc"))
            .to_http_request();
        assert_eq!(token(&req), None);
    }

    #[test]
    fn scripts_and_foreign_sites_never_see_the_cookie() {
        let req = TestRequest::post()
            .insert_header(("origin", "https://a.example"))
            .to_http_request();
        let text = cookie(&req, "t".into()).to_string();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Secure", "Max-Age="] {
            assert!(text.contains(part), "{text}");
        }
        let plain = cookie(&TestRequest::post().to_http_request(), "t".into()).to_string();
        assert!(!plain.contains("Secure"), "{plain}");
    }
}
