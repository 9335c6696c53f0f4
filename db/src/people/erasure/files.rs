//! Media that erased accounts had, and whether anybody else has them.

use protocol::MediaHash;
use protocol::profile::Erased;
use surrealdb::types::{RecordId, object};

use super::{ReceiptKey, count};
use crate::error::Result;
use crate::limits::ERASE_STEP;
use crate::row::{self, Key};
use crate::store::Db;

impl Db {
    /// Media of an erased account that were not looked at yet.
    pub async fn unclaimed(&self) -> Result<Vec<MediaHash>> {
        let vars = object! { count: row::int(ERASE_STEP) };
        let query = "SELECT VALUE id FROM unclaimed WHERE looked = false LIMIT $count";
        let keys: Vec<Key> = self.read(query, vars).await?.all(0)?;
        keys.iter().map(Key::parse).collect()
    }

    /// Those that were looked at before that moment, in milliseconds since 1970.
    pub async fn unclaimed_before(&self, before: i64) -> Result<Vec<MediaHash>> {
        let vars = object! { before: before, count: row::int(ERASE_STEP) };
        let query =
            "SELECT VALUE id FROM unclaimed WHERE looked = true AND at < $before LIMIT $count";
        let keys: Vec<Key> = self.read(query, vars).await?.all(0)?;
        keys.iter().map(Key::parse).collect()
    }

    /// Does any element or account show it?
    pub async fn is_claimed(&self, media: &MediaHash) -> Result<bool> {
        let vars = object! { media: media.to_string() };
        let query = "SELECT VALUE id FROM element WHERE media = $media LIMIT 1; \
             SELECT VALUE id FROM user WHERE avatar = $media LIMIT 1;";
        let mut answer = self.read(query, vars).await?;
        Ok(!answer.all::<Key>(0)?.is_empty() || !answer.all::<Key>(1)?.is_empty())
    }

    /// It was looked at; `removed`: its files are gone.
    pub async fn looked_at(&self, media: &MediaHash, removed: bool) -> Result<()> {
        let id = RecordId::new("unclaimed", media.as_str());
        self.write("a look at files", move |tx| {
            let id = id.clone();
            Box::pin(async move {
                let vars = object! { id: id };
                let query = "SELECT VALUE erasure FROM $id WHERE looked = false; \
                     UPDATE $id SET looked = true RETURN NONE;";
                let mut answer = tx.run(query, vars).await?;
                let erasure = answer.all::<Key>(0)?.into_iter().next();
                let erased = Erased {
                    files: u64::from(removed),
                    ..Erased::default()
                };
                match erasure {
                    Some(key) => count(tx, &ReceiptKey(key.0), erased).await,
                    None => Ok(()),
                }
            })
        })
        .await
    }

    /// Nothing has to be seen to any more.
    pub async fn forget_unclaimed(&self, media: &MediaHash) -> Result<()> {
        let id = RecordId::new("unclaimed", media.as_str());
        self.write("the end of files", move |tx| {
            let vars = object! { id: id.clone() };
            Box::pin(async move { tx.run("DELETE $id RETURN NONE", vars).await.map(drop) })
        })
        .await
    }
}
