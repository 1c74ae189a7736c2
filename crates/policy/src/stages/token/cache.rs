//! Tokens whose signature was verified, so that the same token costs it once.

use crate::document::{Document, Fields, Node, Problems};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A token that was verified. Its times and whose connection it is are looked at each time anew.
#[derive(Debug)]
pub(super) struct Verified {
    /// The place of its issuer.
    pub(super) issuer: usize,
    /// Its claims.
    pub(super) claims: Rc<Map<String, Value>>,
    /// Its payload in base64url, as it came.
    pub(super) payload: String,
}

/// How many bytes of tokens are kept.
#[derive(Debug, Clone, Copy)]
pub struct CacheBytes(pub usize);

impl CacheBytes {
    /// One megabyte: some three hundred tokens of 800 bytes.
    pub(super) const DEFAULT: Self = Self(1024 * 1024);
    const LEAST: usize = 64 * 1024;
}

impl Document for CacheBytes {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        if node.value.as_str() == Some("off") {
            return Some(Self(0));
        }
        if !node.value.is_object() {
            return node.unexpected(problems, "`{maxBytes: 1048576}`, or `\"off\"`");
        }
        let fields = Fields::of(node, &["maxBytes"], problems)?;
        let bytes = fields.required::<usize>("maxBytes", problems)?;
        if bytes < Self::LEAST {
            let message = format!("{bytes} bytes hold no token of the largest size");
            problems.add(
                "cache",
                &node.path.field("maxBytes"),
                message,
                "write 65536 or more, or `cache: \"off\"`",
            );
            return None;
        }
        Some(Self(bytes))
    }
}

/// The digest of a whole token.
pub(super) type TokenDigest = [u8; 32];

/// Verified tokens, by the digest of the whole token.
///
/// There are two generations: where the young one has half of the bytes, it becomes the old one, and the old one goes.
/// A token that is used moves to the young one.
#[derive(Debug, Default)]
pub(super) struct Cache {
    max_bytes: usize,
    young: Generation,
    old: Generation,
}

#[derive(Debug, Default)]
struct Generation {
    tokens: BTreeMap<TokenDigest, Rc<Verified>>,
    bytes: usize,
}

impl Cache {
    /// One of this size; of none, one that keeps nothing.
    pub(super) fn new(CacheBytes(max_bytes): CacheBytes) -> Self {
        Self { max_bytes, ..Self::default() }
    }

    /// Whether it keeps anything.
    pub(super) fn is_on(&self) -> bool {
        self.max_bytes > 0
    }

    /// The token of this digest.
    pub(super) fn get(&mut self, digest: &TokenDigest) -> Option<Rc<Verified>> {
        if let Some(verified) = self.young.tokens.get(digest) {
            return Some(Rc::clone(verified));
        }
        let verified = self.old.tokens.remove(digest)?;
        self.put(*digest, &verified);
        Some(verified)
    }

    /// Keeps a token.
    pub(super) fn put(&mut self, digest: TokenDigest, verified: &Rc<Verified>) {
        let bytes = weight(verified);
        if self.young.bytes + bytes > self.max_bytes / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        if bytes <= self.max_bytes / 2 && self.young.tokens.insert(digest, Rc::clone(verified)).is_none() {
            self.young.bytes += bytes;
        }
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        (self.young, self.old) = (Generation::default(), Generation::default());
    }
}

/// What a token takes, roughly: its payload, and its claims, each with a place in a tree.
fn weight(verified: &Verified) -> usize {
    1024 + 3 * verified.payload.len()
}

#[cfg(test)]
mod tests {
    use super::{Cache, CacheBytes, Verified};
    use crate::test;
    use std::rc::Rc;

    fn token(payload: usize) -> Rc<Verified> {
        Rc::new(Verified { issuer: 0, claims: Rc::default(), payload: "x".repeat(payload) })
    }

    #[test]
    fn it_keeps_what_is_used_and_no_more_than_it_may() {
        let mut cache = Cache::new(CacheBytes(65_536));
        let digest = |number: u16| {
            let mut digest = [0; 32];
            digest[..2].copy_from_slice(&number.to_be_bytes());
            digest
        };
        for number in 0..1000 {
            cache.put(digest(number), &token(300));
            assert!(cache.get(&digest(0)).is_some(), "{number}");
            assert!(cache.young.bytes + cache.old.bytes <= 65_536);
        }
        assert!(cache.get(&digest(1)).is_none() && cache.get(&digest(999)).is_some());
        cache.clear();
        assert!(cache.get(&digest(0)).is_none() && cache.young.bytes + cache.old.bytes == 0);
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        let mut cache = Cache::new(CacheBytes(65_536));
        cache.put([1; 32], &token(20_000));
        assert!(cache.get(&[1; 32]).is_none());
        let mut off = Cache::new(CacheBytes(0));
        off.put([1; 32], &token(1));
        assert!(!off.is_on() && off.get(&[1; 32]).is_none());
    }
}
