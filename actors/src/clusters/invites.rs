//! Invitations: links that make whoever opens them a member.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::InviteKey;
use protocol::cluster::{Cluster, ClusterRole, Invite};
use protocol::{ClusterId, Problem, Timestamp, limits};
use rand::RngCore;

use super::Clusters;
use crate::platform::now_millis;
use crate::{PlatformError, Viewer};

/// Bytes of a secret: nothing to guess.
const SECRET: usize = 24;
const DAY_MS: i64 = 86_400_000;

impl Clusters {
    /// # Errors
    /// `not_found`; `forbidden` for everybody but the owner; `invalid_field`
    /// for the owner's role.
    pub async fn invite(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        role: ClusterRole,
    ) -> Result<Invite, PlatformError> {
        if role == ClusterRole::Owner {
            let detail = "people are invited as viewer or editor";
            return Err(PlatformError::Refused(Problem::field("role", detail)));
        }
        let mut secret = [0u8; SECRET];
        rand::rng().fill_bytes(&mut secret);
        let token = URL_SAFE_NO_PAD.encode(secret);
        let expires_at = now_millis() + limits::INVITE_DAYS * DAY_MS;
        let scope = viewer.scope();
        let kept = self
            .db
            .create_invite(&scope, id, key(&token), role, expires_at);
        kept.await?;
        Ok(Invite {
            token,
            role,
            expires_at: Timestamp::from_millis(expires_at),
        })
    }

    /// # Errors
    /// `not_found` for an invitation that is none, or has ended.
    pub async fn join(&self, viewer: &Viewer, token: &str) -> Result<Cluster, PlatformError> {
        let id = self.db.join_cluster(&viewer.scope(), key(token)).await?;
        self.feeds.stale(&viewer.user.id);
        self.get(viewer, &id, None).await
    }
}

/// Only the hash is kept.
fn key(token: &str) -> InviteKey {
    InviteKey(blake3::hash(token.as_bytes()).to_hex().to_string())
}
