//! The models folder: what is in it, what is not, and how it gets there.
//!
//! `<folder>/<model id>/<file>`, as the manifest says. A model is ready when
//! every file of it is byte for byte what the manifest pins; of a hub's model,
//! what its first fetch pinned (see [`pins`]).

mod hub;
mod pins;

mod prune;

use std::fs;
use std::path::{Path, PathBuf};

use crate::MlError;
use crate::convert::convert_part;
#[cfg(feature = "hub")]
use crate::fetch::hub::HubConfig;
use crate::fetch::{self, Fetcher, FileState, Progress, stamp};
use crate::manifest::{Conversion, Job, Manifest, Model, Pin, SourceFile};
use pins::Pins;
pub use prune::Surplus;

/// The models folder, seen through a manifest.
#[derive(Debug, Clone)]
pub struct ModelStore {
    dir: PathBuf,
    manifest: Manifest,
    fetcher: Fetcher,
    #[cfg(feature = "hub")]
    hub: HubConfig,
}

/// One model, as it is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelStatus {
    /// As in the manifest.
    pub id: String,
    /// What it is for.
    pub job: Job,
    /// What it takes on disk once it is ready.
    pub bytes: u64,
    /// Whether it can be used.
    pub state: ModelState,
}

/// Whether a model can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelState {
    /// Every file is there and as pinned.
    Ready,
    /// A file is not there.
    Missing,
    /// A file is there and something else.
    Damaged {
        /// Its name.
        file: String,
        /// In words, for a person.
        why: String,
    },
    /// It was fetched, but an earlier run stopped before converting it.
    NotConverted,
}

/// Fetched files wait here for their conversion.
const SOURCE_DIR: &str = ".source";

impl ModelStore {
    /// `dir` need not exist yet.
    pub fn new(dir: impl Into<PathBuf>, manifest: Manifest) -> Self {
        Self {
            dir: dir.into(),
            manifest,
            fetcher: Fetcher::default(),
            #[cfg(feature = "hub")]
            hub: HubConfig::default(),
        }
    }

    /// With another hub than the public one, or with a token for it.
    #[cfg(feature = "hub")]
    #[must_use]
    pub fn with_hub(mut self, hub: HubConfig) -> Self {
        self.hub = hub;
        self
    }

    /// With package clients or retries other than the usual ones.
    #[must_use]
    pub fn with_fetcher(mut self, fetcher: Fetcher) -> Self {
        self.fetcher = fetcher;
        self
    }

    /// What it goes by.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The models folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Fetches, verifies and converts the named models, or every default one
    /// if none is named. What is ready already costs no network and no process.
    ///
    /// # Errors
    /// See [`Fetcher::fetch`] and [`convert`]; `UnknownModel`. Models that were
    /// finished before the error stay.
    pub fn pull(
        &self,
        ids: &[impl AsRef<str>],
        progress: &dyn Progress,
    ) -> Result<Vec<ModelStatus>, MlError> {
        let models: Vec<&Model> = if ids.is_empty() {
            self.manifest.defaults().collect()
        } else {
            ids.iter()
                .map(|id| self.manifest.model(id.as_ref()))
                .collect::<Result<_, _>>()?
        };
        let mut absent = Vec::new();
        for model in &models {
            if self.state(model, stamp::check)? != ModelState::Ready {
                absent.push(*model);
            }
        }
        if !absent.is_empty() {
            fs::create_dir_all(&self.dir).map_err(MlError::io(&self.dir))?;
            // one process fetches, the others find it done
            let _lock = fetch::lock(&self.dir, progress)?;
            for model in absent {
                self.pull_one(model, progress)?;
            }
        }
        models
            .into_iter()
            .map(|model| self.status(model, stamp::check))
            .collect()
    }

    /// Every model of the manifest, without reading files that were verified
    /// before.
    ///
    /// # Errors
    /// Only when the folder cannot be read.
    pub fn list(&self) -> Result<Vec<ModelStatus>, MlError> {
        self.statuses(stamp::check)
    }

    /// Every model of the manifest, reading every byte.
    ///
    /// # Errors
    /// Only when the folder cannot be read.
    pub fn verify(&self) -> Result<Vec<ModelStatus>, MlError> {
        self.statuses(stamp::check_fully)
    }

    /// What lies in the folder and no model of the manifest needs: models of
    /// other versions, leftovers of fetches and conversions, stray files.
    ///
    /// # Errors
    /// Only when the folder cannot be read.
    pub fn surplus(&self) -> Result<Vec<Surplus>, MlError> {
        prune::surplus(&self.dir, &self.manifest)
    }

    /// Removes that, while nobody fetches, and says what went.
    ///
    /// # Errors
    /// When something cannot be removed; what went before it is gone.
    pub fn prune(&self) -> Result<Vec<Surplus>, MlError> {
        if !self.dir.is_dir() {
            return Ok(Vec::new());
        }
        let _lock = fetch::lock(&self.dir, &fetch::Silent)?;
        let surplus = self.surplus()?;
        for one in &surplus {
            prune::remove(&self.dir.join(&one.path))?;
        }
        Ok(surplus)
    }

    /// A file of a model that is ready to be read.
    ///
    /// # Errors
    /// `UnknownModel`; `ModelMissing`, which names the command that helps.
    pub fn path(&self, id: &str, file: &str) -> Result<PathBuf, MlError> {
        let model = self.manifest.model(id)?;
        let missing = |why: String| MlError::ModelMissing {
            id: id.to_owned(),
            why: format!("{file} {why}"),
        };
        let path = self.model_dir(model).join(file);
        let state = match &model.hub {
            Some(source) => {
                let pins = Pins::read(&self.model_dir(model), source);
                hub::check_named(&path, source, &pins, file, stamp::check)?
            }
            None => model
                .files()
                .find(|(_, f)| f.to == file)
                .map(|(_, wanted)| check(&path, wanted, stamp::check))
                .transpose()?,
        };
        let unknown = || MlError::Manifest(format!("model {id} has no file {file}"));
        match state.ok_or_else(unknown)? {
            FileState::Good => Ok(path),
            FileState::Missing => Err(missing("is not there".into())),
            FileState::Damaged { why } => Err(missing(format!("is damaged: {why}"))),
        }
    }

    fn pull_one(&self, model: &Model, progress: &dyn Progress) -> Result<(), MlError> {
        let dir = self.model_dir(model);
        if let Some(source) = &model.hub {
            return self.pull_hub(&model.id, source, &dir, progress);
        }
        for source in &model.sources {
            let mut absent = Vec::new();
            for file in &source.files {
                if check(&dir.join(&file.to), file, stamp::check)? != FileState::Good {
                    absent.push(file);
                }
            }
            if absent.is_empty() {
                continue;
            }
            let wanted: Vec<_> = absent
                .iter()
                .map(|file| file.as_wanted(fetched_name(file)))
                .collect();
            self.fetcher
                .fetch(&source.as_package(), &wanted, &dir, progress)?;
            for file in absent {
                if file.convert != Conversion::Copy {
                    progress.begin(&format!("converting {}", model.id), None);
                    let converted = convert_one(&dir, file);
                    progress.end(converted.is_ok());
                    converted?;
                    remove_sources(&dir);
                }
            }
        }
        Ok(())
    }

    fn statuses(&self, check: Check) -> Result<Vec<ModelStatus>, MlError> {
        let models = self.manifest.models.iter();
        models.map(|model| self.status(model, check)).collect()
    }

    fn status(&self, model: &Model, check: Check) -> Result<ModelStatus, MlError> {
        Ok(ModelStatus {
            id: model.id.clone(),
            job: model.job,
            bytes: match &model.hub {
                Some(source) => Pins::read(&self.model_dir(model), source).bytes(),
                None => model.bytes(),
            },
            state: self.state(model, check)?,
        })
    }

    fn state(&self, model: &Model, how: Check) -> Result<ModelState, MlError> {
        let dir = self.model_dir(model);
        if let Some(source) = &model.hub {
            return hub::state(&dir, source, how);
        }
        for (_, file) in model.files() {
            match check(&dir.join(&file.to), file, how)? {
                FileState::Good => {}
                FileState::Damaged { why } => {
                    return Ok(ModelState::Damaged {
                        file: file.to.clone(),
                        why,
                    });
                }
                FileState::Missing => {
                    let fetched = file.convert != Conversion::Copy
                        && stamp::check(&dir.join(fetched_name(file)), &file.sha256, file.bytes)?
                            == FileState::Good;
                    return Ok(if fetched {
                        ModelState::NotConverted
                    } else {
                        ModelState::Missing
                    });
                }
            }
        }
        Ok(ModelState::Ready)
    }

    fn model_dir(&self, model: &Model) -> PathBuf {
        self.dir.join(&model.id)
    }
}

type Check = fn(&Path, &str, u64) -> Result<FileState, MlError>;

fn check(path: &Path, file: &SourceFile, how: Check) -> Result<FileState, MlError> {
    let pin = file.ready();
    how(path, &pin.sha256, pin.bytes)
}

/// Where the fetcher puts a file, relative to the model's folder.
fn fetched_name(file: &SourceFile) -> PathBuf {
    match file.convert {
        Conversion::Copy => PathBuf::from(&file.to),
        _ => Path::new(SOURCE_DIR).join(&file.to),
    }
}

/// What a conversion starts from and must end in.
struct Making<'a> {
    source: &'a Path,
    convert: Conversion,
    keep: &'a [String],
    to: &'a str,
}

fn convert_one(dir: &Path, file: &SourceFile) -> Result<Pin, MlError> {
    let making = Making {
        source: &dir.join(fetched_name(file)),
        convert: file.convert,
        keep: &[],
        to: &file.to,
    };
    make(dir, &making, Some(&file.ready()))
}

/// Converts beside the target, checks the result and moves it into place; the
/// source is then no longer needed.
fn make(dir: &Path, making: &Making<'_>, pin: Option<&Pin>) -> Result<Pin, MlError> {
    let place = dir.join(making.to);
    let work = fetch::work_dir(dir)?;
    let made = work.path().join(making.to);
    convert_part(making.convert, making.source, making.keep, &made)?;
    let found = Pin {
        sha256: stamp::sha256_of(&made)?,
        bytes: fs::metadata(&made).map_err(MlError::io(&made))?.len(),
    };
    if let Some(pin) = pin.filter(|pin| **pin != found) {
        return Err(MlError::ChecksumMismatch {
            what: format!("{} after conversion", making.to),
            expected: pin.sha256.clone(),
            expected_bytes: pin.bytes,
            found: found.sha256,
            found_bytes: found.bytes,
        });
    }
    let synced = fs::File::open(&made).and_then(|f| f.sync_all());
    synced.map_err(MlError::io(&made))?;
    fetch::put_in_place(&made, &place)?;
    stamp::write(&place, &found.sha256);
    Ok(found)
}

fn remove_sources(dir: &Path) {
    let sources = dir.join(SOURCE_DIR);
    if let Err(error) = fs::remove_dir_all(&sources) {
        tracing::warn!(path = %sources.display(), %error, "converted source not removed");
    }
}

#[cfg(test)]
mod tests;
