//! Random policies of all filters.

use crate::parts::{HEADERS, METHODS, PARAMETERS, SEGMENTS, VALUES, path};
use modules::Module;
use serde_json::{Map, Value, json};
use testkit::issuer::Issuer;
use testkit::random::Random;

/// A policy of `ringfence`.
pub struct Sample {
    pub name: String,
    /// The number of its random choices.
    pub seed: u64,
    policy: Value,
}

impl Sample {
    /// Creates a policy with this many rules in each section.
    pub fn new(number: usize, rules: usize, tokens: &Tokens) -> Self {
        let seed = number as u64;
        let mut random = Random::numbered(1_000 + seed);
        let policy = json!({
            "vhost": vhost(&mut random, rules),
            "path": path_policy(&mut random, rules),
            "token": token(&mut random, rules, tokens),
            "header": header(&mut random, rules),
        });
        Self { name: format!("policy-{number}-of-{rules}-rules"), seed, policy }
    }

    /// Returns the policy for a module.
    pub fn policy(&self, module: Module) -> String {
        module.section().map_or(&self.policy, |section| &self.policy[section]).to_string()
    }
}

fn vhost(random: &mut Random, rules: usize) -> Value {
    let entry = |random: &mut Random, n: usize| {
        let mut entry = json!({"name": format!("h{n}"), "domains": [format!("h{n}.example.com")]});
        if random.one_in(3) {
            entry["domains"] = json!([format!("h{n}.example.com"), format!("*.h{n}.example.com")]);
        }
        if random.one_in(4) {
            entry["ports"] = json!([80]);
        }
        if random.one_in(4) {
            entry["methods"] = json!(["GET", "POST", "DELETE"]);
        }
        if random.one_in(10) {
            entry["tls"] = random.one(&["require", "redirect"]).into();
        }
        entry
    };
    let hosts = some_off(random, rules, entry);
    json!({"hosts": hosts, "unknownHost": random.one(&defaults(rules))})
}

/// Returns the actions for what no rule matches. A short policy that denies it would deny almost every request.
fn defaults(rules: usize) -> [&'static str; 2] {
    if rules < 10 { ["allow", "allow"] } else { ["allow", "deny"] }
}

fn path_policy(random: &mut Random, rules: usize) -> Value {
    let rule = |random: &mut Random, n: usize| {
        let name = format!("r{n}");
        match random.below(12) {
            0 => {
                json!({"name": name, "match": matcher(random, rules), "action": "redirect", "redirect": {"path": "/elsewhere"}})
            }
            1 => {
                let (from, to) = (path(random), path(random));
                json!({"name": name, "match": {"paths": [{"prefix": from}]}, "action": "rewrite", "rewrite": {"prefix": to}})
            }
            2 => {
                let template = format!("/{}/{{id}}", random.one(&SEGMENTS));
                json!({"name": name, "match": {"paths": [{"template": template}]}, "action": "rewrite",
                    "rewrite": {"path": "/inside/{id}/view"}})
            }
            3 => json!({"name": name, "match": matcher(random, rules), "action": "rewrite",
                "rewrite": {"regex": "/v1(/|$)", "substitution": "/v2${1}"}}),
            4..8 => json!({"name": name, "match": matcher(random, rules), "action": "deny"}),
            _ => json!({"name": name, "match": matcher(random, rules), "action": "allow"}),
        }
    };
    let all = some_off(random, rules, rule);
    let mut normalize = Map::new();
    for (field, values) in [
        ("trailingSlash", ["denials", "keep"]),
        ("forward", ["canonical", "original"]),
        ("pathHeaders", ["remove", "keep"]),
    ] {
        if random.one_in(3) {
            normalize.insert(field.to_owned(), random.one(&values).into());
        }
    }
    json!({"default": random.one(&defaults(rules)), "normalize": normalize, "rules": all})
}

fn token(random: &mut Random, rules: usize, tokens: &Tokens) -> Value {
    let rule = |random: &mut Random, n: usize| {
        let require = match random.below(6) {
            0 => json!({"provider": "one"}),
            1 => json!({"anyOf": ["one", "two"], "optional": true}),
            2 => json!({"provider": "one", "scopes": ["read"], "optional": random.one_in(2)}),
            3 => json!({"provider": "one", "optional": true, "claims": [{"claim": "team", "prefix": "a"}]}),
            _ => json!("none"),
        };
        json!({"name": format!("t{n}"), "match": matcher(random, rules), "require": require})
    };
    let mut all = some_off(random, rules - 1, rule);
    all.push(json!({"name": "rest", "require": {"anyOf": ["one", "two"], "optional": true}}));
    json!({"providers": tokens.providers(), "rules": all})
}

fn header(random: &mut Random, rules: usize) -> Value {
    let rule = |random: &mut Random, n: usize| {
        let (field, value) = header_rule(random, n);
        let matcher = json!({"paths": [path_match(random, rules)], "methods": [random.one(&METHODS)]});
        let mut rule = json!({"name": format!("e{n}"), "match": matcher, field: value});
        if random.one_in(4) {
            rule["response"] = json!({"set": [{"name": "x-served", "value": format!("{n}")}]});
        }
        rule
    };
    let underscores = random.one(&["allow", "allow", "remove", "reject"]);
    json!({
        "names": random.one(&["exact", "equivalent"]),
        "underscores": underscores,
        "rules": some_off(random, rules, rule),
    })
}

/// Returns a field of a rule of header-policy, and its value.
fn header_rule(random: &mut Random, n: usize) -> (&'static str, Value) {
    let name = random.one(&HEADERS);
    let edits = match random.below(8) {
        0 => return ("require", json!([header_match(random)])),
        1 => return ("single", json!([name])),
        2 | 3 => return ("forbid", json!([header_match(random)])),
        4 => json!({"set": [{"name": name, "value": format!("set-{n}")}]}),
        5 => json!({"remove": [random.one(&["x-role", "x-team", "x-s*"])]}),
        6 => {
            json!({"rename": [{"from": "x-role", "to": "x-stage"}], "add": [{"name": "x-trace", "value": "added"}]})
        }
        _ => json!({"rewrite": [{"name": name, "regex": "[aeiou]", "substitution": "-"}]}),
    };
    ("request", edits)
}

/// Returns the rules; some have another mode.
fn some_off(random: &mut Random, rules: usize, rule: impl Fn(&mut Random, usize) -> Value) -> Vec<Value> {
    let with_mode = |n| {
        let mut rule = rule(random, n);
        if random.one_in(12) {
            rule["mode"] = random.one(&["shadow", "off"]).into();
        }
        rule
    };
    (0..rules).map(with_mode).collect()
}

/// Returns a match; the more rules there are, the fewer requests it matches.
fn matcher(random: &mut Random, rules: usize) -> Value {
    let mut matcher =
        json!({"paths": (0..=random.below(2)).map(|_| path_match(random, rules)).collect::<Vec<_>>()});
    if random.one_in(4) {
        let host = format!("h{}.example.com", random.below(6));
        matcher["hosts"] = json!([random.one(&[host.clone(), format!("*.{host}"), "*".to_owned()])]);
    }
    if random.one_in(3) {
        matcher["methods"] = json!([random.one(&METHODS), "GET"]);
    }
    if random.one_in(4) {
        matcher["headers"] = json!([header_match(random)]);
    }
    if random.one_in(5) {
        matcher["query"] =
            json!([{"name": random.one(&PARAMETERS), "exact": random.one(&["admin", "user"])}]);
    }
    if random.one_in(5) {
        matcher["not"] = json!({"paths": [{"suffix": random.one(&[".css", "/x", "7"])}]});
    }
    matcher
}

fn path_match(random: &mut Random, rules: usize) -> Value {
    // Few rules of a long policy have an expression.
    let kinds = if rules > 100 && !random.one_in(5) { 5 } else { 7 };
    let mut found = match random.below(kinds) {
        0 => json!({"exact": path(random)}),
        1 | 2 => json!({"prefix": format!("{}{}", path(random), path(random))}),
        3 => json!({"suffix": format!("/{}", random.one(&SEGMENTS))}),
        4 => return json!({"template": format!("{}/{{name}}/{}", path(random), random.one(&SEGMENTS))}),
        5 => json!({"contains": format!("{}/", path(random))}),
        _ => {
            let (path, segment) = (path(random), random.one(&SEGMENTS[..5]));
            let expressions = [
                format!("/[a-z]+{path}(/.*)?"),
                format!(".*{path}/[^/]+"),
                format!("(?i)/{segment}/.*\\.(bak|css)"),
            ];
            json!({"regex": random.one(&expressions)})
        }
    };
    if random.one_in(5) && found.get("regex").is_none() {
        found["ignoreCase"] = true.into();
    }
    found
}

fn header_match(random: &mut Random) -> Value {
    let name = random.one(&HEADERS);
    match random.below(4) {
        0 => json!({"name": name, "present": random.one_in(2)}),
        1 => json!({"name": name, "exact": random.one(&VALUES[..3])}),
        2 => json!({"name": name, "regex": "(user|a.*)", "values": random.one(&["any", "all"])}),
        _ => json!({"name": name, "contains": "min", "ignoreCase": random.one_in(2)}),
    }
}

/// Tokens of two providers.
pub struct Tokens {
    one: Issuer,
    two: Issuer,
    credentials: Vec<String>,
}

impl Tokens {
    /// Issues valid and invalid tokens.
    pub fn new() -> Self {
        let (one, two) = (Issuer::new("https://one.example/"), Issuer::new("https://two.example/"));
        let stranger = Issuer::new("https://one.example/");
        let claims = json!({"sub": "a", "scope": "read", "team": "alpha"});
        let tokens = [
            one.token(&claims),
            one.token(&json!({"sub": "b", "team": "beta"})),
            two.token(&claims),
            one.token(&json!({"exp": 1_000_000_000})),
            stranger.token(&claims),
            "a.b.c".to_owned(),
        ];
        let mut credentials: Vec<String> = tokens.iter().map(|token| format!("Bearer {token}")).collect();
        credentials.push(format!("Bearer {}, Bearer {}", tokens[0], tokens[2]));
        credentials.push(format!("Basic {}", tokens[0]));
        credentials.push(format!("bearer  {},", tokens[0]));
        Self { one, two, credentials }
    }

    /// Returns a value of `authorization`, or none. Most are valid.
    pub fn credentials(&self, random: &mut Random) -> Option<String> {
        match random.below(8) {
            0..3 => None,
            3 => Some(random.one(&self.credentials)),
            _ => Some(random.one(&self.credentials[..3])),
        }
    }

    fn providers(&self) -> Value {
        let provider = |issuer: &str, keys: &Issuer, header: &str| {
            let keys: Value = serde_json::from_str(&keys.jwks()).expect("a key set is JSON");
            json!({
                "issuer": issuer,
                "algorithms": ["ES256"],
                "jwks": {"inline": keys},
                "claimToHeaders": [{"claim": "sub", "header": header}],
            })
        };
        json!({
            "one": provider("https://one.example/", &self.one, "x-user"),
            "two": provider("https://two.example/", &self.two, "x-account"),
        })
    }
}
