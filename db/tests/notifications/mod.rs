//! What accounts are told, how it is counted, and how far it was read.

mod causes;
mod reading;
mod spreading;

use asterism_db::{Db, History, Published, Viewer};
use protocol::account::User;
use protocol::cluster::Place;
use protocol::element::Visibility;
use protocol::event::Event;
use protocol::notification::{
    KindPatch, Notification, NotificationKind, NotificationPage, PreferencesPatch,
};
use protocol::{ClusterId, ElementId, Topic};

use crate::support::{picture, saved_with_preview, user};

fn sees(user: &User) -> Viewer {
    Viewer::user(user.id.clone())
}

async fn page(db: &Db, user: &User) -> NotificationPage {
    db.notifications(&user.id, None, 100).await.unwrap()
}

async fn list(db: &Db, user: &User) -> Vec<Notification> {
    page(db, user).await.items
}

async fn unread(db: &Db, user: &User) -> u32 {
    db.notifications_read(&user.id).await.unwrap().unread
}

async fn kinds(db: &Db, user: &User) -> Vec<NotificationKind> {
    let list = list(db, user).await;
    list.iter().map(|one| one.what.kind()).collect()
}

async fn like(db: &Db, who: &User, element: &ElementId, liked: bool) {
    db.like(&sees(who), element, liked).await.unwrap().unwrap();
}

async fn cluster(db: &Db, owner: &User, visibility: Visibility) -> ClusterId {
    let viewer = sees(owner);
    let made = db.create_cluster(&viewer, "Doors".into(), String::new(), visibility);
    made.await.unwrap()
}

async fn put(db: &Db, who: &User, id: &ClusterId, element: &ElementId) {
    db.place_item(&sees(who), id, element, None, Place::Usual)
        .await
        .unwrap();
}

async fn shown(db: &Db, owner: &User, n: u64) -> ElementId {
    saved_with_preview(db, picture(owner, n)).await
}

async fn people(db: &Db, count: usize) -> Vec<User> {
    let mut all = Vec::new();
    for n in 0..count {
        all.push(user(db, &format!("fan{n}")).await);
    }
    all
}

fn patch(kind: NotificationKind, in_app: Option<bool>, grouped: Option<bool>) -> PreferencesPatch {
    PreferencesPatch {
        kinds: [(kind, KindPatch { in_app, grouped })].into(),
        quiet: None,
    }
}

/// What the history shows of notifications on an account's topic.
async fn told(db: &Db, user: &User) -> Vec<Event> {
    let topic = Topic::User(user.id.clone());
    let History::Events(all) = db.history(&topic, 0, 1_000).await.unwrap() else {
        panic!("it is all there");
    };
    let ours = |one: Published| {
        let kind = one.event.kind();
        kind.starts_with("notification").then_some(one.event)
    };
    all.into_iter().filter_map(ours).collect()
}
