//! Writes down what devices did, tells owners of those that are missed, and gives
//! up uploads that nobody goes on with.

use std::time::{Duration, Instant};

use db::{Db, Presence, Uploads};
use protocol::limits::MQTT_UPLOAD_HOURS;

use super::roll::Roll;
use crate::platform::now_millis;

/// What devices did is written this often: their page follows, and a device that
/// sends a lot costs one small write.
const EVERY: Duration = Duration::from_millis(500);
const TIDY: Duration = Duration::from_secs(300);
/// Devices that are missed are looked for this often.
const LOOK: Duration = Duration::from_secs(2);

/// Works until it is dropped. A camera may be away for `patience` without a
/// goodbye before its owner is told.
pub(crate) async fn keep(db: Db, roll: Roll, uploads: Uploads, patience: Duration) {
    let mut tidied = None::<Instant>;
    let mut looked = None::<Instant>;
    loop {
        write_down(&db, &roll).await;
        if looked.is_none_or(|at| at.elapsed() >= LOOK) {
            looked = Some(Instant::now());
            match db.tell_missed_devices(patience).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "devices are missed"),
                Err(error) => tracing::warn!(%error, "missed devices cannot be told of"),
            }
        }
        if tidied.is_none_or(|at| at.elapsed() >= TIDY) {
            tidied = Some(Instant::now());
            roll.tidy();
            let idle = Duration::from_secs(MQTT_UPLOAD_HOURS * 3_600);
            match uploads.sweep(idle).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "old uploads of devices given up"),
                Err(error) => tracing::warn!(%error, "old uploads cannot be given up"),
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// This server stops: its devices are offline from now on, and missed unless
/// they come back after the next start.
pub(crate) async fn say_goodbye(db: &Db, roll: &Roll) {
    let now = now_millis();
    for seat in roll.all() {
        if seat.is_connected() {
            seat.note(|tally| tally.present(Presence::Lost, now));
        }
    }
    write_down(db, roll).await;
}

/// Writes down what is not written yet.
async fn write_down(db: &Db, roll: &Roll) {
    for seat in roll.all() {
        let Some(tally) = seat.take_tally() else {
            continue;
        };
        match db.count_device(&seat.id, tally.clone()).await {
            Ok(Some(device)) => seat.set_device(device),
            // forgotten meanwhile
            Ok(None) => roll.gone(&seat.id),
            Err(error) => {
                tracing::debug!(device = %seat.id, %error, "what a device did is written later");
                seat.put_back(tally);
            }
        }
    }
}
