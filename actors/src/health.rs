//! Does everything answer?

use std::sync::Arc;
use std::time::Duration;

use db::Db;
use ml::pool::Inference;
use serde::Serialize;

use crate::live::{Hub, Relay, Status};
use crate::pipeline::Pipeline;
use crate::search::Spaces;
use crate::supervise::Supervised;

/// How long a part may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is well and what is not.
#[derive(Debug, Clone, Serialize)]
pub struct Health {
    pub database: Check,
    pub models: Check,
    pub jobs: Check,
    pub events: Check,
}

impl Health {
    pub fn ok(&self) -> bool {
        [&self.database, &self.models, &self.jobs, &self.events]
            .iter()
            .all(|c| c.ok)
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct Check {
    pub ok: bool,
    pub detail: String,
}

impl Check {
    fn of<E: std::fmt::Display>(answer: Result<String, E>) -> Self {
        match answer {
            Ok(detail) => Self { ok: true, detail },
            Err(error) => Self {
                ok: false,
                detail: error.to_string(),
            },
        }
    }

    async fn within<E: std::fmt::Display>(asked: impl Future<Output = Result<String, E>>) -> Self {
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(answer) => Self::of(answer),
            Err(_) => Self::of(Err("no answer in 5 seconds")),
        }
    }
}

pub struct Probes {
    pub db: Db,
    pub inference: Arc<dyn Inference>,
    pub hub: Supervised<Hub>,
    pub pipeline: Supervised<Pipeline>,
    pub relay: Supervised<Relay>,
    pub spaces: Arc<Spaces>,
}

impl Probes {
    pub async fn ask(&self) -> Health {
        let database = Check::within(async { self.db.ping().await.map(|()| "answers".to_owned()) });
        let models = Check::within(async {
            self.inference
                .ready()
                .await
                .map(|()| "a forward pass succeeded".to_owned())
        });
        let jobs = Check::within(self.jobs());
        let events = Check::within(async {
            let relay = self.relay.connected();
            match self.hub.send(Status).await {
                Ok(hub) if relay => Ok(format!("{} sessions, {} topics", hub.sessions, hub.topics)),
                Ok(_) => Err("the relay has stopped".to_owned()),
                Err(error) => Err(error.to_string()),
            }
        });
        let (database, models, jobs, events) = tokio::join!(database, models, jobs, events);
        Health {
            database,
            models,
            jobs,
            events,
        }
    }

    async fn jobs(&self) -> Result<String, String> {
        if !self.pipeline.connected() {
            return Err("the pipeline has stopped".to_owned());
        }
        let counts = self.db.job_counts().await.map_err(|e| e.to_string())?;
        let sum = |f: fn(&db::JobCount) -> usize| counts.iter().map(f).sum::<usize>();
        Ok(format!(
            "{} waiting, {} running, {} failed",
            sum(|c| c.waiting),
            sum(|c| c.running),
            sum(|c| c.failed)
        ))
    }

    pub async fn measure(&self) {
        if let Ok(hub) = self.hub.send(Status).await {
            metrics::gauge!("asterism_ws_sessions").set(hub.sessions as f64);
            metrics::gauge!("asterism_ws_topics").set(hub.topics as f64);
            metrics::gauge!("asterism_ws_parked").set(hub.parked as f64);
        }
        if let Ok(counts) = self.db.job_counts().await {
            for count in counts {
                let stage = count.stage.as_str();
                metrics::gauge!("asterism_jobs", "stage" => stage, "state" => "waiting")
                    .set(count.waiting as f64);
                metrics::gauge!("asterism_jobs", "stage" => stage, "state" => "running")
                    .set(count.running as f64);
                metrics::gauge!("asterism_jobs", "stage" => stage, "state" => "failed")
                    .set(count.failed as f64);
            }
        }
        metrics::gauge!("asterism_index_vectors").set(self.spaces.len() as f64);
        let pool = self.inference.status();
        for lane in pool.lanes {
            metrics::gauge!("asterism_ml_queued", "lane" => lane.lane.as_str())
                .set(lane.queued as f64);
        }
        metrics::gauge!("asterism_ml_workers").set(pool.workers as f64);
        metrics::gauge!("asterism_ml_resident_bytes").set(pool.engine.resident_bytes as f64);
        metrics::gauge!("asterism_ml_budget_bytes").set(pool.engine.budget as f64);
        metrics::counter!("asterism_ml_done_total").absolute(pool.counts.done);
        metrics::counter!("asterism_ml_failed_total").absolute(pool.counts.failed);
        metrics::counter!("asterism_ml_panics_total").absolute(pool.counts.panics);
    }
}
