//! Warnings about rules with which plain requests are denied as too costly.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use lint::Section;
use policy::document::Problem;
use serde_json::{Value, json};

/// Returns rules for a path, each with a header of its own.
fn rules(name: &str, path: &str, count: usize) -> Vec<Value> {
    let rule = |number| {
        let headers = json!([{"name": "x-tenant", "exact": format!("t{number}")}]);
        json!({"name": format!("{name}{number}"), "match": {"paths": [{"prefix": path}], "headers": headers}})
    };
    (0..count).map(rule).collect()
}

fn path_policy(mut rules: Vec<Value>) -> Value {
    rules.iter_mut().for_each(|rule| rule["action"] = json!("allow"));
    json!({"default": "deny", "rules": rules})
}

fn cost(sections: &[(&str, &str, &Value)]) -> Vec<Problem> {
    let sections = sections.iter().map(|(name, place, policy)| Section { name, place, policy });
    lint::cost(&sections.collect::<Vec<_>>())
}

#[test]
fn rules_for_one_path_are_too_costly_together() {
    let found = cost(&[("path", "", &path_policy(rules("t", "/api", 10_000)))]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].code, found[0].path.as_str()), ("costly_rules", "rules[0].name"));
    let message = "a plain request to `/api` costs more than its budget, and is denied as `too_costly`: see `t0`, `t1`, `t2` \
                   and 9997 more";
    assert_eq!(found[0].message, message);
    assert!(cost(&[("path", "", &path_policy(rules("t", "/api", 1000)))]).is_empty());
    let many = (0..10_000).flat_map(|number| rules(&format!("r{number}-"), &format!("/api/{number}"), 1));
    assert!(cost(&[("path", "", &path_policy(many.collect()))]).is_empty());
}

#[test]
fn each_group_has_one_warning() {
    let other = json!({"name": "below", "match": {"paths": [{"exact": "/api/a"}, {"template": "/b/{x}"}]}});
    let groups = [rules("a", "/api", 10_000), rules("b", "/b", 11_000), vec![other]].concat();
    let found = cost(&[("path", "", &path_policy(groups))]);
    let places: Vec<&str> = found.iter().map(|found| found.path.as_str()).collect();
    assert_eq!(places.len(), 2, "{found:?}");
    assert!(places.contains(&"rules[0].name") && places.contains(&"rules[10000].name"), "{places:?}");
}

#[test]
fn the_filters_of_a_module_share_the_budget() {
    let path = path_policy(rules("p", "/api", 6000));
    let header = json!({"rules": rules("h", "/api", 6000)});
    let keys = json!({"remote": {"cluster": "a", "uri": "https://a.example/"}});
    let provider = json!({"issuer": "a", "algorithms": ["ES256"], "jwks": keys});
    let token = json!({"providers": {"p": provider}, "rules": [{"name": "r", "require": {"provider": "p"}}]});
    assert!(cost(&[("path", "path", &path)]).is_empty());
    assert!(cost(&[("header", "header", &header)]).is_empty());
    let all = [("path", "path", &path), ("token", "token", &token), ("header", "header", &header)];
    let found = cost(&all);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].path.ends_with(".rules[0].name"), "{found:?}");
}
