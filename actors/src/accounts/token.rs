//! Login tokens: 256 random bits, opaque; the database holds only their hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;

/// Every token starts so: it can be told apart in logs and leaks, and never
/// looks like an option on a command line.
const PREFIX: &str = "ast_";
/// Characters of a token: the prefix, and 32 bytes in base64 without padding.
const TOKEN_CHARS: usize = PREFIX.len() + 43;

/// A new token and its hash. The token has full entropy, so a fast hash is
/// enough: there is nothing to guess.
pub fn mint() -> (String, [u8; 32]) {
    let mut secret = [0u8; 32];
    rand::rng().fill_bytes(&mut secret);
    let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(secret));
    let hash = *blake3::hash(token.as_bytes()).as_bytes();
    (token, hash)
}

/// The hash of something that may be a token.
pub fn digest(token: &str) -> Option<[u8; 32]> {
    (token.len() == TOKEN_CHARS && token.starts_with(PREFIX))
        .then(|| *blake3::hash(token.as_bytes()).as_bytes())
}

#[cfg(test)]
mod tests {
    #[test]
    fn tokens_differ_and_find_their_hash() {
        let (a, hash) = super::mint();
        let (b, _) = super::mint();
        assert_ne!(a, b);
        assert_eq!(super::digest(&a), Some(hash));
        assert_eq!(super::digest("x"), None);
    }
}
