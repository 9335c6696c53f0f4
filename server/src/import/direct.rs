//! Import into a data folder that no server uses.

use std::path::Path;
use std::time::Duration;

use actors::{NewFile, Platform, PlatformError, Restored, Shelf, Viewer};
use anyhow::Context;
use protocol::element::{Source, Visibility};
use protocol::value::Handle;

use super::report::Outcome;
use crate::config::Config;
use crate::{bootstrap, samples};

/// How long the platform may take to stop.
const DRAIN: Duration = Duration::from_secs(5);

pub struct Direct {
    platform: Platform,
    owner: Viewer,
}

impl Direct {
    /// # Errors
    /// The database is locked (then says how to go through the server), or
    /// there is no such account.
    pub async fn open(config: Config, user: &Handle) -> anyhow::Result<Self> {
        // saving needs none; what needs them happens in the server
        let config = Config {
            allow_missing_models: true,
            ..config
        };
        let platform = bootstrap::start_quietly(&config).await.context(
            "cannot open the data folder (does a server run on it? then add --server http://127.0.0.1:8080)",
        )?;
        let owner = platform
            .accounts()
            .find(user)
            .await
            .with_context(|| format!("the account {user} cannot be used"))?;
        Ok(Direct {
            platform,
            owner: samples::acting(owner),
        })
    }

    /// # Errors
    /// The database or the disk failed; a refused file is no error.
    pub async fn save(
        &self,
        path: &Path,
        bytes: Vec<u8>,
        visibility: Visibility,
    ) -> anyhow::Result<Outcome> {
        let file = NewFile {
            bytes: bytes.into(),
            file_name: Some(super::name(path)),
            title: None,
            description: None,
            visibility,
            source: Source {
                via: "import".into(),
                ..Source::default()
            },
            backfill: true,
        };
        match self.platform.elements().intake(&self.owner, file).await {
            Ok(taken) if taken.duplicate_of.is_some() => Ok(Outcome::Known),
            Ok(_) => Ok(Outcome::Saved),
            Err(error) => refused(error),
        }
    }

    /// # Errors
    /// The database or the disk failed.
    pub async fn restore(
        &self,
        shelf: &mut Shelf,
        told: impl FnMut(&str),
    ) -> anyhow::Result<Restored> {
        let (profiles, elements) = (self.platform.profiles(), self.platform.elements());
        Ok(profiles.restore(&self.owner, elements, shelf, told).await?)
    }

    pub async fn close(self) {
        self.platform.shutdown(DRAIN).await;
    }
}

/// The file's fault is told and passed over; ours ends the import.
fn refused(error: PlatformError) -> anyhow::Result<Outcome> {
    let problem = error.problem();
    if problem.status >= 500 {
        return Err(error.into());
    }
    Ok(Outcome::Refused(problem.detail.unwrap_or(problem.title)))
}
