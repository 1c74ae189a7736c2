//! Tokens whose signature was verified, so that the same token costs it once.

use crate::document::{Document, Fields, Node, Problems};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A token that was verified. Its times and whose connection it is are looked at each time anew.
pub(super) struct Verified {
    /// The place of its issuer.
    pub(super) issuer: usize,
    /// Its claims.
    pub(super) claims: Rc<Map<String, Value>>,
    /// Its payload in base64url, as it came.
    pub(super) payload: String,
}

/// Without its claims, which are personal.
impl std::fmt::Debug for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verified").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// How many bytes of tokens are kept.
#[derive(Debug, Clone, Copy)]
pub struct CacheBytes(pub usize);

impl CacheBytes {
    /// One megabyte: some three hundred tokens of 800 bytes.
    pub(super) const DEFAULT: Self = Self(1024 * 1024);
    const LEAST: usize = 128 * 1024;
    /// A VM has 4 GB for everything.
    const MOST: usize = 256 * 1024 * 1024;
    /// The least and the most.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) const BOUNDS: (usize, usize) = (Self::LEAST, Self::MOST);
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
        if !(Self::LEAST..=Self::MOST).contains(&bytes) {
            let message = format!("{bytes} bytes are too few or too many");
            problems.add(
                "cache",
                &node.path.field("maxBytes"),
                message,
                "write 131072 to 268435456, or `cache: \"off\"`",
            );
            return None;
        }
        Some(Self(bytes))
    }
}

/// The digest of a whole token.
pub(super) type TokenDigest = [u8; 32];

/// Whose token it is, and which.
type Key = (usize, TokenDigest);

/// Verified tokens, by their issuer and the digest of the whole token.
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
    tokens: BTreeMap<Key, Rc<Verified>>,
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

    /// The token of this digest that is one of the issuer at this place.
    pub(super) fn get(&mut self, issuer: usize, digest: &TokenDigest) -> Option<Rc<Verified>> {
        let key = (issuer, *digest);
        if let Some(verified) = self.young.tokens.get(&key) {
            return Some(Rc::clone(verified));
        }
        let verified = self.old.tokens.remove(&key)?;
        self.put(*digest, &verified);
        Some(verified)
    }

    /// Keeps a token.
    pub(super) fn put(&mut self, digest: TokenDigest, verified: &Rc<Verified>) {
        let bytes = OVERHEAD + verified.payload.len() + weight(&verified.claims);
        if bytes > self.max_bytes / 2 {
            return;
        }
        if self.young.bytes + bytes > self.max_bytes / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        if self.young.tokens.insert((verified.issuer, digest), Rc::clone(verified)).is_none() {
            self.young.bytes += bytes;
        }
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        (self.young, self.old) = (Generation::default(), Generation::default());
    }
}

/// What a token takes besides its payload and its claims.
const OVERHEAD: usize = 256;
/// What a node of the tree takes that an object is: it has room for eleven members, in 32 bits.
const NODE: usize = 512;
/// What a value takes besides what it holds.
const VALUE: usize = 32;

/// The bytes that an object takes, rather too many than too few.
fn weight(members: &Map<String, Value>) -> usize {
    let nodes = NODE * (1 + members.len() / 6);
    nodes + members.iter().map(|(name, value)| VALUE + name.len() + weight_of(value)).sum::<usize>()
}

fn weight_of(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => VALUE,
        Value::String(text) => VALUE + text.len(),
        Value::Array(items) => VALUE + 2 * items.iter().map(weight_of).sum::<usize>(),
        Value::Object(members) => VALUE + weight(members),
    }
}

#[cfg(test)]
mod tests {
    use super::{Cache, CacheBytes, Verified};
    use crate::test;
    use serde_json::{Value, json};
    use std::rc::Rc;

    const BYTES: usize = 131_072;

    fn token(claims: Value) -> Rc<Verified> {
        let Value::Object(claims) = claims else { unreachable!() };
        Rc::new(Verified { issuer: 0, claims: Rc::new(claims), payload: "x".repeat(300) })
    }

    #[test]
    fn it_keeps_what_is_used_and_no_more_than_it_may() {
        let mut cache = Cache::new(CacheBytes(BYTES));
        let digest = |number: u16| {
            let mut digest = [0; 32];
            digest[..2].copy_from_slice(&number.to_be_bytes());
            digest
        };
        for number in 0..1000 {
            cache.put(digest(number), &token(json!({"sub": "kim"})));
            assert!(cache.get(0, &digest(0)).is_some(), "{number}");
            assert!(cache.young.bytes + cache.old.bytes <= BYTES);
        }
        assert!(cache.get(0, &digest(1)).is_none() && cache.get(0, &digest(999)).is_some());
        assert!(cache.get(1, &digest(999)).is_none());
        cache.clear();
        assert!(cache.get(0, &digest(0)).is_none() && cache.young.bytes + cache.old.bytes == 0);
    }

    #[test]
    fn what_is_too_large_is_not_kept_and_drives_nobody_out() {
        let mut cache = Cache::new(CacheBytes(BYTES));
        cache.put([1; 32], &token(json!({})));
        // Small as text, and a tree for each item.
        cache.put([2; 32], &token(json!({"list": vec![json!({"a": 0}); 200]})));
        assert!(cache.get(0, &[2; 32]).is_none() && cache.young.tokens.len() == 1);
        let mut off = Cache::new(CacheBytes(0));
        off.put([1; 32], &token(json!({})));
        assert!(!off.is_on() && off.get(0, &[1; 32]).is_none());
    }
}
