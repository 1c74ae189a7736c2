//! All the filters in a row.

use super::header::{HeaderPolicy, ValidatedHeaderPolicy};
use super::{HeaderStage, KeyRing, Needs, PathStage, Stage, TokenStage, VhostStage};
use crate::decision::{Answer, Filter, Report, Trace};
use crate::document::{Code, Document, Fields, Node, Problems};
#[cfg(not(target_arch = "wasm32"))]
use crate::document::{Definitions, Describe, Schema};
use crate::http::{Headers, Request};

/// All the filters in a row: vhost, path, token, header. The first denial ends it.
#[derive(Debug)]
pub struct Ringfence {
    vhost: Option<VhostStage>,
    path: Option<PathStage>,
    token: Option<TokenStage>,
    header: Option<HeaderStage>,
}

/// One configuration for all of them; any may be left out, one must be there.
#[derive(Debug, Clone)]
pub struct Policies {
    vhost: Option<<VhostStage as Stage>::Document>,
    path: Option<<PathStage as Stage>::Document>,
    token: Option<<TokenStage as Stage>::Document>,
    header: Option<HeaderPolicy>,
}

impl Document for Policies {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let fields = Fields::of(node, &["vhost", "path", "token", "header"], problems)?;
        let vhost = fields.optional("vhost", problems);
        let path = fields.optional("path", problems);
        let token = fields.optional("token", problems);
        let header = fields.optional("header", problems);
        let policies = Self { vhost: vhost?, path: path?, token: token?, header: header? };
        if let (None, Some(header)) = (&policies.token, &policies.header) {
            let path = node.path.field("header");
            header.refuse_claims(&path, "add the section `token`", problems);
        }
        if matches!(policies, Self { vhost: None, path: None, token: None, header: None }) {
            problems.add(
                Code::EMPTY,
                fields.path,
                "no filter has a policy",
                "add `vhost`, `path`, `token` or `header`",
            );
            return None;
        }
        Some(policies)
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Describe for Policies {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(Policies), |definitions| {
            Schema::object()
                .about("One configuration for all filters; any may be left out, one must be there.")
                .field("vhost", <VhostStage as Stage>::Document::describe(definitions))
                .field("path", <PathStage as Stage>::Document::describe(definitions))
                .field("token", <TokenStage as Stage>::Document::describe(definitions))
                .field("header", HeaderPolicy::describe(definitions))
                .at_least_one(&["vhost", "path", "token", "header"])
        })
    }
}

impl Stage for Ringfence {
    type Document = Policies;
    type ResponseState = <HeaderStage as Stage>::ResponseState;

    fn key_ring(&self) -> Option<&KeyRing> {
        self.token.as_ref().and_then(Stage::key_ring)
    }

    fn compile(document: Policies) -> Self {
        Self {
            vhost: document.vhost.map(VhostStage::compile),
            path: document.path.map(PathStage::compile),
            token: document.token.map(TokenStage::compile),
            header: document.header.map(|header| HeaderStage::compile(ValidatedHeaderPolicy(header))),
        }
    }

    fn filters(&self) -> Vec<Filter> {
        let first =
            self.vhost.iter().flat_map(Stage::filters).chain(self.path.iter().flat_map(Stage::filters));
        let then =
            self.token.iter().flat_map(Stage::filters).chain(self.header.iter().flat_map(Stage::filters));
        first.chain(then).collect()
    }

    fn needs(&self) -> Needs {
        let vhost = self.vhost.as_ref().map(Stage::needs).unwrap_or_default();
        vhost.or(self.token.as_ref().map(Stage::needs).unwrap_or_default())
    }

    fn on_request<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        response_state: &mut Self::ResponseState,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        self.vhost.as_ref().map_or(Ok(()), |stage| stage.on_request(request, &mut (), report))?;
        self.path.as_ref().map_or(Ok(()), |stage| stage.on_request(request, &mut (), report))?;
        self.token.as_ref().map_or(Ok(()), |stage| stage.on_request(request, &mut (), report))?;
        self.header.as_ref().map_or(Ok(()), |stage| stage.on_request(request, response_state, report))
    }

    fn on_answer(&self, request: &Request<'_>, response_state: &mut Self::ResponseState) {
        if let Some(stage) = &self.header {
            stage.on_answer(request, response_state);
        }
    }

    fn responds(&self, response_state: &Self::ResponseState) -> bool {
        self.header.as_ref().is_some_and(|stage| stage.responds(response_state))
    }

    fn on_response(&self, response_state: &Self::ResponseState, headers: &mut Headers<'_>) {
        if let Some(stage) = &self.header {
            stage.on_response(response_state, headers);
        }
    }
}
