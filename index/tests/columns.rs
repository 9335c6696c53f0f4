use std::collections::BTreeMap;

use asterism_index::{Bits, Column, Groups, Palettes, Postings, Shade, alike};
use proptest::prelude::*;

fn bits(allowed: &[bool]) -> Bits {
    let at = (0..allowed.len() as u32).filter(|at| allowed[*at as usize]);
    at.collect()
}

proptest! {
    #[test]
    fn postings_are_the_same_both_ways_round(
        puts in prop::collection::vec((0..20u32, prop::collection::btree_set(0..9u32, 0..5)), 0..60),
        allowed in prop::collection::vec(any::<bool>(), 20),
    ) {
        let mut postings = Postings::default();
        let mut rows: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (at, marks) in puts {
            postings.put(at, marks.iter().map(|mark| (*mark, *mark as f32)).collect());
            rows.insert(at, marks.into_iter().collect());
        }
        let within = bits(&allowed);
        for mark in 0..9u32 {
            let holders: Vec<u32> = rows.iter().filter(|(_, m)| m.contains(&mark)).map(|(at, _)| *at).collect();
            prop_assert_eq!(postings.holders(mark).iter().collect::<Vec<_>>(), holders.clone());
            prop_assert_eq!(postings.count(mark), holders.len());
            let allowed: Vec<(u32, f32)> = holders.into_iter().filter(|at| within.contains(*at)).map(|at| (at, mark as f32)).collect();
            prop_assert_eq!(postings.carrying(mark, &within), allowed.clone());
            let counts: BTreeMap<u32, u32> = postings.counts(&within).into_iter().collect();
            prop_assert_eq!(counts.get(&mark).copied().unwrap_or(0) as usize, allowed.len());
        }
        for (at, marks) in &rows {
            for mark in 0..9 {
                prop_assert_eq!(postings.value(*at, mark).is_some(), marks.contains(&mark));
            }
        }
    }

    #[test]
    fn groups_are_told_apart(
        puts in prop::collection::vec((0..20u32, prop::option::of(0..4u32)), 0..60),
        allowed in prop::collection::vec(any::<bool>(), 20),
    ) {
        let mut groups = Groups::default();
        let mut rows: BTreeMap<u32, u32> = BTreeMap::new();
        for (at, group) in puts {
            groups.put(at, group);
            match group {
                Some(group) => rows.insert(at, group),
                None => rows.remove(&at),
            };
        }
        let within = bits(&allowed);
        let counts = groups.counts(&within);
        for group in 0..4u32 {
            let members: Bits = rows.iter().filter(|(_, g)| **g == group).map(|(at, _)| *at).collect();
            prop_assert_eq!(groups.members(group), members.clone());
            prop_assert_eq!(counts.get(group as usize).copied().unwrap_or(0) as usize, members.shared(&within));
        }
        for at in 0..20 {
            prop_assert_eq!(groups.of(at), rows.get(&at).copied());
        }
    }

    #[test]
    fn columns_are_cut_and_ordered_like_lists(
        numbers in prop::collection::vec(prop::option::of(-9i64..9), 0..40),
        allowed in prop::collection::vec(any::<bool>(), 50),
        low in -9i64..9, high in -9i64..9, k in 0usize..50, highest in any::<bool>(),
    ) {
        let mut column = Column::default();
        for (at, number) in numbers.iter().enumerate() {
            column.put(at as u32, *number);
        }
        let within = bits(&allowed);
        let number = |at: u32| numbers.get(at as usize).copied().flatten();
        let cut: Vec<u32> = within.iter().filter(|at| number(*at).is_some_and(|n| (low..=high).contains(&n))).collect();
        prop_assert_eq!(column.within(low..=high, &within).iter().collect::<Vec<_>>(), cut);
        let mut all: Vec<u32> = within.iter().collect();
        all.sort_by_key(|at| {
            let number = number(*at).map(|n| if highest { -n } else { n });
            (number.is_none(), number, std::cmp::Reverse(*at))
        });
        all.truncate(k);
        prop_assert_eq!(column.first(k, &within, highest), all);
    }
}

fn shade(rgb: [f32; 3], share: f32) -> Shade {
    Shade { lab: rgb, share }
}

#[test]
fn the_same_colours_are_one_and_others_less() {
    let sea = [
        shade([0.4, -0.02, -0.12], 0.7),
        shade([0.95, 0.0, 0.0], 0.3),
    ];
    let sky = [
        shade([0.43, -0.02, -0.12], 0.6),
        shade([0.98, 0.0, 0.0], 0.4),
    ];
    let fire = [
        shade([0.65, 0.15, 0.12], 0.8),
        shade([0.15, 0.02, 0.0], 0.2),
    ];
    assert!((alike(&sea, &sea) - 1.0).abs() < 1e-5);
    assert!(alike(&sea, &sky) > 0.7);
    assert!(alike(&sea, &fire) < 0.05);
    // a little of a colour is not a lot of it
    let dot = [
        shade([0.4, -0.02, -0.12], 0.05),
        shade([0.65, 0.15, 0.12], 0.95),
    ];
    assert!(alike(&sea, &dot) < 0.15);
    let mut palettes = Palettes::default();
    for (at, colors) in [&fire[..], &sea, &[], &sky].into_iter().enumerate() {
        palettes.put(at as u32, colors);
    }
    let all = Bits::full(9);
    let found = palettes.nearest(&sea, 9, &all);
    let order: Vec<u32> = found.iter().map(|(at, _)| *at).collect();
    assert_eq!(order[..2], [1, 3]);
    assert!(!order.contains(&2), "what has no colours is like nothing");
    let having = palettes.having(&sea, 0.6, &all);
    assert_eq!(having.iter().collect::<Vec<_>>(), [1, 3]);
    let rest: Bits = [0, 2].into_iter().collect();
    assert!(palettes.having(&sea, 0.6, &rest).is_empty());
}
