//! Who is known: devices as they are let in, kept while they are busy.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use db::{Db, KnownDevice};
use protocol::DeviceId;
use protocol::device::Device;

use super::seat::Seat;
use super::secret;
use crate::PlatformError;

/// A device without a connection is looked up anew after so long.
const IDLE: Duration = Duration::from_secs(600);

#[derive(Clone)]
pub(crate) struct Roll {
    db: Db,
    seats: Arc<Mutex<HashMap<DeviceId, Arc<Seat>>>>,
}

/// A device whose secret was right.
pub(crate) struct Admitted {
    pub seat: Arc<Seat>,
    /// Clients whose session outlives their connection.
    pub sessions: Vec<String>,
}

/// Whether a device is let in.
pub(crate) enum Admission {
    Granted(Admitted),
    /// No such device, or another secret: the two are not told apart.
    Wrong,
    Revoked,
}

impl Roll {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            seats: Arc::default(),
        }
    }

    /// Lets a device in that shows its secret.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn admit(&self, id: &DeviceId, word: &str) -> Result<Admission, PlatformError> {
        let Some(known) = self.db.known_device(id).await? else {
            return Ok(Admission::Wrong);
        };
        if !secret::fits(word, &known.secret_hash) {
            return Ok(Admission::Wrong);
        }
        if known.device.revoked_at.is_some() {
            return Ok(Admission::Revoked);
        }
        let sessions = known.sessions.clone();
        let seat = self.seat(known);
        Ok(Admission::Granted(Admitted { seat, sessions }))
    }

    /// A device by its id alone: where another broker let it in. Revoked ones too.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn find(&self, id: &DeviceId) -> Result<Option<Arc<Seat>>, PlatformError> {
        if let Some(seat) = self.known(id) {
            return Ok(Some(seat));
        }
        let known = self.db.known_device(id).await?;
        Ok(known.map(|known| self.seat(known)))
    }

    pub fn known(&self, id: &DeviceId) -> Option<Arc<Seat>> {
        self.seats().get(id).cloned()
    }

    /// Its owner changed something, or it was counted.
    pub fn changed(&self, device: &Device) {
        if let Some(seat) = self.known(&device.id) {
            seat.set_device(device.clone());
            if device.revoked_at.is_some() {
                seat.end_all();
            }
        }
    }

    /// Whether something that is said of a device is news here. What is said may
    /// be older than what is known, so it is not taken as it is.
    pub fn is_news(&self, said: &Device) -> bool {
        self.known(&said.id).is_some_and(|seat| {
            let known = seat.device();
            let told = |device: &Device| (device.name.clone(), device.cluster.clone());
            told(&known) != told(said)
                || known.visibility != said.visibility
                || known.quota != said.quota
                || known.revoked_at != said.revoked_at
        })
    }

    /// Looks a device up that is known here.
    pub async fn refresh(&self, id: &DeviceId) {
        match self.db.known_device(id).await {
            Ok(Some(known)) => self.changed(&known.device),
            Ok(None) => self.gone(id),
            // whoever connects is looked up anyway
            Err(error) => tracing::warn!(device = %id, %error, "a device cannot be looked up"),
        }
    }

    /// It is forgotten.
    pub fn gone(&self, id: &DeviceId) {
        if let Some(seat) = self.seats().remove(id) {
            seat.end_all();
        }
    }

    /// Closes its connections: what let it in counts no more.
    pub fn end(&self, id: &DeviceId) {
        if let Some(seat) = self.known(id) {
            seat.end_all();
        }
    }

    pub fn all(&self) -> Vec<Arc<Seat>> {
        self.seats().values().cloned().collect()
    }

    /// Forgets those that are not busy.
    pub fn tidy(&self) {
        self.seats().retain(|_, seat| !seat.is_idle(IDLE));
    }

    fn seat(&self, known: KnownDevice) -> Arc<Seat> {
        let mut seats = self.seats();
        match seats.get(&known.device.id) {
            Some(seat) => {
                seat.set_device(known.device);
                seat.clone()
            }
            None => {
                let seat = Arc::new(Seat::new(known));
                seats.insert(seat.id.clone(), seat.clone());
                seat
            }
        }
    }

    fn seats(&self) -> MutexGuard<'_, HashMap<DeviceId, Arc<Seat>>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
