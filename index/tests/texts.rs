use std::collections::BTreeMap;

use asterism_index::{Bits, TextHit, TextIndex, Texts};
use proptest::prelude::*;

fn titled(title: &str) -> Texts<'_> {
    Texts {
        title,
        ..Texts::default()
    }
}

fn index(titles: &[&str]) -> TextIndex {
    let index = TextIndex::new().expect("threads can be had");
    for (at, title) in titles.iter().enumerate() {
        let put = index.put(at as u32, titled(title));
        put.expect("the writer is there");
    }
    index.commit().expect("the writer is there");
    index
}

fn places(hits: &[TextHit]) -> Vec<u32> {
    let mut places: Vec<u32> = hits.iter().map(|hit| hit.at).collect();
    places.sort_unstable();
    places
}

#[test]
fn any_word_matches_whatever_its_form_and_more_words_score_more() {
    let index = TextIndex::new().unwrap();
    let texts = [
        ("A heron on the lake", "", "holiday_0.jpg"),
        (
            "Evening",
            "Herons fishing in the Größe lake at dusk",
            "holiday_1.jpg",
        ),
        ("City", "streets", "holiday_2.jpg"),
    ];
    for (at, (title, description, file_name)) in texts.into_iter().enumerate() {
        let texts = Texts {
            title,
            description,
            file_name,
            ..Texts::default()
        };
        index.put(at as u32, texts).unwrap();
    }
    index.commit().unwrap();
    let all = Bits::full(64);
    let search = |text: &str| index.search(text, 10, &all).unwrap();
    let hits = search("HERON dusk");
    assert_eq!(places(&hits), [0, 1]);
    let field = |at: u32| hits.iter().find(|hit| hit.at == at).unwrap().field;
    assert_eq!((field(0), field(1)), ("title", "description"));
    assert!(hits.iter().all(|hit| hit.score > 0.0 && !hit.guessed));
    assert_eq!(
        search("lake evening")[0].at,
        1,
        "two words outweigh a title"
    );
    assert_eq!(search("grosse").len(), 1, "accents do not matter");
    assert_eq!(search("holiday").len(), 3, "file names count");
    assert_eq!(
        places(&search("holiday_2")),
        [2],
        "its parts belong together"
    );
    assert!(search("submarine").is_empty());
    for odd in ["", "   ", "'; DELETE element; --", "@@ ( \" *", "a\u{0}b"] {
        search(odd);
    }
    let only: Bits = [1, 2].into_iter().collect();
    assert_eq!(places(&index.search("heron lake", 1, &only).unwrap()), [1]);
}

#[test]
fn a_word_that_is_not_finished_is_guessed_only_where_nothing_has_it() {
    let index = index(&["Lighthouse at dusk", "Light", "Catalogue", "cats"]);
    let all = Bits::full(64);
    let search = |text: &str| index.search(text, 10, &all).unwrap();
    let hits = search("blue ligh");
    assert_eq!(places(&hits), [0, 1]);
    assert!(hits.iter().all(|hit| hit.guessed));
    assert_eq!(places(&search("light")), [1]);
    assert_eq!(places(&search("cat")), [3], "a cat is no catalogue");
    assert!(search("li").is_empty(), "too short to guess");
    let hits = search("dusk ligh");
    assert!(hits.iter().any(|hit| hit.at == 0 && !hit.guessed));
}

#[test]
fn phrases_stand_beside_each_other_in_one_text() {
    let index = TextIndex::new().unwrap();
    let put = |at: u32, title: &str, description: &str| {
        let texts = Texts {
            title,
            description,
            ..Texts::default()
        };
        index.put(at, texts).unwrap();
    };
    put(0, "The Blue Doors of Chefchaouen", "");
    put(1, "Door, blue", "");
    put(2, "Something blue", "door and window");
    put(3, "東京タワー", "");
    index.commit().unwrap();
    let all = Bits::full(64);
    let with = |text: &str| {
        index
            .containing(text, &all)
            .unwrap()
            .iter()
            .collect::<Vec<_>>()
    };
    assert_eq!(with("blue door"), [0]);
    assert_eq!(with("door"), [0, 1, 2]);
    assert_eq!(with("東京"), [3]);
    assert!(with("京東").is_empty() && with("!?").is_empty() && with("").is_empty());
    assert_eq!(places(&index.search("タワー", 9, &all).unwrap()), [3]);
    let none = index.containing("door", &Bits::default()).unwrap();
    assert!(none.is_empty());
}

#[test]
fn what_an_owner_says_it_shows_and_what_is_read_in_it_are_found() {
    let index = TextIndex::new().unwrap();
    let alt = Texts {
        alt: "A woman mends a fishing net",
        ..Texts::default()
    };
    let text = Texts {
        text: "NO FISHING",
        ..Texts::default()
    };
    index.put(0, alt).unwrap();
    index.put(1, text).unwrap();
    index.commit().unwrap();
    let hits = index.search("fishing", 9, &Bits::full(9)).unwrap();
    let field = |at: u32| hits.iter().find(|hit| hit.at == at).unwrap().field;
    assert_eq!((field(0), field(1)), ("alt text", "text"));
    assert_eq!(
        places(&index.search("nets", 9, &Bits::full(9)).unwrap()),
        [0]
    );
}

#[test]
fn what_was_replaced_is_not_found_any_more_before_the_rest_is() {
    let index = index(&["secret", "plain"]);
    let all = Bits::full(9);
    let found = |text: &str| places(&index.search(text, 9, &all).unwrap());
    assert_eq!((found("secret"), found("plain")), (vec![0], vec![1]));
    index.put(0, titled("open")).unwrap();
    index.remove(1);
    assert_eq!((found("secret"), found("plain")), (vec![], vec![]));
    assert!(index.containing("secret", &all).unwrap().is_empty());
    assert!(found("open").is_empty());
    index.commit().unwrap();
    assert_eq!((found("open"), found("plain")), (vec![0], vec![]));
    // the same again costs nothing and hides nothing
    index.put(0, titled("open")).unwrap();
    assert_eq!(found("open"), [0]);
}

#[derive(Debug, Clone)]
enum Step {
    Put(u32, Vec<usize>),
    Remove(u32),
    Commit,
}

const WORDS: [&str; 6] = ["heron", "lake", "dusk", "door", "blue", "sea"];

fn step() -> impl Strategy<Value = Step> {
    let words = prop::collection::vec(0..WORDS.len(), 0..4);
    prop_oneof![
        6 => (0..30u32, words).prop_map(|(at, words)| Step::Put(at, words)),
        2 => (0..30u32).prop_map(Step::Remove),
        1 => Just(Step::Commit),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Whatever was put in, replaced and taken out: what has any of the words,
    /// within what is allowed, and nothing else.
    #[test]
    fn answers_are_those_of_a_plain_scan(
        steps in prop::collection::vec(step(), 0..60),
        asked in prop::collection::vec(0..WORDS.len(), 1..3),
        allowed in prop::collection::vec(any::<bool>(), 30),
    ) {
        let index = TextIndex::new().unwrap();
        let mut rows: BTreeMap<u32, String> = BTreeMap::new();
        let text = |words: &[usize]| words.iter().map(|w| WORDS[*w]).collect::<Vec<_>>().join(" ");
        for step in steps {
            match step {
                Step::Put(at, words) => {
                    let title = text(&words);
                    index.put(at, titled(&title)).unwrap();
                    rows.insert(at, title);
                }
                Step::Remove(at) => {
                    index.remove(at);
                    rows.remove(&at);
                }
                Step::Commit => index.commit().unwrap(),
            }
        }
        index.commit().unwrap();
        rows.retain(|_, title| !title.is_empty());
        prop_assert_eq!(index.len(), rows.len());
        let within: Bits = (0..30u32).filter(|at| allowed[*at as usize]).collect();
        let has = |title: &str, word: usize| title.split(' ').any(|w| w == WORDS[word]);
        let expected = |fits: &dyn Fn(&str) -> bool| {
            let rows = rows.iter().filter(|(at, title)| within.contains(**at) && fits(title));
            rows.map(|(at, _)| *at).collect::<Vec<u32>>()
        };
        let any = expected(&|title| asked.iter().any(|word| has(title, *word)));
        let hits = index.search(&text(&asked), 30, &within).unwrap();
        prop_assert_eq!(places(&hits), any);
        let few = index.search(&text(&asked), 3, &within).unwrap();
        prop_assert_eq!(&few[..], &hits[..hits.len().min(3)]);
        let phrase = text(&asked);
        let beside = expected(&|title| format!(" {title} ").contains(&format!(" {phrase} ")));
        let found: Vec<u32> = index.containing(&phrase, &within).unwrap().iter().collect();
        prop_assert_eq!(found, beside);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Ranks, scores and guesses are what they would be if there were nothing
    /// but what is allowed.
    #[test]
    fn what_is_not_allowed_changes_nothing(
        own in prop::collection::vec(prop::collection::vec(0..WORDS.len(), 0..5), 1..12),
        others in prop::collection::vec(prop::collection::vec(0..WORDS.len(), 1..5), 0..12),
        asked in prop::collection::vec(prop::sample::select(vec![
            "heron", "lake", "door", "blue", "her", "lak", "blu", "sea-blue", "dus", "se",
        ]), 1..4),
    ) {
        let text = |words: &Vec<usize>| words.iter().map(|w| WORDS[*w]).collect::<Vec<_>>().join(" ");
        let (alone, among) = (TextIndex::new().unwrap(), TextIndex::new().unwrap());
        for (at, words) in own.iter().enumerate() {
            alone.put(at as u32, titled(&text(words))).unwrap();
            among.put(at as u32, titled(&text(words))).unwrap();
        }
        for (at, words) in others.iter().enumerate() {
            let secret = format!("{} hermit lakeside blues dusty", text(words));
            among.put((own.len() + at) as u32, titled(&secret)).unwrap();
        }
        alone.commit().unwrap();
        among.commit().unwrap();
        let within = Bits::full(own.len());
        let asked = asked.join(" ");
        prop_assert_eq!(
            alone.search(&asked, 20, &within).unwrap(),
            among.search(&asked, 20, &within).unwrap()
        );
    }
}
