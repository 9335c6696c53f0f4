//! A hub's connection: Home Assistant, or whatever shows an account's devices.
//! It hears what the router keeps of them, and changes their settings.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use protocol::device::DeviceKind;
use protocol::mqtt::{DISCOVERY, DeviceTopic, MessageId, Part, SERVER_STATUS};
use protocol::{DeviceId, UserId, limits};
use rumqttc::{Packet, PubAck, Publish, QoS, SubAck, SubscribeReasonCode, UnsubAck, valid_filter};
use rumqttd::Notification;
use rumqttd::local::{LinkRx, LinkTx};
use rumqttd::protocol as router;
use tokio::io::AsyncRead;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::frames::{Frames, Incoming};
use super::{Front, Own};
use crate::devices::{Answer, Reason, Seat, foreign_device};
use crate::mqtt::discovery::device_of;
use crate::mqtt::post::{encode, packet};

/// Different filters that hubs of one account may ever use until the server is
/// started anew: the router remembers each.
const FILTERS_PER_ACCOUNT: usize = 512;
/// Longest filter, in bytes.
const FILTER_BYTES: usize = 200;
/// The account's devices are looked up again after so long.
const FRESH: Duration = Duration::from_secs(2);

/// Talks until either side ends.
pub(super) async fn talk<R: AsyncRead + Unpin>(
    front: &Front,
    seat: &Seat,
    frames: Frames<R>,
    own: Own,
) {
    // the router remembers every name it heard: few, and the same ones again
    let name = format!("{}-{}", seat.id, own.slot);
    let exchange = front.exchange.clone();
    let linked = tokio::task::spawn_blocking(move || exchange.link(&name)).await;
    let Ok(Ok((tx, rx))) = linked else {
        tracing::warn!(device = %seat.id, "a hub cannot be linked");
        return;
    };
    let out = own.out.clone();
    tokio::select! {
        () = listen(front, seat, frames, own, tx) => {}
        () = forward(front, seat, rx, out) => {}
    }
}

async fn listen<R: AsyncRead + Unpin>(
    front: &Front,
    seat: &Seat,
    mut frames: Frames<R>,
    own: Own,
    tx: LinkTx,
) {
    let mut link = Link(tx);
    loop {
        let Ok(Ok(incoming)) = timeout(own.keep_alive, frames.next()).await else {
            return;
        };
        let answer = match incoming {
            Incoming::Packet(Packet::Publish(publish), _) if publish.qos != QoS::ExactlyOnce => {
                let pkid = publish.pkid;
                if said(front, seat, publish).await == Answer::Again {
                    return;
                }
                (pkid > 0).then(|| Packet::PubAck(PubAck::new(pkid)))
            }
            Incoming::TooLarge { topic, pkid, .. } => {
                front.desk.wrong_topic(seat, &topic);
                (pkid > 0).then(|| Packet::PubAck(PubAck::new(pkid)))
            }
            Incoming::Packet(Packet::Subscribe(subscribe), _) => {
                let mut codes = Vec::new();
                for wish in subscribe.filters {
                    let taken =
                        may_hear(&seat.owner.id, &wish.path) && link.subscribe(wish.path).await;
                    codes.push(match taken {
                        true => SubscribeReasonCode::Success(QoS::AtMostOnce),
                        false => SubscribeReasonCode::Failure,
                    });
                }
                Some(Packet::SubAck(SubAck::new(subscribe.pkid, codes)))
            }
            Incoming::Packet(Packet::Unsubscribe(unsubscribe), _) => {
                for filter in unsubscribe.topics {
                    link.unsubscribe(filter).await;
                }
                Some(Packet::UnsubAck(UnsubAck::new(unsubscribe.pkid)))
            }
            Incoming::Packet(Packet::PingReq, _) => Some(Packet::PingResp),
            Incoming::Packet(Packet::PubAck(_), _) => None,
            _ => return,
        };
        if let Some(answer) = answer
            && own.out.send(encode(&answer)).await.is_err()
        {
            return;
        }
    }
}

/// Our end of the router's link; says goodbye when it is dropped.
struct Link(LinkTx);

impl Link {
    async fn subscribe(&mut self, path: String) -> bool {
        let filter = router::Filter {
            path,
            qos: router::QoS::AtMostOnce,
            nolocal: false,
            preserve_retain: true,
            retain_forward_rule: router::RetainForwardRule::OnEverySubscribe,
        };
        let subscribe = router::Subscribe {
            pkid: 1,
            filters: vec![filter],
        };
        let packet = router::Packet::Subscribe(subscribe, None);
        self.0.send(packet).await.is_ok()
    }

    async fn unsubscribe(&mut self, filter: String) {
        let unsubscribe = router::Unsubscribe {
            pkid: 1,
            filters: vec![filter],
        };
        let _ = self
            .0
            .send(router::Packet::Unsubscribe(unsubscribe, None))
            .await;
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        use futures_util::FutureExt;
        let bye = router::Disconnect {
            reason_code: router::DisconnectReasonCode::NormalDisconnection,
        };
        let _ = self
            .0
            .send(router::Packet::Disconnect(bye, None))
            .now_or_never();
    }
}

/// Hands on what the router has of the account's own devices.
async fn forward(front: &Front, seat: &Seat, mut rx: LinkRx, out: mpsc::Sender<Bytes>) {
    let mut devices = Devices::default();
    loop {
        match rx.next().await {
            Ok(Some(Notification::Forward(forward))) => {
                let publish = forward.publish;
                let Ok(topic) = std::str::from_utf8(&publish.topic) else {
                    continue;
                };
                if devices.owns(front, seat, topic).await
                    && out.send(packet(topic, publish.payload)).await.is_err()
                {
                    return;
                }
            }
            // it stopped for us to catch up
            Ok(Some(Notification::Unschedule)) => {
                if rx.wake().await.is_err() {
                    return;
                }
            }
            Ok(_) => {}
            Err(_) => return,
        }
    }
}

/// The account's devices, as they were a moment ago.
#[derive(Default)]
struct Devices {
    own: HashSet<DeviceId>,
    at: Option<Instant>,
}

impl Devices {
    async fn owns(&mut self, front: &Front, seat: &Seat, topic: &str) -> bool {
        if topic == SERVER_STATUS {
            return true;
        }
        let device = match topic.parse::<DeviceTopic>() {
            Ok(topic) => Some(topic.device),
            Err(_) => device_of(topic),
        };
        let Some(device) = device else {
            return false;
        };
        let is_old = self.at.is_none_or(|at| at.elapsed() >= FRESH);
        if is_old && !self.own.contains(&device) {
            match front.db.devices(&seat.owner.id).await {
                Ok(own) => self.own = own.into_iter().map(|device| device.id).collect(),
                Err(error) => tracing::warn!(%error, "a hub's devices cannot be looked up"),
            }
            self.at = Some(Instant::now());
        }
        self.own.contains(&device)
    }
}

/// Only below what devices and discovery use; the router remembers each filter,
/// so an account may use so many.
fn may_hear(account: &UserId, filter: &str) -> bool {
    static USED: Mutex<Option<HashSet<(UserId, String)>>> = Mutex::new(None);
    let known = filter == SERVER_STATUS
        || filter.starts_with("asterism/v1/")
        || filter.starts_with(DISCOVERY);
    if !known || filter.len() > FILTER_BYTES || !valid_filter(filter) {
        Reason::WrongTopic.count();
        return false;
    }
    let mut used = USED.lock().unwrap_or_else(PoisonError::into_inner);
    let used = used.get_or_insert_default();
    let entry = (account.clone(), filter.to_owned());
    if used.contains(&entry) {
        return true;
    }
    if used.iter().filter(|(other, _)| other == account).count() >= FILTERS_PER_ACCOUNT {
        Reason::Flood.count();
        return false;
    }
    used.insert(entry)
}

/// A hub may ask devices of its account to change, and nothing else.
async fn said(front: &Front, seat: &Seat, publish: Publish) -> Answer {
    while let Err(wait) = seat.rate(false) {
        tokio::time::sleep(wait).await;
    }
    let desk = &front.desk;
    // that Home Assistant is back: everything is retained, nothing is to be done
    if publish.topic == "homeassistant/status" {
        return Answer::Decided;
    }
    let topic = publish.topic.parse::<DeviceTopic>();
    let Ok(DeviceTopic {
        device,
        part: Part::ConfigSet(setting),
    }) = topic
    else {
        return desk.wrong_topic(seat, &publish.topic);
    };
    let value = std::str::from_utf8(&publish.payload).unwrap_or_default();
    if publish.retain || publish.payload.len() > limits::MQTT_SMALL_BYTES || !setting.allows(value)
    {
        return desk.wrong_topic(seat, &publish.topic);
    }
    match front.roll.find(&device).await {
        Ok(Some(other)) if other.owner.id == seat.owner.id && other.kind == DeviceKind::Camera => {
            let part = Part::ConfigSet(setting);
            desk.post().tell(&other, part, value.to_owned());
            Answer::Decided
        }
        Ok(_) => {
            let about = MessageId::refused();
            desk.refuse(seat, Reason::ForeignDevice, &about, foreign_device())
        }
        Err(_) => Answer::Again,
    }
}
