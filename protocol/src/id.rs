//! Identifiers. All are 26 lower-case Crockford base-32 characters of a ULID
//! (48 bits of milliseconds, 80 bits of chance), so that they sort by time.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// Crockford's alphabet, lower case: no `i`, `l`, `o`, `u`.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Length of every identifier in characters.
pub const ID_LEN: usize = 26;

/// Why a text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an identifier has {ID_LEN} characters out of 0-9 and a-z without i, l, o, u")]
pub struct BadId;

/// Encodes 128 bits as an identifier.
fn encode(mut bits: u128) -> String {
    let mut out = [0u8; ID_LEN];
    for slot in out.iter_mut().rev() {
        *slot = ALPHABET[(bits & 31) as usize];
        bits >>= 5;
    }
    out.iter().map(|&b| char::from(b)).collect()
}

fn is_id(text: &str) -> bool {
    // The first character holds only three bits.
    text.len() == ID_LEN
        && text.as_bytes()[0] <= b'7'
        && text.bytes().all(|b| ALPHABET.contains(&b))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "schema", schema(value_type = String, example = "01jd3v2k8m0000000000000000"))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// From milliseconds since 1970 and 80 bits of chance (the low bits of `chance`).
            pub fn from_parts(millis: u64, chance: u128) -> Self {
                let time = u128::from(millis & 0xffff_ffff_ffff) << 80;
                Self(encode(time | (chance & ((1 << 80) - 1))))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                if is_id(text) { Ok(Self(text.to_owned())) } else { Err(BadId) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// A person's account.
    UserId,
    /// One saved picture or video with its provenance.
    ElementId,
    /// A named collection of elements.
    ClusterId,
    /// Something that is being fetched from elsewhere.
    FetchId,
    /// A camera or another device that speaks MQTT.
    DeviceId,
    /// One login (a browser or a device that holds a token).
    LoginId,
    /// One WebSocket session, which may outlive its connection.
    SocketId,
    /// A word of the vocabulary, whatever it is called just now.
    TagId,
    /// One change that can be taken back.
    ChangeId,
}

/// BLAKE3 of an original file: 64 lower-case hex digits. Names the media.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String))]
#[serde(transparent)]
pub struct MediaHash(String);

impl MediaHash {
    pub fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest.iter().map(|b| format!("{b:02x}")).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MediaHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for MediaHash {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 64 && text.bytes().all(hex) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadId)
        }
    }
}

impl<'de> Deserialize<'de> for MediaHash {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ids_print_parse_and_sort_by_time(a in 0u64..1 << 48, b in 0u64..1 << 48, chance: u128) {
            let (x, y) = (ElementId::from_parts(a, chance), ElementId::from_parts(b, chance));
            prop_assert_eq!(x.to_string().parse::<ElementId>().unwrap(), x.clone());
            prop_assert_eq!(a.cmp(&b), x.cmp(&y));
        }

        #[test]
        fn any_text_parses_or_is_refused_without_panic(text in "\\PC{0,40}") {
            if let Ok(id) = text.parse::<UserId>() {
                prop_assert_eq!(id.as_str(), text);
            }
        }
    }

    #[test]
    fn overlong_first_character_is_refused() {
        assert!("8zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<UserId>().is_err());
        assert!("7zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<UserId>().is_ok());
    }
}
