use super::explained;

fn queries(text: &str) -> Vec<(String, usize)> {
    let found = explained(text).into_iter();
    found.map(|found| (found.query, found.at)).collect()
}

#[test]
fn what_is_read_and_what_is_changed_by_a_condition_is_explained() {
    assert_eq!(
        queries("SELECT id FROM a WHERE t = 'x;y'; CREATE b SET c = 1; SELECT (SELECT 1;) FROM c"),
        [
            ("EXPLAIN SELECT id FROM a WHERE t = 'x;y'".to_owned(), 0),
            ("EXPLAIN SELECT (SELECT 1;) FROM c".to_owned(), 0),
        ]
    );
    assert_eq!(
        queries("DELETE a WHERE b < 1 RETURN NONE; UPDATE $id SET c = 1"),
        [("EXPLAIN SELECT id FROM a WHERE b < 1".to_owned(), 0)]
    );
}

#[test]
fn variables_are_filled_before_but_nothing_is_written() {
    assert_eq!(
        queries(
            "LET $gone = (SELECT VALUE id FROM a WHERE b LIMIT 2); SELECT id FROM c WHERE d IN $gone"
        ),
        [
            (
                "EXPLAIN SELECT VALUE id FROM a WHERE b LIMIT 2".to_owned(),
                0
            ),
            (
                "LET $gone = (SELECT VALUE id FROM a WHERE b LIMIT 2); \
                 EXPLAIN SELECT id FROM c WHERE d IN $gone"
                    .to_owned(),
                1
            ),
        ]
    );
    assert_eq!(queries("LET $new = (CREATE a); SELECT id FROM $new"), []);
}
