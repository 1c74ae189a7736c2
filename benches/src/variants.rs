//! The variants: filters that are compared.

use crate::policies::Policies;
use anyhow::Result;
use serde_json::{Value, json};
use testkit::bootstrap::wasm;
use testkit::workspace::target;

/// A variant.
pub(crate) struct Variant {
    /// The name in the tables.
    pub(crate) name: &'static str,
    /// The HTTP filters before the router.
    pub(crate) filters: Vec<Value>,
}

impl Variant {
    /// Creates a variant.
    pub(crate) fn new(name: &'static str, filters: Vec<Value>) -> Self {
        Self { name, filters }
    }
}

pub(crate) const NONE: &str = "no filter";
pub(crate) const FLOOR: &str = "empty module, trimmed";
pub(crate) const RINGFENCE: &str = "ringfence";
pub(crate) const CHAIN: &str = "the four modules in a chain";
pub(crate) const PATH: &str = "path-policy";
pub(crate) const NATIVE: &str = "Envoy: rbac, jwt_authn, header_mutation";
pub(crate) const NATIVE_CACHED: &str = "the same with jwt_cache_config";

/// Returns the variants of a policy with twenty rules per filter.
pub(crate) fn all(policies: &Policies, jwks: &Value) -> Result<Vec<Variant>> {
    let Policies { vhost, path, token, header } = policies;
    let module = |filter: &str, policy: &Value| wasm(filter, &policy.to_string());
    let chain = vec![
        module("vhost-policy", vhost)?,
        module("path-policy", path)?,
        module("token-validation", token)?,
        module("header-policy", header)?,
    ];
    let one = |at: usize| vec![chain[at].clone()];
    let whole = json!({"vhost": vhost, "path": path, "token": token, "header": header});
    Ok(vec![
        Variant::new(NONE, Vec::new()),
        Variant::new("empty module by the SDK", vec![empty("empty")]),
        Variant::new(FLOOR, vec![empty("floor")]),
        Variant::new("vhost-policy", one(0)),
        Variant::new(PATH, one(1)),
        Variant::new("token-validation", one(2)),
        Variant::new("header-policy", one(3)),
        Variant::new(RINGFENCE, vec![module("ringfence", &whole)?]),
        Variant::new(CHAIN, chain.clone()),
        Variant::new(NATIVE, native(jwks, false)),
        Variant::new(NATIVE_CACHED, native(jwks, true)),
        Variant::new("Lua, without tokens", vec![lua()]),
    ])
}

/// Returns the variants with different costs for new tokens.
pub(crate) fn for_tokens(policies: &Policies, jwks: &Value) -> Result<Vec<Variant>> {
    let wanted = [NONE, FLOOR, "token-validation", RINGFENCE, NATIVE, NATIVE_CACHED];
    Ok(all(policies, jwks)?.into_iter().filter(|variant| wanted.contains(&variant.name)).collect())
}

/// Returns the filter of a module that does nothing: `empty` has all exports of the SDK, `floor` only those that Envoy needs.
fn empty(name: &str) -> Value {
    let file = target().join(format!("bench/{name}.wasm"));
    json!({
        "name": name,
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
            "config": {
                "name": name,
                "vm_config": {"vm_id": name, "runtime": "envoy.wasm.runtime.v8", "code": {"local": {"filename": file}}},
            },
        },
    })
}

fn area(number: usize) -> String {
    if number == 15 { "/products".to_owned() } else { format!("/area-{number}") }
}

/// Returns the same policy in Envoy's own filters.
fn native(jwks: &Value, cached: bool) -> Vec<Value> {
    let policy = |n: usize| {
        let path = json!({"url_path": {"path": {"prefix": area(n)}}});
        let role = json!({"not_rule": {"header": {"name": "x-role", "string_match": {"exact": "admin"}}}});
        let host = json!({"header": {"name": ":authority", "string_match": {"suffix": ".example.com"}}});
        (
            area(n),
            json!({"permissions": [{"and_rules": {"rules": [path, role, host]}}], "principals": [{"any": true}]}),
        )
    };
    let policies: serde_json::Map<String, Value> = (0..20).map(policy).collect();
    let rule = |n: usize| json!({"match": {"prefix": area(n)}, "requires": {"provider_name": "corporate"}});
    let mut provider = json!({
        "issuer": "https://issuer.example/",
        "audiences": ["api"],
        "local_jwks": {"inline_string": jwks.to_string()},
        "forward": false,
        "claim_to_headers": [{"header_name": "x-user", "claim_name": "sub"}],
    });
    if cached {
        provider["jwt_cache_config"] = json!({"jwt_cache_size": 1000});
    }
    let filter = |name: &str, kind: &str, fields: Value| {
        let mut config =
            json!({"@type": format!("type.googleapis.com/envoy.extensions.filters.http.{kind}")});
        if let (Some(config), Value::Object(fields)) = (config.as_object_mut(), fields) {
            config.extend(fields);
        }
        json!({"name": name, "typed_config": config})
    };
    let mutations = json!({"request_mutations": [{"append": {
        "header": {"key": "x-area", "value": "products"},
        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
    }}]});
    vec![
        filter("rbac", "rbac.v3.RBAC", json!({"rules": {"action": "ALLOW", "policies": policies}})),
        filter(
            "jwt_authn",
            "jwt_authn.v3.JwtAuthentication",
            json!({"providers": {"corporate": provider}, "rules": (0..20).map(rule).collect::<Vec<_>>()}),
        ),
        filter("header_mutation", "header_mutation.v3.HeaderMutation", json!({"mutations": mutations})),
    ]
}

/// Returns the same policy in Lua, which cannot verify tokens.
fn lua() -> Value {
    let areas: Vec<String> = (0..20).map(|n| format!("\"{}\"", area(n))).collect();
    let code = format!(
        r#"
local areas = {{{}}}
local hosts = {{["shop.example.com"] = true}}
function envoy_on_request(handle)
  local headers = handle:headers()
  if not hosts[headers:get(":authority")] then handle:respond({{[":status"] = "404"}}, "") return end
  local path = headers:get(":path")
  local found = nil
  for _, area in ipairs(areas) do
    if string.sub(path, 1, #area) == area then found = area break end
  end
  if found == nil or headers:get("x-role") == "admin" then handle:respond({{[":status"] = "403"}}, "") return end
  headers:replace("x-area", found)
end
"#,
        areas.join(", ")
    );
    json!({
        "name": "lua",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
            "default_source_code": {"inline_string": code},
        },
    })
}
