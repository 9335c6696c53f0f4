//! Pictures that come in pieces. With the last byte they are elements.

use bytes::Bytes;
use db::uploads::{Have, missing};
use db::{Begun, DbError, Put, UploadKey};
use protocol::mqtt::{MessageId, Outcome, Step, UploadInit, split_chunk};
use protocol::{ErrorCode, Problem};

use super::desk::{Answer, Desk};
use super::refusal::{self, Reason};
use super::seat::Seat;

/// Gaps that one answer names.
const GAPS: usize = 64;
/// Longest file name that is kept, in characters.
const NAME_MAX: usize = 120;

impl Desk {
    pub(super) async fn upload(
        &self,
        seat: &Seat,
        id: &MessageId,
        step: Step,
        payload: Bytes,
    ) -> Answer {
        let _alone = seat.uploads.lock().await;
        let key = UploadKey {
            device: seat.id.clone(),
            upload: id.clone(),
        };
        let done = match step {
            Step::Init => self.begin(seat, &key, &payload).await,
            Step::Chunk(offset) => self.chunk(seat, &key, offset, payload).await,
            Step::Fin => self.fin(seat, &key).await,
        };
        done.unwrap_or_else(|error| {
            tracing::warn!(device = %seat.id, %error, "an upload has to go on later");
            metrics::counter!("asterism_devices_again_total").increment(1);
            Answer::Again
        })
    }

    async fn begin(&self, seat: &Seat, key: &UploadKey, payload: &[u8]) -> Result<Answer, DbError> {
        let init = match serde_json::from_slice::<UploadInit>(payload) {
            Ok(init) => init.check().map(|()| init),
            Err(error) => Err(refusal::bad_payload(format!(
                "an upload begins with {{\"size\": bytes}}: {error}"
            ))),
        };
        let init = match init {
            Ok(init) => plain(init),
            Err(problem) => {
                let reason = match problem.code {
                    ErrorCode::TooLarge => Reason::Oversize,
                    _ => Reason::BadPayload,
                };
                return Ok(self.refuse(seat, reason, &key.upload, problem));
            }
        };
        let later = |detail: &str| Problem::new(ErrorCode::Unavailable, detail).retry_after(60);
        Ok(match self.uploads().begin(key, &init).await? {
            // whoever begins again after a break learns where to go on
            Begun::Open(have) => self.standing(seat, key, have).await?,
            Begun::Done(text) => self.repeat(seat, key, &text),
            Begun::Other => {
                let detail = "another upload of that id was begun: choose a new one";
                let problem = Problem::new(ErrorCode::Conflict, detail);
                self.refuse(seat, Reason::BadPayload, &key.upload, problem)
            }
            Begun::TooMany => {
                let problem = later("finish the uploads that were begun first");
                self.refuse(seat, Reason::Flood, &key.upload, problem)
            }
            Begun::NoRoom => {
                let problem = later("there is no room for more unfinished uploads just now");
                self.refuse(seat, Reason::Flood, &key.upload, problem)
            }
        })
    }

    async fn chunk(
        &self,
        seat: &Seat,
        key: &UploadKey,
        offset: u64,
        payload: Bytes,
    ) -> Result<Answer, DbError> {
        let wrong = |problem| Ok(self.refuse(seat, Reason::BadPayload, &key.upload, problem));
        let crc = match split_chunk(&payload) {
            Ok((crc, bytes)) if crc32fast::hash(bytes) == crc => crc,
            Ok(_) => {
                let detail = format!(
                    "the CRC of the chunk at {offset} is not that of its bytes: send it again"
                );
                return wrong(refusal::bad_payload(detail));
            }
            Err(problem) => return wrong(problem),
        };
        let bytes = payload.slice(protocol::mqtt::CRC_BYTES..);
        match self.uploads().put(key, offset, crc, bytes).await? {
            Put::Stored(have) if have.is_complete() => self.complete(seat, key, have).await,
            Put::Stored(_) => {
                seat.note(|_| {});
                Ok(Answer::Decided)
            }
            Put::Done(text) => Ok(self.repeat(seat, key, &text)),
            Put::Unknown => wrong(unknown()),
            Put::Misfit(why) => wrong(refusal::bad_payload(format!(
                "the chunk at {offset}: {why}"
            ))),
        }
    }

    async fn fin(&self, seat: &Seat, key: &UploadKey) -> Result<Answer, DbError> {
        match self.uploads().state(key).await? {
            Put::Stored(have) => self.standing(seat, key, have).await,
            Put::Done(text) => Ok(self.repeat(seat, key, &text)),
            Put::Unknown | Put::Misfit(_) => {
                Ok(self.refuse(seat, Reason::BadPayload, &key.upload, unknown()))
            }
        }
    }

    /// Completes it if all is there, and else says what is missing.
    async fn standing(&self, seat: &Seat, key: &UploadKey, have: Have) -> Result<Answer, DbError> {
        if have.is_complete() {
            return self.complete(seat, key, have).await;
        }
        let outcome = Outcome::Incomplete {
            size: have.init.size,
            received: have.received(),
            missing: missing(&have, GAPS),
        };
        seat.note(|_| {});
        self.tell(seat, &key.upload, &outcome);
        Ok(Answer::Decided)
    }

    /// Makes it an element. Only then the outcome is written down and the
    /// pieces go: a kill in between repeats this, and the element is the same.
    async fn complete(&self, seat: &Seat, key: &UploadKey, have: Have) -> Result<Answer, DbError> {
        let whole = self.uploads().whole(key, &have).await?;
        let crc = have.init.crc();
        let outcome = if crc.is_some_and(|crc| crc32fast::hash(&whole) != crc) {
            let detail = "the whole has another CRC than was announced: begin a new upload";
            let problem = Problem::new(ErrorCode::DamagedMedia, detail);
            seat.refused(Reason::BadPayload, &problem);
            Outcome::refused(problem)
        } else {
            match self.save(seat, whole, have.init.name).await {
                Ok(outcome) => outcome,
                Err(answer) => return Ok(answer),
            }
        };
        // what may be accepted tomorrow keeps its pieces
        let waits = matches!(&outcome, Outcome::Refused { problem }
            if problem.code == ErrorCode::QuotaExceeded);
        if !waits {
            let text = serde_json::to_string(&outcome).expect("an outcome is JSON");
            self.uploads().finish(key, text).await?;
        }
        self.tell(seat, &key.upload, &outcome);
        Ok(Answer::Decided)
    }

    /// It ended before: says once more how.
    fn repeat(&self, seat: &Seat, key: &UploadKey, text: &str) -> Answer {
        seat.note(|tally| tally.duplicates += 1);
        metrics::counter!("asterism_devices_frames_total", "outcome" => "duplicate").increment(1);
        let part = protocol::mqtt::Part::Result(key.upload.clone());
        self.post().tell(seat, part, text.to_owned());
        Answer::Decided
    }
}

fn unknown() -> Problem {
    let detail = "no upload of that id was begun, or it was given up: begin with init";
    Problem::new(ErrorCode::NotFound, detail)
}

/// Names without control characters, shortened, so that the same beginning is
/// the same after a restart too.
fn plain(mut init: UploadInit) -> UploadInit {
    let name = init.name.take().map(|name| {
        let plain = name.chars().filter(|c| !c.is_control());
        plain.take(NAME_MAX).collect::<String>()
    });
    init.name = name.filter(|name| !name.is_empty());
    init
}
