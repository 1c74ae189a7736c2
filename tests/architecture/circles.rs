//! Circles of files.

use crate::references::References;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Files that import each other, with the names that tie them.
#[derive(Debug)]
pub struct Circle(Vec<(PathBuf, PathBuf, BTreeSet<String>)>);

impl Circle {
    /// Describes the circle, one line for each file and file that it imports.
    pub fn describe(&self, root: &Path) -> String {
        let mut text = String::new();
        for (from, to, names) in &self.0 {
            let [from, to] = [from, to].map(|file| file.strip_prefix(root).unwrap_or(file).display());
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let _ = writeln!(text, "  {from} -> {to}: {}", names.join(", "));
        }
        text
    }
}

/// Finds the circles. Two files are in the same circle if each can be reached from the other.
pub fn find(references: &References) -> Vec<Circle> {
    let reach: BTreeMap<&PathBuf, BTreeSet<&PathBuf>> =
        references.keys().map(|file| (file, reachable(references, file))).collect();
    let reaches = |from: &PathBuf, to: &PathBuf| reach.get(from).is_some_and(|files| files.contains(to));
    let mut circles: Vec<Circle> = Vec::new();
    let mut done: BTreeSet<&PathBuf> = BTreeSet::new();
    for file in references.keys().filter(|file| reaches(file, file)) {
        if !done.insert(file) {
            continue;
        }
        let together: BTreeSet<&PathBuf> =
            references.keys().filter(|other| reaches(file, other) && reaches(other, file)).collect();
        let ties = together.iter().flat_map(|from| {
            let within = references[*from].iter().filter(|(to, _)| together.contains(to));
            within.map(|(to, names)| ((*from).clone(), to.clone(), names.clone()))
        });
        circles.push(Circle(ties.collect()));
        done.extend(together);
    }
    circles
}

fn reachable<'r>(references: &'r References, file: &PathBuf) -> BTreeSet<&'r PathBuf> {
    let mut found = BTreeSet::new();
    let mut next: Vec<&PathBuf> = references[file].keys().collect();
    while let Some(file) = next.pop() {
        if found.insert(file) {
            next.extend(references.get(file).into_iter().flat_map(BTreeMap::keys));
        }
    }
    found
}
