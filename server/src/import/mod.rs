//! `asterism import`: a folder of pictures, with everything below it, or an
//! archive that an account exported.
//!
//! Into the data folder directly, or, when a server runs on it, through that
//! server. Pictures that were imported before are recognised by content.

mod archive;
mod direct;
mod folder;
mod remote;
mod report;

use std::path::Path;

use crate::cli::ImportArgs;
use crate::config::Config;
use report::{Outcome, Report};

/// # Errors
/// The folder or the account cannot be used, the database is locked, the
/// server does not answer; or no picture could be saved.
pub async fn run(args: &ImportArgs, config: Config) -> anyhow::Result<()> {
    if args.dir.is_file() {
        anyhow::ensure!(
            args.server.is_none(),
            "an archive is taken back into a data folder that no server uses: stop the server and leave out --server"
        );
        return archive::run(&args.dir, &args.user, config).await;
    }
    let files = folder::files(&args.dir)?;
    anyhow::ensure!(
        !files.is_empty(),
        "there are no files in {}",
        args.dir.display()
    );
    let mut report = Report::new(files.len());
    match &args.server {
        Some(url) => {
            let password = std::env::var("ASTERISM_PASSWORD").ok();
            let mut target = remote::Remote::log_in(url, &args.user, args.token.clone(), password)?;
            for path in &files {
                let outcome = match folder::read(path) {
                    Ok(bytes) => target.save(path, &bytes, args.visibility)?,
                    Err(why) => Outcome::Refused(why),
                };
                report.add(path, outcome);
            }
        }
        None => {
            let target = direct::Direct::open(config, &args.user).await?;
            for path in &files {
                let outcome = match folder::read(path) {
                    Ok(bytes) => target.save(path, bytes, args.visibility).await?,
                    Err(why) => Outcome::Refused(why),
                };
                report.add(path, outcome);
            }
            target.close().await;
        }
    }
    report.finish()
}

/// A file's own name.
fn name(path: &Path) -> String {
    path.file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default()
}
