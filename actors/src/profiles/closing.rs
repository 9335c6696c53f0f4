//! Deleting an account, and the receipt of that.

use db::ReceiptKey;
use protocol::account::Role;
use protocol::profile::{DeleteAccount, Receipt};
use protocol::{ErrorCode, Problem};

use super::Profiles;
use crate::accounts::token;
use crate::{PlatformError, Viewer, throttle};

impl Profiles {
    /// What would be erased with the account.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn closing_preview(&self, viewer: &Viewer) -> Result<Receipt, PlatformError> {
        Ok(self.db.erasure_preview(&viewer.user.id).await?)
    }

    /// Deletes the account: all logins end at once, and all that it has is
    /// erased from then on. There is no way back; who wants to keep something
    /// exports it first.
    ///
    /// # Errors
    /// `invalid_field` for a wrong password, `rate_limited`; `conflict` for the
    /// last administrator while others are left.
    pub async fn close(
        &self,
        viewer: &Viewer,
        form: DeleteAccount,
    ) -> Result<Receipt, PlatformError> {
        let id = &viewer.user.id;
        self.throttle.attempt(throttle::Kind::Handle, id.as_str())?;
        if !self.accounts.knows_password(viewer, form.password).await? {
            let detail = "this is not the account's password";
            return Err(PlatformError::Refused(Problem::field("password", detail)));
        }
        self.throttle.forgive(throttle::Kind::Handle, id.as_str());
        if viewer.role == Role::Admin && self.db.is_last_admin(id).await? {
            let detail = "you are the only administrator: give the role to somebody else first";
            return Err(PlatformError::refused(ErrorCode::Conflict, detail));
        }
        let (secret, digest) = token::mint();
        let key = key(digest);
        self.db.begin_erasure(id, &key).await?;
        self.erase.notify_one();
        let receipt = self.db.receipt(&key).await?;
        let receipt = receipt.ok_or_else(|| PlatformError::not_found("receipt"))?;
        Ok(Receipt {
            id: Some(secret),
            ..receipt
        })
    }

    /// How far an erasure is, for whoever has its receipt.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn receipt(&self, secret: &str) -> Result<Receipt, PlatformError> {
        let missing = || PlatformError::not_found("receipt");
        let digest = token::digest(secret).ok_or_else(missing)?;
        let receipt = self.db.receipt(&key(digest)).await?.ok_or_else(missing)?;
        Ok(Receipt {
            id: Some(secret.to_owned()),
            ..receipt
        })
    }
}

fn key(digest: [u8; 32]) -> ReceiptKey {
    ReceiptKey(digest.iter().map(|b| format!("{b:02x}")).collect())
}
