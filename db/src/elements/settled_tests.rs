use proptest::prelude::*;
use protocol::ElementId;

use super::*;
use crate::jobs::ModelTag;

fn element() -> ElementId {
    ElementId::from_parts(1, 1)
}

/// golden → dog → pet, mammal → animal; pet → animal; cat → pet.
fn lexicon() -> Lexicon {
    Lexicon::of(&[
        ("golden", &["dog", "pet", "mammal", "animal"]),
        ("dog", &["pet", "mammal", "animal"]),
        ("cat", &["pet", "animal"]),
        ("pet", &["animal"]),
        ("mammal", &["animal"]),
        ("animal", &[]),
        ("grass", &[]),
    ])
}

fn yes(tag: &str) -> Saying {
    Saying::person(&element(), tag, TagState::Fact)
}

fn no(tag: &str) -> Saying {
    Saying::person(&element(), tag, TagState::Rejected)
}

fn maybe(tag: &str, score: f32, band: TagBand) -> Saying {
    let said = ModelTag {
        name: tag.parse().expect("a name"),
        category: String::new(),
        score,
        band,
    };
    Saying::model(&element(), tag, "m", &said)
}

fn lines(all: &[Saying]) -> Vec<String> {
    let line = |tag: Tag| {
        let state = match (tag.state, tag.band) {
            (TagState::Fact, _) => "fact".to_owned(),
            (TagState::Rejected, _) => "no".to_owned(),
            (TagState::Suggested, band) => format!("{:?} {:.1}", band.expect("a band"), tag.score),
        };
        let by = tag.implied_by.map(|by| format!(" by {by}"));
        format!("{} {state}{}", tag.name, by.unwrap_or_default())
    };
    settled(all, &lexicon()).into_iter().map(line).collect()
}

#[test]
fn what_follows_from_a_fact_is_a_fact() {
    assert_eq!(
        lines(&[yes("golden")]),
        [
            "golden fact",
            "animal fact by golden",
            "dog fact by golden",
            "mammal fact by golden",
            "pet fact by golden",
        ]
    );
    // of several, the nearest; what was said itself stands by itself
    assert_eq!(
        lines(&[yes("golden"), yes("cat"), yes("mammal")]),
        [
            "cat fact",
            "golden fact",
            "mammal fact",
            "animal fact by mammal",
            "dog fact by golden",
            "pet fact by cat",
        ]
    );
}

#[test]
fn a_refusal_sticks_whatever_follows() {
    assert_eq!(
        lines(&[yes("cat"), no("pet")]),
        ["cat fact", "animal fact by cat", "pet no"]
    );
    // a model that says what cannot be is asked about, not believed
    assert_eq!(
        lines(&[no("animal"), maybe("dog", 0.9, TagBand::Sure)]),
        ["animal no", "dog Unsure 0.9"]
    );
    // and no beats yes where two words became one
    assert_eq!(lines(&[yes("grass"), no("grass")]), ["grass no"]);
}

#[test]
fn what_follows_from_a_suggestion_is_as_sure_as_that() {
    let all = [
        maybe("dog", 0.7, TagBand::Sure),
        maybe("animal", 0.5, TagBand::Unsure),
        maybe("pet", 0.8, TagBand::Sure),
        maybe("cat", 0.1, TagBand::Unsure),
    ];
    assert_eq!(
        lines(&all),
        [
            "pet Sure 0.8",
            "animal Sure 0.8 by pet",
            "dog Sure 0.7",
            "mammal Sure 0.7 by dog",
            "cat Unsure 0.1",
        ]
    );
}

#[test]
fn a_persons_word_comes_before_a_models() {
    let all = [
        yes("golden"),
        maybe("dog", 0.4, TagBand::Unsure),
        maybe("grass", 0.4, TagBand::Suggested),
        no("grass"),
    ];
    let lines = lines(&all);
    assert!(
        lines.contains(&"dog fact by golden".to_owned()),
        "{lines:?}"
    );
    assert!(lines.contains(&"grass no".to_owned()), "{lines:?}");
}

proptest! {
    /// Whatever was said in whatever order: one entry per tag, persons heard,
    /// and nothing missing that follows from what counts.
    #[test]
    fn nothing_said_is_lost_and_what_counts_is_closed(
        said in prop::collection::vec((0usize..7, 0u8..3, 0.0f32..1.0, 0u8..3), 0..12),
    ) {
        const TAGS: [&str; 7] = ["golden", "dog", "cat", "pet", "mammal", "animal", "grass"];
        let saying = |(tag, kind, score, band): (usize, u8, f32, u8)| match kind {
            0 => yes(TAGS[tag]),
            1 => no(TAGS[tag]),
            _ => maybe(TAGS[tag], score, [TagBand::Unsure, TagBand::Suggested, TagBand::Sure][band as usize]),
        };
        let all: Vec<Saying> = said.into_iter().map(saying).collect();
        let lexicon = lexicon();
        let tags = settled(&all, &lexicon);
        let names: BTreeSet<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
        prop_assert_eq!(names.len(), tags.len());
        let of = |name: &str| tags.iter().find(|tag| tag.name.as_str() == name);
        for said in all.iter().filter(|s| s.by_person()) {
            let refused = all.iter().any(|s| s.tag == said.tag && s.state == TagState::Rejected);
            let state = if refused { TagState::Rejected } else { TagState::Fact };
            prop_assert_eq!(of(&said.tag.0).map(|t| (t.state, t.source)), Some((state, TagSource::Person)));
        }
        for tag in &tags {
            let counts = tag.state != TagState::Rejected && tag.band != Some(TagBand::Unsure);
            if !counts {
                continue;
            }
            for above in lexicon.above(tag.name.as_str()) {
                let above = of(above).expect("it follows");
                prop_assert!(above.band != Some(TagBand::Unsure) || above.state == TagState::Rejected);
                prop_assert!(above.state == TagState::Rejected || above.score >= tag.score || above.state == TagState::Fact);
            }
            if let Some(by) = &tag.implied_by {
                prop_assert!(of(by.as_str()).is_some_and(|by| by.implied_by.is_none()));
            }
        }
        let mut turned = all.clone();
        turned.reverse();
        prop_assert_eq!(settled(&turned, &lexicon), tags);
    }
}
