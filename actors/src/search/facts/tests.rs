use protocol::TagId;

use crate::tags::Told;

use super::*;
use crate::search::testing::fact_row as row;

fn counts(index: &FactIndex) -> Vec<(String, u32)> {
    let words = index.vocabulary().read();
    let mut counts: Vec<(String, u32)> = index.with_counts(|counts| {
        let named = counts
            .iter()
            .map(|(tag, n)| (words.name(*tag).to_owned(), *n));
        named.collect()
    });
    counts.sort();
    counts
}

fn plain(counts: &[(&str, u32)]) -> Vec<(String, u32)> {
    counts
        .iter()
        .map(|(name, n)| ((*name).to_owned(), *n))
        .collect()
}

/// tabby → cat → animal
fn taught() -> FactIndex {
    let index = FactIndex::default();
    index.vocabulary().tell(cats(true), &[]);
    index
}

fn cats(animals: bool) -> Vec<Told> {
    let id = |n| TagId::from_parts(n, 0);
    let told = |n, name: &str, implies: &[u64]| Told {
        id: id(n),
        name: name.to_owned(),
        category: String::new(),
        into: None,
        implies: implies.iter().map(|n| id(*n)).collect(),
        common: true,
        shipped: None,
    };
    let above: &[u64] = if animals { &[3] } else { &[] };
    vec![
        told(1, "tabby", &[2]),
        told(2, "cat", above),
        told(3, "animal", &[]),
    ]
}

#[test]
fn counts_are_of_public_elements_and_follow_every_change() {
    let index = FactIndex::default();
    index.put(&row(1, Visibility::Public, &["cat", "red"]));
    index.put(&row(2, Visibility::Public, &["cat"]));
    index.put(&row(3, Visibility::Private, &["secret"]));
    assert_eq!(counts(&index), plain(&[("cat", 2), ("red", 1)]));
    index.put(&row(1, Visibility::Public, &["cat"]));
    index.put(&row(2, Visibility::Private, &["cat"]));
    assert_eq!(counts(&index), plain(&[("cat", 1)]));
    index.remove(&ElementId::from_parts(1, 0));
    assert!(counts(&index).is_empty());
}

#[test]
fn what_follows_counts_too_but_for_what_was_refused() {
    let index = taught();
    index.put(&row(1, Visibility::Public, &["tabby"]));
    let mut wild = row(2, Visibility::Public, &["tabby", "animal"]);
    wild.tags[1].state = TagState::Rejected;
    index.put(&wild);
    assert_eq!(
        counts(&index),
        plain(&[("animal", 1), ("cat", 2), ("tabby", 2)])
    );
    // a fact's own copy of what followed once is not believed
    let mut stale = row(3, Visibility::Public, &["dog", "animal"]);
    stale.tags[1].implied_by = Some("dog".parse().expect("a tag"));
    index.put(&stale);
    assert_eq!(
        counts(&index),
        plain(&[("animal", 1), ("cat", 2), ("dog", 1), ("tabby", 2)])
    );
    let bent = index.vocabulary().tell(cats(false), &[]);
    index.revise(&bent);
    assert_eq!(
        counts(&index),
        plain(&[("cat", 2), ("dog", 1), ("tabby", 2)])
    );
    let bent = index.vocabulary().tell(cats(true), &[]);
    index.revise(&bent);
    let animal = index.vocabulary().read().resolve("animal").expect("a tag");
    let found = index.carrying(&Viewer::System, &[animal], |_| true);
    assert_eq!(found, [(ElementId::from_parts(1, 0), animal, 1.0)]);
}

#[test]
fn counts_are_exact_whoever_writes_at_the_same_time() {
    let index = taught();
    std::thread::scope(|scope| {
        for writer in 0..4u64 {
            let index = &index;
            scope.spawn(move || {
                for n in 0..200u64 {
                    let id = writer * 1_000 + n % 20;
                    let tag = ["tabby", "cat", "new", "animal"][(n % 4) as usize];
                    index.put(&row(id, Visibility::Public, &[tag]));
                    if n % 7 == 0 {
                        index.remove(&ElementId::from_parts(id, 0));
                    }
                    if writer == 0 {
                        let bent = index.vocabulary().tell(cats(n % 2 == 0), &[]);
                        index.revise(&bent);
                    }
                }
            });
        }
    });
    let inner = index.read();
    let words = index.vocabulary().read();
    let mut expected: HashMap<TagNo, u32> = HashMap::new();
    for fact in inner.all.values() {
        let settled = settled(&fact.said, &fact.refused, &words);
        assert_eq!(settled, fact.tags);
        for (tag, _) in settled {
            *expected.entry(tag).or_default() += 1;
        }
    }
    assert_eq!(inner.counts, expected);
}
