//! The edge as a client sees it, over a platform in memory.

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App as Web, Error};
use protocol::{ElementId, ErrorCode, MediaHash, Problem};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::documents::Documents;
use super::error::PROBLEM_JSON;
use super::*;
use crate::bootstrap::for_testing;

/// Starts a platform and gives the service and what keeps it alive.
macro_rules! service {
    () => {{
        let (platform, folder) = for_testing().await;
        let (stop, stopping) = watch::channel(false);
        let app = App::new(platform, Settings::default(), stopping, None);
        let web = Web::new()
            .configure(|services| configure(services, &app))
            .wrap(from_fn(edge));
        (init_service(web).await, (folder, stop))
    }};
}

/// An address with something well-formed in each hole.
fn filled(pattern: &str) -> String {
    let id = ElementId::from_parts(1, 1).to_string();
    let hash = MediaHash::from_bytes([1; 32]).to_string();
    pattern
        .replace("{id}", &id)
        .replace("{hash}", &hash)
        .replace("{variant}", "jpeg-320")
}

async fn problem(response: ServiceResponse<impl MessageBody>) -> Problem {
    let kind = response.headers().get("content-type").cloned();
    let body = read_body(response).await;
    assert_eq!(
        kind.unwrap(),
        PROBLEM_JSON,
        "{}",
        String::from_utf8_lossy(&body)
    );
    serde_json::from_slice(&body).unwrap()
}

#[actix_web::test]
async fn what_is_documented_is_served_and_guarded_as_it_says() {
    let (service, _alive) = service!();
    let document = serde_json::to_value(openapi::document()).unwrap();
    for route in Documents::generate().routes() {
        for method in &route.methods {
            let request = TestRequest::with_uri(&filled(&route.pattern)).method(method.clone());
            let response = call_service(&service, request.to_request()).await;
            let status = response.status().as_u16();
            let operation = &document["paths"][&route.pattern][method.as_str().to_lowercase()];
            let open = operation["security"]
                .as_array()
                .is_some_and(|s| s.contains(&json!({})));
            assert!(
                !matches!(status, 404 | 405),
                "{method} {} is documented and not served",
                route.pattern
            );
            assert_eq!(
                status == 401,
                !open,
                "{method} {} answers {status}",
                route.pattern
            );
        }
    }
}

#[test]
fn what_is_written_as_a_handler_is_in_the_list() {
    let mut written = 0;
    for folder in ["src/http", "src/ws"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap_or_default();
            let attributes = [
                "#[get(",
                "#[post(",
                "#[put(",
                "#[patch(",
                "#[delete(",
                "#[route(",
            ];
            written += text
                .lines()
                .filter(|l| attributes.iter().any(|a| l.starts_with(a)))
                .count();
        }
    }
    assert_eq!(written, routes::COUNT);
}

#[actix_web::test]
async fn a_wrong_method_names_the_right_ones() {
    let (service, _alive) = service!();
    let response = call_service(
        &service,
        TestRequest::put().uri("/api/v1/elements").to_request(),
    )
    .await;
    assert_eq!(response.headers().get("allow").unwrap(), "GET, POST");
    assert_eq!(problem(response).await.code, ErrorCode::MethodNotAllowed);
}

#[actix_web::test]
async fn unknown_addresses_of_the_api_are_problems() {
    let (service, _alive) = service!();
    for path in [
        "/api",
        "/api/v1/nothing",
        "/api/v1/elements/x/y/z",
        "/media/x",
        "/media/no-hash/jpeg-320",
    ] {
        let response = call_service(&service, TestRequest::get().uri(path).to_request()).await;
        let found = problem(response).await;
        assert!(
            matches!(found.code, ErrorCode::NotFound | ErrorCode::Unauthenticated),
            "{path}: {found:?}"
        );
    }
}

#[actix_web::test]
async fn every_answer_is_protected_and_named() {
    let (service, _alive) = service!();
    for path in [
        "/",
        "/healthz",
        "/api/v1/elements",
        "/api/v1/openapi.json",
        "/nothing.js",
    ] {
        let response = call_service(&service, TestRequest::get().uri(path).to_request()).await;
        let headers = response.headers();
        let csp = headers
            .get("content-security-policy")
            .unwrap()
            .to_str()
            .unwrap();
        assert!(csp.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(
            headers.get("x-content-type-options").unwrap(),
            "nosniff",
            "{path}"
        );
        assert!(
            headers.contains_key("referrer-policy") && headers.contains_key("x-request-id"),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn a_foreign_page_cannot_write_with_the_viewers_cookie() {
    let (service, _alive) = service!();
    let request = TestRequest::post()
        .uri("/api/v1/auth/logout")
        .insert_header(("host", "127.0.0.1:8080"))
        .insert_header(("origin", "http://evil.example"))
        .insert_header(("cookie", "asterism_session=whatever"));
    let response = call_service(&service, request.to_request()).await;
    assert_eq!(problem(response).await.code, ErrorCode::Forbidden);
}

#[actix_web::test]
async fn bodies_are_limited_and_must_be_json() {
    let (service, _alive) = service!();
    let login = || TestRequest::post().uri("/api/v1/auth/login");
    let response = call_service(&service, login().set_payload("handle=a").to_request()).await;
    assert_eq!(problem(response).await.code, ErrorCode::BadRequest);
    let large = json!({ "handle": "a", "password": "x".repeat(protocol::limits::JSON_BYTES) });
    let response = call_service(&service, login().set_json(large).to_request()).await;
    assert_eq!(problem(response).await.code, ErrorCode::TooLarge);
    let response = call_service(
        &service,
        login().set_json(json!({ "handle": "a" })).to_request(),
    )
    .await;
    assert!(problem(response).await.detail.unwrap().contains("password"));
}

#[actix_web::test]
async fn an_account_is_opened_used_and_left() {
    let (service, _alive) = service!();
    let form = json!({ "handle": "ada", "password": "correct horse" });
    let request = TestRequest::post()
        .uri("/api/v1/auth/register")
        .set_json(form);
    let response = call_service(&service, request.to_request()).await;
    assert_eq!(response.status(), 201);
    let cookie = response.response().cookies().next().unwrap().into_owned();
    let token = body(response).await["token"].as_str().unwrap().to_owned();
    assert_eq!(cookie.value(), token);

    let me = get(&service, "/api/v1/users/me", &token).await;
    assert_eq!(me["handle"], "ada");
    let logins = get(&service, "/api/v1/auth/sessions", &token).await;
    assert_eq!(logins["items"][0]["current"], true);
    let mine = get(&service, "/api/v1/elements", &token).await;
    assert_eq!(mine["items"], json!([]));

    let leave = TestRequest::post()
        .uri("/api/v1/auth/logout")
        .cookie(cookie);
    assert_eq!(
        call_service(&service, leave.to_request()).await.status(),
        204
    );
    let request = TestRequest::get()
        .uri("/api/v1/users/me")
        .insert_header(("authorization", format!("Bearer {token}")));
    assert_eq!(
        call_service(&service, request.to_request()).await.status(),
        401
    );
}

#[actix_web::test]
async fn each_file_of_an_upload_is_answered_by_itself() {
    let (service, _alive) = service!();
    let form = json!({ "handle": "ada", "password": "correct horse" });
    let request = TestRequest::post()
        .uri("/api/v1/auth/register")
        .set_json(form);
    let token = body(call_service(&service, request.to_request()).await).await["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let part = |name: &str, text: &str| {
        format!(
            "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{text}\r\n"
        )
    };
    let form = part("notes.txt", "no picture at all") + &part("empty.jpg", "") + "--b--\r\n";
    let request = TestRequest::post()
        .uri("/api/v1/elements")
        .insert_header(("authorization", format!("Bearer {token}")))
        .insert_header(("content-type", "multipart/form-data; boundary=b"))
        .set_payload(form);
    let response = call_service(&service, request.to_request()).await;
    assert_eq!(response.status(), 415);
    let answer = body(response).await;
    assert_eq!(answer["elements"][0]["error"]["code"], "unsupported_media");
    assert_eq!(answer["elements"][1]["error"]["code"], "empty_media");
}

async fn body(response: ServiceResponse<impl MessageBody>) -> Value {
    serde_json::from_slice(&read_body(response).await).unwrap()
}

async fn get<S, B>(service: &S, path: &str, token: &str) -> Value
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let request = TestRequest::with_uri(path)
        .method(Method::GET)
        .insert_header(("authorization", format!("Bearer {token}")));
    let response = call_service(service, request.to_request()).await;
    assert_eq!(response.status(), 200, "{path}");
    body(response).await
}
