//! The whole, put together.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use actix::Addr;
use db::{Blobs, Db, Uploads};
use ml::pool::Inference;
use tokio::sync::Notify;

use crate::devices::{self, Desk, Ears, Roll};
use crate::explore::TopicKeeper;
use crate::feed::Herald;
use crate::fetch::Fetcher;
use crate::fetches::Carrier;
use crate::live::{CloseAll, Hub, Live, Neighbours, Relay, Served};
use crate::mqtt::{self, Mqtt};
use crate::pipeline::{Pipeline, Stages, StopLeasing};
use crate::profiles::{Eraser, ProfileParts};
use crate::recommend::{Recommender, Themes};
use crate::search::{
    self, Abreast, FactIndex, IndexKeeper, Indexes, Learner, Library, Respace, Search, Spaces,
};
use crate::supervise::{self, Arbiters};
use crate::tags::{self, Rewriter, Tags, Vocabulary};
use crate::throttle::Throttle;
use crate::visual::Addresses;
use crate::{
    Accounts, Clusters, Devices, Elements, Explore, Feeds, Fetches, Health, ListModels, MediaFiles,
    Moderation, Notifications, Operations, PlatformConfig, PlatformError, Profiles, Visual,
};

/// What the platform is built on; made by the composition root.
pub struct Services {
    pub db: Db,
    pub blobs: Blobs,
    /// Pictures of devices that come in pieces.
    pub uploads: Uploads,
    pub inference: Arc<dyn Inference>,
    /// Text to image: see `ml::bridge`.
    pub bridge: ml::bridge::Bridge,
    /// Classes to tags: see `ml::tags`.
    pub tags: ml::tags::TagMap,
    /// Trained heads over embeddings: see `ml::heads`.
    pub heads: ml::heads::Heads,
    /// Lists the models folder for administrators.
    pub list_models: ListModels,
}

struct Parts {
    accounts: Accounts,
    elements: Elements,
    search: Search,
    media: MediaFiles,
    live: Live,
    health: crate::health::Probes,
    moderation: Moderation,
    notifications: Notifications,
    operations: Operations,
    clusters: Clusters,
    feeds: Feeds,
    explore: Explore,
    visual: Visual,
    fetches: Fetches,
    devices: Devices,
    profiles: Profiles,
    tags: Tags,
    pipeline: Addr<Pipeline>,
    hub: Addr<Hub>,
    /// Lives as long as the platform.
    _learner: Addr<Learner>,
    _neighbours: Option<Addr<Neighbours>>,
    /// What is caught up on behind the scenes; begun anew at each start.
    behind: Vec<tokio::task::JoinHandle<()>>,
    roll: Roll,
    mqtt: mqtt::Running,
    arbiters: Arbiters,
    db: Db,
}

/// The facade that the edge talks to. Cheap to clone.
#[derive(Clone)]
pub struct Platform(Arc<Parts>);

impl Platform {
    /// Starts every actor: downstream first, so that each is made with its
    /// successor's address. Must be called inside an actix system.
    ///
    /// # Errors
    /// The database cannot be read, or the MQTT broker cannot be had.
    pub async fn start(config: PlatformConfig, services: Services) -> Result<Self, PlatformError> {
        let Services {
            db,
            blobs,
            uploads,
            inference,
            bridge,
            tags,
            heads,
            list_models,
        } = services;
        let arbiters = Arbiters::start();
        // before anything is read: what is told from here on is taken over
        let turn = match db.is_embedded() {
            true => None,
            false => Some(db.turn().await?),
        };
        let recovered = db.recover_leases().await?;
        db.recover_errands().await?;
        if recovered > 0 {
            tracing::info!(jobs = recovered, "work of the last run is taken up again");
        }
        let mqtt = Mqtt::new(&config.mqtt)?;
        let roll = Roll::new(db.clone());

        let hub = arbiters.run(&arbiters.events, |_| Hub::default());
        let neighbours = (!db.is_embedded()).then(|| {
            let neighbours = Neighbours::new(db.clone(), config.worker.clone(), hub.clone());
            arbiters.run(&arbiters.events, |_| neighbours)
        });
        db.seed_tags(&tags::shipped(&tags)).await?;
        let vocabulary = Arc::new(Vocabulary::default());
        tags::load(&db, &vocabulary).await?;
        let library = Arc::new(Library::new(bridge, tags, heads));
        let facts = Arc::new(FactIndex::new(vocabulary.clone()));
        let spaces = Arc::new(Spaces::new(library.clone(), facts.clone()));
        let indexes = Indexes::new(library.clone(), facts.clone(), spaces.clone())?;
        let keeper = IndexKeeper::new(db.clone(), indexes.clone());
        let keeper = arbiters.run(&arbiters.work, |_| keeper);
        let loading = search::start_loading(keeper.clone()).await?;

        let themes = Arc::new(Themes::new(db.clone(), spaces.clone()));
        let recommender = Recommender::new(db.clone(), spaces.clone(), facts.clone(), themes);
        let feeds = Feeds::new(
            db.clone(),
            recommender.clone(),
            hub.clone(),
            arbiters.feeds.handle(),
        );
        let herald = Herald::new(feeds.clone(), recommender.clone());
        let herald = arbiters.run(&arbiters.feeds, |_| herald);
        let explore = Explore::new(db.clone(), spaces.clone(), facts.clone());
        let topics = TopicKeeper::new(explore.clone(), indexes.loaded());
        let topics = arbiters.run(&arbiters.work, |_| topics);

        let settle = keeper.clone().recipient();
        let ears = Ears::new(roll.clone(), mqtt.post());
        let ears = arbiters.run(&arbiters.devices, |_| ears);

        let takers = vec![
            ears.recipient(),
            keeper.recipient(),
            hub.clone().recipient(),
            herald.recipient(),
            topics.recipient(),
        ];
        let relay = Relay::new(db.clone(), takers, turn);
        let abreast = Abreast::new(db.subscribe_commits(), relay.delivered(), settle);
        let relay = arbiters.run(&arbiters.events, |_| relay);
        let stages = Stages {
            db: db.clone(),
            blobs: blobs.clone(),
            inference: inference.clone(),
            library: library.clone(),
            spaces: spaces.clone(),
            image_model: config.image_model.clone(),
            copies: Arc::default(),
        };
        let pipeline = Pipeline::new(&config, db.clone(), stages);
        let pipeline = arbiters.run(&arbiters.work, |_| pipeline);

        let throttle = Arc::new(Throttle::default());
        let accounts = Accounts::new(db.clone(), throttle.clone(), &config);
        let learner = Learner::new(
            db.clone(),
            vocabulary,
            library.clone(),
            spaces.clone(),
            indexes.loaded(),
        );
        let learner = arbiters.run(&arbiters.work, |_| learner);
        let respace = Respace {
            db: db.clone(),
            blobs: blobs.clone(),
            inference: inference.clone(),
            library: library.clone(),
            spaces: spaces.clone(),
            facts: facts.clone(),
            loaded: indexes.loaded(),
            wanted: config.image_model.clone(),
        };
        let wake = Arc::new(Notify::new());
        let mut behind = vec![
            tokio::spawn(crate::pipeline::add_missing_stages(db.clone())),
            tokio::spawn(respace.run()),
            tokio::spawn(crate::sweeper::sweep(db.clone(), config.undo)),
            tokio::spawn(Rewriter::new(db.clone(), wake.clone()).run()),
            supervise::keep("news of clusters", {
                let db = db.clone();
                move || crate::notifications::spread(db.clone())
            }),
        ];
        if let Some(loading) = loading {
            behind.push(loading);
            behind.push(tokio::spawn(feeds.clone().renew(indexes.loaded())));
        }
        let fetcher = Fetcher::new(&config.fetch);
        let addresses = Addresses::new(fetcher.clone(), throttle.clone());
        let visual = Visual::new(
            db.clone(),
            blobs.clone(),
            inference.clone(),
            library.clone(),
            spaces.clone(),
            facts.clone(),
            addresses,
        );
        let search = Search::new(db.clone(), inference.clone(), &indexes, abreast);
        let erase = Arc::new(Notify::new());
        let profiles = Profiles::new(ProfileParts {
            db: db.clone(),
            blobs: blobs.clone(),
            accounts: accounts.clone(),
            facts: facts.clone(),
            feeds: feeds.clone(),
            throttle: throttle.clone(),
            erase: erase.clone(),
        });
        let eraser = Eraser {
            db: db.clone(),
            blobs: blobs.clone(),
            wake: erase,
        };
        behind.push(tokio::spawn(eraser.run()));
        let tags = Tags::new(db.clone(), facts, wake);
        let operations =
            Operations::new(db.clone(), inference.clone(), list_models, spaces.clone());
        let clusters = Clusters::new(
            db.clone(),
            spaces.clone(),
            recommender,
            feeds.clone(),
            config.undo,
        );
        let elements = Elements::new(
            db.clone(),
            blobs.clone(),
            spaces.clone(),
            feeds.clone(),
            &config,
        );
        let desk = Desk::new(
            elements.clone(),
            clusters.clone(),
            uploads.clone(),
            mqtt.post(),
        );
        let devices = Devices::new(
            db.clone(),
            clusters.clone(),
            roll.clone(),
            mqtt.post(),
            devices::broker(&config.mqtt)?,
        );
        behind.push(supervise::keep("what devices did", {
            let (db, roll, patience) = (db.clone(), roll.clone(), config.device_patience);
            move || devices::keep(db.clone(), roll.clone(), uploads.clone(), patience)
        }));
        let mqtt = mqtt.open(db.clone(), roll.clone(), desk, throttle.clone());
        let mqtt = supervise::on(&arbiters.devices, mqtt).await??;
        let fetches = Fetches::new(db.clone(), fetcher, throttle, clusters.clone());
        let carrier = Carrier {
            db: db.clone(),
            blobs: blobs.clone(),
            fetcher: Fetcher::new(&config.fetch.patient()),
            elements: elements.clone(),
            clusters: clusters.clone(),
        };
        behind.push(tokio::spawn(carrier.run()));
        let deeds = Served {
            elements: elements.clone(),
            clusters: clusters.clone(),
            search: search.clone(),
            feeds: feeds.clone(),
        };
        let live = Live::new(
            db.clone(),
            accounts.clone(),
            hub.clone(),
            Arc::new(deeds),
            arbiters.sessions.handle(),
        );
        let health = crate::health::Probes {
            db: db.clone(),
            inference,
            hub: hub.clone(),
            pipeline: pipeline.clone(),
            relay: relay.downgrade(),
            spaces,
        };
        Ok(Self(Arc::new(Parts {
            elements,
            fetches,
            devices,
            profiles,
            media: MediaFiles::new(db.clone(), blobs),
            accounts,
            search,
            live,
            health,
            moderation: Moderation::new(db.clone()),
            notifications: Notifications::new(db.clone()),
            operations,
            clusters,
            feeds,
            explore,
            visual,
            tags,
            pipeline,
            hub,
            _learner: learner,
            _neighbours: neighbours,
            behind,
            roll,
            mqtt,
            arbiters,
            db,
        })))
    }

    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    pub fn elements(&self) -> &Elements {
        &self.0.elements
    }

    pub fn search(&self) -> &Search {
        &self.0.search
    }

    pub fn media(&self) -> &MediaFiles {
        &self.0.media
    }

    pub fn moderation(&self) -> &Moderation {
        &self.0.moderation
    }

    pub fn notifications(&self) -> &Notifications {
        &self.0.notifications
    }

    pub fn operations(&self) -> &Operations {
        &self.0.operations
    }

    pub fn clusters(&self) -> &Clusters {
        &self.0.clusters
    }

    pub fn visual(&self) -> &Visual {
        &self.0.visual
    }

    pub fn fetches(&self) -> &Fetches {
        &self.0.fetches
    }

    pub fn devices(&self) -> &Devices {
        &self.0.devices
    }

    pub fn profiles(&self) -> &Profiles {
        &self.0.profiles
    }

    pub fn tags(&self) -> &Tags {
        &self.0.tags
    }

    pub fn feeds(&self) -> &Feeds {
        &self.0.feeds
    }

    pub fn explore(&self) -> &Explore {
        &self.0.explore
    }

    pub fn live(&self) -> &Live {
        &self.0.live
    }

    /// Really asks each part.
    pub async fn health(&self) -> Health {
        self.0.health.ask().await
    }

    /// Jobs that wait or run; those that were given up do not count.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn unfinished_jobs(&self) -> Result<usize, PlatformError> {
        let counts = self.0.db.job_counts().await?;
        Ok(counts.iter().map(|c| c.waiting + c.running).sum())
    }

    /// Brings the gauges of the `metrics` facade up to date.
    pub async fn refresh_metrics(&self) {
        self.0.health.measure().await;
    }

    /// Stops: no new jobs, running ones are finished or given back by expiry,
    /// sessions are told to come back later.
    pub async fn shutdown(&self, deadline: Duration) {
        let parts = &self.0;
        parts.behind.iter().for_each(|task| task.abort());
        let drained = parts.pipeline.send(StopLeasing);
        if tokio::time::timeout(deadline, drained).await.is_err() {
            tracing::warn!("jobs still run at the deadline, their leases will expire");
        }
        parts.hub.do_send(CloseAll);
        parts.mqtt.stop();
        devices::say_goodbye(&parts.db, &parts.roll).await;
        // Sessions say goodbye through their transports, which need a moment.
        tokio::time::sleep(Duration::from_millis(200)).await;
        parts.arbiters.stop();
        if let Err(error) = parts.db.close().await {
            tracing::warn!(%error, "database did not close cleanly");
        }
    }
}

/// Milliseconds since 1970.
pub(crate) fn now_millis() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}
