use asterism_db::{ModelTag, Outcome, Viewer};
use protocol::element::{StageName, TagSource, TagState};

use crate::support::{both, lease, picture, save, saved_with_preview, user};

#[tokio::test]
async fn any_word_matches_whatever_its_form_and_more_words_score_more() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let texts = [
            ("A heron on the lake", ""),
            ("Evening", "Herons fishing in the Größe lake at dusk"),
            ("City", "streets"),
        ];
        let mut ids = Vec::new();
        for (n, (title, description)) in texts.into_iter().enumerate() {
            let mut new = picture(&ada, n as u64);
            new.title = title.to_owned();
            new.description = description.to_owned();
            new.source.file_name = Some(format!("holiday_{n}.jpg"));
            ids.push(save(&db, new).await);
        }
        let search = |text: &'static str| {
            let db = db.db.clone();
            async move { db.search_text(&Viewer::System, text, 10).await.unwrap() }
        };
        let hits = search("HERON dusk").await;
        let found: Vec<_> = hits.iter().map(|h| h.element.clone()).collect();
        assert_eq!(found.len(), 2);
        assert!(found.contains(&ids[0]) && found.contains(&ids[1]));
        assert_eq!(
            hits.iter().find(|h| h.element == ids[0]).unwrap().field,
            "title"
        );
        assert_eq!(
            hits.iter().find(|h| h.element == ids[1]).unwrap().field,
            "description"
        );
        assert!(hits.iter().all(|h| h.score > 0.0));
        assert_eq!(search("grosse").await.len(), 1, "accents do not matter");
        assert_eq!(search("holiday").await.len(), 3, "file names count");
        assert!(search("submarine").await.is_empty());
        for odd in ["", "   ", "'; DELETE element; --", "@@ ( \" *"] {
            let db = db.db.clone();
            db.search_text(&Viewer::System, odd, 10).await.unwrap();
        }
    }
}

#[tokio::test]
async fn tags_are_found_surest_first_and_rejected_ones_are_not() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let mut ids = Vec::new();
        for (n, score) in [(1, 0.3), (2, 0.9), (3, 0.6)] {
            ids.push(saved_with_preview(&db, picture(&ada, n)).await);
            let job = lease(&db, &[StageName::Tag], 1).await.remove(0);
            let tags = vec![ModelTag {
                name: "tiger cat".parse().unwrap(),
                category: "animal".to_owned(),
                score,
                band: protocol::element::TagBand::Suggested,
            }];
            let outcome = Outcome::Tagged {
                model: "m".to_owned(),
                tags,
                embeddings: vec![],
            };
            db.complete(&job, outcome).await.unwrap();
        }
        let names = ["tiger cat".to_owned(), "unknown".to_owned()];
        let hits = db.search_tags(&Viewer::System, &names, 10).await.unwrap();
        let order: Vec<_> = hits.iter().map(|h| h.element.clone()).collect();
        assert_eq!(order, [&ids[1], &ids[2], &ids[0]].map(Clone::clone));
        assert!(
            hits.iter()
                .all(|h| h.source == TagSource::Model && h.name == "tiger cat")
        );

        let me = Viewer::user(ada.id.clone());
        let tag = "tiger cat".parse().unwrap();
        db.set_tag(&me, &ids[1], &tag, TagState::Rejected)
            .await
            .unwrap();
        db.set_tag(&me, &ids[0], &tag, TagState::Fact)
            .await
            .unwrap();
        let hits = db.search_tags(&Viewer::System, &names, 10).await.unwrap();
        let order: Vec<_> = hits.iter().map(|h| (h.element.clone(), h.source)).collect();
        assert_eq!(
            order,
            [
                (ids[0].clone(), TagSource::Person),
                (ids[2].clone(), TagSource::Model)
            ]
        );
        assert!(
            db.search_tags(&Viewer::System, &[], 10)
                .await
                .unwrap()
                .is_empty()
        );
    }
}
