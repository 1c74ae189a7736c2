//! The results as JUnit XML, for CI systems.

use super::result::{CaseResult, FileResult};
use std::fmt::Write;

/// Returns a test suite for each file, with a test for each case.
pub fn report(tested: &[FileResult]) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n".to_owned();
    for file in tested {
        let (name, all, (_, failed)) = (escape(&file.file), file.cases.len(), file.counts());
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
    let differences = case.differences.iter().map(ToString::to_string);
    let lines: Vec<String> = case.error.iter().cloned().chain(differences).collect();
    let Some(first) = lines.first().map(|line| escape(line)) else { return format!("{head}/>\n") };
    let all = escape(&lines.join("\n"));
    format!("{head}>\n      <failure message=\"{first}\">{all}</failure>\n    </testcase>\n")
}

/// Escapes text for XML. Characters that XML 1.0 (section 2.2) cannot represent become replacement characters.
fn escape(text: &str) -> String {
    let is_invalid = |character: char| match character {
        '\n' | '\t' => false,
        '\u{fffe}' | '\u{ffff}' => true,
        _ => character.is_ascii_control(),
    };
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    text.replace(is_invalid, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_and_control_characters_are_escaped() {
        assert_eq!(escape("<a b=\"c\"> & \u{1}\n"), "&lt;a b=&quot;c&quot;&gt; &amp; \u{fffd}\n");
    }
}
