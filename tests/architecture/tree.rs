//! The modules of a crate.

use anyhow::{Context, Result, ensure};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use syn::punctuated::Punctuated;
use syn::{Attribute, Item, ItemMod, Token, UseTree};

/// The modules of a crate; the first one is the root.
#[derive(Default)]
pub struct Tree {
    pub modules: Vec<Module>,
    /// The files of macros, which need no path in the modules after their definition.
    pub macros: HashMap<String, PathBuf>,
}

/// A module.
pub struct Module {
    pub file: PathBuf,
    pub parent: Option<usize>,
    /// The items without the modules.
    pub items: Vec<Item>,
    pub names: HashMap<String, Vec<Name>>,
    /// The paths of glob imports.
    pub globs: Vec<Vec<String>>,
}

/// What a name in a module refers to.
#[derive(Debug, Clone)]
pub enum Name {
    /// An item of the module.
    Item,
    /// A child module.
    Module(usize),
    /// An import of this path.
    Import(Vec<String>),
}

impl Tree {
    /// Reads a crate.
    pub fn read(file: &Path) -> Result<Self> {
        let mut tree = Self::default();
        let folder = file.parent().context("the file has no folder")?.to_owned();
        tree.add_file(file, &folder, None)?;
        Ok(tree)
    }

    /// Adds the module of a file, whose child modules are in `folder`.
    fn add_file(&mut self, file: &Path, folder: &Path, parent: Option<usize>) -> Result<usize> {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let parsed = syn::parse_file(&text).with_context(|| file.display().to_string())?;
        self.add(file, folder, parent, parsed.items)
    }

    fn add(&mut self, file: &Path, folder: &Path, parent: Option<usize>, items: Vec<Item>) -> Result<usize> {
        let index = self.modules.len();
        let (names, globs) = (HashMap::new(), Vec::new());
        self.modules.push(Module { file: file.to_owned(), parent, items: Vec::new(), names, globs });
        for item in items.into_iter().filter(|item| !is_test(attributes(item))) {
            if let Item::Mod(child) = item {
                let name = child.ident.to_string();
                let module = self.add_child(index, folder, child)?;
                self.name(index, name, Name::Module(module));
                continue;
            }
            if let Item::Use(import) = &item {
                let mut imports = Vec::new();
                flatten(&import.tree, &mut Vec::new(), &mut imports);
                for (name, path) in imports {
                    match name {
                        Some(name) => self.name(index, name, Name::Import(path)),
                        None => self.modules[index].globs.push(path),
                    }
                }
            }
            if let Some(name) = defined(&item) {
                if let Item::Macro(_) = item {
                    self.macros.insert(name.clone(), file.to_owned());
                }
                self.name(index, name, Name::Item);
            }
            self.modules[index].items.push(item);
        }
        Ok(index)
    }

    fn add_child(&mut self, parent: usize, folder: &Path, child: ItemMod) -> Result<usize> {
        let below = folder.join(child.ident.to_string());
        if let Some((_, items)) = child.content {
            let file = self.modules[parent].file.clone();
            return self.add(&file, &below, Some(parent), items);
        }
        let (flat, nested) = (below.with_extension("rs"), below.join("mod.rs"));
        let file = if flat.is_file() { flat } else { nested };
        ensure!(file.is_file(), "{} does not exist", file.display());
        self.add_file(&file, &below, Some(parent))
    }

    fn name(&mut self, module: usize, name: String, meaning: Name) {
        self.modules[module].names.entry(name).or_default().push(meaning);
    }
}

/// Returns the names and paths of a `use`; a glob has no name.
pub fn flatten(tree: &UseTree, prefix: &mut Vec<String>, imports: &mut Vec<(Option<String>, Vec<String>)>) {
    let with = |prefix: &[String], name: String| {
        // `use a::b::{self}` imports `a::b`.
        let own = (name != "self" || prefix.is_empty()).then_some(name);
        prefix.iter().cloned().chain(own).collect::<Vec<_>>()
    };
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            flatten(&path.tree, prefix, imports);
            prefix.pop();
        }
        UseTree::Name(name) => {
            let path = with(prefix, name.ident.to_string());
            imports.push((path.last().cloned(), path));
        }
        UseTree::Rename(rename) => {
            imports.push((Some(rename.rename.to_string()), with(prefix, rename.ident.to_string())));
        }
        UseTree::Glob(_) => imports.push((None, prefix.clone())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, prefix, imports)),
    }
}

fn defined(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Returns true for `#[cfg(test)]` and `#[cfg(all(test, …))]`.
fn is_test(attributes: &[Attribute]) -> bool {
    let test = |attribute: &Attribute| {
        let Ok(conditions) = attribute.parse_args_with(Punctuated::<syn::Meta, Token![,]>::parse_terminated)
        else {
            return false;
        };
        let has_test = |meta: &syn::Meta| match meta {
            syn::Meta::Path(path) => path.is_ident("test"),
            syn::Meta::List(list) if list.path.is_ident("all") => {
                let inner = list.parse_args_with(Punctuated::<syn::Meta, Token![,]>::parse_terminated);
                inner.is_ok_and(|inner| inner.iter().any(|meta| meta.path().is_ident("test")))
            }
            _ => false,
        };
        attribute.path().is_ident("cfg") && conditions.iter().any(has_test)
    };
    attributes.iter().any(test)
}
