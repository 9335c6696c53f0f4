//! Places between places: texts that sort between two others, so that moving
//! one item changes no other ("fractional indexing", as in Figma's 2017 article
//! on ordered sequences).

/// In byte order.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE: usize = DIGITS.len();
/// Digits that are counted at the ends.
const WHOLE: usize = 6;
/// Digits of chance behind each place: two who insert at the same place at the
/// same moment get different ones.
const CHANCE: usize = 2;

/// A text that sorts after `low` and before `high`; none is the end. Neither
/// input may end in `0`, and no output does.
pub fn between(low: Option<&str>, high: Option<&str>) -> String {
    let most = (BASE as u64).pow(WHOLE as u32) - 1;
    let mut made = match (low, high) {
        (None, None) => written(most / 2),
        (None, Some(high)) if whole(high) > 0 => written(whole(high) - 1),
        (Some(low), None) if whole(low) < most => written(whole(low) + 1),
        (low, high) => middle(low.unwrap_or(""), high),
    };
    for _ in 0..CHANCE {
        made.push(digit(rand::random_range(0..BASE)));
    }
    // a text that ends in the smallest digit leaves no room before itself
    made.push(digit(rand::random_range(1..BASE)));
    made
}

/// The first digits as a number: at both ends it is counted down and up, so
/// that places do not grow where everybody inserts.
fn whole(text: &str) -> u64 {
    let digits = text.bytes().map(value).chain(std::iter::repeat(0));
    let add = |sum, digit| sum * BASE as u64 + digit as u64;
    digits.take(WHOLE).fold(0, add)
}

fn written(mut number: u64) -> String {
    let mut digits = [DIGITS[0]; WHOLE];
    for slot in digits.iter_mut().rev() {
        *slot = DIGITS[(number % BASE as u64) as usize];
        number /= BASE as u64;
    }
    digits.map(char::from).into_iter().collect()
}

/// The shortest text strictly between, of which no extension reaches `high`.
fn middle(low: &str, high: Option<&str>) -> String {
    let mut made = String::new();
    let mut low = low.bytes().map(value);
    let mut high = high.map(|high| high.bytes().map(value));
    loop {
        let from = low.next().unwrap_or(0);
        // past its end, an upper bound that was followed exactly leaves nothing
        let to = match &mut high {
            Some(high) => high.next().unwrap_or(0),
            None => BASE,
        };
        if to > from + 1 {
            made.push(digit((from + to) / 2));
            return made;
        }
        made.push(digit(from));
        if to > from {
            // below the bound from here on, whatever follows
            high = None;
        }
    }
}

fn digit(value: usize) -> char {
    char::from(DIGITS[value])
}

fn value(byte: u8) -> usize {
    DIGITS.iter().position(|d| *d == byte).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_number_of_inserts_anywhere_stay_in_order(at in prop::collection::vec(0usize..1000, 1..200)) {
            let mut list: Vec<String> = Vec::new();
            for at in at {
                let at = at % (list.len() + 1);
                let low = at.checked_sub(1).map(|i| list[i].as_str());
                let high = list.get(at).map(String::as_str);
                let new = between(low, high);
                prop_assert!(low.is_none_or(|low| low < new.as_str()), "{low:?} {new}");
                prop_assert!(high.is_none_or(|high| new.as_str() < high), "{new} {high:?}");
                prop_assert!(!new.ends_with('0'));
                list.insert(at, new);
            }
        }
    }

    #[test]
    fn places_at_the_ends_do_not_grow() {
        let (mut first, mut last) = (between(None, None), between(None, None));
        for _ in 0..2000 {
            first = between(None, Some(&first));
            last = between(Some(&last), None);
        }
        let length = WHOLE + CHANCE + 1;
        assert_eq!((first.len(), last.len()), (length, length));
    }
}
