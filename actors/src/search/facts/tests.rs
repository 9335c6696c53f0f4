use std::collections::BTreeMap;

use proptest::prelude::*;
use protocol::element::{Kind, Swatch, TagState, Visibility};
use protocol::query::{Has, Said};
use protocol::{TagId, Timestamp, UserId};

use super::*;
use crate::search::testing::fact_row as row;
use crate::tags::Told;

fn counts(index: &FactIndex) -> Vec<(String, u32)> {
    let words = index.vocabulary().read();
    let mut counts: Vec<(String, u32)> = index.with_counts(|counts| {
        let counted = (0..).map(TagNo).zip(counts).filter(|(_, n)| **n > 0);
        let named = counted.map(|(tag, n)| (words.name(tag).to_owned(), *n));
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
    let found = index.carrying(&[animal], &index.visible(&Viewer::System));
    assert_eq!(found, [(0, animal, 1.0)]);
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
    let catalog = index.read();
    let words = index.vocabulary().read();
    let mut expected: Vec<u32> = vec![0; catalog.counts().len()];
    for at in catalog.live().iter() {
        let fact = catalog.fact(at).expect("a fact");
        let settled = fact.settled(&words);
        assert_eq!(&settled[..], catalog.tags.of(at));
        for (tag, _) in settled {
            expected[tag as usize] += 1;
        }
    }
    assert_eq!(catalog.counts(), expected);
}

/// Accounts, flags and labels at random.
fn drawn() -> impl Strategy<Value = Vec<FactRow>> {
    let flags = prop::sample::subsequence(vec!["nsfw", "ai"], 0..=2);
    let open = prop::sample::select(vec![
        Visibility::Public,
        Visibility::Unlisted,
        Visibility::Private,
    ]);
    let tags = prop::sample::subsequence(vec!["cat", "red", "sea"], 0..=3);
    let one = (
        0..30u64,
        1..4u64,
        open,
        flags,
        tags,
        prop::option::of(0f32..100.0),
        0..20i64,
    );
    let one = one.prop_map(|(n, owner, open, flags, tags, quality, age)| {
        let mut row = row(n, open, &tags);
        row.access.owner = UserId::from_parts(owner, 0);
        row.access.flags = flags.into_iter().map(str::to_owned).collect();
        row.handle = format!("user{owner}").parse().expect("a handle");
        row.quality = quality;
        row.created_at = Timestamp::from_millis(age);
        row.title = if n % 2 == 0 {
            "titled".into()
        } else {
            String::new()
        };
        row
    });
    prop::collection::vec(one, 0..60)
}

fn filters() -> Vec<Filter> {
    let (said, _) = protocol::query::parse(
        "user:user1 tag:cat tag:red has:title has:tags has:text quality:20..70 type:image \
         type:video ai:no sensitive:yes style:photo color:#808080",
    );
    let protocol::query::Query::And(parts) = said else {
        panic!("a list")
    };
    let filter = |part| match part {
        protocol::query::Query::Filter(filter) => filter,
        other => panic!("{other:?}"),
    };
    let mut filters: Vec<Filter> = parts.into_iter().map(filter).collect();
    filters.push(Filter::Before(Timestamp::from_millis(9)));
    filters.push(Filter::After(Timestamp::from_millis(9)));
    filters
}

/// A condition, said once more.
fn meets(row: &FactRow, filter: &Filter) -> bool {
    match filter {
        Filter::User(handle) => row.handle == *handle,
        Filter::Tag(tag) => row.tags.iter().any(|t| t.name == *tag),
        Filter::Has(Has::Title) => !row.title.is_empty(),
        Filter::Has(Has::Tags) => !row.tags.is_empty(),
        Filter::Quality(from, to) => row
            .quality
            .is_some_and(|quality| (f32::from(*from)..=f32::from(*to)).contains(&quality.round())),
        Filter::Before(time) => row.created_at < *time,
        Filter::After(time) => row.created_at >= *time,
        Filter::Type(Kind::Image) | Filter::Ai(Said::No) => true,
        _ => false,
    }
}

proptest! {
    /// What sets say is what one would find looking at each element: who may
    /// see it, and what it is.
    #[test]
    fn what_is_allowed_is_what_a_plain_look_allows(
        rows in drawn(), gone in prop::collection::vec(0..30u64, 0..9),
        viewer in 0..5u64, away in prop::collection::vec((0..5u64, 0..3u8), 0..3), hidden in prop::sample::subsequence(vec!["nsfw", "ai"], 0..=2),
        all in prop::sample::subsequence(filters(), 0..=2),
        none in prop::sample::subsequence(filters(), 0..=2),
    ) {
        let index = FactIndex::default();
        let mut there: BTreeMap<ElementId, FactRow> = BTreeMap::new();
        for row in rows {
            index.put(&row);
            there.insert(row.element.clone(), row);
        }
        for n in gone {
            let id = ElementId::from_parts(n, 0);
            prop_assert_eq!(index.remove(&id).is_some(), there.remove(&id).is_some());
        }
        let viewer = match viewer {
            0 => Viewer::System,
            n => {
                let mut ties = db::Ties::default();
                for (other, how) in away {
                    let other = UserId::from_parts(other, 0);
                    match how {
                        0 => ties.muted.insert(other),
                        1 => ties.blocked.insert(other),
                        _ => ties.blocked_by.insert(other),
                    };
                }
                let viewer = Viewer::user(UserId::from_parts(n, 0)).hiding(hidden);
                viewer.tied(std::sync::Arc::new(ties))
            }
        };
        let found = index.meeting(&viewer, &all, &none, &[]);
        let named = index.named(found.iter().map(|at| (at, ())).collect());
        let mut named: Vec<ElementId> = named.into_iter().map(|(id, ())| id).collect();
        named.sort();
        let fits = |row: &&FactRow| {
            viewer.lists(&row.access)
                && all.iter().all(|filter| meets(row, filter))
                && !none.iter().any(|filter| meets(row, filter))
        };
        let expected: Vec<ElementId> = there.values().filter(fits).map(|row| row.element.clone()).collect();
        prop_assert_eq!(named, expected);
    }
}

#[test]
fn what_narrows_is_counted_and_found_again() {
    let index = FactIndex::default();
    let swatch = |hex: &str, share| Swatch {
        hex: hex.to_owned(),
        share,
    };
    let put = |n: u64, hex: &str, visibility| {
        let mut row = row(
            n,
            visibility,
            if n < 3 { &["cat", "pet"] } else { &["pet"] },
        );
        row.colors = vec![swatch(hex, 0.8), swatch("#181818", 0.2)];
        index.put(&row);
    };
    for n in 0..3 {
        put(n, "#30a8c0", Visibility::Public);
    }
    put(3, "#c82828", Visibility::Public);
    put(4, "#c82828", Visibility::Public);
    put(5, "#c82828", Visibility::Private);
    let stranger = Viewer::user(UserId::from_parts(9, 0));
    let (facets, narrow) = index.narrowing(&index.visible(&stranger), &[]);
    let tags: Vec<(&str, u32)> = facets.iter().map(|f| (f.tag.as_str(), f.count)).collect();
    assert_eq!(tags, [("cat", 3)], "what all have narrows nothing");
    assert!(!narrow.colors.is_empty());
    for choice in &narrow.colors {
        let (query, hints) = protocol::query::parse(&choice.filter);
        assert!(hints.is_empty(), "{}", choice.filter);
        let protocol::query::Query::Filter(filter) = query else {
            panic!("{}", choice.filter)
        };
        let found = index.meeting(&stranger, &[filter], &[], &[]);
        assert_eq!(found.len() as u32, choice.count, "{}", choice.filter);
    }
    let red = narrow.colors.iter().find(|c| c.filter == "color:#c82828");
    assert_eq!(
        red.map(|c| c.count),
        Some(2),
        "others' private ones do not count"
    );
    let (facets, _) = index.narrowing(&index.visible(&stranger), &["cat"]);
    assert!(facets.is_empty(), "what was chosen is not offered again");
}
