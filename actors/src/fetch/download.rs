//! A picture on its way.

use bytes::{Bytes, BytesMut};
use tokio::sync::OwnedSemaphorePermit;
use url::Url;

use super::Refusal;
use super::body::Body;

/// A picture of which the beginning has come. Dropping it hangs up.
pub struct Download {
    /// Where it really came from.
    pub url: Url,
    first: Option<Bytes>,
    body: Body,
    _place: OwnedSemaphorePermit,
}

impl Download {
    pub(super) fn new(url: Url, first: Vec<u8>, body: Body, place: OwnedSemaphorePermit) -> Self {
        Self {
            url,
            first: Some(first.into()),
            body,
            _place: place,
        }
    }

    /// The next bytes, from the first on; none at the end.
    ///
    /// # Errors
    /// Too many, too slow, or the server broke off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.body.next().await,
        }
    }

    /// All of it.
    ///
    /// # Errors
    /// As [`Download::next`].
    pub async fn all(mut self) -> Result<Bytes, Refusal> {
        // what a server announces is no reason to reserve that much
        let mut bytes = BytesMut::new();
        while let Some(more) = self.next().await? {
            bytes.extend_from_slice(&more);
        }
        Ok(bytes.freeze())
    }

    /// The last part of its address, if that may be a file's name.
    pub fn file_name(&self) -> Option<String> {
        let last = self.url.path_segments()?.next_back()?;
        let name = percent_encoding::percent_decode_str(last).decode_utf8_lossy();
        (!name.is_empty()).then(|| name.into_owned())
    }
}
