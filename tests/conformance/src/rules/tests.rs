use std::collections::BTreeSet;

use super::*;

/// Statements of the page that cannot be told from outside of a server that
/// others use too, and why.
const UNTOLD: [(&str, &str); 1] = [(
    "8.4",
    "the advice of the codes is for clients; the codes are told by the others",
)];

fn statements() -> BTreeSet<String> {
    let page = include_str!("../../../../docs/websocket.md");
    let mut numbers = BTreeSet::new();
    for part in page.split("**").skip(1).step_by(2) {
        let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        if part
            .split_once('.')
            .is_some_and(|(a, b)| digits(a) && digits(b))
        {
            assert!(numbers.insert(part.to_owned()), "{part} stands there twice");
        }
    }
    numbers
}

#[test]
fn each_statement_of_the_page_has_its_rule_and_each_rule_its_statement() {
    let rules: BTreeSet<String> = RULES.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(rules.len(), RULES.len(), "two rules have one number");
    let untold = UNTOLD.iter().map(|(id, _)| (*id).to_owned());
    let told: BTreeSet<String> = rules.iter().cloned().chain(untold).collect();
    assert_eq!(told, statements());
}

#[test]
fn rules_stand_in_the_order_of_their_numbers() {
    let number = |rule: &Rule| -> (u32, u32) {
        let (chapter, place) = rule.id.split_once('.').expect("a number");
        (
            chapter.parse().expect("digits"),
            place.parse().expect("digits"),
        )
    };
    assert!(RULES.iter().is_sorted_by_key(number));
}
