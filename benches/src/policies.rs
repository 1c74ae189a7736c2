//! The measured policies.

use serde_json::{Value, json};

/// The number of rules per filter in the small policies.
const FEW: usize = 20;

/// Returns a policy of `ringfence` with [`FEW`] rules per filter. The requests match the sixteenth.
pub(crate) fn few(jwks: &Value, on_response: bool) -> Value {
    let number = |number: usize| if number == 15 { "products".to_owned() } else { format!("area-{number}") };
    let prefix = |n: usize| json!({"paths": [{"prefix": format!("/{}", number(n))}]});
    let rules = |rule: &dyn Fn(usize) -> Value| (0..FEW).map(rule).collect::<Vec<_>>();
    let host = |n: usize| {
        let name = if n == 15 { "shop".to_owned() } else { format!("host-{n}") };
        json!({"name": name, "domains": [format!("{name}.example.com")], "methods": ["GET", "POST"]})
    };
    let path = |n: usize| json!({"name": number(n), "match": prefix(n), "action": "allow"});
    let token = |n: usize| {
        let require = json!({"provider": "corporate", "scopes": ["read"]});
        json!({"name": number(n), "match": prefix(n), "require": require})
    };
    let header = |n: usize| {
        let mut rule = json!({
            "name": number(n),
            "match": prefix(n),
            "forbid": [{"name": "x-role", "exact": "admin"}],
            "request": {"set": [{"name": "x-area", "value": number(n)}]},
        });
        if on_response {
            rule["response"] =
                json!({"set": [{"name": "x-frame-options", "value": "DENY"}], "remove": ["server"]});
        }
        rule
    };
    let provider = json!({
        "issuer": "https://issuer.example/",
        "audiences": ["api"],
        "algorithms": ["RS256"],
        "jwks": {"inline": jwks},
        "claimToHeaders": [{"claim": "sub", "header": "x-user"}],
    });
    json!({
        "vhost": {"hosts": rules(&host)},
        "path": {"default": "deny", "rules": rules(&path)},
        "token": {"providers": {"corporate": provider}, "rules": rules(&token)},
        "header": {"rules": rules(&header)},
    })
}

/// Returns a policy with this many rules on paths and hosts: exact, prefix, template and host, and one regular expression in a
/// hundred rules. The requests match the last one.
pub(crate) fn many(rules: usize) -> Value {
    let matcher = |n: usize| match n {
        n if n % 100 == 50 => json!({"paths": [{"regex": format!("/regex-{n}/[a-z]+/[0-9]+")}]}),
        n => match n % 4 {
            0 => json!({"paths": [{"exact": format!("/exact/{n}/page")}]}),
            1 => json!({"paths": [{"prefix": format!("/prefix/{}/{n}", n % 7)}]}),
            2 => json!({"paths": [{"template": format!("/template/{n}/{{id}}/items")}]}),
            _ => json!({"hosts": [format!("host-{n}.example.com")], "paths": [{"prefix": "/"}]}),
        },
    };
    let rule = |n: usize| {
        let matcher = if n + 1 == rules { json!({"paths": [{"prefix": "/products"}]}) } else { matcher(n) };
        json!({"name": format!("rule-{n}"), "match": matcher, "action": "allow"})
    };
    let hosts = |n: usize| json!({"name": format!("host-{n}"), "domains": [format!("host-{n}.example.com")]});
    let shop = json!({"name": "shop", "domains": ["shop.example.com"]});
    let hosts: Vec<Value> = (0..rules / 10).map(hosts).chain([shop]).collect();
    let rules: Vec<Value> = (0..rules).map(rule).collect();
    json!({"vhost": {"hosts": hosts}, "path": {"default": "deny", "rules": rules}})
}
