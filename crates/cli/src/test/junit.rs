//! The results as JUnit XML, for CI systems.

use super::result::{CaseResult, FileResult};
use std::fmt::Write;

/// Returns a test suite for each file, with a test for each case.
pub fn report(tested: &[FileResult]) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n".to_owned();
    for file in tested {
        let failed = file.cases.iter().filter(|case| !case.passed()).count();
        let (name, all) = (escape(&file.file), file.cases.len());
        let _ = writeln!(xml, "  <testsuite name=\"{name}\" tests=\"{all}\" failures=\"{failed}\">");
        for case in &file.cases {
            xml += &test(case, &name);
        }
        xml += "  </testsuite>\n";
    }
    xml + "</testsuites>\n"
}

fn test(case: &CaseResult, suite: &str) -> String {
    let head = format!("    <testcase classname=\"{suite}\" name=\"{}\"", escape(&case.name));
    let lines = match &case.differences {
        Ok(differences) if differences.is_empty() => return format!("{head}/>\n"),
        Ok(differences) => differences.iter().map(ToString::to_string).collect(),
        Err(error) => vec![error.clone()],
    };
    let first = lines.first().map(|line| escape(line)).unwrap_or_default();
    let all = escape(&lines.join("\n"));
    format!("{head}>\n      <failure message=\"{first}\">{all}</failure>\n    </testcase>\n")
}

/// Escapes text for XML. Characters that XML 1.0 (section 2.2) cannot represent become replacement characters.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            character if character.is_ascii_control() => escaped.push('\u{fffd}'),
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_and_control_characters_are_escaped() {
        assert_eq!(escape("<a b=\"c\"> & \u{1}\n"), "&lt;a b=&quot;c&quot;&gt; &amp; \u{fffd}\n");
    }
}
