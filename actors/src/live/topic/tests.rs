use actix::AsyncContext;
use protocol::UserId;
use protocol::ws::{Signal, SignalKind};
use tokio::sync::mpsc;

use super::*;
use crate::live::hub::{Hub, Status, Subscribe, Unsubscribe};
use crate::time::{simulated, sleep};

/// A session that notes what it is told, and can be kept from reading.
struct Ear {
    heard: mpsc::UnboundedSender<Delivery>,
    busy: Duration,
}

impl Actor for Ear {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(1);
        let busy = self.busy;
        ctx.wait(actix::fut::wrap_future(sleep(busy)));
    }
}

impl Handler<Delivery> for Ear {
    type Result = ();

    fn handle(&mut self, delivery: Delivery, _: &mut Self::Context) {
        // the test may be over
        let _ = self.heard.send(delivery);
    }
}

fn ear(busy: Duration) -> (Recipient<Delivery>, mpsc::UnboundedReceiver<Delivery>) {
    let (heard, hears) = mpsc::unbounded_channel();
    (Ear { heard, busy }.start().recipient(), hears)
}

fn who(n: u64) -> Owner {
    Owner {
        id: UserId::from_parts(n, 0),
        handle: format!("user{n}").parse().unwrap(),
        display_name: String::new(),
    }
}

fn socket(n: u64) -> SocketId {
    SocketId::from_parts(n, 0)
}

fn count(count: u32) -> Arc<Now> {
    let mut now = Now::default();
    now.set(Signal::FeedNew {
        count,
        because: Vec::new(),
    });
    Arc::new(now)
}

async fn next(hears: &mut mpsc::UnboundedReceiver<Delivery>) -> Arc<Now> {
    let heard = tokio::time::timeout(Duration::from_secs(5), hears.recv()).await;
    match heard.expect("told in time").expect("still told") {
        Delivery::Now(Topic::Explore, now) => now,
        other => panic!("{other:?}"),
    }
}

fn people(now: &Now) -> Vec<Owner> {
    match now.get(SignalKind::Presence) {
        Signal::Presence { people } => people,
        other => panic!("{other:?}"),
    }
}

#[actix::test]
async fn who_joins_is_told_how_it_stands_and_what_changes() {
    let topic = TopicActor::new(Topic::Explore, count(3)).start();
    let (ada, mut a) = ear(Duration::ZERO);
    topic.send(Join(socket(1), ada)).await.unwrap();
    assert_eq!(next(&mut a).await, count(3));
    topic.send(Stand(count(4))).await.unwrap();
    assert_eq!(next(&mut a).await, count(4));
    topic.send(Stand(count(4))).await.unwrap();
    let (bob, mut b) = ear(Duration::ZERO);
    topic.send(Join(socket(2), bob)).await.unwrap();
    assert_eq!(next(&mut b).await, count(4));
    assert!(a.try_recv().is_err(), "the same again is no news");
}

#[actix::test]
async fn quick_changes_are_told_together_and_the_newest_wins() {
    let topic = TopicActor::new(Topic::Explore, Arc::default()).start();
    let (ada, mut a) = ear(Duration::ZERO);
    topic.send(Join(socket(1), ada)).await.unwrap();
    next(&mut a).await;
    for n in 1..=500 {
        topic.send(Stand(count(n))).await.unwrap();
    }
    let mut told = 0;
    loop {
        told += 1;
        if next(&mut a).await == count(500) {
            break;
        }
    }
    assert!(told < 20, "{told} of 500");
}

#[actix::test]
async fn a_slow_session_is_told_the_newest_when_it_can_take_it() {
    let topic = TopicActor::new(Topic::Explore, Arc::default()).start();
    let (slow, mut s) = ear(Duration::from_millis(900));
    topic.send(Join(socket(1), slow)).await.unwrap();
    for n in 1..=4 {
        topic.send(Stand(count(n))).await.unwrap();
        sleep(PAUSE).await;
    }
    // what fitted into its mailbox, then how it stands in the end
    let mut last = next(&mut s).await;
    while last != count(4) {
        last = next(&mut s).await;
    }
    sleep(AGAIN * 2).await;
    assert!(s.try_recv().is_err());
}

#[actix::test]
async fn presence_ends_with_the_connection_and_stays_beside_other_signals() {
    let topic = TopicActor::new(Topic::Explore, Arc::default()).start();
    let (ada, mut a) = ear(Duration::ZERO);
    let (bob, _b) = ear(Duration::ZERO);
    topic.send(Join(socket(1), ada)).await.unwrap();
    topic.send(Join(socket(2), bob)).await.unwrap();
    topic.send(Look(socket(1), Some(who(1)))).await.unwrap();
    topic.send(Look(socket(2), Some(who(2)))).await.unwrap();
    topic.send(Look(socket(9), Some(who(9)))).await.unwrap();
    let mut now = next(&mut a).await;
    while people(&now) != [who(1), who(2)] {
        now = next(&mut a).await;
    }
    topic.send(Stand(count(1))).await.unwrap();
    now = next(&mut a).await;
    assert_eq!(people(&now), [who(1), who(2)]);
    topic.send(Leave(socket(2))).await.unwrap();
    while people(&now) != [who(1)] {
        now = next(&mut a).await;
    }
    topic.send(Look(socket(1), None)).await.unwrap();
    now = next(&mut a).await;
    assert_eq!(now, count(1), "nobody, and the rest as it was");
}

#[test]
fn a_topic_has_an_actor_while_somebody_listens() {
    simulated::run(async {
        let hub = Hub::default().start();
        let topics = async || hub.send(Status).await.unwrap().topics;
        let (ada, mut hears) = ear(Duration::ZERO);
        let topic = Topic::Explore;
        for n in 1..=2 {
            let (socket, topic, session) = (socket(n), topic.clone(), ada.clone());
            let wish = Subscribe {
                socket,
                topic,
                session,
            };
            hub.send(wish).await.unwrap();
        }
        drop(ada);
        assert_eq!(topics().await, 1);
        for n in 1..=2 {
            sleep(Duration::from_secs(3_600)).await;
            assert!(hears.try_recv().is_ok() || n == 2);
            assert_eq!(topics().await, 1, "somebody listens, however long");
            let (socket, topic) = (socket(n), topic.clone());
            hub.send(Unsubscribe { socket, topic }).await.unwrap();
        }
        assert_eq!(topics().await, 0);
        // only the actor knew the session: with the actor it goes
        while hears.recv().await.is_some() {}
    });
}
