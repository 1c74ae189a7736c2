//! What the servers serve.

use crate::spellings::FILE;
use anyhow::Result;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use testkit::workspace::run_folder;

/// What stands in the file that the rule denies, and nowhere else.
pub const MARKER: &[u8] = b"only for those who may read this";

/// What stands in the files that everybody may read.
pub const PUBLIC: &[u8] = b"for everybody";

/// A folder with the files of the site, and room for those of the servers.
#[derive(Debug)]
pub struct Site {
    /// The folder.
    pub folder: PathBuf,
    /// Where the files are that the servers serve.
    pub documents: PathBuf,
    /// Whether the test runs as root, which some servers will not run as.
    pub root: bool,
    /// Whether `/PRIVATE` is `/private` to the file system.
    pub ignores_case: bool,
}

impl Site {
    /// A new one.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn create() -> Result<Self> {
        let folder = run_folder("readings")?;
        let documents = folder.join("ROOT");
        for name in ["private", "public"] {
            std::fs::create_dir_all(documents.join(name))?;
        }
        std::fs::write(documents.join(FILE.trim_start_matches('/')), MARKER)?;
        std::fs::write(documents.join("public/index.html"), PUBLIC)?;
        std::fs::write(documents.join("index.html"), PUBLIC)?;
        let root = std::fs::metadata(&folder)?.uid() == 0;
        let ignores_case = documents.join("PRIVATE").exists();
        Ok(Self { folder, documents, root, ignores_case })
    }
}
