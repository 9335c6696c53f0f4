//! The models folder, for the command line and for the check at the start.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use actors::{ListModels, ModelOnDisk};
use ml::fetch::Progress;
use ml::fetch::hub::HubConfig;
use ml::manifest::{Manifest, Model};
use ml::store::{ModelState, ModelStatus, ModelStore};

/// One model in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelLine {
    pub id: String,
    pub title: String,
    pub licence: String,
    /// On disk, once it is ready.
    pub bytes: u64,
    /// What is the matter with it; none when it is ready.
    pub trouble: Option<String>,
    /// Whether that matters: an optional model may be missing.
    pub needed: bool,
}

/// Another hub than the public one, and a token for it.
#[derive(Debug, Clone, Default)]
pub struct HubAddress {
    pub endpoint: Option<String>,
    pub token: Option<String>,
}

/// What a fetch says while it goes; see `ml::fetch::Progress`.
pub trait PullEvents: Send + Sync {
    fn begin(&self, what: &str, total: Option<u64>);
    fn advance(&self, done: u64);
    fn note(&self, line: &str);
    fn end(&self, ok: bool);
}

/// Whether the image tower that the configuration names lies in the folder.
///
/// # Errors
/// It does not.
pub fn check_tower(dir: &Path, id: &str) -> anyhow::Result<()> {
    let weights = dir.join(id).join("model.safetensors");
    anyhow::ensure!(
        weights.is_file(),
        "ml.image_model names {id}, but there is no {}: put the tower there, or leave the setting out",
        weights.display()
    );
    Ok(())
}

/// Every model, without reading again what was verified before.
///
/// # Errors
/// The folder cannot be read.
pub fn list_models(dir: &Path) -> anyhow::Result<Vec<ModelLine>> {
    let store = store(dir)?;
    Ok(lines(&store, store.list()?))
}

/// Every model, reading every byte.
///
/// # Errors
/// The folder cannot be read.
pub fn verify_models(dir: &Path) -> anyhow::Result<Vec<ModelLine>> {
    let store = store(dir)?;
    Ok(lines(&store, store.verify()?))
}

/// Fetches, verifies and converts what is not there: the models named, or all
/// that are needed.
///
/// # Errors
/// Says which package could not be had and why; what was finished stays.
pub fn pull_models(
    dir: &Path,
    ids: &[String],
    hub: HubAddress,
    events: &dyn PullEvents,
) -> anyhow::Result<Vec<ModelLine>> {
    let defaults = HubConfig::default();
    let store = store(dir)?.with_hub(HubConfig {
        endpoint: hub.endpoint.unwrap_or(defaults.endpoint),
        token: hub.token,
        ..defaults
    });
    let statuses = store.pull(ids, &Relay(events))?;
    Ok(lines(&store, statuses))
}

/// The same for the page of administrators; a folder that cannot be read is
/// every model's trouble.
pub fn for_administrators(dir: PathBuf) -> ListModels {
    Arc::new(move || match list_models(&dir) {
        Ok(lines) => lines.into_iter().map(on_disk).collect(),
        Err(error) => {
            tracing::warn!(%error, "models folder cannot be listed");
            Vec::new()
        }
    })
}

fn on_disk(line: ModelLine) -> ModelOnDisk {
    ModelOnDisk {
        id: line.id,
        title: line.title,
        licence: line.licence,
        bytes: line.bytes,
        trouble: line.trouble,
    }
}

/// Something that no model needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PruneLine {
    /// Below the models folder.
    pub path: String,
    pub bytes: u64,
}

/// Removes what no model of this version needs, or only says what that is.
///
/// # Errors
/// Something cannot be removed; what was removed before it is.
pub fn prune_models(dir: &Path, only_look: bool) -> anyhow::Result<Vec<PruneLine>> {
    let store = store(dir)?;
    let found = if only_look {
        store.surplus()?
    } else {
        store.prune()?
    };
    let line = |surplus: ml::store::Surplus| PruneLine {
        path: surplus.path.display().to_string(),
        bytes: surplus.bytes,
    };
    Ok(found.into_iter().map(line).collect())
}

/// The ids of needed models that are not ready.
///
/// # Errors
/// The folder cannot be read.
pub fn missing_models(dir: &Path) -> anyhow::Result<Vec<String>> {
    let store = store(dir)?;
    let needed: Vec<String> = store.manifest().defaults().map(|m| m.id.clone()).collect();
    let missing = store
        .list()?
        .into_iter()
        .filter(|s| s.state != ModelState::Ready && needed.contains(&s.id));
    Ok(missing.map(|s| s.id).collect())
}

/// Refuses to start without the models, unless told otherwise.
pub(super) fn check(dir: &Path, allow_missing: bool) -> anyhow::Result<()> {
    let missing = missing_models(dir)?;
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(", ");
    if allow_missing {
        tracing::warn!(
            missing = names,
            "started without models, what needs them waits"
        );
        return Ok(());
    }
    anyhow::bail!(
        "models are missing in {}: {names}; fetch them with `asterism models pull --models-dir {}`, or start without them by --allow-missing-models",
        dir.display(),
        dir.display()
    )
}

fn store(dir: &Path) -> anyhow::Result<ModelStore> {
    Ok(ModelStore::new(dir, Manifest::parse(assets::MODELS_TOML)?))
}

fn lines(store: &ModelStore, statuses: Vec<ModelStatus>) -> Vec<ModelLine> {
    let line = |status: ModelStatus| {
        let model = store.manifest().model(&status.id).ok();
        ModelLine {
            title: model.map(|m| m.title.clone()).unwrap_or_default(),
            licence: model.map(|m| m.licence.clone()).unwrap_or_default(),
            bytes: status.bytes,
            needed: model.is_some_and(Model::is_default) || status.state != ModelState::Missing,
            trouble: trouble(status.state),
            id: status.id,
        }
    };
    statuses.into_iter().map(line).collect()
}

fn trouble(state: ModelState) -> Option<String> {
    match state {
        ModelState::Ready => None,
        ModelState::Missing => Some("missing".into()),
        ModelState::NotConverted => Some("fetched, not yet converted".into()),
        ModelState::Damaged { file, why } => Some(format!("{file} is damaged: {why}")),
    }
}

struct Relay<'a>(&'a dyn PullEvents);

impl Progress for Relay<'_> {
    fn begin(&self, what: &str, total: Option<u64>) {
        self.0.begin(what, total);
    }
    fn advance(&self, done: u64) {
        self.0.advance(done);
    }
    fn note(&self, line: &str) {
        self.0.note(line);
    }
    fn end(&self, ok: bool) {
        self.0.end(ok);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_folder_lacks_every_model_and_says_how_to_get_them() {
        let dir = tempfile::tempdir().unwrap();
        let missing = missing_models(dir.path()).unwrap();
        assert!(missing.len() >= 3, "{missing:?}");
        let refusal = check(dir.path(), false).unwrap_err().to_string();
        assert!(refusal.contains("asterism models pull"), "{refusal}");
        assert!(!refusal.contains('\n'));
        check(dir.path(), true).unwrap();
        assert!(
            list_models(dir.path())
                .unwrap()
                .iter()
                .all(|m| m.trouble.is_some() && !m.licence.is_empty())
        );
    }
}
