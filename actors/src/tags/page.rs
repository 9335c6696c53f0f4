//! What a tag's page shows.

use protocol::TagId;
use protocol::tag::{RelatedTag, TagPage};
use protocol::value::TagName;

use super::{TagNo, Tags, Words};
use crate::PlatformError;

/// What implies a tag directly: at most so many are named.
const BELOW: usize = 100;

impl Tags {
    pub(super) async fn page_of(&self, id: &TagId) -> Result<TagPage, PlatformError> {
        let gone = || PlatformError::not_found("tag");
        let text = self.db.tag_text(id).await?.ok_or_else(gone)?;
        let no = {
            let words = self.facts.vocabulary().read();
            words.by_id(id).map(|no| words.tag(no))
        };
        let no = no.ok_or_else(gone)?;
        let beside = self.facts.beside(no);
        let words = self.facts.vocabulary().read();
        let name = |no: TagNo| words.name(no).parse::<TagName>();
        let named = |all: &[TagNo]| -> Vec<TagName> {
            let shown = all.iter().filter(|no| self.shows_in_passing(&words, **no));
            shown.filter_map(|no| name(*no).ok()).collect()
        };
        let by_name = |all: &[TagNo]| {
            let mut names = named(all);
            names.sort();
            names
        };
        // what follows, and what it follows from, says nothing new
        let kin = |other: TagNo| {
            words.above(no).contains(&other) || words.below_closure(no).contains(&other)
        };
        let related = beside.related(|other| !kin(other));
        let related = related.into_iter().filter_map(|(other, count, score)| {
            Some(RelatedTag {
                name: name(other).ok()?,
                count,
                score,
            })
        });
        Ok(TagPage {
            id: words.id(no).ok_or_else(gone)?,
            name: name(no).map_err(|_| gone())?,
            category: words.category(no).to_owned(),
            description: text.description,
            count: self.facts.count(no),
            aliases: words
                .aliases(no)
                .filter_map(|word| word.parse().ok())
                .collect(),
            implies: by_name(words.implies(no)),
            above: by_name(words.above(no)),
            below: named(&self.frequent(&words, words.implied_by(no))),
            related: related.collect(),
        })
    }

    /// The most frequent first.
    fn frequent(&self, words: &Words, tags: &[TagNo]) -> Vec<TagNo> {
        let mut counted: Vec<(u32, TagNo)> =
            tags.iter().map(|no| (self.facts.count(*no), *no)).collect();
        counted.sort_by(|a, b| {
            let count = b.0.cmp(&a.0);
            count.then_with(|| words.name(a.1).cmp(words.name(b.1)))
        });
        counted.truncate(BELOW);
        counted.into_iter().map(|(_, no)| no).collect()
    }
}
