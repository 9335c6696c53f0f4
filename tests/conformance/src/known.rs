//! Where a client stands in its session and its topics, and that nothing is
//! missing before it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::check::{Check, ensure, failed};

/// What a client remembers when its connection is cut.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub session: String,
    /// The last frame of the session.
    pub seq: u64,
    /// The last event of each topic: epoch and offset.
    pub marks: BTreeMap<String, (String, u64)>,
}

impl Known {
    /// What resumes the session.
    pub fn resume(&self, token: &str) -> Value {
        let position = |(topic, (epoch, offset)): (&String, &(String, u64))| json!({"topic": topic, "epoch": epoch, "offset": offset});
        let topics: Vec<Value> = self.marks.iter().map(position).collect();
        json!({"op": "resume", "token": token, "session": self.session, "seq": self.seq, "topics": topics})
    }

    /// Notes where the client stands, and that nothing is missing before it.
    pub(crate) fn note(&mut self, frame: &Value) -> Check {
        let op = frame["op"].as_str().unwrap_or_default();
        match (op, frame["seq"].as_u64()) {
            ("resumed", _) | (_, None) => {}
            // a new session, or an answer to `resume` that begins anew
            ("ready", Some(seq)) => self.seq = seq,
            ("reload", Some(seq)) if seq != self.seq + 1 => self.seq = seq,
            (_, Some(seq)) => {
                let before = std::mem::replace(&mut self.seq, seq);
                ensure(seq == before + 1, || {
                    format!("seq {seq} after {before}: {frame}")
                })?;
            }
        }
        match op {
            "event" => self.event(frame)?,
            "reload" => {
                let topics = frame["topics"].as_array().into_iter().flatten();
                topics.filter_map(Value::as_str).for_each(|topic| {
                    self.marks.remove(topic);
                });
            }
            _ => {}
        }
        Ok(())
    }

    fn event(&mut self, frame: &Value) -> Check {
        let (Some(topic), Some(epoch), Some(offset)) = (
            frame["topic"].as_str(),
            frame["epoch"].as_str(),
            frame["offset"].as_u64(),
        ) else {
            return failed(format!("no topic, epoch and offset in {frame}"));
        };
        let now = (epoch.to_owned(), offset);
        match self.marks.insert(topic.to_owned(), now) {
            Some((was, last)) if was != epoch || offset != last + 1 => {
                failed(format!("{topic}: offset {offset} after {last}"))
            }
            _ => Ok(()),
        }
    }
}
