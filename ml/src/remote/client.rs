use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::{RequestBuilder, Response, StatusCode};

use super::RemoteConfig;
use crate::MlError;
use crate::pool::{Answer, Lane, PoolStatus, Task};
use crate::wire::{self, Fault};

/// A server that does not take a connection by then is away.
const CONNECT: Duration = Duration::from_secs(2);
/// Questions about the server itself.
const SHORT: Duration = Duration::from_secs(5);
/// A first answer may wait for every model to be loaded and proven.
const READY: Duration = Duration::from_secs(60);
/// Beyond the deadline of a worker: waiting in the queue, and the network.
const QUEUE: Duration = Duration::from_secs(60);
/// Larger bodies are not sent again: whoever asks waits and comes back.
const CHEAP_BYTES: usize = 64 << 10;
/// Tries of a cheap request, and the pause before the second; it doubles, give
/// or take a half.
const TRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// After a failure, nobody tries for so long: everybody else is told at once.
const AWAY_FOR: Duration = Duration::from_secs(1);

pub(super) struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
    away: Mutex<Option<Away>>,
}

/// When the server was last found to be away, and how that showed.
struct Away {
    since: Instant,
    why: String,
}

impl Client {
    pub fn new(config: RemoteConfig) -> Result<Self, MlError> {
        let url = config.url.trim_end_matches('/').to_owned();
        let parsed = reqwest::Url::parse(&url);
        let usable = parsed.is_ok_and(|u| matches!(u.scheme(), "http" | "https") && u.has_host());
        if !usable {
            return Err(MlError::Remote(format!("{url} is no http address")));
        }
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            // our own network: proxies are for the world outside
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| MlError::Remote(describe(&error)))?;
        Ok(Self {
            http,
            url,
            token: config.token,
            away: Mutex::default(),
        })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub async fn ask(&self, lane: Lane, task: Task) -> Result<Answer, MlError> {
        let kind = task.kind();
        let address = format!("{}{}", self.url, wire::path(&task));
        let body = wire::body(&task)?;
        drop(task);
        let tries = if body.len() <= CHEAP_BYTES { TRIES } else { 1 };
        let mut attempt = 1;
        loop {
            self.not_lately_away()?;
            let request = self.http.post(&address).header(wire::LANE, lane.as_str());
            let last = attempt == tries;
            let body = body.clone();
            let sent = self.send(request.body(body), kind.deadline() + QUEUE).await;
            match sent {
                Ok(answer) => return wire::decode(kind, &answer),
                Err(MlError::Away { .. }) if !last => {
                    let pause = FIRST_PAUSE * 2_u32.pow(attempt - 1);
                    tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.5))).await;
                    attempt += 1;
                }
                Err(error) => {
                    if let MlError::Away { why, .. } = &error {
                        self.mark_away(why);
                    }
                    return Err(error);
                }
            }
        }
    }

    pub async fn status(&self) -> Result<PoolStatus, MlError> {
        let request = self.http.get(format!("{}/v1/status", self.url));
        let heard = self.send(request, SHORT).await?;
        let status: PoolStatus =
            serde_json::from_slice(&heard).map_err(|error| self.strange(&error.to_string()))?;
        Ok(PoolStatus {
            place: self.url.clone(),
            reachable: true,
            ..status
        })
    }

    pub async fn ready(&self) -> Result<(), MlError> {
        let request = self.http.get(format!("{}/readyz", self.url));
        self.send(request, READY).await.map(drop)
    }

    pub async fn unload(&self, model: &str) -> Result<bool, MlError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !model.chars().all(plain) {
            return Ok(false);
        }
        let request = self
            .http
            .post(format!("{}/v1/models/{model}/unload", self.url));
        let heard = self.send(request, SHORT).await?;
        serde_json::from_slice(&heard).map_err(|error| self.strange(&error.to_string()))
    }

    async fn send(&self, request: RequestBuilder, within: Duration) -> Result<Vec<u8>, MlError> {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let gone = |error: reqwest::Error| self.gone(describe(&error));
        let response = request.timeout(within).send().await.map_err(gone)?;
        let status = response.status();
        let body = body(response).await.map_err(gone)?;
        // it is there, whatever it says
        *self.away() = None;
        if status.is_success() {
            return Ok(body);
        }
        if status == StatusCode::UNAUTHORIZED {
            return Err(self.gone("it refuses our token".to_owned()));
        }
        match serde_json::from_slice::<Fault>(&body) {
            Ok(fault) => Err(fault.into_error()),
            Err(_) => Err(self.strange(&format!("HTTP {}", status.as_u16()))),
        }
    }

    /// Something else answers in its place, a proxy perhaps.
    fn strange(&self, why: &str) -> MlError {
        self.gone(format!("what answers there is no model server ({why})"))
    }

    fn gone(&self, why: String) -> MlError {
        MlError::Away {
            url: self.url.clone(),
            why,
        }
    }

    fn mark_away(&self, why: &str) {
        let mut away = self.away();
        if away.is_none() {
            tracing::warn!(url = self.url, why, "the model server is away");
        }
        *away = Some(Away {
            since: Instant::now(),
            why: why.to_owned(),
        });
    }

    fn not_lately_away(&self) -> Result<(), MlError> {
        match &*self.away() {
            Some(away) if away.since.elapsed() < AWAY_FOR => Err(self.gone(away.why.clone())),
            _ => Ok(()),
        }
    }

    fn away(&self) -> MutexGuard<'_, Option<Away>> {
        self.away.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn body(response: Response) -> Result<Vec<u8>, reqwest::Error> {
    Ok(response.bytes().await?.into())
}

/// With the cause, which is what helps; without the address, which is said
/// elsewhere.
fn describe(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
