use proptest::prelude::*;

use super::*;
use crate::element::Kind;

fn read(text: &str) -> Query {
    parse(text).0
}

fn word(text: &str) -> Query {
    Query::Word(text.into())
}

/// What prints as itself.
fn queries() -> impl Strategy<Value = Query> {
    let filters = prop::sample::select(vec![
        Filter::Tag("tiger cat".parse().expect("a tag")),
        Filter::Tag("st. bernard (dog)".parse().expect("a tag")),
        Filter::User("ada".parse().expect("a handle")),
        Filter::Type(Kind::Video),
        Filter::Color([192, 64, 32]),
        Filter::Ai(Said::No),
        Filter::Sensitive(Said::Unsure),
        Filter::Style(Style::Screenshot),
        Filter::Before("2026-01-31T00:00:00Z".parse().expect("a time")),
        Filter::Quality(20, 80),
        Filter::Has(Has::Text),
        Filter::Order(Order::Oldest),
    ]);
    let leaf = prop_oneof![
        "[a-zé0-9]{1,8}".prop_map(Query::Word),
        "[a-z]{1,5} [a-z]{1,5}".prop_map(Query::Phrase),
        filters.prop_map(Query::Filter),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Query::And),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Query::Or),
            inner.prop_map(|q| Query::Not(Box::new(q))),
        ]
    })
    .prop_map(Query::flat)
}

proptest! {
    #[test]
    fn what_is_printed_is_read_as_the_same(query in queries()) {
        let text = query.to_string();
        let (read, hints) = parse(&text);
        prop_assert_eq!(read, query, "{}", text);
        prop_assert!(hints.is_empty(), "{}: {:?}", text, hints);
    }

    #[test]
    fn anything_can_be_typed_and_reads_the_same_when_printed(text in "[ a-z:\"()|#.\\-ORé0-9<>]{0,60}") {
        let (query, hints) = parse(&text);
        prop_assert_eq!(read(&query.to_string()), query.clone(), "{:?}", query);
        for hint in hints {
            prop_assert!(text.get(hint.from..hint.to).is_some_and(|part| !part.is_empty()));
        }
        let (branches, more) = query.branches();
        prop_assert!(branches.len() <= BRANCHES && (!more || branches.len() == BRANCHES));
    }

    #[test]
    fn no_text_whatever_breaks_it(text in "\\PC{0,80}") {
        let (query, _) = parse(&text);
        prop_assert_eq!(read(&query.to_string()), query.clone(), "{:?}", query);
    }
}

#[test]
fn words_phrases_filters_and_their_opposites() {
    let tag = |name: &str| Query::Filter(Filter::Tag(name.parse().expect("a tag")));
    assert_eq!(
        read("  blue   door "),
        Query::And(vec![word("blue"), word("door")])
    );
    assert_eq!(read("\"blue door\""), Query::Phrase("blue door".into()));
    assert_eq!(read("tag:\"tiger cat\""), tag("tiger cat"));
    assert_eq!(read("TAG:Tiger_Cat"), tag("tiger cat"));
    assert_eq!(read("-tag:cat"), Query::Not(Box::new(tag("cat"))));
    assert_eq!(
        read("cat OR (dog -tag:red)"),
        Query::Or(vec![
            word("cat"),
            Query::And(vec![word("dog"), Query::Not(Box::new(tag("red")))]),
        ])
    );
    assert_eq!(read("color:#fff"), Query::Filter(Filter::Color([255; 3])));
    assert_eq!(read("quality:>70"), Query::Filter(Filter::Quality(71, 100)));
    assert_eq!(read("order:newest").order(), Some(Order::Newest));
    assert_eq!(read("12:30"), word("12:30"), "a time of day is no filter");
    assert!(read("").is_empty() && read("( OR ) -").is_empty());
}

#[test]
fn what_makes_no_sense_is_told_and_still_searched() {
    let (query, hints) = parse("colour:red sea");
    assert_eq!(query, Query::And(vec![word("red"), word("sea")]));
    assert_eq!((hints[0].from, hints[0].to), (0, 10));
    assert!(
        hints[0].text.contains("did you mean color:red"),
        "{hints:?}"
    );
    let (_, hints) = parse("before:yesterday");
    assert!(hints[0].text.contains("2026-01-31"), "{hints:?}");
    let (query, hints) = parse("(cat");
    assert_eq!((query, hints.len()), (word("cat"), 1));
    assert_eq!(parse("cat)").1.len(), 1);
}

#[test]
fn alternatives_are_spread_and_negations_go_inwards() {
    let (branches, more) = read("sea (cat OR \"big dog\") -(wet OR tag:red)").branches();
    assert!(!more);
    assert_eq!(branches.len(), 2);
    assert_eq!(branches[0].words, ["sea", "cat"]);
    assert_eq!(
        (&branches[1].words[..], &branches[1].phrases[..]),
        (&["sea".to_owned()][..], &["big dog".to_owned()][..])
    );
    assert!(
        branches
            .iter()
            .all(|b| b.without == ["wet"] && b.not.len() == 1)
    );
    let many = (0..40)
        .map(|n| format!("(a{n} OR b{n})"))
        .collect::<Vec<_>>()
        .join(" ");
    assert!(read(&many).branches().1);
}
