//! What would be erased.

use protocol::UserId;
use protocol::profile::{Erased, Receipt, ReceiptState};
use surrealdb::types::{SurrealValue, object};

use crate::error::Result;
use crate::limits::READ_MAX;
use crate::row::{self, CountRow, Key};
use crate::store::Db;

/// Elements that are looked at in one go.
const CHUNK: usize = 200;

impl Db {
    /// What there is of an account just now. Counts all of it: large accounts
    /// wait a moment.
    pub async fn erasure_preview(&self, user: &UserId) -> Result<Receipt> {
        let vars = object! { user: row::user(user), key: user.to_string() };
        let mut answer = self.read(COUNTS, vars).await?;
        let mut count =
            |at| -> Result<u64> { Ok(answer.one::<CountRow>(at)?.map_or(0, |row| row.count)) };
        let owned = count(0)?;
        let handed = count(1)?;
        let mut erased = Erased {
            clusters: owned.saturating_sub(handed),
            clusters_handed_over: handed,
            memberships: count(2)?.saturating_sub(owned),
            likes: count(3)?,
            relations: count(4)? + count(5)? + count(6)? + count(7)?,
            devices: count(8)?,
            logins: count(9)?,
            ..Erased::default()
        };
        let mut after = String::new();
        loop {
            let vars = object! {
                user: row::user(user),
                after: after.clone(),
                count: row::int(READ_MAX),
            };
            let rows: Vec<OwnRow> = self.read(OWN, vars).await?.all(0)?;
            erased.elements += rows.len() as u64;
            for some in rows.chunks(CHUNK) {
                self.look(user, some, &mut erased).await?;
            }
            match rows.last() {
                Some(last) if rows.len() == READ_MAX => after.clone_from(&last.place),
                _ => break,
            }
        }
        Ok(Receipt {
            id: None,
            state: ReceiptState::Preview,
            asked_at: None,
            done_at: None,
            erased,
        })
    }

    async fn look(&self, user: &UserId, rows: &[OwnRow], erased: &mut Erased) -> Result<()> {
        let media: Vec<String> = rows.iter().map(|row| row.media.clone()).collect();
        let mut vars = object! { user: row::user(user), media: media };
        let mut query = "SELECT VALUE media FROM element \
             WHERE media IN $media AND owner != $user GROUP BY media;"
            .to_owned();
        for (at, row) in rows.iter().enumerate() {
            vars.insert(format!("e{at}"), row.id.0.clone());
            query.push_str(&format!(
                "SELECT count() FROM embedding:[$e{at}]..[$e{at}, '~'] GROUP ALL;"
            ));
        }
        let mut answer = self.read(query, vars).await?;
        let shared: Vec<String> = answer.all(0)?;
        erased.files += rows
            .iter()
            .filter(|row| !shared.contains(&row.media))
            .count() as u64;
        for at in 0..rows.len() {
            erased.embeddings += answer.one::<CountRow>(at + 1)?.map_or(0, |row| row.count);
        }
        Ok(())
    }
}

const COUNTS: &str = "SELECT count() FROM cluster WHERE owner = $user GROUP ALL; \
    SELECT count() FROM cluster WHERE owner = $user AND gone_at = NONE \
        AND array::len(SELECT VALUE id FROM member_of WHERE out = $parent.id \
        AND role = 'editor') > 0 GROUP ALL; \
    SELECT count() FROM member_of WHERE in = $user GROUP ALL; \
    SELECT count() FROM likes:[$key]..[$key, '~'] GROUP ALL; \
    SELECT count() FROM follows WHERE in = $user GROUP ALL; \
    SELECT count() FROM follows_user WHERE in = $user OR out = $user GROUP ALL; \
    SELECT count() FROM mutes WHERE in = $user GROUP ALL; \
    SELECT count() FROM blocks WHERE in = $user GROUP ALL; \
    SELECT count() FROM device WHERE owner = $user GROUP ALL; \
    SELECT count() FROM login WHERE user = $user GROUP ALL;";

const OWN: &str = "SELECT id, media, place FROM element WHERE owner = $user AND place > $after \
    ORDER BY place LIMIT $count";

#[derive(SurrealValue)]
struct OwnRow {
    id: Key,
    media: String,
    place: String,
}
