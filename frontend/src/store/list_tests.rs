//! What people see of a list while pages come, go and arrive late.

use super::*;
use crate::store::testing::{id, page};

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

fn ids(list: &List) -> Vec<ElementId> {
    list.entries.iter().map(|entry| entry.id.clone()).collect()
}

#[test]
fn what_left_comes_back_where_it_stood() {
    let mut list = List::default();
    list.receive(&Mode::Anew, &page(&[1, 2, 3, 4], Some(1), None));
    let sure = list.forget(&id(2)).expect("it is there");
    let weak = list.forget(&id(3)).expect("it is there");
    assert_eq!((ids(&list), list.divider), (vec![id(1), id(4)], Some(1)));
    list.put_back(weak);
    list.put_back(sure.clone());
    assert_eq!(ids(&list), [id(1), id(2), id(3), id(4)]);
    assert_eq!(list.divider, Some(2));
    // somebody else was quicker
    list.put_back(sure);
    assert_eq!(list.entries.len(), 4);
}

#[test]
fn what_stood_behind_something_that_is_gone_comes_back_near() {
    let mut list = List::default();
    list.receive(&Mode::Anew, &page(&[1, 2, 3, 4], None, None));
    let stood = list.forget(&id(3)).expect("it is there");
    list.forget(&id(2));
    list.put_back(stood.clone());
    assert_eq!(ids(&list), [id(1), id(4), id(3)]);
    let mut other = List::default();
    other.put_back(stood);
    assert!(other.entries.is_empty(), "a list that was never fetched");
}
