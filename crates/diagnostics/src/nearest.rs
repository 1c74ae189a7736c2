//! Suggestions for misspelled names.

/// The maximum number of names that a help lists.
const MAX_LISTED: usize = 20;

/// Returns help for an unknown name: the nearest known one, or a list of the known names if none is near. It is empty if
/// there are no known names.
pub fn did_you_mean<'k>(found: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> String {
    if let Some(name) = nearest(found, known.clone()) {
        return format!("did you mean `{name}`?");
    }
    let known: Vec<&str> = known.into_iter().collect();
    let (listed, more) = known.split_at(known.len().min(MAX_LISTED));
    let listed = listed.join("`, `");
    match (known.len(), more.len()) {
        (0, _) => String::new(),
        (1, _) => format!("use `{listed}`"),
        (_, 0) => format!("use one of `{listed}`"),
        (_, more) => format!("use one of `{listed}`, or one of {more} others"),
    }
}

/// Returns the known name nearest to the one that was found, if one is near.
pub fn nearest<'k>(found: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let distances = known.into_iter().map(|name| (distance(found, name), name));
    let (distance, name) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= name.len().max(3) / 3 + 1).then_some(name)
}

/// Returns the number of edits from one name to the other; letter case does not count.
#[must_use]
pub fn distance(one: &str, other: &str) -> usize {
    strsim::osa_distance(&one.to_ascii_lowercase(), &other.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn names_the_nearest_name_or_all() {
        assert_eq!(did_you_mean("form", ["from", "ports"]), "did you mean `from`?");
        assert_eq!(did_you_mean("zzzzzz", ["from", "ports"]), "use one of `from`, `ports`");
        assert_eq!(did_you_mean("zzzzzz", ["from"]), "use `from`");
        assert_eq!(did_you_mean("zzzzzz", []), "");
    }

    #[test]
    fn a_long_list_is_cut() {
        let help = did_you_mean("zzzzzz", ["a"; 23]);
        assert!(help.starts_with("use one of `a`, `a`"), "{help}");
        assert!(help.ends_with("`a`, or one of 3 others"), "{help}");
    }
}
