//! Words and the tags that they stand for.

use super::*;

#[tokio::test]
async fn one_word_has_one_tag_whoever_was_first() {
    for db in zoos().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let mut ids = Vec::new();
        for n in 0..8 {
            ids.push(save(&db, picture(&ada, n)).await);
        }
        // all make the same new tag, while it becomes another word for a tag
        let taggers: Vec<_> = ids
            .iter()
            .map(|id| {
                let (db, me, id) = (db.db.clone(), me.clone(), id.clone());
                tokio::spawn(async move {
                    db.set_tag(&me, &id, &name("mouser"), TagState::Fact)
                        .await
                        .unwrap();
                })
            })
            .collect();
        let aliases: Vec<_> = ["cat", "dog", "pet"]
            .into_iter()
            .map(|tag| {
                let (db, ada) = (db.db.clone(), ada.clone());
                tokio::spawn(async move {
                    // as for a tag that a moderator may not know of
                    let id = id(&db, tag).await;
                    let edit = vec![TagEdit::AddAlias(name("mouser"))];
                    db.edit_tag(&ada.id, &id, edit, true).await.is_ok()
                })
            })
            .collect();
        for tagger in taggers {
            tagger.await.unwrap();
        }
        let mut taken = 0;
        for alias in aliases {
            taken += usize::from(alias.await.unwrap());
        }
        assert_eq!(taken, 1, "one alias, one tag");
        settled(&db).await;
        let tag = words(&db).await["mouser"]
            .means
            .clone()
            .expect("another word");
        let tag = db.words_of(&[tag]).await.unwrap().remove(0).name;
        for id in &ids {
            let all = shown(&db, id).await;
            assert!(all.contains(&format!("{tag} yes")), "{tag}: {all:?}");
        }
        let taken = edit(&db, &ada, "animal", TagEdit::AddAlias(name("kitty"))).await;
        assert!(matches!(taken, Err(DbError::WordTaken { of: Some(of), .. }) if of == "cat"));
        let taken = edit(&db, &ada, "animal", TagEdit::AddAlias(name("dog"))).await;
        assert!(matches!(taken, Err(DbError::WordTaken { of: None, .. })));
    }
}

#[tokio::test]
async fn a_new_name_keeps_the_id_and_the_old_one_leads_to_it() {
    for db in zoos().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let me = Viewer::user(bob.id.clone());
        let (one, other) = (
            save(&db, picture(&bob, 1)).await,
            save(&db, picture(&bob, 2)).await,
        );
        db.set_tag(&me, &one, &name("golden"), TagState::Fact)
            .await
            .unwrap();
        let before = id(&db, "dog").await;
        let told = edit(&db, &ada, "dog", TagEdit::Rename(name("hound")))
            .await
            .unwrap();
        assert!(told.contains(&before));
        assert_eq!(id(&db, "hound").await, before);
        assert_eq!(id(&db, "dog").await, before);
        assert_eq!(id(&db, "doggy").await, before);
        // a model that knows it by its old name means this one
        suggested(&db, &[(&other, "dog", 0.9, TagBand::Sure)]).await;
        assert!(shown(&db, &other).await.contains(&"hound maybe".to_owned()));
        settled(&db).await;
        assert!(
            shown(&db, &one)
                .await
                .contains(&"hound yes by golden".to_owned())
        );
        // a name that is taken
        let taken = edit(&db, &ada, "hound", TagEdit::Rename(name("cat"))).await;
        assert!(matches!(taken, Err(DbError::WordTaken { of: None, .. })));
        // one of its own words: they change places
        edit(&db, &ada, "dog", TagEdit::Rename(name("doggy")))
            .await
            .unwrap();
        let all = words(&db).await;
        assert_eq!(all["doggy"].id, before);
        for word in ["dog", "hound"] {
            assert_eq!(all[word].means.as_ref(), Some(&before), "{word}");
        }
        settled(&db).await;
        assert!(
            shown(&db, &one)
                .await
                .contains(&"doggy yes by golden".to_owned())
        );
        // taken off, a word is nothing any more
        edit(&db, &ada, "doggy", TagEdit::RemoveAlias(name("hound")))
            .await
            .unwrap();
        assert!(db.words_named(&name("hound")).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn rewriting_goes_on_where_a_stop_cut_it_off() {
    let dir = TempDir::new().unwrap();
    let config = on_disk(&dir);
    let db = Db::open(config.clone()).await.unwrap();
    db.seed_tags(&zoo()).await.unwrap();
    let ada = user(&db, "ada").await;
    let me = Viewer::user(ada.id.clone());
    let mut ids = Vec::new();
    for n in 0..12 {
        let id = save(&db, picture(&ada, n)).await;
        db.set_tag(&me, &id, &name("cat"), TagState::Fact)
            .await
            .unwrap();
        ids.push(id);
    }
    edit(&db, &ada, "cat", TagEdit::Rename(name("feline")))
        .await
        .unwrap();
    edit(&db, &ada, "feline", TagEdit::MergeInto(name("dog")))
        .await
        .unwrap();
    for _ in 0..3 {
        assert_eq!(db.rewrite_tags(2).await.unwrap(), Rewriting::More);
    }
    drop(db);
    let db = reopen(&config).await;
    let mut old = 0;
    for id in &ids {
        old += usize::from(shown(&db, id).await.contains(&"cat yes".to_owned()));
    }
    assert!(
        (1..12).contains(&old),
        "cut off in the middle: {old} are as before"
    );
    settled(&db).await;
    for id in &ids {
        let all = shown(&db, id).await;
        assert!(all.contains(&"dog yes".to_owned()), "{all:?}");
        assert!(
            !all.iter()
                .any(|line| line.starts_with("cat") || line.starts_with("feline"))
        );
    }
    let told = relay_all(&db).await;
    let rewritten: BTreeSet<&ElementId> = told
        .iter()
        .filter_map(|p| match &p.event {
            Event::TagsChanged(touched) => Some(&touched.elements),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(rewritten.len(), 12, "and every node hears of each");
}

async fn reopen(config: &DbConfig) -> Db {
    loop {
        match Db::open(config.clone()).await {
            Ok(db) => return db,
            Err(DbError::Locked { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn what_only_private_elements_carry_is_told_to_nobody_else() {
    for db in zoos().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let mut private = picture(&bob, 1);
        private.visibility = protocol::element::Visibility::Private;
        let one = save(&db, private).await;
        let his = Viewer::user(bob.id.clone());
        db.set_tag(&his, &one, &name("hideaway"), TagState::Fact)
            .await
            .unwrap();
        let tag = [id(&db, "hideaway").await];
        assert!(db.carries_tags(&his, &tag).await.unwrap());
        assert!(
            !db.carries_tags(&Viewer::user(ada.id.clone()), &tag)
                .await
                .unwrap()
        );
        // a moderator's alias takes it in without a word
        let cat = id(&db, "cat").await;
        let alias = vec![TagEdit::AddAlias(name("hideaway"))];
        db.edit_tag(&ada.id, &cat, alias, true).await.unwrap();
        settled(&db).await;
        assert!(shown(&db, &one).await.contains(&"cat yes".to_owned()));
        let change = db
            .tag_history(&cat, true, None, 1)
            .await
            .unwrap()
            .items
            .remove(0);
        assert_eq!(
            (change.kind, change.before),
            (TagChangeKind::AliasAdded, None)
        );
        db.undo_tag_change(&ada.id, true, &cat, &change.id)
            .await
            .unwrap();
        settled(&db).await;
        assert_eq!(shown(&db, &one).await, ["hideaway yes"]);
    }
}
