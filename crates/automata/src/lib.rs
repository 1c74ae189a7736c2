//! Regular expressions as automata: many are matched in one pass, in time that is known before.
//!
//! An [`Expression`] matches a whole value, as Envoy's `safe_regex`. Its syntax is that of RE2, on bytes and without Unicode
//! classes. It is compiled to a table: a step per byte of the value, whatever the value contains. An expression that has no
//! table of a bounded size is rejected when it is compiled, not when it is slow.
//!
//! An [`ExpressionSet`] matches many expressions. It joins their tables into few: one pass over the value runs a table for each
//! group of expressions. [`ExpressionSet::passes`] is the number of tables, so that the work on a value is its length times
//! the passes.
//!
//! ```
//! use automata::{Expression, ExpressionSet};
//!
//! let backup = Expression::new(r".*\.(bak|sql)", true)?;
//! assert!(backup.is_match(b"/db/dump.SQL"));
//! assert!(!backup.is_match(b"/db/dump.sql.gz"), "the whole value");
//!
//! let admin = Expression::new("/admin(/.*)?", false)?;
//! let set = ExpressionSet::new([&backup, &admin]);
//! assert_eq!(set.passes(), 1);
//! let scan = set.scan(b"/admin/old.bak", b'/');
//! assert!(scan.matches.contains(0) && scan.matches.contains(1));
//! assert!(scan.toggled.contains(1) && !scan.toggled.contains(0), "`/admin/old.bak/` is no backup");
//! # Ok::<(), automata::Error>(())
//! ```
//!
//! How an expression is compiled:
//!
//! 1. `regex-syntax` parses it, and `regex-automata` builds a nondeterministic automaton (`nfa`).
//! 2. `subsets` makes it deterministic. If that takes too many states, `simulation` finds states that others make
//!    redundant, and it is tried once more without them.
//! 3. `minimize` merges states and bytes that no value tells apart.
//! 4. `group` joins the tables of a set by their product, while the result is small.
//! 5. `table` runs up to four tables at a time over a value.
//!
//! `search` compares expressions: it walks their tables at the same time, within a budget.
//!
//! A [`Finder`] finds the occurrences of an expression in a value, with groups: it runs the nondeterministic automaton, and pays
//! for each step.

mod expression;
mod finder;
mod group;
mod minimize;
mod nfa;
mod search;
mod set;
mod simulation;
mod subsets;
mod table;

pub use expression::{Error, Expression};
pub use finder::{Finder, Occurrence, Spend};
pub use set::{ExpressionSet, Places, Scan};
