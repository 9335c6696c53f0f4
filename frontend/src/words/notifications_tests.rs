use protocol::cluster::ClusterRef;
use protocol::element::Owner;
use protocol::label::LabelName;
use protocol::notification::NotedElement;
use protocol::{ClusterId, DeviceId, Timestamp, UserId};

use super::*;
use crate::store::testing;

fn person(n: u64, name: &str) -> Owner {
    Owner {
        id: UserId::from_parts(n, 0),
        handle: name.to_lowercase().parse().expect("a handle"),
        display_name: name.into(),
    }
}

fn picture(n: u64, title: &str) -> NotedElement {
    NotedElement {
        id: testing::id(n),
        title: title.into(),
        width: 3,
        height: 2,
        thumbhash: String::new(),
        media: Vec::new(),
        labels: Vec::new(),
    }
}

fn note(what: What, people: &[&str], of: u32) -> Notification {
    let actors = (1..).zip(people).map(|(n, name)| person(n, name));
    Notification {
        id: "x".into(),
        seq: 1,
        what,
        actors: actors.collect(),
        people: of,
        count: of.max(1),
        elements: vec![picture(1, "Blue door")],
        cluster: Some(ClusterRef {
            id: ClusterId::from_parts(1, 1),
            name: "Doors".into(),
        }),
        at: Timestamp::from_millis(0),
    }
}

#[test]
fn people_are_named_as_far_as_a_line_holds() {
    let said = |people: &[&str], of| plain(&note(What::Liked, people, of));
    assert_eq!(said(&["Ada"], 1), "Ada likes Blue door");
    assert_eq!(said(&["Ada", "Bob"], 2), "Ada and Bob like Blue door");
    assert_eq!(
        said(&["Ada", "Bob", "Cleo"], 3),
        "Ada, Bob and Cleo like Blue door"
    );
    assert_eq!(
        said(&["Ada", "Bob", "Cleo"], 4),
        "Ada and 3 others like Blue door"
    );
}

#[test]
fn every_kind_has_its_line() {
    let one = |what| plain(&note(what, &["Ada"], 1));
    assert_eq!(one(What::Saved), "Ada saved Blue door to Doors");
    assert_eq!(one(What::Followed), "Ada follows Doors");
    let mut you = note(What::Followed, &["Ada"], 1);
    you.cluster = None;
    assert_eq!(plain(&you), "Ada follows you");
    let editor = What::Invited {
        role: ClusterRole::Editor,
    };
    assert_eq!(one(editor), "Ada made you an editor of Doors");
    let renamed = ClusterNews::Renamed {
        before: "Gates".into(),
    };
    let renamed = What::ClusterChanged { change: renamed };
    assert_eq!(one(renamed), "Ada renamed Gates to Doors");
    let shared = ClusterNews::Shared {
        visibility: Visibility::Public,
    };
    let shared = What::ClusterChanged { change: shared };
    assert_eq!(one(shared), "Ada made Doors public");
    assert_eq!(one(What::ClusterAdded), "Ada added Blue door to Doors");
    let nobody = |what| plain(&note(what, &[], 0));
    let ready = |failed| What::ElementReady { failed };
    assert_eq!(nobody(ready(false)), "Blue door is ready");
    assert_eq!(nobody(ready(true)), "Blue door could not be processed");
    let review = What::ElementReview {
        label: LabelName::Nsfw,
    };
    assert_eq!(nobody(review), "A moderator will look at Blue door");
    let decided = What::AppealDecided {
        label: LabelName::Nsfw,
        state: AppealState::Granted,
        answer: "so it is".into(),
    };
    let decided = note(decided, &[], 0);
    assert_eq!(plain(&decided), "Your appeal about Blue door was granted");
    assert_eq!(quote(&decided), Some("so it is"));
    let offline = What::DeviceOffline {
        device: DeviceId::from_parts(1, 1),
        name: "Front door".into(),
    };
    let mut offline = note(offline, &[], 0);
    assert_eq!(plain(&offline), "Front door went offline");
    offline.count = 3;
    assert_eq!(
        plain(&offline),
        "Front door and 2 other cameras went offline"
    );
}

#[test]
fn several_and_untitled_pictures() {
    let mut many = note(What::ClusterAdded, &["Ada"], 1);
    many.count = 3;
    assert_eq!(plain(&many), "Ada added 3 pictures to Doors");
    let mut untitled = note(What::ElementReady { failed: false }, &[], 0);
    untitled.elements = vec![picture(1, " ")];
    assert_eq!(plain(&untitled), "A picture is ready");
    untitled.what = What::Liked;
    untitled.actors = vec![person(1, "Ada")];
    untitled.people = 1;
    assert_eq!(plain(&untitled), "Ada likes your picture");
}
