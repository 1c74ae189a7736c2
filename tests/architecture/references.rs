//! The names that a file takes from other files.

use crate::tree::{Tree, flatten};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use syn::visit::{self, Visit};

/// For each file the files that it imports, with the names of the items.
pub type References = BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>;

/// Returns the references of all files of a crate.
pub fn all(tree: &Tree) -> References {
    let mut references = References::new();
    for (index, module) in tree.modules.iter().enumerate() {
        let mut visitor = Visitor { tree, module: index, references: &mut references };
        module.items.iter().for_each(|item| visitor.visit_item(item));
    }
    references
}

struct Visitor<'t> {
    tree: &'t Tree,
    module: usize,
    references: &'t mut References,
}

impl Visitor<'_> {
    fn add(&mut self, path: &[String]) {
        let from = &self.tree.modules[self.module].file;
        let Some((at, to)) = self.tree.item(self.module, path).filter(|(_, to)| to != from) else { return };
        let files = self.references.entry(from.clone()).or_default();
        files.entry(to.to_owned()).or_default().insert(path[at].clone());
    }

    fn add_macro(&mut self, name: &str) {
        let from = &self.tree.modules[self.module].file;
        let Some(to) = self.tree.macros.get(name).filter(|to| *to != from) else { return };
        let files = self.references.entry(from.clone()).or_default();
        files.entry(to.clone()).or_default().insert(format!("{name}!"));
    }

    /// Adds the paths in the tokens of a macro, which have no syntax tree.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut colons) = (Vec::new(), 0);
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.add(&std::mem::take(&mut path));
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.add(&std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.add_tokens(group.stream());
                    }
                }
            }
        }
        self.add(&path);
    }
}

impl<'a> Visit<'a> for Visitor<'_> {
    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        let mut imports = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut imports);
        imports.iter().for_each(|(_, path)| self.add(path));
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(&names);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, macros: &'a syn::Macro) {
        visit::visit_macro(self, macros);
        if let Some(name) = macros.path.get_ident() {
            self.add_macro(&name.to_string());
        }
        self.add_tokens(macros.tokens.clone());
    }

    // Neither `pub(in path)` nor an attribute imports a name.
    fn visit_visibility(&mut self, _: &'a syn::Visibility) {}
    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}
}
