//! What is imported is what would have come of saving it.
#![allow(clippy::unwrap_used)] // a test may

use std::collections::BTreeMap;

use protocol::cluster::{ClusterRole, Place};
use protocol::element::{Media, Quality, Source, StageName, Swatch, TagBand, TagState, Visibility};
use protocol::label::{Evidence, Label, LabelName, LabelSource, Verdict};
use protocol::{ClusterId, ElementId, MediaHash, Timestamp};
use surrealdb::types::{Object, RecordId, Value};

use super::*;
use crate::clusters::ClusterChange;
use crate::{
    DbConfig, Fresh, InviteKey, LeaseRequest, ModelTag, NewElement, NewEmbedding, NewUser, Outcome,
    Saved, Viewer,
};

/// Tables of which a database keeps its own: events, jobs, what it knows of
/// itself; and what nobody is told of a library that comes as a whole.
const ITS_OWN: [&str; 7] = [
    "event",
    "inbox",
    "meta",
    "notification",
    "outbox",
    "spread",
    "topic",
];
/// What depends on the clock and on chance.
const LOOSE: [&str; 7] = [
    "at",
    "used_at",
    "changed_at",
    "order",
    "spot",
    "place",
    "created_at",
];

async fn memory() -> Db {
    Db::open(DbConfig::for_testing()).await.unwrap()
}

fn person(handle: &str) -> NewUser {
    NewUser {
        handle: handle.parse().unwrap(),
        display_name: handle.to_uppercase(),
        password_hash: "a hash".to_owned(),
        house: true,
    }
}

fn picture(owner: &protocol::UserId) -> NewElement {
    NewElement {
        owner: owner.clone(),
        media: MediaHash::from_bytes([7; 32]),
        bytes: 12_345,
        mime: "image/jpeg".to_owned(),
        width: 1_500,
        height: 1_000,
        taken_at: Some("2026-05-01T10:00:00".to_owned()),
        camera: None,
        title: "Boats at the pier".to_owned(),
        description: "Three boats in the evening".to_owned(),
        visibility: Visibility::Public,
        source: Source {
            via: "upload".to_owned(),
            file_name: Some("IMG_0001.jpg".to_owned()),
            ..Source::default()
        },
        stages: StageName::IMAGE.to_vec(),
        backfill: false,
    }
}

fn outcome(stage: StageName) -> Outcome {
    let file = |variant: &str, width: u32| Media {
        variant: variant.to_owned(),
        url: format!("/media/x/{variant}"),
        mime: "image/jpeg".to_owned(),
        width,
        height: width * 2 / 3,
    };
    let vector = |space: &str, numbers: usize| NewEmbedding {
        space: space.to_owned(),
        model: space.to_owned(),
        vector: (0..numbers).map(|n| n as f32 - 3.5).collect(),
    };
    let tag = |name: &str, score: f32, band: TagBand| ModelTag {
        name: name.parse().unwrap(),
        category: "thing".to_owned(),
        score,
        band,
    };
    let label = |label: LabelName, verdict: Verdict| Label {
        label,
        verdict,
        confidence: 0.5,
        evidence: vec![Evidence {
            kind: "model".to_owned(),
            detail: "how it looks".to_owned(),
            score: Some(0.5),
        }],
        source: LabelSource::Model,
        model: Some("a model".to_owned()),
        appeal: None,
    };
    match stage {
        StageName::Preview => Outcome::Preview {
            thumbhash: "AAAA".to_owned(),
            colors: vec![Swatch {
                hex: "#102030".to_owned(),
                share: 0.5,
            }],
            phash: u64::MAX - 5,
            media: vec![file("jpeg-640", 640), file("jpeg-320", 320)],
        },
        StageName::Embed => Outcome::Embedded {
            embeddings: vec![vector("image", 8)],
        },
        StageName::Tag => Outcome::Tagged {
            model: "classifier@1".to_owned(),
            tags: vec![
                tag("boat", 0.9, TagBand::Sure),
                tag("pier", 0.5, TagBand::Suggested),
                tag("dock", 0.2, TagBand::Unsure),
            ],
            embeddings: vec![vector("text", 4)],
        },
        StageName::Screen => Outcome::Screened {
            labels: vec![
                label(LabelName::Nsfw, Verdict::Sensitive),
                label(LabelName::AiMade, Verdict::Unsure),
                label(LabelName::Style, Verdict::Photo),
            ],
        },
        StageName::Score => Outcome::Scored {
            quality: Quality {
                formula: "f@1".to_owned(),
                percentile: 71.0,
                parts: Vec::new(),
                taste: None,
            },
        },
        StageName::Read => Outcome::Read {
            text: "OPEN AIR".to_owned(),
        },
        StageName::Compress => Outcome::Compressed {
            media: vec![file("avif-640", 640)],
        },
    }
}

/// Carries all jobs out; says in which order.
async fn work_off(db: &Db) -> Vec<StageName> {
    let mut done = Vec::new();
    loop {
        let request = LeaseRequest {
            stages: StageName::ALL.to_vec(),
            limit: 1,
            worker: "test".to_owned(),
            millis: 60_000,
        };
        let Some(lease) = db.lease_jobs(request).await.unwrap().pop() else {
            return done;
        };
        let made = outcome(lease.stage);
        assert!(db.complete(&lease, made).await.unwrap());
        done.push(lease.stage);
    }
}

/// Names of tags by key: keys are chance.
async fn tag_names(db: &Db) -> Vec<(String, String)> {
    let query = "SELECT VALUE [record::id(id), name] FROM tag";
    let mut answer = db.read(query, Object::new()).await.unwrap();
    let pairs: Vec<(String, String)> = answer.all(0).unwrap();
    pairs
}

/// Every row of every table, without what depends on clock and chance.
async fn rows(db: &Db) -> BTreeMap<String, Vec<String>> {
    let names = tag_names(db).await;
    let named = |line: String| {
        let put = |line: String, (key, name): &(String, String)| line.replace(key, name);
        names.iter().fold(line, put)
    };
    let mut answer = db.read("INFO FOR DB", Object::new()).await.unwrap();
    let info: Option<Object> = answer.one(0).unwrap();
    let Some(Value::Object(tables)) = info.unwrap().get("tables").cloned() else {
        panic!("no tables");
    };
    let mut all = BTreeMap::new();
    for (table, _) in tables.into_iter() {
        if ITS_OWN.contains(&table.as_str()) {
            continue;
        }
        let query = format!("SELECT * FROM {table}");
        let mut answer = db.read(query, Object::new()).await.unwrap();
        let found: Vec<Object> = answer.all(0).unwrap();
        let mut lines: Vec<String> = found
            .into_iter()
            .map(|row| named(format!("{:?}", plain(&table, row))))
            .collect();
        lines.sort();
        all.insert(table, lines);
    }
    all
}

fn plain(table: &str, row: Object) -> BTreeMap<String, Value> {
    row.into_iter()
        .filter(|(column, _)| {
            // which row it is, is chance there
            let by_chance = table == "saved" && column == "id";
            !by_chance && !LOOSE.contains(&column.as_str())
        })
        .collect()
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

#[tokio::test]
async fn an_imported_library_has_the_rows_of_one_that_was_saved() {
    let real = memory().await;
    let ada = real.create_user(person("ada")).await.unwrap();
    let bob = real.create_user(person("bob")).await.unwrap();
    let (as_ada, as_bob) = (Viewer::user(ada.id.clone()), Viewer::user(bob.id.clone()));
    let Saved::New(id) = real.save_element(picture(&ada.id)).await.unwrap() else {
        panic!("it was there already");
    };
    let stages = work_off(&real).await;
    assert_eq!(stages.len(), StageName::IMAGE.len());
    let said = [
        ("boat".parse().unwrap(), TagState::Fact),
        ("dock".parse().unwrap(), TagState::Rejected),
        ("holiday".parse().unwrap(), TagState::Fact),
    ];
    for (tag, state) in &said {
        let tagged = real.set_tag(&as_ada, &id, tag, *state).await.unwrap();
        assert!(tagged.is_some());
    }
    real.like(&as_bob, &id, true).await.unwrap().unwrap();

    let (name, about) = ("Boats".to_owned(), "all of them".to_owned());
    let cluster = real
        .create_cluster(&as_ada, name.clone(), about.clone(), Visibility::Public)
        .await
        .unwrap();
    let key = InviteKey("key".to_owned());
    real.create_invite(
        &as_ada,
        &cluster,
        key.clone(),
        ClusterRole::Editor,
        i64::MAX,
    )
    .await
    .unwrap();
    real.join_cluster(&as_bob, key).await.unwrap();
    real.follow_cluster(&as_bob, &cluster, true).await.unwrap();
    let wanted = sections(&["Near"]);
    let change = ClusterChange {
        sections: Some(wanted),
        ..ClusterChange::default()
    };
    let changed = real
        .change_cluster(&as_ada, &cluster, change)
        .await
        .unwrap();
    let section = changed.sections[0].clone();
    real.place_item(
        &as_bob,
        &cluster,
        &id,
        Some(section.id.clone()),
        Place::Usual,
    )
    .await
    .unwrap();
    // the invitation has done its work
    real.read("DELETE invite", Object::new()).await.unwrap();

    let bulk = memory().await;
    let made = |user: &protocol::account::User| BulkUser {
        id: user.id.clone(),
        handle: user.handle.clone(),
        display_name: user.display_name.clone(),
        password_hash: "a hash".to_owned(),
        created_at: user.created_at,
    };
    bulk.bulk_users(vec![made(&ada), made(&bob)]).await.unwrap();
    let created = real
        .element(&as_ada, &id)
        .await
        .unwrap()
        .unwrap()
        .created_at;
    bulk.bulk_elements(vec![BulkElement {
        id: id.clone(),
        created_at: created,
        new: picture(&ada.id),
        outcomes: stages.into_iter().map(outcome).collect(),
        said: said.to_vec(),
        liked_by: vec![(bob.id.clone(), at(5))],
    }])
    .await
    .unwrap();
    bulk.bulk_clusters(vec![BulkCluster {
        id: cluster.clone(),
        owner: ada.id.clone(),
        name,
        description: about,
        visibility: Visibility::Public,
        created_at: at(1),
        sections: vec![section.clone()],
        items: vec![BulkItem {
            element: id.clone(),
            section: section.id,
            by: bob.id.clone(),
            at: at(3),
        }],
        members: vec![BulkMember {
            user: bob.id.clone(),
            role: ClusterRole::Editor,
            since: at(2),
        }],
        followers: vec![(bob.id.clone(), at(2))],
    }])
    .await
    .unwrap();

    let (saved, imported) = (rows(&real).await, rows(&bulk).await);
    assert!(saved["review"].len() == 1 && saved["tagged"].len() == 6);
    for (table, rows) in &saved {
        assert_eq!(&imported[table], rows, "{table}");
    }
    let whole = |db: &Db| {
        let (db, who, id) = (db.clone(), as_ada.clone(), id.clone());
        async move { db.element(&who, &id).await.unwrap().unwrap() }
    };
    assert_eq!(whole(&real).await, whole(&bulk).await);
}

fn sections(names: &[&str]) -> Vec<protocol::cluster::SectionPatch> {
    let patch = |name: &&str| protocol::cluster::SectionPatch {
        id: None,
        name: (*name).to_owned(),
    };
    names.iter().map(patch).collect()
}

#[tokio::test]
async fn many_are_imported_in_the_order_of_their_times() {
    let db = memory().await;
    let ada = db.create_user(person("ada")).await.unwrap();
    let viewer = Viewer::user(ada.id.clone());
    let count = crate::limits::BULK_ELEMENTS + 7;
    let elements: Vec<BulkElement> = (0..count as u64)
        .map(|n| {
            let mut digest = [0; 32];
            digest[..8].copy_from_slice(&n.to_le_bytes());
            BulkElement {
                id: ElementId::from_parts(1_000 + n, 0),
                created_at: at(1_000 + n as i64),
                new: NewElement {
                    media: MediaHash::from_bytes(digest),
                    ..picture(&ada.id)
                },
                outcomes: vec![outcome(StageName::Preview)],
                said: Vec::new(),
                liked_by: Vec::new(),
            }
        })
        .collect();
    let ids: Vec<ElementId> = elements.iter().rev().map(|e| e.id.clone()).collect();
    db.bulk_elements(elements).await.unwrap();
    assert_eq!(db.count_elements().await.unwrap(), count as u64);
    let page = db
        .list_elements(&viewer, crate::Scope::Explore, None, 20)
        .await
        .unwrap();
    let listed: Vec<ElementId> = page.items.into_iter().map(|e| e.id).collect();
    assert_eq!(listed, ids[..20]);

    let cluster = ClusterId::fresh();
    let item = |(n, element): (usize, &ElementId)| BulkItem {
        element: element.clone(),
        section: String::new(),
        by: ada.id.clone(),
        at: at(10 + n as i64),
    };
    let made = BulkCluster {
        id: cluster.clone(),
        owner: ada.id.clone(),
        name: "All".to_owned(),
        description: String::new(),
        visibility: Visibility::Private,
        created_at: at(1),
        sections: Vec::new(),
        items: ids.iter().rev().enumerate().map(item).collect(),
        members: Vec::new(),
        followers: Vec::new(),
    };
    db.bulk_clusters(vec![made]).await.unwrap();
    let page = db
        .cluster_items(&viewer, &cluster, None, None, 20)
        .await
        .unwrap();
    let held: Vec<ElementId> = page.items.into_iter().map(|i| i.element.id).collect();
    assert_eq!(held, ids[..20], "the last one added comes first");
    let first = RecordId::new("cluster", cluster.as_str());
    let vars = surrealdb::types::object! { id: first };
    let mut answer = db.read("SELECT count FROM $id", vars).await.unwrap();
    let row: Option<CountRow> = answer.one(0).unwrap();
    assert_eq!(row.unwrap().count, count as u64);
}
