//! Who belongs to a cluster, who is invited, who follows it.

use protocol::cluster::{ClusterRole, Member, Members};
use protocol::limits::CLUSTER_MEMBERS;
use protocol::notification::ClusterNews;
use protocol::{ClusterId, Timestamp, UserId};
use surrealdb::types::{RecordId, SurrealValue, object};

use super::row::{follows, member, person};
use super::{Standing, account, cluster, edge, say};
use crate::elements::Viewer;
use crate::error::{DbError, Result};
use crate::id::now_millis;
use crate::notifications::{self, News};
use crate::row::{self, Key};
use crate::store::{Db, Tx};

/// The hash of an invitation's secret, in hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteKey(pub String);

impl Db {
    /// The owner first, then by the time they came; for members.
    ///
    /// # Errors
    /// [`DbError::Missing`], [`DbError::Denied`].
    pub async fn cluster_members(&self, viewer: &Viewer, id: &ClusterId) -> Result<Members> {
        let found = self.cluster(viewer, id, None).await?;
        let found = found.ok_or(DbError::Missing("cluster"))?;
        if found.role.is_none() && *viewer != Viewer::System {
            return Err(DbError::Denied("only members see who else is one"));
        }
        let vars = object! { cluster: cluster(id) };
        let query = "SELECT in, in.handle AS handle, in.display_name AS name, role, at \
             FROM member_of WHERE out = $cluster";
        let rows: Vec<PersonRow> = self.read(query, vars).await?.all(0)?;
        let mut items = rows
            .into_iter()
            .map(PersonRow::member)
            .collect::<Result<Vec<_>>>()?;
        items.sort_by_key(|m| (std::cmp::Reverse(m.role == ClusterRole::Owner), m.since));
        Ok(Members { items })
    }

    /// Gives a member another role, or makes somebody one.
    ///
    /// # Errors
    /// [`DbError::Missing`], [`DbError::Denied`] for everybody but the owner and
    /// for the owner's own role, [`DbError::Full`].
    pub async fn set_member(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        user: &UserId,
        role: ClusterRole,
    ) -> Result<()> {
        if viewer.is_apart(user) {
            return Err(DbError::Missing("account"));
        }
        let (who, id, user) = (viewer.clone(), id.clone(), user.clone());
        self.write("a member", move |tx| {
            let (who, id, user) = (who.clone(), id.clone(), user.clone());
            Box::pin(async move {
                let standing = Standing::find(tx, &who, &id, Some(ClusterRole::Owner)).await?;
                if standing.row.owner()?.id == user || role == ClusterRole::Owner {
                    return Err(DbError::Denied("a cluster has one owner, who stays it"));
                }
                if !admit(tx, &id, &user, role, false).await? {
                    return Ok(());
                }
                let news = News::invited(user, &id, who.id(), role);
                notifications::tell(tx, &[news]).await
            })
        })
        .await
    }

    /// Ends a membership: the owner anybody's, a member their own.
    ///
    /// # Errors
    /// [`DbError::Missing`], [`DbError::Denied`].
    pub async fn drop_member(&self, viewer: &Viewer, id: &ClusterId, user: &UserId) -> Result<()> {
        let (who, id, user) = (viewer.clone(), id.clone(), user.clone());
        self.write("a member's leave", move |tx| {
            let (who, id, user) = (who.clone(), id.clone(), user.clone());
            Box::pin(async move {
                let own = who.id() == Some(&user);
                let needed = match own {
                    true => ClusterRole::Viewer,
                    false => ClusterRole::Owner,
                };
                let standing = Standing::find(tx, &who, &id, Some(needed)).await?;
                if standing.row.owner()?.id == user {
                    return Err(DbError::Denied("the owner cannot leave, but delete it"));
                }
                let vars = object! { member: edge("member_of", &user, &id) };
                tx.run("DELETE $member RETURN NONE", vars).await?;
                say::left(tx, &id, &user).await?;
                say::touched(tx, &id).await?;
                let owner = standing.row.owner()?.id;
                let role = ClusterRole::Viewer;
                let joined = News::changed(owner, &id, &user, ClusterNews::Joined { role });
                notifications::retract(tx, &joined).await?;
                let invited = News::invited(user, &id, who.id(), role);
                notifications::retract(tx, &invited).await
            })
        })
        .await
    }

    /// Keeps an invitation.
    ///
    /// # Errors
    /// [`DbError::Missing`], [`DbError::Denied`] for everybody but the owner.
    pub async fn create_invite(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        key: InviteKey,
        role: ClusterRole,
        expires_at: i64,
    ) -> Result<()> {
        let (who, id) = (viewer.clone(), id.clone());
        self.write("an invitation", move |tx| {
            let (who, id, key) = (who.clone(), id.clone(), key.clone());
            Box::pin(async move {
                Standing::find(tx, &who, &id, Some(ClusterRole::Owner)).await?;
                let vars = object! {
                    invite: RecordId::new("invite", key.0),
                    cluster: cluster(&id),
                    role: role.as_str().to_owned(),
                    by: row::user(account(&who)?),
                    expires: expires_at,
                    now: now_millis(),
                };
                tx.run(INVITE, vars).await.map(drop)
            })
        })
        .await
    }

    /// Makes the viewer a member by an invitation; one who is more already
    /// stays that.
    ///
    /// # Errors
    /// [`DbError::Missing`] when there is no such invitation (any more).
    pub async fn join_cluster(&self, viewer: &Viewer, key: InviteKey) -> Result<ClusterId> {
        let (user, who) = (account(viewer)?.clone(), viewer.clone());
        self.write("a joining", move |tx| {
            let (user, who, key) = (user.clone(), who.clone(), key.clone());
            Box::pin(async move {
                let mut vars = object! {
                    invite: RecordId::new("invite", key.0),
                    now: now_millis(),
                };
                who.bind(&mut vars);
                let query = "SELECT cluster, cluster.owner AS owner, role FROM $invite \
                     WHERE expires_at > $now AND cluster.gone_at = NONE \
                     AND cluster.owner NOT IN $apart";
                let invite: Option<InviteRow> = tx.run(query, vars).await?.one(0)?;
                let invite = invite.ok_or(DbError::Missing("invitation"))?;
                let id: ClusterId = invite.cluster.parse()?;
                let role = invite.role;
                if admit(tx, &id, &user, role, true).await? {
                    let joined = ClusterNews::Joined { role };
                    let news = News::changed(invite.owner.parse()?, &id, &user, joined);
                    notifications::tell(tx, &[news]).await?;
                }
                Ok(id)
            })
        })
        .await
    }

    /// Follows a cluster, or no longer; twice is once.
    ///
    /// # Errors
    /// [`DbError::Missing`].
    pub async fn follow_cluster(&self, viewer: &Viewer, id: &ClusterId, on: bool) -> Result<()> {
        let (who, id) = (viewer.clone(), id.clone());
        self.write("a following", move |tx| {
            let (who, id) = (who.clone(), id.clone());
            Box::pin(async move {
                let user = account(&who)?;
                if on {
                    Standing::find(tx, &who, &id, None).await?;
                }
                follow(tx, user, &id, on).await
            })
        })
        .await
    }
}

async fn follow(tx: &Tx, user: &UserId, id: &ClusterId, on: bool) -> Result<()> {
    let vars = object! {
        edge: edge("follows", user, id),
        new: follows(user, id, now_millis()),
        cluster: cluster(id),
    };
    let query = "SELECT VALUE out FROM $edge; SELECT VALUE owner FROM $cluster;";
    let mut answer = tx.run(query, vars.clone()).await?;
    let before = !answer.all::<Key>(0)?.is_empty();
    let owner: Option<Key> = answer.one(1)?;
    if before == on {
        return Ok(());
    }
    tx.run(if on { FOLLOW } else { UNFOLLOW }, vars).await?;
    let Some(owner) = owner else {
        return Ok(());
    };
    let news = News::followed(owner.parse()?, id, user);
    match on {
        true => notifications::tell(tx, &[news]).await,
        false => notifications::retract(tx, &news).await,
    }
}

/// Makes somebody a member, or gives them another role; false where that is
/// so already.
async fn admit(
    tx: &Tx,
    id: &ClusterId,
    user: &UserId,
    role: ClusterRole,
    keep_more: bool,
) -> Result<bool> {
    let now = now_millis();
    let vars = object! {
        member: edge("member_of", user, id),
        new: member(user, id, role, now, now),
        cluster: cluster(id),
        role: role.as_str().to_owned(),
    };
    let query = "SELECT role FROM $member; \
         SELECT count() FROM member_of WHERE out = $cluster GROUP ALL;";
    let mut answer = tx.run(query, vars.clone()).await?;
    let before = answer.one::<super::row::RoleRow>(0)?.map(|row| row.role);
    let count = answer.one::<row::CountRow>(1)?.map_or(0, |row| row.count);
    match before {
        Some(before) if before == role || (keep_more && before > role) => return Ok(false),
        Some(_) => {
            tx.run("UPDATE $member SET role = $role RETURN NONE", vars)
                .await?
        }
        None if count >= CLUSTER_MEMBERS as u64 => {
            return Err(DbError::Full {
                what: "members of a cluster",
                most: CLUSTER_MEMBERS,
            });
        }
        None => tx.run(ADMIT, vars).await?,
    };
    say::touched(tx, id).await?;
    Ok(true)
}

#[derive(SurrealValue)]
struct PersonRow {
    r#in: Key,
    handle: String,
    name: String,
    #[surreal(wrap)]
    role: ClusterRole,
    at: i64,
}

impl PersonRow {
    fn member(self) -> Result<Member> {
        Ok(Member {
            user: person(&self.r#in, &self.handle, self.name)?,
            role: self.role,
            since: Timestamp::from_millis(self.at),
        })
    }
}

#[derive(SurrealValue)]
struct InviteRow {
    cluster: Key,
    owner: Key,
    #[surreal(wrap)]
    role: ClusterRole,
}

const ADMIT: &str = "INSERT RELATION INTO member_of $new RETURN NONE";

// the expired ones of the cluster go with it
const INVITE: &str = "DELETE invite WHERE cluster = $cluster AND expires_at < $now; \
    INSERT INTO invite { id: $invite, cluster: $cluster, role: $role, by: $by, \
    expires_at: $expires } RETURN NONE;";

const FOLLOW: &str = "INSERT RELATION INTO follows $new RETURN NONE; \
    UPDATE $cluster SET followers += 1 RETURN NONE;";

const UNFOLLOW: &str = "DELETE $edge RETURN NONE; \
    UPDATE $cluster SET followers = math::max([followers - 1, 0]) RETURN NONE;";
