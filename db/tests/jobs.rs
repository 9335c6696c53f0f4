use std::collections::HashMap;
use std::sync::Arc;

use asterism_db::{Lease, NewEmbedding, Outcome, Retry, Viewer};
use protocol::Topic;
use protocol::element::{StageName, StageState, State};
use tokio::sync::Mutex;

use crate::support::{
    both, kinds, lease, lease_for, media, memory, picture, preview, relay_all, save,
    saved_with_preview, user,
};

pub fn outcome(stage: StageName) -> Outcome {
    match stage {
        StageName::Preview => preview(),
        StageName::Embed => Outcome::Embedded {
            embeddings: vec![NewEmbedding {
                space: "clip".to_owned(),
                model: "clip-1".to_owned(),
                vector: vec![0.6, 0.8],
            }],
        },
        StageName::Tag => Outcome::Tagged {
            model: "classes-1".to_owned(),
            tags: Vec::new(),
            embeddings: Vec::new(),
        },
        StageName::Compress => Outcome::Compressed {
            media: vec![media("avif-320", 320)],
        },
        StageName::Screen => Outcome::Screened { labels: Vec::new() },
        StageName::Score => Outcome::Scored {
            quality: protocol::element::Quality {
                formula: "test-1".to_owned(),
                percentile: 50.0,
                parts: Vec::new(),
                taste: None,
            },
        },
        StageName::Read => Outcome::Read {
            text: "words".to_owned(),
        },
    }
}

#[tokio::test]
async fn an_element_becomes_ready_step_by_step() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let id = save(&db, picture(&ada, 1)).await;
        let first = lease(&db, &StageName::IMAGE, 10).await;
        assert_eq!(first.len(), 1, "nothing but the preview before the preview");
        assert_eq!(first[0].stage, StageName::Preview);
        assert_eq!((first[0].attempt, &first[0].element), (1, &id));
        assert!(db.complete(&first[0], preview()).await.unwrap());
        assert!(!db.complete(&first[0], preview()).await.unwrap(), "once");
        let mut made = Vec::new();
        loop {
            let jobs = lease(&db, &StageName::IMAGE, 10).await;
            if jobs.is_empty() {
                break;
            }
            for job in jobs {
                assert!(db.complete(&job, outcome(job.stage)).await.unwrap());
                made.push(job.stage);
            }
        }
        assert_eq!(made.len(), StageName::IMAGE.len() - 1, "each once");
        let at = |stage| made.iter().position(|s| *s == stage);
        assert!(at(StageName::Embed) < at(StageName::Screen), "{made:?}");
        let read = db.element(&Viewer::System, &id).await.unwrap().unwrap();
        assert_eq!(read.state, State::Ready);
        assert!(read.stages.iter().all(|s| s.state == StageState::Done));
        let widths: Vec<_> = read.media.iter().map(|m| m.width).collect();
        assert_eq!(widths, [320, 320, 640]);
        assert_eq!(
            db.embeddings_of(&id).await.unwrap(),
            [("clip".to_owned(), vec![0.6, 0.8])]
        );
        assert_eq!(db.embeddings("clip", None, 10).await.unwrap().len(), 1);
        assert!(
            db.embeddings("clip", Some(id.clone()), 10)
                .await
                .unwrap()
                .is_empty()
        );
        assert!(db.embeddings("other", None, 10).await.unwrap().is_empty());
        assert!(
            db.job_counts()
                .await
                .unwrap()
                .iter()
                .all(|c| c.waiting + c.running == 0)
        );

        let told = relay_all(&db).await;
        let mine = kinds(&told, &Topic::User(ada.id.clone()));
        assert_eq!(mine.first(), Some(&"element_added"));
        assert_eq!(mine.last(), Some(&"element_ready"));
        // running and done of each stage
        let stages = mine.iter().filter(|k| **k == "element_stage").count();
        assert_eq!(stages, 2 * StageName::IMAGE.len());
        // its labels came after it was first shown
        let everybody = kinds(&told, &Topic::Explore);
        assert_eq!(everybody, ["element_added", "element_changed"]);
    }
}

#[tokio::test]
async fn eight_workers_do_every_job_exactly_once() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        const ELEMENTS: usize = 12;
        for n in 0..ELEMENTS {
            save(&db, picture(&ada, n as u64)).await;
        }
        let done: Arc<Mutex<HashMap<_, u32>>> = Arc::default();
        let workers = (0..8).map(|_| {
            let (db, done) = (db.db.clone(), done.clone());
            tokio::spawn(async move {
                loop {
                    let jobs = lease(&db, &StageName::IMAGE, 3).await;
                    for job in &jobs {
                        assert!(db.complete(job, outcome(job.stage)).await.unwrap());
                        let key = (job.element.clone(), job.stage);
                        *done.lock().await.entry(key).or_default() += 1;
                    }
                    let all = ELEMENTS * StageName::IMAGE.len();
                    if jobs.is_empty() && done.lock().await.len() == all {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            })
        });
        for worker in workers.collect::<Vec<_>>() {
            worker.await.unwrap();
        }
        assert!(done.lock().await.values().all(|times| *times == 1));
        assert!(
            relay_all(&db)
                .await
                .iter()
                .filter(|e| e.event.kind() == "element_ready")
                .count()
                == 2 * ELEMENTS
        );
    }
}

#[tokio::test]
async fn a_lease_that_ran_out_is_taken_over_and_then_worthless() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let id = save(&db, picture(&ada, 1)).await;
        let lost = lease_for(&db, &[StageName::Preview], 1, 0).await.remove(0);
        let taken = lease(&db, &[StageName::Preview], 1).await.remove(0);
        assert_eq!(taken.attempt, lost.attempt + 1);
        assert_ne!(taken.token, lost.token);
        assert!(!db.complete(&lost, preview()).await.unwrap());
        assert!(!db.fail(&lost, "no", Retry::Never).await.unwrap());
        assert!(!db.defer(&lost, "no", 0).await.unwrap());
        assert!(!db.extend_lease(&lost, 1_000).await.unwrap());
        let read = db.element(&Viewer::System, &id).await.unwrap().unwrap();
        assert!(read.media.is_empty(), "a lost lease writes nothing");
        assert_eq!(read.stages[0].state, StageState::Running);
        assert!(db.extend_lease(&taken, 60_000).await.unwrap());
        assert!(db.complete(&taken, preview()).await.unwrap());
    }
}

#[tokio::test]
async fn what_a_stopped_server_held_is_taken_up_at_once_by_the_next() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        save(&db, picture(&ada, 1)).await;
        for _ in 0..5 {
            let held = loop {
                if let Some(held) = lease(&db, &[StageName::Preview], 1).await.pop() {
                    break held;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            };
            assert!(lease(&db, &[StageName::Preview], 1).await.is_empty());
            assert_eq!(db.recover_leases().await.unwrap(), 1);
            assert!(!db.complete(&held, preview()).await.unwrap());
            assert_eq!(held.attempt, 1, "a stop is not the input's fault");
        }
    }
}

#[tokio::test]
async fn an_input_that_stops_three_workers_is_quarantined_until_retried() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let id = save(&db, picture(&ada, 1)).await;
        for _ in 0..3 {
            assert_eq!(lease_for(&db, &[StageName::Preview], 1, 0).await.len(), 1);
        }
        assert!(lease(&db, &StageName::IMAGE, 10).await.is_empty());
        let read = db.element(&Viewer::System, &id).await.unwrap().unwrap();
        assert_eq!(read.state, State::Failed);
        assert!(read.stages.iter().all(|s| s.state == StageState::Failed));
        let reason = read.stages[0].error.as_deref().unwrap();
        assert!(reason.contains("three times"), "{reason}");
        let told = relay_all(&db).await;
        let mine = kinds(&told, &Topic::User(ada.id.clone()));
        assert_eq!(mine.iter().filter(|k| **k == "element_ready").count(), 1);

        let stranger = user(&db, "bob").await;
        assert_eq!(
            db.retry_failed(&Viewer::user(stranger.id), &id)
                .await
                .unwrap(),
            0
        );
        assert_eq!(
            db.retry_failed(&Viewer::user(ada.id), &id).await.unwrap(),
            StageName::IMAGE.len()
        );
        let read = db.element(&Viewer::System, &id).await.unwrap().unwrap();
        assert_eq!(read.state, State::Processing);
        let again = lease(&db, &StageName::IMAGE, 10).await;
        assert_eq!(again.len(), 1);
        assert_eq!((again[0].stage, again[0].attempt), (StageName::Preview, 1));
    }
}

#[tokio::test]
async fn failures_are_counted_and_delays_are_not() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let id = saved_with_preview(&db, picture(&ada, 1)).await;
        relay_all(&db).await;
        let one = |stage| {
            let db = db.db.clone();
            async move { lease(&db, &[stage], 1).await.remove(0) }
        };
        for _ in 0..8 {
            let job: Lease = one(StageName::Embed).await;
            assert_eq!(job.attempt, 1);
            assert!(db.defer(&job, "the model is missing", 0).await.unwrap());
        }
        let read = db.element(&Viewer::System, &id).await.unwrap().unwrap();
        let stage = read
            .stages
            .iter()
            .find(|s| s.name == StageName::Embed)
            .unwrap();
        assert_eq!(stage.state, StageState::Waiting);
        assert_eq!(stage.error.as_deref(), Some("the model is missing"));

        let mut tries = 0;
        loop {
            let mut jobs = lease(&db, &[StageName::Embed], 1).await;
            let Some(job) = jobs.pop() else { break };
            tries += 1;
            assert_eq!(job.attempt, tries);
            db.fail(&job, "it broke", Retry::After(0)).await.unwrap();
        }
        assert!((2..=10).contains(&tries), "a bounded number: {tries}");
        let job = one(StageName::Tag).await;
        db.fail(&job, "never", Retry::Never).await.unwrap();
        for job in lease(&db, &StageName::IMAGE, 10).await {
            db.complete(&job, outcome(job.stage)).await.unwrap();
        }
        let read = db.element(&Viewer::System, &id).await.unwrap().unwrap();
        assert_eq!(read.state, State::Ready, "what can be shown is ready");
        let failed: usize = db
            .job_counts()
            .await
            .unwrap()
            .iter()
            .map(|c| c.failed)
            .sum();
        assert_eq!(failed, 2);
        assert_eq!(db.retry_failed(&Viewer::System, &id).await.unwrap(), 2);
        assert_eq!(lease(&db, &StageName::IMAGE, 10).await.len(), 2);
    }
}

#[tokio::test]
async fn who_waits_goes_first_and_the_oldest_of_them() {
    let db = memory().await;
    let ada = user(&db, "ada").await;
    let mut back = picture(&ada, 1);
    back.backfill = true;
    let back = save(&db, back).await;
    let older = save(&db, picture(&ada, 2)).await;
    let newer = save(&db, picture(&ada, 3)).await;
    let mut order = Vec::new();
    while let Some(job) = lease(&db, &[StageName::Preview], 1).await.pop() {
        order.push(job.element);
    }
    assert_eq!(order.len(), 3);
    assert_eq!(order[2], back);
    // made within one millisecond they are equally old
    assert!(order[..2].contains(&older) && order[..2].contains(&newer));
}
