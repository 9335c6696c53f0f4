//! A library that is made up behaves as one that was saved: what was sown is
//! found, by those who may find it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actors::seed::{SeedPlan, SeedProgress, SeedReport, Seeder};
use actors::{ListQuery, NewFile, Platform, PlatformConfig, Services, Viewer};
use db::{Blobs, Db, DbConfig, Uploads};
use protocol::MediaHash;
use protocol::account::Register;
use protocol::element::{Element, Source, State, Visibility};
use protocol::search::Why;

use crate::stand_in::{Mood, StandIn};

mod alike;

const ELEMENTS: usize = 2_000;
const PICTURES: usize = 10;
const USERS: usize = 40;
const DRAIN: Duration = Duration::from_secs(5);

struct Silence;

impl SeedProgress for Silence {
    fn begin(&self, _: &str, _: usize) {}
    fn advance(&self, _: usize) {}
}

async fn services(folder: &Path) -> Services {
    let url = format!("surrealkv://{}", folder.join("db").display());
    Services {
        db: Db::open(DbConfig::new(url)).await.expect("a database"),
        blobs: Blobs::open(folder.join("blobs")).await.expect("blobs"),
        uploads: Uploads::open(folder.join("uploads"))
            .await
            .expect("uploads"),
        inference: StandIn::new(Mood::Well),
        bridge: ml::bridge::Bridge::load(assets::BRIDGE).expect("the bridge"),
        tags: ml::tags::TagMap::parse(assets::TAGS_JSON).expect("the tags"),
        heads: ml::heads::Heads::load(assets::HEADS).expect("the heads"),
        list_models: Arc::new(Vec::new),
    }
}

async fn start(services: Services) -> Platform {
    Platform::start(PlatformConfig::default(), services)
        .await
        .expect("a platform")
}

async fn account(platform: &Platform, handle: &str) -> Viewer {
    let form = Register {
        handle: handle.parse().expect("a handle"),
        password: "a password".parse().expect("a password"),
        display_name: None,
    };
    Viewer::acting(platform.accounts().ensure(form).await.expect("an account"))
}

/// A 24-bit BMP of 48 × 32 that gets brighter to one side.
fn picture(number: u8) -> Vec<u8> {
    let (width, height) = (48u32, 32u32);
    let size = width * height * 3;
    let mut bytes = b"BM".to_vec();
    for value in [54 + size, 0, 54, 40, width, height] {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes.extend_from_slice(&[1, 0, 24, 0]);
    bytes.extend_from_slice(&[0; 24]);
    for at in 0..width * height {
        let (x, y) = ((at % width) as u8, (at / width) as u8);
        bytes.extend_from_slice(&[number * 20, x.wrapping_mul(number), y * 3]);
    }
    bytes
}

/// Saves the pictures that everything is grown out of, and waits for them.
async fn samples(platform: &Platform, owner: &Viewer) {
    let mut ids = Vec::new();
    for number in 0..PICTURES as u8 {
        let file = NewFile {
            bytes: picture(number + 1).into(),
            file_name: Some(format!("sample-{number}.bmp")),
            title: Some("Sample".to_owned()),
            description: None,
            visibility: Visibility::Public,
            source: Source {
                via: "sample".into(),
                ..Source::default()
            },
            backfill: false,
        };
        let taken = platform.elements().intake(owner, file).await;
        ids.push(taken.expect("accepted").id);
    }
    for id in ids {
        for _ in 0.. {
            let element = platform.elements().get(owner, &id).await.expect("there");
            if element.state == State::Ready {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn sown(folder: &Path) -> SeedReport {
    let platform = start(services(folder).await).await;
    let owner = account(&platform, "samples").await;
    samples(&platform, &owner).await;
    platform.shutdown(DRAIN).await;

    let seeder = Seeder::new(services(folder).await);
    assert!(
        seeder
            .knows_only(&["samples", "demo"])
            .await
            .expect("known")
    );
    let handle = "samples".parse().expect("a handle");
    let looked = seeder
        .look(&handle, &folder.join("views.json"), &Silence)
        .await
        .expect("views");
    let plan = SeedPlan {
        elements: ELEMENTS,
        users: USERS,
        seed: 7,
        now: 1_790_000_000_000,
    };
    let report = seeder.sow(&plan, &looked, &Silence).await.expect("sown");
    assert!(
        !seeder
            .knows_only(&["samples", "demo"])
            .await
            .expect("known")
    );
    seeder.close().await.expect("closed");
    report
}

/// Everything that an account has, by pages.
async fn all_of(platform: &Platform, viewer: &Viewer, owner: &Viewer) -> Vec<Element> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let query = ListQuery {
            owner: Some(owner.user.handle.clone()),
            cursor,
            limit: 100,
        };
        let page = platform
            .elements()
            .list(viewer, query)
            .await
            .expect("a page");
        all.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return all;
        }
    }
}

#[test]
fn what_was_sown_is_found_by_those_who_may_find_it() {
    actix::System::new().block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let report = sown(folder.path()).await;
        assert_eq!((report.elements, report.users), (ELEMENTS, USERS));
        assert!(report.clusters >= USERS && report.held > report.clusters);
        assert!(report.likes > 0 && report.follows > 0 && report.tag_edges > ELEMENTS);

        let services = services(folder.path()).await;
        let db = services.db.clone();
        let bridge_mean = services.bridge.image_mean().to_vec();
        let platform = start(services).await;
        let mut people = Vec::new();
        for handle in &report.accounts {
            people.push(account(&platform, handle).await);
        }
        let (ada, ben) = (&people[0], &people[1]);

        until_loaded(&platform, ada).await;
        lists(&platform, &people, &report).await;
        words(&platform, ada, &report).await;
        alike::similar(&platform, &db, &bridge_mean, &people, &report).await;
        clusters(&platform, &people, &report).await;
        files(&platform, ada, ben, &report).await;
        // nothing is left to be done, and nothing is done again
        assert_eq!(platform.unfinished_jobs().await.expect("counted"), 0);
        platform.shutdown(DRAIN).await;
    });
}

/// A start does not wait for the indexes of a large library for long.
async fn until_loaded(platform: &Platform, viewer: &Viewer) {
    let search = platform.search();
    for _ in 0..600 {
        let found = search.query(viewer, "sample", None, 1).await;
        let found = found.expect("an answer");
        if !found
            .hints
            .iter()
            .any(|hint| hint.contains("still being read"))
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the indexes are never read");
}

/// Every element is in its owner's list, and in those of others if it is
/// public.
async fn lists(platform: &Platform, people: &[Viewer], report: &SeedReport) {
    let stranger = account(platform, "stranger").await;
    let (mut all, mut public) = (0, 0);
    for person in people {
        let own = all_of(platform, person, person).await;
        let shown = all_of(platform, &stranger, person).await;
        assert!(shown.iter().all(|e| e.visibility == Visibility::Public));
        let newest_first = own
            .windows(2)
            .all(|two| two[0].created_at >= two[1].created_at);
        assert!(newest_first);
        all += own.len();
        public += own
            .iter()
            .filter(|e| e.visibility == Visibility::Public)
            .count();
    }
    assert_eq!(all, ELEMENTS);
    assert_eq!(public, report.public);
}

/// Every public element that has a word is found by it.
async fn words(platform: &Platform, viewer: &Viewer, report: &SeedReport) {
    for word in report.words.rare.iter().take(10) {
        let found = platform
            .search()
            .query(viewer, &word.text, None, 100)
            .await
            .expect("an answer");
        let by_text = found.items.iter().filter(|hit| {
            let by_words = |why: &Why| matches!(why, Why::Text { .. });
            hit.why.iter().any(by_words)
        });
        assert!(
            by_text.count() >= word.elements as usize,
            "{word:?} in {:#?}",
            found
                .items
                .iter()
                .map(|h| &h.element.title)
                .collect::<Vec<_>>()
        );
        let mine = |e: &Element| e.owner.id == viewer.user.id;
        let shown = found.items.iter().map(|hit| &hit.element);
        assert!(
            shown
                .clone()
                .all(|e| e.visibility == Visibility::Public || mine(e))
        );
    }
}

/// Clusters say how much they hold, and private ones say nothing.
async fn clusters(platform: &Platform, people: &[Viewer], report: &SeedReport) {
    let by_handle: HashMap<_, _> = people.iter().map(|p| (p.user.handle.clone(), p)).collect();
    let mut checked = 0;
    for id in report.public_clusters.iter().take(10) {
        let seen = platform
            .clusters()
            .get(&people[0], id, None)
            .await
            .expect("public");
        let Some(owner) = by_handle.get(&seen.owner.handle) else {
            continue;
        };
        let own = platform.clusters().get(owner, id, None).await.expect("own");
        let (mut held, mut cursor) = (Vec::new(), None);
        loop {
            let page = platform.clusters().items(owner, id, None, cursor, 100);
            let page = page.await.expect("a page");
            held.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        // what became private since is its owner's alone
        assert!(held.len() as u64 <= own.count && !held.is_empty());
        checked += 1;
    }
    assert!(checked > 0);

    let mut private = 0;
    for person in people {
        let mine = platform
            .clusters()
            .mine(person, None, None, 100)
            .await
            .expect("own");
        for cluster in mine.items {
            let outsider = people.iter().find(|other| other.user.id != person.user.id);
            let outsider = outsider.expect("two people");
            let theirs = platform
                .clusters()
                .mine(outsider, None, None, 100)
                .await
                .expect("own");
            let member = theirs.items.iter().any(|c| c.id == cluster.id);
            let seen = platform.clusters().get(outsider, &cluster.id, None).await;
            let open = cluster.visibility != Visibility::Private || member;
            assert_eq!(seen.is_ok(), open, "{cluster:?}");
            private += usize::from(!open);
        }
        if private > 5 {
            return;
        }
    }
    panic!("{private} private clusters");
}

/// Every picture can be looked at, by those who may.
async fn files(platform: &Platform, ada: &Viewer, ben: &Viewer, report: &SeedReport) {
    let open = async |viewer: &Viewer, element: &Element| {
        let file = element.media.first().expect("a file");
        let mut parts = file.url.trim_start_matches("/media/").split('/');
        let hash: MediaHash = parts.next().and_then(|h| h.parse().ok()).expect("a hash");
        let variant = parts.next().expect("a variant");
        let found = platform.media().open(viewer, &hash, variant).await;
        found.map(|file| std::fs::metadata(file.path).expect("a file").len())
    };
    for id in &report.public_elements {
        let element = platform.elements().get(ada, id).await.expect("public");
        assert!(open(ada, &element).await.expect("served") > 0);
    }
    let own = all_of(platform, ben, ben).await;
    let private = own.iter().filter(|e| e.visibility == Visibility::Private);
    for element in private.take(5) {
        assert!(open(ben, element).await.is_ok());
        assert!(open(ada, element).await.is_err());
    }
}
