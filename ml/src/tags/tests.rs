use serde_json::json;

use super::*;

/// Classes 0 and 1 are cats, class 2 a dog, the rest nothing.
fn map() -> TagMap {
    let mut classes = vec![Vec::<usize>::new(); CLASSES];
    classes[0] = vec![0, 2, 3];
    classes[1] = vec![1, 2, 3];
    classes[2] = vec![4, 3];
    let words = [
        ("tiger cat", vec!["cat"]),
        ("tabby", vec!["cat"]),
        ("cat", vec!["animal"]),
        ("animal", vec![]),
        ("dog", vec!["animal"]),
    ];
    file(&words, &classes).expect("a map")
}

fn file(words: &[(&str, Vec<&str>)], classes: &[Vec<usize>]) -> Result<TagMap, MlError> {
    let tag = |(name, implies): &(&str, Vec<&str>)| json!({"name": name, "category": "animal", "aliases": [], "implies": implies});
    let file = json!({
        "version": 2,
        "tags": words.iter().map(tag).collect::<Vec<_>>(),
        "classes": classes,
        "thresholds": {
            "suggest": 0.15, "sure": 0.6,
            "tags": {"dog": {"suggest": 0.3, "sure": 0.9}}
        },
    });
    TagMap::parse(&file.to_string())
}

fn classes(probabilities: &[(usize, f32)]) -> Classification {
    let mut all = Classification::from_logits(&vec![0.0; CLASSES], Vec::new());
    all.probabilities = vec![0.0; CLASSES];
    for &(class, probability) in probabilities {
        all.probabilities[class] = probability;
    }
    all
}

#[test]
fn a_general_tag_gathers_its_classes() {
    let found = map().suggest(&classes(&[(0, 0.4), (1, 0.3), (2, 0.2)]));
    let plain: Vec<_> = found
        .iter()
        .map(|t| {
            (
                t.name.as_str(),
                (t.score * 10.0).round() as u32,
                t.confidence,
            )
        })
        .collect();
    use Confidence::{Suggested, Sure, Unsure};
    let expected = [
        ("animal", 9, Sure),
        ("cat", 7, Sure),
        ("tiger cat", 4, Suggested),
        ("tabby", 3, Suggested),
        ("dog", 2, Unsure),
    ];
    assert_eq!(plain, expected, "the dog stays below its own bar");
}

#[test]
fn of_equal_scores_the_more_specific_comes_first() {
    let found = map().suggest(&classes(&[(0, 0.9)]));
    let names: Vec<_> = found.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["tiger cat", "cat", "animal"]);
}

#[test]
fn nothing_is_said_of_a_picture_that_shows_nothing_known() {
    assert!(map().suggest(&classes(&[(0, 0.05), (900, 0.9)])).is_empty());
}

#[test]
fn a_file_that_does_not_add_up_is_refused() {
    for text in [
        "{}",
        r#"{"version":3,"tags":[],"classes":[],"thresholds":{"suggest":0.1,"sure":0.5}}"#,
        r#"{"version":2,"tags":[],"classes":[],"thresholds":{"suggest":0.1,"sure":0.5}}"#,
    ] {
        assert!(
            matches!(TagMap::parse(text), Err(MlError::Manifest(_))),
            "{text}"
        );
    }
}

#[test]
fn implications_that_lead_nowhere_or_in_circles_are_refused() {
    let refused = |words: &[(&str, Vec<&str>)], chain: &[usize]| {
        let mut classes = vec![Vec::new(); CLASSES];
        classes[0] = chain.to_vec();
        match file(words, &classes) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("{words:?}"),
        }
    };
    let dog = ("dog", vec![]);
    let said = refused(&[("cat", vec!["pet"]), dog.clone()], &[0]);
    assert!(said.contains("cat implies pet, which is no tag"), "{said}");
    let circle = [
        ("a", vec!["b"]),
        ("b", vec!["c"]),
        ("c", vec!["a"]),
        dog.clone(),
    ];
    let said = refused(&circle, &[0, 1, 2]);
    assert!(said.contains("a implies itself"), "{said}");
    let open = [
        ("puppy", vec!["dog"]),
        ("dog", vec!["animal"]),
        ("animal", vec![]),
    ];
    let said = refused(&open, &[0, 1]);
    assert!(said.contains("not animal"), "{said}");
}

#[test]
fn people_move_a_bar_within_bounds() {
    let dog = |accepted, rejected| {
        let feedback = HashMap::from([("dog".to_owned(), TagFeedback { accepted, rejected })]);
        let found = map()
            .with_feedback(&feedback)
            .suggest(&classes(&[(2, 0.35)]));
        found.iter().find(|t| t.name == "dog").map(|t| t.confidence)
    };
    assert_eq!(dog(0, 0), Some(Confidence::Suggested), "as it ships");
    assert_eq!(dog(0, 4), Some(Confidence::Unsure), "often refused");
    assert_eq!(dog(40, 4), Some(Confidence::Suggested), "mostly accepted");
    assert_eq!(dog(0, 100_000), None, "no use, but");
    let strong = HashMap::from([(
        "dog".to_owned(),
        TagFeedback {
            accepted: 0,
            rejected: 100_000,
        },
    )]);
    let sure = map().with_feedback(&strong).suggest(&classes(&[(2, 0.97)]));
    assert!(sure.iter().any(|t| t.name == "dog"), "never out of reach");
}
