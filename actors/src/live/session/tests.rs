//! Notifications by way of two sessions of one account.

mod deeds;

use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Arbiter, Recipient};
use async_trait::async_trait;
use db::{Db, DbConfig, NewElement, NewUser, Saved};
use protocol::account::User;
use protocol::cluster::Placed;
use protocol::element::{Source, StageName, Visibility};
use protocol::event::Event;
use protocol::notification::{MarkRead, NotificationNews, What};
use protocol::search::Found;
use protocol::ws::{ClientFrame, Command, Credentials, ServerFrame, TopicArg};
use protocol::{ElementId, MediaHash, Topic};
use tokio::sync::mpsc;

use crate::live::deeds::{Ask, Deed, Deeds};
use crate::live::{Hub, Input, Live, Outgoing, Output, Relay};
use crate::throttle::Throttle;
use crate::{Accounts, PlatformConfig, PlatformError, Viewer};

async fn user(db: &Db, handle: &str) -> User {
    let new = NewUser {
        handle: handle.parse().unwrap(),
        display_name: handle.to_owned(),
        password_hash: String::new(),
        house: false,
    };
    db.create_user(new).await.unwrap()
}

async fn picture(db: &Db, owner: &User, n: u8) -> ElementId {
    let new = NewElement {
        owner: owner.id.clone(),
        media: MediaHash::from_bytes([n; 32]),
        bytes: 1,
        mime: "image/jpeg".into(),
        width: 4,
        height: 3,
        taken_at: None,
        camera: None,
        title: "Door".into(),
        description: String::new(),
        visibility: Visibility::Public,
        source: Source::default(),
        stages: StageName::IMAGE.to_vec(),
        backfill: false,
    };
    match db.save_element(new).await.unwrap() {
        Saved::New(id) => id,
        other => panic!("{other:?}"),
    }
}

/// Of a session that does nothing but listen.
struct NoDeeds;

#[async_trait(?Send)]
impl Deeds for NoDeeds {
    async fn act(&self, _: &Viewer, _: Deed) -> Result<Option<Placed>, PlatformError> {
        Err(PlatformError::Gone("the test"))
    }

    async fn find(&self, _: &Viewer, _: Ask) -> Result<Found, PlatformError> {
        Err(PlatformError::Gone("the test"))
    }
}

/// A device of an account.
struct Device {
    input: Recipient<Input>,
    output: mpsc::Receiver<Output>,
}

impl Device {
    async fn open(live: &Live, user: &User) -> Self {
        let viewer = Viewer::acting(user.clone());
        let connection = live.open(Some(viewer)).unwrap();
        let mut device = Self {
            input: connection.input,
            output: connection.output,
        };
        device
            .send(ClientFrame::Identify(Credentials::default()))
            .await;
        let ready = |frame: &ServerFrame| matches!(frame, ServerFrame::Ready(_));
        device.until(|frame| ready(frame).then_some(())).await;
        let topic = Topic::User(user.id.clone());
        let arg = TopicArg { topic };
        device
            .send(ClientFrame::Subscribe(Command { id: 1, arg }))
            .await;
        device.answered(1).await;
        device
    }

    async fn send(&self, frame: ClientFrame) {
        self.input.send(Input::Frame(frame)).await.unwrap();
    }

    async fn answered(&mut self, id: u64) {
        let ok = |frame: &ServerFrame| match frame {
            ServerFrame::Ok(reply) => (reply.id == id).then_some(()),
            _ => None,
        };
        self.until(ok).await;
    }

    async fn until<T>(&mut self, fits: impl Fn(&ServerFrame) -> Option<T>) -> T {
        loop {
            let next = tokio::time::timeout(Duration::from_secs(20), self.output.recv());
            match next.await.expect("in time").expect("still open") {
                Output::Frame(frame) => {
                    let frame = match frame {
                        Outgoing::Own(frame) => ServerFrame::clone(&frame),
                        Outgoing::Event { seq, event } => event.frame(seq),
                    };
                    if let Some(found) = fits(&frame) {
                        return found;
                    }
                }
                Output::Close(code) => panic!("{code:?}"),
            }
        }
    }

    async fn news(&mut self) -> NotificationNews {
        self.until(|frame| match frame {
            ServerFrame::Event(event) => match &event.event {
                Event::Notification(news) => Some(NotificationNews::clone(news)),
                _ => None,
            },
            _ => None,
        })
        .await
    }

    async fn read(&mut self) -> u64 {
        self.until(|frame| match frame {
            ServerFrame::Event(event) => match event.event {
                Event::NotificationsRead(read) => Some(read.up_to),
                _ => None,
            },
            _ => None,
        })
        .await
    }

    async fn removed(&mut self) -> String {
        self.until(|frame| match frame {
            ServerFrame::Event(event) => match &event.event {
                Event::NotificationRemoved(gone) => Some(gone.id.clone()),
                _ => None,
            },
            _ => None,
        })
        .await
    }
}

#[actix::test]
async fn what_one_device_reads_the_other_one_knows() {
    let db = Db::open(DbConfig::for_testing()).await.unwrap();
    let hub = Hub::default().start();
    let _relay = Relay::new(db.clone(), vec![hub.clone().recipient()], None).start();
    let throttle = Arc::new(Throttle::default());
    let accounts = Accounts::new(db.clone(), throttle, &PlatformConfig::default());
    let live = Live::new(
        db.clone(),
        accounts,
        hub,
        Arc::new(NoDeeds),
        Arbiter::current(),
    );
    let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
    let id = picture(&db, &ada, 1).await;
    let (mut phone, mut desk) = (
        Device::open(&live, &ada).await,
        Device::open(&live, &ada).await,
    );
    let likes = async |id: &ElementId, liked| {
        let viewer = db::Viewer::user(bob.id.clone());
        db.like(&viewer, id, liked).await.unwrap().unwrap();
    };
    likes(&id, true).await;
    let seen = [phone.news().await, desk.news().await];
    assert_eq!(seen[0], seen[1]);
    let one = &seen[0].notification;
    assert_eq!((&one.what, one.people, one.seq), (&What::Liked, 1, 1));
    assert_eq!(one.actors[0].id, bob.id);
    assert_eq!(one.elements[0].title, "Door");
    // taken back before it was read
    likes(&id, false).await;
    assert_eq!(phone.removed().await, one.id);
    assert_eq!(desk.removed().await, one.id);
    likes(&id, true).await;
    assert_eq!(phone.news().await.notification.seq, 2);

    let arg = MarkRead { up_to: 2 };
    phone
        .send(ClientFrame::MarkRead(Command { id: 2, arg }))
        .await;
    phone.answered(2).await;
    assert_eq!(desk.read().await, 2);
    assert_eq!(db.notifications_read(&ada.id).await.unwrap().unread, 0);
    // said again it changes nothing and is told to nobody: the next is a new one
    phone
        .send(ClientFrame::MarkRead(Command { id: 3, arg }))
        .await;
    phone.answered(3).await;
    let other = picture(&db, &ada, 2).await;
    likes(&other, true).await;
    assert_eq!(desk.news().await.notification.seq, 3);
}
