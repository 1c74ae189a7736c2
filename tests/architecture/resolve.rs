//! Paths and the items they refer to.

use crate::tree::{Name, Tree};
use std::collections::HashSet;
use std::path::Path;

/// The target of a path.
#[derive(Debug, Clone, Copy)]
enum Target<'t> {
    Module(usize),
    /// An item, by its file.
    Item(&'t Path),
}

impl Tree {
    /// Returns the item that a path in this module refers to, as the number of its segment in the path and its file. `None` for
    /// modules and for items of other crates.
    pub fn item(&self, module: usize, path: &[String]) -> Option<(usize, &Path)> {
        match self.resolve(module, path, &mut HashSet::new())? {
            (segment, Target::Item(file)) => Some((segment, file)),
            (_, Target::Module(_)) => None,
        }
    }

    /// Returns the target of a path, with the number of the segment that names it.
    fn resolve(
        &self,
        module: usize,
        path: &[String],
        seen: &mut HashSet<(usize, String)>,
    ) -> Option<(usize, Target<'_>)> {
        let mut at = module;
        for (index, segment) in path.iter().enumerate() {
            at = match segment.as_str() {
                "crate" | "$crate" => 0,
                "self" => at,
                "super" => self.modules[at].parent?,
                // The fields, variants and methods of an item are in its file.
                name => match self.lookup(at, name, index + 1 < path.len(), seen)? {
                    Target::Module(module) => module,
                    item @ Target::Item(_) => return Some((index, item)),
                },
            };
        }
        Some((path.len(), Target::Module(at)))
    }

    /// Looks up a name in a module. With `prefix` the name is not the last of its path, and a module is preferred.
    fn lookup(
        &self,
        module: usize,
        name: &str,
        prefix: bool,
        seen: &mut HashSet<(usize, String)>,
    ) -> Option<Target<'_>> {
        if !seen.insert((module, name.to_owned())) {
            return None;
        }
        let here = &self.modules[module];
        let mut targets = Vec::new();
        for meaning in here.names.get(name).into_iter().flatten() {
            targets.extend(match meaning {
                Name::Item => Some(Target::Item(&here.file)),
                Name::Module(child) => Some(Target::Module(*child)),
                Name::Import(path) => self.resolve(module, path, seen).map(|(_, target)| target),
            });
        }
        if targets.is_empty() {
            targets.extend(here.globs.iter().filter_map(|glob| match self.resolve(module, glob, seen)?.1 {
                Target::Module(module) => self.lookup(module, name, prefix, seen),
                Target::Item(_) => None,
            }));
        }
        seen.remove(&(module, name.to_owned()));
        let preferred = |target: &&Target<'_>| matches!(target, Target::Module(_)) == prefix;
        targets.iter().find(preferred).or(targets.first()).copied()
    }
}
