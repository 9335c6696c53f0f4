use asterism_db::{
    ClusterChange, Db, DbConfig, DbError, History, ModelTag, NewEmbedding, Outcome, Saved, Scope,
    Viewer,
};
use protocol::account::User;
use protocol::admin::RetryJobs;
use protocol::cluster::Place;
use protocol::element::{StageName, StageState, TagBand, TagState, Visibility};
use protocol::label::{LabelName, Verdict};
use protocol::{ClusterId, ElementId, Topic};
use tempfile::TempDir;

use crate::support::{
    both, hash, kinds, lease, memory, on_disk, picture, preview, relay_all, save,
    saved_with_preview, user,
};

fn sees(user: &User) -> Viewer {
    Viewer::user(user.id.clone())
}

fn tagged(name: &str) -> Outcome {
    Outcome::Tagged {
        model: "m".to_owned(),
        tags: vec![ModelTag {
            name: name.parse().unwrap(),
            category: "thing".to_owned(),
            score: 0.8,
            band: TagBand::Sure,
        }],
        embeddings: vec![NewEmbedding {
            space: "s".to_owned(),
            model: "m".to_owned(),
            vector: vec![1.0, 2.0],
        }],
    }
}

/// A picture with a tag, a vector, a like and a place in a public cluster.
struct Scene {
    ada: User,
    bob: User,
    id: ElementId,
    cluster: ClusterId,
}

async fn scene(db: &Db) -> Scene {
    let (ada, bob) = (user(db, "ada").await, user(db, "bob").await);
    let mut new = picture(&ada, 1);
    new.title = "heron".to_owned();
    let id = saved_with_preview(db, new).await;
    let job = lease(db, &[StageName::Tag], 1).await.remove(0);
    assert!(db.complete(&job, tagged("bird")).await.unwrap());
    let mine = "secret spot".parse().unwrap();
    db.set_tag(&sees(&ada), &id, &mine, TagState::Fact)
        .await
        .unwrap();
    db.like(&sees(&bob), &id, true).await.unwrap();
    let cluster = db
        .create_cluster(
            &sees(&ada),
            "Birds".into(),
            String::new(),
            Visibility::Public,
        )
        .await
        .unwrap();
    let other = saved_with_preview(db, picture(&ada, 2)).await;
    for element in [&other, &id] {
        db.place_item(&sees(&ada), &cluster, element, None, Place::Usual)
            .await
            .unwrap();
    }
    let cover = ClusterChange {
        cover: Some(id.clone()),
        ..ClusterChange::default()
    };
    db.change_cluster(&sees(&ada), &cluster, cover)
        .await
        .unwrap();
    relay_all(db).await;
    Scene {
        ada,
        bob,
        id,
        cluster,
    }
}

/// Every way of reading by which the element can be found.
async fn found_by(db: &Db, scene: &Scene, viewer: &Viewer) -> Vec<&'static str> {
    let id = &scene.id;
    let mut ways = Vec::new();
    let mut note = |found: bool, way| {
        if found {
            ways.push(way);
        }
    };
    note(db.element(viewer, id).await.unwrap().is_some(), "address");
    let one = std::slice::from_ref(id);
    note(!db.elements(viewer, one).await.unwrap().is_empty(), "bulk");
    for (scope, way) in [
        (Scope::Explore, "explore"),
        (Scope::Owner(scene.ada.id.clone()), "owner"),
        (Scope::Mine, "mine"),
    ] {
        let page = db.list_elements(viewer, scope, None, 50).await.unwrap();
        note(page.items.iter().any(|e| e.id == *id), way);
    }
    let bird = db.words_named(&"bird".parse().unwrap()).await.unwrap();
    let bird = [bird[0].id.clone()];
    note(db.carries_tags(viewer, &bird).await.unwrap(), "tags");
    note(
        db.element_media(viewer, id).await.unwrap().is_some(),
        "media",
    );
    for (variant, way) in [("original", "original"), ("jpeg-320", "variant")] {
        let file = db.media_visible(viewer, &hash(1), variant).await.unwrap();
        note(file.is_some(), way);
    }
    let rows = db.facts(None, 99).await.unwrap();
    note(rows.iter().any(|f| f.element == *id), "facts");
    // what words are looked up in is made of these
    let words = rows
        .iter()
        .any(|f| f.element == *id && f.title.contains("heron"));
    note(words, "words");
    let rows = db.embeddings("s", None, 99).await.unwrap();
    note(rows.iter().any(|e| e.element == *id), "vectors");
    let page = db
        .cluster_items(viewer, &scene.cluster, None, None, 9)
        .await
        .unwrap();
    note(page.items.iter().any(|i| i.element.id == *id), "cluster");
    let read = db
        .cluster(viewer, &scene.cluster, Some(id))
        .await
        .unwrap()
        .unwrap();
    note(read.count == 2, "count");
    note(read.holds == Some(true), "holds");
    note(read.cover.iter().any(|c| c.element == *id), "cover");
    let held = db.clusters_holding(viewer, id, 9).await.unwrap();
    note(!held.is_empty(), "holding");
    let held = db.cluster_elements(&scene.cluster, 9).await.unwrap();
    note(held.contains(id), "interest");
    ways
}

#[tokio::test]
async fn a_deleted_element_is_nowhere_and_comes_back_as_it_was() {
    for db in both().await {
        let scene = scene(&db).await;
        let (owner, other) = (sees(&scene.ada), sees(&scene.bob));
        let everybody = [&owner, &other, &Viewer::System];
        let mut before = Vec::new();
        for viewer in everybody {
            let ways = found_by(&db, &scene, viewer).await;
            assert!(ways.len() >= 17, "{ways:?}");
            before.push((ways, db.element(viewer, &scene.id).await.unwrap()));
        }
        assert!(
            db.remove_element(&other, &scene.id)
                .await
                .unwrap()
                .is_none()
        );
        let at = db.remove_element(&owner, &scene.id).await.unwrap().unwrap();
        let twice = db.remove_element(&owner, &scene.id).await.unwrap();
        assert!(twice.is_none(), "it is gone already");
        for viewer in everybody {
            assert!(found_by(&db, &scene, viewer).await.is_empty());
        }
        let told = relay_all(&db).await;
        for topic in [Topic::Explore, Topic::Element(scene.id.clone())] {
            assert_eq!(kinds(&told, &topic), ["element_removed"]);
        }
        assert_eq!(
            kinds(&told, &Topic::Cluster(scene.cluster.clone())),
            ["cluster_changed"]
        );
        // history tells nobody of what is gone
        let topic = Topic::User(scene.ada.id.clone());
        let History::Events(all) = db.history(&topic, 0, 999).await.unwrap() else {
            panic!("it is all there");
        };
        let shown = format!("{all:?}");
        assert!(!shown.contains("secret spot"));

        // nothing can be done with it
        let (id, cluster) = (&scene.id, &scene.cluster);
        assert!(db.like(&other, id, true).await.unwrap().is_none());
        let tag = "bird".parse().unwrap();
        let set = db.set_tag(&owner, id, &tag, TagState::Rejected).await;
        assert!(set.unwrap().is_none());
        let patch = Default::default();
        assert!(
            db.update_element(&owner, id, patch)
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(db.retry_failed(&owner, id).await.unwrap(), 0);
        assert!(!db.remove_item(&owner, cluster, id).await.unwrap());
        for place in [Place::Usual, Place::First] {
            let placed = db.place_item(&owner, cluster, id, None, place).await;
            assert!(matches!(placed, Err(DbError::Missing("element"))));
        }
        let cover = ClusterChange {
            cover: Some(id.clone()),
            ..ClusterChange::default()
        };
        assert!(db.change_cluster(&owner, cluster, cover).await.is_err());
        let ruled = db.rule(
            &scene.ada.id,
            id,
            LabelName::Nsfw,
            Verdict::No,
            String::new(),
        );
        assert!(ruled.await.unwrap().is_none());

        // brought back by its owner alone, and while it can
        assert!(db.restore_element(&other, id, 0).await.unwrap().is_none());
        let late = db.restore_element(&owner, id, at + 1).await.unwrap();
        assert!(late.is_none());
        assert!(db.restore_element(&owner, id, at).await.unwrap().is_some());
        let again = db.restore_element(&owner, id, at).await.unwrap();
        assert!(again.is_none(), "it is back already");
        for (viewer, (ways, element)) in everybody.into_iter().zip(before) {
            assert_eq!(found_by(&db, &scene, viewer).await, ways);
            assert_eq!(db.element(viewer, id).await.unwrap(), element);
        }
        let told = relay_all(&db).await;
        for topic in [Topic::Explore, Topic::User(scene.ada.id.clone())] {
            assert!(kinds(&told, &topic).contains(&"element_added"), "{topic}");
        }
        assert_eq!(db.liked_ids(9).await.unwrap(), std::slice::from_ref(id));
    }
}

#[tokio::test]
async fn jobs_of_what_is_deleted_rest_and_go_on_when_it_comes_back() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let me = sees(&ada);
        let id = saved_with_preview(&db, picture(&ada, 1)).await;
        let held = lease(&db, &[StageName::Tag], 1).await.remove(0);
        let broken = lease(&db, &[StageName::Read], 1).await.remove(0);
        let never = asterism_db::Retry::Never;
        assert!(db.fail(&broken, "unreadable", never).await.unwrap());
        let at = db.remove_element(&me, &id).await.unwrap().unwrap();

        assert!(lease(&db, &StageName::ALL, 99).await.is_empty());
        assert!(!db.extend_lease(&held, 60_000).await.unwrap());
        assert!(!db.complete(&held, tagged("late")).await.unwrap());
        assert!(!db.fail(&held, "late", never).await.unwrap());
        let counts = db.job_counts().await.unwrap();
        assert!(
            counts
                .iter()
                .all(|c| (c.waiting, c.running, c.failed) == (0, 0, 0))
        );
        let report = db.jobs_report(None, None, None, 9).await.unwrap();
        assert!(report.items.is_empty());
        assert_eq!(db.retry_jobs(RetryJobs::default()).await.unwrap(), 0);
        assert_eq!(db.recover_leases().await.unwrap(), 0);
        assert_eq!(db.add_missing_stages(9).await.unwrap(), 0);
        // a sweep of what is older takes nothing
        assert_eq!(db.sweep_elements(at).await.unwrap(), 0);

        let back = db.restore_element(&me, &id, at).await.unwrap().unwrap();
        let stage = |name| back.stages.iter().find(|s| s.name == name).unwrap().state;
        assert_eq!(stage(StageName::Preview), StageState::Done);
        assert_eq!(stage(StageName::Tag), StageState::Waiting, "begun anew");
        assert_eq!(stage(StageName::Read), StageState::Failed);
        let again = lease(&db, &[StageName::Tag], 9).await;
        assert_eq!(again.len(), 1);
        assert!(db.complete(&again[0], tagged("bird")).await.unwrap());
        assert!(!db.complete(&held, tagged("late")).await.unwrap());
        assert_eq!(db.retry_failed(&me, &id).await.unwrap(), 1);
        for job in lease(&db, &StageName::ALL, 99).await {
            assert_ne!(job.stage, StageName::Screen, "behind its vector");
        }
    }
}

#[tokio::test]
async fn the_same_file_saved_again_brings_it_back() {
    for db in both().await {
        let scene = scene(&db).await;
        let me = sees(&scene.ada);
        let hide = protocol::element::ElementPatch {
            visibility: Some(Visibility::Unlisted),
            ..Default::default()
        };
        db.update_element(&me, &scene.id, hide).await.unwrap();
        db.remove_element(&me, &scene.id).await.unwrap();
        let mut again = picture(&scene.ada, 1);
        again.title = "Grey heron".to_owned();
        again.visibility = Visibility::Public;
        let saved = db.save_element(again.clone()).await.unwrap();
        assert_eq!(saved, Saved::Restored(scene.id.clone()));
        let back = db.element(&me, &scene.id).await.unwrap().unwrap();
        assert_eq!(back.title, "Grey heron");
        assert_eq!(
            back.visibility,
            Visibility::Unlisted,
            "nobody sees more than before"
        );
        assert!(back.tags.iter().any(|t| t.name.as_str() == "secret spot"));
        let saved = db.save_element(again.clone()).await.unwrap();
        assert_eq!(saved, Saved::Duplicate(scene.id.clone()));
        // somebody else's copy is their own
        let theirs = db.save_element(picture(&scene.bob, 1)).await.unwrap();
        assert!(matches!(theirs, Saved::New(_)));
        // more closed than before: as it is said now
        db.remove_element(&me, &scene.id).await.unwrap();
        again.visibility = Visibility::Private;
        again.title = String::new();
        db.save_element(again).await.unwrap();
        let back = db.element(&me, &scene.id).await.unwrap().unwrap();
        assert_eq!(back.visibility, Visibility::Private);
        assert_eq!(back.title, "Grey heron");
    }
}

#[tokio::test]
async fn what_was_deleted_too_long_ago_is_swept_with_all_that_hung_on_it() {
    for db in both().await {
        let scene = scene(&db).await;
        let me = sees(&scene.ada);
        db.see_less(&sees(&scene.bob), &scene.id, true)
            .await
            .unwrap();
        let kept = save(&db, picture(&scene.ada, 3)).await;
        let gone = save(&db, picture(&scene.ada, 4)).await;
        let first = db.remove_element(&me, &scene.id).await.unwrap().unwrap();
        db.remove_element(&me, &gone).await.unwrap();
        db.restore_element(&me, &gone, 0).await.unwrap();
        assert_eq!(db.sweep_elements(first).await.unwrap(), 0);
        assert_eq!(db.sweep_elements(i64::MAX).await.unwrap(), 1);
        assert_eq!(db.sweep_elements(i64::MAX).await.unwrap(), 0);
        assert!(
            db.restore_element(&me, &scene.id, 0)
                .await
                .unwrap()
                .is_none()
        );
        for id in [&kept, &gone] {
            assert!(db.element(&me, id).await.unwrap().is_some());
        }
        assert!(db.embeddings_of(&scene.id).await.unwrap().is_empty());
        assert!(db.liked_ids(9).await.unwrap().is_empty());
        let less = db.seen_enough(&sees(&scene.bob), 9).await.unwrap();
        assert!(less.is_empty());
        let read = db.cluster(&me, &scene.cluster, Some(&scene.id)).await;
        let read = read.unwrap().unwrap();
        assert_eq!(
            (read.count, read.cover.len(), read.holds),
            (1, 1, Some(false))
        );
        // the same file is a new element
        let again = save(&db, picture(&scene.ada, 1)).await;
        assert_ne!(again, scene.id);
        let page = db.cluster_items(&me, &scene.cluster, None, None, 9).await;
        assert_eq!(page.unwrap().items.len(), 1);
    }
}

#[tokio::test]
async fn counts_stay_exact_whatever_is_deleted_meanwhile() {
    for db in both().await {
        let scene = scene(&db).await;
        let me = sees(&scene.ada);
        let count = async || {
            let read = db.cluster(&me, &scene.cluster, None).await.unwrap();
            read.unwrap().count
        };
        // the cluster goes and comes back while the element is gone
        db.remove_element(&me, &scene.id).await.unwrap();
        db.remove_cluster(&me, &scene.cluster).await.unwrap();
        db.restore_element(&me, &scene.id, 0).await.unwrap();
        db.restore_cluster(&me, &scene.cluster, 0).await.unwrap();
        assert_eq!(count().await, 2);
        // many delete and restore at once
        let tasks = (0..12).map(|n| {
            let (db, me, id) = (db.db.clone(), me.clone(), scene.id.clone());
            tokio::spawn(async move {
                match n % 2 {
                    0 => db.remove_element(&me, &id).await.map(drop).unwrap(),
                    _ => db.restore_element(&me, &id, 0).await.map(drop).unwrap(),
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        db.restore_element(&me, &scene.id, 0).await.unwrap();
        assert_eq!(count().await, 2);
        let page = db.cluster_items(&me, &scene.cluster, None, None, 9).await;
        assert_eq!(page.unwrap().items.len(), 2);
        db.sweep_elements(i64::MAX).await.unwrap();
        assert!(db.element(&me, &scene.id).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_ruling_meanwhile_holds_for_what_comes_back() {
    let db = memory().await;
    let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
    let mut ids = Vec::new();
    for who in [&ada, &bob] {
        let id = saved_with_preview(&db, picture(who, 1)).await;
        for job in lease(&db, &[StageName::Embed, StageName::Screen], 9).await {
            let outcome = match job.stage {
                StageName::Embed => Outcome::Embedded { embeddings: vec![] },
                _ => continue,
            };
            db.complete(&job, outcome).await.unwrap();
        }
        for job in lease(&db, &[StageName::Screen], 9).await {
            let label = protocol::label::Label {
                label: LabelName::Nsfw,
                verdict: Verdict::Explicit,
                confidence: 0.9,
                source: protocol::label::LabelSource::Model,
                evidence: vec![],
                model: None,
                appeal: None,
            };
            let labels = vec![label];
            db.complete(&job, Outcome::Screened { labels })
                .await
                .unwrap();
        }
        ids.push(id);
    }
    let me = sees(&ada);
    db.remove_element(&me, &ids[0]).await.unwrap();
    relay_all(&db).await;
    let ruled = db.rule(
        &bob.id,
        &ids[1],
        LabelName::Nsfw,
        Verdict::No,
        String::new(),
    );
    ruled.await.unwrap().unwrap();
    let told = relay_all(&db).await;
    assert!(kinds(&told, &Topic::User(ada.id.clone())).is_empty());
    let back = db.restore_element(&me, &ids[0], 0).await.unwrap().unwrap();
    assert_eq!(back.labels[0].verdict, Verdict::No);
}

#[tokio::test]
async fn a_stop_in_between_changes_nothing() {
    let dir = TempDir::new().unwrap();
    let config: DbConfig = on_disk(&dir);
    let db = Db::open(config.clone()).await.unwrap();
    let ada = user(&db, "ada").await;
    let me = sees(&ada);
    let id = save(&db, picture(&ada, 1)).await;
    let held = lease(&db, &[StageName::Preview], 1).await.remove(0);
    db.remove_element(&me, &id).await.unwrap();
    db.close().await.unwrap();
    drop(db);

    let db = Db::open(config).await.unwrap();
    assert_eq!(db.recover_leases().await.unwrap(), 0);
    assert!(lease(&db, &StageName::ALL, 9).await.is_empty());
    assert!(db.element(&me, &id).await.unwrap().is_none());
    assert!(db.restore_element(&me, &id, 0).await.unwrap().is_some());
    assert!(!db.complete(&held, preview()).await.unwrap());
    let again = lease(&db, &[StageName::Preview], 9).await;
    assert!(db.complete(&again[0], preview()).await.unwrap());
}
