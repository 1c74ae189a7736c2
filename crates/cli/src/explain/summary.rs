//! A summary of many decisions.

use super::explained::Explained;
use super::requests::Requests;
use super::shown::Secrets;
use super::{json, text};
use crate::exit::Failure;
use crate::output;
use crate::style::{BOLD, paint};
use inspect::{Policy, escape};
use modules::Module;
use policy::decision::Decision;
use serde_json::{Value, json};

/// The number of requests with the same decision, rules and reason.
#[derive(Debug)]
struct Row {
    decision: Decision,
    /// The filters and rules that decided.
    by: Vec<(&'static str, Option<String>)>,
    reason: Option<&'static str>,
    requests: usize,
    /// The first of the requests.
    example: String,
}

/// Prints how many requests each rule allowed, denied or redirected.
pub fn print(
    policy: (&dyn Policy, &Value),
    requests: &Requests,
    now: u64,
    notes: &[String],
    as_json: bool,
) -> Result<(), Failure> {
    let mut rows: Vec<Row> = Vec::new();
    let mut results: Vec<Value> = Vec::new();
    for named in &requests.read {
        let explained = Explained::new(policy, named.request.clone(), now, &[], &[]);
        let row = Row::new(&explained, &named.text);
        match rows.iter_mut().find(|other| other.key() == row.key()) {
            Some(known) => known.requests += 1,
            None => rows.push(row),
        }
        if as_json {
            let mut object = json::object(&explained);
            object.insert("request".to_owned(), named.text.as_str().into());
            results.push(Value::Object(object));
        }
    }
    rows.sort_by(|one, two| two.requests.cmp(&one.requests).then_with(|| one.key().cmp(&two.key())));
    if as_json {
        output::json(&json!({
            "requests": requests.read.len(), "summary": rows.iter().map(Row::json).collect::<Value>(),
            "skipped": requests.skipped, "notes": notes, "results": results,
        }))
    } else {
        let secrets = Secrets::of(policy.1);
        output::coloured(&table(&rows, &secrets))?;
        output::text(&tail(requests, notes, &secrets))
    }
}

impl Row {
    fn new(explained: &Explained<'_>, example: &str) -> Self {
        let decided = &explained.decided;
        let by = decided.by().into_iter();
        Self {
            decision: decided.decision(),
            by: by.map(|(filter, rule)| (Module::from(filter).name(), rule.map(str::to_owned))).collect(),
            reason: decided.answer.as_ref().map(|answer| answer.reason.name()),
            requests: 1,
            example: escape(example.as_bytes()),
        }
    }

    fn key(&self) -> impl Ord + use<'_> {
        (self.decision.name(), &self.by, self.reason)
    }

    fn json(&self) -> Value {
        let by = self.by.iter().map(|(filter, rule)| json!({"filter": filter, "rule": rule}));
        json!({
            "decision": self.decision.name(), "by": by.collect::<Value>(), "reason": self.reason,
            "requests": self.requests, "example": self.example,
        })
    }

    /// Returns the cells; the rules are one cell: `vhost-policy/shop, path-policy/public`.
    fn cells(&self, secrets: &Secrets) -> Vec<String> {
        let one = |(filter, rule): &(&str, Option<String>)| match rule {
            Some(rule) => format!("{filter}/{rule}"),
            None => (*filter).to_owned(),
        };
        let by = self.by.iter().map(one).collect::<Vec<_>>().join(", ");
        let by = if by.is_empty() { "-" } else { &by };
        let (decision, reason) = (self.decision.name(), self.reason.unwrap_or("-"));
        let example = secrets.text(&self.example);
        [&self.requests.to_string(), decision, by, reason, &example].map(str::to_owned).to_vec()
    }
}

/// Returns a line for each row, the most frequent first.
fn table(rows: &[Row], secrets: &Secrets) -> String {
    let head = ["requests", "decision", "by", "reason", "example"].map(str::to_owned).to_vec();
    let rows_of_cells = rows.iter().map(|row| row.cells(secrets));
    let cells: Vec<Vec<String>> = std::iter::once(head).chain(rows_of_cells).collect();
    let widths = cases::widths(&cells);
    let styles = std::iter::once(BOLD).chain(rows.iter().map(|row| text::style_of(row.decision)));
    let line =
        |(cells, style): (&Vec<String>, _)| paint(style, cases::line(cells, &widths).trim_end()) + "\n";
    cells.iter().zip(styles).map(line).collect()
}

fn tail(requests: &Requests, notes: &[String], secrets: &Secrets) -> String {
    let count = requests.read.len();
    let mut tail = format!("\n{count} {}\n", if count == 1 { "request" } else { "requests" });
    if !requests.skipped.is_empty() {
        tail += &format!("skipped: {}\n", requests.skipped.len());
        for line in requests.skipped.iter().take(10) {
            tail += &format!("  {}\n", secrets.text(line));
        }
    }
    for note in notes {
        tail += &format!("note: {note}\n");
    }
    tail
}
