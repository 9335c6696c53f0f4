//! Reading what comes, within limits of bytes and of patience.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::GzDecoder;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header;
use tokio::time::{Instant, timeout_at};

use super::config::FetchLimits;
use super::refusal::Refusal;
use super::wire::{Answer, Connection};

/// Bytes of a packed body that are unpacked in one go: at most a thousand
/// times as many come out before the limit is looked at.
const PACKED_STEP: usize = 4 << 10;

/// A body as it comes, unpacked.
pub struct Body {
    incoming: Incoming,
    packing: Option<Box<GzDecoder<Sink>>>,
    /// Unpacked bytes that may still come.
    left: usize,
    limit: usize,
    received: usize,
    began: Instant,
    /// When all of it must have come.
    deadline: Instant,
    limits: FetchLimits,
    _connection: Connection,
}

impl Body {
    /// Of at most `limit` bytes, packed or not, by the deadline.
    ///
    /// # Errors
    /// The server announces more, or packed it otherwise than by gzip.
    pub fn of(
        answer: Answer,
        limits: &FetchLimits,
        limit: usize,
        deadline: Instant,
    ) -> Result<Self, Refusal> {
        let (head, incoming) = answer.response.into_parts();
        let announced = head.headers.get(header::CONTENT_LENGTH);
        let announced: Option<usize> = announced.and_then(|n| n.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(Refusal::TooLarge { limit });
        }
        let encoding = head.headers.get(header::CONTENT_ENCODING);
        let encoding = encoding.map(|e| e.as_bytes().trim_ascii().to_ascii_lowercase());
        let packing = match encoding.as_deref() {
            None | Some(b"" | b"identity") => None,
            Some(b"gzip" | b"x-gzip") => Some(Box::new(GzDecoder::new(Sink {
                bytes: Vec::new(),
                room: limit,
            }))),
            Some(_) => return Err(Refusal::Packed),
        };
        Ok(Self {
            incoming,
            packing,
            left: limit,
            limit,
            received: 0,
            began: Instant::now(),
            deadline,
            limits: limits.clone(),
            _connection: answer.connection,
        })
    }

    /// The next bytes; none at the end. Empty ones may come in between.
    ///
    /// # Errors
    /// Too many, too slow, or the server broke off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        let Some(bytes) = self.receive().await? else {
            return self.rest();
        };
        let bytes = match &mut self.packing {
            None => bytes,
            Some(packing) => unpack(packing, &bytes, self.limit).await?,
        };
        let limit = self.limit;
        let left = self.left.checked_sub(bytes.len());
        self.left = left.ok_or(Refusal::TooLarge { limit })?;
        Ok(Some(bytes))
    }

    /// So many bytes or a few more; fewer if there are no more.
    ///
    /// # Errors
    /// As [`Body::next`].
    pub async fn first(&mut self, count: usize) -> Result<Vec<u8>, Refusal> {
        let mut bytes = Vec::new();
        while bytes.len() < count {
            match self.next().await? {
                Some(more) => bytes.extend_from_slice(&more),
                None => break,
            }
        }
        Ok(bytes)
    }

    async fn receive(&mut self) -> Result<Option<Bytes>, Refusal> {
        loop {
            let until = self.deadline.min(Instant::now() + self.limits.silence);
            let frame = timeout_at(until, self.incoming.frame()).await;
            let frame = frame.map_err(|_| Refusal::Slow("to go on"))?;
            let Some(frame) = frame.transpose().map_err(|error| {
                tracing::debug!(%error, "body broke off");
                Refusal::Broken
            })?
            else {
                return Ok(None);
            };
            let Ok(bytes) = frame.into_data() else {
                continue; // trailers
            };
            self.received += bytes.len();
            let time = self.began.elapsed();
            let due = self.limits.slowest as f64 * time.as_secs_f64();
            if time > self.limits.silence && (self.received as f64) < due {
                return Err(Refusal::Slow("to send it"));
            }
            return Ok(Some(bytes));
        }
    }

    /// What the unpacking still holds back.
    fn rest(&mut self) -> Result<Option<Bytes>, Refusal> {
        let Some(mut packing) = self.packing.take() else {
            return Ok(None);
        };
        let limit = self.limit;
        packing.try_finish().map_err(|e| unpacking(&e, limit))?;
        let bytes = std::mem::take(&mut packing.get_mut().bytes);
        Ok((!bytes.is_empty()).then(|| bytes.into()))
    }
}

async fn unpack(
    packing: &mut GzDecoder<Sink>,
    bytes: &[u8],
    limit: usize,
) -> Result<Bytes, Refusal> {
    for step in bytes.chunks(PACKED_STEP) {
        packing.write_all(step).map_err(|e| unpacking(&e, limit))?;
        // a bomb must not keep everybody else from this thread
        tokio::task::yield_now().await;
    }
    Ok(std::mem::take(&mut packing.get_mut().bytes).into())
}

fn unpacking(error: &io::Error, limit: usize) -> Refusal {
    match error.kind() {
        io::ErrorKind::StorageFull => Refusal::TooLarge { limit },
        _ => Refusal::Broken,
    }
}

/// Takes so much and no more.
struct Sink {
    bytes: Vec<u8>,
    room: usize,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.room {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.room -= bytes.len();
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
