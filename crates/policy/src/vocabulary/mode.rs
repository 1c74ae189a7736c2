//! Whether a filter or a rule acts.

choice! {
    /// Whether a filter or a rule acts. The mode of a rule overrides that of its filter, unless the filter is off.
    #[derive(Default)]
    pub enum Mode {
        /// Decisions are enforced.
        #[default]
        Enforce = "enforce",
        /// Decisions are counted and logged; the request does not change.
        Shadow = "shadow",
        /// Nothing is decided.
        Off = "off",
    }
}

impl Mode {
    /// Returns the mode of a rule with the mode `own` in a filter of this mode.
    pub fn of_rule(self, own: Option<Self>) -> Self {
        if self == Self::Off { Self::Off } else { own.unwrap_or(self) }
    }

    /// Returns the mode for malformed requests: enforced if a rule is, because a malformed request may be one that the rule
    /// denies.
    pub fn of_malformed(self, rules: impl IntoIterator<Item = Option<Self>>) -> Self {
        let is_enforced = rules.into_iter().any(|own| self.of_rule(own) == Self::Enforce);
        if is_enforced { Self::Enforce } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::Mode::{self, Enforce, Off, Shadow};
    use crate::test;

    #[test]
    fn the_mode_of_a_rule_overrides_its_filter_unless_that_is_off() {
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
