//! Hears what is said of devices anywhere, and acts on it here: a credential
//! that is taken back on one server closes the device's connections on all.

use std::collections::HashMap;

use actix::{Actor, Context, Handler};
use protocol::DeviceId;
use protocol::device::Device;
use protocol::event::Event;

use super::roll::Roll;
use crate::live::Deliver;
use crate::mqtt::{Post, discovery};

pub(crate) struct Ears {
    roll: Roll,
    post: Post,
    /// What Home Assistant was told of a device: its name, and that it counts.
    told: HashMap<DeviceId, (String, bool)>,
}

impl Ears {
    pub fn new(roll: Roll, post: Post) -> Self {
        Self {
            roll,
            post,
            told: HashMap::new(),
        }
    }

    fn changed(&mut self, device: &Device) {
        if self.roll.is_news(device) {
            let (roll, id) = (self.roll.clone(), device.id.clone());
            tokio::spawn(async move { roll.refresh(&id).await });
        }
        let now = (device.name.clone(), device.revoked_at.is_none());
        // counts change all the time and are not announced
        if self.told.get(&device.id) != Some(&now) {
            match now.1 {
                true => discovery::announce(&self.post, device),
                false => discovery::withdraw(&self.post, &device.id),
            }
            self.told.insert(device.id.clone(), now);
        }
    }
}

impl Actor for Ears {
    type Context = Context<Self>;
}

impl Handler<Deliver> for Ears {
    type Result = ();

    fn handle(&mut self, events: Deliver, _: &mut Self::Context) {
        for published in events.0.iter() {
            match &published.event {
                Event::DeviceChanged(device) => self.changed(device),
                Event::DeviceRemoved(gone) => {
                    self.roll.gone(&gone.id);
                    self.told.remove(&gone.id);
                    discovery::withdraw(&self.post, &gone.id);
                }
                _ => {}
            }
        }
    }
}
