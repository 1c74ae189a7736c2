//! Errors of the parser in plain words, with their fix.

use saphyr_parser::ScanError;

/// An error of syntax.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Syntax {
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column in characters, from 1.
    pub(crate) column: usize,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// What an error of the parser contains, what it means, and the fix. The first entry that fits counts.
const MEANINGS: [(&str, &str, &str); 9] = [
    ("unexpected end of stream", "a quote is not closed", "add the quote at the end of the value"),
    (
        "invalid trailing content",
        "text follows a value in quotes",
        "separate them by `,` or `:`; in single quotes, write `''` for a quote",
    ),
    (
        "mapping values are not allowed",
        "`:` starts a value where none can be",
        "check the indentation: indent the keys of an object alike; put a value that contains `: ` in quotes",
    ),
    (
        "illegal placement of ':'",
        "`:` starts a value where none can be",
        "close the list above with `]`, and check the indentation",
    ),
    ("did not find expected key", "a line is indented differently", "indent the keys of an object alike"),
    (
        "did not find expected '-' indicator",
        "a line is indented differently",
        "indent the items of a list, and the keys of an object, alike",
    ),
    ("must be followed by a valid YAML whitespace", "a tab follows `:`", "use a blank"),
    ("did not find expected ',' or '}'", "an object in `{}` does not end, or lacks a `,`", "add `}` or `,`"),
    ("did not find expected ',' or ']'", "a list in `[]` does not end, or lacks a `,`", "add `]` or `,`"),
];

impl Syntax {
    /// Explains an error in a text.
    pub(crate) fn new(text: &str, error: &ScanError) -> Self {
        let (line, column) = (error.marker().line().max(1), error.marker().col() + 1);
        if let Some((line, column)) = tab(text, line).filter(|_| error.info().contains("tab")) {
            let (message, help) = ("a tab in the indentation".to_owned(), "use blanks".to_owned());
            return Self { line, column, message, help };
        }
        let source = text.lines().nth(line - 1).unwrap_or_default();
        let (before, after) = split(source, column);
        let (message, help) = quoted(before, after, error.info()).unwrap_or_else(|| meaning(error.info()));
        Self { line, column, message, help }
    }
}

fn meaning(info: &str) -> (String, String) {
    let known = MEANINGS.iter().find(|(part, ..)| info.contains(part));
    known.map_or((info.to_owned(), String::new()), |(_, message, help)| {
        ((*message).to_owned(), (*help).to_owned())
    })
}

/// Explains a character with a meaning in YAML that the user meant as text.
fn quoted(before: &str, after: &str, info: &str) -> Option<(String, String)> {
    let first = after.chars().next()?;
    let is_part = |character: char| !character.is_whitespace() && !",[]".contains(character);
    let tail = |text: &str| text.chars().take_while(|character| is_part(*character)).collect::<String>();
    let (message, value) = match first {
        '*' if info.contains("unknown anchor") => {
            ("`*` refers to an anchor that does not exist".to_owned(), tail(after))
        }
        '@' | '`' | '%' if info.contains("unexpected character") => {
            (format!("a value cannot start with `{first}`"), tail(after))
        }
        '{' if info.contains("',' or '}'") && before.ends_with(is_part) => {
            let start: String = before.chars().rev().take_while(|character| is_part(*character)).collect();
            let value = start.chars().rev().collect::<String>() + &tail(after);
            // The last braces are those of the objects around the value.
            let extra = value.matches('}').count().saturating_sub(value.matches('{').count());
            let end = value.len() - value.len().min(extra);
            ("`{` in a value starts an object".to_owned(), value.get(..end).unwrap_or(&value).to_owned())
        }
        _ => return None,
    };
    let value = value.trim_end_matches(|character: char| character == '}' && first != '{');
    Some((message, format!("put the value in quotes: `\"{value}\"`")))
}

/// Splits a line before a column.
fn split(line: &str, column: usize) -> (&str, &str) {
    let at = line.char_indices().nth(column - 1).map_or(line.len(), |(at, _)| at);
    line.split_at_checked(at).unwrap_or((line, ""))
}

/// Returns the place of a tab in the indentation of a line or of the next one: the parser may stop at the end of the line before.
fn tab(text: &str, line: usize) -> Option<(usize, usize)> {
    let lines = text.lines().enumerate().skip(line - 1).take(2);
    let in_indentation = |line: &str| line.chars().take_while(|c| c.is_whitespace()).position(|c| c == '\t');
    lines.into_iter().find_map(|(index, line)| Some((index + 1, in_indentation(line)? + 1)))
}

#[cfg(test)]
mod tests {
    use diagnostics::Diagnostics;

    fn problem(file: &str, text: &str) -> String {
        let mut found = Diagnostics::new(file);
        crate::documents(text, &mut found);
        found.as_slice().first().map(ToString::to_string).unwrap_or_default()
    }

    #[test]
    fn errors_have_a_fix() {
        let quotes = |value: &str| format!("put the value in quotes: `\"{value}\"`");
        let alias = "`*` refers to an anchor that does not exist";
        let brace = "`{` in a value starts an object";
        let keys = "check the indentation: indent the keys of an object alike; put a value that contains `: ` in quotes";
        let uneven = "a line is indented differently";
        for (text, place, message, help) in [
            ("a: [*.a.com]\n", "1:5", alias, &*quotes("*.a.com")),
            ("a: {b: *.a.com}\n", "1:8", alias, &quotes("*.a.com")),
            ("a:\n  - *.a.com\n", "2:5", alias, &quotes("*.a.com")),
            ("a: {b: /users/{id}}\n", "1:15", brace, &quotes("/users/{id}")),
            ("a: [{b: /u/{id}/x/{n}}]\n", "1:12", brace, &quotes("/u/{id}/x/{n}")),
            ("a: @x\n", "1:4", "a value cannot start with `@`", &quotes("@x")),
            ("a: 1\n\tb: 2\n", "2:1", "a tab in the indentation", "use blanks"),
            ("a:\n\t- b\n", "2:1", "a tab in the indentation", "use blanks"),
            ("a:\n  b: 1\n \tc: 2\n", "3:2", "a tab in the indentation", "use blanks"),
            ("a: 1\nb:\t2\n", "2:4", "a tab follows `:`", "use a blank"),
            ("a: b: c\n", "1:5", "`:` starts a value where none can be", keys),
            ("a: b\n c: d\n", "2:3", "`:` starts a value where none can be", keys),
            ("a:\n  b: 1\n c: 2\n", "3:2", uneven, "indent the keys of an object alike"),
            (
                "a:\n  - b: 1\n   c: 2\n",
                "3:4",
                uneven,
                "indent the items of a list, and the keys of an object, alike",
            ),
            ("a: \"x\n", "1:4", "a quote is not closed", "add the quote at the end of the value"),
            ("a: {b: 1\nc: 2\n", "2:2", "an object in `{}` does not end, or lacks a `,`", "add `}` or `,`"),
        ] {
            assert_eq!(problem("f", text), format!("f:{place}: invalid YAML: {message}; {help}"), "{text}");
        }
    }

    #[test]
    fn a_file_of_json_is_invalid_json() {
        let found = problem("a/f.json", "{\"a\": 1,\n \"b\" 2}");
        assert!(found.starts_with("a/f.json:2:6: invalid JSON: text follows a value in quotes; "), "{found}");
    }
}
