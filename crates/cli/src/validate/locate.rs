//! Finds the place in a file for a path of the engine, such as `rules[0].match.paths[1]`.

use diagnostics::Span;
use yaml::{At, Key, Node};

/// Returns the place of a path. If a part of the path is missing, it is the place of the last part that exists.
pub fn locate(node: &Node, path: &str) -> Span {
    let Step { node, key, rest } = walk(node, path);
    // The place of an object or list is that of its key, or of the first key in it.
    let is_container = !node.fields().is_empty() || !node.items().is_empty();
    match (key, node.fields().first()) {
        (Some(key), _) if is_container || !rest.is_empty() => key.span,
        (None, Some((first, _))) if node.span.width <= 1 && node.span == Span { width: 1, ..first.span } => {
            first.span
        }
        _ => node.span,
    }
}

/// Returns the place of the key at a path.
pub fn locate_key(node: &Node, path: &str) -> Span {
    match walk(node, path) {
        // The path of an empty key is that of its parent with a dot, or empty.
        Step { node, key, rest: "" } if path.is_empty() || path.ends_with('.') && !ends_with_dot(key) => {
            At::new(node).key("").span()
        }
        Step { key: Some(key), rest: "", .. } => key.span,
        _ => locate(node, path),
    }
}

fn ends_with_dot(key: Option<&Key>) -> bool {
    key.is_some_and(|key| key.text.ends_with('.'))
}

/// A part of a path.
struct Step<'n, 'p> {
    node: &'n Node,
    /// The key of the value, if it is a field.
    key: Option<&'n Key>,
    /// The rest of the path.
    rest: &'p str,
}

/// Returns the last part of the path that exists.
fn walk<'n, 'p>(node: &'n Node, path: &'p str) -> Step<'n, 'p> {
    let mut step = Step { node, key: None, rest: path };
    while let Some(next) = item(&step).or_else(|| field(&step)) {
        step = next;
    }
    step
}

/// Returns the field with the longest key that the path starts with: a key may contain dots.
fn field<'n, 'p>(step: &Step<'n, 'p>) -> Option<Step<'n, 'p>> {
    let rest = |key: &Key| {
        let rest = step.rest.strip_prefix(key.text.as_str())?;
        match rest.strip_prefix('.') {
            Some(rest) => Some(rest),
            None => (rest.is_empty() || rest.starts_with('[')).then_some(rest),
        }
    };
    let found = step.node.fields().iter().filter(|_| !step.rest.is_empty());
    let found = found.filter_map(|(key, node)| Some((key, Step { node, key: Some(key), rest: rest(key)? })));
    found.max_by_key(|(key, _)| key.text.len()).map(|(_, step)| step)
}

/// Returns the item whose index the path starts with.
fn item<'n, 'p>(step: &Step<'n, 'p>) -> Option<Step<'n, 'p>> {
    let (index, rest) = step.rest.strip_prefix('[')?.split_once(']')?;
    let node = step.node.items().get(index.parse::<usize>().ok()?)?;
    Some(Step { node, key: None, rest: rest.strip_prefix('.').unwrap_or(rest) })
}

#[cfg(test)]
mod tests {
    use super::{Span, locate, locate_key};
    use diagnostics::Diagnostics;

    #[test]
    fn paths_have_places() {
        let text = "rules:\n  - name: a\n    match: {paths: [{prefix: /x}]}\nproviders:\n  a.b: {issuer: 7}\n  a: 1\n";
        let node = yaml::documents(text, &mut Diagnostics::new("f")).pop().unwrap();
        for (path, line, column, width) in [
            ("rules[0].name", 2, 11, 1),
            ("rules[0]", 2, 5, 4),
            ("rules[0].match.paths[0].prefix", 3, 30, 2),
            ("rules[0].match", 3, 5, 5),
            ("providers.a.b.issuer", 5, 17, 1),
            ("providers.a", 6, 6, 1),
            ("providers.zzz", 4, 1, 9),
            ("", 1, 1, 5),
        ] {
            assert_eq!(locate(&node, path), Span { line, column, width }, "{path}");
        }
        let span = locate_key(&node, "providers.a.b.issuer");
        assert_eq!((span.line, span.column), (5, 9));
        let node = yaml::documents("a: {'': 1, b.: {}}\n'': 2\n", &mut Diagnostics::new("f")).pop().unwrap();
        for (path, line, column) in [("", 2, 1), ("a.", 1, 5), ("a.b.", 1, 12)] {
            let span = locate_key(&node, path);
            assert_eq!((span.line, span.column), (line, column), "{path}");
        }
    }
}
