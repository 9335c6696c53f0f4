use protocol::element::{StageName, TagState, Visibility};
use protocol::value::TagName;
use protocol::{ElementId, MediaHash, TagId};
use surrealdb::types::{Object, object};
use tempfile::TempDir;

use super::SCHEMA;
use crate::row::{self, CountRow};
use crate::{Db, DbConfig, NewElement, NewUser, Rewriting, Saved, ShippedTag, ShippedTags, Viewer};

/// As tags were kept by version 2: keyed by their names.
const VERSION_2: &str = "
REMOVE TABLE tagged; REMOVE TABLE alias_of; REMOVE TABLE implies; REMOVE TABLE tag;
REMOVE TABLE tag_feedback; REMOVE TABLE tag_work;
DEFINE TABLE tag SCHEMAFULL;
DEFINE FIELD name ON tag TYPE string;
DEFINE FIELD category ON tag TYPE string;
DEFINE TABLE tagged TYPE RELATION IN element OUT tag SCHEMAFULL;
DEFINE FIELD name ON tagged TYPE string;
DEFINE FIELD source ON tagged TYPE 'person' | 'model';
DEFINE FIELD model ON tagged TYPE option<string>;
DEFINE FIELD score ON tagged TYPE float;
DEFINE FIELD state ON tagged TYPE 'fact' | 'suggested' | 'rejected';
DEFINE FIELD band ON tagged TYPE option<string>;
DEFINE INDEX tagged_name ON tagged FIELDS name;
DEFINE INDEX tagged_element ON tagged FIELDS in;
DEFINE TABLE tag_feedback SCHEMAFULL;
DEFINE FIELD tag ON tag_feedback TYPE string;
DEFINE FIELD accepted ON tag_feedback TYPE bool;
DEFINE FIELD model ON tag_feedback TYPE string;
DEFINE FIELD score ON tag_feedback TYPE float;
DEFINE FIELD at ON tag_feedback TYPE int;
INSERT INTO tag [
    { id: tag:cat, name: 'cat', category: 'animal' },
    { id: tag:⟨tiger cat⟩, name: 'tiger cat', category: 'animal' },
    { id: tag:mine, name: 'mine', category: '' }
];
FOR $id IN $ids {
    LET $key = record::id($id);
    INSERT RELATION INTO tagged [
        { id: [$key, 'cat', 'person'], in: $id, out: tag:cat, name: 'cat', source: 'person',
            score: 1.0, state: 'fact' },
        { id: [$key, 'cat', 'm'], in: $id, out: tag:cat, name: 'cat', source: 'model',
            model: 'm', score: 0.75, state: 'suggested', band: 'sure' },
        { id: [$key, 'tiger cat', 'm'], in: $id, out: tag:⟨tiger cat⟩, name: 'tiger cat',
            source: 'model', model: 'm', score: 0.5, state: 'suggested', band: 'suggested' },
        { id: [$key, 'mine', 'person'], in: $id, out: tag:mine, name: 'mine', source: 'person',
            score: 1.0, state: 'rejected' }
    ];
    INSERT INTO tag_feedback { id: ['cat', $key], tag: 'cat', accepted: true, model: 'm',
        score: 0.75, at: 1 };
    UPDATE $id SET tags = [
        { name: 'cat', source: 'person', score: 1.0, state: 'fact' },
        { name: 'mine', source: 'person', score: 1.0, state: 'rejected' },
        { name: 'tiger cat', source: 'model', score: 0.5, state: 'suggested', band: 'suggested' }
    ];
};
DELETE meta:shipped, meta:vocabulary;
UPSERT meta:schema SET version = 2;
";

async fn saved(db: &Db, handle: &str) -> (Viewer, Vec<ElementId>) {
    let new = NewUser {
        handle: handle.parse().unwrap(),
        display_name: handle.to_owned(),
        password_hash: String::new(),
        house: false,
    };
    let user = db.create_user(new).await.unwrap();
    let mut ids = Vec::new();
    for n in 0..5u8 {
        let element = NewElement {
            owner: user.id.clone(),
            media: MediaHash::from_bytes([n; 32]),
            bytes: 1,
            mime: "image/png".to_owned(),
            width: 1,
            height: 1,
            taken_at: None,
            camera: None,
            title: String::new(),
            description: String::new(),
            visibility: Visibility::Public,
            source: Default::default(),
            stages: StageName::IMAGE.to_vec(),
            backfill: false,
        };
        match db.save_element(element).await.unwrap() {
            Saved::New(id) => ids.push(id),
            other => panic!("it was there: {other:?}"),
        }
    }
    (Viewer::user(user.id), ids)
}

fn name(text: &str) -> TagName {
    text.parse().unwrap()
}

async fn id(db: &Db, word: &str) -> TagId {
    db.words_named(&name(word)).await.unwrap().remove(0).id
}

async fn settled(db: &Db) {
    loop {
        match db.rewrite_tags(2).await.unwrap() {
            Rewriting::More => {}
            Rewriting::Later(millis) => {
                tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
            }
            Rewriting::Done => return,
        }
    }
}

async fn count(db: &Db, what: &str) -> u64 {
    let query = format!("SELECT count() FROM {what} GROUP ALL");
    let mut answer = db.read(query, Object::new()).await.unwrap();
    answer
        .one::<CountRow>(0)
        .unwrap()
        .map_or(0, |row| row.count)
}

#[tokio::test]
async fn a_database_of_an_older_version_keeps_its_tags() {
    let dir = TempDir::new().unwrap();
    let config = DbConfig::new(format!("surrealkv://{}", dir.path().join("db").display()));
    let db = Db::open(config.clone()).await.unwrap();
    let (me, ids) = saved(&db, "ada").await;
    let records: Vec<_> = ids.iter().map(row::element).collect();
    db.read(VERSION_2, object! { ids: records }).await.unwrap();
    db.close().await.unwrap();

    let db = Db::open(config.clone()).await.unwrap();
    let cat = id(&db, "cat").await;
    assert_eq!(
        db.words(None, 100).await.unwrap().len(),
        3,
        "old records are no words"
    );
    assert_eq!(db.tag_feedback().await.unwrap(), [(cat.clone(), 5, 0)]);
    let states = async |id: &ElementId| -> Vec<(String, TagState)> {
        let element = db.element(&me, id).await.unwrap().unwrap();
        let tags = element.tags.into_iter();
        tags.map(|tag| (tag.name.to_string(), tag.state)).collect()
    };
    let before = states(&ids[0]).await;
    assert_eq!(before.len(), 3);
    // an element that is changed before its edges were moved
    db.set_tag(&me, &ids[4], &name("cat"), TagState::Suggested)
        .await
        .unwrap();
    assert_eq!(
        states(&ids[4]).await,
        [
            ("mine".to_owned(), TagState::Rejected),
            ("cat".to_owned(), TagState::Suggested),
            ("tiger cat".to_owned(), TagState::Suggested),
        ]
    );
    let shipped = ShippedTags {
        edition: "1".to_owned(),
        tags: [("cat", vec!["animal"]), ("animal", vec![])]
            .map(|(tag, implies)| ShippedTag {
                name: name(tag),
                category: "animal".to_owned(),
                aliases: vec![name(&format!("{tag} thing"))],
                implies: implies.into_iter().map(name).collect(),
            })
            .to_vec(),
    };
    db.seed_tags(&shipped).await.unwrap();
    assert_eq!(
        id(&db, "cat").await,
        cat,
        "the same tag, now with what ships"
    );
    // cut off, and taken up again
    db.rewrite_tags(2).await.unwrap();
    db.close().await.unwrap();
    let db = Db::open(config).await.unwrap();
    settled(&db).await;
    assert_eq!(
        count(&db, "tag WHERE string::starts_with(name, ':')").await,
        0
    );
    assert_eq!(count(&db, "tagged").await, 5 * 4 - 1, "no edge was lost");
    let element = db.element(&me, &ids[0]).await.unwrap().unwrap();
    let now: Vec<_> = element
        .tags
        .iter()
        .map(|tag| (tag.name.as_str(), tag.state))
        .collect();
    for (tag, state) in &before {
        assert!(now.contains(&(tag.as_str(), *state)), "{tag}: {now:?}");
    }
    assert!(now.contains(&("animal", TagState::Fact)), "{now:?}");
    assert_eq!(count(&db, "tag_work").await, 0);
}

#[test]
fn a_table_is_defined_in_one_place() {
    let mut seen = std::collections::BTreeMap::new();
    for (file, text) in SCHEMA {
        for (_, rest) in text
            .match_indices("DEFINE TABLE IF NOT EXISTS ")
            .map(|(at, found)| (at, &text[at + found.len()..]))
        {
            let table = rest.split_whitespace().next().unwrap();
            let before = seen.insert(table, file);
            assert_eq!(before, None, "{table} is also in {file}");
        }
    }
    assert!(seen.len() > 10, "{seen:?}");
}

/// Version 4 had the database find words.
const VERSION_4: &str = "
DEFINE ANALYZER words TOKENIZERS blank, class, punct FILTERS ascii, lowercase, snowball(english);
DEFINE INDEX element_title ON element FIELDS title FULLTEXT ANALYZER words BM25;
DEFINE INDEX element_description ON element FIELDS description FULLTEXT ANALYZER words BM25;
DEFINE INDEX element_file_name ON element FIELDS file_name FULLTEXT ANALYZER words BM25;
DEFINE INDEX element_text ON element FIELDS text FULLTEXT ANALYZER words BM25;
DEFINE INDEX element_bands ON element FIELDS bands;
DEFINE INDEX ruling_bands ON ruling FIELDS bands;
UPSERT meta:schema SET version = 4;
";

#[tokio::test]
async fn a_database_of_version_4_no_longer_pays_for_its_full_text_indexes() {
    let dir = TempDir::new().unwrap();
    let config = DbConfig::new(format!("surrealkv://{}", dir.path().join("db").display()));
    let db = Db::open(config.clone()).await.unwrap();
    let (me, ids) = saved(&db, "ada").await;
    db.read(VERSION_4, Object::new()).await.unwrap();
    let indexes = async |db: &Db| -> Vec<String> {
        let query = "RETURN object::keys((INFO FOR TABLE element).indexes)";
        let mut answer = db.read(query, Object::new()).await.unwrap();
        answer.all::<String>(0).unwrap()
    };
    let kept: Vec<_> = indexes(&db).await;
    assert!(kept.contains(&"element_text".to_owned()), "{kept:?}");
    db.close().await.unwrap();

    let db = Db::open(config).await.unwrap();
    let old = ["title", "description", "file_name", "text", "bands"];
    let old = old.map(|field| format!("element_{field}"));
    let now = indexes(&db).await;
    assert!(now.iter().all(|index| !old.contains(index)), "{now:?}");
    assert_eq!(now.len(), kept.len() - old.len(), "all others stay");
    assert!(db.element(&me, &ids[0]).await.unwrap().is_some());
}
