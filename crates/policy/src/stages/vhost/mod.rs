//! vhost-policy: which virtual hosts may be asked for, and how.

#[cfg(not(target_arch = "wasm32"))]
mod describe;
mod document;
mod index;

use crate::decision::{Answer, Decision, Filter, LocalReply, Reason, Report, RuleResult, Trace};
use crate::http::{Authority, Request};
use crate::stages::{Needs, Stage};
use crate::vocabulary::{DenyResponse, Method, Mode};
use document::{Sni, Tls, UnknownHost, VhostPolicy, VirtualHost};
use index::HostIndex;

const FILTER: Filter = Filter::VhostPolicy;

/// The stage of vhost-policy.
#[derive(Debug)]
pub struct VhostStage {
    mode: Mode,
    malformed_mode: Mode,
    entries: Vec<VirtualHost>,
    index: HostIndex,
    sni: Sni,
    unknown_host: UnknownHost,
    response: Option<DenyResponse>,
}

impl Stage for VhostStage {
    type Document = VhostPolicy;
    type ResponseState = ();

    fn filters(&self) -> Vec<Filter> {
        vec![FILTER]
    }

    fn compile(document: VhostPolicy) -> Self {
        let entries = document.hosts.0;
        let mode = document.mode;
        let malformed_mode = mode.of_malformed(entries.iter().map(|entry| entry.mode));
        let index = HostIndex::new(&entries);
        let VhostPolicy { sni, unknown_host, response, .. } = document;
        Self { mode, malformed_mode, entries, index, sni, unknown_host, response }
    }

    fn needs(&self) -> Needs {
        let sni = self.sni == Sni::Match;
        let tls = sni || self.entries.iter().any(|entry| entry.tls != Tls::Any);
        Needs { tls, sni, ..Needs::default() }
    }

    fn on_request<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        _: &mut (),
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        if self.mode == Mode::Off {
            return Ok(());
        }
        report.enter(FILTER);
        let authority = match request.authority() {
            Ok(authority) => authority,
            Err(error) => {
                return report.end(self.denial(request, None, self.malformed_mode, error));
            }
        };
        for entry in self.index.candidates(&authority.host).filter_map(|place| self.entries.get(place)) {
            match entry.mode {
                Some(Mode::Off) => report.record_rule(FILTER, &entry.name, None, RuleResult::Off),
                Some(Mode::Shadow) => {
                    report.record_rule(FILTER, &entry.name, None, RuleResult::Shadowed);
                    report.shadow_match(FILTER, &entry.name);
                    self.check(request, &authority, entry, report)?;
                }
                _ => {
                    report.record_rule(FILTER, &entry.name, None, RuleResult::Matched);
                    return self.check(request, &authority, entry, report);
                }
            }
        }
        self.unknown(request, &authority, report)
    }
}

impl VhostStage {
    /// Holds the request against the entry that its host belongs to.
    fn check<T: Trace>(
        &self,
        request: &Request<'_>,
        authority: &Authority,
        entry: &VirtualHost,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        let mode = self.mode.of_rule(entry.mode);
        let denial = |reason| self.denial(request, Some(entry), mode, reason);
        if let (Some(port), Some(ports)) = (authority.port, &entry.ports)
            && !ports.0.contains(&port)
        {
            if self.unknown_host == UnknownHost::Deny {
                return report.end(denial(Reason::PORT_NOT_LISTED));
            }
            // Passed over in shadow, the entry says nothing about the host.
            return if entry.mode == Some(Mode::Shadow) {
                Ok(())
            } else {
                self.unknown(request, authority, report)
            };
        }
        if let Some(reason) = self.sni_reason(request, authority, Some(entry)) {
            return report.end(denial(reason));
        }
        match entry.tls {
            Tls::Require if !request.connection.tls => return report.end(denial(Reason::TLS_REQUIRED)),
            Tls::Redirect if !request.connection.tls => {
                return report.end(self.to_https(request, authority, entry, mode));
            }
            _ => {}
        }
        if let Some(methods) = &entry.methods
            && !methods.0.iter().any(|method| method.as_str().as_bytes() == request.method())
        {
            let mut answer = denial(Reason::METHOD_NOT_ALLOWED);
            let allowed: Vec<&str> = methods.0.iter().map(Method::as_str).collect();
            answer.reply = answer.reply.with("allow", allowed.join(", "));
            return report.end(answer);
        }
        Ok(())
    }

    /// Decides about a host that no entry has.
    fn unknown<T: Trace>(
        &self,
        request: &Request<'_>,
        authority: &Authority,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        if self.unknown_host == UnknownHost::Deny {
            return report.end(self.denial(request, None, self.mode, Reason::UNKNOWN_HOST));
        }
        match self.sni_reason(request, authority, None) {
            Some(reason) => report.end(self.denial(request, None, self.mode, reason)),
            None => Ok(()),
        }
    }

    /// Why the server name of the connection does not go with the host of the request (RFC 9110, section 15.5.20).
    fn sni_reason(
        &self,
        request: &Request<'_>,
        authority: &Authority,
        entry: Option<&VirtualHost>,
    ) -> Option<Reason> {
        if self.sni == Sni::Ignore || !request.connection.tls {
            return None;
        }
        let Some(sni) = request.connection.sni.filter(|sni| !sni.is_empty()) else {
            return Some(Reason::SNI_MISSING);
        };
        let Ok(sni) = Authority::parse(sni) else { return Some(Reason::SNI_MISMATCH) };
        let covered = |entry: &VirtualHost| entry.domains.0.iter().any(|domain| domain.matches(&sni.host));
        let goes = sni.port.is_none() && (sni.host == authority.host || entry.is_some_and(covered));
        (!goes).then_some(Reason::SNI_MISMATCH)
    }

    fn denial(
        &self,
        request: &Request<'_>,
        entry: Option<&VirtualHost>,
        mode: Mode,
        reason: Reason,
    ) -> Answer {
        let response = entry.and_then(|entry| entry.response.as_ref()).or(self.response.as_ref());
        let own = response.and_then(|response| response.status).filter(|_| reason.is_policy());
        let status = own.map_or(reason.status(), |own| own.0);
        Answer {
            decision: Decision::Deny,
            filter: FILTER,
            rule: entry.map(|entry| entry.name.clone()),
            reason,
            mode,
            reading: None,
            reply: LocalReply::denied(status, response, request.is_grpc()),
        }
    }

    /// 308, which keeps the method (RFC 9110, section 15.4.9), to the same host and target.
    fn to_https(
        &self,
        request: &Request<'_>,
        authority: &Authority,
        entry: &VirtualHost,
        mode: Mode,
    ) -> Answer {
        let plain = |target: &&[u8]| {
            target.starts_with(b"/") && target.iter().all(|b| !b.is_ascii_control() && *b != b'#')
        };
        let target = request.target().filter(plain).unwrap_or(b"/");
        let mut location = format!("https://{}", authority.host.as_str()).into_bytes();
        location.extend_from_slice(target);
        Answer {
            decision: Decision::Redirect,
            reply: LocalReply::redirect(308, location, request.is_grpc()),
            ..self.denial(request, Some(entry), mode, Reason::TLS_REDIRECT)
        }
    }
}
