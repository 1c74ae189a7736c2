//! vhost-policy: virtual hosts, with their ports, methods and TLS.

mod document;

use crate::decision::{Answer, Filter, Reason, Report, RuleResult, Trace};
use crate::http::{Authority, Host, Needs, Request};
use crate::stages::enforcement::Enforcement;
use crate::stages::host_map::HostMap;
use crate::stages::stage::Stage;
use crate::vocabulary::{Method, Mode, Rules};
use document::{Sni, Tls, UnknownHost, VirtualHost};

pub use document::VhostPolicy;

const FILTER: Filter = Filter::VhostPolicy;

/// The stage of vhost-policy.
#[derive(Debug)]
pub struct VhostStage {
    enforcement: Enforcement,
    hosts: Vec<VirtualHost>,
    /// The indexes of the virtual hosts, by domain.
    index: HostMap<Option<usize>>,
    sni: Sni,
    unknown_host: UnknownHost,
}

impl Stage for VhostStage {
    type Document = VhostPolicy;
    type ResponseState = ();

    fn filters(&self) -> Vec<Filter> {
        vec![FILTER]
    }

    fn compile(document: VhostPolicy) -> Self {
        let VhostPolicy { mode, hosts, sni, unknown_host, response } = document;
        let Rules(hosts) = hosts.hosts;
        let enforcement = Enforcement::new(FILTER, mode, hosts.iter().map(|host| host.mode), response);
        let mut index = HostMap::default();
        for (host_index, host) in hosts.iter().enumerate() {
            for domain in host.domains.iter() {
                *index.entry(domain) = Some(host_index);
            }
        }
        Self { enforcement, index, hosts, sni, unknown_host }
    }

    fn needs(&self) -> Needs {
        let sni = self.sni == Sni::Match;
        let tls = sni || self.hosts.iter().any(|host| host.tls != Tls::Any);
        Needs { tls, sni, ..Needs::default() }
    }

    fn removes_trailer(&self, name: &[u8]) -> bool {
        self.enforcement.removes_trailer(name)
    }

    fn on_request<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        _: &mut (),
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        if !self.enforcement.enter(report) {
            return Ok(());
        }
        let authority = match request.authority() {
            Ok(authority) => authority,
            Err(reason) => return report.end(self.enforcement.malformed(request, reason)),
        };
        self.enforcement.forward(request, Some(&authority));
        for host in self.listed(&authority.host) {
            let result = RuleResult::of(host.mode, || None);
            report.record_rule(FILTER, &host.name, None, result);
            match result {
                RuleResult::Shadowed => self.check(request, &authority, host, report)?,
                RuleResult::Matched => return self.check(request, &authority, host, report),
                RuleResult::Missed(_) | RuleResult::Off => {}
            }
        }
        self.check_unknown(request, &authority, report)
    }
}

impl VhostStage {
    /// Returns the virtual hosts that list a host, the most specific first.
    fn listed(&self, host: &Host) -> impl Iterator<Item = &VirtualHost> {
        self.index.matching(host).flatten().filter_map(|index| self.hosts.get(*index))
    }

    /// Checks a request against the virtual host of its authority.
    fn check<T: Trace>(
        &self,
        request: &Request<'_>,
        authority: &Authority,
        host: &VirtualHost,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        let denial = |reason| self.enforcement.denial(request, Some(host.head()), reason);
        if let (Some(port), Some(ports)) = (authority.port, &host.ports)
            && !ports.contains(&port)
        {
            if self.unknown_host == UnknownHost::Deny {
                return report.end(denial(Reason::PORT_NOT_LISTED));
            }
            // A virtual host in shadow is skipped: it does not make the host unknown.
            return match host.mode {
                Some(Mode::Shadow) => Ok(()),
                _ => self.check_unknown(request, authority, report),
            };
        }
        if let Some(reason) = self.sni_reason(request, authority, Some(host)) {
            return report.end(denial(reason));
        }
        match host.tls {
            Tls::Require if !request.connection.tls => return report.end(denial(Reason::TLS_REQUIRED)),
            Tls::Redirect if !request.connection.tls => {
                let location = https_location(request, authority);
                let redirect = denial(Reason::TLS_REDIRECT).into_redirect(308, location, request.is_grpc());
                return report.end(redirect);
            }
            _ => {}
        }
        if let Some(methods) = &host.methods
            && !methods.iter().any(|method| method.as_str().as_bytes() == request.method())
        {
            let mut answer = denial(Reason::METHOD_NOT_ALLOWED);
            let allowed: Vec<&str> = methods.iter().map(Method::as_str).collect();
            answer.reply = answer.reply.with("allow", allowed.join(", "));
            return report.end(answer);
        }
        Ok(())
    }

    /// Checks a request whose host is not listed.
    fn check_unknown<T: Trace>(
        &self,
        request: &Request<'_>,
        authority: &Authority,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        let reason = match self.unknown_host {
            UnknownHost::Deny => Some(Reason::UNKNOWN_HOST),
            UnknownHost::Allow => self.sni_reason(request, authority, None),
        };
        reason.map_or(Ok(()), |reason| report.end(self.enforcement.denial(request, None, reason)))
    }

    /// Returns the reason if the connection was not made for the host of the request (RFC 9110, section 15.5.20): its
    /// server name must be the host, or the virtual host that decides for the host must also decide for the server name.
    fn sni_reason(
        &self,
        request: &Request<'_>,
        authority: &Authority,
        host: Option<&VirtualHost>,
    ) -> Option<Reason> {
        if self.sni == Sni::Ignore || !request.connection.tls {
            return None;
        }
        let Some(sni) = request.connection.sni.filter(|sni| !sni.is_empty()) else {
            return Some(Reason::SNI_MISSING);
        };
        let Ok(sni) = Authority::parse(sni) else { return Some(Reason::SNI_MISMATCH) };
        let is_covered = sni.port.is_none()
            && (sni.host == authority.host || host.is_some_and(|host| self.decides(host, &sni.host)));
        (!is_covered).then_some(Reason::SNI_MISMATCH)
    }

    /// Returns true if a virtual host is the one that decides for a name. A virtual host in shadow is tried as if it
    /// were live; the others in shadow are skipped, as for the host of a request.
    fn decides(&self, host: &VirtualHost, name: &Host) -> bool {
        let is_tried = |other: &&VirtualHost| {
            other.name == host.name || RuleResult::of(other.mode, || None) == RuleResult::Matched
        };
        self.listed(name).find(is_tried).is_some_and(|first| first.name == host.name)
    }
}

/// Returns the same host and target with `https`. Status 308 keeps the method (RFC 9110, section 15.4.9).
fn https_location(request: &Request<'_>, authority: &Authority) -> Vec<u8> {
    let is_safe = |target: &&[u8]| {
        target.starts_with(b"/") && target.iter().all(|b| !b.is_ascii_control() && *b != b'#')
    };
    let mut location = format!("https://{}", authority.host.as_str()).into_bytes();
    location.extend_from_slice(request.target().filter(is_safe).unwrap_or(b"/"));
    location
}
