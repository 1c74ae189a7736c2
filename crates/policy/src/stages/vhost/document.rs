//! The document of vhost-policy.

use crate::stages::enforcement::RuleHead;
use crate::vocabulary::{DenyResponse, HostPattern, Method, Mode, NonEmpty, RuleName, Rules};

document! {
    /// Virtual hosts, and the ports, methods and TLS that requests to them must use.
    pub struct VhostPolicy {
        /// Whether the filter acts.
        "mode" mode: Mode = Mode::default(),
        /// The virtual hosts; the most specific domain wins: exact, then the longest wildcard.
        "hosts" hosts: Rules<VirtualHost>,
        /// Whether the server name of a TLS connection must cover the host of each request.
        "sni" sni: Sni = Sni::Ignore,
        /// The action for a host that is not listed.
        "unknownHost" unknown_host: UnknownHost = UnknownHost::Deny,
        /// The response of denials.
        "response" response: Option<DenyResponse> = None,
    }
}

document! {
    /// A virtual host.
    pub struct VirtualHost {
        /// The name, for metrics and logs.
        "name" name: RuleName,
        /// Whether the virtual host acts; absent: the mode of the filter.
        "mode" mode: Option<Mode> = None,
        /// Patterns of its host names.
        "domains" domains: NonEmpty<HostPattern>,
        /// The allowed ports of the authority; absent: any.
        "ports" ports: Option<NonEmpty<u16>> = None,
        /// The allowed methods; absent: any.
        "methods" methods: Option<NonEmpty<Method>> = None,
        /// Whether the connection must be TLS.
        "tls" tls: Tls = Tls::Any,
        /// The response of denials.
        "response" response: Option<DenyResponse> = None,
    }
}

choice! {
    /// Whether the connection must be TLS.
    pub enum Tls {
        /// Required; otherwise 403.
        Require = "require",
        /// Required; otherwise a redirect to `https` with 308.
        Redirect = "redirect",
        /// Optional.
        Any = "any",
    }
}

choice! {
    /// Whether the server name of a TLS connection must cover the host of each request.
    pub enum Sni {
        /// Required; otherwise 421.
        Match = "match",
        /// Not checked.
        Ignore = "ignore",
    }
}

choice! {
    /// The action for a host that is not listed.
    pub enum UnknownHost {
        /// The request is denied with 404.
        Deny = "deny",
        /// The request is allowed.
        Allow = "allow",
    }
}

impl VirtualHost {
    pub(super) fn head(&self) -> RuleHead<'_> {
        RuleHead { name: &self.name, mode: self.mode, response: self.response.as_ref() }
    }
}
