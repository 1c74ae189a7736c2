//! The ports of the demo.

use anyhow::{Context, Result, ensure};
use clap::Args;
use std::net::TcpListener;

#[derive(Debug, Args)]
pub(super) struct Ports {
    /// The port of Envoy's listener
    #[arg(long = "listener-port", value_name = "PORT", default_value_t = 10000)]
    pub(super) listener: u16,
    /// The port of the upstream
    #[arg(long = "upstream-port", value_name = "PORT", default_value_t = 8080)]
    pub(super) upstream: u16,
    /// The port of Envoy's admin interface
    #[arg(long = "admin-port", value_name = "PORT", default_value_t = 9901)]
    pub(super) admin: u16,
}

impl Ports {
    /// Returns the port in the bootstrap, the chosen port and the option, for each port.
    fn each(&self) -> [(u16, u16, &'static str); 3] {
        [
            (10000, self.listener, "--listener-port"),
            (8080, self.upstream, "--upstream-port"),
            (9901, self.admin, "--admin-port"),
        ]
    }

    pub(super) fn check(&self) -> Result<()> {
        for (_, port, option) in self.each() {
            let help = format!("stop the program that uses it, or choose another port with {option}");
            TcpListener::bind(("127.0.0.1", port))
                .with_context(|| format!("cannot listen on port {port} of 127.0.0.1; {help}"))?;
        }
        Ok(())
    }

    /// Returns the bootstrap with these ports.
    pub(super) fn apply_to(&self, bootstrap: &str) -> Result<String> {
        let mut text = bootstrap.to_owned();
        for (from, to, option) in self.each() {
            let place = format!("port_value: {from}}}");
            ensure!(text.contains(&place), "the bootstrap has no `{place}` for {option}");
            text = text.replace(&place, &format!("port_value: {to}}}"));
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Ports;

    #[test]
    fn ports_replace_those_of_the_bootstrap() {
        let ports = Ports { listener: 1, upstream: 2, admin: 3 };
        let text = "{port_value: 9901}} {port_value: 10000}} {port_value: 8080}} ports: [10000]";
        assert_eq!(
            ports.apply_to(text).unwrap(),
            "{port_value: 3}} {port_value: 1}} {port_value: 2}} ports: [10000]"
        );
        assert!(ports.apply_to("").is_err());
    }

    #[test]
    fn the_error_for_a_used_port_names_its_option() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = Ports { listener: port, upstream: port, admin: port }.check().unwrap_err().to_string();
        assert!(error.contains(&port.to_string()) && error.contains("--listener-port"), "{error}");
    }
}
