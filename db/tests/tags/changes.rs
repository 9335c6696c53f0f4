//! What people and new editions change, and what is put back.

use super::*;

#[tokio::test]
async fn history_tells_who_did_what_and_takes_it_back() {
    for db in zoos().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let cat = id(&db, "cat").await;
        for text in ["A small one.", "A small animal that purrs."] {
            edit(&db, &bob, "cat", TagEdit::Describe(text.to_owned()))
                .await
                .unwrap();
        }
        edit(&db, &ada, "cat", TagEdit::Rename(name("house cat")))
            .await
            .unwrap();
        edit(&db, &ada, "cat", TagEdit::RemoveAlias(name("kitty")))
            .await
            .unwrap();
        let all = db.tag_history(&cat, false, None, 10).await.unwrap().items;
        let kinds: Vec<_> = all.iter().map(|change| change.kind).collect();
        use TagChangeKind::{AliasRemoved, Described, Renamed};
        assert_eq!(
            kinds,
            [AliasRemoved, Renamed, Described, Described],
            "newest first"
        );
        assert_eq!(all[1].before.as_deref(), Some("cat"));
        assert_eq!(all[1].after.as_deref(), Some("house cat"));
        assert_eq!(all[0].by.as_ref().unwrap().handle.as_str(), "ada");
        let undoable: Vec<_> = all.iter().map(|change| change.undoable).collect();
        assert_eq!(
            undoable,
            [false, false, true, false],
            "a member, and what still stands"
        );
        // two pages tell the same
        let first = db.tag_history(&cat, false, None, 3).await.unwrap();
        let rest = db
            .tag_history(&cat, false, first.next_cursor, 3)
            .await
            .unwrap();
        assert_eq!([first.items, rest.items].concat(), all);

        let undo = async |by: &User, moderator, at: usize| {
            db.undo_tag_change(&by.id, moderator, &cat, &all[at].id)
                .await
        };
        assert!(matches!(
            undo(&bob, false, 1).await,
            Err(DbError::Denied(_))
        ));
        assert!(matches!(undo(&bob, false, 3).await, Err(DbError::Stale(_))));
        undo(&bob, false, 2).await.unwrap();
        assert_eq!(
            db.tag_text(&cat).await.unwrap().unwrap().description,
            "A small one."
        );
        undo(&ada, true, 1).await.unwrap();
        assert_eq!(words(&db).await["cat"].id, cat);
        undo(&ada, true, 0).await.unwrap();
        assert_eq!(id(&db, "kitty").await, cat);
        let now = db.tag_history(&cat, true, None, 10).await.unwrap().items;
        assert_eq!(now.len(), 7);
        assert_eq!(now[0].before.as_deref(), Some(all[0].id.as_str()));
        let old = now.iter().find(|change| change.id == all[0].id).unwrap();
        assert_eq!(old.undone_by.as_ref(), Some(&now[0].id));
        assert!(!old.undoable);
    }
}

#[tokio::test]
async fn several_elements_are_tagged_at_once_and_put_back_exactly() {
    for db in zoos().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let me = Viewer::user(ada.id.clone());
        let mut ids = Vec::new();
        for n in 0..4 {
            ids.push(save(&db, picture(&ada, n)).await);
        }
        let others = save(&db, picture(&bob, 9)).await;
        db.set_tag(&me, &ids[0], &name("cat"), TagState::Rejected)
            .await
            .unwrap();
        db.set_tag(&me, &ids[1], &name("red"), TagState::Fact)
            .await
            .unwrap();
        suggested(&db, &[(&ids[2], "dog", 0.9, TagBand::Sure)]).await;
        let mut before = Vec::new();
        for id in &ids {
            before.push(shown(&db, id).await);
        }
        let mut asked = ids.clone();
        asked.insert(1, others.clone());
        asked.push(ids[0].clone());
        let (add, remove) = (names(&["kitty", "new"]), names(&["red", "dog", "pet"]));
        let done = db.tag_elements(&me, &asked, &add, &remove).await.unwrap();
        let answers: Vec<_> = done
            .items
            .iter()
            .map(|(id, refused)| (id.clone(), *refused))
            .collect();
        let expected: Vec<_> = asked
            .iter()
            .map(|id| (id.clone(), (*id == others).then_some(NotTagged::NoElement)))
            .collect();
        assert_eq!(answers, expected);
        for id in &ids {
            let all = shown(&db, id).await;
            for line in ["cat yes", "new yes", "pet no"] {
                assert!(all.contains(&line.to_owned()), "{all:?}");
            }
        }
        assert!(shown(&db, &ids[2]).await.contains(&"dog no".to_owned()));
        let theirs = Viewer::user(bob.id.clone());
        let foreign = db.undo_tag_elements(&theirs, &done.change).await;
        assert!(matches!(foreign, Err(DbError::Missing(_))));
        // one was changed since: that is not written over
        db.set_tag(&me, &ids[3], &name("new"), TagState::Rejected)
            .await
            .unwrap();
        let back = db.undo_tag_elements(&me, &done.change).await.unwrap();
        let refused: Vec<_> = back.items.iter().map(|(_, refused)| *refused).collect();
        assert_eq!(refused, [None, None, None, Some(NotTagged::ChangedSince)]);
        for (id, before) in ids.iter().zip(&before).take(3) {
            assert_eq!(shown(&db, id).await, *before);
        }
        let again = db.undo_tag_elements(&me, &done.change).await;
        assert!(matches!(again, Err(DbError::Stale(_))));
        // and that can be taken back too
        db.undo_tag_elements(&me, &back.change).await.unwrap();
        assert!(shown(&db, &ids[1]).await.contains(&"cat yes".to_owned()));
        db.sweep_bulk_tags(i64::MAX).await.unwrap();
        let swept = db.undo_tag_elements(&me, &back.change).await;
        assert!(matches!(swept, Err(DbError::Missing(_))));
    }
}

#[tokio::test]
async fn a_new_edition_of_the_vocabulary_undoes_nothing_that_people_did() {
    for db in zoos().await {
        assert!(!db.seed_tags(&zoo()).await.unwrap(), "once");
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let one = save(&db, picture(&ada, 1)).await;
        db.set_tag(&me, &one, &name("canary"), TagState::Fact)
            .await
            .unwrap();
        edit(&db, &ada, "dog", TagEdit::Rename(name("hound")))
            .await
            .unwrap();
        edit(&db, &ada, "cat", TagEdit::NotImply(name("pet")))
            .await
            .unwrap();
        edit(&db, &ada, "cat", TagEdit::RemoveAlias(name("kitty")))
            .await
            .unwrap();
        edit(&db, &ada, "mammal", TagEdit::MergeInto(name("animal")))
            .await
            .unwrap();
        edit(&db, &ada, "pet", TagEdit::Imply(name("friend")))
            .await
            .unwrap();
        edit(
            &db,
            &ada,
            "hound",
            TagEdit::Describe("It barks.".to_owned()),
        )
        .await
        .unwrap();
        let dog = id(&db, "hound").await;
        let next = shipped(
            "2",
            &[
                ("golden", &["goldie"], &["dog"]),
                ("dog", &["puppy"], &["mammal"]),
                ("cat", &["kitty"], &["pet"]),
                ("pet", &[], &["animal"]),
                ("mammal", &[], &["animal"]),
                ("animal", &["hound"], &["pet"]),
                ("canary", &[], &["pet"]),
            ],
        );
        assert!(db.seed_tags(&next).await.unwrap());
        let all = words(&db).await;
        let implies = |word: &str| -> BTreeSet<&str> {
            let ids = &all[word].implies;
            let named = all.values().filter(|w| ids.contains(&w.id));
            named.map(|w| w.name.as_str()).collect()
        };
        assert_eq!(
            all["hound"].id, dog,
            "renamed it stays, and is no other's word"
        );
        assert_eq!(all["hound"].shipped.as_deref(), Some("dog"));
        assert_eq!(all["puppy"].means.as_ref(), Some(&dog), "what is new comes");
        assert!(
            !all.contains_key("doggy"),
            "what shipped once and does no longer goes"
        );
        assert!(!all.contains_key("kitty"), "what was taken off stays off");
        assert_eq!(implies("cat"), BTreeSet::new());
        assert_eq!(
            implies("hound"),
            BTreeSet::from(["animal"]),
            "dog → pet was withdrawn"
        );
        assert_eq!(
            implies("pet"),
            BTreeSet::from(["animal", "friend"]),
            "and no circle"
        );
        assert_eq!(implies("canary"), BTreeSet::from(["pet"]));
        assert_eq!(all["canary"].category, "animal");
        settled(&db).await;
        assert_eq!(
            shown(&db, &one).await,
            [
                "animal yes by canary",
                "canary yes",
                "friend yes by canary",
                "pet yes by canary"
            ]
        );
        assert!(!db.seed_tags(&next).await.unwrap());
        assert_eq!(
            db.tag_history(&dog, true, None, 9)
                .await
                .unwrap()
                .items
                .len(),
            2
        );
    }
}
