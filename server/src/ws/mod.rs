//! The WebSocket transport, by actix-web-actors: bytes in, bytes out. What
//! frames mean is decided in `actors::live`; nothing outside this folder
//! knows how they travel.

mod codec;
mod lifeline;
mod parts;
mod socket;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get};
use actix_web_actors::ws::{WsResponseBuilder, handshake_with_protocols};
use protocol::ErrorCode;
use protocol::limits::WS_FRAME_BYTES;

use crate::http::{ApiError, ApiResult, App, origin, viewer};
use codec::Codec;
pub use lifeline::Lifeline;
use socket::Socket;

/// Opens the WebSocket. Frames: `/api/v1/asyncapi.json`. A browser's cookie
/// counts; others identify with their token in the first frame. Subprotocol
/// `asterism.v1.json` (default) or `asterism.v1.msgpack`.
#[utoipa::path(
    tag = "live",
    security((), ("cookie" = [])),
    params(
        ("Upgrade" = String, Header, description = "websocket"),
        ("Sec-WebSocket-Protocol" = Option<String>, Header, description = "asterism.v1.json or asterism.v1.msgpack")
    ),
    responses((status = 101, description = "The socket is open"))
)]
#[get("/api/v1/ws")]
pub async fn open(req: HttpRequest, app: Data<App>, stream: Payload) -> ApiResult<HttpResponse> {
    if !origin::socket_allowed(&req, &app.settings.allowed_origins) {
        return Err(ApiError::new(
            ErrorCode::Forbidden,
            "this page may not use this server",
        ));
    }
    let offered = req
        .headers()
        .get("sec-websocket-protocol")
        .map(|p| p.to_str().unwrap_or_default());
    let Some(codec) = Codec::choose(offered) else {
        return Err(ApiError::new(
            ErrorCode::BadRequest,
            "offer the subprotocol asterism.v1.json or asterism.v1.msgpack",
        ));
    };
    if *app.stopping.borrow() {
        return Err(ApiError::new(
            ErrorCode::Unavailable,
            "the server is stopping",
        ));
    }
    // before a session is opened for it
    handshake_with_protocols(&req, &codec::NAMES).map_err(no_handshake)?;
    let connection = app.platform.live().open(viewer(&req).await?)?;
    let lifeline = Lifeline::of(&req);
    lifeline.bound_buffer();
    let socket = Socket::new(connection, codec, lifeline, app.stopping.clone());
    WsResponseBuilder::new(socket, &req, stream)
        .protocols(&codec::NAMES)
        .frame_size(WS_FRAME_BYTES)
        .start()
        .map_err(no_handshake)
}

fn no_handshake(error: impl std::fmt::Display) -> ApiError {
    ApiError::new(
        ErrorCode::BadRequest,
        format!("this is no WebSocket handshake: {error}"),
    )
}
