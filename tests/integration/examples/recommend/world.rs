//! The platform itself, with the library and the people in it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actors::{Platform, PlatformConfig, Services, Viewer};
use anyhow::Context;
use db::{
    Blobs, Db, DbConfig, LeaseRequest, ModelTag, NewElement, NewEmbedding, NewUser, Outcome, Saved,
    Uploads,
};
use ml::pool::{Answer, BoxFuture, Classification, Inference, Lane, PoolStatus, Task};
use ml::tags::{Confidence, TagMap};
use protocol::account::User;
use protocol::element::{Media, Source, StageName, Swatch, TagBand, Visibility};
use protocol::{ElementId, MediaHash};

use crate::library::{Library, Picture};
use crate::people::People;

/// What there is to recommend by, beside pictures.
#[derive(Clone, Copy)]
pub struct Given {
    /// What the classifier calls them.
    pub tags: bool,
    /// The clusters that people let others see.
    pub public: bool,
}

pub struct World {
    platform: Platform,
    people: Vec<User>,
    places: HashMap<ElementId, usize>,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn fill(library: &Library, people: &People, given: Given) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let db = Db::open(DbConfig::for_testing()).await?;
        let owner = user(&db, "library").await?;
        let mut ids = Vec::new();
        for (at, picture) in library.pictures.iter().enumerate() {
            ids.push(save(&db, &owner, at, picture).await?);
        }
        let places: HashMap<ElementId, usize> = ids
            .iter()
            .cloned()
            .enumerate()
            .map(|(at, id)| (id, at))
            .collect();
        let tags = TagMap::parse(assets::TAGS_JSON)?;
        process(&db, |element, stage| {
            outcome(&library.pictures[places[element]], stage, given, &tags)
        })
        .await?;
        let mut users = Vec::new();
        for (at, person) in people.all.iter().enumerate() {
            let own = user(&db, &format!("person-{at}")).await?;
            let viewer = db::Viewer::user(own.id.clone());
            for kept in &person.interests {
                let visibility = match kept.open && given.public {
                    true => Visibility::Public,
                    false => Visibility::Private,
                };
                let name = kept.interest.clone();
                let cluster = db
                    .create_cluster(&viewer, name, String::new(), visibility)
                    .await?;
                for &saved in &kept.saved {
                    db.place_item(&viewer, &cluster, &ids[saved], None, Default::default())
                        .await?;
                }
            }
            users.push(own);
        }
        let services = Services {
            db,
            blobs: Blobs::open(folder.path().join("blobs")).await?,
            uploads: Uploads::open(folder.path().join("uploads")).await?,
            inference: Arc::new(Away),
            bridge: ml::bridge::Bridge::load(assets::BRIDGE)?,
            tags,
            heads: ml::heads::Heads::load(assets::HEADS)?,
            list_models: Arc::new(Vec::new),
        };
        let platform = Platform::start(PlatformConfig::default(), services).await?;
        until_loaded(&platform, owner).await?;
        Ok(Self {
            platform,
            people: users,
            places,
            _folder: folder,
        })
    }

    /// The first page of a person's home feed.
    pub async fn home(&self, person: usize, limit: usize) -> anyhow::Result<Vec<usize>> {
        let viewer = Viewer::acting(self.people[person].clone());
        let page = self.platform.feeds().page(&viewer, None, limit).await?;
        let place = |hit: protocol::search::Hit| self.places.get(&hit.element.id).copied();
        Ok(page.items.into_iter().filter_map(place).collect())
    }

    pub async fn end(self) {
        self.platform.shutdown(Duration::from_secs(5)).await;
    }
}

/// A start does not wait for the indexes of a large library for long, and half a
/// library is recommended from badly.
async fn until_loaded(platform: &Platform, owner: User) -> anyhow::Result<()> {
    let viewer = Viewer::acting(owner);
    loop {
        let found = platform
            .search()
            .query(&viewer, "anything", None, 1)
            .await?;
        let mut hints = found.hints.iter();
        if !hints.any(|hint| hint.contains("still being read")) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn user(db: &Db, handle: &str) -> anyhow::Result<User> {
    let user = db.create_user(NewUser {
        handle: handle.parse().context("a handle")?,
        display_name: handle.to_owned(),
        password_hash: String::new(),
        house: false,
    });
    Ok(user.await?)
}

async fn save(db: &Db, owner: &User, at: usize, picture: &Picture) -> anyhow::Result<ElementId> {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&at.to_le_bytes());
    let saved = db.save_element(NewElement {
        owner: owner.id.clone(),
        media: MediaHash::from_bytes(digest),
        bytes: 1,
        mime: "image/png".to_owned(),
        width: 640,
        height: 480,
        taken_at: None,
        camera: None,
        // names would give away what it shows
        title: format!("{:.0}", picture.name.len()),
        description: String::new(),
        visibility: Visibility::Public,
        source: Source::default(),
        stages: vec![StageName::Preview, StageName::Embed, StageName::Tag],
        backfill: false,
    });
    match saved.await? {
        Saved::New(id) | Saved::Duplicate(id) | Saved::Restored(id) => Ok(id),
    }
}

/// Ends all jobs with what is known.
async fn process(
    db: &Db,
    outcome: impl Fn(&ElementId, StageName) -> Outcome,
) -> anyhow::Result<()> {
    loop {
        let leases = db.lease_jobs(LeaseRequest {
            stages: vec![StageName::Preview, StageName::Embed, StageName::Tag],
            limit: 200,
            worker: "bench".to_owned(),
            millis: 60_000,
        });
        let leases = leases.await?;
        if leases.is_empty() {
            return Ok(());
        }
        for lease in leases {
            db.complete(&lease, outcome(&lease.element, lease.stage))
                .await?;
        }
    }
}

fn outcome(picture: &Picture, stage: StageName, given: Given, tags: &TagMap) -> Outcome {
    match stage {
        StageName::Embed => Outcome::Embedded {
            embeddings: vec![NewEmbedding {
                space: ml::space::CLIP.to_owned(),
                model: "clip".to_owned(),
                vector: picture.clip.clone(),
            }],
        },
        StageName::Tag => {
            let classes = Classification::from_logits(&picture.logits, Vec::new());
            let suggested = tags.suggest(&classes).into_iter().filter(|_| given.tags);
            let tag = |tag: ml::tags::TagSuggestion| {
                Some(ModelTag {
                    name: tag.name.parse().ok()?,
                    category: tag.category,
                    score: tag.score,
                    band: match tag.confidence {
                        Confidence::Unsure => TagBand::Unsure,
                        Confidence::Suggested => TagBand::Suggested,
                        Confidence::Sure => TagBand::Sure,
                    },
                })
            };
            Outcome::Tagged {
                model: "classes".to_owned(),
                tags: suggested.filter_map(tag).collect(),
                embeddings: Vec::new(),
            }
        }
        _ => Outcome::Preview {
            thumbhash: String::new(),
            colors: vec![Swatch {
                hex: "#808080".to_owned(),
                share: 1.0,
            }],
            phash: 0,
            media: vec![Media {
                variant: "jpeg-320".to_owned(),
                url: String::new(),
                mime: "image/jpeg".to_owned(),
                width: 320,
                height: 240,
            }],
        },
    }
}

/// Nothing is left for models to do.
struct Away;

impl Away {
    fn error() -> ml::MlError {
        ml::MlError::ModelMissing {
            id: "none".into(),
            why: "nothing is left to do".into(),
        }
    }
}

impl Inference for Away {
    fn ask(&self, _: Lane, _: Task) -> BoxFuture<Result<Answer, ml::MlError>> {
        Box::pin(async { Err(Away::error()) })
    }

    fn status(&self) -> PoolStatus {
        PoolStatus::default()
    }

    fn unload(&self, _: String) -> BoxFuture<Result<bool, ml::MlError>> {
        Box::pin(async { Ok(false) })
    }

    fn ready(&self) -> BoxFuture<Result<(), ml::MlError>> {
        Box::pin(async { Err(Away::error()) })
    }
}
