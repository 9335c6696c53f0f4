use super::*;
use crate::store::testing::{id, page};
use crate::store::{Mode, Phase};

/// 1 and 2 without a section, 3 to 5 in `a`.
fn list() -> List {
    let mut list = List::default();
    list.receive(&Mode::Anew, &page(&[1, 2, 3, 4, 5], None, Some("more")));
    for entry in &mut list.entries[2..] {
        entry.section = Some("a".into());
    }
    list
}

fn sections() -> Vec<Section> {
    let section = |id: &str| Section {
        id: id.into(),
        name: id.to_uppercase(),
    };
    vec![section("a"), section("b")]
}

fn shown(list: &List) -> Vec<Vec<ElementId>> {
    let parts = list.parts(&sections());
    let ids = |part: &Part| part.list.entries.iter().map(|e| e.id.clone()).collect();
    parts.iter().map(ids).collect()
}

fn ids(numbers: &[u64]) -> Vec<ElementId> {
    numbers.iter().copied().map(id).collect()
}

#[test]
fn a_list_is_shown_under_its_headings() {
    let mut list = list();
    assert_eq!(shown(&list), [ids(&[1, 2]), ids(&[3, 4, 5]), ids(&[])]);
    let parts = list.parts(&sections());
    assert!(parts[0].list.next.is_none() && parts[1].list.next.is_some());
    assert_eq!(parts[1].list.phase, Phase::Idle);
    // somebody removed the section meanwhile
    list.entries[4].section = Some("gone".into());
    assert_eq!(shown(&list)[0], ids(&[1, 2, 5]));
}

#[test]
fn one_step_stays_within_the_section() {
    let mut list = list();
    assert_eq!(list.earlier(&id(3)), None);
    assert_eq!(list.later(&id(2)), None);
    let later = list.later(&id(3)).expect("a place after 4");
    list.place(&id(3), &later);
    assert_eq!(shown(&list)[1], ids(&[4, 3, 5]));
    let earlier = list.earlier(&id(3)).expect("a place before 4");
    list.place(&id(3), &earlier);
    assert_eq!(shown(&list)[1], ids(&[3, 4, 5]));
}

#[test]
fn every_move_can_be_put_back() {
    for n in 1..=5 {
        let mut list = list();
        let before = shown(&list);
        let back = list.placement(&id(n)).expect("it is in the list");
        for section in ["a", "b"] {
            let there = Placement {
                section: Some(section.into()),
                place: Place::Last,
            };
            list.place(&id(n), &there);
        }
        assert_eq!(shown(&list)[2], ids(&[n]));
        list.place(&id(n), &back);
        assert_eq!(shown(&list), before);
        list.forget(&id(n));
        list.place(&id(n), &back);
        assert_eq!(shown(&list), before, "after a removal, too");
    }
}

#[test]
fn the_usual_place_of_what_is_there_is_where_it_is() {
    let mut list = list();
    let usual = |section: Option<&str>| Placement {
        section: section.map(str::to_owned),
        place: Place::Usual,
    };
    list.place(&id(4), &usual(Some("a")));
    assert_eq!(shown(&list)[1], ids(&[3, 4, 5]));
    list.place(&id(4), &usual(None));
    assert_eq!(shown(&list)[0], ids(&[4, 1, 2]));
}
