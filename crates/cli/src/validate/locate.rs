//! Finds the place in a file for a path of the engine, such as `rules[0].match.paths[1]`.

use diagnostics::Span;
use yaml::{Key, Node};

/// Returns the place of a path. If a part of the path is missing, it is the place of the last part that exists.
pub fn locate(node: &Node, path: &str) -> Span {
    let mut at = node;
    // The place of an object or list is that of its key, or of the first key in it.
    let mut key: Option<&Key> = None;
    let mut rest = path;
    while !rest.is_empty() {
        if let Some((item, behind)) =
            index(rest).and_then(|(index, behind)| Some((at.items().get(index)?, behind)))
        {
            (at, key, rest) = (item, None, behind);
        } else if let Some((name, value, behind)) = field(at, rest) {
            (at, key, rest) = (value, Some(name), behind);
        } else {
            break;
        }
    }
    let is_container = !at.fields().is_empty() || !at.items().is_empty();
    match (key, at.fields().first()) {
        (Some(key), _) if is_container || !rest.is_empty() => key.span,
        (None, Some((first, _))) if at.span.width <= 1 && at.span == Span { width: 1, ..first.span } => {
            first.span
        }
        _ => at.span,
    }
}

/// Returns the place of the key at a path.
pub fn locate_key(node: &Node, path: &str) -> Span {
    let parent = path.char_indices().rev().filter(|(_, character)| *character == '.');
    let split = parent.filter_map(|(at, _)| path.split_at_checked(at)).find_map(|(above, name)| {
        let name = name.strip_prefix('.')?;
        Some((walk(node, above)?, name))
    });
    let (above, name) = split.unwrap_or((node, path));
    let key = above.fields().iter().rev().find(|(key, _)| key.text == name);
    key.map_or_else(|| locate(node, path), |(key, _)| key.span)
}

/// Returns the value at a path.
fn walk<'n>(node: &'n Node, path: &str) -> Option<&'n Node> {
    if path.is_empty() {
        return Some(node);
    }
    if let Some((index, rest)) = index(path) {
        return walk(node.items().get(index)?, rest);
    }
    let (_, value, rest) = field(node, path)?;
    walk(value, rest)
}

/// Returns the longest key that the path starts with, its value, and the rest of the path: a key may contain dots.
fn field<'n, 'p>(node: &'n Node, path: &'p str) -> Option<(&'n Key, &'n Node, &'p str)> {
    let behind = |key: &Key| {
        let rest = path.strip_prefix(key.text.as_str())?;
        match rest.strip_prefix('.') {
            Some(rest) => Some(rest),
            None => (rest.is_empty() || rest.starts_with('[')).then_some(rest),
        }
    };
    let found = node.fields().iter().filter_map(|(key, value)| Some((key, value, behind(key)?)));
    found.max_by_key(|(key, ..)| key.text.len())
}

/// Returns the index that the path starts with, and the rest of the path.
fn index(path: &str) -> Option<(usize, &str)> {
    let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
    Some((index.parse().ok()?, rest.strip_prefix('.').unwrap_or(rest)))
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
    }
}
