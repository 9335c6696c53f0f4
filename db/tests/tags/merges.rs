//! Tags that become one, and come apart again.

use super::*;

#[tokio::test]
async fn a_merge_loses_no_persons_word_and_is_taken_back_exactly() {
    for db in zoos().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let me = Viewer::user(bob.id.clone());
        let set = async |id: &ElementId, tag: &str, state| {
            db.set_tag(&me, id, &name(tag), state)
                .await
                .unwrap()
                .unwrap();
        };
        let mut ids = Vec::new();
        for n in 0..5 {
            ids.push(save(&db, picture(&bob, n)).await);
        }
        let [plain, both, refused, guessed, fresh] = &ids[..] else {
            panic!("five");
        };
        set(plain, "hound", TagState::Fact).await;
        set(both, "hound", TagState::Fact).await;
        set(both, "dog", TagState::Rejected).await;
        set(refused, "hound", TagState::Rejected).await;
        let seen = [
            (refused, "dog", 0.9, TagBand::Sure),
            (guessed, "golden", 0.4, TagBand::Suggested),
        ];
        suggested(&db, &seen).await;
        edit(&db, &ada, "hound", TagEdit::Imply(name("hunter")))
            .await
            .unwrap();
        edit(&db, &ada, "hound", TagEdit::AddAlias(name("wuff")))
            .await
            .unwrap();
        settled(&db).await;
        let mut before = Vec::new();
        for id in &ids {
            before.push(shown(&db, id).await);
        }
        let words_before = words(&db).await;

        edit(&db, &ada, "hound", TagEdit::MergeInto(name("dog")))
            .await
            .unwrap();
        assert_eq!(id(&db, "hound").await, id(&db, "dog").await);
        assert_eq!(id(&db, "wuff").await, id(&db, "dog").await);
        settled(&db).await;
        let has = async |id: &ElementId, line: &str| {
            let all = shown(&db, id).await;
            assert!(all.contains(&line.to_owned()), "{line}: {all:?}");
            assert!(!all.iter().any(|line| line.contains("hound")), "{all:?}");
        };
        has(plain, "dog yes").await;
        has(plain, "hunter yes by dog").await;
        has(both, "dog no").await;
        has(refused, "dog no").await;
        has(guessed, "hunter maybe by golden").await;
        set(fresh, "wuff", TagState::Fact).await;
        has(fresh, "dog yes").await;

        // the person speaks of the one tag that is left
        let change = db
            .tag_history(&id(&db, "dog").await, true, None, 9)
            .await
            .unwrap();
        let merged = &change.items[0];
        assert_eq!(
            (merged.kind, merged.before.as_deref()),
            (TagChangeKind::Merged, Some("hound"))
        );
        let dog = id(&db, "dog").await;
        db.undo_tag_change(&ada.id, true, &dog, &merged.id)
            .await
            .unwrap();
        settled(&db).await;
        for (id, before) in ids.iter().zip(&before).take(4) {
            assert_eq!(shown(&db, id).await, *before);
        }
        has(fresh, "dog yes").await;
        assert_eq!(words(&db).await, words_before);
        let again = db.undo_tag_change(&ada.id, true, &dog, &merged.id).await;
        assert!(matches!(again, Err(DbError::Stale(_))));
        // taking back the taking back is the merge again
        let change = db.tag_history(&dog, true, None, 1).await.unwrap();
        assert_eq!(change.items[0].kind, TagChangeKind::Undone);
        assert!(change.next_cursor.is_some() && change.items[0].undoable);
        db.undo_tag_change(&ada.id, true, &dog, &change.items[0].id)
            .await
            .unwrap();
        settled(&db).await;
        has(plain, "dog yes").await;
    }
}

#[tokio::test]
async fn merges_of_merges_come_apart_again() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let one = save(&db, picture(&ada, 1)).await;
        for tag in ["a", "b", "c"] {
            db.set_tag(&me, &one, &name(tag), TagState::Fact)
                .await
                .unwrap();
        }
        let merge = async |from: &str, into: &str| {
            edit(&db, &ada, from, TagEdit::MergeInto(name(into)))
                .await
                .unwrap();
        };
        let undo = async |tag: &str| {
            let id = id(&db, tag).await;
            let latest = db
                .tag_history(&id, true, None, 1)
                .await
                .unwrap()
                .items
                .remove(0);
            db.undo_tag_change(&ada.id, true, &id, &latest.id).await
        };
        // one merge is through when the other comes, and the other way round
        for wait in [true, false] {
            merge("a", "b").await;
            if wait {
                settled(&db).await;
            }
            merge("b", "c").await;
            settled(&db).await;
            assert_eq!(shown(&db, &one).await, ["c yes"]);
            undo("c").await.unwrap();
            settled(&db).await;
            assert_eq!(shown(&db, &one).await, ["b yes", "c yes"]);
            undo("b").await.unwrap();
            settled(&db).await;
            assert_eq!(shown(&db, &one).await, ["a yes", "b yes", "c yes"]);
        }
    }
}

#[tokio::test]
async fn a_merge_never_closes_a_circle() {
    for db in zoos().await {
        let ada = user(&db, "ada").await;
        // what golden implied and what is implied by it meet in one tag
        edit(&db, &ada, "golden", TagEdit::MergeInto(name("mammal")))
            .await
            .unwrap();
        let all = words(&db).await;
        let implies = |word: &str| -> BTreeSet<String> {
            let ids = &all[word].implies;
            all.values()
                .filter(|w| ids.contains(&w.id))
                .map(|w| w.name.clone())
                .collect()
        };
        assert_eq!(implies("mammal"), BTreeSet::from(["animal".to_owned()]));
        assert_eq!(
            implies("dog"),
            BTreeSet::from(["mammal".to_owned(), "pet".to_owned()])
        );
    }
}

#[tokio::test]
async fn who_tags_while_tags_are_merged_loses_nothing() {
    for db in zoos().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let mut ids = Vec::new();
        for n in 0..24 {
            ids.push(save(&db, picture(&ada, n)).await);
        }
        let writers: Vec<_> = ids
            .chunks(6)
            .map(|ids| {
                let (db, me, ids) = (db.db.clone(), me.clone(), ids.to_vec());
                tokio::spawn(async move {
                    for id in ids {
                        let tag = name("pooch");
                        db.set_tag(&me, &id, &tag, TagState::Fact)
                            .await
                            .unwrap()
                            .unwrap();
                    }
                })
            })
            .collect();
        let rewriter = {
            let db = db.db.clone();
            tokio::spawn(async move {
                for _ in 0..40 {
                    db.rewrite_tags(4).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(3)).await;
                }
            })
        };
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            if !db.words_named(&name("pooch")).await.unwrap().is_empty() {
                break;
            }
        }
        edit(&db, &ada, "pooch", TagEdit::MergeInto(name("dog")))
            .await
            .unwrap();
        for writer in writers {
            writer.await.unwrap();
        }
        rewriter.await.unwrap();
        settled(&db).await;
        for id in &ids {
            let all = shown(&db, id).await;
            assert!(all.contains(&"dog yes".to_owned()), "{all:?}");
            assert!(!all.iter().any(|line| line.starts_with("pooch")), "{all:?}");
        }
    }
}
