use serde_json::json;

use super::*;

/// Classes 0 and 1 are cats, class 2 a dog, the rest nothing.
fn map() -> TagMap {
    let mut classes = vec![Vec::<usize>::new(); CLASSES];
    classes[0] = vec![0, 2, 3];
    classes[1] = vec![1, 2, 3];
    classes[2] = vec![4, 3];
    let tag = |name: &str| json!({"name": name, "category": "animal", "aliases": []});
    let names = ["tiger cat", "tabby", "cat", "animal", "dog"];
    let file = json!({
        "version": 1,
        "tags": names.map(tag),
        "classes": classes,
        "thresholds": {
            "suggest": 0.15, "sure": 0.6,
            "tags": {"dog": {"suggest": 0.3, "sure": 0.9}}
        },
    });
    TagMap::parse(&file.to_string()).expect("a map")
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
        r#"{"version":2,"tags":[],"classes":[],"thresholds":{"suggest":0.1,"sure":0.5}}"#,
        r#"{"version":1,"tags":[],"classes":[],"thresholds":{"suggest":0.1,"sure":0.5}}"#,
    ] {
        assert!(
            matches!(TagMap::parse(text), Err(MlError::Manifest(_))),
            "{text}"
        );
    }
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
