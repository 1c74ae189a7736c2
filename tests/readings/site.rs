//! The files of the servers.

use crate::spellings::FILE;
use anyhow::Result;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use testkit::workspace::run_folder;

/// The content of the denied file.
pub const MARKER: &[u8] = b"only for those who may read this";

/// The content of the public files.
pub const PUBLIC: &[u8] = b"for everybody";

/// A folder with the files of the site and of the servers.
#[derive(Debug)]
pub struct Site {
    /// The folder.
    pub folder: PathBuf,
    /// The document root.
    pub documents: PathBuf,
    /// Whether the test runs as root, which some servers reject.
    pub root: bool,
    /// Whether the file system ignores case.
    pub ignores_case: bool,
}

impl Site {
    /// Creates the folder.
    pub fn create() -> Result<Self> {
        let folder = run_folder("readings")?;
        let documents = folder.join("ROOT");
        for name in ["private", "public", "files"] {
            std::fs::create_dir_all(documents.join(name))?;
        }
        std::fs::write(documents.join(FILE.trim_start_matches('/')), MARKER)?;
        for name in ["files/plan.txt", "files/plan.bak"] {
            std::fs::write(documents.join(name), MARKER)?;
        }
        for name in ["public/index.html", "public/page.html"] {
            std::fs::write(documents.join(name), PUBLIC)?;
        }
        std::fs::write(documents.join("index.html"), PUBLIC)?;
        let root = std::fs::metadata(&folder)?.uid() == 0;
        let ignores_case = documents.join("PRIVATE").exists();
        Ok(Self { folder, documents, root, ignores_case })
    }
}
