//! What an account shows of itself.

use protocol::element::Element;
use protocol::profile::{Profile, ProfileCounts, ProfilePatch, Relation, avatar_files};
use protocol::value::Handle;
use protocol::{Cursor, ElementId, MediaHash, Page, Topic, UserId};
use surrealdb::types::{RecordId, SerdeWrapper, SurrealValue, object};

use super::handles;
use super::ties::Tie;
use crate::elements::{MediaRow, Viewer};
use crate::error::{DbError, Result};
use crate::id::now_millis;
use crate::limits::READ_MAX;
use crate::outbox::{self, Notice};
use crate::people::UserRow;
use crate::row::{self, CountRow, Key};
use crate::store::{Db, Tx};

impl Db {
    /// The account of a handle, current or former; none where it keeps the
    /// viewer away: then it is nowhere for them.
    pub async fn account(&self, viewer: &Viewer, handle: &Handle) -> Result<Option<UserId>> {
        let row = self.row_of(handle).await?;
        let id = row.map(UserRow::user).transpose()?.map(|user| user.id);
        let refused = |id: &UserId| viewer.ties().is_some_and(|t| t.blocked_by.contains(id));
        Ok(id.filter(|id| !refused(id)))
    }

    /// What the account of a handle shows to the viewer, but for how many
    /// elements there are: that is known from memory.
    pub async fn profile(&self, viewer: &Viewer, handle: &Handle) -> Result<Option<Profile>> {
        let Some(row) = self.row_of(handle).await? else {
            return Ok(None);
        };
        let profile = self.shown(viewer, row).await?;
        Ok(profile.map(|profile| Profile {
            moved_from: (profile.user.handle != *handle).then(|| handle.clone()),
            ..profile
        }))
    }

    async fn shown(&self, viewer: &Viewer, row: UserRow) -> Result<Option<Profile>> {
        let (bio, links) = (row.bio.clone(), row.links.as_ref().map(|l| l.0.clone()));
        let shares_likes = row.share_likes.unwrap_or_default();
        let user = row.user()?;
        let own = viewer.id() == Some(&user.id);
        let ties = viewer.ties().cloned().unwrap_or_default();
        if ties.blocked_by.contains(&user.id) {
            return Ok(None);
        }
        let edge = |from: Option<&UserId>, to: &UserId| {
            from.map(|from| Tie::Follow.edge(from, to))
                .into_iter()
                .collect::<Vec<RecordId>>()
        };
        let mine = match viewer.id() {
            Some(me) => vec![Tie::Follow.edge(&user.id, me)],
            None => Vec::new(),
        };
        let mut vars = object! {
            user: row::user(&user.id),
            theirs: edge(viewer.id(), &user.id),
            mine: mine,
        };
        viewer.bind(&mut vars);
        let mut answer = self.read(ABOUT, vars).await?;
        let mut count =
            |at| -> Result<u64> { Ok(answer.one::<CountRow>(at)?.map_or(0, |row| row.count)) };
        let counts = ProfileCounts {
            elements: 0,
            followers: count(0)?,
            following: count(1)?,
            clusters: count(2)?,
        };
        let blocked = ties.blocked.contains(&user.id);
        let relation = Relation {
            following: !answer.all::<Key>(3)?.is_empty(),
            followed_by: !answer.all::<Key>(4)?.is_empty(),
            muted: ties.muted.contains(&user.id),
            blocked,
        };
        if blocked {
            // so much that it can be told whom to let in again
            return Ok(Some(Profile {
                user,
                bio: String::new(),
                links: Vec::new(),
                shares_likes: false,
                counts: ProfileCounts::default(),
                relation: Some(relation),
                moved_from: None,
            }));
        }
        Ok(Some(Profile {
            user,
            bio: bio.unwrap_or_default(),
            links: links.unwrap_or_default(),
            shares_likes,
            counts,
            relation: (!own).then_some(relation),
            moved_from: None,
        }))
    }

    /// Changes what an account shows; `patch` is checked already.
    ///
    /// # Errors
    /// [`DbError::HandleTaken`], [`DbError::TooSoon`]; [`DbError::Missing`] when
    /// the account is gone.
    pub async fn change_profile(&self, id: &UserId, patch: ProfilePatch) -> Result<()> {
        let id = id.clone();
        self.write("a profile", move |tx| {
            let (id, patch) = (id.clone(), patch.clone());
            Box::pin(async move {
                let now = now_millis();
                let before = current(tx, &id).await?;
                if let Some(handle) = patch.handle.as_ref().filter(|h| **h != before) {
                    handles::change(tx, &id, &before, handle, now).await?;
                }
                let vars = object! {
                    id: row::user(&id),
                    name: patch.display_name,
                    bio: patch.bio,
                    links: patch.links.map(SerdeWrapper),
                    share_likes: patch.share_likes,
                };
                tx.run(CHANGE, vars).await?;
                touched(tx, &id).await
            })
        })
        .await
    }

    /// Gives an account another picture, or takes it away; answers what it had.
    ///
    /// # Errors
    /// [`DbError::Missing`] when the account is gone.
    pub async fn set_avatar(
        &self,
        id: &UserId,
        avatar: Option<MediaHash>,
    ) -> Result<Option<MediaHash>> {
        let id = id.clone();
        self.write("an avatar", move |tx| {
            let (id, avatar) = (id.clone(), avatar.clone());
            Box::pin(async move {
                current(tx, &id).await?;
                let vars = object! {
                    id: row::user(&id),
                    avatar: avatar.map(|hash| hash.to_string()),
                };
                let query = "SELECT avatar FROM $id; \
                     UPDATE $id SET avatar = $avatar RETURN NONE;";
                let before = tx.run(query, vars).await?.one::<AvatarRow>(0)?;
                touched(tx, &id).await?;
                let before = before.and_then(|row| row.avatar);
                before.as_deref().map(row::parse).transpose()
            })
        })
        .await
    }

    /// A file of an avatar, of an account that does not keep the viewer away.
    pub(crate) async fn avatar_visible(
        &self,
        viewer: &Viewer,
        media: &MediaHash,
        variant: &str,
    ) -> Result<Option<MediaRow>> {
        let files = avatar_files(media);
        let Some(file) = files.into_iter().find(|file| file.variant == variant) else {
            return Ok(None);
        };
        let mut vars = object! { media: media.to_string() };
        viewer.bind(&mut vars);
        let found: Vec<Key> = self.read(AVATAR, vars).await?.all(0)?;
        Ok((!found.is_empty()).then_some(MediaRow { mime: file.mime }))
    }

    /// What an account likes, the latest first, as far as the viewer sees it in
    /// lists; none where the account keeps that to itself.
    ///
    /// # Errors
    /// [`DbError::BadCursor`].
    pub async fn liked_by(
        &self,
        viewer: &Viewer,
        user: &UserId,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Option<Page<Element>>> {
        if viewer.id() != Some(user) && *viewer != Viewer::System {
            let row = self.user_row(user).await?;
            let shares = row.is_some_and(|row| row.share_likes.unwrap_or_default());
            if !shares || viewer.is_apart(user) {
                return Ok(None);
            }
        }
        let limit = limit.clamp(1, READ_MAX);
        let mut after = cursor.map(|c| c.as_str().to_owned()).unwrap_or_default();
        let mut items: Vec<Element> = Vec::new();
        let mut places: Vec<String> = Vec::new();
        loop {
            let vars = object! {
                key: user.to_string(),
                after: after.clone(),
                count: row::int(limit + 1),
            };
            let rows: Vec<LikeRow> = self.read(LIKED_BY, vars).await?.all(0)?;
            let full = rows.len() > limit;
            let ids: Vec<ElementId> = rows
                .iter()
                .map(|row| row.out.parse())
                .collect::<Result<_>>()?;
            for element in self.elements(viewer, &ids).await? {
                let at = ids.iter().position(|id| *id == element.id);
                places.extend(at.map(|at| rows[at].place.clone()));
                items.push(element);
            }
            if let Some(last) = rows.last() {
                after.clone_from(&last.place);
            }
            if !full || items.len() > limit {
                break;
            }
        }
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = match places.get(limit.saturating_sub(1)) {
            Some(place) if more => place.parse().ok(),
            _ => None,
        };
        Ok(Some(Page { items, next_cursor }))
    }
}

/// The handle that an account has now.
async fn current(tx: &Tx, id: &UserId) -> Result<Handle> {
    let query = "SELECT handle FROM $id WHERE gone_at = NONE";
    let mut answer = tx.run(query, object! { id: row::user(id) }).await?;
    let row: HandleRow = answer.one(0)?.ok_or(DbError::Missing("account"))?;
    row::parse(&row.handle)
}

/// Tells the account itself and whoever shows it.
async fn touched(tx: &Tx, id: &UserId) -> Result<()> {
    let topics = vec![Topic::User(id.clone()), Topic::Explore];
    outbox::write(tx, &[Notice::account(topics, id.clone())]).await
}

const CHANGE: &str = "UPDATE $id SET display_name = $name ?? display_name, bio = $bio ?? bio ?? '', \
    links = $links ?? links ?? [], share_likes = $share_likes ?? share_likes ?? false RETURN NONE";

const ABOUT: &str = "SELECT count() FROM follows_user WHERE out = $user GROUP ALL; \
    SELECT count() FROM follows_user WHERE in = $user GROUP ALL; \
    SELECT count() FROM cluster WHERE owner = $user AND gone_at = NONE \
        AND ($system OR owner = $viewer OR visibility = 'public') GROUP ALL; \
    SELECT VALUE out FROM $theirs; SELECT VALUE out FROM $mine;";

const AVATAR: &str =
    "SELECT VALUE id FROM user WHERE avatar = $media AND gone_at = NONE AND id NOT IN $apart";

const LIKED_BY: &str = "SELECT out, place FROM likes:[$key]..[$key, '~'] WHERE place > $after \
    ORDER BY place LIMIT $count";

#[derive(SurrealValue)]
struct HandleRow {
    handle: String,
}

#[derive(SurrealValue)]
struct AvatarRow {
    avatar: Option<String>,
}

#[derive(SurrealValue)]
struct LikeRow {
    out: Key,
    place: String,
}
