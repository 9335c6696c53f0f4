//! Messages that come in several parts.

use actix_http::ws::Item;
use actix_web::web::{Bytes, BytesMut};
use protocol::limits::WS_FRAME_BYTES;

use super::codec::Whole;

/// Collects the parts of one message, within the limit of a whole one.
#[derive(Debug, Default)]
pub struct Parts {
    text: bool,
    bytes: BytesMut,
}

/// Together they are larger than a frame may be.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLarge;

impl Parts {
    /// Takes one part; the message when it was the last.
    ///
    /// # Errors
    /// [`TooLarge`], and nothing is kept.
    pub fn take(&mut self, item: Item) -> Result<Option<Whole>, TooLarge> {
        match item {
            Item::FirstText(part) => self.begin(true, &part),
            Item::FirstBinary(part) => self.begin(false, &part),
            Item::Continue(part) => self.add(&part).map(|()| None),
            Item::Last(part) => {
                self.add(&part)?;
                Ok(Some(Whole {
                    text: self.text,
                    bytes: std::mem::take(&mut self.bytes).freeze(),
                }))
            }
        }
    }

    fn begin(&mut self, text: bool, part: &Bytes) -> Result<Option<Whole>, TooLarge> {
        self.text = text;
        self.bytes.clear();
        self.add(part).map(|()| None)
    }

    fn add(&mut self, part: &Bytes) -> Result<(), TooLarge> {
        if self.bytes.len() + part.len() > WS_FRAME_BYTES {
            self.bytes = BytesMut::new();
            return Err(TooLarge);
        }
        self.bytes.extend_from_slice(part);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_become_one_message() {
        let mut parts = Parts::default();
        assert_eq!(
            parts.take(Item::FirstText(Bytes::from_static(b"ab"))),
            Ok(None)
        );
        assert_eq!(
            parts.take(Item::Continue(Bytes::from_static(b"c"))),
            Ok(None)
        );
        let whole = parts
            .take(Item::Last(Bytes::from_static(b"d")))
            .unwrap()
            .unwrap();
        assert!(whole.text);
        assert_eq!(whole.bytes, "abcd");
    }

    #[test]
    fn many_small_parts_do_not_get_around_the_limit() {
        let mut parts = Parts::default();
        let part = Bytes::from(vec![b'x'; 1024]);
        parts.take(Item::FirstBinary(part.clone())).unwrap();
        let refused =
            (0..WS_FRAME_BYTES / 1024).any(|_| parts.take(Item::Continue(part.clone())).is_err());
        assert!(refused);
    }
}
