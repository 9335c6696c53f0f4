//! Which pages may use the API with this browser's cookie.
//!
//! The cookie is SameSite=Lax; this is the second line: a write that comes
//! with a cookie, or that sets one, must come from one of our own pages. The
//! socket asks the same, always.

use actix_web::HttpRequest;
use actix_web::http::{Method, header};

/// May this write go on? Requests with a token of their own always may: no
/// foreign page can add that header.
pub fn write_allowed(req: &HttpRequest, allowed: &[String]) -> bool {
    if matches!(*req.method(), Method::GET | Method::HEAD | Method::OPTIONS)
        || req.headers().contains_key(header::AUTHORIZATION)
    {
        return true;
    }
    match (text(req, "origin"), text(req, "sec-fetch-site")) {
        (Some(origin), _) => ours(origin, req, allowed),
        // no browser: browsers name the site when they leave the origin out
        (None, site) => matches!(site, None | Some("same-origin" | "none")),
    }
}

/// May a page of this origin open a socket? A client without one is no page.
pub fn socket_allowed(req: &HttpRequest, allowed: &[String]) -> bool {
    match text(req, "origin") {
        Some(origin) => ours(origin, req, allowed),
        None => !req.headers().contains_key(header::ORIGIN),
    }
}

fn ours(origin: &str, req: &HttpRequest, allowed: &[String]) -> bool {
    if allowed
        .iter()
        .any(|a| a.trim_end_matches('/').eq_ignore_ascii_case(origin))
    {
        return true;
    }
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false; // "null"
    };
    // the header itself and not what a proxy claims: a page cannot choose it
    let host = text(req, "host").unwrap_or_default();
    matches!(scheme, "http" | "https") && !host.is_empty() && authority.eq_ignore_ascii_case(host)
}

fn text<'a>(req: &'a HttpRequest, name: &str) -> Option<&'a str> {
    req.headers().get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn post(headers: &[(&'static str, &'static str)]) -> HttpRequest {
        let request = TestRequest::post().uri("/api/v1/elements");
        headers
            .iter()
            .fold(request, |r, h| r.insert_header(*h))
            .to_http_request()
    }

    #[test]
    fn own_pages_and_clients_that_are_no_browser_may_write() {
        let host = ("host", "127.0.0.1:8080");
        assert!(write_allowed(
            &post(&[host, ("origin", "http://127.0.0.1:8080")]),
            &[]
        ));
        assert!(write_allowed(
            &post(&[host, ("sec-fetch-site", "same-origin")]),
            &[]
        ));
        assert!(write_allowed(&post(&[host]), &[]));
    }

    #[test]
    fn foreign_pages_may_not() {
        let host = ("host", "127.0.0.1:8080");
        for origin in [
            "http://evil.example",
            "null",
            "http://127.0.0.1:9090",
            "http://127.0.0.1:8080.evil.example",
        ] {
            assert!(
                !write_allowed(&post(&[host, ("origin", origin)]), &[]),
                "{origin}"
            );
            assert!(
                !socket_allowed(&post(&[host, ("origin", origin)]), &[]),
                "{origin}"
            );
        }
        assert!(!write_allowed(
            &post(&[host, ("sec-fetch-site", "cross-site")]),
            &[]
        ));
        assert!(!write_allowed(
            &post(&[host, ("sec-fetch-site", "same-site")]),
            &[]
        ));
    }

    #[test]
    fn named_origins_and_bearers_of_a_token_may() {
        let allowed = ["https://app.example".to_owned()];
        let origin = ("origin", "https://app.example");
        assert!(write_allowed(
            &post(&[("host", "api.example"), origin]),
            &allowed
        ));
        assert!(write_allowed(
            &post(&[
                ("host", "h"),
                ("origin", "https://x"),
                ("authorization", "Bearer t")
            ]),
            &[]
        ));
    }

    #[test]
    fn reading_is_no_write() {
        let get = TestRequest::get()
            .insert_header(("origin", "http://evil.example"))
            .to_http_request();
        assert!(write_allowed(&get, &[]));
    }
}
