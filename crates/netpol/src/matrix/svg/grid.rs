//! The connections as a grid: a row for each source and a column for each destination.

use super::draw::{Canvas, fitted};
use super::geometry::{Rect, number};
use super::palette::{ALLOWED_CELL, BYPASS, CLOSED_CELL, WHITE};
use crate::matrix::picture::{Item, Kind, Picture};
use crate::reach::Name;

/// The maximum number of items of a grid.
const MAX_ITEMS: usize = 40;

const CELL: f64 = 20.0;
const NAMES: f64 = 230.0;
const HEAD: f64 = 120.0;

/// Draws the grid below the graph; returns the new size of the picture.
pub(super) fn draw(picture: &Picture, canvas: &mut Canvas, width: f64, top: f64) -> (f64, f64) {
    let count = picture.items.len();
    if count == 0 || count > MAX_ITEMS {
        return (width, top);
    }
    canvas.text(20.0, top, "t3", "start", "allowed connections: rows are sources, columns are destinations");
    let left = 20.0 + NAMES;
    let first = top + HEAD;
    let at = |index: usize| CELL * number(index);
    for (index, item) in picture.items.iter().enumerate() {
        let name = fitted(&name(item), 34);
        canvas.text(left - 8.0, first + at(index) + 14.0, "t2", "end", &name);
        canvas.slanted(left + at(index) + 12.0, first - 6.0, &fitted(&item.title, 22));
        for other in 0..count {
            let fill = match picture.pairs.get(&(index, other)) {
                _ if index == other => WHITE,
                Some(Kind::Allowed) => ALLOWED_CELL,
                Some(Kind::Bypass) => BYPASS,
                None => CLOSED_CELL,
            };
            let (x, y, size) = (left + at(other) + 1.0, first + at(index) + 1.0, CELL - 2.0);
            let rect = Rect { x, y, width: size, height: size };
            canvas.rect(rect, 4.0, (fill, fill), false);
        }
    }
    let legend = first + at(count) + 18.0;
    let mut x = left;
    for (fill, text) in
        [(ALLOWED_CELL, "allowed"), (BYPASS, "bypasses the L7 policy"), (CLOSED_CELL, "closed")]
    {
        let rect = Rect { x, y: legend - 10.0, width: 12.0, height: 12.0 };
        canvas.rect(rect, 3.0, (fill, fill), false);
        canvas.text(x + 18.0, legend, "t2", "start", text);
        x += 50.0 + 6.5 * number(text.len());
    }
    (width.max(left + at(count) + 140.0).max(x + 20.0), legend + 24.0)
}

/// Returns the name of an item without its kind.
fn name(item: &Item) -> String {
    match &item.name {
        Name::Range(_) => item.title.clone(),
        Name::Workload(name) => {
            let namespace = name.split('/').next().unwrap_or_default();
            let rest = name.rsplit('/').next().unwrap_or_default();
            format!("{namespace}/{rest}")
        }
    }
}
