//! The machine-readable descriptions, made once from handlers and frames.

use actix_web::http::Method;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::PathItem;

use super::app::App;
use super::{asyncapi, openapi};

/// OpenAPI, AsyncAPI, and the table of routes that the first one holds.
pub struct Documents {
    openapi: Bytes,
    asyncapi: Bytes,
    routes: Vec<Route>,
}

/// One address and what can be done there.
pub struct Route {
    pub pattern: String,
    pub methods: Vec<Method>,
    address: actix_web::dev::ResourceDef,
}

impl Documents {
    pub fn generate() -> Self {
        let document = openapi::document();
        Documents {
            routes: routes(&document),
            openapi: document
                .to_json()
                .expect("the document is plain data")
                .into(),
            asyncapi: asyncapi::document().to_string().into(),
        }
    }

    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The methods of an address, if it is one.
    pub fn methods(&self, path: &str) -> Option<&[Method]> {
        let found = self
            .routes
            .iter()
            .find(|route| route.address.is_match(path));
        found.map(|route| route.methods.as_slice())
    }
}

fn routes(document: &OpenApi) -> Vec<Route> {
    let paths = document.paths.paths.iter();
    let mut routes: Vec<Route> = paths
        .map(|(pattern, item)| Route {
            pattern: pattern.clone(),
            methods: methods(item),
            address: actix_web::dev::ResourceDef::new(pattern.as_str()),
        })
        .collect();
    // fixed addresses before those with a hole
    routes.sort_by_key(|r| r.pattern.contains('{'));
    routes
}

fn methods(item: &PathItem) -> Vec<Method> {
    let all = [
        (&item.get, Method::GET),
        (&item.head, Method::HEAD),
        (&item.post, Method::POST),
        (&item.put, Method::PUT),
        (&item.patch, Method::PATCH),
        (&item.delete, Method::DELETE),
    ];
    all.into_iter()
        .filter(|(operation, _)| operation.is_some())
        .map(|(_, method)| method)
        .collect()
}

/// This API in OpenAPI 3.1.
#[utoipa::path(tag = "documents", security(()), responses((status = 200, description = "OpenAPI", body = Object)))]
#[get("/api/v1/openapi.json")]
pub async fn openapi_json(app: Data<App>) -> HttpResponse {
    json(&app.documents.openapi)
}

/// The WebSocket protocol in AsyncAPI 3.
#[utoipa::path(tag = "documents", security(()), responses((status = 200, description = "AsyncAPI", body = Object)))]
#[get("/api/v1/asyncapi.json")]
pub async fn asyncapi_json(app: Data<App>) -> HttpResponse {
    json(&app.documents.asyncapi)
}

fn json(document: &Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(document.clone())
}
