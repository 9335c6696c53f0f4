//! Elements to test on.

use db::{Access, FactRow};
use protocol::element::{
    Element, Kind, Owner, State, Swatch, Tag, TagSource, TagState, Visibility,
};
use protocol::{ElementId, Timestamp, UserId};

fn tag(name: &str) -> Tag {
    Tag {
        name: name.parse().expect("a tag"),
        source: TagSource::Person,
        score: 1.0,
        state: TagState::Fact,
        band: None,
        implied_by: None,
    }
}

pub fn fact_row(n: u64, visibility: Visibility, tags: &[&str]) -> FactRow {
    FactRow {
        element: ElementId::from_parts(n, 0),
        kind: Kind::Image,
        access: Access {
            owner: UserId::from_parts(1, 0),
            visibility,
            flags: vec![],
        },
        handle: "ada".parse().expect("a handle"),
        colors: vec![],
        tags: tags.iter().map(|name| tag(name)).collect(),
        labels: vec![],
        quality: None,
        created_at: Timestamp::from_millis(0),
        title: String::new(),
        description: String::new(),
        alt: String::new(),
        file_name: String::new(),
        text: String::new(),
    }
}

/// A public, mostly blue one.
pub fn element(n: u64, title: &str, tags: &[&str]) -> Element {
    let blue = Swatch {
        hex: "#3560b8".to_owned(),
        share: 0.9,
    };
    Element {
        id: ElementId::from_parts(n, 0),
        kind: Kind::Image,
        state: State::Ready,
        stages: vec![],
        title: title.to_owned(),
        description: String::new(),
        alt: String::new(),
        width: 4,
        height: 3,
        thumbhash: String::new(),
        colors: vec![blue],
        media: vec![],
        tags: tags.iter().map(|name| tag(name)).collect(),
        labels: vec![],
        quality: None,
        quality_parts: None,
        text: String::new(),
        visibility: Visibility::Public,
        owner: Owner {
            id: UserId::from_parts(1, 0),
            handle: "ada".parse().expect("a handle"),
            display_name: "Ada".to_owned(),
        },
        source: Default::default(),
        created_at: Timestamp::from_millis(0),
    }
}
