//! Expressions and sets match as the crate `regex` does.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use automata::{Error, Expression, ExpressionSet, Finder, Occurrence};
use proptest::prelude::*;
use regex::bytes::{Captures, Regex, RegexBuilder};

/// Expressions over a few letters, with assertions, classes and bounded repetitions.
fn expression() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        6 => "[abB/.]".prop_map(|text| regex::escape(&text)),
        2 => Just(".".to_owned()),
        2 => Just(".*".to_owned()),
        1 => Just("[ab]".to_owned()),
        1 => Just("[^a/]".to_owned()),
        1 => Just(r"\w".to_owned()),
        1 => Just("(?i:b)".to_owned()),
        1 => prop_oneof![Just("^"), Just("$"), Just(r"\b"), Just(r"\B"), Just("(?m:^)"), Just("(?m:$)")].prop_map(str::to_owned),
        1 => prop_oneof![Just(r"\b{start}"), Just(r"\b{end-half}"), Just(r"\A"), Just(r"\z"), Just("(?R:(?m:$))")].prop_map(str::to_owned),
    ];
    atom.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 1..5).prop_map(|parts| parts.concat()),
            2 => prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
            1 => inner.clone().prop_map(|part| format!("(?:{part})*")),
            1 => inner.clone().prop_map(|part| format!("(?:{part})?")),
            1 => inner.clone().prop_map(|part| format!("(?:{part})+?")),
            2 => inner.clone().prop_map(|part| format!("({part})")),
            1 => inner.clone().prop_map(|part| format!("({part})??")),
            1 => (inner, 0_u8..3, 0_u8..4).prop_map(|(part, least, more)| format!("(?:{part}){{{least},{}}}", least + more)),
        ]
    })
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(
        prop_oneof![8 => prop::sample::select(&b"abB/. \n\r_"[..]), 1 => any::<u8>()],
        0..12,
    )
}

fn regex(text: &str, ignore_case: bool) -> Regex {
    let text = format!(r"\A(?:{text})\z");
    RegexBuilder::new(&text).unicode(false).case_insensitive(ignore_case).build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn an_expression_matches_as_regex_does(
        text in expression(),
        ignore_case in any::<bool>(),
        values in prop::collection::vec(value(), 30),
    ) {
        let expected = regex(&text, ignore_case);
        let found = match Expression::new(&text, ignore_case) {
            Ok(found) => found,
            Err(Error::TooLarge) => return Ok(()),
            Err(error) => return Err(TestCaseError::fail(format!("{text}: {error}"))),
        };
        let (head, folded) = (found.literal_head(false), found.literal_head(true));
        for value in values {
            prop_assert_eq!(found.is_match(&value), expected.is_match(&value), "{} {:?}", text, value.escape_ascii().to_string());
            if expected.is_match(&value) {
                prop_assert!(value.starts_with(head.as_bytes()), "{} {:?}", text, head);
                prop_assert!(value.to_ascii_lowercase().starts_with(folded.as_bytes()), "{} {:?}", text, folded);
            }
        }
    }

    #[test]
    fn a_set_matches_what_its_expressions_match(
        texts in prop::collection::vec((expression(), any::<bool>()), 0..12),
        values in prop::collection::vec(value(), 20),
    ) {
        let expressions: Vec<Expression> =
            texts.iter().filter_map(|(text, ignore_case)| Expression::new(text, *ignore_case).ok()).collect();
        let set = ExpressionSet::new(&expressions);
        prop_assert!(set.passes() <= expressions.len());
        for value in values {
            let scan = set.scan(&value, b'/');
            let toggled = value.strip_suffix(b"/").map_or_else(|| [&value, &b"/"[..]].concat(), <[u8]>::to_vec);
            for (place, expression) in expressions.iter().enumerate() {
                prop_assert_eq!(scan.matches.contains(place), expression.is_match(&value), "{}", expression.as_str());
                prop_assert_eq!(scan.toggled.contains(place), expression.is_match(&toggled), "{}", expression.as_str());
            }
        }
    }

    #[test]
    fn disjoint_expressions_have_no_value_in_common(one in expression(), other in expression(), values in prop::collection::vec(value(), 30)) {
        if let (Ok(one), Ok(other)) = (Expression::new(&one, false), Expression::new(&other, false)) {
            prop_assert_eq!(one.is_disjoint(&other), other.is_disjoint(&one));
            if one.is_disjoint(&other) {
                prop_assert!(!values.iter().any(|value| one.is_match(value) && other.is_match(value)));
            }
            if one.is_subset(&other) {
                prop_assert!(values.iter().all(|value| other.is_match(value) || !one.is_match(value)));
            }
        }
    }

    #[test]
    fn a_finder_finds_what_regex_finds(text in expression(), values in prop::collection::vec(value(), 30), groups in 1_usize..5) {
        let expected = RegexBuilder::new(&text).unicode(false).build().unwrap();
        let finder = Finder::new(&text).unwrap();
        prop_assert_eq!(finder.groups(), expected.captures_len());
        for value in values {
            let mut found = Vec::new();
            let mut add = |occurrence: &Occurrence| {
                found.push((0..groups).map(|group| occurrence.group(group)).collect::<Vec<_>>());
                Some(())
            };
            prop_assert_eq!(finder.find(&value, groups, &mut |_| Some(()), &mut add), Some(()));
            let of = |found: Captures<'_>| (0..groups).map(|group| found.get(group).map(|found| found.range())).collect();
            let expected: Vec<Vec<_>> = expected.captures_iter(&value).map(of).collect();
            prop_assert_eq!(found, expected, "{} {:?}", text, value.escape_ascii().to_string());
        }
    }
}
