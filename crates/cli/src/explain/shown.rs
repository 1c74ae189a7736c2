//! Parts of a request as text: `\\` is a backslash, `\xHH` a byte that is not text, as in `--request`.

use inspect::{HeaderLine, escape};

/// Returns a path.
pub fn path(path: &str) -> String {
    escape(path.as_bytes())
}

/// Returns a header line for people, without credentials.
pub fn line((name, value): &HeaderLine) -> String {
    let value = escape(value);
    let value = match name.as_slice() {
        b"authorization" | b"proxy-authorization" => match value.split_once(' ') {
            Some((scheme, _)) => format!("{scheme} \u{2026}"),
            None => "\u{2026}".to_owned(),
        },
        _ => without_tokens(&value),
    };
    format!("{}: {value}", escape(name))
}

/// Returns a text with `\u{2026}` in place of each JWT in it, wherever a provider looks for tokens.
pub fn without_tokens(text: &str) -> String {
    // The start of a header in base64url: `{"`.
    const START: &str = "eyJ";
    let (mut shown, mut rest) = (String::new(), text);
    while let Some((before, found)) = rest.find(START).and_then(|at| rest.split_at_checked(at)) {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let end = found.find(|c| !is_part(c)).unwrap_or(found.len());
        let (token, after) = found.split_at_checked(end).unwrap_or((found, ""));
        shown.push_str(before);
        shown.push_str(if token.matches('.').count() >= 2 { "\u{2026}" } else { token });
        rest = after;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::{line, without_tokens};

    #[test]
    fn credentials_are_left_out() {
        for (name, value, shown) in [
            ("authorization", "Bearer a.b.c", "authorization: Bearer \u{2026}"),
            ("authorization", "abc", "authorization: \u{2026}"),
            ("cookie", "a=1; token=eyJh.eyJi.c-d; b=2", "cookie: a=1; token=\u{2026}; b=2"),
            ("x-a", "eyJh eyJ", "x-a: eyJh eyJ"),
        ] {
            assert_eq!(line(&(name.as_bytes().to_vec(), value.as_bytes().to_vec())), shown);
        }
        assert_eq!(without_tokens("/a?access_token=eyJh.eyJi.&b"), "/a?access_token=\u{2026}&b");
    }
}
