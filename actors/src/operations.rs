//! What operators see and do: models and jobs.

use std::sync::Arc;

use db::Db;
use ml::pool::Inference;
use protocol::account::Role;
use protocol::admin::{
    ActorsReport, JobState, JobsReport, LaneReport, ModelReport, ModelsReport, Retried, RetryJobs,
};
use protocol::element::StageName;
use protocol::{Cursor, limits};

use crate::search::Spaces;
use crate::{PlatformError, Viewer};

/// A model of the manifest, as the composition root knows it.
#[derive(Debug, Clone, Default)]
pub struct ModelOnDisk {
    pub id: String,
    pub title: String,
    pub licence: String,
    pub bytes: u64,
    /// What is the matter with its files.
    pub trouble: Option<String>,
}

/// Lists the models folder; blocking.
pub type ListModels = Arc<dyn Fn() -> Vec<ModelOnDisk> + Send + Sync>;

/// Models and jobs for administrators.
#[derive(Clone)]
pub struct Operations {
    db: Db,
    inference: Arc<dyn Inference>,
    list_models: ListModels,
    spaces: Arc<Spaces>,
}

impl Operations {
    pub(crate) fn new(
        db: Db,
        inference: Arc<dyn Inference>,
        list_models: ListModels,
        spaces: Arc<Spaces>,
    ) -> Self {
        Self {
            db,
            inference,
            list_models,
            spaces,
        }
    }

    /// Every model with what it costs and does, and the queues before them.
    ///
    /// # Errors
    /// `forbidden` for who is no administrator.
    pub async fn models(&self, viewer: &Viewer) -> Result<ModelsReport, PlatformError> {
        viewer.needs(Role::Admin)?;
        let list = self.list_models.clone();
        let known = tokio::task::spawn_blocking(move || list())
            .await
            .map_err(|_| PlatformError::Gone("the models folder"))?;
        let status = self.inference.status();
        let spaces = self.spaces.reports(&self.db).await?;
        let mut models: Vec<ModelReport> = known
            .into_iter()
            .map(|model| ModelReport {
                id: model.id,
                title: model.title,
                licence: model.licence,
                bytes: model.bytes,
                trouble: model.trouble,
                ..ModelReport::default()
            })
            .collect();
        for used in &status.engine.models {
            let Some(model) = models.iter_mut().find(|m| m.id == used.id) else {
                continue;
            };
            model.loaded = used.loaded;
            model.pinned = used.pinned;
            model.resident = if used.loaded { used.bytes } else { 0 };
            model.hits = used.hits;
            model.loads = used.loads;
            model.load_ms = used.load_ms;
            model.warm_up_ms = used.warm_up_ms;
            model.idle_s = used.idle_s;
            if model.trouble.is_none() {
                model.trouble.clone_from(&used.last_error);
            }
        }
        let lane = |lane: &ml::pool::LaneStatus| LaneReport {
            lane: lane.lane.to_string(),
            queued: lane.queued,
            capacity: lane.capacity,
        };
        Ok(ModelsReport {
            place: status.place.clone(),
            reachable: status.reachable,
            budget: status.engine.budget,
            resident: status.engine.resident_bytes,
            process_rss: status.process_rss,
            evictions: status.engine.evictions,
            workers: status.workers,
            replaced: status.counts.replaced,
            lanes: status.lanes.iter().map(lane).collect(),
            models,
            spaces,
        })
    }

    /// Every actor of this server, and which of them are busy with one thing.
    ///
    /// # Errors
    /// `forbidden` for who is no administrator.
    pub async fn actors(&self, viewer: &Viewer) -> Result<ActorsReport, PlatformError> {
        viewer.needs(Role::Admin)?;
        Ok(crate::supervise::look().await)
    }

    /// Unloads a model that nobody uses just now.
    ///
    /// # Errors
    /// `forbidden` for who is no administrator; `not_found` when it is not
    /// loaded or in use.
    pub async fn unload(&self, viewer: &Viewer, model: &str) -> Result<(), PlatformError> {
        viewer.needs(Role::Admin)?;
        if self.inference.unload(model.to_owned()).await? {
            Ok(())
        } else {
            Err(PlatformError::not_found("idle model"))
        }
    }

    /// How much waits, and what is stuck and why.
    ///
    /// # Errors
    /// `forbidden` for who is no administrator.
    pub async fn jobs(
        &self,
        viewer: &Viewer,
        state: Option<JobState>,
        stage: Option<StageName>,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<JobsReport, PlatformError> {
        viewer.needs(Role::Admin)?;
        let limit = limit.clamp(1, limits::PAGE_MAX);
        Ok(self.db.jobs_report(state, stage, cursor, limit).await?)
    }

    /// Puts given-up jobs to work again.
    ///
    /// # Errors
    /// `forbidden` for who is no administrator.
    pub async fn retry(&self, viewer: &Viewer, which: RetryJobs) -> Result<Retried, PlatformError> {
        viewer.needs(Role::Admin)?;
        let jobs = self.db.retry_jobs(which).await?;
        Ok(Retried { jobs })
    }
}
