//! The same as a grid: who connects on the left, whom to on top, and what is closed in grey.

use super::super::Name;
use super::super::picture::{Item, Kind, Picture};
use super::draw::{Canvas, Rect, Style};
use super::fitted;

/// More items than this make no grid that anyone reads.
const MOST: usize = 40;

const CELL: f64 = 20.0;
const NAMES: f64 = 230.0;
const HEAD: f64 = 120.0;

/// Draws the grid below what was drawn; returns how large the picture has become.
pub(super) fn draw(picture: &Picture, canvas: &mut Canvas, width: f64, top: f64) -> (f64, f64) {
    let count = picture.items.len();
    if count == 0 || count > MOST {
        return (width, top);
    }
    canvas.text(20.0, top, "t3", "start", "who may reach whom: rows connect, columns are connected to");
    let left = 20.0 + NAMES;
    let first = top + HEAD;
    let at = |index: usize| CELL * f64::from(u32::try_from(index).unwrap_or(0));
    for (index, item) in picture.items.iter().enumerate() {
        let name = fitted(&name(item), 34);
        canvas.text(left - 8.0, first + at(index) + 14.0, "t2", "end", &name);
        canvas.slanted(left + at(index) + 12.0, first - 6.0, &fitted(&item.title, 22));
        for other in 0..count {
            let fill = match picture.pairs.get(&(index, other)) {
                _ if index == other => "#ffffff",
                Some(Kind::Allowed) => "#16a34a",
                Some(Kind::Around) => "#dc2626",
                None => "#e2e8f0",
            };
            let rect = Rect {
                x: left + at(other) + 1.0,
                y: first + at(index) + 1.0,
                width: CELL - 2.0,
                height: CELL - 2.0,
            };
            canvas.rect(rect, 4.0, Style { fill, stroke: fill, dash: false });
        }
    }
    let legend = first + at(count) + 18.0;
    let mut x = left;
    for (fill, text) in [("#16a34a", "allowed"), ("#dc2626", "around the L7 policy"), ("#e2e8f0", "closed")] {
        let rect = Rect { x, y: legend - 10.0, width: 12.0, height: 12.0 };
        canvas.rect(rect, 3.0, Style { fill, stroke: fill, dash: false });
        canvas.text(x + 18.0, legend, "t2", "start", text);
        x += 50.0 + 6.5 * f64::from(u32::try_from(text.len()).unwrap_or(0));
    }
    (width.max(left + at(count) + 140.0).max(x + 20.0), legend + 24.0)
}

/// The name without the kind.
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
