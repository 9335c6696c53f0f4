//! What each stage does.

mod judge;
mod labels;
mod pictures;
mod vectors;

use std::sync::Arc;
use std::time::Instant;

use db::{Blobs, Db, Lease, Retry};
use ml::MlError;
use ml::pool::{Inference, Lane};
use protocol::element::StageName;
use tokio::task::spawn_blocking;

use super::cache::SmallCopies;
use crate::search::{Library, Spaces};
use crate::{ImageModel, PlatformError};

/// First pause before another attempt; doubles each time. How often is tried
/// is the database's business.
const FIRST_PAUSE_MILLIS: u64 = 2_000;
/// Pause while a model is missing or all workers are busy.
const MISSING_MILLIS: u64 = 15_000;
const BUSY_MILLIS: u64 = 250;
/// Pause while the model server cannot be reached.
const AWAY_MILLIS: u64 = 3_000;

#[derive(Clone)]
pub struct Stages {
    pub db: Db,
    pub blobs: Blobs,
    pub inference: Arc<dyn Inference>,
    pub library: Arc<Library>,
    pub spaces: Arc<Spaces>,
    pub image_model: ImageModel,
    pub copies: Arc<SmallCopies>,
}

impl Stages {
    /// Carries a job out and writes what came of it, in one transaction.
    pub async fn run(&self, lease: &Lease) {
        let start = Instant::now();
        let stage = lease.stage.as_str();
        let outcome = match lease.stage {
            StageName::Preview => self.preview(lease).await,
            StageName::Embed => self.embed(lease).await,
            StageName::Tag => self.tag(lease).await,
            StageName::Compress => self.compress(lease).await,
            StageName::Screen => self.screen(lease).await,
            StageName::Score => self.score(lease).await,
            StageName::Read => self.read(lease).await,
        };
        let written = match outcome {
            Ok(outcome) => self.db.complete(lease, outcome).await.map(|_| "done"),
            Err(error) => self.give_back(lease, &error).await,
        };
        match written {
            Ok(result) => {
                metrics::counter!("asterism_stage_total", "stage" => stage, "result" => result)
                    .increment(1);
                metrics::histogram!("asterism_stage_seconds", "stage" => stage)
                    .record(start.elapsed().as_secs_f64());
                tracing::debug!(stage, result, element = %lease.element, millis = start.elapsed().as_millis() as u64, "stage run");
            }
            // The lease runs out and the job is done again.
            Err(error) => {
                tracing::warn!(stage, %error, element = %lease.element, "result cannot be written")
            }
        }
    }

    async fn give_back(
        &self,
        lease: &Lease,
        error: &PlatformError,
    ) -> Result<&'static str, db::DbError> {
        match error {
            PlatformError::Ml(MlError::Busy { .. }) => {
                self.db
                    .defer(lease, "waits for a free worker", BUSY_MILLIS)
                    .await?;
                return Ok("deferred");
            }
            PlatformError::Ml(MlError::ModelMissing { id, .. }) => {
                let reason = format!("the model {id} is not installed");
                self.db.defer(lease, &reason, MISSING_MILLIS).await?;
                return Ok("deferred");
            }
            PlatformError::Ml(MlError::Away { .. }) => {
                self.db
                    .defer(lease, "the model server is away", AWAY_MILLIS)
                    .await?;
                return Ok("deferred");
            }
            PlatformError::Ml(reason @ (MlError::Unavailable(_) | MlError::OverBudget { .. })) => {
                self.db
                    .defer(lease, &reason.to_string(), MISSING_MILLIS)
                    .await?;
                return Ok("deferred");
            }
            _ => {}
        }
        tracing::warn!(stage = lease.stage.as_str(), %error, element = %lease.element, attempt = lease.attempt, "stage failed");
        let hopeless = matches!(
            error,
            PlatformError::Media(_) | PlatformError::Ml(MlError::BadInput(_))
        );
        let pause = FIRST_PAUSE_MILLIS << lease.attempt.min(6);
        let retry = match error {
            _ if hopeless => Retry::Never,
            PlatformError::Ml(error) if error.is_worker_fault() => Retry::WorkerFault(pause),
            _ => Retry::After(pause),
        };
        self.db.fail(lease, &error.to_string(), retry).await?;
        Ok("failed")
    }
}

fn lane(lease: &Lease) -> Lane {
    if lease.backfill {
        Lane::Backfill
    } else {
        Lane::Interactive
    }
}

/// Runs heavy work off the arbiter; the callers' places bound how much at once.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PlatformError> + Send + 'static,
) -> Result<T, PlatformError> {
    match spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(PlatformError::Media(media::MediaError::Damaged {
            reason: "it made the decoder panic".into(),
        })),
    }
}
