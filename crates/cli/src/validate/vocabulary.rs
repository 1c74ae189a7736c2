//! Checks the names of fields, and values of fixed sets, around a policy.

use super::scene::Scene;
use diagnostics::did_you_mean;
use yaml::Node;

/// Reports each unknown field.
pub fn known(scene: &mut Scene<'_>, node: &Node, known: &[&str]) {
    report(scene, node, known, |key| known.contains(&key));
}

/// Reports each unknown field of an object in protobuf's JSON, where a field has two names; `known` is in `snake_case`.
pub fn known_in_json(scene: &mut Scene<'_>, node: &Node, known: &[&str]) {
    report(scene, node, known, |key| known.contains(&convert::snake_case(key).as_str()));
}

fn report(scene: &mut Scene<'_>, node: &Node, known: &[&str], is_known: impl Fn(&str) -> bool) {
    for (key, _) in node.fields().iter().filter(|(key, _)| !is_known(&key.text)) {
        let help = did_you_mean(&key.text, known.iter().copied());
        scene.found.error(key.span, "unknown_field", format!("unknown field `{}`", key.text), help);
    }
}

/// Reports a value that is not one of these.
pub fn choice(scene: &mut Scene<'_>, node: Option<&Node>, words: &[&str]) {
    let Some(node) = node else { return };
    match node.text() {
        Some(word) if words.contains(&word) => {}
        Some(word) => {
            let help = did_you_mean(word, words.iter().copied());
            scene.found.error(node.span, "unknown_value", format!("unknown value `{word}`"), help);
        }
        None => {
            let help = format!("write `{}`", words.join("`, `"));
            scene.found.error(node.span, "wrong_type", format!("found {}", node.kind()), help);
        }
    }
}
