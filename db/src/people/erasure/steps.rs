//! What is taken away, kind by kind.

use protocol::device::DeviceGone;
use protocol::event::Event;
use protocol::profile::Erased;
use protocol::{ClusterId, DeviceId, ElementId, Topic, UserId};
use surrealdb::types::{RecordId, SurrealValue, object};

use super::{ReceiptKey, count, record};
use crate::clusters::{cluster, edge, say};
use crate::elements;
use crate::error::Result;
use crate::id::now_millis;
use crate::limits::ERASE_STEP;
use crate::outbox::{self, Notice};
use crate::row::{self, CountRow, Key};
use crate::store::{Db, Tx};

/// One step of the first kind of which there is something left.
pub(super) async fn next(db: &Db, key: &ReceiptKey, user: &UserId) -> Result<bool> {
    for kind in KINDS {
        let vars = object! {
            user: row::user(user),
            key: user.to_string(),
            count: row::int(ERASE_STEP),
        };
        let found: Vec<RecordId> = db.read(kind.find(), vars).await?.all(0)?;
        if found.is_empty() {
            continue;
        }
        for id in found {
            let (key, user) = (key.clone(), user.clone());
            db.write("a step of an erasure", move |tx| {
                let (key, user, id) = (key.clone(), user.clone(), id.clone());
                Box::pin(async move { kind.take(tx, &key, &user, id).await })
            })
            .await?;
        }
        return Ok(true);
    }
    let (key, user) = (key.clone(), user.clone());
    db.write("the rest of an erasure", move |tx| {
        let (key, user) = (key.clone(), user.clone());
        Box::pin(async move { rest(tx, &key, &user).await })
    })
    .await?;
    Ok(false)
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Device,
    Element,
    Owned,
    Membership,
    Like,
    ClusterFollow,
    Tie(&'static str),
}

const KINDS: [Kind; 9] = [
    Kind::Device,
    Kind::Element,
    Kind::Owned,
    Kind::Membership,
    Kind::Like,
    Kind::ClusterFollow,
    Kind::Tie("follows_user"),
    Kind::Tie("mutes"),
    Kind::Tie("blocks"),
];

impl Kind {
    fn find(self) -> String {
        let text = match self {
            Kind::Device => "SELECT VALUE id FROM device WHERE owner = $user LIMIT $count",
            // deleted ones too
            Kind::Element => {
                "SELECT VALUE id FROM (SELECT id, place FROM element \
                 WHERE owner = $user AND place > '' ORDER BY place LIMIT $count)"
            }
            Kind::Owned => "SELECT VALUE id FROM cluster WHERE owner = $user LIMIT $count",
            Kind::Membership => "SELECT VALUE out FROM member_of WHERE in = $user LIMIT $count",
            Kind::Like => "SELECT VALUE id FROM likes:[$key]..[$key, '~'] LIMIT $count",
            Kind::ClusterFollow => "SELECT VALUE id FROM follows WHERE in = $user LIMIT $count",
            Kind::Tie(table) => {
                return format!(
                    "SELECT VALUE id FROM {table} WHERE in = $user OR out = $user LIMIT $count"
                );
            }
        };
        text.to_owned()
    }

    async fn take(self, tx: &Tx, key: &ReceiptKey, user: &UserId, id: RecordId) -> Result<()> {
        let taken = match self {
            Kind::Device => device(tx, user, id).await?,
            Kind::Element => element(tx, key, id).await?,
            Kind::Owned => owned(tx, user, id).await?,
            Kind::Membership => membership(tx, user, id).await?,
            Kind::Like => like(tx, id).await?,
            Kind::ClusterFollow => follow(tx, id).await?,
            Kind::Tie(table) => tie(tx, user, id, table).await?,
        };
        count(tx, key, taken).await
    }
}

async fn device(tx: &Tx, user: &UserId, id: RecordId) -> Result<Erased> {
    let name: DeviceId = text(&id)?.parse()?;
    tx.run("DELETE $id RETURN NONE", object! { id: id }).await?;
    let gone = Event::DeviceRemoved(DeviceGone { id: name });
    let topics = vec![Topic::User(user.clone())];
    outbox::write(tx, &[Notice::plain(topics, gone)]).await?;
    Ok(Erased {
        devices: 1,
        ..Erased::default()
    })
}

async fn element(tx: &Tx, key: &ReceiptKey, record_id: RecordId) -> Result<Erased> {
    let id: ElementId = text(&record_id)?.parse()?;
    let vars = object! { id: record_id, key: id.to_string() };
    let query = "SELECT media FROM $id; \
         SELECT count() FROM embedding:[$key]..[$key, '~'] GROUP ALL;";
    let mut answer = tx.run(query, vars).await?;
    let media = answer.one::<MediaOf>(0)?;
    let embeddings = answer.one::<CountRow>(1)?.map_or(0, |row| row.count);
    elements::erase(tx, &id).await?;
    if let Some(media) = media {
        unclaim(tx, key, &media.media).await?;
    }
    Ok(Erased {
        elements: 1,
        embeddings,
        ..Erased::default()
    })
}

/// A cluster goes to the editor who is it longest: others worked in it, and
/// what they put there is not the account's to take away. Without editors it
/// goes.
async fn owned(tx: &Tx, user: &UserId, record_id: RecordId) -> Result<Erased> {
    let id: ClusterId = text(&record_id)?.parse()?;
    let vars = object! { cluster: record_id, user: row::user(user) };
    let mut answer = tx.run(HEIR, vars.clone()).await?;
    let gone = answer
        .one::<GoneOf>(0)?
        .is_none_or(|row| row.gone_at.is_some());
    let heir: Option<Key> = answer
        .all::<EditorOf>(1)?
        .into_iter()
        .next()
        .map(|row| row.r#in);
    let mut vars = vars;
    vars.insert("now", now_millis());
    match heir.filter(|_| !gone) {
        Some(heir) => {
            let heir: UserId = heir.parse()?;
            vars.insert("heir", row::user(&heir));
            vars.insert("edge", edge("member_of", &heir, &id));
            vars.insert("own", edge("member_of", user, &id));
            tx.run(HAND_OVER, vars).await?;
            say::touched(tx, &id).await?;
            Ok(Erased {
                clusters_handed_over: 1,
                ..Erased::default()
            })
        }
        None => {
            if !gone {
                say::gone(tx, &id).await?;
            }
            // edges go with it
            tx.run(REMOVE, vars).await?;
            Ok(Erased {
                clusters: 1,
                ..Erased::default()
            })
        }
    }
}

async fn membership(tx: &Tx, user: &UserId, record_id: RecordId) -> Result<Erased> {
    let id: ClusterId = text(&record_id)?.parse()?;
    let vars = object! {
        cluster: cluster(&id),
        user: row::user(user),
        own: edge("member_of", user, &id),
    };
    tx.run(LEAVE, vars).await?;
    say::touched(tx, &id).await?;
    Ok(Erased {
        memberships: 1,
        ..Erased::default()
    })
}

async fn like(tx: &Tx, id: RecordId) -> Result<Erased> {
    tx.run(UNLIKE, object! { edge: id }).await?;
    Ok(Erased {
        likes: 1,
        ..Erased::default()
    })
}

async fn follow(tx: &Tx, id: RecordId) -> Result<Erased> {
    tx.run(UNFOLLOW, object! { edge: id }).await?;
    Ok(relation())
}

/// In either direction; the rows of others say nothing of it any more. Who
/// muted or blocked the account is not counted: that is theirs.
async fn tie(tx: &Tx, user: &UserId, id: RecordId, table: &str) -> Result<Erased> {
    let vars = object! { edge: id, user: row::user(user) };
    let own = "SELECT VALUE out FROM $edge WHERE in = $user";
    let own = !tx.run(own, vars.clone()).await?.all::<Key>(0)?.is_empty();
    tx.run(UNTIE, vars).await?;
    Ok(match own || table == "follows_user" {
        true => relation(),
        false => Erased::default(),
    })
}

fn relation() -> Erased {
    Erased {
        relations: 1,
        ..Erased::default()
    }
}

/// What is not counted, and the account's picture.
async fn rest(tx: &Tx, key: &ReceiptKey, user: &UserId) -> Result<()> {
    let vars = object! {
        user: row::user(user),
        key: user.to_string(),
        inbox: RecordId::new("inbox", user.as_str()),
    };
    let mut answer = tx.run(REST, vars).await?;
    let avatar = answer.one::<AvatarOf>(0)?.and_then(|row| row.avatar);
    match avatar {
        Some(avatar) => unclaim(tx, key, &avatar).await,
        None => Ok(()),
    }
}

async fn unclaim(tx: &Tx, key: &ReceiptKey, media: &str) -> Result<()> {
    let vars = object! {
        id: RecordId::new("unclaimed", media),
        erasure: record(key),
        now: now_millis(),
    };
    let query = "UPSERT $id CONTENT { erasure: $erasure, at: $now, looked: false } RETURN NONE";
    tx.run(query, vars).await.map(drop)
}

fn text(id: &RecordId) -> Result<Key> {
    let value = id.clone().into_value();
    Ok(Key::from_value(value)?)
}

const HEIR: &str = "SELECT gone_at FROM $cluster; \
    SELECT in, at FROM member_of WHERE out = $cluster AND role = 'editor' \
        AND in.gone_at = NONE AND in.handle != NONE ORDER BY at LIMIT 1;";

const HAND_OVER: &str = "UPDATE $cluster SET owner = $heir, changed_at = $now RETURN NONE; \
    UPDATE $edge SET role = 'owner' RETURN NONE; DELETE $own RETURN NONE; \
    UPDATE holds SET by = $heir WHERE in = $cluster AND by = $user RETURN NONE; \
    UPDATE invite SET by = $heir WHERE cluster = $cluster RETURN NONE;";

const REMOVE: &str =
    "DELETE invite WHERE cluster = $cluster RETURN NONE; DELETE $cluster RETURN NONE;";

const LEAVE: &str = "DELETE $own RETURN NONE; \
    UPDATE holds SET by = in.owner WHERE in = $cluster AND by = $user RETURN NONE;";

const UNLIKE: &str = "LET $liked = (SELECT VALUE out FROM $edge); DELETE $edge RETURN NONE; \
    UPDATE $liked SET likes = math::max([(likes ?? 0) - 1, 0]) RETURN NONE;";

const UNFOLLOW: &str = "LET $followed = (SELECT VALUE out FROM $edge); DELETE $edge RETURN NONE; \
    UPDATE $followed SET followers = math::max([followers - 1, 0]) RETURN NONE;";

const UNTIE: &str = "LET $ends = (SELECT VALUE [in, out] FROM $edge)[0] ?? []; \
    DELETE $edge RETURN NONE; \
    UPDATE $ends SET muted = array::complement(muted ?? [], [$user]), \
        blocked = array::complement(blocked ?? [], [$user]), \
        blocked_by = array::complement(blocked_by ?? [], [$user]) WHERE id != $user RETURN NONE;";

const REST: &str = "SELECT avatar FROM $user; DELETE notification:[$key]..[$key, '~']; DELETE $inbox; DELETE login WHERE user = $user; DELETE less WHERE user = $user; \
    DELETE errand WHERE owner = $user; DELETE former WHERE user = $user; \
    DELETE appeal WHERE by = $user; DELETE tag_bulk WHERE by = $user; \
    UPDATE $user SET avatar = NONE, bio = '', links = [] RETURN NONE;";

#[derive(SurrealValue)]
struct MediaOf {
    media: String,
}

#[derive(SurrealValue)]
struct AvatarOf {
    avatar: Option<String>,
}

#[derive(SurrealValue)]
struct GoneOf {
    gone_at: Option<i64>,
}

#[derive(SurrealValue)]
struct EditorOf {
    r#in: Key,
}
