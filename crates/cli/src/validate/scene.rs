//! The state of the check of one file.

use crate::files::File;
use diagnostics::Diagnostics;
use inspect::Policy;
use modules::Module;
use serde_json::Value;
use yaml::Node;

/// The state of the check of one file.
#[derive(Debug)]
pub struct Scene<'f> {
    lines: Vec<&'f str>,
    /// The module of the option `--filter`.
    pub module: Option<Module>,
    /// The clusters of the current document, if it lists them all.
    pub clusters: Option<Vec<String>>,
    /// The policy, if the file contains one policy and nothing else.
    pub single: Option<(Module, Value, Box<dyn Policy>)>,
    /// The number of policies.
    pub policies: usize,
    /// The problems and warnings.
    pub found: Diagnostics,
}

impl<'f> Scene<'f> {
    /// Creates the state before the check.
    pub fn new(file: &'f File, module: Option<Module>) -> Self {
        let (lines, found) = (file.text.lines().collect(), Diagnostics::new(&file.name));
        Self { lines, module, clusters: None, single: None, policies: 0, found }
    }

    /// Returns the module that a name contains, the module of `--filter`, or the one that the fields of the policy
    /// identify.
    pub fn module_of<'n>(
        &self,
        names: impl IntoIterator<Item = &'n Node>,
        policy: Option<&Node>,
    ) -> Option<Module> {
        let by_name = names.into_iter().filter_map(Node::text).find_map(Module::from_image);
        by_name.or(self.module).or_else(|| Module::identify(&policy?.json()))
    }

    /// Returns a line of the file, counted from 1.
    pub fn line(&self, number: usize) -> Option<&'f str> {
        self.lines.get(number.checked_sub(1)?).copied()
    }
}
