//! The sample library: pictures to look at on the first start, their credits,
//! and the accounts that go with them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use actors::{NewFile, Platform, Viewer};
use anyhow::Context;
use protocol::account::{Register, User};
use protocol::element::{Source, Visibility};
use protocol::limits;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::config::Config;

/// The account that newcomers can log in with.
pub const DEMO_HANDLE: &str = "demo";
pub const DEMO_PASSWORD: &str = "asterism-demo";
/// The account that the sample pictures belong to. Nobody knows its password.
pub const OWNER_HANDLE: &str = "asterism";
const OWNER_NAME: &str = "Asterism samples";
/// Which pictures were brought in before: one that was removed stays away.
const RECORD: &str = "samples-imported.txt";
/// How often progress is logged.
const LOG_EVERY: usize = 20;

/// Who made a sample picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Credit {
    title: String,
    author: String,
    license: String,
    /// The package that it came in.
    source: String,
}

/// The credits of all sample pictures, in the order of the list.
pub fn credits() -> Vec<Credit> {
    let pictures = LIBRARY
        .package
        .iter()
        .flat_map(|p| p.picture.iter().map(move |x| (p, x)));
    pictures
        .map(|(package, picture)| Credit {
            title: picture.title.clone(),
            author: picture.author.clone(),
            license: picture.licence(package),
            source: package.label(),
        })
        .collect()
}

/// Makes the account that newcomers log in with.
///
/// # Errors
/// The database does not answer.
pub async fn open_demo(platform: &Platform) -> anyhow::Result<()> {
    account(platform, DEMO_HANDLE, "Demo", DEMO_PASSWORD.to_owned()).await?;
    Ok(())
}

/// Saves the pictures that are not there yet. Runs behind the server; whatever goes wrong is logged and tried again at the next start.
pub async fn bring_in(platform: Platform, config: Config) {
    if let Err(error) = save_all(&platform, &config).await {
        tracing::warn!(
            error = format!("{error:#}"),
            "sample library not brought in"
        );
    }
}

/// As [`bring_in`], to the end.
///
/// # Errors
/// The database or the disk does not answer.
pub async fn save_all(platform: &Platform, config: &Config) -> anyhow::Result<()> {
    let Some(dir) = &config.samples_dir else {
        tracing::warn!("no sample pictures: --samples-dir is not set");
        return Ok(());
    };
    let secret = format!("{:032x}", rand::random::<u128>());
    let owner = acting(account(platform, OWNER_HANDLE, OWNER_NAME, secret).await?);
    let record = config.data_dir.join(RECORD);
    let mut known = read_record(&record)?;
    let wanted: Vec<_> = LIBRARY
        .package
        .iter()
        .flat_map(|p| p.picture.iter().map(move |x| (p, x)))
        .filter(|(_, picture)| !known.contains(&picture.to))
        .collect();
    let total = wanted.len();
    let mut failed = 0;
    for (at, (package, picture)) in wanted.into_iter().enumerate() {
        match save(platform, &owner, dir, package, picture).await {
            Ok(()) => {
                known.insert(picture.to.clone());
                write_record(&record, &known)?;
            }
            Err(error) => {
                failed += 1;
                tracing::warn!(
                    picture = picture.to,
                    error = format!("{error:#}"),
                    "sample picture not saved"
                );
            }
        }
        if (at + 1) % LOG_EVERY == 0 || at + 1 == total {
            tracing::info!(
                done = at + 1,
                total,
                failed,
                "bringing in the sample library"
            );
        }
    }
    Ok(())
}

/// An account that acts without having logged in: on behalf of the operator.
pub fn acting(user: User) -> Viewer {
    Viewer::acting(user)
}

async fn account(
    platform: &Platform,
    handle: &str,
    name: &str,
    password: String,
) -> anyhow::Result<User> {
    let form = Register {
        handle: handle.parse().context("sample account")?,
        password: password.parse().context("sample account")?,
        display_name: Some(name.to_owned()),
    };
    platform
        .accounts()
        .ensure(form)
        .await
        .with_context(|| format!("the account {handle}"))
}

async fn save(
    platform: &Platform,
    owner: &Viewer,
    dir: &Path,
    package: &Package,
    picture: &Picture,
) -> anyhow::Result<()> {
    let path = dir.join(&picture.to);
    let bytes = tokio::fs::read(&path)
        .await
        .with_context(|| path.display().to_string())?;
    anyhow::ensure!(
        bytes.len() <= limits::UPLOAD_BYTES,
        "{} is too large",
        path.display()
    );
    let source = Source {
        via: "sample".into(),
        file_name: Some(picture.to.clone()),
        author: Some(picture.author.clone()),
        license: Some(picture.licence(package)),
        url: Some(package.url()),
        ..Source::default()
    };
    let file = NewFile {
        bytes: bytes.into(),
        file_name: Some(picture.to.clone()),
        title: Some(picture.title.clone()),
        description: picture.description.clone(),
        visibility: Visibility::Public,
        source,
        backfill: true,
    };
    platform.elements().intake(owner, file).await?;
    Ok(())
}

fn read_record(path: &PathBuf) -> anyhow::Result<BTreeSet<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.lines().map(str::to_owned).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

fn write_record(path: &PathBuf, known: &BTreeSet<String>) -> anyhow::Result<()> {
    let text: String = known.iter().map(|name| format!("{name}\n")).collect();
    std::fs::write(path, text).with_context(|| path.display().to_string())
}

static LIBRARY: LazyLock<Library> =
    LazyLock::new(|| toml::from_str(assets::SAMPLES_TOML).expect("a test reads the list"));

#[derive(Debug, Deserialize)]
struct Library {
    package: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    ecosystem: String,
    name: String,
    version: Option<String>,
    licence: Option<String>,
    picture: Vec<Picture>,
}

#[derive(Debug, Deserialize)]
struct Picture {
    /// Its name in the samples folder.
    to: String,
    title: String,
    author: String,
    description: Option<String>,
    licence: Option<String>,
}

impl Package {
    fn label(&self) -> String {
        let version = self.version.as_deref().unwrap_or("latest");
        format!("{} package {} {version}", self.ecosystem, self.name)
    }

    /// A package URL: says what it is without naming a host.
    fn url(&self) -> String {
        let version = self
            .version
            .as_ref()
            .map(|v| format!("@{v}"))
            .unwrap_or_default();
        format!("pkg:{}/{}{version}", self.ecosystem, self.name)
    }
}

impl Picture {
    fn licence(&self, package: &Package) -> String {
        self.licence
            .clone()
            .or_else(|| package.licence.clone())
            .unwrap_or_else(|| "unknown".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_picture_has_its_credits() {
        let credits = credits();
        assert!(credits.len() >= 60, "{} pictures", credits.len());
        for credit in credits {
            assert!(
                !credit.title.is_empty() && !credit.author.is_empty(),
                "{credit:?}"
            );
            assert_ne!(credit.license, "unknown", "{credit:?}");
        }
    }

    #[test]
    fn what_was_brought_in_is_remembered() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(RECORD);
        assert!(read_record(&path).unwrap().is_empty());
        let known = BTreeSet::from(["a.jpg".to_owned(), "b.jpg".to_owned()]);
        write_record(&path, &known).unwrap();
        assert_eq!(read_record(&path).unwrap(), known);
    }
}
