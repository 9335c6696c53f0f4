//! CBOR (RFC 8949), as much as C2PA needs: borrowed, bounded in depth and number of values.

/// Nesting that no manifest reaches.
const MAX_DEPTH: usize = 24;
/// Values in one document.
const MAX_VALUES: usize = 20_000;

/// One value; tags are dropped, floats and simple values are [`Value::Other`].
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Text(&'a str),
    List(Vec<Value<'a>>),
    Map(Vec<(Value<'a>, Value<'a>)>),
    Other,
}

impl<'a> Value<'a> {
    /// The value under a text key of a map.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.entries()
            .iter()
            .find(|(name, _)| name.text() == Some(key))
            .map(|(_, value)| value)
    }

    /// The pairs of a map; anything else has none.
    pub fn entries(&self) -> &[(Value<'a>, Value<'a>)] {
        match self {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The values of a list; anything else has none.
    pub fn items(&self) -> &[Value<'a>] {
        match self {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub fn text(&self) -> Option<&'a str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub fn number(&self) -> Option<u64> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }
}

/// The first value in the bytes; `None` for anything broken, too deep or too big.
pub(super) fn parse(bytes: &[u8]) -> Option<Value<'_>> {
    Reader {
        bytes,
        left: MAX_VALUES,
    }
    .value(0)
}

struct Reader<'a> {
    bytes: &'a [u8],
    /// Values that may still be read.
    left: usize,
}

/// What ends a list or map of unknown length.
const BREAK: u8 = 0xff;

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Option<Value<'a>> {
        self.left = self.left.checked_sub(1)?;
        if depth > MAX_DEPTH {
            return None;
        }
        let head = self.take(1)?[0];
        let (major, info) = (head >> 5, head & 31);
        // a length that is not told is allowed for lists and maps alone: nobody cuts
        // manifests' strings into pieces
        let length = match info {
            0..=23 => Some(u64::from(info)),
            24..=27 => {
                let bytes = self.take(1 << (info - 24))?;
                Some(
                    bytes
                        .iter()
                        .fold(0, |all, byte| (all << 8) | u64::from(*byte)),
                )
            }
            31 if matches!(major, 4 | 5) => None,
            _ => return None,
        };
        match major {
            0 => length.map(Value::Number),
            1 | 7 => Some(Value::Other),
            2 => self.take(usize::try_from(length?).ok()?).map(Value::Bytes),
            3 => {
                let bytes = self.take(usize::try_from(length?).ok()?)?;
                std::str::from_utf8(bytes).ok().map(Value::Text)
            }
            4 => {
                let mut items = Vec::new();
                while self.goes_on(length, items.len())? {
                    items.push(self.value(depth + 1)?);
                }
                Some(Value::List(items))
            }
            5 => {
                let mut entries = Vec::new();
                while self.goes_on(length, entries.len())? {
                    entries.push((self.value(depth + 1)?, self.value(depth + 1)?));
                }
                Some(Value::Map(entries))
            }
            _ => self.value(depth + 1),
        }
    }

    /// Whether a list or map has another member; eats the break at its end.
    fn goes_on(&mut self, length: Option<u64>, read: usize) -> Option<bool> {
        match length {
            Some(length) => Some((read as u64) < length),
            None if *self.bytes.first()? == BREAK => {
                self.take(1)?;
                Some(false)
            }
            None => Some(true),
        }
    }

    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_of_everything_is_read() {
        // {"a": [1, h'02'], "b": tag 0 ("c"), 33: indefinite [..]}
        let bytes = b"\xa3\x61a\x82\x01\x41\x02\x61b\xc0\x61c\x18\x21\x9f\x18\xff\xff";
        let value = parse(bytes).expect("it is well formed");
        assert_eq!(
            value.get("a").expect("the key is there").items(),
            [Value::Number(1), Value::Bytes(&[2])]
        );
        assert_eq!(value.get("b").and_then(Value::text), Some("c"));
        assert_eq!(value.entries()[2].0.number(), Some(33));
        assert_eq!(value.entries()[2].1.items(), [Value::Number(255)]);
    }

    #[test]
    fn lies_about_length_and_depth_are_refused() {
        assert_eq!(parse(b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff"), None);
        assert_eq!(parse(b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff\x00"), None);
        assert_eq!(parse(&[0x81; 10_000]), None);
        assert_eq!(parse(&[0xc0; 10_000]), None);
        assert_eq!(parse(b""), None);
        let many = [&b"\x9a\x00\x10\x00\x00"[..], &[0; 1 << 20]].concat();
        assert_eq!(parse(&many), None);
    }
}
