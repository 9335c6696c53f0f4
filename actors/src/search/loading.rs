//! Reading everything that is stored, once at start.

use std::time::{Duration, Instant};

use db::Db;
use ml::space::CLIP as CLIP_SPACE;
use tokio::task::JoinHandle;

use super::indexes::Indexes;
use super::keeper::{IndexKeeper, Load};
use super::respace::IMAGES;
use super::spaces::Alike;
use crate::PlatformError;
use crate::supervise::Supervised;

/// How long a start waits for the indexes; a large library is read behind the
/// scenes, and searches say so.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Pause after an attempt that failed.
const PAUSE: Duration = Duration::from_secs(2);
/// Rows read at once: larger pages are no quicker, and the allocator keeps what
/// they took.
const PAGE: usize = 1_000;
/// Pages after which texts can be found.
const COMMIT_EVERY: usize = 10;

/// Has everything read that is stored, and waits a moment for that. Returns
/// what goes on when it takes longer.
///
/// # Errors
/// The database cannot be read.
pub(crate) async fn start_loading(
    keeper: Supervised<IndexKeeper>,
) -> Result<Option<JoinHandle<()>>, PlatformError> {
    let gone = || PlatformError::Gone("the index");
    let first = keeper.clone();
    let mut loading = tokio::spawn(async move { first.send(Load).await });
    if let Ok(done) = tokio::time::timeout(PATIENCE, &mut loading).await {
        done.map_err(|_| gone())?.map_err(|_| gone())??;
        return Ok(None);
    }
    tracing::info!("the library is large, its indexes are loaded behind the scenes");
    Ok(Some(tokio::spawn(async move {
        let mut result = loading.await;
        while let Ok(Ok(Err(error))) = result {
            tracing::warn!(%error, "the indexes are incomplete, they are loaded again");
            tokio::time::sleep(PAUSE).await;
            result = Ok(keeper.send(Load).await);
        }
    })))
}

/// Reads what is known of every element, then every vector that is used.
/// While a page is taken over, the next one is read.
pub(super) async fn load(db: &Db, indexes: &Indexes) -> Result<(), PlatformError> {
    let start = Instant::now();
    facts(db, indexes).await?;
    let known = start.elapsed();
    if let Some(active) = db.active_space(IMAGES).await?
        && active != CLIP_SPACE
    {
        let alike = Alike::read(db, &indexes.library, &indexes.facts, &active);
        indexes.spaces.switch(alike.await?);
    }
    vectors(db, indexes).await?;
    // what came meanwhile may have come to a space that was not there yet
    for id in indexes.told_of() {
        for (space, vector) in db.embeddings_of(&id).await? {
            indexes.put_vector(&space, &id, &vector);
        }
    }
    indexes.set_loaded();
    tracing::info!(
        elements = indexes.facts.len(),
        vectors = indexes.spaces.len(),
        facts_ms = known.as_millis() as u64,
        all_ms = start.elapsed().as_millis() as u64,
        "indexes loaded"
    );
    Ok(())
}

async fn facts(db: &Db, indexes: &Indexes) -> Result<(), PlatformError> {
    let mut page = db.facts(None, PAGE).await?;
    for turn in 1.. {
        let full = page.len() == PAGE;
        let last = page.last().map(|row| row.element.clone());
        let next = async {
            match last.filter(|_| full) {
                Some(last) => db.facts(Some(&last), PAGE).await,
                None => Ok(Vec::new()),
            }
        };
        let all = indexes.clone();
        let taken = beside(move || all.load_rows(&page));
        let (next, taken) = tokio::join!(next, taken);
        taken?;
        page = next?;
        if page.is_empty() || turn % COMMIT_EVERY == 0 {
            indexes.commit_texts().await?;
        }
        if page.is_empty() {
            break;
        }
    }
    Ok(())
}

/// Vectors lie in the order of elements, all spaces side by side: they are read
/// in one pass. Whose they are is known from the facts.
async fn vectors(db: &Db, indexes: &Indexes) -> Result<(), PlatformError> {
    let mut page = db.vectors(None, PAGE).await?;
    while !page.is_empty() {
        let full = page.len() == PAGE;
        let last = page.last().filter(|_| full);
        let last = last.map(|row| (row.element.clone(), row.space.clone()));
        let next = async {
            match &last {
                Some((element, space)) => db.vectors(Some((element, space)), PAGE).await,
                None => Ok(Vec::new()),
            }
        };
        let all = indexes.clone();
        let taken = beside(move || all.load_vectors(&page));
        let (next, taken) = tokio::join!(next, taken);
        taken?;
        page = next?;
    }
    Ok(())
}

/// Runs arithmetic beside the thread that waits for the database.
async fn beside(work: impl FnOnce() + Send + 'static) -> Result<(), PlatformError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| PlatformError::Gone("the loader"))
}
