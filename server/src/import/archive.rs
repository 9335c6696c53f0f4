//! Takes back what `users/me/export` gave.

use std::path::Path;

use actors::{Restored, Shelf};
use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use protocol::value::Handle;

use super::direct::Direct;
use crate::config::Config;

/// # Errors
/// The archive is none, is cut off or is of a newer kind; the account or the
/// data folder cannot be used; nothing of it could be taken back.
pub async fn run(path: &Path, user: &Handle, config: Config) -> anyhow::Result<()> {
    let mut shelf = Shelf::open(path).context("this is no archive of Asterism")?;
    let bar = ProgressBar::new(shelf.complete.elements + shelf.complete.clusters);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len}  {eta}") {
        bar.set_style(style);
    }
    let target = Direct::open(config, user).await?;
    let restored = target.restore(&mut shelf, |_| bar.inc(1)).await;
    bar.finish_and_clear();
    target.close().await;
    report(&restored?)
}

fn report(done: &Restored) -> anyhow::Result<()> {
    for (name, why) in &done.refused {
        eprintln!("{name}: {why}");
    }
    println!(
        "{} saved, {} known before, {} clusters, {} likes, {} refused; pictures are processed as soon as the server runs",
        done.saved,
        done.known,
        done.clusters,
        done.likes,
        done.refused.len()
    );
    if done.elsewhere > 0 {
        println!(
            "{} likes and places are of pictures of others that this server does not have",
            done.elsewhere
        );
    }
    if done.saved + done.known + done.clusters == 0 && !done.refused.is_empty() {
        bail!("nothing was taken back");
    }
    Ok(())
}
