//! Whether a filter or a rule acts.

choice! {
    /// Whether a filter or a rule acts; a rule's own mode wins, except that a filter that is off is off.
    #[derive(Default)]
    pub enum Mode {
        /// It decides, and the decision holds.
        #[default]
        Enforce = "enforce",
        /// It decides, counts and logs, and changes nothing about the request.
        Shadow = "shadow",
        /// It is not there.
        Off = "off",
    }
}

impl Mode {
    /// The mode of a rule with `own` mode in a filter of this mode.
    pub fn of_rule(self, own: Option<Self>) -> Self {
        if self == Self::Off { Self::Off } else { own.unwrap_or(self) }
    }

    /// The mode of what no rule decides, such as a malformed request: enforced as soon as a rule is, for what
    /// cannot be read could be what that rule denies.
    pub fn of_malformed(self, rules: impl IntoIterator<Item = Option<Self>>) -> Self {
        let enforced = rules.into_iter().any(|own| self.of_rule(own) == Self::Enforce);
        if enforced { Self::Enforce } else { self }
    }

    /// The mode as a configuration spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Shadow => "shadow",
            Self::Off => "off",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Mode::{self, Enforce, Off, Shadow};
    use crate::test;

    #[test]
    fn the_rules_own_mode_wins_unless_the_filter_is_off() {
        let table: [(Mode, Option<Mode>, Mode); 5] = [
            (Enforce, None, Enforce),
            (Enforce, Some(Shadow), Shadow),
            (Shadow, Some(Enforce), Enforce),
            (Shadow, Some(Off), Off),
            (Off, Some(Enforce), Off),
        ];
        for (filter, own, expected) in table {
            assert_eq!(filter.of_rule(own), expected, "{filter:?} {own:?}");
        }
    }
}
