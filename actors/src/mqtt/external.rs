//! Another broker: we are a client of it, and it lets devices in.
//!
//! It acks to devices on receipt, whatever we do. What it hands to us we ack
//! when it is durable, in a session that outlives us, so that it hands on again
//! what a kill interrupted. For devices the result is the durable ack.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use protocol::DeviceId;
use protocol::mqtt::{DEVICES, DeviceTopic, OFFLINE, ONLINE, Part, SERVER_STATUS};
use rand::Rng;
use rumqttc::{AsyncClient, Event, LastWill, MqttOptions, Packet, Publish, QoS, SubscribeFilter};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use super::target::Target;
use crate::devices::{Answer, Desk, Message, Reason, Roll, Seat, flood, result_of};

/// Packets waiting to be sent.
const QUEUE: usize = 256;
/// Messages waiting to be handed out, and those of one device waiting to be
/// decided. Of QoS 1 a broker hands over only so many that are not acked, a few
/// dozen; more than [`UNPROMISED`] of QoS 0 are left out.
const HANDED: usize = 1_024;
const OF_DEVICE: usize = 128;
const UNPROMISED: usize = 32;
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// Pauses between attempts to connect double up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
/// What could not be decided is tried again so much later.
const AGAIN: Duration = Duration::from_secs(1);
/// All that MQTT allows: what the broker let through must not break the
/// connection, or it would come again for ever. The broker has a limit for it.
const PACKET_BYTES: usize = 268_435_455;

/// A message of ours.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub topic: String,
    pub payload: Bytes,
    pub retain: bool,
}

/// The way out, before there is a connection.
pub(super) fn channel() -> (mpsc::Sender<Outgoing>, mpsc::Receiver<Outgoing>) {
    mpsc::channel(QUEUE)
}

/// Connects, and again whenever the connection breaks. `outgoing`: none where
/// another connection sends.
pub(super) fn open(
    target: Target,
    client_id: String,
    outgoing: Option<mpsc::Receiver<Outgoing>>,
    roll: Roll,
    desk: Desk,
) -> Vec<JoinHandle<()>> {
    let (client, events) = AsyncClient::new(options(&target, client_id), QUEUE);
    let (handed, queue) = mpsc::channel(HANDED);
    let connected = Arc::new(Notify::new());
    let mut tasks = vec![
        tokio::spawn(poll(target, events, handed, connected.clone())),
        // never from inside the event loop: it would wait for itself
        tokio::spawn(subscribe(client.clone(), connected)),
    ];
    if let Some(outgoing) = outgoing {
        tasks.push(tokio::spawn(send(client.clone(), outgoing)));
    }
    tasks.push(tokio::spawn(hand_out(client, queue, roll, desk)));
    tasks
}

/// A connection that only sends, and leaves nothing behind at the broker.
pub(super) fn sender(target: &Target, client_id: String) -> (AsyncClient, rumqttc::EventLoop) {
    let mut options = MqttOptions::new(client_id, &target.host, target.port);
    options.set_keep_alive(KEEP_ALIVE);
    if let Some((user, password)) = target.login.clone() {
        options.set_credentials(user, password);
    }
    AsyncClient::new(options, QUEUE)
}

pub(super) async fn send(client: AsyncClient, mut outgoing: mpsc::Receiver<Outgoing>) {
    while let Some(message) = outgoing.recv().await {
        let qos = QoS::AtLeastOnce;
        let sent = client.publish_bytes(message.topic, qos, message.retain, message.payload);
        if sent.await.is_err() {
            return;
        }
    }
}

fn options(target: &Target, client_id: String) -> MqttOptions {
    let mut options = MqttOptions::new(client_id, &target.host, target.port);
    options.set_keep_alive(KEEP_ALIVE);
    options.set_max_packet_size(PACKET_BYTES, PACKET_BYTES);
    options.set_manual_acks(true);
    // what was handed to us and not acked is handed to us again
    options.set_clean_session(false);
    options.set_last_will(LastWill::new(
        SERVER_STATUS,
        OFFLINE,
        QoS::AtLeastOnce,
        true,
    ));
    if let Some((user, password)) = target.login.clone() {
        options.set_credentials(user, password);
    }
    options
}

async fn poll(
    target: Target,
    mut events: rumqttc::EventLoop,
    handed: mpsc::Sender<Publish>,
    connected: Arc<Notify>,
) {
    let mut pause = FIRST_PAUSE;
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                pause = FIRST_PAUSE;
                metrics::gauge!("asterism_mqtt_connected").set(1.0);
                tracing::info!(host = target.host, port = target.port, "mqtt connected");
                connected.notify_one();
            }
            // never waits: acks go out by this very loop
            Ok(Event::Incoming(Packet::Publish(publish))) => {
                let waiting = HANDED - handed.capacity();
                if publish.qos == QoS::AtMostOnce && waiting >= UNPROMISED {
                    Reason::Flood.count();
                } else if handed.try_send(publish).is_err() {
                    // not acked: it comes again with the next connection
                    tracing::warn!("mqtt broker hands over more than was asked for");
                }
            }
            Ok(_) => {}
            Err(error) => {
                metrics::gauge!("asterism_mqtt_connected").set(0.0);
                tracing::debug!(%error, "mqtt connection lost");
                let jitter = rand::rng().random_range(0.5..1.0);
                tokio::time::sleep(pause.mul_f64(jitter)).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

async fn subscribe(client: AsyncClient, connected: Arc<Notify>) {
    loop {
        connected.notified().await;
        let parts = [
            "status",
            "health",
            "frame",
            "frame/+",
            "upload/+/+",
            "config/+/state",
        ];
        let filters =
            parts.map(|part| SubscribeFilter::new(format!("{DEVICES}+/{part}"), QoS::AtLeastOnce));
        let told = client.publish(SERVER_STATUS, QoS::AtLeastOnce, true, ONLINE);
        if told.await.is_err() || client.subscribe_many(filters).await.is_err() {
            return;
        }
    }
}

/// Each device has a queue of its own, so that one does not hold up the others.
async fn hand_out(client: AsyncClient, mut queue: mpsc::Receiver<Publish>, roll: Roll, desk: Desk) {
    let mut ways: HashMap<DeviceId, mpsc::Sender<(Part, Publish)>> = HashMap::new();
    while let Some(publish) = queue.recv().await {
        let Ok(topic) = publish.topic.parse::<DeviceTopic>() else {
            Reason::WrongTopic.count();
            ack(&client, &publish).await;
            continue;
        };
        let seat = loop {
            match roll.find(&topic.device).await {
                Ok(seat) => break seat,
                Err(error) => {
                    tracing::warn!(%error, "a device cannot be looked up");
                    tokio::time::sleep(AGAIN).await;
                }
            }
        };
        let Some(seat) = seat else {
            Reason::ForeignDevice.count();
            ack(&client, &publish).await;
            continue;
        };
        ways.retain(|_, way| !way.is_closed());
        let way = ways.entry(topic.device.clone()).or_insert_with(|| {
            let (way, works) = mpsc::channel(OF_DEVICE);
            tokio::spawn(decide(client.clone(), works, seat.clone(), desk.clone()));
            way
        });
        if let Err(full) = way.try_send((topic.part, publish)) {
            let (part, publish) = full.into_inner();
            desk.refuse(&seat, Reason::Flood, &result_of(&part), flood());
            ack(&client, &publish).await;
        }
    }
}

/// Decides what one device sent, in order; ends when nothing comes for a while.
async fn decide(
    client: AsyncClient,
    mut works: mpsc::Receiver<(Part, Publish)>,
    seat: Arc<Seat>,
    desk: Desk,
) {
    const IDLE: Duration = Duration::from_secs(60);
    loop {
        let work = match tokio::time::timeout(IDLE, works.recv()).await {
            Ok(work) => work,
            Err(_) => {
                // what was handed in at this very moment is decided still
                works.close();
                works.recv().await
            }
        };
        let Some((part, publish)) = work else {
            return;
        };
        let is_frame = matches!(part, Part::Frame(_));
        if seat.rate(is_frame).is_err() {
            // it cannot be slowed down: the broker took it from the device already
            desk.refuse(&seat, Reason::Flood, &result_of(&part), flood());
        } else {
            let message = Message {
                payload: publish.payload.clone(),
                retain: publish.retain,
            };
            while desk.take(&seat, part.clone(), message.clone()).await == Answer::Again {
                tokio::time::sleep(AGAIN).await;
            }
        }
        ack(&client, &publish).await;
    }
}

async fn ack(client: &AsyncClient, publish: &Publish) {
    if publish.qos != QoS::AtMostOnce {
        let _ = client.ack(publish).await;
    }
}
