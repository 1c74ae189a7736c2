//! The variants: filters that are compared.

use anyhow::Result;
use modules::Module;
use serde_json::{Value, json};
use std::path::Path;
use testkit::bootstrap::{extension, wasm, wasm_file};
use testkit::workspace::target;

pub(crate) struct Variant {
    pub(crate) name: String,
    /// The HTTP filters before the router.
    pub(crate) filters: Vec<Value>,
}

impl Variant {
    pub(crate) fn new(name: &str, filters: Vec<Value>) -> Self {
        Self { name: name.to_owned(), filters }
    }

    /// Returns the variant with the modules of another build; `None` if the folder does not have all of its modules.
    pub(crate) fn baseline(&self, folder: &Path) -> Option<Self> {
        let mut filters = self.filters.clone();
        for filter in &mut filters {
            let file = filter.pointer_mut("/typed_config/config/vm_config/code/local/filename")?;
            let other = folder.join(Path::new(file.as_str()?).file_name()?);
            *file = other.is_file().then(|| json!(other))?;
        }
        (!filters.is_empty()).then(|| Self { name: baseline_of(&self.name), filters })
    }
}

pub(crate) fn baseline_of(variant: &str) -> String {
    format!("{variant}, baseline")
}

pub(crate) const NONE: &str = "no filter";
pub(crate) const FLOOR: &str = "empty module, trimmed";
pub(crate) const RINGFENCE: &str = "ringfence";
pub(crate) const CHAIN: &str = "the four modules in a chain";
pub(crate) const PATH: &str = "path-policy";
pub(crate) const TOKEN: &str = "token-validation";
pub(crate) const HEADER: &str = "header-policy";
pub(crate) const NATIVE: &str = "Envoy: rbac, jwt_authn, header_mutation";
pub(crate) const NATIVE_CACHED: &str = "the same with jwt_cache_config";

/// Returns the variants of a policy of `ringfence` with twenty rules per filter.
pub(crate) fn all(policy: &Value, jwks: &Value) -> Result<Vec<Variant>> {
    let sections =
        Module::ALL.into_iter().filter_map(|module| Some((module.name(), policy.get(module.section()?)?)));
    let filters =
        sections.map(|(name, policy)| Ok(Variant::new(name, vec![wasm(name, &policy.to_string())?])));
    let filters = filters.collect::<Result<Vec<_>>>()?;
    let chain = filters.iter().flat_map(|variant| variant.filters.clone()).collect();
    let mut variants = vec![
        Variant::new(NONE, Vec::new()),
        Variant::new("empty module by the SDK", vec![empty("empty")]),
        Variant::new(FLOOR, vec![empty("floor")]),
    ];
    variants.extend(filters);
    variants.extend([
        Variant::new(RINGFENCE, vec![wasm(RINGFENCE, &policy.to_string())?]),
        Variant::new(CHAIN, chain),
        Variant::new(NATIVE, native(jwks, false)),
        Variant::new(NATIVE_CACHED, native(jwks, true)),
        Variant::new("Lua, without tokens", vec![lua()]),
    ]);
    Ok(variants)
}

pub(crate) fn some(names: &[&str], policy: &Value, jwks: &Value) -> Result<Vec<Variant>> {
    Ok(all(policy, jwks)?.into_iter().filter(|variant| names.contains(&&*variant.name)).collect())
}

/// Returns the filter of a module that does nothing: `empty` has all exports of the SDK, `floor` only those that Envoy needs.
fn empty(name: &str) -> Value {
    wasm_file(name, &target().join(format!("bench/{name}.wasm")), "")
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
    let mutations = json!({"request_mutations": [{"append": {
        "header": {"key": "x-area", "value": "products"},
        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
    }}]});
    let rules: Vec<Value> = (0..20).map(rule).collect();
    let rbac = json!({"rules": {"action": "ALLOW", "policies": policies}});
    let jwt = json!({"providers": {"corporate": provider}, "rules": rules});
    let mutation = json!({"mutations": mutations});
    vec![
        extension("rbac", "filters.http.rbac.v3.RBAC", rbac),
        extension("jwt_authn", "filters.http.jwt_authn.v3.JwtAuthentication", jwt),
        extension("header_mutation", "filters.http.header_mutation.v3.HeaderMutation", mutation),
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
    extension("lua", "filters.http.lua.v3.Lua", json!({"default_source_code": {"inline_string": code}}))
}
