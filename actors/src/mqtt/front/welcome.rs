//! Who is at the door: CONNECT and its answer.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use protocol::DeviceId;
use protocol::mqtt::{DeviceTopic, Part};
use rand::Rng;
use rumqttc::{ConnAck, Connect, ConnectReturnCode, Packet};
use tokio::io::{AsyncRead, AsyncWriteExt};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::time::timeout;

use super::Front;
use super::frames::{Frames, Incoming};
use crate::devices::{Admission, Reason, Seat};
use crate::mqtt::post::encode;
use crate::throttle::Kind;

/// Time to say who one is.
const PATIENCE: Duration = Duration::from_secs(10);
/// The level of MQTT 3.1.1.
const LEVEL: u8 = 4;
/// A device without keep-alive is dead after so long.
const NO_KEEP_ALIVE: Duration = Duration::from_secs(20 * 60);
/// Longest name of a client, in characters.
const CLIENT_MAX: usize = 64;

/// A device that was let in.
pub(super) struct Guest {
    pub seat: Arc<Seat>,
    pub client: String,
    pub keep_alive: Duration,
    /// It goes on with a session from before.
    pub resumed: bool,
}

/// Reads CONNECT and answers it. None: not let in, and told so.
pub(super) async fn welcome<R: AsyncRead + Unpin>(
    front: &Front,
    frames: &mut Frames<R>,
    write: &mut OwnedWriteHalf,
    peer: IpAddr,
) -> Option<Guest> {
    let answer = match timeout(PATIENCE, read(frames)).await {
        Ok(Some(connect)) => admit(front, connect, peer).await,
        Ok(None) => Err(ConnectReturnCode::RefusedProtocolVersion),
        Err(_) => return None,
    };
    let (ack, guest) = match answer {
        Ok(guest) => {
            let ack = ConnAck::new(ConnectReturnCode::Success, guest.resumed);
            (ack, Some(guest))
        }
        Err(code) => {
            metrics::counter!("asterism_mqtt_refused_total").increment(1);
            (ConnAck::new(code, false), None)
        }
    };
    let sent = timeout(PATIENCE, write.write_all(&encode(&Packet::ConnAck(ack)))).await;
    guest.filter(|_| matches!(sent, Ok(Ok(()))))
}

/// None for anything but a CONNECT of MQTT 3.1.1.
async fn read<R: AsyncRead + Unpin>(frames: &mut Frames<R>) -> Option<Connect> {
    if frames.level().await.ok()? != Some(LEVEL) {
        return None;
    }
    match frames.next().await.ok()? {
        Incoming::Packet(Packet::Connect(connect), _) => Some(connect),
        _ => None,
    }
}

async fn admit(front: &Front, connect: Connect, peer: IpAddr) -> Result<Guest, ConnectReturnCode> {
    let wrong = ConnectReturnCode::BadUserNamePassword;
    let login = connect.login.ok_or(wrong)?;
    let peer = peer.to_string();
    if front.throttle.attempt(Kind::Device, &peer).is_err() {
        return Err(ConnectReturnCode::ServiceUnavailable);
    }
    let id: DeviceId = login.username.parse().map_err(|_| wrong)?;
    let admitted = match front.roll.admit(&id, &login.password).await {
        Ok(Admission::Granted(admitted)) => admitted,
        Ok(Admission::Wrong) => return Err(wrong),
        Ok(Admission::Revoked) => {
            Reason::Revoked.count();
            return Err(ConnectReturnCode::NotAuthorized);
        }
        Err(error) => {
            tracing::warn!(%error, "a device cannot be let in");
            return Err(ConnectReturnCode::ServiceUnavailable);
        }
    };
    front.throttle.forgive(Kind::Device, &peer);
    // we say ourselves that it is gone; a will elsewhere is none of its topics
    if let Some(will) = &connect.last_will {
        let own = will.topic.parse::<DeviceTopic>();
        if !own.is_ok_and(|topic| topic.device == id && topic.part == Part::Status) {
            Reason::WrongTopic.count();
            return Err(ConnectReturnCode::NotAuthorized);
        }
    }
    let client: String = connect.client_id.chars().take(CLIENT_MAX).collect();
    let persistent = !connect.clean_session;
    if client.is_empty() && persistent {
        return Err(ConnectReturnCode::BadClientId);
    }
    let resumed = persistent && admitted.sessions.contains(&client);
    if persistent && !resumed {
        let remembered = front.db.remember_session(&id, &client).await;
        if let Err(error) = remembered {
            tracing::warn!(%error, "a device's session cannot be kept");
            return Err(ConnectReturnCode::ServiceUnavailable);
        }
    }
    let client = match client.is_empty() {
        true => format!("-{:016x}", rand::rng().random::<u64>()),
        false => client,
    };
    let keep_alive = match connect.keep_alive {
        0 => NO_KEEP_ALIVE,
        seconds => Duration::from_secs(seconds.into()).mul_f32(1.5),
    };
    Ok(Guest {
        seat: admitted.seat,
        client,
        keep_alive,
        resumed,
    })
}
