//! Password hashing by argon2id (RFC 9106), never on an arbiter's thread.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use protocol::limits::PASSWORD_MAX;
use rand::RngCore;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::PlatformError;

/// Verified when there is no account, so that both cases take equally long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$YXN0ZXJpc21hc3Rlcg$oKZBcUAm9tN2aZL8cz2cAz2uXJ7Z9rJlX1x1k5dHq4o";

/// Hashes a bounded number of passwords at once.
pub struct Hasher {
    places: Arc<Semaphore>,
}

impl Hasher {
    pub fn new(threads: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(threads.max(1))),
        }
    }

    pub async fn hash(&self, password: String) -> Result<String, PlatformError> {
        self.run(move || {
            let mut salt = [0u8; 16];
            rand::rng().fill_bytes(&mut salt);
            let salt = SaltString::encode_b64(&salt).expect("16 bytes are a valid salt");
            argon2()
                .hash_password(password.as_bytes(), &salt)
                .expect("the parameters and the salt are valid")
                .to_string()
        })
        .await
    }

    /// Is it the password of this hash? Without a hash: no, in the same time.
    pub async fn verify(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, PlatformError> {
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
            let fits = password.len() <= PASSWORD_MAX * 4
                && PasswordHash::new(&hash)
                    .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
            known && fits
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PlatformError> {
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(|_| PlatformError::Gone("password hashing"))?;
        spawn_blocking(move || {
            let _place = place;
            work()
        })
        .await
        .map_err(|_| PlatformError::Gone("password hashing"))
    }
}

/// The first recommendation of OWASP's password storage cheat sheet.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).expect("constant parameters are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let hasher = Hasher::new(1);
        let hash = hasher.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(
            hasher
                .verify("correct horse".into(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !hasher
                .verify("wrong horse".into(), Some(hash))
                .await
                .unwrap()
        );
        assert!(!hasher.verify("correct horse".into(), None).await.unwrap());
    }

    #[test]
    fn the_stand_in_hash_is_a_real_one() {
        let hash = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(hash.params.get_decimal("m"), Some(19_456));
        assert!(hash.hash.is_some());
    }
}
