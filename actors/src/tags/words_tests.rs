use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn id(n: u64) -> TagId {
    TagId::from_parts(1_700_000_000_000 + n, u128::from(n) << 40)
}

fn told(n: u64, name: &str, implies: &[u64]) -> Told {
    Told {
        id: id(n),
        name: name.to_owned(),
        category: "animal".to_owned(),
        into: None,
        implies: implies.iter().map(|n| id(*n)).collect(),
        common: true,
        shipped: None,
    }
}

fn alias(n: u64, name: &str, of: u64) -> Told {
    Told {
        into: Some(id(of)),
        ..told(n, name, &[])
    }
}

fn names(words: &Words, of: &[TagNo]) -> Vec<String> {
    let mut names: Vec<String> = of.iter().map(|no| words.name(*no).to_owned()).collect();
    names.sort();
    names
}

/// tabby → cat → pet, mammal → animal; kitty is another word for cat.
fn cats() -> Words {
    let mut words = Words::default();
    let all = vec![
        told(1, "tabby", &[2]),
        told(2, "cat", &[3, 4, 5]),
        told(3, "pet", &[]),
        told(4, "mammal", &[5]),
        told(5, "animal", &[]),
        alias(6, "kitty", 2),
    ];
    words.tell(all, &[]);
    words
}

#[test]
fn what_follows_is_known_both_ways_and_said_once() {
    let words = cats();
    let cat = words.resolve("kitty").expect("another word for it");
    assert_eq!(words.name(cat), "cat");
    assert_eq!(words.id(cat), Some(id(2)));
    assert_eq!(words.by_id(&id(2)), Some(cat));
    assert_eq!(names(&words, words.above(cat)), ["animal", "mammal", "pet"]);
    assert_eq!(
        names(&words, words.implies(cat)),
        ["mammal", "pet"],
        "that a cat is an animal follows from its being a mammal"
    );
    let animal = words.resolve("animal").expect("a tag");
    assert_eq!(
        names(&words, words.below_closure(animal)),
        ["cat", "mammal", "tabby"]
    );
    assert_eq!(names(&words, words.implied_by(animal)), ["mammal"]);
    assert_eq!(words.aliases(cat).collect::<Vec<_>>(), ["kitty"]);
    let mut weights = vec![0; 9];
    weights[cat.at()] = 3;
    let begin = words.complete("ki", 9, &weights);
    let meant: Vec<_> = begin.iter().map(|c| (&*c.word, c.meant, c.other)).collect();
    assert_eq!(meant, [("kitty", cat.0, true)]);
}

#[test]
fn a_new_name_keeps_the_number_and_the_old_one_still_leads_there() {
    let mut words = cats();
    let cat = words.resolve("cat").expect("a tag");
    // an element with the new name was seen before the database told of it
    let early = words.intern("house cat");
    let renamed = vec![told(2, "house cat", &[3, 4, 5]), alias(7, "cat", 2)];
    let bent = words.tell(renamed, &[]);
    assert_eq!(words.resolve("house cat"), Some(cat));
    assert_eq!(words.resolve("cat"), Some(cat));
    assert_eq!(words.tag(early), cat);
    assert!(bent.contains(&early), "what carries it is looked at again");
    // and back: both words change places
    words.tell(
        vec![alias(7, "house cat", 2), told(2, "cat", &[3, 4, 5])],
        &[],
    );
    assert_eq!(words.name(cat), "cat");
    assert_eq!(words.resolve("house cat"), Some(cat));
    words.tell(vec![], &[id(7)]);
    assert_eq!(words.resolve("house cat"), None);
}

#[test]
fn what_was_merged_counts_for_the_other_with_all_that_follows() {
    let mut words = cats();
    let tabby = words.resolve("tabby").expect("a tag");
    let mut merged = told(1, "tabby", &[]);
    merged.into = Some(id(3));
    let bent = words.tell(vec![merged], &[]);
    assert!(bent.contains(&tabby));
    let pet = words.resolve("tabby").expect("another word for pet");
    assert_eq!(words.name(pet), "pet");
    assert_eq!(words.follows(tabby).collect::<Vec<_>>(), [pet]);
    // what pet implies, tabby does too
    let bent = words.tell(vec![told(3, "pet", &[5])], &[]);
    assert!(bent.contains(&tabby) && bent.contains(&pet));
    assert_eq!(words.follows(tabby).count(), 2);
}

proptest! {
    #[test]
    fn closures_are_what_a_walk_finds(
        edges in prop::collection::vec((0u64..14, 0u64..14), 0..40),
        aliases in prop::collection::btree_map(14u64..20, 0u64..14, 0..6),
        batches in 1usize..4,
    ) {
        // from lower to higher numbers: no circles
        let edges: BTreeSet<(u64, u64)> = edges.into_iter().filter(|(a, b)| a < b).collect();
        let word = |n: u64| format!("word {n}");
        let mut all: Vec<Told> = (0..14)
            .map(|n| {
                let implies: Vec<u64> =
                    edges.iter().filter(|(a, _)| *a == n).map(|(_, b)| *b).collect();
                told(n, &word(n), &implies)
            })
            .collect();
        all.extend(aliases.iter().map(|(n, of)| alias(*n, &word(*n), *of)));
        let mut words = Words::default();
        words.tell(all.clone(), &[]);
        // told again, in parts, nothing is different
        for part in all.chunks(all.len().div_ceil(batches)) {
            prop_assert!(words.tell(part.to_vec(), &[]).is_empty());
        }
        let no = |n: u64| words.by_id(&id(n)).expect("told");
        let reach = |from: u64, edges: &BTreeSet<(u64, u64)>| {
            let (mut found, mut waiting) = (BTreeSet::new(), vec![from]);
            while let Some(one) = waiting.pop() {
                for (_, next) in edges.iter().filter(|(a, _)| *a == one) {
                    if found.insert(*next) {
                        waiting.push(*next);
                    }
                }
            }
            found
        };
        let set = |of: &[TagNo]| of.iter().copied().collect::<BTreeSet<_>>();
        let mut few = BTreeSet::new();
        for n in 0..14 {
            let above = reach(n, &edges);
            prop_assert_eq!(set(words.above(no(n))), above.iter().map(|n| no(*n)).collect());
            let below: BTreeSet<TagNo> =
                (0..14).filter(|m| reach(*m, &edges).contains(&n)).map(no).collect();
            prop_assert_eq!(set(words.below_closure(no(n))), below);
            for m in above {
                if words.implies(no(n)).contains(&no(m)) {
                    prop_assert!(words.implied_by(no(m)).contains(&no(n)));
                    few.insert((n, m));
                }
            }
        }
        for n in 0..14 {
            prop_assert_eq!(reach(n, &few), reach(n, &edges), "the few say all");
        }
        for edge in few.clone() {
            let mut fewer = few.clone();
            fewer.remove(&edge);
            prop_assert!(!reach(edge.0, &fewer).contains(&edge.1), "none is too many");
        }
        for (n, _) in aliases {
            let tag = words.resolve(&word(n)).expect("told");
            prop_assert!(words.aliases(tag).any(|alias| alias == word(n)));
            prop_assert_eq!(words.tag(tag), tag);
        }
    }
}
