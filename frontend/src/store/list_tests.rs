//! What people see of a list while pages come, go and arrive late.

use protocol::Timestamp;
use protocol::UserId;
use protocol::element::{Element, Kind, Owner, Source, State, Visibility};
use protocol::search::Hit;

use super::*;

fn id(n: u64) -> ElementId {
    ElementId::from_parts(n, 0)
}

fn element(n: u64) -> Element {
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

fn page(ids: &[u64], divider_after: Option<i64>, next: Option<&str>) -> Found {
    let hit = |n: &u64| Hit {
        element: element(*n),
        score: None,
        why: Vec::new(),
    };
    Found {
        items: ids.iter().map(hit).collect(),
        divider_after,
        next_cursor: next.map(|n| n.parse().expect("a cursor")),
        hints: Vec::new(),
    }
}

#[test]
fn pages_follow_each_other_and_nothing_comes_twice() {
    let mut list = List::default();
    list.receive(&Mode::Anew, &page(&[1, 2], None, Some("a")));
    list.receive(
        &Mode::More("a".parse().expect("a cursor")),
        &page(&[2, 3], None, None),
    );
    let ids: Vec<_> = list.entries.iter().map(|e| e.id.clone()).collect();
    assert_eq!(ids, [id(1), id(2), id(3)]);
    assert_eq!(list.neighbours(&id(2)), (Some(id(1)), Some(id(3))));
}

#[test]
fn a_page_asked_for_before_the_list_was_replaced_is_dropped() {
    let mut list = List::default();
    list.receive(&Mode::Anew, &page(&[1], None, Some("new")));
    list.receive(
        &Mode::More("old".parse().expect("a cursor")),
        &page(&[9], None, None),
    );
    assert_eq!(list.entries.len(), 1);
}

#[test]
fn the_divider_stands_before_the_first_weaker_match() {
    let mut list = List::default();
    list.receive(&Mode::Anew, &page(&[1, 2, 3], Some(1), None));
    assert_eq!(list.divider, Some(2));
    list.forget(&id(1));
    assert_eq!(list.divider, Some(1));
    list.receive(&Mode::Anew, &page(&[1, 2], Some(-1), None));
    assert_eq!(list.divider, Some(0), "no sure match at all");
}

#[test]
fn a_page_without_anything_new_is_the_last() {
    let mut list = List::default();
    list.receive(&Mode::Anew, &page(&[1], None, Some("a")));
    list.receive(
        &Mode::More("a".parse().expect("a cursor")),
        &page(&[1], None, Some("b")),
    );
    assert_eq!(list.next, None);
}
