//! The response of a denial.

use super::{HeaderText, HeaderValue};
use crate::document::{Code, Definitions, Document, Node, Problems, Schema};

document! {
    /// The response of denials, of a filter or of a rule.
    ///
    /// `status` replaces the status of a denial by the policy (a deny rule, a default, an unknown host); a status that the
    /// protocol requires (400, 405, 414, 421, 431) stays. The other fields apply to every denial.
    #[derive(Default)]
    pub struct DenyResponse {
        /// 400 to 599.
        "status" status: Option<Status> = None,
        /// The body; absent: a problem document (RFC 9457).
        "body" body: Option<String> = None,
        /// The content type of `body`; absent: `text/plain`.
        "contentType" content_type: Option<HeaderText> = None,
        /// More headers.
        "headers" headers: Vec<ReplyHeader> = Vec::new(),
    }
}

/// The status of a denial.
#[derive(Debug, Clone, Copy)]
pub struct Status(pub u16);

impl Document for Status {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let status = u16::read(node, problems)?;
        if !(400..=599).contains(&status) {
            let message = format!("invalid deny status `{status}`");
            return problems.invalid(Code::STATUS, node.path, message, "write 400 to 599");
        }
        Some(Self(status))
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::whole_number(400, Some(599))
    }
}

/// A header of a denial, except `content-type`, which has a field of its own.
#[derive(Debug, Clone)]
pub struct ReplyHeader(pub HeaderValue);

impl Document for ReplyHeader {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let header = HeaderValue::read(node, problems)?;
        if header.name.as_str() == "content-type" {
            let message = "`content-type` in `headers`";
            return problems.invalid(Code::CONTENT_TYPE, node.path, message, "use the field `contentType`");
        }
        Some(Self(header))
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        HeaderValue::describe(definitions)
    }
}
