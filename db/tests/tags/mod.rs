//! Tags as a vocabulary: what follows, other words, new names, merges, and
//! what becomes of elements.

mod changes;
mod following;
mod merges;
mod renames;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use asterism_db::{
    Db, DbConfig, DbError, ModelTag, NotTagged, Outcome, Rewriting, ShippedTag, ShippedTags,
    TagEdit, Viewer, WordRow,
};
use protocol::account::User;
use protocol::element::{Element, StageName, TagBand, TagState};
use protocol::event::Event;
use protocol::tag::TagChangeKind;
use protocol::value::TagName;
use protocol::{ElementId, TagId};
use tempfile::TempDir;

use crate::support::{TestDb, both, lease, on_disk, picture, relay_all, save, user};

fn name(text: &str) -> TagName {
    text.parse().unwrap()
}

fn names(all: &[&str]) -> Vec<TagName> {
    all.iter().map(|text| name(text)).collect()
}

fn shipped(edition: &str, tags: &[(&str, &[&str], &[&str])]) -> ShippedTags {
    let tag = |(tag, aliases, implies): &(&str, &[&str], &[&str])| ShippedTag {
        name: name(tag),
        category: "animal".to_owned(),
        aliases: names(aliases),
        implies: names(implies),
    };
    ShippedTags {
        edition: edition.to_owned(),
        tags: tags.iter().map(tag).collect(),
    }
}

/// golden → dog → pet, mammal → animal; cat → pet; pet → animal.
fn zoo() -> ShippedTags {
    shipped(
        "1",
        &[
            ("golden", &[], &["dog"]),
            ("dog", &["doggy"], &["pet", "mammal"]),
            ("cat", &["kitty"], &["pet"]),
            ("pet", &[], &["animal"]),
            ("mammal", &[], &["animal"]),
            ("animal", &[], &[]),
        ],
    )
}

async fn zoos() -> [TestDb; 2] {
    let all = both().await;
    for db in &all {
        assert!(db.seed_tags(&zoo()).await.unwrap());
    }
    all
}

/// Every word with its tag, and what a tag was said to imply.
async fn words(db: &Db) -> BTreeMap<String, WordRow> {
    let mut all = BTreeMap::new();
    let mut after = None;
    loop {
        // small pages: their ends are looked at too
        let rows = db.words(after.as_ref(), 3).await.unwrap();
        let ids: Vec<TagId> = rows.iter().map(|row| row.id.clone()).collect();
        for row in db.words_of(&ids).await.unwrap() {
            assert!(all.insert(row.name.clone(), row).is_none(), "a word twice");
        }
        match rows.last() {
            Some(last) if rows.len() == 3 => after = Some(last.id.clone()),
            _ => return all,
        }
    }
}

async fn id(db: &Db, word: &str) -> TagId {
    let rows = db.words_named(&name(word)).await.unwrap();
    let own = rows.iter().find(|row| row.name == word).expect(word);
    own.means.clone().unwrap_or(own.id.clone())
}

async fn edit(db: &Db, by: &User, tag: &str, edit: TagEdit) -> Result<Vec<TagId>, DbError> {
    let id = id(db, tag).await;
    db.edit_tag(&by.id, &id, vec![edit], false).await
}

/// Does everything that changes left to do.
async fn settled(db: &Db) {
    loop {
        match db.rewrite_tags(3).await.unwrap() {
            Rewriting::More => {}
            Rewriting::Later(millis) => tokio::time::sleep(Duration::from_millis(millis)).await,
            Rewriting::Done => return,
        }
    }
}

/// `name state[ by name]`, in alphabetical order.
fn lines(element: &Element) -> Vec<String> {
    let mut lines: Vec<String> = element
        .tags
        .iter()
        .map(|tag| {
            let state = match (tag.state, tag.band) {
                (TagState::Fact, _) => "yes",
                (TagState::Rejected, _) => "no",
                (_, Some(TagBand::Unsure)) => "unsure",
                _ => "maybe",
            };
            let by = tag.implied_by.as_ref().map(|by| format!(" by {by}"));
            format!("{} {state}{}", tag.name, by.unwrap_or_default())
        })
        .collect();
    lines.sort();
    lines
}

async fn shown(db: &Db, id: &ElementId) -> Vec<String> {
    lines(&db.element(&Viewer::System, id).await.unwrap().unwrap())
}

/// Gives elements what a model sees in them; nothing in others.
async fn suggested(db: &Db, seen: &[(&ElementId, &str, f32, TagBand)]) {
    for job in lease(db, &[StageName::Preview], 100).await {
        assert!(db.complete(&job, crate::support::preview()).await.unwrap());
    }
    for job in lease(db, &[StageName::Tag], 100).await {
        let own = seen.iter().filter(|(id, ..)| **id == job.element);
        let tags = own.map(|(_, tag, score, band)| ModelTag {
            name: name(tag),
            category: "animal".to_owned(),
            score: *score,
            band: *band,
        });
        let outcome = Outcome::Tagged {
            model: "m".to_owned(),
            tags: tags.collect(),
            embeddings: vec![],
        };
        assert!(db.complete(&job, outcome).await.unwrap());
    }
}
