use asterism_db::{ModelTag, Outcome, Saved, Viewer};
use protocol::Topic;
use protocol::element::{
    ElementPatch, StageName, StageState, State, TagSource, TagState, Visibility,
};

use crate::support::{both, kinds, lease, picture, relay_all, save, saved_with_preview, user};

#[tokio::test]
async fn a_saved_element_reads_as_it_was_written() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let new = picture(&ada, 1);
        let id = save(&db, new.clone()).await;
        let read = db.element(&Viewer::System, &id).await.unwrap().unwrap();
        assert_eq!(read.title, new.title);
        assert_eq!(read.source, new.source);
        assert_eq!((read.width, read.height), (640, 480));
        assert_eq!(read.owner.handle, ada.handle);
        assert_eq!(read.state, State::Processing);
        assert!(read.stages.iter().all(|s| s.state == StageState::Waiting));
        assert_eq!(read.stages.len(), StageName::IMAGE.len());
        assert!(read.media.is_empty());
    }
}

#[tokio::test]
async fn raced_saves_of_one_file_make_one_element() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let saves = (0..12).map(|n| {
            let db = db.db.clone();
            let new = picture(if n % 3 == 0 { &bob } else { &ada }, 7);
            async move { db.save_element(new).await.unwrap() }
        });
        let saved = futures_util::future::join_all(saves).await;
        let mut new: Vec<_> = saved
            .iter()
            .filter_map(|s| match s {
                Saved::New(id) => Some(id.clone()),
                Saved::Duplicate(_) | Saved::Restored(_) => None,
            })
            .collect();
        assert_eq!(new.len(), 2, "one of each account");
        new.sort();
        for saved in saved {
            let (Saved::New(id) | Saved::Duplicate(id) | Saved::Restored(id)) = saved;
            assert!(new.contains(&id));
        }
        let jobs = lease(&db, &[StageName::Preview], 100).await;
        assert_eq!(jobs.len(), 2, "and one job of each");
    }
}

#[tokio::test]
async fn a_change_is_the_owners_and_is_told_where_it_shows() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let id = saved_with_preview(&db, picture(&ada, 1)).await;
        relay_all(&db).await;
        let patch = |title: &str, visibility| ElementPatch {
            title: Some(title.to_owned()),
            visibility,
            ..ElementPatch::default()
        };
        let (ada_sees, bob_sees) = (Viewer::user(ada.id.clone()), Viewer::user(bob.id));
        let refused = db.update_element(&bob_sees, &id, patch("mine", None)).await;
        assert!(refused.unwrap().is_none());

        let read = db.update_element(&ada_sees, &id, patch("A", None)).await;
        assert_eq!(read.unwrap().unwrap().title, "A");
        let told = relay_all(&db).await;
        assert_eq!(kinds(&told, &Topic::Explore), ["element_changed"]);
        assert_eq!(
            kinds(&told, &Topic::User(ada.id.clone())),
            ["element_changed"]
        );
        assert_eq!(
            kinds(&told, &Topic::Element(id.clone())),
            ["element_changed"]
        );

        // what is not named stays
        let alt = ElementPatch {
            alt: Some("A blue door".to_owned()),
            ..ElementPatch::default()
        };
        let read = db.update_element(&ada_sees, &id, alt).await.unwrap();
        let read = read.unwrap();
        assert_eq!(
            (read.alt.as_str(), read.title.as_str()),
            ("A blue door", "A")
        );
        let read = db.update_element(&ada_sees, &id, patch("A", None)).await;
        assert_eq!(read.unwrap().unwrap().alt, "A blue door");
        relay_all(&db).await;

        let hide = patch("B", Some(Visibility::Private));
        db.update_element(&ada_sees, &id, hide).await.unwrap();
        let told = relay_all(&db).await;
        assert_eq!(kinds(&told, &Topic::Explore), ["element_removed"]);
        let show = patch("C", Some(Visibility::Public));
        db.update_element(&ada_sees, &id, show).await.unwrap();
        let told = relay_all(&db).await;
        assert_eq!(kinds(&told, &Topic::Explore), ["element_added"]);
    }
}

fn tagged(names: &[(&str, f32)]) -> Outcome {
    Outcome::Tagged {
        model: "classes-1".to_owned(),
        tags: names
            .iter()
            .map(|(name, score)| ModelTag {
                name: name.parse().unwrap(),
                category: "thing".to_owned(),
                score: *score,
                band: protocol::element::TagBand::Suggested,
            })
            .collect(),
        embeddings: Vec::new(),
    }
}

#[tokio::test]
async fn what_a_person_says_outlives_what_models_suggest() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let id = saved_with_preview(&db, picture(&ada, 1)).await;
        let held = lease(&db, &[StageName::Tag], 1).await.remove(0);
        db.complete(&held, tagged(&[("cat", 0.9), ("dog", 0.4)]))
            .await
            .unwrap();
        let read = db.element(&me, &id).await.unwrap().unwrap();
        let names: Vec<_> = read.tags.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["cat", "dog"], "surest first");

        let dog = "dog".parse().unwrap();
        db.set_tag(&me, &id, &dog, TagState::Rejected)
            .await
            .unwrap();
        let tiger = "tiger cat".parse().unwrap();
        let read = db.set_tag(&me, &id, &tiger, TagState::Fact).await.unwrap();
        let tags = read.unwrap().tags;
        assert_eq!(tags[0].name, tiger);
        assert_eq!(
            (tags[0].state, tags[0].source),
            (TagState::Fact, TagSource::Person)
        );
        let state = |name| tags.iter().find(|t| t.name == name).unwrap().state;
        assert_eq!(state(dog.clone()), TagState::Rejected);

        // taking one's word back brings the suggestion back
        let read = db
            .set_tag(&me, &id, &dog, TagState::Suggested)
            .await
            .unwrap();
        let tag = read.unwrap().tags.into_iter().find(|t| t.name == dog);
        assert_eq!(tag.unwrap().source, TagSource::Model);
    }
}

#[tokio::test]
async fn writers_of_one_row_lose_nothing_to_each_other() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let id = save(&db, picture(&ada, 1)).await;
        let writers = (0..24).map(|n| {
            let (db, me, id) = (db.db.clone(), me.clone(), id.clone());
            tokio::spawn(async move {
                let tag = format!("tag {n}").parse().unwrap();
                db.set_tag(&me, &id, &tag, TagState::Fact).await.unwrap()
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let read = db.element(&me, &id).await.unwrap().unwrap();
        assert_eq!(read.tags.len(), 24);
        let told = relay_all(&db).await;
        let changes = kinds(&told, &Topic::Element(id));
        assert_eq!(changes, ["element_changed"; 24]);
    }
}
