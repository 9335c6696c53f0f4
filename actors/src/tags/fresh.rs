//! Keeps the vocabulary in memory as the database has it.

use std::collections::HashMap;

use db::{Db, ShippedTag, ShippedTags, WordRow};
use ml::tags::TagMap;
use protocol::TagId;

use super::{Told, Vocabulary};
use crate::PlatformError;
use crate::search::FactIndex;

/// Rows read at once while loading.
const PAGE: usize = 2_000;

/// The vocabulary of the program, as the database takes it. Words that are no
/// names of tags are left out.
pub(crate) fn shipped(tags: &TagMap) -> ShippedTags {
    let mut hasher = blake3::Hasher::new();
    let mut all = Vec::with_capacity(tags.tags().len());
    for tag in tags.tags() {
        let words = |words: &[String]| words.iter().filter_map(|word| word.parse().ok()).collect();
        let Ok(name) = tag.name.parse() else {
            continue;
        };
        let text = [&tag.name, &tag.category].into_iter();
        for word in text.chain(&tag.aliases).chain(&tag.implies) {
            hasher.update(word.as_bytes()).update(&[0]);
        }
        // where lists end
        hasher.update(&[tag.aliases.len() as u8, tag.implies.len() as u8]);
        all.push(ShippedTag {
            name,
            category: tag.category.clone(),
            aliases: words(&tag.aliases),
            implies: words(&tag.implies),
        });
    }
    ShippedTags {
        edition: hasher.finalize().to_hex().to_string(),
        tags: all,
    }
}

/// Reads every word.
pub(crate) async fn load(db: &Db, vocabulary: &Vocabulary) -> Result<(), PlatformError> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let rows = db.words(after.as_ref(), PAGE).await?;
        let full = rows.len() == PAGE;
        after = rows.last().map(|row| row.id.clone());
        all.extend(rows.into_iter().map(told));
        if !full {
            break;
        }
    }
    let mut implied: HashMap<TagId, Vec<TagId>> = HashMap::new();
    for (from, to) in db.implications().await? {
        implied.entry(from).or_default().push(to);
    }
    for one in &mut all {
        one.implies = implied.remove(&one.id).unwrap_or_default();
    }
    tracing::info!(words = all.len(), "vocabulary loaded");
    vocabulary.tell(all, &[]);
    Ok(())
}

/// Reads some words anew, and looks again at what carries them.
pub(crate) async fn refresh(
    db: &Db,
    facts: &FactIndex,
    ids: &[TagId],
) -> Result<(), PlatformError> {
    for ids in ids.chunks(PAGE) {
        let rows = db.words_of(ids).await?;
        let gone: Vec<TagId> = ids
            .iter()
            .filter(|id| rows.iter().all(|row| row.id != **id))
            .cloned()
            .collect();
        let all = rows.into_iter().map(told).collect();
        let bent = facts.vocabulary().tell(all, &gone);
        facts.revise(&bent);
    }
    Ok(())
}

pub(super) fn told(row: WordRow) -> Told {
    Told {
        id: row.id,
        name: row.name,
        category: row.category,
        into: row.means,
        implies: row.implies,
        common: row.common,
        shipped: row.shipped,
    }
}
