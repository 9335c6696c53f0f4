//! Frames as bytes: JSON in text messages or MessagePack in binary ones.

use std::fmt::Display;
use std::io::Write;

use actix_web::web::Bytes;
use actix_web_actors::ws::Message;
use actors::{Broadcast, Encoding, Outgoing};
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
    pub fn encode(self, frame: &Outgoing) -> Result<Message, String> {
        match frame {
            Outgoing::Own(frame) => self.message(self.whole(frame)?),
            Outgoing::Event { seq, event } => self.event(*seq, event),
        }
    }

    /// An event is written down once for all who listen: what follows `seq`.
    fn event(self, seq: u64, event: &Broadcast) -> Result<Message, String> {
        let start = self.start();
        let tail = event.written(self.encoding(), || {
            let whole = self.whole(&event.frame(0)).unwrap_or_default();
            let zero = start.len() + 1;
            let tail = whole.get(zero..).filter(|_| whole.starts_with(start));
            tail.unwrap_or_default().into()
        });
        if tail.is_empty() {
            // never: a test says that frames begin as `start` does
            let whole = self.whole(&event.frame(seq))?;
            return self.message(whole);
        }
        let mut bytes = Vec::with_capacity(start.len() + 20 + tail.len());
        bytes.extend_from_slice(start);
        match self {
            Codec::Json => write!(bytes, "{seq}").map_err(text)?,
            Codec::MsgPack => rmp_serde::encode::write(&mut bytes, &seq).map_err(text)?,
        }
        bytes.extend_from_slice(tail);
        self.message(bytes)
    }

    /// How every event begins, up to the value of `seq`.
    fn start(self) -> &'static [u8] {
        match self {
            Codec::Json => b"{\"op\":\"event\",\"seq\":",
            // a map of seven
            Codec::MsgPack => b"\x87\xa2op\xa5event\xa3seq",
        }
    }

    fn encoding(self) -> Encoding {
        match self {
            Codec::Json => Encoding::Json,
            Codec::MsgPack => Encoding::MsgPack,
        }
    }

    fn whole(self, frame: &ServerFrame) -> Result<Vec<u8>, String> {
        match self {
            Codec::Json => serde_json::to_vec(frame).map_err(text),
            Codec::MsgPack => rmp_serde::to_vec_named(frame).map_err(text),
        }
    }

    fn message(self, bytes: Vec<u8>) -> Result<Message, String> {
        Ok(match self {
            Codec::Json => Message::Text(String::from_utf8(bytes).map_err(text)?.into()),
            Codec::MsgPack => Message::Binary(bytes.into()),
        })
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
            Codec::Json => serde_json::from_slice(bytes).map_err(text),
            Codec::MsgPack => rmp_serde::from_slice(bytes).map_err(text),
        }
    }
}

fn text(error: impl Display) -> String {
    error.to_string()
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
    use std::sync::Arc;

    use protocol::event::{ElementGone, Event};
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
    fn an_event_that_is_shared_looks_like_any_other_frame() {
        let id: protocol::ElementId = "01jd3v2k8m0000000000000000".parse().unwrap();
        let event = Broadcast::new(Arc::new(db::Published {
            topic: protocol::Topic::Element(id.clone()),
            epoch: "e".to_owned(),
            offset: 7,
            event: Event::ElementRemoved(ElementGone { id }),
        }));
        let event = Arc::new(event);
        for codec in [Codec::Json, Codec::MsgPack] {
            for seq in [1, 23, 127, 128, 255, 256, 65_535, 65_536, 1 << 32, 1 << 53] {
                let shared = Outgoing::Event {
                    seq,
                    event: event.clone(),
                };
                let own = Outgoing::Own(Arc::new(event.frame(seq)));
                let (shared, own) = (codec.encode(&shared), codec.encode(&own));
                assert_eq!(shared.unwrap(), own.unwrap(), "{codec:?}, {seq}");
            }
            let written = event.written(codec.encoding(), || unreachable!("it was made"));
            assert!(!written.is_empty(), "{codec:?} is not shared");
        }
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
