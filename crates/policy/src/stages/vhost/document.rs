//! The document of vhost-policy.

use crate::document::{Checked, Code, FieldPath, Problems};
use crate::stages::enforcement::RuleHead;
use crate::vocabulary::{DenyResponse, HostPattern, Method, Mode, NonEmpty, RuleName, Rules};
use std::collections::HashMap;

document! {
    /// Virtual hosts, and the ports, methods and TLS that requests to them must use.
    pub struct VhostPolicy {
        /// Whether the filter acts.
        "mode" mode: Mode = Mode::default(),
        /// The virtual hosts.
        hosts: VirtualHosts,
        /// Whether the server name of a TLS connection must belong to the virtual host of each request.
        "sni" sni: Sni = Sni::Ignore,
        /// The action for a host that is not listed.
        "unknownHost" unknown_host: UnknownHost = UnknownHost::Deny,
        /// The response of denials.
        "response" response: Option<DenyResponse> = None,
    }
}

// A group of its own, so that its check also runs if another field is invalid.
document! {
    /// The virtual hosts.
    pub struct VirtualHosts: Checked {
        /// The virtual hosts; the most specific domain wins: exact, then the longest wildcard.
        "hosts" hosts: Rules<VirtualHost>,
    }
}

impl Checked for VirtualHosts {
    fn check(&self, path: &FieldPath<'_>, problems: &mut Problems) {
        let (mut owners, hosts) = (HashMap::new(), path.field("hosts"));
        for (index, host) in self.hosts.iter().enumerate() {
            for (domain_index, domain) in host.domains.iter().enumerate() {
                if let Some(owner) = owners.insert(domain, &host.name) {
                    let (host, message) = (hosts.item(index), format!("`{owner}` already lists this domain"));
                    let domains = host.field("domains");
                    problems.add(
                        Code::DUPLICATE_DOMAIN,
                        &domains.item(domain_index),
                        message,
                        "list it once",
                    );
                }
            }
        }
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
    /// Whether the server name of a TLS connection must belong to the virtual host of each request.
    pub enum Sni {
        /// Required: the server name equals the host, or the same entry decides for both; otherwise 421.
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
