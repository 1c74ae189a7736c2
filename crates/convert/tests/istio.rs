//! Compares random policies of Istio with their conversions. The oracle implements Istio's reference, independently of the
//! conversion.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod oracle;

use inspect::Request;
use oracle::Sample;
use policy::decision::Decision;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;
use testkit::issuer::Issuer;

const ISSUER: &str = "https://issuer.example";
static KEYS: LazyLock<Issuer> = LazyLock::new(|| Issuer::new(ISSUER));

const HOSTS: [&str; 8] = [
    "a.example",
    "A.Example",
    "b.example",
    "x.a.example",
    "y.x.a.example",
    "a.example:8080",
    "x.a.example:8080",
    "other.example",
];
const METHODS: [&str; 3] = ["GET", "POST", "DELETE"];
const PATHS: [&str; 11] = [
    "/",
    "/api",
    "/api/",
    "/api/v1",
    "/api/v1/users",
    "/api/v1/",
    "/apiary",
    "/admin",
    "/admin/x.css",
    "/x.css",
    "/api/users/7/x",
];
const ROLES: [Option<&str>; 5] = [None, Some("admin"), Some("user"), Some("administrator"), Some("")];

/// Generates a field with at least one of the values, or no field.
fn field(name: &'static str, values: &'static [&'static str]) -> BoxedStrategy<Option<(String, Value)>> {
    let some = subsequence(values, 1..=values.len().min(2))
        .prop_map(move |values| Some((name.to_owned(), json!(values))));
    prop_oneof![2 => Just(None), 1 => some].boxed()
}

fn object(fields: Vec<BoxedStrategy<Option<(String, Value)>>>) -> impl Strategy<Value = Value> {
    fields.prop_map(|fields| Value::Object(fields.into_iter().flatten().collect::<Map<_, _>>()))
}

const HOST_PATTERNS: &[&str] =
    &["a.example", "b.example", "*.a.example", "a.example:*", "a.example:8080", "*", "A.EXAMPLE", "a.*"];
const PATH_PATTERNS: &[&str] =
    &["/api", "/api/*", "/api*", "*.css", "*", "/", "/api/{*}", "/api/{**}", "/api/{*}/users", "/*/{*}"];
const METHOD_PATTERNS: &[&str] = &["GET", "POST", "*", "G*"];
const PRINCIPALS: &[&str] = &[
    "*",
    "https://issuer.example/alice",
    "https://issuer.example/bob",
    "https://issuer.example/*",
    "*/alice",
];

fn operation() -> impl Strategy<Value = Value> {
    object(vec![
        field("hosts", HOST_PATTERNS),
        field("notHosts", HOST_PATTERNS),
        field("methods", METHOD_PATTERNS),
        field("notMethods", METHOD_PATTERNS),
        field("paths", PATH_PATTERNS),
        field("notPaths", PATH_PATTERNS),
    ])
}

fn source(tokens: bool) -> impl Strategy<Value = Value> {
    let unknown: &'static [&'static str] = &["cluster.local/ns/a/sa/b"];
    let principals = if tokens { PRINCIPALS } else { &[] };
    let of_tokens = |name| if tokens { field(name, principals) } else { Just(None).boxed() };
    object(vec![
        field("principals", unknown),
        of_tokens("requestPrincipals"),
        of_tokens("notRequestPrincipals"),
    ])
}

fn when(tokens: bool) -> impl Strategy<Value = Value> {
    let header =
        (field("values", &["admin", "user", "ad*", "*r", "*"]), field("notValues", &["admin", "us*"]))
            .prop_map(|(values, not)| json_when("request.headers[X-Role]", values, not));
    let claim = (field("values", &["dev", "op*", "*"]), field("notValues", &["dev"]))
        .prop_map(|(values, not)| json_when("request.auth.claims[groups]", values, not));
    if tokens { prop_oneof![header, claim].boxed() } else { header.boxed() }
}

fn json_when(key: &str, values: Option<(String, Value)>, not: Option<(String, Value)>) -> Value {
    let mut when: Map<String, Value> = values.into_iter().chain(not).collect();
    if when.is_empty() {
        when.insert("values".to_owned(), json!(["admin"]));
    }
    when.insert("key".to_owned(), key.into());
    when.into()
}

fn rule(tokens: bool) -> impl Strategy<Value = Value> {
    let from = prop::collection::vec(source(tokens).prop_map(|source| json!({"source": source})), 0..2);
    let to = prop::collection::vec(operation().prop_map(|operation| json!({"operation": operation})), 0..3);
    (from, to, prop::collection::vec(when(tokens), 0..2)).prop_map(|(from, to, when)| {
        // Istio rejects a source or an operation without fields.
        let full = |items: Vec<Value>, name: &str| -> Vec<Value> {
            items.into_iter().filter(|item| !item[name].as_object().unwrap().is_empty()).collect()
        };
        let mut rule = Map::new();
        for (field, items) in [("from", full(from, "source")), ("to", full(to, "operation")), ("when", when)]
        {
            if !items.is_empty() {
                rule.insert(field.to_owned(), items.into());
            }
        }
        rule.into()
    })
}

fn policy(tokens: bool) -> impl Strategy<Value = Value> {
    let rules = prop::collection::vec(rule(tokens), 0..3);
    (select(vec!["ALLOW", "ALLOW", "DENY", "DENY", "AUDIT", "CUSTOM"]), rules).prop_map(|(action, rules)| {
        json!({
            "apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy",
            "metadata": {"name": format!("{}-policy", action.to_lowercase())},
            "spec": {"action": action, "rules": rules},
        })
    })
}

fn authentication() -> Value {
    json!({
        "apiVersion": "security.istio.io/v1", "kind": "RequestAuthentication", "metadata": {"name": "jwt"},
        "spec": {"jwtRules": [{"issuer": ISSUER, "jwks": KEYS.jwks()}]},
    })
}

fn sample() -> impl Strategy<Value = Sample> {
    let claims = select(vec![
        None,
        None,
        Some(json!({"sub": "alice", "groups": ["dev", "ops"]})),
        Some(json!({"sub": "bob", "groups": "ops"})),
        Some(json!({"sub": "bob"})),
    ]);
    (select(&METHODS[..]), select(&HOSTS[..]), select(&PATHS[..]), select(&ROLES[..]), claims, any::<bool>())
        .prop_map(|(method, host, path, role, claims, known)| Sample {
            method,
            host,
            path,
            role,
            claims,
            known,
        })
}

fn request(sample: &Sample) -> Request {
    let mut headers: Vec<(Vec<u8>, Vec<u8>)> =
        sample.role.iter().map(|role| (b"x-role".to_vec(), role.as_bytes().to_vec())).collect();
    if let Some(claims) = &sample.claims {
        headers.push((b"authorization".to_vec(), format!("Bearer {}", KEYS.token(claims)).into_bytes()));
    }
    Request {
        method: sample.method.as_bytes().to_vec(),
        target: Some(sample.path.as_bytes().to_vec()),
        host: Some(sample.host.as_bytes().to_vec()),
        headers,
        ..Request::default()
    }
}

/// Returns which requests the converted policy allows, first as it is, then with last slashes as in the source; and whether
/// the conversion is exact.
fn converted(documents: &[Value], requests: &[Sample]) -> (Vec<(bool, bool)>, bool, String) {
    let converted = convert::convert(documents).unwrap();
    let load = |policy: &Value| {
        let policy = modules::load(converted.filter, policy.to_string().as_bytes());
        policy.unwrap_or_else(|problems| panic!("{problems:?}\n{}", converted.text))
    };
    let policy = load(&converted.policy);
    let mut kept = converted.policy.clone();
    let section = if converted.filter == "path-policy" { Some(&mut kept) } else { kept.get_mut("path") };
    if let Some(section) = section {
        section["normalize"] = json!({"trailingSlash": "keep"});
    }
    let kept = load(&kept);
    // The text has the same value.
    assert_eq!(yaml::values("converted", &converted.text).unwrap(), std::slice::from_ref(&converted.policy));
    let decides = |policy: &dyn inspect::Policy, sample: &Sample| {
        policy.decide(&request(sample), inspect::now(), &[]).decision() == Decision::Allow
    };
    let allows = |sample: &Sample| (decides(&*policy, sample), decides(&*kept, sample));
    let exact =
        !converted.losses.iter().any(|loss| loss.contains("not carried over") || loss.contains("denies"));
    (requests.iter().map(allows).collect(), exact, converted.text)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn without_tokens_decisions_are_equal(
        policies in prop::collection::vec(policy(false), 1..4),
        requests in prop::collection::vec(sample(), 20),
    ) {
        prop_assume!(policies.iter().any(|policy| policy["spec"]["action"] != "AUDIT"));
        let requests: Vec<Sample> = requests.into_iter().map(|sample| Sample { claims: None, ..sample }).collect();
        let (decided, exact, text) = converted(&policies, &requests);
        for (sample, (allowed, exactly)) in requests.iter().zip(decided) {
            let expected = oracle::allows(&policies, sample);
            prop_assert!(expected || !allowed, "looser: {:?}\n{}\n{}", sample, text, json!(policies));
            // A policy compares hosts without their ports: see docs/convert.md.
            if exact && !sample.host.contains(':') {
                prop_assert_eq!(exactly, expected, "{:?}\n{}\n{}", sample, text, json!(policies));
            }
        }
    }

    #[test]
    fn with_tokens_the_conversion_is_not_looser(
        policies in prop::collection::vec(policy(true), 1..4),
        requests in prop::collection::vec(sample(), 10),
    ) {
        let documents = [&policies[..], &[authentication()]].concat();
        let (decided, _, text) = converted(&documents, &requests);
        for (sample, (allowed, _)) in requests.iter().zip(decided) {
            let expected = oracle::allows(&policies, sample);
            prop_assert!(expected || !allowed, "looser: {:?}\n{}\n{}", sample, text, json!(policies));
        }
    }

    #[test]
    fn one_rule_about_tokens_decides_equally(
        policy in policy(true).prop_filter("one rule", |policy| policy["spec"]["rules"].as_array().unwrap().len() == 1),
        requests in prop::collection::vec(sample(), 10),
    ) {
        let policies = [policy];
        let (decided, exact, text) = converted(&[&policies[..], &[authentication()]].concat(), &requests);
        // If a rule becomes several, the first one that matches requires its token.
        let single = text.matches("require:").count() <= 2;
        for (sample, (_, exactly)) in requests.iter().zip(decided) {
            if exact && single && !sample.host.contains(':') {
                let expected = oracle::allows(&policies, sample);
                prop_assert_eq!(exactly, expected, "{:?}\n{}\n{}", sample, text, json!(policies));
            }
        }
    }
}
