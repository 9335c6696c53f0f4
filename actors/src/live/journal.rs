//! What a session remembers to be resumable: the frames it sent last, where
//! it stands in each topic, and what it was told of it. Pure data: a cut
//! session is parked as this.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use protocol::Topic;
use protocol::cluster::Placed;
use protocol::limits::{WS_ANSWERED, WS_REPLAY};
use protocol::ws::ServerFrame;

use super::deeds::Deed;
use super::outgoing::{Broadcast, Outgoing};
use super::signals::Told;

/// Where a session stands in one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub epoch: String,
    /// The last event that was sent or was not to be sent.
    pub offset: u64,
}

/// Sent frames by `seq`, and marks by topic.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    seq: u64,
    sent: VecDeque<(u64, Outgoing)>,
    /// What was carried out last, by the ids of the commands, with the answers.
    acted: VecDeque<(u64, Deed, Option<Box<Placed>>)>,
    pub marks: BTreeMap<Topic, Mark>,
    /// Signals of the topics, as far as they were told.
    pub signals: BTreeMap<Topic, Told>,
    /// Topics at which the account says it is present by this session.
    pub here: BTreeSet<Topic>,
}

impl Journal {
    /// Numbers a frame and keeps it for replay.
    pub fn record(&mut self, number: impl FnOnce(u64) -> ServerFrame) -> Outgoing {
        self.keep(|seq| Outgoing::Own(Arc::new(number(seq))))
    }

    /// The same for an event, which stays shared.
    pub fn record_event(&mut self, event: Arc<Broadcast>) -> Outgoing {
        self.keep(|seq| Outgoing::Event { seq, event })
    }

    fn keep(&mut self, number: impl FnOnce(u64) -> Outgoing) -> Outgoing {
        self.seq += 1;
        let frame = number(self.seq);
        if self.sent.len() == WS_REPLAY {
            self.sent.pop_front();
        }
        self.sent.push_back((self.seq, frame.clone()));
        frame
    }

    /// A command was carried out. Of those with one id the last counts.
    pub fn answer(&mut self, id: u64, deed: Deed, placed: Option<Box<Placed>>) {
        self.acted.retain(|(other, ..)| *other != id);
        if self.acted.len() == WS_ANSWERED {
            self.acted.pop_front();
        }
        self.acted.push_back((id, deed, placed));
    }

    /// The answer to the same command with the same id.
    pub fn answered(&self, id: u64, deed: &Deed) -> Option<Option<Box<Placed>>> {
        let same = |(other, done, _): &&(u64, Deed, _)| *other == id && done == deed;
        self.acted.iter().find(same).map(|(.., p)| p.clone())
    }

    /// Ends what was known of a topic; false when it was not listened to.
    pub fn leave(&mut self, topic: &Topic) -> bool {
        self.signals.remove(topic);
        self.here.remove(topic);
        self.marks.remove(topic).is_some()
    }

    /// The frames after `seq`; none at all if some of them are gone, or if
    /// `seq` was never reached.
    pub fn after(&self, seq: u64) -> Option<Vec<Outgoing>> {
        let first_kept = self.sent.front().map_or(self.seq + 1, |(seq, _)| *seq);
        if seq > self.seq || seq + 1 < first_kept {
            return None;
        }
        Some(
            self.sent
                .iter()
                .filter(|(s, _)| *s > seq)
                .map(|(_, f)| f.clone())
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pong(id: u64) -> ServerFrame {
        ServerFrame::Pong { id }
    }

    proptest! {
        #[test]
        fn replay_has_no_gap_or_says_so(sent in 0u64..1200, seen in 0u64..1300) {
            let mut journal = Journal::default();
            for _ in 0..sent {
                journal.record(pong);
            }
            match journal.after(seen) {
                Some(frames) => {
                    let ids: Vec<_> = frames.iter().map(|frame| match frame {
                        Outgoing::Own(frame) => match **frame { ServerFrame::Pong { id } => id, _ => 0 },
                        Outgoing::Event { .. } => 0,
                    }).collect();
                    prop_assert_eq!(ids, (seen + 1..=sent).collect::<Vec<_>>());
                }
                None => prop_assert!(seen > sent || sent - seen > WS_REPLAY as u64),
            }
        }
    }
}
