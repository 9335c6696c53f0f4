//! The indexes in memory follow what is saved, and keep what is private.

use std::time::{Duration, Instant};

use actors::Viewer;
use protocol::ElementId;
use protocol::element::{ElementPatch, Visibility};
use protocol::search::Found;

use crate::stand_in::Mood;
use crate::world::{World, run};

/// How long the indexes may be behind.
const BEHIND: Duration = Duration::from_secs(5);

impl World {
    async fn found(&self, viewer: &Viewer, q: &str) -> Found {
        let found = self.platform.search().query(viewer, q, None, 50).await;
        found.expect("an answer")
    }

    async fn finds(&self, viewer: &Viewer, q: &str) -> Vec<ElementId> {
        let items = self.found(viewer, q).await.items.into_iter();
        items.map(|hit| hit.element.id).collect()
    }

    /// Waits until it finds just these, in whatever order.
    async fn until_found(&self, viewer: &Viewer, q: &str, ids: &[&ElementId]) {
        let mut ids = ids.to_vec();
        ids.sort();
        let start = Instant::now();
        loop {
            let mut found = self.finds(viewer, q).await;
            found.sort();
            if found.iter().eq(ids.iter().copied()) {
                return;
            }
            assert!(start.elapsed() < BEHIND, "{q}: {found:?}, not {ids:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn patch(&self, id: &ElementId, patch: ElementPatch) {
        let changed = self
            .platform
            .elements()
            .update(&self.viewer, id, patch)
            .await;
        changed.expect("changed");
    }
}

fn titled(title: &str) -> ElementPatch {
    ElementPatch {
        title: Some(title.to_owned()),
        ..ElementPatch::default()
    }
}

#[test]
fn words_follow_every_change_and_are_gone_with_what_they_stood_on() {
    run(async {
        let world = World::new(Mood::Missing).await;
        let ada = world.viewer.clone();
        let id = world.save("Quetzal feather").await;
        world.until_found(&ada, "quetzals", &[&id]).await;
        world.patch(&id, titled("Green feather")).await;
        world.until_found(&ada, "green", &[&id]).await;
        assert!(world.finds(&ada, "quetzal").await.is_empty());
        let alt = ElementPatch {
            alt: Some("A long tail on a mossy branch".to_owned()),
            ..ElementPatch::default()
        };
        world.patch(&id, alt).await;
        world.until_found(&ada, "\"mossy branch\"", &[&id]).await;
        assert!(world.finds(&ada, "feather -mossy").await.is_empty());

        let elements = world.platform.elements();
        elements.remove(&ada, &id).await.expect("deleted");
        assert!(world.finds(&ada, "feather").await.is_empty());
        world.until_found(&ada, "type:image", &[]).await;
        elements.restore(&ada, &id).await.expect("restored");
        world.until_found(&ada, "feather", &[&id]).await;
        world.until_found(&ada, "type:image", &[&id]).await;
        world.platform.shutdown(Duration::from_secs(5)).await;
    });
}

#[test]
fn what_others_keep_to_themselves_changes_no_answer() {
    run(async {
        let world = World::new(Mood::Missing).await;
        let (ada, bob) = (world.viewer.clone(), world.join("bob").await);
        let own = world
            .save_as(&bob, "Quetzalcoatl carved in stone", Visibility::Private)
            .await;
        let open = world.save("Stone wall").await;
        // a word that is not finished is taken for the one it may become
        world.until_found(&bob, "quetzal", &[&own]).await;
        world.until_found(&bob, "stone", &[&open, &own]).await;
        let before = world.found(&bob, "quetzal stone").await;

        // the whole word, and many more stones: hers alone
        let mut hers = Vec::new();
        for n in 0..6 {
            let title = format!("Quetzal on stone number {n}");
            hers.push(world.save_as(&ada, &title, Visibility::Private).await);
        }
        let all: Vec<&ElementId> = hers.iter().collect();
        world.until_found(&ada, "number", &all).await;
        let after = world.found(&bob, "quetzal stone").await;
        assert_eq!(before.items.len(), after.items.len());
        for (before, after) in before.items.iter().zip(&after.items) {
            assert_eq!(before.element.id, after.element.id);
            assert_eq!((before.score, &before.why), (after.score, &after.why));
        }
        assert_eq!(before.divider_after, after.divider_after);
        assert_eq!((before.facets, before.narrow), (after.facets, after.narrow));
        assert_eq!(world.finds(&bob, "quetzal").await, [own]);
        assert_eq!(
            world.finds(&ada, "quetzalcoatl").await,
            [] as [ElementId; 0]
        );

        // everybody's, and again only hers
        let open = ElementPatch {
            visibility: Some(Visibility::Public),
            ..ElementPatch::default()
        };
        world.patch(&hers[0], open).await;
        world.until_found(&bob, "quetzal", &[&hers[0]]).await;
        let closed = ElementPatch {
            visibility: Some(Visibility::Private),
            ..ElementPatch::default()
        };
        world.patch(&hers[0], closed).await;
        assert!(!world.finds(&bob, "quetzal").await.contains(&hers[0]));
        world.platform.shutdown(Duration::from_secs(5)).await;
    });
}
