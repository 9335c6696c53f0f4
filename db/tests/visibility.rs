use asterism_db::{Scope, Viewer};
use protocol::ElementId;
use protocol::element::Visibility;

use crate::support::{both, hash, picture, saved_with_preview, user};

/// Every way of reading, and whether each of the viewers gets the element.
#[tokio::test]
async fn every_read_keeps_private_elements_private() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let owner = Viewer::user(ada.id.clone());
        let other = Viewer::user(bob.id.clone());
        for (n, visibility) in [
            (1, Visibility::Private),
            (2, Visibility::Unlisted),
            (3, Visibility::Public),
        ] {
            let mut new = picture(&ada, n);
            new.visibility = visibility;
            new.title = format!("heron{n}");
            let id = saved_with_preview(&db, new).await;
            let listed = visibility == Visibility::Public;
            let direct = visibility != Visibility::Private;
            for (viewer, listed, direct) in [
                (&owner, true, true),
                (&Viewer::System, true, true),
                (&other, listed, direct),
            ] {
                let about = format!("{visibility:?} read by {viewer:?}");
                let one = db.element(viewer, &id).await.unwrap();
                assert_eq!(one.is_some(), direct, "element: {about}");
                let many = db
                    .elements(viewer, std::slice::from_ref(&id))
                    .await
                    .unwrap();
                assert_eq!(many.len() == 1, listed, "elements: {about}");
                for (variant, mime) in [("original", "image/jpeg"), ("jpeg-320", "image/jpeg")] {
                    let file = db.media_visible(viewer, &hash(n), variant).await.unwrap();
                    assert_eq!(file.is_some(), direct, "{variant}: {about}");
                    assert!(file.is_none_or(|f| f.mime == mime));
                }
                let none = db.media_visible(viewer, &hash(n), "jpeg-99").await.unwrap();
                assert!(none.is_none());
                let has = |ids: Vec<ElementId>| ids.contains(&id);
                let page = db
                    .list_elements(viewer, Scope::Owner(ada.id.clone()), None, 50)
                    .await
                    .unwrap();
                let ids = page.items.into_iter().map(|e| e.id).collect();
                assert_eq!(has(ids), listed, "owner's list: {about}");
            }
            let page = db
                .list_elements(&other, Scope::Mine, None, 50)
                .await
                .unwrap();
            assert!(page.items.is_empty());
        }
        // the same file saved by both: visible through either
        let mut own = picture(&bob, 1);
        own.visibility = Visibility::Private;
        saved_with_preview(&db, own).await;
        assert!(
            db.media_visible(&other, &hash(1), "original")
                .await
                .unwrap()
                .is_some()
        );
    }
}
