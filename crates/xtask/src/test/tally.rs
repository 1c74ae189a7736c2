//! Counting tests.

use anyhow::{Context, Result};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use testkit::process::shown;

/// The results of the tests so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    passed: u64,
    failed: u64,
    failures: Vec<String>,
    left_out: Vec<String>,
}

impl Tally {
    /// Runs a step. An error of the step itself counts as one failed test.
    pub(super) fn step(&mut self, name: &str, step: &dyn Fn(&mut Self) -> Result<()>) {
        if let Err(error) = step(self) {
            self.fail(format!("{name}: {error:#}"));
        }
    }

    /// Records a part that is not tested.
    pub(super) fn leave_out(&mut self, part: String) -> Result<()> {
        self.left_out.push(part);
        Ok(())
    }

    /// Runs a check, which counts as one test.
    pub(super) fn check(&mut self, command: &mut Command) -> Result<()> {
        if command.stdin(Stdio::null()).status().is_ok_and(|status| status.success()) {
            self.passed += 1;
        } else {
            self.fail(shown(command));
        }
        Ok(())
    }

    /// Runs tests, and adds the numbers in their output.
    pub(super) fn tests(&mut self, command: &mut Command) -> Result<()> {
        let before = (self.passed + self.failed, self.failed, self.left_out.len());
        let success = self.read(command)?;
        let ran_none = (self.passed + self.failed, self.left_out.len()) == (before.0, before.2);
        if success && !ran_none {
            return Ok(());
        }
        self.failures.push(shown(command));
        // A program that crashes prints no number.
        self.failed = self.failed.max(before.1 + 1);
        Ok(())
    }

    /// Reads the output of Rust's test harness, which is printed too. Returns true if the command succeeded.
    fn read(&mut self, command: &mut Command) -> Result<bool> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().context("no output")?;
        for line in BufReader::new(output).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            println!("{line}");
            if let Some(part) = line.trim().strip_prefix("left out: ") {
                self.left_out.push(part.to_owned());
            }
            let count = |word: &str| {
                let before = line.strip_prefix("test result:")?.split_once(word)?.0;
                before.split([' ', ';', '.']).rfind(|text| !text.is_empty())?.parse::<u64>().ok()
            };
            self.passed += count("passed").unwrap_or_default();
            self.failed += count("failed;").unwrap_or_default();
        }
        Ok(child.wait()?.success())
    }

    fn fail(&mut self, failure: String) {
        eprintln!("failed: {failure}");
        self.failed += 1;
        self.failures.push(failure);
    }

    /// Prints the summary. Returns true if no test failed and, with `all`, nothing was left out.
    pub(super) fn finish(mut self, all: bool) -> bool {
        self.left_out.sort();
        self.left_out.dedup();
        for part in &self.left_out {
            println!("left out: {part}");
        }
        for failure in &self.failures {
            println!("failed: {failure}");
        }
        if all && !self.left_out.is_empty() {
            self.failed += 1;
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        self.failed == 0
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;
    use std::process::Command;

    fn after(output: &str) -> Tally {
        let mut tally = Tally::default();
        tally.tests(Command::new("printf").arg(output)).unwrap();
        tally
    }

    #[test]
    fn the_numbers_of_all_summaries_are_added() {
        let summary = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\n";
        let tally = after(&format!("{summary}{summary}"));
        assert_eq!((tally.passed, tally.failed), (6, 0));
        assert!(tally.finish(true));
    }

    #[test]
    fn a_run_without_a_test_fails_unless_it_names_what_is_left_out() {
        let none = "test result: ok. 0 passed; 0 failed\n";
        assert!(!after(none).finish(false));
        let left_out = format!("left out: images: skopeo is not installed\n{none}");
        assert!(after(&left_out).finish(false));
        assert!(!after(&left_out).finish(true));
    }
}
