//! Rules by the paths that they ask for.

use super::Place;
use crate::quick::QuickMap;
use crate::vocabulary::{PathKey, RequestMatch};
use std::borrow::Cow;

/// Rules by the paths that they ask for; paths without case, for some rules ignore it.
#[derive(Debug, Default)]
pub(super) struct PathIndex {
    /// Those that ask for no path, or in a way that no key has.
    any: Vec<Place>,
    exact: QuickMap<Box<str>, Vec<Place>>,
    /// By the first bytes of the path.
    heads: QuickMap<Box<str>, Vec<Place>>,
    /// The lengths that there are of those, each once.
    lengths: Vec<usize>,
    segments: Node,
}

/// A segment of a path, in a tree of them.
#[derive(Debug, Default)]
struct Node {
    children: QuickMap<Box<str>, Self>,
    /// Whatever the segment.
    wildcard: Option<Box<Self>>,
    /// The rules for a path that ends here.
    ends: Vec<Place>,
    /// The rules for a path that ends here or goes on.
    rest: Vec<Place>,
}

impl PathIndex {
    /// Adds a rule.
    pub(super) fn add(&mut self, place: Place, matcher: &RequestMatch) {
        let Some(paths) = matcher.paths() else {
            self.any.push(place);
            return;
        };
        for path in paths {
            match path.key() {
                PathKey::Any => self.any.push(place),
                PathKey::Exact(text) => self.exact.entry(lower(text).into()).or_default().push(place),
                PathKey::Head(head) => {
                    if !self.lengths.contains(&head.len()) {
                        self.lengths.push(head.len());
                    }
                    self.heads.entry(lower(head).into()).or_default().push(place);
                }
                PathKey::Segments { segments, rest } => {
                    let node = segments.iter().fold(&mut self.segments, |node, segment| match segment {
                        Some(text) => node.children.entry(lower(text).into()).or_default(),
                        None => node.wildcard.get_or_insert_default(),
                    });
                    if rest { node.rest.push(place) } else { node.ends.push(place) }
                }
            }
        }
    }

    /// Adds the rules that may match a reading of a path, some of them more than once.
    pub(super) fn find(&self, reading: Option<&str>, found: &mut Vec<Place>) {
        found.extend(&self.any);
        let Some(reading) = reading else { return };
        let path = lower(reading);
        found.extend(self.exact.get(&*path).into_iter().flatten());
        let heads = self.lengths.iter().filter_map(|length| self.heads.get(path.get(..*length)?));
        found.extend(heads.flatten());
        self.segments.find(path.strip_prefix('/'), found);
    }
}

impl Node {
    /// Adds the rules for a path of which these segments are left.
    fn find(&self, left: Option<&str>, found: &mut Vec<Place>) {
        found.extend(&self.rest);
        let Some(left) = left else {
            found.extend(&self.ends);
            return;
        };
        let (segment, left) =
            left.split_once('/').map_or((left, None), |(segment, left)| (segment, Some(left)));
        for node in self.children.get(segment).into_iter().chain(self.wildcard.as_deref()) {
            node.find(left, found);
        }
    }
}

fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        text.to_ascii_lowercase().into()
    } else {
        text.into()
    }
}
