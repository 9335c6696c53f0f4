//! Stages that came with a newer version reach elements from before it.

use asterism_db::{Db, NewElement, Retry, Viewer};
use protocol::account::User;
use protocol::element::StageName;
use protocol::{ElementId, element::State};

use crate::support::*;

/// As a version saved it that knew two stages.
fn older(owner: &User, n: u64) -> NewElement {
    NewElement {
        stages: vec![StageName::Preview, StageName::Embed],
        ..picture(owner, n)
    }
}

async fn stages(db: &Db, id: &ElementId) -> Vec<StageName> {
    let element = db.element(&Viewer::System, id).await.unwrap().unwrap();
    element.stages.iter().map(|stage| stage.name).collect()
}

#[tokio::test]
async fn older_elements_get_what_they_lack_however_few_at_once() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let mut ids = Vec::new();
        for n in 0..5 {
            let new = if n == 2 {
                picture(&ada, n)
            } else {
                older(&ada, n)
            };
            ids.push(save(&db, new).await);
        }
        let mut given = 0;
        loop {
            match db.add_missing_stages(2).await.unwrap() {
                0 => break,
                some => given += some,
            }
        }
        assert_eq!(given, 4);
        for id in &ids {
            assert_eq!(stages(&db, id).await, StageName::IMAGE);
        }
        assert_eq!(db.add_missing_stages(2).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn what_failed_gets_them_when_it_is_tried_again() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let id = save(&db, older(&ada, 1)).await;
        let job = lease(&db, &[StageName::Preview], 1).await.remove(0);
        assert!(db.fail(&job, "unreadable", Retry::Never).await.unwrap());
        let failed = db.element(&Viewer::System, &id).await.unwrap().unwrap();
        assert_eq!(failed.state, State::Failed);
        assert_eq!(db.add_missing_stages(9).await.unwrap(), 0);
        assert_eq!(stages(&db, &id).await.len(), 2);

        db.retry_failed(&Viewer::System, &id).await.unwrap();
        assert_eq!(stages(&db, &id).await, StageName::IMAGE);
        let open = lease(&db, &StageName::ALL, 99).await;
        let open: Vec<StageName> = open.iter().map(|job| job.stage).collect();
        assert_eq!(open, [StageName::Preview], "the others wait for it");
    }
}
