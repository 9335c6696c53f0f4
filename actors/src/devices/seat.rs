//! One device in memory: what it may, what it did, where it is connected.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use db::{KnownDevice, Tally};
use protocol::account::User;
use protocol::device::{Device, DeviceKind};
use protocol::{DeviceId, Problem, limits};
use tokio::sync::{mpsc, watch};

use super::rate::Rate;
use super::refusal::{self, Reason};
use crate::Viewer;
use crate::platform::now_millis;

const MILLIS_PER_DAY: i64 = 24 * 60 * 60 * 1_000;

/// A device that was heard of lately.
pub(crate) struct Seat {
    pub id: DeviceId,
    pub kind: DeviceKind,
    pub owner: User,
    state: Mutex<State>,
    /// Its uploads are changed by one at a time.
    pub uploads: tokio::sync::Mutex<()>,
}

struct State {
    device: Device,
    /// What is not written down yet.
    tally: Tally,
    /// Pictures and bytes of that day, as the quota counts them.
    day: i64,
    frames: u64,
    bytes: u64,
    frame_rate: Rate,
    message_rate: Rate,
    lines: Vec<Line>,
    used: Instant,
}

/// A connection of the device to this server.
pub(crate) struct Line {
    pub number: u64,
    /// Its place among the device's connections; given by [`Seat::join`].
    pub slot: usize,
    /// As the client calls itself: another one of that name takes its place.
    pub client: String,
    /// Filters that it subscribed to.
    pub filters: Arc<Mutex<Vec<String>>>,
    /// Whole packets to be sent.
    pub out: mpsc::Sender<Bytes>,
    /// Said once: close.
    pub end: watch::Sender<bool>,
}

impl Seat {
    pub fn new(known: KnownDevice) -> Self {
        let now = Instant::now();
        let counts = &known.device.counts;
        let state = State {
            tally: Tally::default(),
            day: now_millis().div_euclid(MILLIS_PER_DAY),
            frames: counts.today_frames.into(),
            bytes: counts.today_bytes,
            frame_rate: Rate::new(
                limits::MQTT_FRAMES_PER_SECOND,
                limits::MQTT_FRAMES_BURST,
                now,
            ),
            message_rate: Rate::new(
                limits::MQTT_MESSAGES_PER_SECOND,
                limits::MQTT_MESSAGES_BURST,
                now,
            ),
            lines: Vec::new(),
            used: now,
            device: known.device,
        };
        Self {
            id: state.device.id.clone(),
            kind: state.device.kind,
            owner: known.owner,
            state: Mutex::new(state),
            uploads: tokio::sync::Mutex::new(()),
        }
    }

    /// As it was last written down, with what its owner wants of it.
    pub fn device(&self) -> Device {
        self.state().device.clone()
    }

    pub fn set_device(&self, device: Device) {
        self.state().device = device;
    }

    pub fn is_revoked(&self) -> bool {
        self.state().device.revoked_at.is_some()
    }

    /// On whose behalf it sends.
    pub fn viewer(&self) -> Viewer {
        Viewer::acting(self.owner.clone())
    }

    /// Counts a message against the rate.
    ///
    /// # Errors
    /// How long to wait until one more may come.
    pub fn rate(&self, is_frame: bool) -> Result<(), Duration> {
        let now = Instant::now();
        let mut state = self.state();
        state.used = now;
        if is_frame {
            state.frame_rate.take(now)?;
        }
        state.message_rate.take(now)
    }

    /// Takes a picture out of the day's quota.
    ///
    /// # Errors
    /// The quota is used up; nothing is taken then.
    pub fn charge(&self, bytes: u64) -> Result<(), Problem> {
        let now = now_millis();
        let mut state = self.state();
        let day = now.div_euclid(MILLIS_PER_DAY);
        if day != state.day {
            (state.day, state.frames, state.bytes) = (day, 0, 0);
        }
        let quota = state.device.quota;
        let over = state.frames >= quota.frames_per_day.into()
            || state.bytes.saturating_add(bytes) > quota.bytes_per_day;
        if over {
            let wait = MILLIS_PER_DAY - now.rem_euclid(MILLIS_PER_DAY);
            return Err(refusal::quota(&quota, wait.unsigned_abs().div_ceil(1_000)));
        }
        state.frames += 1;
        state.bytes += bytes;
        state.tally.frames += 1;
        state.tally.frame_bytes += bytes;
        Ok(())
    }

    /// Gives a picture back to the quota: it was not accepted after all.
    pub fn refund(&self, bytes: u64) {
        let mut state = self.state();
        state.frames = state.frames.saturating_sub(1);
        state.bytes = state.bytes.saturating_sub(bytes);
        state.tally.frames = state.tally.frames.saturating_sub(1);
        state.tally.frame_bytes = state.tally.frame_bytes.saturating_sub(bytes);
    }

    /// Writes something down to be counted.
    pub fn note(&self, note: impl FnOnce(&mut Tally)) {
        let mut state = self.state();
        state.tally.seen_at = Some(now_millis());
        note(&mut state.tally);
    }

    pub fn refused(&self, reason: Reason, problem: &Problem) {
        reason.count();
        self.note(|tally| {
            *tally.refused.entry(reason.as_str()).or_default() += 1;
            tally.problem = Some(problem.clone());
        });
    }

    /// What is to be written down, if anything.
    pub fn take_tally(&self) -> Option<Tally> {
        let tally = std::mem::take(&mut self.state().tally);
        (!tally.is_empty()).then_some(tally)
    }

    /// It could not be written down: keeps it for the next time.
    pub fn put_back(&self, mut tally: Tally) {
        let mut state = self.state();
        tally.add(std::mem::take(&mut state.tally));
        state.tally = tally;
    }

    /// Takes a connection in. One of the same client ends for it, and the oldest
    /// when there are too many. True for the first, and its place.
    pub fn join(&self, mut line: Line) -> (bool, usize) {
        let mut state = self.state();
        let first = state.lines.is_empty();
        let same = state.lines.iter().position(|l| l.client == line.client);
        let full = (state.lines.len() >= limits::MQTT_PER_DEVICE).then_some(0);
        if let Some(at) = same.or(full) {
            let _ = state.lines.remove(at).end.send(true);
        }
        let taken = |slot: &usize| state.lines.iter().any(|line| line.slot == *slot);
        let slot = (0..).find(|slot| !taken(slot)).unwrap_or_default();
        line.slot = slot;
        state.lines.push(line);
        (first, slot)
    }

    /// A connection is gone. True for the last.
    pub fn leave(&self, number: u64) -> bool {
        let mut state = self.state();
        let before = state.lines.len();
        state.lines.retain(|line| line.number != number);
        state.used = Instant::now();
        state.lines.len() < before && state.lines.is_empty()
    }

    /// Closes every connection.
    pub fn end_all(&self) {
        for line in &self.state().lines {
            let _ = line.end.send(true);
        }
    }

    pub fn is_connected(&self) -> bool {
        !self.state().lines.is_empty()
    }

    /// Hands a packet to every connection that subscribed to its topic. One that
    /// does not keep up misses it.
    pub fn send(&self, topic: &str, packet: &Bytes) {
        for line in &self.state().lines {
            let filters = line.filters.lock().unwrap_or_else(PoisonError::into_inner);
            let wanted = filters.iter().any(|f| rumqttc::matches(topic, f));
            if wanted && line.out.try_send(packet.clone()).is_err() {
                metrics::counter!("asterism_devices_missed_total").increment(1);
            }
        }
    }

    /// Nobody is connected, nothing is to be written, and that for so long.
    pub fn is_idle(&self, since: Duration) -> bool {
        let state = self.state();
        state.lines.is_empty() && state.tally.is_empty() && state.used.elapsed() >= since
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use protocol::ErrorCode;

    use super::*;
    use crate::devices::testing::seat;

    fn line(number: u64, client: &str) -> (Line, watch::Receiver<bool>, mpsc::Receiver<Bytes>) {
        let (end, ended) = watch::channel(false);
        let (out, sent) = mpsc::channel(1);
        let line = Line {
            number,
            slot: 0,
            client: client.to_owned(),
            filters: Arc::new(Mutex::new(vec!["a/+".to_owned()])),
            out,
            end,
        };
        (line, ended, sent)
    }

    #[test]
    fn a_day_has_its_quota() {
        let seat = seat();
        assert!(seat.charge(400).is_ok() && seat.charge(400).is_ok());
        let over = seat.charge(400).unwrap_err();
        assert_eq!(over.code, ErrorCode::QuotaExceeded);
        assert!((1..=86_400).contains(&over.retry_after.unwrap()));
        seat.refund(400);
        assert!(seat.charge(600).is_ok());
        assert!(seat.charge(0).is_ok(), "the third picture");
        assert!(seat.charge(0).is_err(), "a fourth");
        let tally = seat.take_tally().unwrap();
        assert_eq!((tally.frames, tally.frame_bytes), (3, 1_000));
        assert!(seat.take_tally().is_none());
    }

    #[test]
    fn a_client_takes_the_place_of_its_former_self() {
        let seat = seat();
        let (first, first_ended, _a) = line(1, "cam");
        let (second, second_ended, mut sent) = line(2, "cam");
        assert_eq!(seat.join(first), (true, 0));
        assert_eq!(seat.join(second), (false, 0));
        assert!(*first_ended.borrow() && !*second_ended.borrow());
        assert!(!seat.leave(1), "it was replaced: the device is not gone");
        let packet = Bytes::from_static(b"x");
        seat.send("a/b", &packet);
        seat.send("a/b/c", &packet);
        assert_eq!(sent.try_recv().ok(), Some(packet));
        assert!(sent.try_recv().is_err());
        seat.end_all();
        assert!(*second_ended.borrow());
        assert!(seat.leave(2) && !seat.is_connected());
    }

    #[test]
    fn there_are_only_so_many_connections() {
        let seat = seat();
        let mut all = Vec::new();
        for number in 0..=limits::MQTT_PER_DEVICE as u64 {
            let (line, ended, sent) = line(number, &number.to_string());
            let (_, slot) = seat.join(line);
            assert!(slot < limits::MQTT_PER_DEVICE);
            all.push((ended, sent));
        }
        assert!(*all[0].0.borrow(), "the oldest went");
        assert!(all[1..].iter().all(|(ended, _)| !*ended.borrow()));
    }

    #[test]
    fn what_could_not_be_written_is_kept() {
        let seat = seat();
        seat.note(|tally| tally.accepted += 1);
        let tally = seat.take_tally().unwrap();
        seat.note(|tally| tally.accepted += 2);
        seat.put_back(tally);
        assert_eq!(seat.take_tally().unwrap().accepted, 3);
    }
}
