//! An index of rules by path.

use crate::fast_map::FastMap;
use crate::vocabulary::{PathShape, RequestMatch};
use std::borrow::Cow;

/// The indexes of rules by path, in lower case: some rules ignore case.
#[derive(Debug, Default)]
pub(super) struct PathIndex {
    /// Rules that match any path, or a path that no key below finds.
    any: Vec<usize>,
    exact: FastMap<Box<str>, Vec<usize>>,
    /// By the first bytes of the path.
    heads: FastMap<Box<str>, Vec<usize>>,
    /// The distinct lengths of these keys.
    lengths: Vec<usize>,
    segments: Node,
}

/// A segment of a path, in a tree of them.
#[derive(Debug, Default)]
struct Node {
    children: FastMap<Box<str>, Self>,
    /// Any segment.
    wildcard: Option<Box<Self>>,
    /// The rules for paths that end here.
    ends: Vec<usize>,
    /// The rules for paths that end or continue here.
    rest: Vec<usize>,
}

impl PathIndex {
    pub(super) fn add(&mut self, rule: usize, matcher: &RequestMatch) {
        let Some(paths) = matcher.fields.paths.as_deref() else {
            self.any.push(rule);
            return;
        };
        for path in paths {
            match path.shape() {
                PathShape::Suffix(_) | PathShape::Contains(_) => self.any.push(rule),
                PathShape::Exact(text) => self.exact.entry(lower(text).into()).or_default().push(rule),
                PathShape::Prefix(text) => {
                    self.segments.descend(text.split('/').skip(1).map(Some)).rest.push(rule);
                }
                PathShape::Template { segments, rest } => {
                    let node = self.segments.descend(segments.into_iter());
                    if rest { node.rest.push(rule) } else { node.ends.push(rule) }
                }
                PathShape::Regex(regex) => match regex.literal_head(true).as_str() {
                    "" => self.any.push(rule),
                    head => {
                        if !self.lengths.contains(&head.len()) {
                            self.lengths.push(head.len());
                        }
                        self.heads.entry(lower(head).into()).or_default().push(rule);
                    }
                },
            }
        }
    }

    /// Adds the rules that may match a reading of a path, some more than once.
    pub(super) fn find(&self, reading: Option<&str>, found: &mut Vec<usize>) {
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
    /// Returns the node of these segments, where `None` is any segment; creates it if necessary.
    fn descend<'m>(&mut self, segments: impl Iterator<Item = Option<&'m str>>) -> &mut Self {
        segments.fold(self, |node, segment| match segment {
            Some(text) => node.children.entry(lower(text).into()).or_default(),
            None => node.wildcard.get_or_insert_default(),
        })
    }

    /// Adds the rules for the remaining segments of a path.
    fn find(&self, left: Option<&str>, found: &mut Vec<usize>) {
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
