//! By what results can be narrowed, counted over all of them.

use index::Bits;
use protocol::query::{Filter, Style};
use protocol::search::{Choice, Facet, Narrowing};

use super::FactIndex;
use super::catalog::KINDS;
use super::hues::HUES;

/// Tags that are offered.
const FACETS: usize = 14;
/// One of a single result narrows nothing.
const LEAST: u32 = 2;

impl FactIndex {
    /// Tags that tell results apart, the most frequent first, without those
    /// that were chosen already; and what else does.
    pub fn narrowing(&self, of: &Bits, chosen: &[&str]) -> (Vec<Facet>, Narrowing) {
        let words = self.vocabulary().read();
        let catalog = self.read();
        let all = of.len() as u32;
        // what all have narrows nothing
        let tells = |count: u32| count >= LEAST && count < all;
        let chosen: Vec<u32> = chosen
            .iter()
            .filter_map(|name| words.resolve(name))
            .map(|tag| tag.0)
            .collect();
        let mut tags = catalog.tags.counts(of);
        tags.retain(|(tag, count)| tells(*count) && !chosen.contains(tag));
        let name = |tag: u32| words.name(crate::tags::TagNo(tag));
        tags.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| name(a.0).cmp(name(b.0))));
        tags.truncate(FACETS);
        let facet = |(tag, count)| Facet {
            tag: name(tag).to_owned(),
            count,
        };
        let hues = catalog.hues.counts(of).into_iter();
        let colors = hues.map(|(hue, count)| (Filter::Color(HUES[hue as usize]), count));
        let styles = Style::ALL.iter().zip(catalog.styles.counts(of));
        let styles = styles.map(|(style, count)| (Filter::Style(*style), count));
        let kinds = KINDS.iter().zip(catalog.kinds.counts(of));
        let kinds = kinds.map(|(kind, count)| (Filter::Type(*kind), count));
        let narrowing = Narrowing {
            colors: choices(colors, tells),
            styles: choices(styles, tells),
            kinds: choices(kinds, tells),
        };
        (tags.into_iter().map(facet).collect(), narrowing)
    }
}

/// Those that tell results apart, the most frequent first.
fn choices(
    counted: impl Iterator<Item = (Filter, u32)>,
    tells: impl Fn(u32) -> bool,
) -> Vec<Choice> {
    let choice = |(filter, count): (Filter, u32)| {
        let (key, value) = filter.write();
        Choice {
            filter: format!("{key}:{value}"),
            count,
        }
    };
    let telling = counted.filter(|(_, count)| tells(*count));
    let mut choices: Vec<Choice> = telling.map(choice).collect();
    choices.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.filter.cmp(&b.filter)));
    choices
}
