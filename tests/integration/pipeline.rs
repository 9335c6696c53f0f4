//! Work waits for what is missing, and says so.

use std::sync::Arc;
use std::time::Duration;

use actors::{Client, NewFile, Platform, PlatformConfig, Services, Viewer};
use db::{Blobs, Db, DbConfig, Uploads};
use protocol::ElementId;
use protocol::account::Register;
use protocol::element::{Element, Source, StageName, StageState, State, Visibility};

use crate::stand_in::{Mood, StandIn};

struct World {
    platform: Platform,
    models: Arc<StandIn>,
    viewer: Viewer,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new(mood: Mood) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let models = StandIn::new(mood);
        let services = Services {
            db: Db::open(DbConfig::for_testing()).await.expect("a database"),
            blobs: Blobs::open(folder.path().join("blobs"))
                .await
                .expect("blobs"),
            uploads: Uploads::open(folder.path().join("uploads"))
                .await
                .expect("uploads"),
            inference: models.clone(),
            bridge: ml::bridge::Bridge::load(assets::BRIDGE).expect("the bridge"),
            tags: ml::tags::TagMap::parse(assets::TAGS_JSON).expect("the tags"),
            heads: ml::heads::Heads::load(assets::HEADS).expect("the heads"),
            list_models: Arc::new(Vec::new),
        };
        let platform = Platform::start(PlatformConfig::default(), services)
            .await
            .expect("a platform");
        let form = Register {
            handle: "ada".parse().expect("a handle"),
            password: "ada-password".parse().expect("a password"),
            display_name: None,
        };
        let client = Client {
            address: [127, 0, 0, 1].into(),
            agent: "test".into(),
        };
        let login = platform
            .accounts()
            .register(form, client)
            .await
            .expect("an account");
        let viewer = platform
            .accounts()
            .authenticate(&login.token)
            .await
            .expect("asked")
            .expect("a viewer");
        Self {
            platform,
            models,
            viewer,
            _folder: folder,
        }
    }

    async fn save(&self, title: &str) -> ElementId {
        let file = NewFile {
            bytes: picture().into(),
            file_name: Some("x.bmp".into()),
            title: Some(title.into()),
            description: None,
            visibility: Visibility::Public,
            source: Source {
                via: "upload".into(),
                ..Source::default()
            },
            backfill: false,
        };
        self.platform
            .elements()
            .intake(&self.viewer, file)
            .await
            .expect("accepted")
            .id
    }

    /// Waits until the element is as it should be.
    async fn until(&self, id: &ElementId, fits: impl Fn(&Element) -> bool) -> Element {
        for _ in 0..600 {
            let element = self
                .platform
                .elements()
                .get(&self.viewer, id)
                .await
                .expect("visible");
            if fits(&element) {
                return element;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let element = self.platform.elements().get(&self.viewer, id).await;
        panic!("never as expected: {element:#?}");
    }
}

fn stage(element: &Element, name: StageName) -> (StageState, Option<&str>) {
    let stage = element
        .stages
        .iter()
        .find(|s| s.name == name)
        .expect("every stage is listed");
    (stage.state, stage.error.as_deref())
}

/// A grey 24-bit BMP of 40 × 30.
fn picture() -> Vec<u8> {
    let mut bytes = b"BM".to_vec();
    for value in [54u32 + 3600, 0, 54, 40, 40, 30] {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes.extend_from_slice(&[1, 0, 24, 0]);
    bytes.extend_from_slice(&[0; 24]);
    bytes.resize(54 + 3600, 120);
    bytes
}

fn run(test: impl Future<Output = ()>) {
    actix::System::new().block_on(test);
}

#[test]
fn a_missing_model_stops_only_its_stages_and_they_wait() {
    run(async {
        let world = World::new(Mood::Missing).await;
        let id = world.save("Grey door").await;
        let element = world
            .until(&id, |e| {
                let waits = |name| matches!(stage(e, name), (StageState::Waiting, Some(_)));
                waits(StageName::Embed) && waits(StageName::Tag) && !e.media.is_empty()
            })
            .await;
        assert_eq!(element.state, State::Processing);
        assert!(
            stage(&element, StageName::Embed)
                .1
                .is_some_and(|why| why.contains("not installed"))
        );

        // Words still find it, and the answer says what could not be searched.
        let found = world
            .platform
            .search()
            .query(&world.viewer, "door", None, 10)
            .await
            .expect("an answer");
        assert_eq!(found.items[0].element.id, id);
        world.platform.shutdown(Duration::from_secs(5)).await;
    });
}

#[test]
fn work_goes_on_when_the_workers_are_free_again() {
    run(async {
        let world = World::new(Mood::Busy).await;
        let id = world.save("Grey door").await;
        world.until(&id, |e| !e.media.is_empty()).await;
        world.models.set(Mood::Well);
        let element = world.until(&id, |e| e.state == State::Ready).await;
        assert!(
            element.stages.iter().all(|s| s.state == StageState::Done),
            "{element:#?}"
        );
        assert!(!element.tags.is_empty());
        world.platform.shutdown(Duration::from_secs(5)).await;
    });
}

#[test]
fn a_refused_picture_is_usable_and_can_be_tried_again() {
    run(async {
        let world = World::new(Mood::Refusing).await;
        let id = world.save("Grey door").await;
        let element = world.until(&id, |e| e.state == State::Ready).await;
        let (state, why) = stage(&element, StageName::Tag);
        assert_eq!(state, StageState::Failed);
        assert!(why.is_some_and(|why| why.contains("too blue")));
        world.models.set(Mood::Well);
        world
            .platform
            .elements()
            .retry(&world.viewer, &id)
            .await
            .expect("tried again");
        let element = world
            .until(&id, |e| {
                e.stages.iter().all(|s| s.state == StageState::Done)
            })
            .await;
        assert_eq!(element.state, State::Ready);
        world.platform.shutdown(Duration::from_secs(5)).await;
    });
}
