//! Elements, clusters and pages for tests.

use protocol::cluster::{Cluster, ClusterRole, Influence};
use protocol::element::{Element, Kind, Owner, Source, State, Visibility};
use protocol::label::{Label, LabelName, LabelPreferences, LabelSource, Verdict};
use protocol::search::{Found, Hit};
use protocol::{ClusterId, ElementId, Timestamp, UserId};

use super::Viewer;

pub fn id(n: u64) -> ElementId {
    ElementId::from_parts(n, 0)
}

pub fn element(n: u64) -> Element {
    Element {
        id: id(n),
        kind: Kind::Image,
        state: State::Ready,
        stages: Vec::new(),
        title: String::new(),
        description: String::new(),
        width: 3,
        height: 2,
        thumbhash: String::new(),
        colors: Vec::new(),
        media: Vec::new(),
        tags: Vec::new(),
        labels: Vec::new(),
        quality: None,
        quality_parts: None,
        alt: String::new(),
        text: String::new(),
        visibility: Visibility::Public,
        owner: Owner {
            id: UserId::from_parts(1, 1),
            handle: "ada".parse().expect("a handle"),
            display_name: "Ada".into(),
        },
        source: Source::default(),
        created_at: Timestamp::from_millis(0),
    }
}

pub fn page(ids: &[u64], divider_after: Option<i64>, next: Option<&str>) -> Found {
    let hit = |n: &u64| Hit {
        because: None,
        element: element(*n),
        score: None,
        why: Vec::new(),
    };
    Found {
        items: ids.iter().map(hit).collect(),
        divider_after,
        next_cursor: next.map(|n| n.parse().expect("a cursor")),
        facets: Vec::new(),
        hints: Vec::new(),
        narrow: Default::default(),
    }
}

/// An element that models gave one label.
pub fn labelled(n: u64, (label, verdict): (LabelName, Verdict)) -> Element {
    let label = Label {
        label,
        verdict,
        confidence: 0.99,
        evidence: Vec::new(),
        source: LabelSource::Model,
        model: None,
        appeal: None,
    };
    Element {
        labels: vec![label],
        ..element(n)
    }
}

pub fn viewer(n: u64, wishes: LabelPreferences) -> Viewer {
    Viewer {
        id: UserId::from_parts(n, n.into()),
        wishes,
    }
}

/// A private cluster of the viewer's.
pub fn cluster(n: u64, name: &str) -> Cluster {
    Cluster {
        id: ClusterId::from_parts(n, 0),
        name: name.into(),
        description: String::new(),
        visibility: Visibility::Private,
        owner: element(0).owner,
        role: Some(ClusterRole::Owner),
        count: 0,
        cover: Vec::new(),
        sections: Vec::new(),
        followers: 0,
        following: false,
        influence: Influence::Normal,
        holds: None,
        created_at: Timestamp::from_millis(0),
        changed_at: Timestamp::from_millis(0),
    }
}
