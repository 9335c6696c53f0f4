//! What follows from what, on elements and among tags.

use super::*;

#[tokio::test]
async fn what_follows_comes_and_goes_with_the_fact() {
    for db in zoos().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let one = save(&db, picture(&ada, 1)).await;
        let set = async |tag: &str, state| {
            let element = db.set_tag(&me, &one, &name(tag), state).await;
            lines(&element.unwrap().unwrap())
        };
        assert_eq!(
            set("golden", TagState::Fact).await,
            [
                "animal yes by golden",
                "dog yes by golden",
                "golden yes",
                "mammal yes by golden",
                "pet yes by golden",
            ]
        );
        // another word for a tag is the tag
        let all = set("kitty", TagState::Fact).await;
        assert!(all.contains(&"cat yes".to_owned()), "{all:?}");
        assert!(
            all.contains(&"pet yes by cat".to_owned()),
            "the nearest: {all:?}"
        );
        // what follows can be refused, and that sticks
        let element = db.drop_tag(&me, &one, &name("pet")).await.unwrap().unwrap();
        assert!(lines(&element).contains(&"pet no".to_owned()));
        let all = set("dog", TagState::Fact).await;
        assert!(all.contains(&"pet no".to_owned()), "{all:?}");
        // and what it followed from goes with all that followed
        db.drop_tag(&me, &one, &name("golden")).await.unwrap();
        db.drop_tag(&me, &one, &name("dog")).await.unwrap();
        let element = db
            .drop_tag(&me, &one, &name("doggy"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(lines(&element), ["animal yes by cat", "cat yes", "pet no"]);
        let bob = Viewer::user(user(&db, "bob").await.id);
        assert!(
            db.set_tag(&bob, &one, &name("x"), TagState::Fact)
                .await
                .unwrap()
                .is_none()
        );
    }
}

#[tokio::test]
async fn suggestions_bring_what_follows_and_bow_to_what_a_person_refused() {
    for db in zoos().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let one = save(&db, picture(&ada, 1)).await;
        let seen = [
            (&one, "dog", 0.7, TagBand::Sure),
            (&one, "animal", 0.5, TagBand::Unsure),
            (&one, "cat", 0.2, TagBand::Unsure),
        ];
        suggested(&db, &seen).await;
        let expected = [
            "animal maybe by dog",
            "cat unsure",
            "dog maybe",
            "mammal maybe by dog",
            "pet maybe by dog",
        ];
        assert_eq!(shown(&db, &one).await, expected);
        db.set_tag(&me, &one, &name("mammal"), TagState::Rejected)
            .await
            .unwrap();
        assert_eq!(
            shown(&db, &one).await,
            ["animal unsure", "cat unsure", "dog unsure", "mammal no"],
            "no mammal, no dog"
        );
        assert_eq!(db.tag_feedback().await.unwrap(), [], "no model said mammal");
        db.set_tag(&me, &one, &name("doggy"), TagState::Rejected)
            .await
            .unwrap();
        assert_eq!(
            db.tag_feedback().await.unwrap(),
            [(id(&db, "dog").await, 0, 1)]
        );
    }
}

#[tokio::test]
async fn circles_are_refused_with_their_way_and_closures_are_kept() {
    for db in zoos().await {
        let ada = user(&db, "ada").await;
        let circle = edit(&db, &ada, "animal", TagEdit::Imply(name("golden"))).await;
        let Err(DbError::Circle { way }) = circle else {
            panic!("{circle:?}");
        };
        assert_eq!(way.first(), way.last());
        assert_eq!(
            (way[0].as_str(), way[1].as_str(), way[2].as_str()),
            ("animal", "golden", "dog")
        );
        let own = edit(&db, &ada, "cat", TagEdit::Imply(name("kitty"))).await;
        assert!(matches!(own, Err(DbError::Circle { way }) if way == ["cat", "cat"]));
        // what follows anyway may be said, and counts once the rest is gone
        edit(&db, &ada, "cat", TagEdit::Imply(name("animal")))
            .await
            .unwrap();
        assert_eq!(
            edit(&db, &ada, "cat", TagEdit::Imply(name("animal")))
                .await
                .unwrap(),
            []
        );
        edit(&db, &ada, "cat", TagEdit::NotImply(name("pet")))
            .await
            .unwrap();
        let gone = edit(&db, &ada, "cat", TagEdit::NotImply(name("pet"))).await;
        assert!(matches!(gone, Err(DbError::Missing(_))));
        let me = Viewer::user(ada.id.clone());
        let one = save(&db, picture(&ada, 1)).await;
        db.set_tag(&me, &one, &name("cat"), TagState::Fact)
            .await
            .unwrap();
        assert_eq!(shown(&db, &one).await, ["animal yes by cat", "cat yes"]);
        // a tag that nobody had is made, for all to know
        edit(&db, &ada, "cat", TagEdit::Imply(name("felid")))
            .await
            .unwrap();
        assert!(words(&db).await["felid"].common);
        settled(&db).await;
        assert_eq!(
            shown(&db, &one).await,
            ["animal yes by cat", "cat yes", "felid yes by cat"],
            "elements follow"
        );
    }
}

#[tokio::test]
async fn no_circle_gets_in_however_many_write() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let one = save(&db, picture(&ada, 1)).await;
        for n in 0..6 {
            db.set_tag(&me, &one, &name(&format!("t{n}")), TagState::Fact)
                .await
                .unwrap();
        }
        let tasks: Vec<_> = (0..6usize)
            .flat_map(|from| (0..6usize).map(move |to| (from, to)))
            .map(|(from, to)| {
                let (db, ada) = (db.db.clone(), ada.clone());
                tokio::spawn(async move {
                    let wish = TagEdit::Imply(name(&format!("t{to}")));
                    edit(&db, &ada, &format!("t{from}"), wish).await.is_ok()
                })
            })
            .collect();
        let mut said = 0;
        for task in tasks {
            said += usize::from(task.await.unwrap());
        }
        assert_eq!(said, 15, "every pair one way");
        let words = words(&db).await;
        let by_id: BTreeMap<&TagId, &WordRow> = words.values().map(|w| (&w.id, w)).collect();
        for word in words.values() {
            let (mut found, mut waiting) = (BTreeSet::new(), vec![&word.id]);
            while let Some(one) = waiting.pop() {
                for next in &by_id[one].implies {
                    if found.insert(next) {
                        waiting.push(next);
                    }
                }
            }
            assert!(!found.contains(&word.id), "{} implies itself", word.name);
        }
        settled(&db).await;
        assert_eq!(shown(&db, &one).await.len(), 6);
    }
}
