//! The containers, as the client sees them.

use super::graph::{Graph, INGRESS_PORT};
use crate::addresses::first;
use crate::{keys, service};
use anyhow::{Context, Result};
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use testkit::http::{Request, Response, http1};

/// The host name of the application.
pub(super) const HOST: &str = "bookinfo.example.com";

/// How long the containers may take to become ready.
const READY_TIMEOUT: Duration = Duration::from_secs(90);

/// The addresses of the ingress and the key server.
pub(super) struct World {
    pub(super) ingress: SocketAddr,
    pub(super) keys: SocketAddr,
    /// A token with the scope that lets the client use a service as a caller.
    probe: String,
}

impl World {
    /// Waits until each service responds through its sidecar and the ingress has the keys.
    pub(super) fn wait(graph: &Graph) -> Result<Self> {
        let deadline = Instant::now() + READY_TIMEOUT;
        loop {
            match Self::connect(graph) {
                Err(error) if Instant::now() > deadline => {
                    return Err(error.context(format!("not ready within {} s", READY_TIMEOUT.as_secs())));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
                Ok(world) => return Ok(world),
            }
        }
    }

    fn connect(graph: &Graph) -> Result<Self> {
        let keys = first(&format!("keys:{}", keys::PORT))?;
        let claims = json!({"sub": "probe", "aud": "bookinfo", "scope": "probe"});
        let probe = keys::token(keys, &claims, false)?;
        let world = Self { ingress: first(&format!("ingress:{INGRESS_PORT}"))?, keys, probe };
        for service in &graph.services {
            world.reach(graph, &service.name, &format!("127.0.0.1:{}", service::PORT))?;
        }
        Ok(world)
    }

    /// Lets a service open a connection to `place`. The header `x-reached` of the response has the result.
    pub(super) fn reach(&self, graph: &Graph, from: &str, place: &str) -> Result<Response> {
        let target = format!("{}/reach/{place}", graph.route(from)?);
        let request = Request { authority: Some(HOST.as_bytes().to_vec()), ..Request::get(&target) };
        let request = request.with("authorization", &format!("Bearer {}", self.probe));
        let response = http1(self.ingress, &request)?;
        response.header("x-reached").with_context(|| {
            format!("{from} does not answer {target}: {} {}", response.status, response.text("x-details"))
        })?;
        Ok(response)
    }
}
