//! The ports of the demo.

use anyhow::{Result, bail};
use std::net::TcpListener;

/// The ports of the demo.
#[derive(Debug)]
pub(super) struct Ports {
    pub(super) listener: u16,
    pub(super) upstream: u16,
    pub(super) admin: u16,
}

impl Ports {
    /// Each with the one that stands in the bootstrap, and the option that sets it.
    fn each(&self) -> [(u16, u16, &'static str); 3] {
        [
            (10000, self.listener, "--listener-port"),
            (8080, self.upstream, "--upstream-port"),
            (9901, self.admin, "--admin-port"),
        ]
    }

    /// Says which port is in use.
    pub(super) fn check(&self) -> Result<()> {
        for (_, port, option) in self.each() {
            if let Err(error) = TcpListener::bind(("127.0.0.1", port)) {
                bail!(
                    "port {port} of 127.0.0.1 cannot be had: {error}; stop what uses it, or name another by {option}"
                );
            }
        }
        Ok(())
    }

    /// The bootstrap with these ports in the place of its own.
    pub(super) fn put_into(&self, bootstrap: &str) -> Result<String> {
        let mut text = bootstrap.to_owned();
        for (from, to, option) in self.each() {
            let place = format!("port_value: {from}}}");
            if !text.contains(&place) {
                bail!("the bootstrap has no `{place}` for {option}");
            }
            text = text.replace(&place, &format!("port_value: {to}}}"));
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Ports;

    #[test]
    fn ports_take_the_place_of_those_in_the_bootstrap() {
        let ports = Ports { listener: 1, upstream: 2, admin: 3 };
        let text = "{port_value: 9901}} {port_value: 10000}} {port_value: 8080}} ports: [10000]";
        assert_eq!(
            ports.put_into(text).unwrap(),
            "{port_value: 3}} {port_value: 1}} {port_value: 2}} ports: [10000]"
        );
        assert!(ports.put_into("").is_err());
    }

    #[test]
    fn a_port_in_use_is_named_with_the_option_that_sets_another() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = Ports { listener: port, upstream: port, admin: port }.check().unwrap_err().to_string();
        assert!(error.contains(&port.to_string()) && error.contains("--listener-port"), "{error}");
    }
}
