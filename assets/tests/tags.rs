//! The vocabulary keeps what its readers rely on.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

const CLASSES: usize = 1000;
const CATEGORIES: [&str; 9] = [
    "animal", "plant", "food", "vehicle", "place", "object", "person", "nature", "activity",
];
/// A tag that at least this many classes lead to counts as general.
const GENERAL: usize = 3;

struct Vocabulary {
    names: Vec<String>,
    implies: Vec<Vec<String>>,
    categories: Vec<String>,
    aliases: Vec<(String, usize)>,
    classes: Vec<Vec<usize>>,
    json: Value,
}

fn vocabulary() -> Vocabulary {
    let json: Value =
        serde_json::from_str(asterism_assets::TAGS_JSON).expect("the vocabulary is JSON");
    let tags = json["tags"].as_array().expect("tags is a list");
    let text = |tag: &Value, key: &str| tag[key].as_str().expect("a string").to_owned();
    let aliases = tags.iter().enumerate().flat_map(|(index, tag)| {
        let list = tag["aliases"].as_array().expect("aliases is a list");
        list.iter()
            .map(move |alias| (alias.as_str().expect("a string").to_owned(), index))
    });
    let class = |chain: &Value| {
        let chain = chain.as_array().expect("a class is a list");
        chain
            .iter()
            .map(|index| usize::try_from(index.as_u64().expect("an index")).expect("it fits"))
            .collect()
    };
    Vocabulary {
        names: tags.iter().map(|tag| text(tag, "name")).collect(),
        implies: tags
            .iter()
            .map(|tag| {
                let list = tag["implies"].as_array().expect("implies is a list");
                let name = |name: &Value| name.as_str().expect("a string").to_owned();
                list.iter().map(name).collect()
            })
            .collect(),
        categories: tags.iter().map(|tag| text(tag, "category")).collect(),
        aliases: aliases.collect(),
        classes: json["classes"]
            .as_array()
            .expect("classes is a list")
            .iter()
            .map(class)
            .collect(),
        json,
    }
}

impl Vocabulary {
    /// Everything that follows from a tag.
    fn above(&self, name: &str) -> HashSet<String> {
        let mut found = HashSet::new();
        let mut waiting = vec![name.to_owned()];
        while let Some(one) = waiting.pop() {
            let at = self.names.iter().position(|name| *name == one);
            for next in &self.implies[at.expect("implications name tags")] {
                if found.insert(next.clone()) {
                    waiting.push(next.clone());
                }
            }
        }
        found
    }

    fn chain(&self, class: usize) -> Vec<&str> {
        self.classes[class]
            .iter()
            .map(|&tag| self.names[tag].as_str())
            .collect()
    }
}

#[test]
fn has_a_thousand_classes_and_more_than_a_thousand_tags() {
    let vocabulary = vocabulary();
    assert_eq!(vocabulary.json["version"], 2);
    assert_eq!(vocabulary.classes.len(), CLASSES);
    assert!(vocabulary.names.len() > CLASSES);
}

#[test]
fn every_class_names_valid_tags_once_and_ends_in_a_general_one() {
    let vocabulary = vocabulary();
    let mut spread = vec![0_usize; vocabulary.names.len()];
    for class in &vocabulary.classes {
        assert_eq!(class.iter().collect::<HashSet<_>>().len(), class.len());
        for &tag in class {
            spread[tag] += 1;
        }
    }
    for (index, class) in vocabulary.classes.iter().enumerate() {
        let last = *class.last().expect("a class has at least one tag");
        assert!(spread[last] >= GENERAL, "class {index} ends in a rare tag");
        assert!(
            class
                .windows(2)
                .skip(1)
                .all(|pair| spread[pair[0]] <= spread[pair[1]]),
            "class {index} is not most specific first"
        );
    }
    assert!(
        spread.iter().all(|&count| count > 0),
        "a tag no class leads to"
    );
}

#[test]
fn names_are_lower_case_and_unique_and_aliases_never_collide() {
    let vocabulary = vocabulary();
    let mut seen = HashMap::new();
    let aliases = vocabulary.aliases.iter().map(|(alias, tag)| (alias, *tag));
    for (word, tag) in vocabulary.names.iter().zip(0..).chain(aliases) {
        assert_eq!(word.trim(), word.to_lowercase(), "{word:?}");
        assert!(!word.is_empty());
        assert_eq!(seen.insert(word.clone(), tag), None, "{word:?} twice");
    }
}

#[test]
fn categories_are_the_known_ones() {
    for category in vocabulary().categories {
        assert!(CATEGORIES.contains(&category.as_str()), "{category}");
    }
}

#[test]
fn thresholds_leave_a_band_to_ask_in() {
    let thresholds = &vocabulary().json["thresholds"];
    let value = |key: &str| thresholds[key].as_f64().expect("a number");
    assert!(0.0 < value("suggest") && value("suggest") < value("sure") && value("sure") < 1.0);
}

#[test]
fn well_known_classes_say_what_people_search_for() {
    let vocabulary = vocabulary();
    let expected: [(usize, &[&str]); 6] = [
        (207, &["golden retriever", "dog", "pet", "animal"]),
        (282, &["tiger cat", "cat", "pet", "animal"]),
        (404, &["airliner", "airplane", "vehicle"]),
        (497, &["church", "building"]),
        (963, &["pizza", "food"]),
        (980, &["volcano", "landscape", "nature"]),
    ];
    for (class, tags) in expected {
        let chain = vocabulary.chain(class);
        let places: Vec<_> = tags
            .iter()
            .map(|tag| chain.iter().position(|name| name == tag))
            .collect();
        assert!(places.iter().all(Option::is_some), "{class}: {chain:?}");
        assert!(places.is_sorted(), "{class}: {chain:?}");
    }
}

#[test]
fn words_imply_what_they_are_a_kind_of_and_nothing_twice() {
    let vocabulary = vocabulary();
    let expected: [(&str, &[&str]); 6] = [
        ("tabby cat", &["cat"]),
        ("cat", &["feline", "pet"]),
        ("mammal", &["animal"]),
        ("golden retriever", &["retriever"]),
        ("rooster", &["chicken", "farm animal"]),
        // a crib brings babies to mind, and is none
        ("crib", &["bed"]),
    ];
    for (name, implies) in expected {
        let at = vocabulary.names.iter().position(|n| n == name);
        assert_eq!(vocabulary.implies[at.expect(name)], implies, "{name}");
    }
    for (name, direct) in vocabulary.names.iter().zip(&vocabulary.implies) {
        assert!(
            !vocabulary.above(name).contains(name),
            "{name} implies itself"
        );
        for one in direct {
            let others = direct.iter().filter(|other| *other != one);
            let around = others.map(|other| vocabulary.above(other));
            assert!(
                around.into_iter().all(|above| !above.contains(one)),
                "{name} implies {one} by another way too"
            );
        }
    }
}

#[test]
fn classes_leave_nothing_out_that_their_tags_imply() {
    let vocabulary = vocabulary();
    for class in 0..CLASSES {
        let chain = vocabulary.chain(class);
        for name in &chain {
            for one in vocabulary.above(name) {
                assert!(
                    chain.contains(&one.as_str()),
                    "{class}: {name} without {one}"
                );
            }
        }
    }
}
