use asterism_db::{NewUser, Outcome, Retry, Scope, Viewer};
use protocol::account::{Preferences, Role};
use protocol::element::{
    ElementPatch, Evidence, Label, Quality, StageName, StageState, State, TagBand,
};
use protocol::label::{LabelName, LabelSource, Treatment, Verdict};

use crate::support::{both, lease, picture, preview, save, user};

fn label(label: LabelName, verdict: Verdict) -> Label {
    Label {
        label,
        verdict,
        confidence: 0.9,
        evidence: vec![Evidence {
            kind: "model".to_owned(),
            detail: "open_nsfw".to_owned(),
            score: Some(0.9),
        }],
        source: LabelSource::Model,
        model: None,
        appeal: None,
    }
}

#[tokio::test]
async fn the_first_person_is_the_admin_and_only_one_is() {
    for db in both().await {
        let house = db
            .create_user(NewUser {
                handle: "samples".parse().unwrap(),
                display_name: "Samples".to_owned(),
                password_hash: "hash".to_owned(),
                house: true,
            })
            .await
            .unwrap();
        let made = (0..8).map(|n| {
            let db = db.db.clone();
            tokio::spawn(async move { user(&db, &format!("user{n}")).await })
        });
        let made = futures_util::future::join_all(made.collect::<Vec<_>>()).await;
        let mut admins = 0;
        for user in made {
            let me = db.me(&user.unwrap().id).await.unwrap().unwrap();
            admins += usize::from(me.role == Role::Admin);
        }
        assert_eq!(admins, 1);
        assert_eq!(db.me(&house.id).await.unwrap().unwrap().role, Role::Member);

        assert!(db.set_role(&house.handle, Role::Moderator).await.unwrap());
        assert!(
            !db.set_role(&"nobody".parse().unwrap(), Role::Admin)
                .await
                .unwrap()
        );
        let mut wishes = Preferences::default();
        wishes.labels.explicit = Treatment::Hide;
        let me = db
            .set_preferences(&house.id, wishes)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((me.role, me.preferences), (Role::Moderator, wishes));
        assert_eq!(db.me(&house.id).await.unwrap().unwrap(), me);
    }
}

#[tokio::test]
async fn stages_that_need_the_embedding_wait_for_it_or_do_without() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        for gives_up in [false, true] {
            let mut new = picture(&ada, u64::from(gives_up));
            new.stages = StageName::ALL.to_vec();
            let id = save(&db, new).await;
            let first = lease(&db, &StageName::ALL, 20).await;
            assert_eq!(first.len(), 1);
            db.complete(&first[0], preview()).await.unwrap();
            let open = lease(&db, &StageName::ALL, 20).await;
            let names: Vec<_> = open.iter().map(|l| l.stage).collect();
            assert_eq!(names.len(), 4, "{names:?}");
            assert!(!names.contains(&StageName::Screen) && !names.contains(&StageName::Score));
            let embed = open.iter().find(|l| l.stage == StageName::Embed).unwrap();
            if gives_up {
                db.fail(embed, "no", Retry::Never).await.unwrap();
            } else {
                let embeddings = vec![asterism_db::NewEmbedding {
                    space: "clip".to_owned(),
                    model: "m".to_owned(),
                    vector: vec![0.6, 0.8],
                }];
                let made = Outcome::Embedded { embeddings };
                db.complete(embed, made).await.unwrap();
            }
            let kept = db.embedding_of(&id, "clip").await.unwrap();
            assert_eq!(kept, (!gives_up).then(|| vec![0.6, 0.8]));
            let then = lease(&db, &StageName::ALL, 20).await;
            let names: Vec<_> = then.iter().map(|l| l.stage).collect();
            assert_eq!(names.len(), 2, "{names:?}");
            assert!(names.contains(&StageName::Screen) && names.contains(&StageName::Score));
            for job in open.iter().chain(&then) {
                if job.stage != StageName::Embed {
                    db.fail(job, "enough", Retry::Never).await.unwrap();
                }
            }
            let read = db.element(&Viewer::System, &id).await.unwrap().unwrap();
            assert_eq!(read.state, State::Ready);
            // retried together they wait for each other again
            let failed = 5 + usize::from(gives_up);
            assert_eq!(db.retry_failed(&Viewer::System, &id).await.unwrap(), failed);
            let again = lease(&db, &StageName::ALL, 20).await;
            assert_eq!(again.len(), if gives_up { 4 } else { 5 });
            db.remove_element(&Viewer::System, &id).await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_stages_found_is_shown_and_searched() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let mut new = picture(&ada, 1);
        new.stages = vec![StageName::Preview, StageName::Score, StageName::Read];
        let id = save(&db, new).await;
        let first = lease(&db, &StageName::ALL, 9).await.remove(0);
        db.complete(&first, preview()).await.unwrap();
        let quality = Quality {
            formula: "blend-1".to_owned(),
            percentile: 71.5,
            parts: Vec::new(),
            taste: None,
        };
        for job in lease(&db, &StageName::ALL, 9).await {
            let made = match job.stage {
                StageName::Score => Outcome::Scored {
                    quality: quality.clone(),
                },
                _ => Outcome::Read {
                    text: "Platform nine to Edinburgh".to_owned(),
                    model: "ocr-1".to_owned(),
                },
            };
            assert!(db.complete(&job, made).await.unwrap());
        }
        let read = db.element(&Viewer::System, &id).await.unwrap().unwrap();
        assert_eq!(read.quality, Some(71.5));
        assert_eq!(read.quality_parts, Some(quality));
        assert_eq!(read.text, "Platform nine to Edinburgh");
        let hits = db
            .search_text(&Viewer::System, "edinburgh", 5)
            .await
            .unwrap();
        assert_eq!((hits.len(), hits[0].field), (1, "text"));
    }
}

#[tokio::test]
async fn flagged_pictures_of_others_are_in_no_list_of_who_hides_them() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let mut new = picture(&ada, 1);
        new.title = "heron".to_owned();
        new.stages = vec![
            StageName::Preview,
            StageName::Embed,
            StageName::Screen,
            StageName::Tag,
        ];
        let id = save(&db, new).await;
        let job = lease(&db, &StageName::ALL, 9).await.remove(0);
        db.complete(&job, preview()).await.unwrap();
        for job in lease(&db, &StageName::ALL, 9).await {
            let made = if job.stage == StageName::Tag {
                let tag = |name: &str, band| asterism_db::ModelTag {
                    name: name.parse().unwrap(),
                    category: String::new(),
                    score: 0.5,
                    band,
                };
                Outcome::Tagged {
                    model: "m".to_owned(),
                    tags: vec![tag("bird", TagBand::Sure), tag("plane", TagBand::Unsure)],
                    embeddings: Vec::new(),
                }
            } else {
                Outcome::Embedded {
                    embeddings: vec![asterism_db::NewEmbedding {
                        space: "clip".to_owned(),
                        model: "m".to_owned(),
                        vector: vec![1.0, 0.0],
                    }],
                }
            };
            db.complete(&job, made).await.unwrap();
        }
        let job = lease(&db, &[StageName::Screen], 1).await.remove(0);
        let labels = vec![
            label(LabelName::Nsfw, Verdict::Explicit),
            label(LabelName::AiMade, Verdict::Yes),
        ];
        let model = "screen-1".to_owned();
        db.complete(&job, Outcome::Screened { labels, model })
            .await
            .unwrap();
        let read = db.element(&Viewer::System, &id).await.unwrap().unwrap();
        assert_eq!(read.labels[0].model.as_deref(), Some("screen-1"));
        assert!(read.tags.iter().any(|t| t.band == Some(TagBand::Unsure)));
        assert!(read.stages.iter().all(|s| s.state == StageState::Done));

        let hides = |id: &protocol::UserId, flag| Viewer::user(id.clone()).hiding([flag]);
        for (viewer, listed) in [
            (Viewer::System, true),
            (Viewer::user(bob.id.clone()), true),
            (hides(&bob.id, "nsfw:explicit"), false),
            (hides(&bob.id, "nsfw:sensitive"), true),
            // a model alone hides nothing
            (hides(&bob.id, "ai_made:yes"), true),
            (hides(&ada.id, "nsfw:explicit"), true),
        ] {
            let about = format!("{viewer:?}");
            for scope in [Scope::Explore, Scope::Owner(ada.id.clone())] {
                let page = db.list_elements(&viewer, scope, None, 9).await.unwrap();
                assert_eq!(page.items.len() == 1, listed, "{about}");
            }
            let words = db.search_text(&viewer, "heron", 9).await.unwrap();
            assert_eq!(words.len() == 1, listed, "{about}");
            let tags = db
                .search_tags(&viewer, &["bird".to_owned()], 9)
                .await
                .unwrap();
            assert_eq!(tags.len() == 1, listed, "{about}");
            let many = db
                .elements(&viewer, std::slice::from_ref(&id))
                .await
                .unwrap();
            assert_eq!(many.len() == 1, listed, "{about}");
            let row = db.embeddings("clip", None, 9).await.unwrap().remove(0);
            let access = asterism_db::Access {
                owner: row.owner,
                visibility: row.visibility,
                flags: row.flags,
            };
            assert_eq!(viewer.lists(&access), listed, "{about}");
            assert!(db.element(&viewer, &id).await.unwrap().is_some(), "{about}");
            let unsure = db
                .search_tags(&viewer, &["plane".to_owned()], 9)
                .await
                .unwrap();
            assert!(unsure.is_empty(), "a model that is not sure finds nothing");
        }
        // the owner's own word hides, and can be taken back
        let declare = |yes| ElementPatch {
            declares_ai: Some(yes),
            ..ElementPatch::default()
        };
        let owner = Viewer::user(ada.id.clone());
        let said = db
            .update_element(&owner, &id, declare(true))
            .await
            .unwrap()
            .unwrap();
        let ai = said
            .labels
            .iter()
            .find(|l| l.label == LabelName::AiMade)
            .unwrap();
        assert_eq!(
            (ai.source, ai.verdict),
            (LabelSource::Declared, Verdict::Yes)
        );
        let choosy = hides(&bob.id, "ai_made:yes");
        let page = db
            .list_elements(&choosy, Scope::Explore, None, 9)
            .await
            .unwrap();
        assert!(page.items.is_empty());
        let back = db
            .update_element(&owner, &id, declare(false))
            .await
            .unwrap()
            .unwrap();
        assert!(back.labels.iter().all(|l| l.source == LabelSource::Model));
        let page = db
            .list_elements(&choosy, Scope::Explore, None, 9)
            .await
            .unwrap();
        assert_eq!(page.items.len(), 1);
    }
}

#[tokio::test]
async fn a_job_that_takes_workers_down_is_quarantined_with_its_reason() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let id = save(&db, picture(&ada, 1)).await;
        for left in [2, 1, 0] {
            let job = loop {
                if let Some(job) = lease(&db, &[StageName::Preview], 1).await.pop() {
                    break job;
                }
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            };
            db.fail(&job, "it hung", Retry::WorkerFault).await.unwrap();
            let counts = db.job_counts().await.unwrap();
            assert_eq!(counts[0].stage, StageName::Preview);
            assert_eq!(counts[0].quarantined, usize::from(left == 0));
        }
        let read = db.element(&Viewer::System, &id).await.unwrap().unwrap();
        let reason = read.stages[0].error.as_deref().unwrap();
        assert!(
            reason.contains("it hung") && reason.contains("three times"),
            "{reason}"
        );
        assert_eq!(
            db.retry_failed(&Viewer::user(ada.id), &id).await.unwrap(),
            4
        );
        assert_eq!(lease(&db, &StageName::ALL, 9).await.len(), 1);
    }
}
