use asterism_db::Viewer;

use crate::support::{both, picture, save, user};

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
