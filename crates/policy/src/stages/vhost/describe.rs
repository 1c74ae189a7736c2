//! What the hand-read parts of vhost-policy may hold.

use super::document::{Entries, VirtualHost};
use crate::document::{Definitions, Describe, Schema};

impl Describe for Entries {
    fn describe(definitions: &mut Definitions) -> Schema {
        Vec::<VirtualHost>::describe(definitions)
    }
}
