//! An index of rules by path.

use super::found::Found;
use crate::decision::Reason;
use crate::fast_map::FastMap;
use crate::vocabulary::{PathMatch, PathShape, RequestMatch};
use std::borrow::Cow;

/// The indexes of rules by path, in lower case: some rules ignore case.
#[derive(Debug, Default)]
pub(super) struct PathIndex {
    /// Rules without paths.
    any: Vec<usize>,
    /// Rules that match every path. In the sense that restricts they match a request without a path too.
    every: Vec<usize>,
    exact: FastMap<Box<str>, Vec<usize>>,
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
        if paths.iter().any(PathMatch::matches_every_path) {
            self.every.push(rule);
        }
        for path in paths {
            match path.shape() {
                // The set of expressions finds them.
                PathShape::Suffix(_) | PathShape::Contains(_) | PathShape::Regex(_) => {}
                PathShape::Exact(text) => {
                    for text in std::iter::once(text).chain(text.strip_suffix('/')) {
                        self.exact.entry(lower(text).into()).or_default().push(rule);
                    }
                }
                PathShape::Prefix(text) => {
                    self.segments.descend(text.split('/').skip(1).map(Some)).rest.push(rule);
                }
                PathShape::Template { mut segments, rest } => {
                    let node = self.segments.descend(segments.iter().copied());
                    if rest {
                        node.rest.push(rule)
                    } else {
                        node.ends.push(rule)
                    }
                    if !rest && segments.pop() == Some(Some("")) {
                        self.segments.descend(segments.into_iter()).ends.push(rule);
                    }
                }
            }
        }
    }

    /// Returns the rules without paths.
    pub(super) fn any(&self) -> &[usize] {
        &self.any
    }

    /// Adds the rules that may match a reading of a path, with or without its last slash, some more than once. A pattern that
    /// ends in a slash has an entry without it too.
    ///
    /// # Errors
    /// Returns the reason if the budget does not suffice.
    pub(super) fn find(&self, reading: Option<&str>, found: &mut Found<'_>) -> Result<(), Reason> {
        let exact = |path: &str| self.exact.get(path).map(Vec::as_slice).unwrap_or_default();
        let Some(reading) = reading.filter(|path| *path != "*") else {
            found.add(&self.every);
            found.add(exact("*"));
            return Ok(());
        };
        let path = lower(reading);
        for path in std::iter::once(&*path).chain(path.strip_suffix('/')) {
            found.add(exact(path));
            self.segments.find(path.strip_prefix('/'), found)?;
        }
        Ok(())
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
    fn find(&self, left: Option<&str>, found: &mut Found<'_>) -> Result<(), Reason> {
        found.step()?;
        found.add(&self.rest);
        let Some(left) = left else {
            found.add(&self.ends);
            return Ok(());
        };
        let (segment, left) =
            left.split_once('/').map_or((left, None), |(segment, left)| (segment, Some(left)));
        for node in self.children.get(segment).into_iter().chain(self.wildcard.as_deref()) {
            node.find(left, found)?;
        }
        Ok(())
    }
}

fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        text.to_ascii_lowercase().into()
    } else {
        text.into()
    }
}
