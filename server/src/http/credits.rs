//! Who made the sample pictures.

use actix_web::get;
use actix_web::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::samples::{self, Credit};

/// Credits of the sample library.
#[derive(Debug, Serialize, ToSchema)]
pub struct Credits {
    items: Vec<Credit>,
}

/// Title, author, licence and source of every sample picture.
#[utoipa::path(
    tag = "discover",
    security(()),
    responses((status = 200, description = "The credits", body = Credits))
)]
#[get("/api/v1/credits")]
pub async fn credits() -> Json<Credits> {
    Json(Credits {
        items: samples::credits(),
    })
}
