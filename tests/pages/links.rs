//! Every relative link of a page leads to a file, and its anchor to a heading.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::path::Path;

/// Checks the relative links of a page. A page without links passes.
pub(crate) fn check(page: &Path) -> Result<()> {
    let text = std::fs::read_to_string(page)?;
    let folder = page.parent().context("no folder")?;
    let mut broken = Vec::new();
    for (line, link) in relative_links(&text) {
        if let Err(error) = check_link(page, folder, link) {
            broken.push(format!("line {line}: `{link}`: {error:#}"));
        }
    }
    ensure!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
    Ok(())
}

fn check_link(page: &Path, folder: &Path, link: &str) -> Result<()> {
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let target = if file.is_empty() { page.to_owned() } else { folder.join(file) };
    ensure!(target.exists(), "no such file");
    let Some(anchor) = anchor else { return Ok(()) };
    let anchors = anchors(&std::fs::read_to_string(&target)?);
    ensure!(anchors.contains(anchor), "no such heading");
    Ok(())
}

/// Returns the targets of the links without a scheme, with their line numbers.
fn relative_links(page: &str) -> Vec<(usize, &str)> {
    let links = prose(page).flat_map(|(number, line)| {
        let behind = line.split("](").skip(1);
        behind.filter_map(move |rest| Some((number, rest.split_once(')')?.0)))
    });
    links.filter(|(_, link)| !link.contains("://") && !link.starts_with("mailto:")).collect()
}

/// Returns the anchors of the headings, as GitHub writes them: a repeated heading gets `-1`, `-2` and so on.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for (_, line) in prose(page) {
        let text = line.trim_start_matches('#');
        if text.len() == line.len() || !text.starts_with(' ') {
            continue;
        }
        let anchor = anchor(text);
        let repeated = (1..).map(|number| format!("{anchor}-{number}"));
        let free = std::iter::once(anchor.clone()).chain(repeated).find(|name| !anchors.contains(name));
        anchors.extend(free);
    }
    anchors
}

/// Lower case, without punctuation, and with `-` for each blank.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

/// Returns the lines outside of code blocks, with their numbers.
fn prose(page: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    page.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        (!is_code && !is_fence).then_some((index + 1, line))
    })
}

/// Checks that the check finds broken links.
pub(crate) fn check_itself() -> Result<()> {
    let page = "# A\n\n## `normalize` and *b*, c\n[x](#a) [y](b.md#c)\n[z](https://x/#y)\n```\n[no](no.md)\n## No\n```\n## A\n";
    let found = relative_links(page);
    ensure!(found == [(4, "#a"), (4, "b.md#c")], "{found:?}");
    let expected = ["a", "a-1", "normalize-and-b-c"].map(str::to_owned);
    let found = anchors(page);
    ensure!(found.iter().eq(&expected), "{found:?}");
    Ok(())
}
