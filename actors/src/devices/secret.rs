//! A device's secret: 192 random bits, in letters that every keyboard and every
//! sketch takes. The database holds only its hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;

/// Every secret starts so: it can be told apart in logs and leaks.
const PREFIX: &str = "asd_";
/// The prefix, and 24 bytes in base64.
const SECRET_CHARS: usize = PREFIX.len() + 32;

/// A new secret and its hash. It has full entropy, so a fast hash is enough:
/// there is nothing to guess.
pub(super) fn mint() -> (String, [u8; 32]) {
    let mut bytes = [0u8; 24];
    rand::rng().fill_bytes(&mut bytes);
    let secret = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
    let hash = *blake3::hash(secret.as_bytes()).as_bytes();
    (secret, hash)
}

/// Whether it is the secret of that hash, in hex.
pub(super) fn fits(secret: &str, hash: &str) -> bool {
    if secret.len() != SECRET_CHARS {
        return false;
    }
    // hashes are compared in constant time, and only hex of the right length is one
    blake3::Hash::from_hex(hash).is_ok_and(|hash| blake3::hash(secret.as_bytes()) == hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_secret_fits() {
        let (secret, hash) = mint();
        let hash: String = hash.iter().map(|b| format!("{b:02x}")).collect();
        assert!(fits(&secret, &hash));
        assert!(!fits(&mint().0, &hash) && !fits("", &hash) && !fits(&secret, ""));
    }
}
