//! A search as chips and words: every filter that stands by itself is a chip,
//! the rest stays text. Both together are the search as it is written.

use protocol::query::{Filter, Order, Query, parse};

use super::token::{Token, tokens};

/// One filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Chip {
    pub filter: Filter,
    /// It must not be so.
    pub not: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pieces {
    pub chips: Vec<Chip>,
    /// Words, phrases, groups, and what is not finished.
    pub text: String,
}

impl Chip {
    /// What was typed, if it is one filter and all of it is understood.
    pub fn read(text: &str) -> Option<Self> {
        let (query, hints) = parse(text);
        if !hints.is_empty() {
            return None;
        }
        match query {
            Query::Filter(filter) => Some(Self { filter, not: false }),
            Query::Not(inner) => match *inner {
                Query::Filter(filter) => Some(Self { filter, not: true }),
                _ => None,
            },
            _ => None,
        }
    }

    /// As it is typed.
    pub fn write(&self) -> String {
        let not = if self.not { "-" } else { "" };
        format!("{not}{}", self.filter)
    }
}

impl Pieces {
    /// A search that is finished: nobody types in it.
    pub fn read(words: &str) -> Self {
        Self::split(words, None).0
    }

    /// While somebody types: what the caret (in bytes) touches stays text.
    /// Returns where the caret is then.
    pub fn typed(text: &str, caret: usize) -> (Self, usize) {
        Self::split(text, Some(caret))
    }

    fn split(text: &str, caret: Option<usize>) -> (Self, usize) {
        let mut caret_then = caret.unwrap_or(text.len());
        let tokens = tokens(text);
        // with alternatives every condition belongs to its side
        if tokens.iter().any(|t| t.depth == 0 && t.is_or()) {
            let lead = text.len() - text.trim_start().len();
            let pieces = Self {
                chips: Vec::new(),
                text: text[lead..].to_owned(),
            };
            return (pieces, caret_then.saturating_sub(lead));
        }
        let touched = |t: &Token| caret.is_some_and(|at| t.from <= at && at <= t.to);
        let mut pieces = Self::default();
        let mut from = 0;
        let mut rest = String::new();
        for (at, token) in tokens.iter().enumerate() {
            // a dash on its own means whatever follows
            let meant = at > 0 && tokens[at - 1].text == "-";
            if token.depth > 0 || touched(token) || meant {
                continue;
            }
            let Some(chip) = Chip::read(token.text) else {
                continue;
            };
            pieces.put(chip);
            rest.push_str(&text[from..token.from]);
            // the space behind it goes, too
            let gap = text[token.to..].len() - text[token.to..].trim_start().len();
            from = token.to + gap;
            if caret_then >= from {
                caret_then -= from - token.from;
            }
        }
        rest.push_str(&text[from..]);
        let lead = rest.len() - rest.trim_start().len();
        pieces.text = match caret {
            Some(_) => rest[lead..].to_owned(),
            None => rest.trim().to_owned(),
        };
        (pieces, caret_then.saturating_sub(lead))
    }

    /// The whole search.
    pub fn write(&self) -> String {
        let chips = self.chips.iter().map(Chip::write);
        let text = Some(self.text.trim().to_owned()).filter(|t| !t.is_empty());
        chips.chain(text).collect::<Vec<_>>().join(" ")
    }

    pub fn is_empty(&self) -> bool {
        self.chips.is_empty() && self.text.trim().is_empty()
    }

    /// Adds a chip; of those of which only one makes sense it replaces the
    /// other.
    pub fn put(&mut self, chip: Chip) {
        self.chips.retain(|old| old != &chip && !chip.replaces(old));
        self.chips.push(chip);
    }

    pub fn has(&self, chip: &Chip) -> bool {
        self.chips.contains(chip)
    }

    /// The same search with this filter, or without it where it is there.
    pub fn toggled(&self, chip: Chip) -> Self {
        let mut next = self.clone();
        if next.has(&chip) {
            next.chips.retain(|old| *old != chip);
        } else {
            next.group();
            next.put(chip);
        }
        next
    }

    /// The same search in another order.
    pub fn ordered(&self, order: Order) -> Self {
        let mut next = self.clone();
        next.group();
        let filter = Filter::Order(order);
        next.put(Chip { filter, not: false });
        if order == Order::Relevance {
            next.chips.retain(|c| !matches!(c.filter, Filter::Order(_)));
        }
        next
    }

    pub fn order(&self) -> Order {
        parse(&self.write()).0.order().unwrap_or(Order::Relevance)
    }

    /// What stands beside alternatives would otherwise join the last of them.
    fn group(&mut self) {
        let alternatives = |t: &Token| t.depth == 0 && t.is_or();
        if tokens(&self.text).iter().any(alternatives) {
            self.text = format!("({})", self.text.trim());
        }
    }
}

impl Chip {
    fn replaces(&self, old: &Chip) -> bool {
        use Filter::{After, Ai, Before, Order, Quality, Sensitive, Style, Type};
        let one = matches!(
            self.filter,
            Order(_)
                | Type(_)
                | Style(_)
                | Ai(_)
                | Sensitive(_)
                | Quality(..)
                | Before(_)
                | After(_)
        );
        let same = std::mem::discriminant(&self.filter) == std::mem::discriminant(&old.filter);
        one && same && !self.not && !old.not
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(words: &str) -> (Vec<String>, String) {
        let pieces = Pieces::read(words);
        let chips = pieces.chips.iter().map(Chip::write).collect();
        (chips, pieces.text)
    }

    #[test]
    fn filters_become_chips_and_words_stay() {
        let (chips, text) = split("blue tag:\"tiger cat\" -type:video door");
        assert_eq!(chips, ["tag:tiger_cat", "-type:video"]);
        assert_eq!(text, "blue door");
        let (chips, text) = split("12:30 \"tag:cat dog\" (tag:a OR tag:b) style:blue");
        assert!(chips.is_empty(), "{chips:?}");
        assert_eq!(text, "12:30 \"tag:cat dog\" (tag:a OR tag:b) style:blue");
    }

    #[test]
    fn alternatives_keep_their_filters() {
        assert_eq!(split("tag:a OR tag:b").1, "tag:a OR tag:b");
        assert_eq!(split("- tag:a").1, "- tag:a");
        let narrowed =
            Pieces::read("cat OR dog").toggled(Chip::read("type:image").expect("a chip"));
        assert_eq!(narrowed.write(), "type:image (cat OR dog)");
        assert_eq!(Pieces::read(&narrowed.write()), narrowed);
    }

    #[test]
    fn what_is_being_typed_is_no_chip_yet() {
        let (pieces, caret) = Pieces::typed("tag:ca", 6);
        assert_eq!((pieces.chips.len(), &*pieces.text, caret), (0, "tag:ca", 6));
        let (pieces, caret) = Pieces::typed("tag:cat ", 8);
        assert_eq!((pieces.chips.len(), &*pieces.text, caret), (1, "", 0));
        // the caret stays in its word
        let (pieces, caret) = Pieces::typed("type:image blue door", 13);
        assert_eq!(
            (pieces.chips.len(), &*pieces.text, caret),
            (1, "blue door", 2)
        );
    }

    #[test]
    fn a_second_order_replaces_the_first_and_tags_add_up() {
        let pieces = Pieces::read("order:newest tag:a tag:b order:oldest tag:a");
        assert_eq!(pieces.write(), "tag:b order:oldest tag:a");
        assert_eq!(pieces.order(), Order::Oldest);
        let back = pieces.ordered(Order::Relevance);
        assert_eq!(back.write(), "tag:b tag:a");
        assert_eq!(back.toggled(back.chips[0].clone()).write(), "tag:a");
    }

    proptest! {
        #[test]
        fn chips_and_text_mean_what_was_typed(text in "[ a-z:\"()|#.\\-OR0-9]{0,40}") {
            let pieces = Pieces::read(&text);
            let again = Pieces::read(&pieces.write());
            prop_assert_eq!(&again.write(), &pieces.write());
            let (typed, caret) = Pieces::typed(&text, text.len());
            prop_assert!(typed.text.is_char_boundary(caret) && caret <= typed.text.len());
        }

        #[test]
        fn order_of_parts_aside_nothing_is_lost(
            parts in prop::collection::vec(prop::sample::select(vec![
                "cat", "blue", "tag:door", "-tag:red", "type:image", "\"old town\"", "(sun OR sea)", "color:#c04020",
            ]), 0..7),
        ) {
            let words = parts.join(" ");
            let pieces = Pieces::read(&words);
            let mut expected: Vec<&str> = parts.clone();
            expected.sort_unstable();
            expected.dedup_by(|a, b| a == b && a.contains(':'));
            let filters = expected.iter().filter(|p| p.contains(':')).count();
            prop_assert_eq!(pieces.chips.len(), filters);
        }
    }
}
