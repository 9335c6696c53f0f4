use super::*;

#[test]
fn hashes_that_are_nearly_the_same_share_a_band() {
    let hash = 0x0123_4567_89ab_cdef_u64;
    // one bit in each of as many bytes as may differ
    let mut other = hash;
    for bit in 0..SAME_PICTURE_BITS {
        other ^= 1 << (bit * 8 + 3);
    }
    assert_eq!((hash ^ other).count_ones(), SAME_PICTURE_BITS);
    let shared = bands(hash)
        .iter()
        .filter(|b| bands(other).contains(b))
        .count();
    assert!(shared >= 1);
    assert_eq!(
        distance("a", Some(hash as i64), "b", Some(other as i64)),
        Some(SAME_PICTURE_BITS + 1)
    );
    other ^= 1 << 62;
    assert_eq!(
        distance("a", Some(hash as i64), "b", Some(other as i64)),
        None
    );
    assert_eq!(distance("a", None, "a", None), Some(0));
    assert_eq!(distance("a", None, "b", Some(1)), None);
}

#[test]
fn appeals_come_first_and_the_oldest_of_each() {
    let id = ElementId::from_parts(5, 5);
    let place = |appealed, at| review_place(appealed, at, &id, LabelName::Nsfw);
    assert!(place(true, 900) < place(false, 1));
    assert!(place(false, 9) < place(false, 10));
}

#[test]
fn a_ruling_goes_before_a_declaration_and_that_before_models() {
    let model = Label {
        source: LabelSource::Model,
        verdict: Verdict::No,
        ..declared(Vec::new())
    };
    let mut row = Judged {
        owner: Key("o".into()),
        media: "m".into(),
        phash: None,
        visibility: Visibility::Public,
        files: Vec::new(),
        judged: vec![model],
        declares_ai: false,
        created_at: 0,
        gone_at: None,
    };
    let none = BTreeMap::new();
    let label = |row: &Judged, rulings: &BTreeMap<String, RulingRow>| {
        effective(row, rulings, BTreeMap::new()).remove(0)
    };
    assert_eq!(label(&row, &none).verdict, Verdict::No);
    row.declares_ai = true;
    assert_eq!(label(&row, &none).source, LabelSource::Declared);
    let ruling = RulingRow {
        media: "m".into(),
        label: "ai_made".into(),
        verdict: "no".into(),
        note: "seen".into(),
        at: 1,
        phash: None,
    };
    let rulings = BTreeMap::from([("ai_made".to_owned(), ruling)]);
    let ruled = label(&row, &rulings);
    assert_eq!(
        (ruled.verdict, ruled.source),
        (Verdict::No, LabelSource::Person)
    );
    assert_eq!(ruled.evidence[0].kind, "ruling");
}
