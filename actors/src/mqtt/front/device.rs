//! A camera's connection.

use std::sync::PoisonError;

use bytes::Bytes;
use db::Presence;
use protocol::limits;
use protocol::mqtt::{DeviceTopic, MessageId, Part};
use rumqttc::{
    Packet, PubAck, QoS, SubAck, Subscribe, SubscribeReasonCode, UnsubAck, Unsubscribe,
    valid_filter,
};
use tokio::io::AsyncRead;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::timeout;

use super::frames::{Broken, Frames, Incoming};
use super::{Front, Own};
use crate::devices::{Answer, Message, Reason, Seat, flood, foreign_device, oversize, result_of};
use crate::mqtt::post::encode;

/// Messages that were read and are not decided: few, as each may be a picture.
const WAITING: usize = 4;

/// A message to be decided.
struct Work {
    topic: String,
    pkid: u16,
    /// None: it was too large, of so many bytes.
    body: Result<Message, usize>,
    _room: Option<OwnedSemaphorePermit>,
}

/// Talks until either side ends, and answers how it did. Messages are decided
/// one after the other, in their order; what was read before a goodbye is
/// decided too.
pub(super) async fn talk<R: AsyncRead + Unpin>(
    front: &Front,
    seat: &Seat,
    frames: Frames<R>,
    own: Own,
) -> Presence {
    let (works, queue) = mpsc::channel(WAITING);
    let (stop, stopped) = watch::channel(());
    let out = own.out.clone();
    if own.resumed {
        // a session that goes on has its subscriptions: to all that it may hear
        let mut filters = own.filters.lock().unwrap_or_else(PoisonError::into_inner);
        *filters = own_filters(seat);
    }
    let (end, ()) = tokio::join!(listen(seat, frames, own, works, stopped), async move {
        // boxed: the ways that intake may go are too many for the compiler to lay out in one
        Box::pin(decide(front, seat, queue, out)).await;
        // nothing more is decided: nothing more is read
        drop(stop);
    });
    end
}

/// All that a device may subscribe to.
fn own_filters(seat: &Seat) -> Vec<String> {
    let root = format!("{}{}", protocol::mqtt::DEVICES, seat.id);
    vec![format!("{root}/result/+"), format!("{root}/config/+/set")]
}

async fn listen<R: AsyncRead + Unpin>(
    seat: &Seat,
    mut frames: Frames<R>,
    own: Own,
    works: mpsc::Sender<Work>,
    mut stopped: watch::Receiver<()>,
) -> Presence {
    loop {
        let came = tokio::select! {
            came = timeout(own.keep_alive, frames.next()) => came,
            _ = stopped.changed() => return Presence::Lost,
        };
        let incoming = match came {
            Ok(Ok(incoming)) => incoming,
            Ok(Err(Broken::Closed)) | Err(_) => return Presence::Lost,
            Ok(Err(error)) => {
                tracing::debug!(device = %seat.id, %error, "mqtt connection given up");
                return Presence::Lost;
            }
        };
        let done = match incoming {
            Incoming::TooLarge {
                topic,
                qos,
                pkid,
                bytes,
            } if qos < 2 => {
                let work = Work {
                    topic,
                    pkid,
                    body: Err(bytes),
                    _room: None,
                };
                works.send(work).await.is_ok()
            }
            Incoming::Packet(Packet::Publish(publish), room) if publish.qos != QoS::ExactlyOnce => {
                let message = Message {
                    payload: publish.payload,
                    retain: publish.retain,
                };
                let work = Work {
                    topic: publish.topic,
                    pkid: publish.pkid,
                    body: Ok(message),
                    _room: room,
                };
                works.send(work).await.is_ok()
            }
            Incoming::Packet(Packet::Subscribe(subscribe), _) => own
                .out
                .send(subscribed(seat, &own, subscribe))
                .await
                .is_ok(),
            Incoming::Packet(Packet::Unsubscribe(unsubscribe), _) => {
                let ack = unsubscribed(&own, &unsubscribe);
                own.out.send(ack).await.is_ok()
            }
            Incoming::Packet(Packet::PingReq, _) => {
                own.out.send(encode(&Packet::PingResp)).await.is_ok()
            }
            // an ack of something that we did not ask it to ack
            Incoming::Packet(Packet::PubAck(_), _) => true,
            Incoming::Packet(Packet::Disconnect, _) => return Presence::Left,
            // QoS 2, or what only a server says
            _ => false,
        };
        if !done {
            return Presence::Lost;
        }
    }
}

fn unsubscribed(own: &Own, unsubscribe: &Unsubscribe) -> Bytes {
    let mut filters = own.filters.lock().unwrap_or_else(PoisonError::into_inner);
    filters.retain(|filter| !unsubscribe.topics.contains(filter));
    encode(&Packet::UnsubAck(UnsubAck::new(unsubscribe.pkid)))
}

/// Takes up what it may hear of; everything is delivered with QoS 0.
fn subscribed(seat: &Seat, own: &Own, subscribe: Subscribe) -> Bytes {
    let mut filters = own.filters.lock().unwrap_or_else(PoisonError::into_inner);
    let codes = subscribe.filters.into_iter().map(|wish| {
        if !may_hear(seat, &wish.path) || filters.len() >= limits::MQTT_FILTERS {
            Reason::WrongTopic.count();
            return SubscribeReasonCode::Failure;
        }
        if !filters.contains(&wish.path) {
            filters.push(wish.path);
        }
        SubscribeReasonCode::Success(QoS::AtMostOnce)
    });
    let codes = codes.collect();
    encode(&Packet::SubAck(SubAck::new(subscribe.pkid, codes)))
}

/// Only what is below its own `result` and `config`.
fn may_hear(seat: &Seat, filter: &str) -> bool {
    let own = filter
        .strip_prefix(protocol::mqtt::DEVICES)
        .and_then(|rest| rest.strip_prefix(seat.id.as_str()))
        .and_then(|rest| rest.strip_prefix('/'));
    let own = own.is_some_and(|rest| rest.starts_with("result/") || rest.starts_with("config/"));
    own && filter.len() <= 200 && valid_filter(filter)
}

async fn decide(
    front: &Front,
    seat: &Seat,
    mut queue: mpsc::Receiver<Work>,
    out: mpsc::Sender<Bytes>,
) {
    while let Some(work) = queue.recv().await {
        let pkid = work.pkid;
        let answer = judge(front, seat, work).await;
        if answer == Answer::Again {
            return;
        }
        if pkid > 0
            && out
                .send(encode(&Packet::PubAck(PubAck::new(pkid))))
                .await
                .is_err()
        {
            return;
        }
    }
}

async fn judge(front: &Front, seat: &Seat, work: Work) -> Answer {
    let desk = &front.desk;
    let topic = match work.topic.parse::<DeviceTopic>() {
        Ok(topic) => topic,
        Err(_) => return desk.wrong_topic(seat, &work.topic),
    };
    if topic.device != seat.id {
        let about = MessageId::refused();
        return desk.refuse(seat, Reason::ForeignDevice, &about, foreign_device());
    }
    let is_frame = matches!(topic.part, Part::Frame(_));
    // what waits for its ack can be slowed down; what does not is too much
    while let Err(wait) = seat.rate(is_frame) {
        if work.pkid == 0 {
            return desk.refuse(seat, Reason::Flood, &result_of(&topic.part), flood());
        }
        tokio::time::sleep(wait).await;
    }
    match work.body {
        Ok(message) => desk.take(seat, topic.part, message).await,
        Err(bytes) => {
            let problem = oversize(bytes, limits::MQTT_FRAME_BYTES);
            desk.refuse(seat, Reason::Oversize, &result_of(&topic.part), problem)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::devices::testing::seat;

    #[test]
    fn a_device_hears_of_its_own_results_alone() {
        let seat = seat();
        let root = format!("asterism/v1/devices/{}", seat.id);
        for fine in [
            "/result/+",
            "/result/#",
            "/result/frame",
            "/config/+/set",
            "/config/#",
        ] {
            assert!(may_hear(&seat, &format!("{root}{fine}")), "{fine}");
        }
        for wrong in [
            "",
            "/#",
            "/+",
            "/status",
            "/frame",
            "/result",
            "/upload/#",
            "/result/a+",
        ] {
            assert!(!may_hear(&seat, &format!("{root}{wrong}")), "{wrong}");
        }
        for wrong in [
            "#",
            "asterism/v1/devices/+/result/#",
            "homeassistant/#",
            "$SYS/#",
        ] {
            assert!(!may_hear(&seat, wrong), "{wrong}");
        }
        assert!(
            own_filters(&seat)
                .iter()
                .all(|filter| may_hear(&seat, filter))
        );
    }
}
