//! 1: the handshake.

use std::time::Duration;

use serde_json::json;
use tungstenite::Message;

use crate::check::{Check, ensure, failed, same};
use crate::socket::{Encoding, Handshake, Socket};
use crate::world::World;

const SOON: Duration = Duration::from_secs(5);

pub fn encodings(world: &World) -> Check {
    let (json, packed) = (Encoding::Json.name(), Encoding::MsgPack.name());
    let both = format!("{packed}, {json}");
    let unknown_first = format!("other.v9, {json}");
    for (offered, chosen) in [
        (None, None),
        (Some(json), Some(json)),
        (Some(packed), Some(packed)),
        (Some(&*both), Some(packed)),
        (Some(&*unknown_first), Some(json)),
    ] {
        let handshake = Handshake {
            protocols: offered,
            ..Handshake::default()
        };
        match Socket::knock(world.url, &handshake)? {
            Err(refused) => return failed(format!("{offered:?} is refused: {refused:?}")),
            Ok(mut socket) => {
                same("the subprotocol", socket.chosen.as_deref(), chosen)?;
                socket.identify(&world.ada.token)?;
            }
        }
    }
    Ok(())
}

pub fn others(world: &World) -> Check {
    let handshake = Handshake {
        protocols: Some("graphql-ws"),
        ..Handshake::default()
    };
    refused(world, &handshake, 400, "bad_request")
}

pub fn origins(world: &World) -> Check {
    let own = world.url.trim_end_matches('/');
    let port_beside = format!("{own}0");
    for foreign in ["https://evil.example", "null", &port_beside] {
        let handshake = Handshake {
            origin: Some(foreign),
            ..Handshake::default()
        };
        refused(world, &handshake, 403, "forbidden")?;
    }
    let handshake = Handshake {
        origin: Some(own),
        ..Handshake::default()
    };
    match Socket::knock(world.url, &handshake)? {
        Ok(_) => Ok(()),
        Err(refused) => failed(format!("the server's own pages are refused: {refused:?}")),
    }
}

pub fn no_handshake(world: &World) -> Check {
    let answer = world.ada.call("GET", "/api/v1/ws", None)?;
    same("the status", answer.status, 400)?;
    same(
        "the code",
        answer.body["code"].as_str(),
        Some("bad_request"),
    )
}

pub fn mixed(world: &World) -> Check {
    let mut text = Socket::connect(world.url, Encoding::Json)?;
    text.send_raw(Message::binary(&b"{\"op\":\"identify\"}"[..]))?;
    text.closed(4030, SOON)?;
    let mut packed = Socket::connect(world.url, Encoding::MsgPack)?;
    packed.send_raw(Message::text(json!({"op": "identify"}).to_string()))?;
    packed.closed(4030, SOON)
}

fn refused(world: &World, handshake: &Handshake, status: u16, code: &str) -> Check {
    match Socket::knock(world.url, handshake)? {
        Ok(_) => failed(format!("{handshake:?} opens a socket")),
        Err(refused) => {
            same("the status", refused.status, status)?;
            // not every client is shown the body of a refused handshake
            let told = refused.problem["code"].as_str();
            ensure(told.is_none_or(|told| told == code), || {
                format!("the code is {told:?} and not {code}")
            })
        }
    }
}
