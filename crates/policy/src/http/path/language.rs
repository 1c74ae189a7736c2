//! The canonical paths, as an expression.

use automata::Expression;

/// Returns the expression of the paths that patterns are matched on: a reading of a path, or `*`. A pattern whose expression
/// is disjoint from it never matches. `*/` is `*` with the last slash that a denial ignores.
///
/// It covers escapes that are valid, necessary, and in upper case, UTF-8 (RFC 3629, section 4), and segments other than `.`
/// and `..`: no rule is written for the readings of servers that keep these. `None` if it cannot be compiled, which a test
/// rules out.
pub fn canonical_paths() -> Option<Expression> {
    thread_local! {
        static PATHS: Option<Expression> = Expression::new(&text(), false).ok();
    }
    PATHS.with(Clone::clone)
}

fn text() -> String {
    let ascii = "%(?:2[0-9ABCF]|3[A-F]|40|5[B-E]|60|7[B-D])";
    let tail = "%[89AB][0-9A-F]";
    let two = format!("%(?:C[2-9A-F]|D[0-9A-F]){tail}");
    let three = format!("%(?:E0%[AB][0-9A-F]|E[1-9A-CEF]{tail}|ED%[89][0-9A-F]){tail}");
    let four = format!("%(?:F0%[9AB][0-9A-F]|F[1-3]{tail}|F4%8[0-9A-F]){tail}{tail}");
    let no_dot = format!(r"(?:[A-Za-z0-9_~!$&'()*+,;=:@\\-]|{ascii}|{two}|{three}|{four})");
    let any = format!("(?:[.]|{no_dot})");
    // Not `.` and `..`: after two dots there is another byte.
    format!(r"(?:/(?:(?:{no_dot}|[.]{no_dot}|[.][.]{any}){any}*)?)+|\*/?")
}

#[cfg(test)]
mod tests {
    use super::canonical_paths;
    use crate::http::{Normalize, PathLimits, RequestPath};
    use crate::test;

    #[test]
    fn canonical_paths_are_those_of_the_parser() {
        let paths = canonical_paths().unwrap();
        for path in [
            "/",
            "//",
            "/a/b.html",
            "/.well-known",
            "/...",
            "/..a",
            "/%2F",
            "/%C3%A9%E2%84%AA",
            "*",
            "/a;b\\c",
        ] {
            assert!(paths.is_match(path.as_bytes()), "{path}");
        }
        for path in [
            "",
            "a",
            "/?",
            "/#",
            "/ ",
            "/%41",
            "/%2f",
            "/.",
            "/a/../b",
            "/%C3",
            "/%00",
            "/%2",
            "/%ED%A0%80",
            "/%F4%90%80%80",
        ] {
            assert!(!paths.is_match(path.as_bytes()), "{path}");
        }
    }

    /// Every reading of random paths is in the language, and every canonical path of one byte's escape.
    #[test]
    fn every_reading_is_a_canonical_path() {
        let paths = canonical_paths().unwrap();
        let parts = [
            "/",
            "/",
            "a",
            ".",
            "..",
            "%2e",
            "%2F",
            "%5c",
            "\\",
            ";",
            "%3b",
            "%25",
            "2f",
            "41",
            "%C3%A9",
            "\u{e9}",
            "%3F",
            "%23",
            ":",
            "%3A",
            " ",
            "{",
            "~",
            "%7e",
            "%E2%84%AA",
        ];
        let (mut number, mut checked) = (1_u64, 0);
        for _ in 0..20_000 {
            let mut raw = "/".to_owned();
            for _ in 0..8 {
                number =
                    number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let place = usize::try_from(number >> 33).unwrap() % parts.len();
                raw.push_str(parts[place]);
            }
            let parsed =
                RequestPath::parse(raw.as_bytes(), b"GET", &Normalize::default(), &PathLimits::default());
            let has_no_dots = |reading: &&str| !super::super::dots::any(reading);
            for reading in parsed.iter().flat_map(RequestPath::readings).filter(has_no_dots) {
                assert!(paths.is_match(reading.as_bytes()), "{reading} of {raw}");
                checked += 1;
            }
        }
        assert!(checked > 5_000, "{checked}");
        for byte in 0..=u8::MAX {
            let raw = format!("/%{byte:02X}");
            let parsed =
                RequestPath::parse(raw.as_bytes(), b"GET", &Normalize::default(), &PathLimits::default());
            let is_kept = parsed.is_ok_and(|path| path.canonical() == raw);
            assert_eq!(paths.is_match(raw.as_bytes()), is_kept, "{raw}");
        }
    }
}
