//! Labels, rulings, appeals, reviews, feedback and likes.

use asterism_db::{Db, NotAppealed, Outcome, Viewer};
use protocol::ElementId;
use protocol::admin::{JobState, RetryJobs};
use protocol::element::{Element, ElementPatch, StageName, TagBand, TagState, Visibility};
use protocol::label::{
    AppealState, Label, LabelName, LabelPreferences, LabelSource, ReviewReason, Treatment, Verdict,
};

use crate::support::{both, lease, picture, save, saved_with_preview, user};

fn label(name: LabelName, verdict: Verdict) -> Label {
    Label {
        label: name,
        verdict,
        confidence: 0.7,
        evidence: Vec::new(),
        source: LabelSource::Model,
        model: Some("test-1".into()),
        appeal: None,
    }
}

async fn screened(db: &Db, id: &ElementId, labels: Vec<Label>) {
    db.retry_jobs(RetryJobs::default()).await.unwrap();
    let jobs = lease(db, &[StageName::Screen], 10).await;
    let job = jobs
        .into_iter()
        .find(|j| j.element == *id)
        .expect("its job");
    assert!(
        db.complete(&job, Outcome::Screened { labels })
            .await
            .unwrap()
    );
}

fn of(element: &Element, name: LabelName) -> &Label {
    element
        .labels
        .iter()
        .find(|l| l.label == name)
        .expect("it has that label")
}

#[tokio::test]
async fn the_first_person_is_the_admin_and_nobody_else() {
    for db in both().await {
        let (a, b) = tokio::join!(user(&db, "ada"), user(&db, "bob"));
        let role =
            async |user: &protocol::account::User| db.me(&user.id).await.unwrap().unwrap().role;
        let roles = [role(&a).await, role(&b).await];
        let admins = roles
            .iter()
            .filter(|r| **r == protocol::account::Role::Admin)
            .count();
        assert_eq!(admins, 1, "{roles:?}");
    }
}

#[tokio::test]
async fn a_screen_waits_for_the_embedding_and_runs_without_one_that_failed() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let id = saved_with_preview(&db, picture(&ada, 1)).await;
        assert!(
            lease(&db, &[StageName::Screen], 9).await.is_empty(),
            "not before"
        );
        let embed = lease(&db, &[StageName::Embed], 1).await.remove(0);
        assert!(
            db.fail(&embed, "too blue", asterism_db::Retry::Never)
                .await
                .unwrap()
        );
        let screen = lease(&db, &[StageName::Screen], 9).await;
        assert_eq!(screen.len(), 1);
        assert_eq!(screen[0].element, id);
    }
}

#[tokio::test]
async fn a_ruling_holds_for_the_file_and_its_likes_and_against_later_models() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let sees = Viewer::user(bob.id.clone());
        let id = saved_with_preview(&db, picture(&bob, 1)).await;
        embedded(&db).await;
        screened(&db, &id, vec![label(LabelName::Nsfw, Verdict::Unsure)]).await;
        let waiting = db.reviews(None, 10).await.unwrap().items;
        assert_eq!((waiting.len(), waiting[0].why), (1, ReviewReason::Unsure));

        let appealed = db
            .appeal(&sees, &id, LabelName::Nsfw, "a statue".into())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            of(&appealed, LabelName::Nsfw)
                .appeal
                .as_ref()
                .unwrap()
                .state,
            AppealState::Open
        );
        let again = db
            .appeal(&sees, &id, LabelName::Nsfw, "still".into())
            .await
            .unwrap();
        assert_eq!(again.unwrap_err(), NotAppealed::AlreadyOpen);
        let none = db
            .appeal(&sees, &id, LabelName::Dark, "x".into())
            .await
            .unwrap();
        assert_eq!(none.unwrap_err(), NotAppealed::NoLabel);
        let waiting = db.reviews(None, 10).await.unwrap().items;
        assert_eq!((waiting.len(), waiting[0].why), (1, ReviewReason::Appealed));
        assert_eq!(waiting[0].by.as_ref().unwrap().as_str(), "bob");

        let ruled = db
            .rule(
                &ada.id,
                &id,
                LabelName::Nsfw,
                Verdict::None,
                "marble".into(),
            )
            .await
            .unwrap()
            .unwrap();
        let nsfw = of(&ruled, LabelName::Nsfw);
        assert_eq!(
            (nsfw.verdict, nsfw.source),
            (Verdict::None, LabelSource::Person)
        );
        let appeal = nsfw.appeal.as_ref().unwrap();
        assert_eq!(
            (appeal.state, appeal.answer.as_deref()),
            (AppealState::Granted, Some("marble"))
        );
        assert!(db.reviews(None, 10).await.unwrap().items.is_empty());

        // another file that looks the same, saved later by somebody else
        let copy = saved_with_preview(&db, picture(&ada, 2)).await;
        embedded(&db).await;
        screened(&db, &copy, vec![label(LabelName::Nsfw, Verdict::Explicit)]).await;
        let copy = db.element(&sees, &copy).await.unwrap().unwrap();
        assert_eq!(
            of(&copy, LabelName::Nsfw).source,
            LabelSource::Person,
            "{copy:#?}"
        );
        assert_eq!(of(&copy, LabelName::Nsfw).verdict, Verdict::None);
    }
}

/// Ends every embed job that is open.
async fn embedded(db: &Db) {
    for job in lease(db, &[StageName::Embed], 50).await {
        let done = Outcome::Embedded {
            embeddings: Vec::new(),
        };
        assert!(db.complete(&job, done).await.unwrap());
    }
}

#[tokio::test]
async fn what_a_viewer_hides_is_in_no_list_and_still_at_its_address() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let id = saved_with_preview(&db, picture(&ada, 1)).await;
        embedded(&db).await;
        screened(&db, &id, vec![label(LabelName::Nsfw, Verdict::Explicit)]).await;
        let hides = LabelPreferences {
            explicit: Treatment::Hide,
            ..LabelPreferences::default()
        };
        let plain = Viewer::user(bob.id.clone());
        let hiding = Viewer::user(bob.id).hiding(hides.hidden());
        let own = Viewer::user(ada.id).hiding(hides.hidden());
        let listed = async |viewer: &Viewer| {
            let page = db
                .list_elements(viewer, asterism_db::Scope::Explore, None, 10)
                .await
                .unwrap();
            page.items.len()
        };
        assert_eq!(
            (
                listed(&plain).await,
                listed(&hiding).await,
                listed(&own).await
            ),
            (1, 0, 1)
        );
        assert!(db.element(&hiding, &id).await.unwrap().is_some());
        assert!(db.elements(&hiding, &[id]).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_private_picture_comes_before_moderators_only_when_its_owner_asks() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let mut private = picture(&bob, 1);
        private.visibility = Visibility::Private;
        let id = saved_with_preview(&db, private).await;
        embedded(&db).await;
        screened(&db, &id, vec![label(LabelName::Nsfw, Verdict::Unsure)]).await;
        assert!(db.reviews(None, 10).await.unwrap().items.is_empty());
        let ruled = db
            .rule(&ada.id, &id, LabelName::Nsfw, Verdict::None, String::new())
            .await;
        assert!(ruled.unwrap().is_none());
        let foreign = Viewer::user(ada.id.clone());
        let refused = db
            .appeal(&foreign, &id, LabelName::Nsfw, "?".into())
            .await
            .unwrap();
        assert_eq!(refused.unwrap_err(), NotAppealed::NoElement);
        let owner = Viewer::user(bob.id);
        db.appeal(&owner, &id, LabelName::Nsfw, "please look".into())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(db.reviews(None, 10).await.unwrap().items.len(), 1);
        let ruled = db
            .rule(&ada.id, &id, LabelName::Nsfw, Verdict::None, String::new())
            .await;
        assert!(ruled.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_declaration_counts_until_it_is_taken_back() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let id = saved_with_preview(&db, picture(&ada, 1)).await;
        embedded(&db).await;
        screened(&db, &id, vec![label(LabelName::AiMade, Verdict::No)]).await;
        let declare = |yes| ElementPatch {
            declares_ai: Some(yes),
            ..ElementPatch::default()
        };
        let element = db
            .update_element(&me, &id, declare(true))
            .await
            .unwrap()
            .unwrap();
        let made = of(&element, LabelName::AiMade);
        assert_eq!(
            (made.verdict, made.source),
            (Verdict::Yes, LabelSource::Declared)
        );
        let element = db
            .update_element(&me, &id, declare(false))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(of(&element, LabelName::AiMade).source, LabelSource::Model);
    }
}

#[tokio::test]
async fn tags_that_people_correct_are_remembered_per_tag() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let id = saved_with_preview(&db, picture(&ada, 1)).await;
        let job = lease(&db, &[StageName::Tag], 1).await.remove(0);
        let tag = |name: &str| asterism_db::ModelTag {
            name: name.parse().unwrap(),
            category: "animal".into(),
            score: 0.6,
            band: TagBand::Suggested,
        };
        let outcome = Outcome::Tagged {
            model: "m".into(),
            tags: vec![tag("cat"), tag("dog")],
            embeddings: Vec::new(),
        };
        assert!(db.complete(&job, outcome).await.unwrap());
        db.set_tag(&me, &id, &"cat".parse().unwrap(), TagState::Fact)
            .await
            .unwrap();
        db.drop_tag(&me, &id, &"dog".parse().unwrap())
            .await
            .unwrap();
        db.set_tag(&me, &id, &"mine".parse().unwrap(), TagState::Fact)
            .await
            .unwrap();
        let gone = db
            .drop_tag(&me, &id, &"mine".parse().unwrap())
            .await
            .unwrap()
            .unwrap();
        assert!(gone.tags.iter().all(|t| t.name.as_str() != "mine"));
        let feedback = db.tag_feedback().await.unwrap();
        let ids: Vec<_> = feedback.iter().map(|(id, _, _)| id.clone()).collect();
        let words = db.words_of(&ids).await.unwrap();
        let name = |id: &_| {
            let word = words.iter().find(|word| word.id == *id);
            word.unwrap().name.clone()
        };
        let mut plain: Vec<_> = feedback
            .iter()
            .map(|(id, yes, no)| (name(id), *yes, *no))
            .collect();
        plain.sort();
        assert_eq!(plain, [("cat".to_owned(), 1, 0), ("dog".to_owned(), 0, 1)]);
        db.set_tag(&me, &id, &"cat".parse().unwrap(), TagState::Suggested)
            .await
            .unwrap();
        assert_eq!(
            db.tag_feedback().await.unwrap().len(),
            1,
            "a word taken back is forgotten"
        );
    }
}

#[tokio::test]
async fn an_input_that_takes_workers_down_is_quarantined_and_can_be_tried_again() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let id = saved_with_preview(&db, picture(&ada, 1)).await;
        for _ in 0..3 {
            let job = lease(&db, &[StageName::Tag], 1).await.remove(0);
            db.fail(&job, "the worker hung", asterism_db::Retry::WorkerFault(0))
                .await
                .unwrap();
        }
        assert!(lease(&db, &[StageName::Tag], 1).await.is_empty());
        let report = db.jobs_report(None, None, None, 10).await.unwrap();
        assert_eq!(report.stages["tag"].quarantined, 1);
        assert_eq!(report.items.len(), 1);
        assert_eq!(
            (report.items[0].state, &report.items[0].element),
            (JobState::Quarantined, &id)
        );
        assert_eq!(report.items[0].reason.as_deref(), Some("the worker hung"));
        assert_eq!(db.retry_jobs(RetryJobs::default()).await.unwrap(), 1);
        assert_eq!(lease(&db, &[StageName::Tag], 1).await.len(), 1);
    }
}

#[tokio::test]
async fn a_like_counts_once_and_is_known() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let id = saved_with_preview(&db, picture(&ada, 1)).await;
        for _ in 0..2 {
            assert!(db.like(&me, &id, true).await.unwrap().is_some());
        }
        assert_eq!(db.liked_ids(10).await.unwrap(), std::slice::from_ref(&id));
        // each knows of their own likes alone
        let other = saved_with_preview(&db, picture(&ada, 2)).await;
        let bob = Viewer::user(user(&db, "bob").await.id);
        let asked = [other.clone(), id.clone(), id.clone()];
        db.like(&bob, &other, true).await.unwrap();
        let mine = db.likes_among(&me, &asked).await.unwrap();
        assert_eq!(mine, std::slice::from_ref(&id));
        assert!(db.likes_among(&me, &[]).await.unwrap().is_empty());
        db.like(&bob, &other, false).await.unwrap();
        db.like(&me, &id, false).await.unwrap();
        assert!(db.liked_ids(10).await.unwrap().is_empty());
        assert!(db.likes_among(&me, &asked).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_new_space_is_filled_and_takes_over() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let mut ids = Vec::new();
        for n in 1..=5 {
            ids.push(saved_with_preview(&db, picture(&ada, n)).await);
        }
        let bare = save(&db, picture(&ada, 6)).await;
        assert_eq!(db.active_space("image").await.unwrap(), None);
        let missing = db.elements_without("new", None, 2).await.unwrap();
        let plain: Vec<_> = missing.iter().map(|(id, _)| id.clone()).collect();
        assert_eq!(plain, ids[..2], "in order, and not {bare}");
        for id in &ids[..4] {
            let new = asterism_db::NewEmbedding {
                space: "new".into(),
                model: "m".into(),
                vector: vec![1.0],
            };
            assert!(db.put_embedding(id, new).await.unwrap());
        }
        let missing = db.elements_without("new", None, 2).await.unwrap();
        assert_eq!(missing.len(), 1);
        assert_eq!(db.space_counts("new").await.unwrap(), (4, 5));
        assert_eq!(
            db.embedding_of(&ids[0], "new").await.unwrap(),
            Some(vec![1.0])
        );
        db.set_active_space("image", "new").await.unwrap();
        assert_eq!(
            db.active_space("image").await.unwrap().as_deref(),
            Some("new")
        );
        assert_eq!(db.drop_space("new").await.unwrap(), 4);
        assert_eq!(db.space_counts("new").await.unwrap(), (0, 5));
    }
}
