//! Every case through stock Envoy, over each of its protocols.

use cases::{Case, CaseFile, Protocol};
use libtest_mimic::{Arguments, Failed, Trial};
use std::sync::Arc;
use testkit::bootstrap::{Listener, bootstrap, wasm};
use testkit::corpus::{self, Listeners};
use testkit::envoy::{Envoy, version};
use testkit::{tls, upstream};

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::from_args();
    let files = corpus::files()?;
    let envoy = start(&files)?;
    let version: Arc<str> = version()?.into();
    let mut trials = Vec::new();
    for (name, file) in files {
        let listeners =
            Listeners { plain: envoy.listener(&name)?, tls: envoy.listener(&format!("{name}-tls"))? };
        for case in file.cases {
            for protocol in case.protocols.clone() {
                let (case, title) = (case.clone(), format!("{name}: {} over {protocol:?}", case.name));
                let version = Arc::clone(&version);
                trials.push(Trial::test(title, move || check(&case, protocol, &version, listeners)));
            }
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(envoy);
    conclusion.exit()
}

/// Starts one Envoy, with a plaintext and a TLS listener for each file.
fn start(files: &[(String, CaseFile)]) -> anyhow::Result<Envoy> {
    let (upstream, certificate) = (upstream::start(0)?, tls::certificate_for("shop.example.com")?);
    let mut listeners = Vec::new();
    for (name, file) in files {
        let filter = wasm(&file.filter, &file.policy.to_string())?;
        let plain = Listener::new(name, vec![filter], upstream);
        let encrypted =
            Listener { name: format!("{name}-tls"), tls: Some(certificate.clone()), ..plain.clone() };
        listeners.extend([plain, encrypted]);
    }
    Envoy::start("corpus", &bootstrap(&listeners), &[])
}

fn check(case: &Case, protocol: Protocol, version: &str, listeners: Listeners) -> Result<(), Failed> {
    let observed = corpus::run(case, protocol, listeners).map_err(|error| format!("{error:#}"))?;
    let differences = match (case.exception(protocol, version), observed) {
        (Some(exception), observed) => match (exception.status, observed) {
            (None | Some(0), None) => Vec::new(),
            (Some(status), Some(observed)) if status == observed.status => Vec::new(),
            (expected, observed) => {
                vec![format!(
                    "Envoy itself: expected {expected:?} as {}, got {observed:?}",
                    exception.because
                )]
            }
        },
        (None, Some(observed)) => {
            case.expect.differences(&observed).iter().map(ToString::to_string).collect()
        }
        (None, None) => vec!["no response".to_owned()],
    };
    if differences.is_empty() { Ok(()) } else { Err(Failed::from(differences.join("\n"))) }
}
