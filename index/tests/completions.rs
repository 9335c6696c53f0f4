use asterism_index::Completions;
use proptest::prelude::*;

/// Words with the numbers that they mean, and what these weigh.
fn words() -> (Completions, Vec<u32>, Vec<u32>) {
    let mut words = Completions::default();
    let named = [
        "cat",
        "lighthouse",
        "morocco",
        "light",
        "catalogue",
        "secret",
    ];
    for (number, name) in named.into_iter().chain(["kitty", "catty"]).enumerate() {
        words.insert(name.into(), number as u32);
    }
    (
        words,
        vec![0, 1, 2, 3, 4, 5, 0, 0],
        vec![50, 40, 30, 20, 10, 0, 7, 7],
    )
}

fn found(typed: &str, k: usize) -> Vec<String> {
    let (words, meant, weights) = words();
    let found = words.complete(typed, k, &meant, &weights).into_iter();
    found
        .map(|completion| completion.word.to_string())
        .collect()
}

#[test]
fn what_begins_so_comes_first_by_weight_and_each_once() {
    assert_eq!(found("ca", 9), ["cat", "catalogue"]);
    assert_eq!(found("cat", 1), ["cat"]);
    assert_eq!(found("kit", 9), ["kitty"], "by another word for it");
    assert_eq!(found("lig", 9), ["lighthouse", "light"]);
    let all = ["cat", "lighthouse", "morocco", "light", "catalogue"];
    assert_eq!(found("", 9), all, "what weighs nothing does not come");
    assert_eq!(found("", 2), all[..2]);
    assert!(found("sec", 9).is_empty());
}

#[test]
fn slips_of_the_finger_are_forgiven_by_length() {
    assert_eq!(found("moroco", 9), ["morocco"]);
    assert_eq!(
        found("lihgt", 9),
        ["light"],
        "two letters that changed places"
    );
    assert_eq!(
        found("lightouhse", 9),
        ["lighthouse"],
        "two slips in a long word"
    );
    assert_eq!(
        found("ligtho", 9),
        ["lighthouse"],
        "in a word that is not finished"
    );
    assert!(found("cst", 9).is_empty(), "short words are meant");
    assert!(
        found("mxrxcco", 9).is_empty(),
        "two in seven letters are too many"
    );
    assert_eq!(found("lighx", 9), ["light"]);
}

proptest! {
    #[test]
    fn the_heaviest_come_whatever_is_typed(
        words in prop::collection::btree_map("[a-c]{1,4}", 0u32..12, 0..40),
        weights in prop::collection::vec(0u32..5, 12),
        typed in "[a-c]{0,3}", k in 1usize..8,
    ) {
        let mut completions = Completions::default();
        let mut names = Vec::new();
        for (word, number) in &words {
            completions.insert(word.as_str().into(), names.len() as u32);
            names.push(*number);
        }
        let found = completions.complete(&typed, k, &names, &weights);
        let mut numbers: Vec<u32> = words
            .iter()
            .filter(|(word, number)| word.starts_with(&typed) && weights[**number as usize] > 0)
            .map(|(_, number)| *number)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut expected: Vec<u32> = numbers.iter().map(|n| weights[*n as usize]).collect();
        expected.sort_unstable_by(|a, b| b.cmp(a));
        expected.truncate(k);
        let got: Vec<u32> = found.iter().map(|c| c.weight).collect();
        prop_assert_eq!(got, expected);
    }
}
