//! What is deleted, hidden or new shows where it should and nowhere else.

use super::*;
use crate::store::testing::{element, id, labelled, page, viewer};
use protocol::label::{LabelName, LabelPreferences, Treatment, Verdict};

/// Home and Explore, both with the elements 1 and 2.
fn library() -> LibraryState {
    let mut library = LibraryState::default();
    for key in [ListKey::Home, ListKey::Explore] {
        library.apply(Change::Loading(key.clone(), Mode::Anew));
        library.apply(Change::Received(key, Mode::Anew, page(&[1, 2], None, None)));
    }
    library
}

fn holds(library: &LibraryState, key: &ListKey, n: u64) -> bool {
    library.list(key).position(&id(n)).is_some()
}

#[test]
fn what_is_deleted_leaves_every_list() {
    let mut library = library();
    library.apply(Change::Gone(id(1)));
    assert!(!holds(&library, &ListKey::Home, 1) && !holds(&library, &ListKey::Explore, 1));
    assert!(library.element(&id(1)).is_none());
}

#[test]
fn what_is_restored_is_where_it_was_in_every_list() {
    let mut library = library();
    let until = Timestamp::from_millis(9);
    // whichever comes first: the answer, or the event that tells of it
    library.apply(Change::Hidden(id(1), Whose::Mine));
    library.apply(Change::Removed(Removed {
        id: id(1),
        restorable_until: until,
    }));
    library.apply(Change::Gone(id(1)));
    assert!(!holds(&library, &ListKey::Home, 1));
    assert_eq!(library.restorable(&id(1)), Some(until));
    library.apply(Change::Arrived(ListKey::Explore, Box::new(element(1))));
    library.apply(Change::Restored(Box::new(element(1))));
    for key in [ListKey::Home, ListKey::Explore] {
        let list = library.list(&key);
        assert_eq!(list.position(&id(1)), Some(0), "{key:?}");
        assert!(list.waiting.is_empty(), "{key:?}");
    }
    assert_eq!(library.restorable(&id(1)), None);
    assert!(library.element(&id(1)).is_some());
}

#[test]
fn several_are_restored_in_their_order_last_one_first() {
    let mut library = LibraryState::default();
    let before = page(&[1, 2, 3, 4, 5], None, None);
    library.apply(Change::Received(ListKey::Home, Mode::Anew, before));
    let gone = [3, 2, 5];
    for n in gone {
        library.apply(Change::Removed(Removed {
            id: id(n),
            restorable_until: Timestamp::from_millis(9),
        }));
    }
    for n in gone.into_iter().rev() {
        library.apply(Change::Restored(Box::new(element(n))));
    }
    let list = library.list(&ListKey::Home);
    let now: Vec<_> = list.entries.iter().map(|e| e.id.clone()).collect();
    assert_eq!(now, [1, 2, 3, 4, 5].map(id));
}

#[test]
fn what_its_owner_hides_stays_in_their_own_lists() {
    let mut library = library();
    library.apply(Change::Hidden(id(1), Whose::Mine));
    assert!(holds(&library, &ListKey::Home, 1) && !holds(&library, &ListKey::Explore, 1));
    library.apply(Change::Hidden(id(2), Whose::Others));
    assert!(!holds(&library, &ListKey::Home, 2));
}

#[test]
fn what_is_new_waits_and_is_counted_once() {
    let mut library = library();
    for _ in 0..2 {
        library.apply(Change::Arrived(ListKey::Explore, Box::new(element(3))));
    }
    library.apply(Change::Arrived(ListKey::Explore, Box::new(element(1))));
    let list = library.list(&ListKey::Explore);
    assert_eq!(list.waiting, [id(3)]);
    assert_eq!(list.entries.len(), 2, "nothing moved");
}

#[test]
fn browsing_far_never_forgets_the_page_below() {
    let mut library = library();
    let below = ListKey::Search("lake".into());
    library.apply(Change::Loading(below.clone(), Mode::Anew));
    library.apply(Change::Received(
        below.clone(),
        Mode::Anew,
        page(&[5], None, None),
    ));
    for n in 0..2 * LISTS_KEPT as u64 {
        library.apply(Change::Loading(ListKey::Similar(id(n)), Mode::Anew));
    }
    assert!(holds(&library, &below, 5) && holds(&library, &ListKey::Home, 1));
    assert_eq!(library.loaded().len(), LISTS_KEPT);
}

fn hides_explicit() -> Viewer {
    let wishes = LabelPreferences {
        explicit: Treatment::Hide,
        ..LabelPreferences::default()
    };
    viewer(9, wishes)
}

#[test]
fn what_a_viewer_hides_never_arrives() {
    let mut library = library();
    library.apply(Change::Viewer(hides_explicit()));
    let explicit = labelled(3, (LabelName::Nsfw, Verdict::Explicit));
    library.apply(Change::Arrived(ListKey::Explore, Box::new(explicit)));
    assert!(library.list(&ListKey::Explore).waiting.is_empty());
}

#[test]
fn what_turns_out_to_be_hidden_leaves_the_lists_but_stays_open() {
    let mut library = library();
    library.apply(Change::Viewer(hides_explicit()));
    let explicit = labelled(1, (LabelName::Nsfw, Verdict::Explicit));
    library.apply(Change::Put(vec![explicit]));
    assert!(!holds(&library, &ListKey::Home, 1) && !holds(&library, &ListKey::Explore, 1));
    assert!(
        library.element(&id(1)).is_some(),
        "whoever looks at it goes on"
    );
}

#[test]
fn hiding_something_else_asks_for_the_lists_anew() {
    let mut library = library();
    library.apply(Change::Viewer(viewer(9, LabelPreferences::default())));
    assert!(
        holds(&library, &ListKey::Home, 1),
        "nothing was hidden before"
    );
    library.apply(Change::Viewer(hides_explicit()));
    assert!(!library.list(&ListKey::Home).loaded);
    assert!(library.element(&id(1)).is_some());
}
