//! The organisation that a manifest's certificate was issued to.
//!
//! COSE (RFC 9052) carries the chain of certificates in a header; of the first one
//! (X.509, DER) only the subject's organisation is read. Its common name may be a person's
//! and is left alone.

use super::cbor::{self, Value};

/// The header parameter `x5chain` (RFC 9360).
const X5CHAIN: u64 = 33;
/// `2.5.4.10`, organizationName, with its tag and length.
const ORGANISATION: &[u8] = b"\x06\x03\x55\x04\x0a";
/// Characters of a name.
const MAX_NAME: usize = 40;

/// From the CBOR of a `c2pa.signature` box: a COSE_Sign1 structure.
pub(super) fn organisation(signature: &[u8]) -> Option<String> {
    let signature = cbor::parse(signature)?;
    let [protected, unprotected, ..] = signature.items() else {
        return None;
    };
    let protected = cbor::parse(protected.bytes()?);
    let chain = protected
        .as_ref()
        .and_then(chain)
        .or_else(|| chain(unprotected))?;
    // one certificate alone, or a list with the signer's first
    subject_organisation(chain.bytes().or_else(|| chain.items().first()?.bytes())?)
}

fn chain<'v, 'a>(headers: &'v Value<'a>) -> Option<&'v Value<'a>> {
    let named = |key: &Value<'_>| key.number() == Some(X5CHAIN) || key.text() == Some("x5chain");
    let found = headers.entries().iter().find(|(key, _)| named(key));
    found.map(|(_, value)| value)
}

/// `Certificate { tbs { [0] version, serial, algorithm, issuer, validity, subject, … } … }`
fn subject_organisation(certificate: &[u8]) -> Option<String> {
    const SEQUENCE: u8 = 0x30;
    const VERSION: u8 = 0xa0;
    let (_, certificate, _) = element(certificate).filter(|found| found.0 == SEQUENCE)?;
    let (_, mut fields, _) = element(certificate).filter(|found| found.0 == SEQUENCE)?;
    if fields.first() == Some(&VERSION) {
        fields = element(fields)?.2;
    }
    for _ in ["serial", "algorithm", "issuer", "validity"] {
        fields = element(fields)?.2;
    }
    let (_, mut names, _) = element(fields).filter(|found| found.0 == SEQUENCE)?;
    // a sequence of sets of pairs
    while let Some((_, mut set, rest)) = element(names) {
        while let Some((_, pair, others)) = element(set) {
            if let Some(value) = pair.strip_prefix(ORGANISATION) {
                let (_, text, _) = element(value)?;
                let text = String::from_utf8_lossy(text);
                let text: String = text.trim().chars().take(MAX_NAME).collect();
                return (!text.is_empty()).then_some(text);
            }
            set = others;
        }
        names = rest;
    }
    None
}

/// Tag, content, and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (len, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (long, rest) = rest.split_at_checked(usize::from(first & 0x7f).min(9))?;
        if long.is_empty() || long.len() > 4 {
            return None;
        }
        let len = long
            .iter()
            .fold(0, |len, byte| (len << 8) | usize::from(*byte));
        (len, rest)
    };
    let (content, rest) = rest.split_at_checked(len)?;
    Some((*tag, content, rest))
}
