//! Frames as bytes: JSON in text messages or MessagePack in binary ones.

use actix_web::web::Bytes;
use actix_web_actors::ws::Message;
use protocol::ws::{ClientFrame, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK, ServerFrame};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What a client may offer.
pub const NAMES: [&str; 2] = [SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK];

/// How this connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    Json,
    MsgPack,
}

impl Codec {
    /// The first of the offered ones that we speak; JSON when none is offered,
    /// none when only others are.
    pub fn choose(offered: Option<&str>) -> Option<Codec> {
        let Some(offered) = offered else {
            return Some(Codec::Json);
        };
        offered.split(',').find_map(|name| match name.trim() {
            SUBPROTOCOL_JSON => Some(Codec::Json),
            SUBPROTOCOL_MSGPACK => Some(Codec::MsgPack),
            _ => None,
        })
    }

    /// # Errors
    /// Never for frames of the protocol; the text is for the log.
    pub fn encode(self, frame: &ServerFrame) -> Result<Message, String> {
        match self {
            Codec::Json => serde_json::to_string(frame)
                .map(|text| Message::Text(text.into()))
                .map_err(|e| e.to_string()),
            Codec::MsgPack => rmp_serde::to_vec_named(frame)
                .map(|bytes| Message::Binary(bytes.into()))
                .map_err(|e| e.to_string()),
        }
    }

    /// # Errors
    /// Says what is wrong with the frame, and whether it can be answered.
    pub fn decode(self, whole: &Whole) -> Result<ClientFrame, Unread> {
        let (name, text) = match self {
            Codec::Json => (SUBPROTOCOL_JSON, true),
            Codec::MsgPack => (SUBPROTOCOL_MSGPACK, false),
        };
        if whole.text != text {
            let why = format!("{name} comes in the other kind of message");
            return Err(Unread { id: None, why });
        }
        self.parse(&whole.bytes).map_err(|why| {
            let command: Option<Addressed> = self.parse(&whole.bytes).ok();
            let id = command.map(|command| command.id);
            Unread { id, why }
        })
    }

    fn parse<T: DeserializeOwned>(self, bytes: &[u8]) -> Result<T, String> {
        match self {
            Codec::Json => serde_json::from_slice(bytes).map_err(|e| e.to_string()),
            Codec::MsgPack => rmp_serde::from_slice(bytes).map_err(|e| e.to_string()),
        }
    }
}

/// As much of a command as it takes to answer it.
#[derive(Deserialize)]
struct Addressed {
    #[serde(rename = "op")]
    _op: String,
    id: u64,
}

/// What cannot be read as a frame.
#[derive(Debug, PartialEq, Eq)]
pub struct Unread {
    /// Of a command that only the server does not know in this form.
    pub id: Option<u64>,
    pub why: String,
}

/// A message with all its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    pub text: bool,
    pub bytes: Bytes,
}

#[cfg(test)]
mod tests {
    use protocol::ws::{Command, NoArg};

    use super::*;

    #[test]
    fn the_client_chooses_among_what_we_speak() {
        assert_eq!(Codec::choose(None), Some(Codec::Json));
        assert_eq!(
            Codec::choose(Some("x, asterism.v1.msgpack, asterism.v1.json")),
            Some(Codec::MsgPack)
        );
        assert_eq!(Codec::choose(Some("graphql-ws")), None);
    }

    #[test]
    fn frames_are_read_in_their_own_kind_of_message_only() {
        let ping = ClientFrame::Ping(Command {
            id: 7,
            arg: NoArg {},
        });
        let json = Bytes::from(serde_json::to_vec(&ping).unwrap());
        let packed = Bytes::from(rmp_serde::to_vec_named(&ping).unwrap());
        let whole = |text, bytes: &Bytes| Whole {
            text,
            bytes: bytes.clone(),
        };
        assert_eq!(Codec::Json.decode(&whole(true, &json)).unwrap(), ping);
        assert_eq!(Codec::MsgPack.decode(&whole(false, &packed)).unwrap(), ping);
        assert!(Codec::Json.decode(&whole(false, &json)).is_err());
        assert!(Codec::MsgPack.decode(&whole(true, &packed)).is_err());
    }

    #[test]
    fn a_command_that_is_not_known_can_be_answered_if_it_has_an_id() {
        let id = |text: &'static [u8]| {
            let bytes = Bytes::from_static(text);
            let read = Codec::Json.decode(&Whole { text: true, bytes });
            read.unwrap_err().id
        };
        assert_eq!(id(br#"{"op":"dance","id":3}"#), Some(3));
        assert_eq!(id(br#"{"op":"subscribe","id":4,"topic":"x"}"#), Some(4));
        for broken in [
            &br#"{"op":"dance"}"#[..],
            br#"{"op":"ping","id":-1}"#,
            br#"{"op":7,"id":1}"#,
            br#"{"id":1}"#,
            b"[]",
            b"",
        ] {
            assert_eq!(id(broken), None);
        }
    }
}
