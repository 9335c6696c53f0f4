//! Libraries that are made up, for measuring: as many elements as wanted, with
//! accounts, clusters, words, tags and vectors that lie as real ones do. Grown
//! out of the sample library, whose files they share.

mod collections;
pub(crate) mod dice;
mod expand;
mod pictures;
mod population;
mod report;
mod stages;
mod views;
mod words;

use std::sync::Arc;

use db::{Blobs, BulkElement, Db};
use futures_util::{StreamExt, TryStreamExt, stream};
use ml::pool::Inference;
use protocol::UserId;
use protocol::value::Handle;

use crate::accounts::Hasher;
use crate::search::Library;
use crate::{PlatformError, Services};
use dice::Dice;
use expand::{Expander, Neighbourhood};
use pictures::Maker;
use population::Population;
pub use report::{SeedReport, SeedWord, SeedWords};
use views::Views;

/// Elements that are made, linked and written together.
const CHUNK: usize = 400;
/// Chunks on their way to the database at once: as many as it has threads.
const IN_FLIGHT: usize = 2;
/// Clusters that are written together.
const CLUSTERS: usize = 100;

/// Password of every account that is made up.
pub const SEED_PASSWORD: &str = "asterism-seed";

/// What is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedPlan {
    pub elements: usize,
    pub users: usize,
    /// The same seed makes the same library.
    pub seed: u64,
    /// Milliseconds since 1970: the library looks as it would then.
    pub now: i64,
}

/// Is told how far it is.
pub trait SeedProgress: Sync {
    /// Something begins that has so many parts.
    fn begin(&self, what: &str, parts: usize);
    /// So many more of them are done.
    fn advance(&self, parts: usize);
}

/// Fills a database that no server uses.
pub struct Seeder {
    db: Db,
    blobs: Blobs,
    inference: Arc<dyn Inference>,
    library: Library,
}

impl Seeder {
    pub fn new(services: Services) -> Self {
        Self {
            db: services.db,
            blobs: services.blobs,
            inference: services.inference,
            library: Library::new(services.bridge, services.tags, services.heads),
        }
    }

    /// Has nobody but these accounts been here?
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn knows_only(&self, handles: &[&str]) -> Result<bool, PlatformError> {
        let mut known = 0;
        for handle in handles {
            let Ok(handle) = handle.parse::<Handle>() else {
                continue;
            };
            known += u64::from(self.db.user_by_handle(&handle).await?.is_some());
        }
        Ok(self.db.count_users().await? == known)
    }

    /// Looks at the pictures of an account, whole and in parts, once: what was
    /// seen is kept in `file`. They are through with their stages.
    ///
    /// # Errors
    /// There are none, or a model is missing.
    pub async fn look(
        &self,
        owner: &Handle,
        file: &std::path::Path,
        progress: &dyn SeedProgress,
    ) -> Result<Looked, PlatformError> {
        let views = views::look(self, owner, file, progress).await?;
        Ok(Looked(views))
    }

    /// Makes the library.
    ///
    /// # Errors
    /// The database or the disk fails. What was written until then stays.
    pub async fn sow(
        &self,
        plan: &SeedPlan,
        looked: &Looked,
        progress: &dyn SeedProgress,
    ) -> Result<SeedReport, PlatformError> {
        let start = std::time::Instant::now();
        let mut dice = Dice::new(plan.seed);
        let views = &looked.0;
        let people = self.people(plan, views, &mut dice, progress).await?;
        let vocabulary = words::Vocabulary::new(views, self.library.shipped_tags(), &mut dice);
        let mut maker = Maker::new(plan, views, &people, &vocabulary, &mut dice);
        let before = start.elapsed();
        self.elements(plan, &mut maker, progress).await?;
        let elements_took = start.elapsed() - before;
        let made = maker.finish();
        let collections = collections::make(plan, &people, &made, &vocabulary, &mut dice);
        progress.begin("clusters", collections.len());
        let report = report::Tally::new(plan, &people, &made, &collections);
        for part in collections.chunks(CLUSTERS) {
            self.db.bulk_clusters(part.to_vec()).await?;
            progress.advance(part.len());
        }
        Ok(report.finish(elements_took, start.elapsed()))
    }

    async fn people(
        &self,
        plan: &SeedPlan,
        views: &Views,
        dice: &mut Dice,
        progress: &dyn SeedProgress,
    ) -> Result<Population, PlatformError> {
        let people = Population::new(plan, views, dice);
        let hash = Hasher::new(1).hash(SEED_PASSWORD.to_owned()).await?;
        progress.begin("accounts", people.len());
        self.db.bulk_users(people.accounts(&hash)).await?;
        progress.advance(people.len());
        Ok(people)
    }

    async fn elements(
        &self,
        plan: &SeedPlan,
        maker: &mut Maker<'_>,
        progress: &dyn SeedProgress,
    ) -> Result<(), PlatformError> {
        progress.begin("elements", plan.elements);
        let chunks = std::iter::from_fn(|| {
            let chunk = maker.next(CHUNK);
            (!chunk.is_empty()).then_some(chunk)
        });
        stream::iter(chunks)
            .map(|chunk| async move {
                let count = chunk.len();
                let links = chunk.iter().map(|e| e.link.clone()).collect();
                self.blobs.share(links).await?;
                let rows: Vec<BulkElement> = chunk.into_iter().map(|e| e.row).collect();
                self.db.bulk_elements(rows).await?;
                progress.advance(count);
                Ok::<_, PlatformError>(())
            })
            .buffer_unordered(IN_FLIGHT)
            .try_collect()
            .await
    }

    /// Writes so many vectors like those of pictures, as they are compared:
    /// less what all have in common, of length one. Little-endian `f32`, row by
    /// row; says how many numbers a row has.
    ///
    /// # Errors
    /// The disk fails.
    pub fn vectors(
        &self,
        looked: &Looked,
        count: usize,
        seed: u64,
        mut into: impl std::io::Write,
    ) -> std::io::Result<usize> {
        let mut dice = Dice::new(seed);
        let real = looked.0.clip();
        let near = Neighbourhood::new(&real);
        let expander = Expander::new(&real, &mut dice);
        let mean = self.library.bridge.image_mean();
        let topics = population::Topics::new(&looked.0, &mut dice);
        for _ in 0..count {
            let view = topics.view(topics.any(&mut dice), &mut dice);
            let vector = expander.vector(&near.mix(view, &mut dice), &mut dice);
            for number in expand::centre(&vector, mean) {
                into.write_all(&number.to_le_bytes())?;
            }
        }
        into.flush()?;
        Ok(mean.len())
    }

    /// Lets go of the database.
    ///
    /// # Errors
    /// It cannot be flushed.
    pub async fn close(self) -> Result<(), PlatformError> {
        Ok(self.db.close().await?)
    }
}

/// What was seen in the pictures that a library grows out of.
pub struct Looked(Views);

/// Who may have saved something, for the parts of this module.
type Person = UserId;
