//! Where devices connect to: MQTT 3.1.1 over TCP, spoken by us.
//!
//! A broker acks what it received; we ack what is durable. So this listener
//! authenticates devices, lets each use its own topics and nothing else, and
//! sends PUBACK when the desk has decided. The packets themselves are read and
//! written by rumqttc's codec.

mod device;
mod frames;
mod hub;
mod welcome;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use db::{Db, Presence};
use protocol::device::DeviceKind;
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::exchange::Exchange;
use crate::PlatformError;
use crate::devices::{Desk, Line, Roll, Seat};
use crate::throttle::Throttle;
use frames::Frames;

/// Connections at once, let in or not.
const CONNECTIONS: usize = 2_000;
/// Large packets that are being received, all together, in KiB.
const BUDGET_KIB: usize = 96 * 1024;
/// Packets waiting for one connection.
const OUT_QUEUE: usize = 64;
/// One packet has to be gone by then, or the connection is dead.
const WRITE: Duration = Duration::from_secs(30);
/// Pause after the system had no connection to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What connections need.
pub(super) struct Front {
    pub roll: Roll,
    pub desk: Desk,
    pub throttle: Arc<Throttle>,
    pub db: Db,
    pub exchange: Exchange,
}

/// Listens until the task is aborted.
///
/// # Errors
/// The address is taken.
pub(super) async fn open(
    listen: SocketAddr,
    front: Front,
) -> Result<JoinHandle<()>, PlatformError> {
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|source| PlatformError::Io {
            what: format!("mqtt cannot listen on {listen}"),
            source,
        })?;
    // others of the same database know of their own
    if front.db.is_embedded() {
        front.db.all_devices_offline().await?;
    }
    tracing::info!(address = %listen, "mqtt ready");
    Ok(tokio::spawn(accept(listener, Arc::new(front))))
}

async fn accept(listener: TcpListener, front: Arc<Front>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let budget = Arc::new(Semaphore::new(BUDGET_KIB));
    // a stop ends the connections with the listener
    let mut all = tokio::task::JoinSet::new();
    loop {
        while all.try_join_next().is_some() {}
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "mqtt connection cannot be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            metrics::counter!("asterism_mqtt_turned_away_total").increment(1);
            continue;
        };
        let (front, budget) = (front.clone(), budget.clone());
        all.spawn(async move {
            serve(&front, stream, peer.ip(), budget).await;
            drop(place);
        });
    }
}

async fn serve(front: &Front, stream: TcpStream, peer: IpAddr, budget: Arc<Semaphore>) {
    // acks are small and waited for
    let _ = stream.set_nodelay(true);
    let (read, mut write) = stream.into_split();
    let mut frames = Frames::new(read, budget);
    let Some(guest) = welcome::welcome(front, &mut frames, &mut write, peer).await else {
        return;
    };
    metrics::gauge!("asterism_mqtt_connections").increment(1.0);
    let seat = guest.seat.clone();
    let (out, queue) = mpsc::channel(OUT_QUEUE);
    let (end, mut ended) = watch::channel(false);
    let filters = Arc::default();
    let number = next_number();
    let line = Line {
        number,
        slot: 0,
        client: guest.client.clone(),
        filters: Arc::clone(&filters),
        out: out.clone(),
        end,
    };
    let (first, slot) = seat.join(line);
    if first {
        front.desk.present(&seat, Presence::Here);
    }
    let own = Own {
        out,
        filters,
        keep_alive: guest.keep_alive,
        resumed: guest.resumed,
        slot,
    };
    let talk = async {
        tokio::join!(
            async {
                let end = match seat.kind {
                    DeviceKind::Camera => device::talk(front, &seat, frames, own).await,
                    DeviceKind::Hub => {
                        hub::talk(front, &seat, frames, own).await;
                        Presence::Left
                    }
                };
                leave(front, &seat, number, end);
            },
            // ends with the last of those who hold the other end
            send(&mut write, queue),
        )
    };
    tokio::select! {
        _ = talk => {}
        // taken back, or another client of that name: whatever was not acked is not
        () = told(&mut ended) => {}
    }
    leave(front, &seat, number, Presence::Lost);
    metrics::gauge!("asterism_mqtt_connections").decrement(1.0);
}

/// Until it is told to end; not when nobody is left to tell.
async fn told(ended: &mut watch::Receiver<bool>) {
    if ended.wait_for(|end| *end).await.is_err() {
        std::future::pending().await
    }
}

/// A second time nothing happens.
fn leave(front: &Front, seat: &Seat, number: u64, end: Presence) {
    if seat.leave(number) {
        front.desk.present(seat, end);
    }
}

/// What a connection has for itself.
struct Own {
    out: mpsc::Sender<Bytes>,
    filters: Arc<std::sync::Mutex<Vec<String>>>,
    /// Seconds without a packet after which it is dead.
    keep_alive: Duration,
    /// It goes on with a session from before.
    resumed: bool,
    /// Its place among the device's connections.
    slot: usize,
}

async fn send(write: &mut OwnedWriteHalf, mut queue: mpsc::Receiver<Bytes>) {
    while let Some(packet) = queue.recv().await {
        match timeout(WRITE, write.write_all(&packet)).await {
            Ok(Ok(())) => {}
            // whoever sends to a closed queue ends too
            _ => return,
        }
    }
    let _ = write.shutdown().await;
}

fn next_number() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}
