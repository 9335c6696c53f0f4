//! Whether a licence expression can be met with the allowed licences.

/// Whether some way through the SPDX expression uses allowed licences only. A
/// licence with an exception is allowed if the whole `X WITH Y` is, or X alone
/// (an exception only ever gives more). The old `A/B` means `A OR B`.
pub fn allowed(expression: &str, is_allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut tokens = spaced.split_whitespace().peekable();
    let met = any(&mut tokens, is_allowed);
    met && tokens.next().is_none()
}

type Tokens<'a, I> = std::iter::Peekable<I>;

fn any<'a, I: Iterator<Item = &'a str>>(
    tokens: &mut Tokens<'a, I>,
    is_allowed: &dyn Fn(&str) -> bool,
) -> bool {
    let mut met = all(tokens, is_allowed);
    while tokens.next_if_eq(&"OR").is_some() {
        // not short-circuited: the tokens have to be read
        met |= all(tokens, is_allowed);
    }
    met
}

fn all<'a, I: Iterator<Item = &'a str>>(
    tokens: &mut Tokens<'a, I>,
    is_allowed: &dyn Fn(&str) -> bool,
) -> bool {
    let mut met = one(tokens, is_allowed);
    while tokens.next_if_eq(&"AND").is_some() {
        met &= one(tokens, is_allowed);
    }
    met
}

fn one<'a, I: Iterator<Item = &'a str>>(
    tokens: &mut Tokens<'a, I>,
    is_allowed: &dyn Fn(&str) -> bool,
) -> bool {
    if tokens.next_if_eq(&"(").is_some() {
        let met = any(tokens, is_allowed);
        return tokens.next_if_eq(&")").is_some() && met;
    }
    let Some(licence) = tokens.next() else {
        return false;
    };
    if tokens.next_if_eq(&"WITH").is_some() {
        let exception = tokens.next().unwrap_or_default();
        return is_allowed(&format!("{licence} WITH {exception}")) || is_allowed(licence);
    }
    is_allowed(licence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(expression: &str) -> bool {
        allowed(expression, &|l| l == "MIT" || l == "Apache-2.0")
    }

    #[test]
    fn one_allowed_way_is_enough() {
        assert!(met("MIT"));
        assert!(met("GPL-3.0 OR MIT"));
        assert!(met("MIT/Unknown"));
        assert!(met("Apache-2.0 WITH LLVM-exception OR GPL-2.0"));
        assert!(met("(GPL-2.0 OR MIT) AND Apache-2.0"));
    }

    #[test]
    fn every_part_of_a_conjunction_counts() {
        assert!(!met("MIT AND GPL-3.0"));
        assert!(!met("(MIT OR Apache-2.0) AND ISC"));
        assert!(!met("AGPL-3.0"));
    }

    #[test]
    fn what_is_no_expression_is_not_allowed() {
        assert!(!met(""));
        assert!(!met("MIT Apache-2.0"));
        assert!(!met("(MIT"));
    }
}
