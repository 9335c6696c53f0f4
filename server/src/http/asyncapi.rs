//! AsyncAPI 3 of the WebSocket, generated from the frame types.

use std::collections::BTreeMap;

use protocol::ws::{ClientFrame, CloseCode, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK, ServerFrame};
use serde_json::{Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

/// The whole document.
pub fn document() -> Value {
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Asterism live",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Frames of the WebSocket, version 1. Prose and state machine: docs/websocket.md.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "here": { "host": "127.0.0.1:8080", "protocol": "ws", "description": "A server on this machine; wss behind TLS." },
        },
        "channels": {
            "live": {
                "address": "/api/v1/ws",
                "description": "Subprotocols: frames as JSON in text messages, or as MessagePack maps in binary ones.",
                "messages": {
                    "client": { "$ref": "#/components/messages/client" },
                    "server": { "$ref": "#/components/messages/server" },
                },
                "bindings": { "ws": {
                    "method": "GET",
                    "headers": { "type": "object", "properties": {
                        "Sec-WebSocket-Protocol": { "type": "string", "enum": [SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK] },
                    } },
                } },
                "x-close-codes": close_codes(),
            },
        },
        "operations": {
            "command": {
                "action": "receive",
                "summary": "What a client may send",
                "channel": { "$ref": "#/channels/live" },
                "messages": [{ "$ref": "#/channels/live/messages/client" }],
            },
            "tell": {
                "action": "send",
                "summary": "What the server sends",
                "channel": { "$ref": "#/channels/live" },
                "messages": [{ "$ref": "#/channels/live/messages/server" }],
            },
        },
        "components": {
            "messages": {
                "client": { "name": "client", "title": "Frame of a client", "payload": reference::<ClientFrame>() },
                "server": { "name": "server", "title": "Frame of the server", "payload": reference::<ServerFrame>() },
            },
            "schemas": schemas(),
        },
    })
}

fn reference<T: ToSchema>() -> Value {
    json!({ "$ref": format!("#/components/schemas/{}", T::name()) })
}

/// Both frame types and all that they are made of.
fn schemas() -> BTreeMap<String, RefOr<Schema>> {
    let mut all = vec![
        (ClientFrame::name().into_owned(), ClientFrame::schema()),
        (ServerFrame::name().into_owned(), ServerFrame::schema()),
    ];
    ClientFrame::schemas(&mut all);
    ServerFrame::schemas(&mut all);
    all.into_iter().collect()
}

fn close_codes() -> Value {
    let codes = CloseCode::ALL
        .into_iter()
        .map(|c| json!({ "code": c.code(), "reason": c.reason(), "resumable": c.resumable() }));
    Value::Array(codes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_is_described() {
        let document = document();
        let text = document.to_string();
        for op in [
            "identify",
            "resume",
            "subscribe",
            "unsubscribe",
            "presence",
            "mark_read",
            "like",
            "save",
            "unsave",
            "search",
            "feed",
            "ping",
        ] {
            assert!(text.contains(&format!("\"{op}\"")), "{op}");
        }
        for op in [
            "hello", "ready", "resumed", "reload", "event", "signal", "ok", "found", "error",
            "pong",
        ] {
            assert!(text.contains(&format!("\"{op}\"")), "{op}");
        }
        assert_eq!(
            document["channels"]["live"]["x-close-codes"]
                .as_array()
                .unwrap()
                .len(),
            CloseCode::ALL.len()
        );
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }
}
