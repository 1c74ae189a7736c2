//! Tokens whose signature was verified, so that the same token costs it once.

use crate::document::{Code, Document, Fields, Node, Problems};
use crate::quick::QuickMap;
use serde_json::{Map, Value};
use std::rc::Rc;

/// A token that was verified. Its times and whose connection it is are looked at each time anew.
pub(super) struct Verified {
    /// The index of its provider.
    pub(super) provider_index: usize,
    /// Its claims.
    pub(super) claims: Rc<Map<String, Value>>,
    /// Its payload in base64url, as it came.
    pub(super) payload: String,
}

/// Without its claims, which are personal.
impl std::fmt::Debug for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verified").field("provider_index", &self.provider_index).finish_non_exhaustive()
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
                Code::CACHE,
                &node.path.field("maxBytes"),
                message,
                "write 131072 to 268435456, or `cache: \"off\"`",
            );
            return None;
        }
        Some(Self(bytes))
    }
}

/// Verified tokens, by the whole of their bytes: nothing that differs in one bit is taken for one of them.
///
/// There are two generations: where the young one has half of the bytes, it becomes the old one, and the old one goes.
/// A token that is used moves to the young one.
#[derive(Debug, Default)]
pub(super) struct Cache {
    max_bytes: usize,
    young: Generation,
    old: Generation,
}

#[derive(Default)]
struct Generation {
    /// Of each token, one for each issuer that it holds for: as a rule there is one.
    tokens: QuickMap<Box<[u8]>, Vec<Rc<Verified>>>,
    bytes: usize,
}

impl Generation {
    fn find(&self, provider_index: usize, token: &[u8]) -> Option<Rc<Verified>> {
        self.tokens.get(token)?.iter().find(|known| known.provider_index == provider_index).map(Rc::clone)
    }
}

/// Without the tokens, which could be replayed.
impl std::fmt::Debug for Generation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Generation").finish_non_exhaustive()
    }
}

impl Cache {
    /// One of this size; of none, one that keeps nothing.
    pub(super) fn new(CacheBytes(max_bytes): CacheBytes) -> Self {
        Self { max_bytes, ..Self::default() }
    }

    /// What was verified of a token for the issuer at this place.
    pub(super) fn get(&mut self, provider_index: usize, token: &[u8]) -> Option<Rc<Verified>> {
        if let Some(found) = self.young.find(provider_index, token) {
            return Some(found);
        }
        let found = self.old.find(provider_index, token)?;
        self.put(token, &found);
        Some(found)
    }

    /// Keeps what was verified of a token.
    pub(super) fn put(&mut self, token: &[u8], verified: &Rc<Verified>) {
        let bytes = OVERHEAD + token.len() + verified.payload.len() + weight(&verified.claims);
        if bytes > self.max_bytes / 2 {
            return;
        }
        if self.young.bytes + bytes > self.max_bytes / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        let known = self.young.tokens.entry(token.into()).or_default();
        if !known.iter().any(|known| known.provider_index == verified.provider_index) {
            known.push(Rc::clone(verified));
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
        Rc::new(Verified { provider_index: 0, claims: Rc::new(claims), payload: "x".repeat(300) })
    }

    #[test]
    fn it_keeps_what_is_used_and_no_more_than_it_may() {
        let mut cache = Cache::new(CacheBytes(BYTES));
        let name = |number: u16| number.to_be_bytes();
        for number in 0..1000 {
            cache.put(&name(number), &token(json!({"sub": "kim"})));
            assert!(cache.get(0, &name(0)).is_some(), "{number}");
            assert!(cache.young.bytes + cache.old.bytes <= BYTES);
        }
        assert!(cache.get(0, &name(1)).is_none() && cache.get(0, &name(999)).is_some());
        assert!(cache.get(1, &name(999)).is_none());
        cache.clear();
        assert!(cache.get(0, &name(0)).is_none() && cache.young.bytes + cache.old.bytes == 0);
    }

    #[test]
    fn what_is_too_large_is_not_kept_and_drives_nobody_out() {
        let mut cache = Cache::new(CacheBytes(BYTES));
        cache.put(b"one", &token(json!({})));
        // Small as text, and a tree for each item.
        cache.put(b"two", &token(json!({"list": vec![json!({"a": 0}); 200]})));
        assert!(cache.get(0, b"two").is_none() && cache.young.tokens.len() == 1);
        let mut off = Cache::new(CacheBytes(0));
        off.put(b"one", &token(json!({})));
        assert!(off.get(0, b"one").is_none());
    }
}
