//! The vocabulary that comes with the program: put in once for each edition of
//! it, and never against what people changed.

use std::collections::BTreeSet;

use protocol::value::TagName;
use surrealdb::types::{Object, SurrealValue, object};

use super::change;
use super::graph::Graph;
use super::rows::{FIELDS, TagRow, record};
use super::seeding::Seeding;
use crate::error::Result;
use crate::row;
use crate::store::{Db, Tx};

/// A tag as it ships.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShippedTag {
    pub name: TagName,
    pub category: String,
    pub aliases: Vec<TagName>,
    /// Directly.
    pub implies: Vec<TagName>,
}

/// The whole of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShippedTags {
    /// Another one for every other content.
    pub edition: String,
    pub tags: Vec<ShippedTag>,
}

impl Db {
    /// Puts the vocabulary of the program in, unless this edition of it was
    /// put in before. What people took away, renamed, merged or made of its
    /// words stays; what an older edition said and this one does not goes,
    /// unless people said it too. True when something was done.
    pub async fn seed_tags(&self, shipped: &ShippedTags) -> Result<bool> {
        let query = "SELECT VALUE edition FROM meta:shipped";
        let seen: Vec<String> = self.read(query, Object::new()).await?.all(0)?;
        if seen.first() == Some(&shipped.edition) {
            return Ok(false);
        }
        let shipped = shipped.clone();
        self.write("the vocabulary", move |tx| {
            let shipped = shipped.clone();
            Box::pin(async move { seed(tx, &shipped).await })
        })
        .await?;
        Ok(true)
    }
}

async fn seed(tx: &Tx, shipped: &ShippedTags) -> Result<()> {
    change::lock(tx).await?;
    let query = format!("SELECT {FIELDS} FROM tag; SELECT * FROM ONLY meta:shipped; {USED}");
    let mut answer = tx.run(query, Object::new()).await?;
    let rows: Vec<TagRow> = answer.all(0)?;
    let before = answer
        .one::<SeenRow>(1)?
        .map(SeenRow::seen)
        .unwrap_or_default();
    let used = !answer.all::<row::Key>(2)?.is_empty();
    let mut seeding = Seeding::new(rows, Graph::read(tx).await?);
    for tag in &shipped.tags {
        seeding.tag(tag);
    }
    let now = Seen::of(shipped);
    // first, so that nothing old is in the way of what is new
    for (word, tag) in before.aliases.difference(&now.aliases) {
        if !said(tx, &seeding, tag, "word", word).await? {
            seeding.no_alias(word, tag);
        }
    }
    for (from, to) in before.implies.difference(&now.implies) {
        let key = seeding.key(to).unwrap_or_default();
        if !said(tx, &seeding, from, "to", &key).await? {
            seeding.no_implication(from, to);
        }
    }
    for tag in &shipped.tags {
        for word in tag.aliases.iter().filter(|w| !before.alias(w, &tag.name)) {
            seeding.alias(word, &tag.name);
        }
        for other in tag.implies.iter().filter(|o| !before.implied(&tag.name, o)) {
            seeding.implication(&tag.name, other);
        }
    }
    let first = before.edition.is_empty();
    seeding.write(tx, used, first).await?;
    let vars = object! {
        edition: now.edition,
        aliases: pairs(&now.aliases),
        implies: pairs(&now.implies),
    };
    tx.run(SEEN, vars).await.map(drop)
}

/// Did a person say so, whatever shipped? `field` of what a change did.
async fn said(tx: &Tx, seeding: &Seeding, tag: &str, field: &str, is: &str) -> Result<bool> {
    let Some(key) = seeding.key(tag) else {
        return Ok(false);
    };
    let query = format!(
        "SELECT VALUE id FROM tag_change WHERE tag = $tag AND did.{field} = $is AND did.on = true LIMIT 1"
    );
    let vars = object! { tag: record(&key), is: is.to_owned() };
    Ok(!tx.run(query, vars).await?.all::<row::Key>(0)?.is_empty())
}

/// What was put in so far: pairs of names.
#[derive(Default)]
struct Seen {
    edition: String,
    /// The other word, and its tag.
    aliases: BTreeSet<(String, String)>,
    implies: BTreeSet<(String, String)>,
}

impl Seen {
    fn of(shipped: &ShippedTags) -> Self {
        let mut seen = Self {
            edition: shipped.edition.clone(),
            ..Self::default()
        };
        for tag in &shipped.tags {
            let name = tag.name.to_string();
            let aliases = tag.aliases.iter();
            seen.aliases
                .extend(aliases.map(|word| (word.to_string(), name.clone())));
            let implies = tag.implies.iter();
            seen.implies
                .extend(implies.map(|other| (name.clone(), other.to_string())));
        }
        seen
    }

    fn alias(&self, word: &TagName, tag: &TagName) -> bool {
        self.aliases.contains(&(word.to_string(), tag.to_string()))
    }

    fn implied(&self, from: &TagName, to: &TagName) -> bool {
        self.implies.contains(&(from.to_string(), to.to_string()))
    }
}

#[derive(SurrealValue)]
struct SeenRow {
    edition: String,
    aliases: Vec<Vec<String>>,
    implies: Vec<Vec<String>>,
}

impl SeenRow {
    fn seen(self) -> Seen {
        let pairs = |all: Vec<Vec<String>>| {
            let pair = |pair: Vec<String>| <[String; 2]>::try_from(pair).ok();
            all.into_iter().filter_map(pair).map(Into::into).collect()
        };
        Seen {
            edition: self.edition,
            aliases: pairs(self.aliases),
            implies: pairs(self.implies),
        }
    }
}

fn pairs(all: &BTreeSet<(String, String)>) -> Vec<Vec<String>> {
    all.iter()
        .map(|(one, other)| vec![one.clone(), other.clone()])
        .collect()
}

/// Is there any element with a tag?
const USED: &str = "SELECT VALUE in FROM tagged LIMIT 1";

const SEEN: &str = "UPSERT meta:shipped SET edition = $edition, aliases = $aliases, \
    implies = $implies RETURN NONE";
