//! The account's cameras, as they are just now.

use std::rc::Rc;

use protocol::DeviceId;
use protocol::device::{Broker, Device, Devices as Listed};
use yew::prelude::*;

/// What is known of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Devices {
    /// Newest first; none until they were asked for.
    pub items: Option<Vec<Rc<Device>>>,
    pub broker: Option<Broker>,
    /// Why they could not be had.
    pub failed: Option<String>,
    /// Something was missed: they are to be asked for again.
    pub stale: u32,
}

pub enum DeviceNews {
    Listed(Listed),
    Failed(String),
    /// One came or did something.
    Put(Box<Device>),
    Gone(DeviceId),
    Missed,
}

impl Reducible for Devices {
    type Action = DeviceNews;

    fn reduce(self: Rc<Self>, news: DeviceNews) -> Rc<Self> {
        let mut next = (*self).clone();
        match news {
            DeviceNews::Listed(listed) => {
                next.items = Some(listed.items.into_iter().map(Rc::new).collect());
                next.broker = Some(listed.broker);
                next.failed = None;
            }
            DeviceNews::Failed(why) => next.failed = Some(why),
            DeviceNews::Missed => next.stale += 1,
            // nothing was asked for yet: nobody looks
            DeviceNews::Put(_) | DeviceNews::Gone(_) if next.items.is_none() => return self,
            DeviceNews::Put(device) => {
                let items = next.items.get_or_insert_default();
                match items.iter_mut().find(|known| known.id == device.id) {
                    Some(known) => *known = Rc::new(*device),
                    None => items.insert(0, Rc::new(*device)),
                }
            }
            DeviceNews::Gone(id) => {
                if let Some(items) = &mut next.items {
                    items.retain(|known| known.id != id);
                }
            }
        }
        Rc::new(next)
    }
}

#[derive(Properties, PartialEq)]
pub struct DevicesProviderProps {
    pub children: Html,
}

#[component]
pub fn DevicesProvider(props: &DevicesProviderProps) -> Html {
    let devices = use_reducer(Devices::default);
    html! {
        <ContextProvider<UseReducerHandle<Devices>> context={devices}>
            { props.children.clone() }
        </ContextProvider<UseReducerHandle<Devices>>>
    }
}

#[hook]
pub fn use_devices() -> UseReducerHandle<Devices> {
    use_context().expect("DevicesProvider stands above every page")
}

#[cfg(test)]
mod tests {
    use protocol::Timestamp;
    use protocol::device::{BrokerKind, Counts, DeviceKind, Quota};
    use protocol::element::Visibility;

    use super::*;

    fn device(n: u128, name: &str) -> Device {
        Device {
            id: DeviceId::from_parts(1, n),
            name: name.into(),
            kind: DeviceKind::Camera,
            cluster: None,
            visibility: Visibility::Private,
            quota: Quota::default(),
            online: false,
            since: None,
            seen_at: None,
            last_frame: None,
            counts: Counts::default(),
            health: None,
            settings: Default::default(),
            problem: None,
            revoked_at: None,
            created_at: Timestamp::from_millis(0),
        }
    }

    fn names(devices: &Devices) -> Vec<&str> {
        let items = devices.items.as_deref().unwrap_or_default();
        items.iter().map(|device| device.name.as_str()).collect()
    }

    #[test]
    fn what_happens_to_one_changes_that_one() {
        let broker = Broker {
            kind: BrokerKind::Embedded,
            host: None,
            port: Some(1883),
            local_only: false,
        };
        let devices = Rc::new(Devices::default());
        let devices = devices.reduce(DeviceNews::Put(Box::new(device(9, "early"))));
        assert_eq!(devices.items, None, "nobody asked yet");
        let items = vec![device(2, "Yard"), device(1, "Door")];
        let devices = devices.reduce(DeviceNews::Listed(Listed { items, broker }));
        let devices = devices.reduce(DeviceNews::Put(Box::new(device(1, "Front door"))));
        let devices = devices.reduce(DeviceNews::Put(Box::new(device(3, "Attic"))));
        assert_eq!(names(&devices), ["Attic", "Yard", "Front door"]);
        let devices = devices.reduce(DeviceNews::Gone(DeviceId::from_parts(1, 2)));
        assert_eq!(names(&devices), ["Attic", "Front door"]);
    }
}
