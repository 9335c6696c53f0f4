//! Commands that change something and that ask, without a server behind.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix::{Actor, Arbiter};
use async_trait::async_trait;
use db::{Db, DbConfig};
use protocol::cluster::Placed;
use protocol::search::Found;
use protocol::ws::{
    ClientFrame, Command, FeedArg, FeedName, LikeArg, PageArg, SearchArg, ServerFrame,
};
use protocol::{ElementId, ErrorCode};
use tokio::sync::Semaphore;

use super::{Device, user};
use crate::live::deeds::{Ask, Deed, Deeds};
use crate::live::{Hub, Live};
use crate::throttle::Throttle;
use crate::{Accounts, PlatformConfig, PlatformError, Viewer};

/// Notes what it is asked; finds something when it is let.
struct Noted {
    acted: Mutex<Vec<Deed>>,
    found: Semaphore,
}

#[async_trait(?Send)]
impl Deeds for Noted {
    async fn act(&self, _: &Viewer, deed: Deed) -> Result<Option<Placed>, PlatformError> {
        self.acted.lock().unwrap().push(deed);
        Ok(None)
    }

    async fn find(&self, _: &Viewer, ask: Ask) -> Result<Found, PlatformError> {
        let permit = self.found.acquire().await;
        permit
            .map_err(|_| PlatformError::Gone("the test"))?
            .forget();
        let hint = match ask {
            Ask::Search(SearchArg { q, .. }) => q,
            Ask::Feed(FeedArg { feed, .. }) => format!("{feed:?}"),
        };
        Ok(Found {
            hints: vec![hint],
            ..crate::feed::found(Vec::new(), None)
        })
    }
}

async fn scene() -> (Arc<Noted>, Device) {
    let db = Db::open(DbConfig::for_testing()).await.unwrap();
    let hub = Hub::default().start();
    let throttle = Arc::new(Throttle::default());
    let accounts = Accounts::new(db.clone(), throttle, &PlatformConfig::default());
    let noted = Arc::new(Noted {
        acted: Mutex::default(),
        found: Semaphore::new(0),
    });
    let live = Live::new(db.clone(), accounts, hub, noted.clone(), Arbiter::current());
    let ada = user(&db, "ada").await;
    let device = Device::open(&live, &ada).await;
    (noted, device)
}

fn like(id: u64, on: bool) -> ClientFrame {
    let element = ElementId::from_parts(1, 1);
    let arg = LikeArg { element, on };
    ClientFrame::Like(Command { id, arg })
}

fn search(id: u64, q: &str) -> ClientFrame {
    let arg = SearchArg {
        q: q.to_owned(),
        page: PageArg::default(),
    };
    ClientFrame::Search(Command { id, arg })
}

fn feed(id: u64) -> ClientFrame {
    let arg = FeedArg {
        feed: FeedName::Explore,
        page: PageArg::default(),
    };
    ClientFrame::Feed(Command { id, arg })
}

/// The answers to asking: what was found, or why it was not.
async fn answer(device: &mut Device) -> (u64, Result<String, ErrorCode>) {
    device
        .until(|frame| match frame {
            ServerFrame::Found { id, data } => Some((*id, Ok(data.hints[0].clone()))),
            ServerFrame::Error { id, error, .. } => Some((*id, Err(error.code))),
            _ => None,
        })
        .await
}

#[actix::test]
async fn a_command_with_the_same_id_is_carried_out_once() {
    let (noted, mut device) = scene().await;
    let sent = [
        (7, true),
        (7, true),
        (8, false),
        (7, true),
        (7, false),
        (7, true),
    ];
    for (id, on) in sent {
        device.send(like(id, on)).await;
        device.answered(id).await;
    }
    let acted = noted.acted.lock().unwrap();
    let on = |deed: &Deed| matches!(deed, Deed::Like(like) if like.on);
    // under one id the last counts: whoever uses it for another command meant that
    let likes: Vec<bool> = acted.iter().map(on).collect();
    assert_eq!(likes, [true, false, false, true]);
}

#[actix::test]
async fn a_newer_search_takes_the_place_of_older_ones() {
    let (noted, mut device) = scene().await;
    for (id, q) in [(1, "a"), (2, "ab"), (3, "abc")] {
        device.send(search(id, q)).await;
    }
    assert_eq!(answer(&mut device).await, (1, Err(ErrorCode::Conflict)));
    assert_eq!(answer(&mut device).await, (2, Err(ErrorCode::Conflict)));
    // other commands go on meanwhile
    device.send(like(9, true)).await;
    device.answered(9).await;
    noted.found.add_permits(9);
    assert_eq!(answer(&mut device).await, (3, Ok("abc".to_owned())));
}

#[actix::test]
async fn few_pages_wait_and_one_answer_is_made_at_a_time() {
    let (noted, mut device) = scene().await;
    for id in 1..=7 {
        device.send(feed(id)).await;
    }
    // one is worked on, four wait
    assert_eq!(answer(&mut device).await, (6, Err(ErrorCode::RateLimited)));
    assert_eq!(answer(&mut device).await, (7, Err(ErrorCode::RateLimited)));
    noted.found.add_permits(100);
    tokio::time::sleep(Duration::from_millis(300)).await;
    // the first answer was not read: the next is not begun
    assert_eq!(noted.found.available_permits(), 99);
    for id in 1..=5 {
        assert_eq!(answer(&mut device).await, (id, Ok("Explore".to_owned())));
    }
}
