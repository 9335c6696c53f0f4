//! What is said of who can see something, against what they really get.

use std::collections::BTreeSet;

use asterism_db::{ClusterChange, Db, Scope, Viewer};
use protocol::account::User;
use protocol::cluster::{ClusterRole, Place};
use protocol::element::{ElementPatch, Visibility};
use protocol::{ClusterId, ElementId, UserId};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::support::{memory, picture, saved_with_preview, user};

const VISIBILITIES: [Visibility; 3] = [
    Visibility::Private,
    Visibility::Unlisted,
    Visibility::Public,
];

fn sees(user: &User) -> Viewer {
    Viewer::user(user.id.clone())
}

struct World {
    users: Vec<User>,
    elements: Vec<(User, ElementId)>,
    clusters: Vec<(User, ClusterId)>,
}

/// A few accounts with elements and clusters, shared and placed by chance,
/// some of them changed, left and deleted afterwards.
async fn world(db: &Db, chance: &mut StdRng) -> World {
    let mut world = World {
        users: Vec::new(),
        elements: Vec::new(),
        clusters: Vec::new(),
    };
    for name in ["ada", "bob", "cleo", "dan"] {
        world.users.push(user(db, name).await);
    }
    let pick = |chance: &mut StdRng| *VISIBILITIES.choose(chance).unwrap();
    for n in 0..10 {
        let owner = world.users.choose(chance).unwrap().clone();
        let mut new = picture(&owner, n);
        new.visibility = pick(chance);
        let id = saved_with_preview(db, new).await;
        world.elements.push((owner, id));
    }
    for n in 0..6 {
        let owner = world.users.choose(chance).unwrap().clone();
        let id = db
            .create_cluster(&sees(&owner), format!("C{n}"), String::new(), pick(chance))
            .await
            .unwrap();
        for other in &world.users {
            if other.id != owner.id && chance.random_bool(0.3) {
                let role = match chance.random_bool(0.5) {
                    true => ClusterRole::Editor,
                    false => ClusterRole::Viewer,
                };
                db.set_member(&sees(&owner), &id, &other.id, role)
                    .await
                    .unwrap();
            }
        }
        world.clusters.push((owner, id));
    }
    for _ in 0..60 {
        let who = sees(world.users.choose(chance).unwrap());
        let (_, cluster) = world.clusters.choose(chance).unwrap();
        let (_, element) = world.elements.choose(chance).unwrap();
        // many may not
        let _ = db
            .place_item(&who, cluster, element, None, Place::Usual)
            .await;
    }
    for _ in 0..8 {
        let (owner, element) = world.elements.choose(chance).unwrap();
        let patch = ElementPatch {
            visibility: Some(pick(chance)),
            ..Default::default()
        };
        db.update_element(&sees(owner), element, patch)
            .await
            .unwrap();
        let (owner, cluster) = world.clusters.choose(chance).unwrap();
        let change = ClusterChange {
            visibility: Some(pick(chance)),
            ..Default::default()
        };
        let _ = db.change_cluster(&sees(owner), cluster, change).await;
        let leaver = world.users.choose(chance).unwrap();
        let _ = db.drop_member(&sees(leaver), cluster, &leaver.id).await;
    }
    let (owner, gone) = &world.clusters[0];
    db.remove_cluster(&sees(owner), gone).await.unwrap();
    let (owner, gone) = &world.elements[0];
    db.remove_element(&sees(owner), gone).await.unwrap();
    world
}

async fn in_owners_list(db: &Db, viewer: &Viewer, owner: &User, id: &ElementId) -> bool {
    let scope = Scope::Owner(owner.id.clone());
    let page = db.list_elements(viewer, scope, None, 99).await.unwrap();
    page.items.iter().any(|e| e.id == *id)
}

async fn in_cluster(db: &Db, viewer: &Viewer, cluster: &ClusterId, id: &ElementId) -> Option<bool> {
    let page = db
        .cluster_items(viewer, cluster, None, None, 99)
        .await
        .ok()?;
    Some(page.items.iter().any(|item| item.element.id == *id))
}

#[tokio::test]
async fn what_is_said_of_an_audience_is_what_its_members_get() {
    let seed = std::env::var("AUDIENCE_SEED")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or_else(rand::random::<u64>);
    eprintln!("AUDIENCE_SEED={seed} runs the same again");
    let mut chance = StdRng::seed_from_u64(seed);
    for _ in 0..6 {
        let db = memory().await;
        let world = world(&db, &mut chance).await;
        for (owner, id) in &world.elements {
            element(&db, &world, owner, id).await;
        }
        for (owner, id) in &world.clusters {
            cluster(&db, &world, owner, id).await;
        }
    }
}

async fn element(db: &Db, world: &World, owner: &User, id: &ElementId) {
    for other in world.users.iter().filter(|u| u.id != owner.id) {
        let told = db.element_audience(&sees(other), id).await.unwrap();
        assert!(told.is_none(), "for its owner alone");
    }
    let Some(said) = db.element_audience(&sees(owner), id).await.unwrap() else {
        let there = db.element(&sees(owner), id).await.unwrap();
        assert!(there.is_none(), "only what is deleted has no audience");
        return;
    };
    let mut through = BTreeSet::new();
    let mut hidden_places = 0;
    for user in &world.users {
        let viewer = sees(user);
        let own = user.id == owner.id;
        let opens = db.element(&viewer, id).await.unwrap().is_some();
        assert_eq!(opens, own || said.direct, "{said:?} for {}", user.handle);
        let listed = in_owners_list(db, &viewer, owner, id).await;
        assert_eq!(listed, own || said.listed, "{said:?} for {}", user.handle);
        for (_, cluster) in &world.clusters {
            let Some(seen) = in_cluster(db, &viewer, cluster, id).await else {
                continue;
            };
            let told = said.clusters.iter().find(|t| t.cluster.id == *cluster);
            match told {
                _ if own => {}
                Some(told) => assert_eq!(seen, told.shows, "{said:?} in {told:?}"),
                // a cluster that its owner may not know of
                None if seen => {
                    hidden_places += 1;
                    assert!(said.elsewhere > 0, "{said:?}");
                }
                None => {}
            }
            let member = db.cluster(&viewer, cluster, None).await.unwrap().unwrap();
            let told_of = told.is_some_and(|t| t.shows);
            let owner_in = db.cluster(&sees(owner), cluster, None).await.unwrap();
            let owner_in = owner_in.is_some_and(|c| c.role.is_some());
            if !own && seen && told_of && member.role.is_some() && owner_in {
                through.insert(user.id.clone());
            }
        }
    }
    let people: BTreeSet<UserId> = said.people.iter().map(|p| p.id.clone()).collect();
    match said.listed {
        true => assert!(people.is_empty()),
        false => assert_eq!(people, through, "{said:?}"),
    }
    if said.elsewhere == 0 {
        assert_eq!(hidden_places, 0, "{said:?}");
    }
    if said.visibility == Visibility::Private {
        assert!(said.clusters.iter().all(|t| !t.shows));
        assert!(people.is_empty() && !said.direct && !said.listed);
    }
}

async fn cluster(db: &Db, world: &World, owner: &User, id: &ClusterId) {
    let said = db.cluster_audience(&sees(owner), id).await.unwrap();
    let Some(said) = said else {
        assert!(db.cluster(&sees(owner), id, None).await.unwrap().is_none());
        return;
    };
    assert_eq!(said.members[0].id, owner.id, "the owner first");
    for user in &world.users {
        let viewer = sees(user);
        if user.id != owner.id {
            assert!(db.cluster_audience(&viewer, id).await.unwrap().is_none());
        }
        let member = said.members.iter().any(|m| m.id == user.id);
        let opens = db.cluster(&viewer, id, None).await.unwrap();
        assert_eq!(
            opens.is_some(),
            member || said.visibility != Visibility::Private,
            "{said:?} for {}",
            user.handle
        );
        assert_eq!(opens.is_some_and(|c| c.role.is_some()), member);
        let page = db.clusters_of(&viewer, &owner.id, None, 99).await.unwrap();
        let listed = page.items.iter().any(|c| c.id == *id);
        assert_eq!(
            listed,
            member || said.visibility == Visibility::Public,
            "{said:?} for {}",
            user.handle
        );
    }
}
