//! The document of vhost-policy.

use crate::document::{Code, Document, Node, Problems};
use crate::vocabulary::{DenyResponse, HostPattern, Method, Mode, NonEmpty, RuleName, Rules};
use std::collections::HashMap;

document! {
    /// Which virtual hosts may be asked for, and how.
    pub struct VhostPolicy {
        /// Whether the filter acts.
        "mode" mode: Mode = Mode::default(),
        /// The hosts; the most specific pattern wins: exact, then the longest wildcard.
        "hosts" hosts: Entries,
        /// Whether the server name of a TLS connection must go with the host of each request.
        "sni" sni: Sni = Sni::Ignore,
        /// What happens to a host that is not listed.
        "unknownHost" unknown_host: UnknownHost = UnknownHost::Deny,
        /// What a denied client is told.
        "response" response: Option<DenyResponse> = None,
    }
}

document! {
    /// Some virtual hosts.
    pub struct VirtualHost {
        /// Its name, for metrics and logs.
        "name" name: RuleName,
        /// Whether it acts.
        "mode" mode: Option<Mode> = None,
        /// The patterns of its names.
        "domains" domains: NonEmpty<HostPattern>,
        /// The ports that the authority may carry; absent: any.
        "ports" ports: Option<NonEmpty<u16>> = None,
        /// The methods; absent: any.
        "methods" methods: Option<NonEmpty<Method>> = None,
        /// Whether the connection must be TLS.
        "tls" tls: Tls = Tls::Any,
        /// What a denied client is told.
        "response" response: Option<DenyResponse> = None,
    }
}

choice! {
    /// Whether the connection must be TLS.
    pub enum Tls {
        /// It must; otherwise 403.
        Require = "require",
        /// It must; otherwise 308 to `https`.
        Redirect = "redirect",
        /// It may.
        Any = "any",
    }
}

choice! {
    /// Whether the server name of a TLS connection must go with the host of each request.
    pub enum Sni {
        /// It must; otherwise 421.
        Match = "match",
        /// It need not.
        Ignore = "ignore",
    }
}

choice! {
    /// What happens to a host that is not listed.
    pub enum UnknownHost {
        /// 404.
        Deny = "deny",
        /// It passes.
        Allow = "allow",
    }
}

/// The hosts of a policy: no name and no pattern stands twice.
#[derive(Debug, Clone)]
pub struct Entries(pub Vec<VirtualHost>);

impl Document for Entries {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let Rules(hosts) = Rules::<VirtualHost>::read(node, problems)?;
        let mut owners = HashMap::new();
        for (index, host) in hosts.iter().enumerate() {
            for (domain_index, domain) in host.domains.0.iter().enumerate() {
                if let Some(owner) = owners.insert(domain, &host.name) {
                    let (item, list) = (node.path.item(index), "domains");
                    let message = format!("`{owner}` has this pattern too");
                    let domains = item.field(list);
                    problems.add(
                        Code::DUPLICATE_DOMAIN,
                        &domains.item(domain_index),
                        message,
                        "list it once",
                    );
                }
            }
        }
        Some(Self(hosts))
    }
}
