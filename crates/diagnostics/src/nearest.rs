//! Suggestions for misspelled names.

/// Returns help for an unknown name: the nearest known one, or all of them if none is near.
pub fn did_you_mean<'k>(found: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> String {
    match nearest(found, known.clone()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            let known: Vec<_> = known.into_iter().collect();
            if known.len() > 12 { String::new() } else { format!("expected `{}`", known.join("`, `")) }
        }
    }
}

/// Returns the known name nearest to the one that was found, if one is near.
pub fn nearest<'k>(found: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let lower = found.to_ascii_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&lower, &name.to_ascii_lowercase());
    let (distance, name) =
        known.into_iter().map(|name| (distance(name), name)).min_by_key(|(distance, _)| *distance)?;
    (distance <= name.len().max(3) / 3 + 1).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn names_the_nearest_name_or_all() {
        assert_eq!(did_you_mean("form", ["from", "ports"]), "did you mean `from`?");
        assert_eq!(did_you_mean("zzzzzz", ["from", "ports"]), "expected `from`, `ports`");
    }
}
