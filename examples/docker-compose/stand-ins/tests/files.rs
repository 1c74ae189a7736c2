//! Checks of the files of examples/docker-compose.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn document(file: &str) -> Value {
    let text = std::fs::read_to_string(examples().join(file)).unwrap();
    yaml::values(file, &text).unwrap().remove(0)
}

fn object(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value))
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Returns a field of a service, which may be merged from another (`<<`).
fn field<'v>(service: &'v Value, name: &str) -> Option<&'v Value> {
    service.get(name).or_else(|| field(service.get("<<")?, name))
}

/// Returns the services on each network.
fn networks(compose: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut networks: BTreeMap<String, BTreeSet<String>> =
        object(&compose["networks"]).map(|(name, _)| (name.to_owned(), BTreeSet::new())).collect();
    for (service, fields) in object(&compose["services"]) {
        let of = match &fields["networks"] {
            Value::Object(of) => of.keys().cloned().collect(),
            Value::Null => Vec::new(),
            list => names(list),
        };
        for network in of {
            networks.get_mut(&network).unwrap().insert(service.to_owned());
        }
    }
    networks
}

#[test]
fn the_networks_are_the_edges_of_the_graph() {
    let set = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let mut expected = BTreeMap::from([
        ("edge".to_owned(), set(&["client", "ingress"])),
        ("keys".to_owned(), set(&["ingress", "keys"])),
        ("tokens".to_owned(), set(&["client", "keys"])),
    ]);
    for service in document("bookinfo/graph.yaml")["spec"]["services"].as_array().unwrap() {
        let to = service["name"].as_str().unwrap();
        for from in names(&service["from"]) {
            expected.insert(format!("{from}-{to}"), set(&[&from, to]));
        }
    }
    assert_eq!(networks(&document("docker-compose/docker-compose.yaml")), expected);
}

#[test]
fn no_network_leads_out_of_the_machine() {
    for (name, network) in object(&document("docker-compose/docker-compose.yaml")["networks"]) {
        assert_eq!(network["internal"], true, "{name}");
    }
}

#[test]
fn each_network_allows_one_direction() {
    let compose = document("docker-compose/docker-compose.yaml");
    for (network, parties) in networks(&compose) {
        let (from, to) = match network.as_str() {
            "edge" => ("client", "ingress"),
            // The key server opens no connections.
            "keys" | "tokens" => continue,
            edge => edge.split_once('-').unwrap(),
        };
        let address = |party: &str| &compose["services"][party]["networks"][&network]["ipv4_address"];
        let proxy = document(&format!("docker-compose/proxies/{to}.yaml"));
        let listeners = proxy["static_resources"]["listeners"].as_array().unwrap();
        assert_eq!((parties.len(), listeners.len()), (2, 1), "{network}");
        assert_eq!(&listeners[0]["address"]["socket_address"]["address"], address(to), "{network}");
        assert_eq!(address(from), &Value::Null, "{network}");
    }
}

#[test]
fn every_container_has_minimal_rights() {
    let compose = document("docker-compose/docker-compose.yaml");
    for (name, service) in object(&compose["services"]) {
        assert_eq!(field(service, "read_only"), Some(&true.into()), "{name}");
        assert_eq!(field(service, "cap_drop").map(names), Some(vec!["ALL".to_owned()]), "{name}");
        let rights = field(service, "security_opt").map(names);
        assert_eq!(rights, Some(vec!["no-new-privileges:true".to_owned()]), "{name}");
        assert!(service.get("networks").is_none() || field(service, "dns").is_some(), "{name}");
    }
}

#[test]
fn each_policy_loads() {
    let mut loaded = 0;
    for proxy in std::fs::read_dir(examples().join("docker-compose/proxies")).unwrap() {
        let file = proxy.unwrap().file_name().into_string().unwrap();
        let bootstrap = document(&format!("docker-compose/proxies/{file}"));
        let chain = &bootstrap["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0];
        let filter = &chain["typed_config"]["http_filters"][0];
        let config = &filter["typed_config"]["config"];
        let module = config["vm_config"]["code"]["local"]["filename"].as_str().unwrap();
        let name = filter["name"].as_str().unwrap();
        assert_eq!(module, format!("/etc/ringfence/{}.wasm", name.replace('-', "_")), "{file}");
        let policy = config["configuration"]["value"].to_string();
        assert!(modules::load(name, policy.as_bytes()).is_ok(), "{file}");
        loaded += 1;
    }
    assert_eq!(loaded, 5);
}
