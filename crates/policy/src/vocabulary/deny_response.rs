//! What a denied client is told.

use super::{HeaderText, HeaderValue};
use crate::document::{Code, Document, Node, Problems};

document! {
    /// What a denied client is told, on a filter or on a rule.
    ///
    /// `status` replaces the status of a denial that the policy decided (a deny rule, a default, an unknown host);
    /// one that the protocol asks for (400, 405, 414, 421, 431) stays. The rest applies to each denial.
    #[derive(Default)]
    pub struct DenyResponse {
        /// 400 to 599.
        "status" status: Option<Status> = None,
        /// The body; absent: a problem document (RFC 9457).
        "body" body: Option<String> = None,
        /// The content type of `body`; absent: `text/plain`.
        "contentType" content_type: Option<HeaderText> = None,
        /// Further headers.
        "headers" headers: Vec<FurtherHeader> = Vec::new(),
    }
}

/// The status of a denial.
#[derive(Debug, Clone, Copy)]
pub struct Status(pub u16);

impl Document for Status {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let status = u16::read(node, problems)?;
        if !(400..=599).contains(&status) {
            node.problem(
                problems,
                Code::STATUS,
                format!("`{status}` is no status of a denial"),
                "write 400 to 599",
            );
            return None;
        }
        Some(Self(status))
    }
}

/// A header of a denial besides `content-type`, which has a field of its own.
#[derive(Debug, Clone)]
pub struct FurtherHeader(pub HeaderValue);

impl Document for FurtherHeader {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let header = HeaderValue::read(node, problems)?;
        if header.name.as_str() == "content-type" {
            node.problem(
                problems,
                Code::CONTENT_TYPE,
                "`content-type` among the headers",
                "write it as `contentType`",
            );
            return None;
        }
        Some(Self(header))
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl crate::document::Describe for FurtherHeader {
    fn describe(definitions: &mut crate::document::Definitions) -> crate::document::Schema {
        HeaderValue::describe(definitions)
    }
}
