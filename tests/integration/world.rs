//! A platform in this process.

use std::sync::Arc;
use std::time::Duration;

use actors::{Client, NewFile, Platform, PlatformConfig, Services, Viewer};
use db::{Blobs, Db, DbConfig, Uploads};
use protocol::ElementId;
use protocol::account::Register;
use protocol::element::{Element, Source, Visibility};

use crate::stand_in::{Mood, StandIn};

pub struct World {
    pub platform: Platform,
    pub models: Arc<StandIn>,
    /// The first account.
    pub viewer: Viewer,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn new(mood: Mood) -> Self {
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
        Self {
            viewer: join(&platform, "ada").await,
            platform,
            models,
            _folder: folder,
        }
    }

    /// Another account.
    pub async fn join(&self, handle: &str) -> Viewer {
        join(&self.platform, handle).await
    }

    /// A public picture of the first account.
    pub async fn save(&self, title: &str) -> ElementId {
        self.save_as(&self.viewer, title, Visibility::Public).await
    }

    pub async fn save_as(&self, viewer: &Viewer, title: &str, visibility: Visibility) -> ElementId {
        // another title is another picture
        let shade = title
            .bytes()
            .fold(1u8, |sum, c| sum.wrapping_mul(31).wrapping_add(c));
        let file = NewFile {
            bytes: picture(shade).into(),
            file_name: Some("x.bmp".into()),
            title: Some(title.into()),
            description: None,
            visibility,
            source: Source {
                via: "upload".into(),
                ..Source::default()
            },
            backfill: false,
        };
        let saved = self.platform.elements().intake(viewer, file).await;
        saved.expect("accepted").id
    }

    /// Waits until the element is as it should be.
    pub async fn until(&self, id: &ElementId, fits: impl Fn(&Element) -> bool) -> Element {
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

async fn join(platform: &Platform, handle: &str) -> Viewer {
    let form = Register {
        handle: handle.parse().expect("a handle"),
        password: format!("{handle}-password").parse().expect("a password"),
        display_name: None,
    };
    let client = Client {
        address: [127, 0, 0, 1].into(),
        agent: "test".into(),
    };
    let accounts = platform.accounts();
    let login = accounts.register(form, client).await.expect("an account");
    let viewer = accounts.authenticate(&login.token).await.expect("asked");
    viewer.expect("a viewer")
}

/// A grey 24-bit BMP of 40 × 30.
fn picture(shade: u8) -> Vec<u8> {
    let mut bytes = b"BM".to_vec();
    for value in [54u32 + 3600, 0, 54, 40, 40, 30] {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes.extend_from_slice(&[1, 0, 24, 0]);
    bytes.extend_from_slice(&[0; 24]);
    bytes.resize(54 + 3600, shade);
    bytes
}

pub fn run(test: impl Future<Output = ()>) {
    actix::System::new().block_on(test);
}
