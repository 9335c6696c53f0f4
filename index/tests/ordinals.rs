use asterism_index::{Bits, Ordinals};
use proptest::prelude::*;
use protocol::ElementId;
use std::collections::BTreeSet;

fn id(n: u64) -> ElementId {
    ElementId::from_parts(n, 0)
}

#[test]
fn a_number_that_was_taken_back_is_nobodys_for_a_while() {
    let mut ordinals = Ordinals::default();
    assert_eq!((ordinals.give(&id(1)), ordinals.give(&id(2))), (0, 1));
    assert_eq!(ordinals.give(&id(1)), 0, "it stays the same");
    assert_eq!(ordinals.take(&id(1)), Some(0));
    assert_eq!((ordinals.id(0), ordinals.get(&id(1))), (None, None));
    assert_eq!(ordinals.give(&id(3)), 2, "not the one that rests");
    assert_eq!(ordinals.give(&id(1)), 3, "come back, it is another");
    assert_eq!((ordinals.len(), ordinals.end()), (3, 4));
    assert_eq!(ordinals.take(&id(9)), None);
}

fn numbers() -> impl Strategy<Value = BTreeSet<u32>> {
    prop::collection::btree_set(0u32..300, 0..80)
}

proptest! {
    #[test]
    fn bits_are_sets(a in numbers(), b in numbers(), end in 0usize..300) {
        let bits = |set: &BTreeSet<u32>| set.iter().copied().collect::<Bits>();
        let list = |bits: &Bits| bits.iter().collect::<BTreeSet<u32>>();
        let (left, right) = (bits(&a), bits(&b));
        prop_assert_eq!(list(&left), a.clone());
        prop_assert_eq!(left.len(), a.len());
        prop_assert_eq!(left.is_empty(), a.is_empty());
        prop_assert_eq!(left.shared(&right), a.intersection(&b).count());
        let mut both = left.clone();
        both.and(&right);
        prop_assert_eq!(list(&both), a.intersection(&b).copied().collect());
        let mut any = left.clone();
        any.or(&right);
        prop_assert_eq!(list(&any), a.union(&b).copied().collect());
        let mut rest = left.clone();
        rest.without(&right);
        prop_assert_eq!(list(&rest), a.difference(&b).copied().collect());
        prop_assert_eq!(list(&Bits::full(end)), (0..end as u32).collect());
        rest.or(&both);
        prop_assert_eq!(rest, left);
    }
}
