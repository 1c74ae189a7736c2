//! A cache of verified tokens: the signature of a token is verified once.

use crate::document::{Code, Definitions, Document, Fields, Node, Problems, Schema};
use crate::fast_map::{FastHasher, FastMap};
use serde_json::{Map, Value};
use std::hash::Hasher;
use std::rc::Rc;

/// A token whose signature was verified. Its times and its binding to a connection are checked on every use.
pub(super) struct VerifiedToken {
    pub(super) provider_index: usize,
    pub(super) claims: Rc<Map<String, Value>>,
    /// The payload in base64url, as received.
    pub(super) payload: String,
}

/// Omits the claims, which are personal data.
impl std::fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedToken").field("provider_index", &self.provider_index).finish_non_exhaustive()
    }
}

/// The size of the cache.
#[derive(Debug, Clone, Copy)]
pub struct CacheBytes(pub usize);

impl CacheBytes {
    /// One megabyte: about three hundred tokens of 800 bytes.
    pub(super) const DEFAULT: Self = Self(1024 * 1024);
    const MIN: usize = 128 * 1024;
    /// A VM has 4 GB in all.
    const MAX: usize = 256 * 1024 * 1024;
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
        if !(Self::MIN..=Self::MAX).contains(&bytes) {
            let message = format!("cache size {bytes} is out of range");
            return problems.invalid(
                Code::CACHE,
                &node.path.field("maxBytes"),
                message,
                "write 131072 to 268435456 bytes, or `cache: \"off\"`",
            );
        }
        Some(Self(bytes))
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(CacheBytes), |_| {
            let bytes = Schema::whole_number(Self::MIN as u64, Some(Self::MAX as u64)).about("The bytes.");
            let object = Schema::object().required("maxBytes", bytes);
            let about = "The size of the cache of verified tokens; `off`: no cache.";
            Schema::either([Schema::choice(["off"]), object]).about(about)
        })
    }

    fn spelled(&self) -> Option<Value> {
        Some(serde_json::json!({"maxBytes": self.0}))
    }
}

/// Verified tokens by all of their bytes.
///
/// When the new generation reaches half of the maximum size, it replaces the old generation. A token that is used moves
/// to the new generation.
#[derive(Debug, Default)]
pub(super) struct Cache {
    max_bytes: usize,
    new: Generation,
    old: Generation,
}

/// A token with all of its bytes.
type Known = (Box<[u8]>, Rc<VerifiedToken>);

#[derive(Default)]
struct Generation {
    /// The tokens by their hashes, each once for each provider that it is valid for.
    tokens: FastMap<u64, Vec<Known>>,
    bytes: usize,
}

impl Generation {
    fn find(
        &self,
        token: &[u8],
        is_valid: &mut dyn FnMut(&VerifiedToken) -> bool,
    ) -> Option<Rc<VerifiedToken>> {
        let mut known = self.tokens.get(&hash(token))?.iter().filter(|(known, _)| is_same(known, token));
        known.find(|(_, known)| is_valid(known)).map(|(_, known)| Rc::clone(known))
    }
}

/// Omits the tokens, which could be replayed.
impl std::fmt::Debug for Generation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Generation").finish_non_exhaustive()
    }
}

impl Cache {
    /// Creates a cache. With size 0 it stores nothing.
    pub(super) fn new(CacheBytes(max_bytes): CacheBytes) -> Self {
        Self { max_bytes, ..Self::default() }
    }

    /// Returns a token that was verified and is valid.
    pub(super) fn find(
        &mut self,
        token: &[u8],
        mut is_valid: impl FnMut(&VerifiedToken) -> bool,
    ) -> Option<Rc<VerifiedToken>> {
        if let Some(found) = self.new.find(token, &mut is_valid) {
            return Some(found);
        }
        let found = self.old.find(token, &mut is_valid)?;
        self.put(token, &found);
        Some(found)
    }

    pub(super) fn put(&mut self, token: &[u8], verified: &Rc<VerifiedToken>) {
        let bytes = OVERHEAD + token.len() + verified.payload.len() + weight(&verified.claims);
        if bytes > self.max_bytes / 2 {
            return;
        }
        if self.new.bytes + bytes > self.max_bytes / 2 {
            self.old = std::mem::take(&mut self.new);
        }
        let known = self.new.tokens.entry(hash(token)).or_default();
        let is_known =
            |(known, of): &Known| **known == *token && of.provider_index == verified.provider_index;
        if !known.iter().any(is_known) {
            known.push((token.into(), Rc::clone(verified)));
            self.new.bytes += bytes;
        }
    }

    pub(super) fn clear(&mut self) {
        (self.new, self.old) = (Generation::default(), Generation::default());
    }
}

/// Returns a hash of the end of a token: the signature, which differs from token to token.
fn hash(token: &[u8]) -> u64 {
    let mut hasher = FastHasher::default();
    hasher.write(token.rchunks(HASHED).next().unwrap_or_default());
    hasher.finish()
}

/// Returns true if the tokens are the same. In a module, `==` compares a byte at a time.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let ((words, rest), (other_words, other_rest)) = (one.as_chunks(), other.as_chunks());
    let is_same_word =
        |(one, other): (&[u8; 8], &[u8; 8])| u64::from_ne_bytes(*one) == u64::from_ne_bytes(*other);
    one.len() == other.len() && words.iter().zip(other_words).all(is_same_word) && rest == other_rest
}

/// The bytes of a token besides its payload and claims.
const OVERHEAD: usize = 256;
/// The bytes at the end of a token that its hash depends on.
const HASHED: usize = 64;
/// The bytes of one node of an object, a tree whose nodes have room for eleven members, on a 32-bit machine.
const NODE: usize = 512;
/// The bytes of a value besides its contents.
const VALUE: usize = 32;

/// Returns an upper estimate of the bytes of an object.
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
    use super::{Cache, CacheBytes, VerifiedToken};
    use crate::test;
    use serde_json::{Value, json};
    use std::rc::Rc;

    const BYTES: usize = 131_072;

    fn token(claims: Value) -> Rc<VerifiedToken> {
        let Value::Object(claims) = claims else { unreachable!() };
        Rc::new(VerifiedToken { provider_index: 0, claims: Rc::new(claims), payload: "x".repeat(300) })
    }

    #[test]
    fn used_tokens_stay_within_the_size() {
        let mut cache = Cache::new(CacheBytes(BYTES));
        let name = |number: u16| number.to_be_bytes();
        let has = |cache: &mut Cache, number| cache.find(&name(number), |_| true).is_some();
        for number in 0..1000 {
            cache.put(&name(number), &token(json!({"sub": "kim"})));
            assert!(has(&mut cache, 0), "{number}");
            assert!(cache.new.bytes + cache.old.bytes <= BYTES);
        }
        assert!(!has(&mut cache, 1) && has(&mut cache, 999));
        assert!(cache.find(&name(999), |known| known.provider_index == 1).is_none());
        cache.clear();
        assert!(!has(&mut cache, 0) && cache.new.bytes + cache.old.bytes == 0);
    }

    #[test]
    fn an_oversized_token_is_not_stored_and_evicts_nothing() {
        let mut cache = Cache::new(CacheBytes(BYTES));
        cache.put(b"one", &token(json!({})));
        // Small as text, and a tree for each item.
        cache.put(b"two", &token(json!({"list": vec![json!({"a": 0}); 200]})));
        assert!(cache.find(b"two", |_| true).is_none() && cache.new.tokens.len() == 1);
        cache.put(b"one and a half", &token(json!({})));
        for other in ["one and a hal!", "one and b half", "one and a half ", "one and"] {
            assert!(cache.find(other.as_bytes(), |_| true).is_none(), "{other}");
        }
        assert!(cache.find(b"one and a half", |_| true).is_some());
        let mut off = Cache::new(CacheBytes(0));
        off.put(b"one", &token(json!({})));
        assert!(off.find(b"one", |_| true).is_none());
    }
}
