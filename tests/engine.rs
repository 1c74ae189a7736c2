//! Every case once through the engine.

use libtest_mimic::{Arguments, Failed, Trial};
use testkit::corpus::{self, lines};

fn main() -> anyhow::Result<()> {
    let mut trials = Vec::new();
    for (name, file) in corpus::files()? {
        for case in file.cases.clone() {
            let file = file.clone();
            trials.push(Trial::test(format!("{name}: {}", case.name), move || {
                let observed = cases::run(&file, &case)?;
                let differences = case.expect.differences(&observed);
                if differences.is_empty() { Ok(()) } else { Err(Failed::from(lines(&differences))) }
            }));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}
