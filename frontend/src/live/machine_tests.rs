//! What people notice when the line breaks: nothing is lost, nothing shown twice.

use protocol::account::User;
use protocol::event::{ElementGone, Event};
use protocol::ws::{EventFrame, Reload, Reply, Signal, SignalFrame};
use protocol::{ClusterId, ElementId, Timestamp, UserId};

use super::*;

fn ready(seq: u64) -> Input {
    Input::Frame(ServerFrame::Ready(Ready {
        seq,
        session: SocketId::from_parts(seq, 7),
        user: User {
            id: UserId::from_parts(1, 1),
            handle: "ada".parse().expect("a handle"),
            display_name: "Ada".into(),
            created_at: Timestamp::from_millis(0),
            avatar: Vec::new(),
        },
    }))
}

fn event(seq: u64, epoch: &str, offset: u64) -> Input {
    Input::Frame(ServerFrame::Event(EventFrame {
        seq,
        topic: Topic::Explore,
        epoch: epoch.into(),
        offset,
        event: Event::ElementRemoved(ElementGone {
            id: ElementId::from_parts(offset, 0),
        }),
    }))
}

/// A machine that is ready and hears `explore` from offset 4 of epoch `a`.
fn online() -> Machine {
    let mut machine = Machine::default();
    machine.step(Input::Watch(Topic::Explore), 0.0);
    assert_eq!(machine.step(Input::Start, 0.0), [Action::Connect]);
    let identify = ClientFrame::Identify(Credentials::default());
    assert_eq!(machine.step(Input::Opened, 0.0), [Action::Send(identify)]);
    let actions = machine.step(ready(1), 0.0);
    assert_eq!(actions[0], Action::Show(Status::Online));
    assert!(matches!(
        &actions[1..],
        [Action::Send(ClientFrame::Subscribe(_))]
    ));
    machine.step(
        Input::Frame(ServerFrame::Ok(Reply {
            seq: 2,
            id: 1,
            epoch: Some("a".into()),
            offset: Some(4),
            ..Reply::default()
        })),
        0.0,
    );
    machine
}

fn delivered(actions: &[Action]) -> usize {
    let count = actions.iter().filter(|a| matches!(a, Action::Deliver(..)));
    count.count()
}

#[test]
fn a_cut_line_is_resumed_where_it_broke() {
    let mut machine = online();
    assert_eq!(delivered(&machine.step(event(3, "a", 5), 0.0)), 1);
    let actions = machine.step(Input::Closed(1006), 0.5);
    assert!(matches!(
        actions[..],
        [Action::Show(Status::Offline), Action::Wait(_)]
    ));
    assert_eq!(machine.step(Input::RetryNow, 0.0), [Action::Connect]);
    let actions = machine.step(Input::Opened, 0.0);
    let Action::Send(ClientFrame::Resume(resume)) = &actions[1] else {
        panic!("expected a resume: {actions:?}");
    };
    assert_eq!(resume.seq, 3);
    assert_eq!(resume.topics[0].offset, 5);
    let resumed = Input::Frame(ServerFrame::Resumed {
        seq: 3,
        replayed: 2,
    });
    assert_eq!(
        machine.step(resumed, 0.0),
        [Action::Show(Status::Online)],
        "subscriptions stand"
    );
    assert_eq!(
        delivered(&machine.step(event(3, "a", 5), 0.0)),
        0,
        "seen before"
    );
    assert_eq!(delivered(&machine.step(event(4, "a", 6), 0.0)), 1);
}

#[test]
fn a_new_session_goes_on_where_the_topics_stood() {
    let mut machine = online();
    machine.step(Input::Closed(1006), 0.0);
    machine.step(Input::RetryNow, 0.0);
    machine.step(Input::Opened, 0.0);
    let actions = machine.step(ready(1), 0.0);
    // subscribing again would skip what was missed meanwhile
    assert_eq!(
        actions,
        [Action::Show(Status::Online), Action::Quiet(Topic::Explore)]
    );
    assert_eq!(delivered(&machine.step(event(2, "a", 4), 0.0)), 0);
    assert_eq!(delivered(&machine.step(event(3, "a", 5), 0.0)), 1);
}

#[test]
fn a_topic_that_was_opened_while_away_is_subscribed_and_fetched() {
    let mut machine = online();
    machine.step(Input::Closed(1006), 0.0);
    let topic = Topic::Element(ElementId::from_parts(9, 9));
    assert!(machine.step(Input::Watch(topic.clone()), 0.0).is_empty());
    machine.step(Input::RetryNow, 0.0);
    machine.step(Input::Opened, 0.0);
    let actions = machine.step(ready(1), 0.0);
    assert!(matches!(&actions[1], Action::Send(ClientFrame::Subscribe(c)) if c.arg.topic == topic));
    assert_eq!(actions.last(), Some(&Action::Reload(vec![topic])));
}

#[test]
fn a_gap_or_another_epoch_means_reload() {
    let mut machine = online();
    let gap = machine.step(event(3, "a", 9), 0.0);
    assert!(gap.contains(&Action::Reload(vec![Topic::Explore])));
    let epoch = machine.step(event(4, "b", 1), 0.0);
    assert!(epoch.contains(&Action::Reload(vec![Topic::Explore])));
}

#[test]
fn a_reload_while_resuming_opens_the_session() {
    let mut machine = online();
    machine.step(Input::Closed(4010), 0.0);
    machine.step(Input::RetryNow, 0.0);
    machine.step(Input::Opened, 0.0);
    let reload = Input::Frame(ServerFrame::Reload(Reload {
        seq: 1,
        topics: vec![Topic::Explore],
    }));
    let actions = machine.step(reload, 0.0);
    assert_eq!(actions[0], Action::Reload(vec![Topic::Explore]));
    assert!(actions.contains(&Action::Show(Status::Online)));
}

#[test]
fn an_ended_login_signs_out_and_stays_out() {
    let mut machine = online();
    let actions = machine.step(Input::Closed(4020), 0.0);
    assert_eq!(actions.last(), Some(&Action::SignedOut));
    assert!(machine.step(Input::RetryNow, 0.0).is_empty());
    assert!(machine.step(Input::Closed(1006), 0.0).is_empty());
}

#[test]
fn silence_is_a_broken_line() {
    let mut machine = online();
    let beats: Vec<_> = (0..3).map(|_| machine.step(Input::Beat, 0.0)).collect();
    assert!(matches!(beats[0][..], [Action::Send(ClientFrame::Ping(_))]));
    assert_eq!(beats[2], [Action::Disconnect]);
}

#[test]
fn a_topic_is_left_when_its_last_listener_leaves() {
    let mut machine = online();
    machine.step(Input::Watch(Topic::Explore), 0.0);
    assert!(machine.step(Input::Unwatch(Topic::Explore), 0.0).is_empty());
    let actions = machine.step(Input::Unwatch(Topic::Explore), 0.0);
    assert!(matches!(
        actions[..],
        [
            Action::Quiet(Topic::Explore),
            Action::Send(ClientFrame::Unsubscribe(_))
        ]
    ));
}

fn cluster() -> Topic {
    Topic::Cluster(ClusterId::from_parts(3, 3))
}

/// What the server is told about who looks at what.
fn told(actions: &[Action]) -> Vec<bool> {
    let presence = |action: &Action| match action {
        Action::Send(ClientFrame::Presence(command)) => {
            assert_eq!(command.arg.topic, cluster());
            Some(command.arg.here)
        }
        _ => None,
    };
    actions.iter().filter_map(presence).collect()
}

fn subscribed(machine: &mut Machine) -> Vec<Action> {
    let asked = machine.step(Input::Watch(cluster()), 0.0);
    let [Action::Send(ClientFrame::Subscribe(command))] = &asked[..] else {
        panic!("expected a subscription: {asked:?}");
    };
    let id = command.id;
    assert!(told(&machine.step(Input::Here(cluster(), true), 0.0)).is_empty());
    let reply = Reply {
        seq: 3,
        id,
        epoch: Some("c".into()),
        offset: Some(0),
        ..Reply::default()
    };
    machine.step(Input::Frame(ServerFrame::Ok(reply)), 0.0)
}

#[test]
fn who_looks_is_told_once_the_subscription_stands() {
    let mut machine = online();
    assert_eq!(told(&subscribed(&mut machine)), [true]);
    assert!(told(&machine.step(Input::Here(cluster(), true), 0.0)).is_empty());
    assert_eq!(
        told(&machine.step(Input::Here(cluster(), false), 0.0)),
        [false]
    );
    machine.step(Input::Here(cluster(), true), 0.0);
    // it ends with the subscription, without a word
    let left = machine.step(Input::Unwatch(cluster()), 0.0);
    assert!(told(&left).is_empty() && left.contains(&Action::Quiet(cluster())));
    assert!(told(&machine.step(Input::Here(cluster(), false), 0.0)).is_empty());
}

#[test]
fn a_new_session_is_told_again_and_a_resumed_one_only_what_changed() {
    let mut machine = online();
    subscribed(&mut machine);
    machine.step(Input::Closed(1006), 0.0);
    machine.step(Input::RetryNow, 0.0);
    machine.step(Input::Opened, 0.0);
    let resumed = || {
        Input::Frame(ServerFrame::Resumed {
            seq: 3,
            replayed: 0,
        })
    };
    assert!(told(&machine.step(resumed(), 0.0)).is_empty());
    machine.step(Input::Closed(1006), 0.0);
    assert!(told(&machine.step(Input::Here(cluster(), false), 0.0)).is_empty());
    machine.step(Input::RetryNow, 0.0);
    machine.step(Input::Opened, 0.0);
    assert_eq!(told(&machine.step(resumed(), 0.0)), [false]);

    machine.step(Input::Here(cluster(), true), 0.0);
    machine.step(Input::Closed(1006), 0.0);
    machine.step(Input::RetryNow, 0.0);
    machine.step(Input::Opened, 0.0);
    let anew = machine.step(ready(1), 0.0);
    assert_eq!(told(&anew), [true]);
    // what the old session said of others may be so no more
    assert!(anew.contains(&Action::Quiet(cluster())));
}

#[test]
fn how_things_stand_is_handed_on() {
    let mut machine = online();
    let signal = Signal::Presence { people: Vec::new() };
    let frame = ServerFrame::Signal(SignalFrame {
        seq: 7,
        topic: cluster(),
        signal: signal.clone(),
    });
    assert_eq!(
        machine.step(Input::Frame(frame), 0.0),
        [Action::Signal(cluster(), signal)]
    );
}
