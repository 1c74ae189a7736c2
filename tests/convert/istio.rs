//! RequestAuthentications as the filter that Istio documents: a request without a token is allowed, a token of one of the
//! issuers must be valid.

use crate::jwt_authn;
use crate::jwt_authn::{requests, tokens};
use crate::sample::Sample;
use serde_json::{Map, Value, json};
use testkit::issuer::Issuer;
use testkit::random::Random;

const SAMPLES: u64 = 12;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let issuers = [Issuer::new("https://one.example/"), Issuer::new("https://two.example/")];
    (0..SAMPLES).map(|number| sample(number, &issuers)).collect()
}

fn sample(number: u64, issuers: &[Issuer; 2]) -> Sample {
    let mut random = Random::numbered(number);
    let (mut rules, mut providers, mut names) = (Vec::new(), Map::new(), Vec::new());
    for (place, name) in ["https://one.example/", "https://two.example/"].into_iter().enumerate() {
        // At least one of them remains.
        if place == 0 && number.is_multiple_of(3) {
            continue;
        }
        let (rule, provider) = rule(&mut random, name, &issuers[place].jwks());
        rules.push(rule);
        providers.insert(name.to_owned(), provider);
        names.push(json!({"provider_name": name}));
    }
    names.push(json!({"allow_missing": {}}));
    let requires = json!({"requires_any": {"requirements": names}});
    let filter =
        jwt_authn::filter(&providers.into(), &json!([{"match": {"prefix": "/"}, "requires": requires}]));
    let source = json!({
        "apiVersion": "security.istio.io/v1",
        "kind": "RequestAuthentication",
        "metadata": {"name": "jwt"},
        "spec": {"jwtRules": rules},
    });
    let requests = requests(&tokens(&issuers[0], &issuers[1]));
    Sample { name: format!("request-authentication-{number}"), source: Some(source), filter, requests }
}

/// Returns a JWT rule and the equivalent provider.
fn rule(random: &mut Random, name: &str, keys: &str) -> (Value, Value) {
    let mut rule = json!({"issuer": name, "jwks": keys});
    let mut provider = json!({"issuer": name, "local_jwks": {"inline_string": keys}});
    if random.below(2) == 0 {
        rule["audiences"] = json!(["api"]);
        provider["audiences"] = json!(["api"]);
    }
    let forward = random.below(2) == 0;
    (rule["forwardOriginalToken"], provider["forward"]) = (forward.into(), forward.into());
    match random.below(3) {
        0 => {
            rule["fromHeaders"] = json!([{"name": "Authorization", "prefix": "Bearer "}]);
            provider["from_headers"] = json!([{"name": "Authorization", "value_prefix": "Bearer "}]);
        }
        1 => {
            rule["fromParams"] = json!(["access_token"]);
            provider["from_params"] = json!(["access_token"]);
        }
        _ => {}
    }
    (rule, provider)
}
