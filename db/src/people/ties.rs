//! user -> follows_user | mutes | blocks -> user.
//!
//! Whom an account mutes and blocks, and by whom it is blocked, also stands in
//! its row: whoever is asked on its behalf needs it every time.

use protocol::element::Owner;
use protocol::limits::{BLOCKS_PER_USER, FOLLOWS_PER_USER, MUTES_PER_USER};
use protocol::{ClusterId, Topic, UserId};
use surrealdb::types::{RecordId, SurrealValue, object};

use crate::clusters::{self, edge, pair, say};
use crate::elements::Viewer;
use crate::error::{DbError, Result};
use crate::id::now_millis;
use crate::limits::READ_MAX;
use crate::outbox::{self, Notice};
use crate::people::IdRow;
use crate::row::{self, CountRow, Key};
use crate::store::{Db, Tx};

/// How one account can stand to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    Follow,
    Mute,
    Block,
}

impl Tie {
    pub(crate) fn table(self) -> &'static str {
        match self {
            Tie::Follow => "follows_user",
            Tie::Mute => "mutes",
            Tie::Block => "blocks",
        }
    }

    pub(crate) fn edge(self, from: &UserId, to: &UserId) -> RecordId {
        pair(self.table(), from.as_str(), to.as_str())
    }

    fn most(self) -> (&'static str, usize) {
        match self {
            Tie::Follow => ("accounts that one follows", FOLLOWS_PER_USER),
            Tie::Mute => ("accounts that one mutes", MUTES_PER_USER),
            Tie::Block => ("accounts that one blocks", BLOCKS_PER_USER),
        }
    }
}

impl Db {
    /// Makes a tie or takes it back; twice is once. Blocking ends what the two
    /// had to do with each other: follows, and memberships in clusters of the
    /// other.
    ///
    /// # Errors
    /// [`DbError::Missing`], also for following somebody apart;
    /// [`DbError::Denied`] for oneself; [`DbError::Full`].
    pub async fn set_tie(&self, viewer: &Viewer, other: &UserId, tie: Tie, on: bool) -> Result<()> {
        let me = viewer
            .id()
            .ok_or(DbError::Denied("only accounts have to do with others"))?;
        if me == other {
            return Err(DbError::Denied("that is your own account"));
        }
        if on && tie == Tie::Follow && viewer.is_apart(other) {
            return Err(DbError::Missing("account"));
        }
        let (me, other) = (me.clone(), other.clone());
        self.write("a tie", move |tx| {
            let (me, other) = (me.clone(), other.clone());
            Box::pin(async move {
                if !set(tx, &me, &other, tie, on).await? {
                    return Ok(());
                }
                if on && tie == Tie::Block {
                    part(tx, &me, &other).await?;
                    part(tx, &other, &me).await?;
                }
                let mut notices = vec![Notice::account(
                    vec![Topic::User(me.clone()), Topic::Accounts],
                    me,
                )];
                if tie == Tie::Block {
                    notices.push(Notice::account(vec![Topic::Accounts], other));
                }
                outbox::write(tx, &notices).await
            })
        })
        .await
    }

    /// Those that an account follows, mutes or blocks, the latest first.
    pub async fn tied_to(&self, user: &UserId, tie: Tie) -> Result<Vec<Owner>> {
        let vars = object! { user: row::user(user), count: row::int(READ_MAX) };
        let query = format!(
            "SELECT out, out.handle AS handle, out.display_name AS name, at FROM {} \
             WHERE in = $user AND out.handle != NONE ORDER BY at DESC LIMIT $count",
            tie.table()
        );
        let rows: Vec<OtherRow> = self.read(query, vars).await?.all(0)?;
        rows.into_iter()
            .map(|row| clusters::row::person(&row.out, &row.handle, row.name))
            .collect()
    }
}

/// Writes the edge, or takes it away; false when nothing is different.
async fn set(tx: &Tx, me: &UserId, other: &UserId, tie: Tie, on: bool) -> Result<bool> {
    let vars = object! {
        me: row::user(me),
        other: row::user(other),
        edge: tie.edge(me, other),
        now: now_millis(),
    };
    let query = format!(
        "SELECT id FROM $other WHERE gone_at = NONE; SELECT VALUE out FROM $edge; \
         SELECT count() FROM {} WHERE in = $me GROUP ALL;",
        tie.table()
    );
    let mut answer = tx.run(query, vars.clone()).await?;
    if answer.one::<IdRow>(0)?.is_none() {
        return Err(DbError::Missing("account"));
    }
    let is = !answer.all::<Key>(1)?.is_empty();
    let count = answer.one::<CountRow>(2)?.map_or(0, |row| row.count);
    if is == on {
        return Ok(false);
    }
    let (what, most) = tie.most();
    if on && count >= most as u64 {
        return Err(DbError::Full { what, most });
    }
    let edge = match on {
        true => format!(
            "INSERT RELATION INTO {} {{ id: $edge, in: $me, out: $other, at: $now }} RETURN NONE;",
            tie.table()
        ),
        false => "DELETE $edge RETURN NONE;".to_owned(),
    };
    let kept = match (tie, on) {
        (Tie::Follow, _) => "",
        (Tie::Mute, true) => {
            "UPDATE $me SET muted = array::union(muted ?? [], [$other]) RETURN NONE;"
        }
        (Tie::Mute, false) => {
            "UPDATE $me SET muted = array::complement(muted ?? [], [$other]) RETURN NONE;"
        }
        (Tie::Block, true) => {
            "UPDATE $me SET blocked = array::union(blocked ?? [], [$other]) RETURN NONE; \
             UPDATE $other SET blocked_by = array::union(blocked_by ?? [], [$me]) RETURN NONE;"
        }
        (Tie::Block, false) => {
            "UPDATE $me SET blocked = array::complement(blocked ?? [], [$other]) RETURN NONE; \
             UPDATE $other SET blocked_by = array::complement(blocked_by ?? [], [$me]) RETURN NONE;"
        }
    };
    tx.run(format!("{edge} {kept}"), vars).await?;
    Ok(true)
}

/// Takes one account out of what belongs to the other.
async fn part(tx: &Tx, one: &UserId, other: &UserId) -> Result<()> {
    let vars = object! {
        one: row::user(one),
        other: row::user(other),
        edge: Tie::Follow.edge(one, other),
    };
    let mut answer = tx.run(PART, vars).await?;
    let followed: Vec<Key> = answer.all(1)?;
    let member: Vec<Key> = answer.all(2)?;
    for key in &followed {
        let id: ClusterId = key.parse()?;
        let vars = object! { edge: edge("follows", one, &id), cluster: clusters::cluster(&id) };
        tx.run(UNFOLLOW, vars).await?;
    }
    for key in &member {
        let id: ClusterId = key.parse()?;
        let vars = object! { edge: edge("member_of", one, &id) };
        tx.run("DELETE $edge RETURN NONE", vars).await?;
        say::left(tx, &id, one).await?;
        say::touched(tx, &id).await?;
    }
    Ok(())
}

const PART: &str = "DELETE $edge RETURN NONE; \
    SELECT VALUE out FROM follows WHERE in = $one AND out.owner = $other; \
    SELECT VALUE out FROM member_of WHERE in = $one AND out.owner = $other;";

const UNFOLLOW: &str = "DELETE $edge RETURN NONE; \
    UPDATE $cluster SET followers = math::max([followers - 1, 0]) RETURN NONE;";

#[derive(SurrealValue)]
struct OtherRow {
    out: Key,
    handle: String,
    name: String,
}
