//! A duration.

use crate::document::{Code, Definitions, Document, Node, Problems, Schema, invalid};

/// A duration: `500ms`, `5s`, `10m`, `24h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    milliseconds: u64,
}

impl Duration {
    /// Creates a duration of whole seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self { milliseconds: seconds.saturating_mul(1000) }
    }

    /// Returns the whole seconds.
    pub fn as_secs(self) -> u64 {
        self.milliseconds / 1000
    }

    /// Returns the milliseconds.
    pub fn as_millis(self) -> u64 {
        self.milliseconds
    }

    fn parse(text: &str) -> Option<Self> {
        let unit = text.find(|character: char| !character.is_ascii_digit())?;
        let (number, unit) = text.split_at_checked(unit)?;
        let number: u64 = number.parse().ok()?;
        let size = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60 * 1000,
            "h" => 60 * 60 * 1000,
            _ => return None,
        };
        Some(Self { milliseconds: number.checked_mul(size)? })
    }
}

impl Document for Duration {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        Self::parse(text).or_else(|| {
            let help = "write a whole number and `ms`, `s`, `m` or `h`: `10m`";
            problems.invalid(Code::DURATION, node.path, invalid("duration", text), help)
        })
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(Duration), |_| {
            let about = "A whole number and `ms`, `s`, `m` or `h`: `500ms`, `5s`, `10m`, `24h`.";
            Schema::of_type("string").with("pattern", "^[0-9]+(ms|s|m|h)$").about(about)
        })
    }

    fn spelled(&self) -> Option<serde_json::Value> {
        let units = [(60 * 60 * 1000, "h"), (60 * 1000, "m"), (1000, "s"), (1, "ms")];
        let all = self.as_millis();
        let (size, unit) = units.into_iter().find(|(size, _)| all >= *size && all.is_multiple_of(*size))?;
        Some(format!("{}{unit}", all / size).into())
    }
}

#[cfg(test)]
mod tests {
    use super::Duration;
    use crate::document::read;
    use crate::test;

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        for (text, milliseconds) in
            [("500ms", 500), ("5s", 5000), ("10m", 600_000), ("24h", 86_400_000), ("0s", 0)]
        {
            assert_eq!(
                read::<Duration>(format!("\"{text}\"").as_bytes()).unwrap().as_millis(),
                milliseconds,
                "{text}"
            );
        }
        for text in ["", "5", "s", "1.5s", "-1s", "5 s", "5d", "99999999999999999999s"] {
            assert!(read::<Duration>(format!("\"{text}\"").as_bytes()).is_err(), "{text}");
        }
    }
}
