//! Edges: from the right side of the source to the left side of a destination that is further right, otherwise around.

use super::draw::Canvas;
use super::geometry::Rect;
use super::layout::Layout;
use super::palette::{ALLOWED, BYPASS, PLUMBING};
use crate::matrix::picture::{Edge, End, Kind, Picture};

/// Draws the edges, the important ones last.
pub(super) fn draw(picture: &Picture, layout: &Layout, canvas: &mut Canvas) {
    let mut edges: Vec<(&'static str, &Edge)> =
        picture.edges.iter().map(|edge| (colour(picture, edge), edge)).collect();
    edges.sort_by_key(|(colour, _)| match *colour {
        PLUMBING => 0,
        ALLOWED => 1,
        _ => 2,
    });
    let mut lane = 0.0;
    for (colour, edge) in edges {
        let (Some(from), Some(to)) = (layout.end(edge.from, true), layout.end(edge.to, false)) else {
            continue;
        };
        let (path, at) = match over(layout, from, to) {
            true => {
                lane += 1.0;
                arch(from, to, 12.0 + 16.0 * (lane % 4.0))
            }
            false => curve(from, to),
        };
        canvas.path(&path, colour, edge.kind == Kind::Bypass);
        canvas.label(at.0, at.1 - 4.0, colour, edge.ports.to_string());
    }
}

fn colour(picture: &Picture, edge: &Edge) -> &'static str {
    let aside =
        |end| picture.frame(end).and_then(|index| picture.frames.get(index)).is_some_and(|of| !of.main);
    let istiod = |end: End| matches!(end, End::Item(item) if picture.items.get(item).is_some_and(|item| item.title.starts_with("istiod")));
    let plumbing = [edge.from, edge.to].into_iter().any(|end| aside(end) || istiod(end));
    match (edge.kind, plumbing) {
        (Kind::Bypass, _) => BYPASS,
        (_, true) => PLUMBING,
        _ => ALLOWED,
    }
}

/// Returns true if a straight edge would cross another item.
fn over(layout: &Layout, from: Rect, to: Rect) -> bool {
    let ((_, from_y), (_, to_y)) = (from.middle(), to.middle());
    to.x >= from.right() && layout.crosses((from.right(), from_y), (to.x, to_y))
}

/// Returns the path of an edge above everything, at a height, and the place of its label.
fn arch(from: Rect, to: Rect, height: f64) -> (String, (f64, f64)) {
    let ((_, from_y), (_, to_y)) = (from.middle(), to.middle());
    let (start, up, down, end) = (from.right(), from.right() + 26.0, to.right() + 12.0, to.right());
    let low = height + 26.0;
    let path = format!(
        "M{start:.1} {from_y:.1}Q{up:.1} {from_y:.1} {up:.1} {:.1}L{up:.1} {low:.1}Q{up:.1} {height:.1} {:.1} {height:.1}\
         L{:.1} {height:.1}Q{down:.1} {height:.1} {down:.1} {low:.1}L{down:.1} {:.1}Q{down:.1} {to_y:.1} {end:.1} {to_y:.1}",
        from_y - 20.0,
        up + 26.0,
        down - 26.0,
        to_y - 14.0,
    );
    (path, ((start + end) / 2.0, height + 7.0))
}

/// Returns the curve between two rectangles, and the place of its label.
fn curve(from: Rect, to: Rect) -> (String, (f64, f64)) {
    let ((from_x, from_y), (to_x, to_y)) = (from.middle(), to.middle());
    if to.x >= from.right() {
        let (start, end) = ((from.right(), from_y), (to.x, to_y));
        let bend = ((end.0 - start.0) / 2.0).max(30.0);
        return cubic(start, (start.0 + bend, start.1), (end.0 - bend, end.1), end);
    }
    if to.y >= from.bottom() || from.y >= to.bottom() {
        let down = to.y >= from.bottom();
        let start = (from_x, if down { from.bottom() } else { from.y });
        let end = (to_x, if down { to.y } else { to.bottom() });
        let bend = (end.1 - start.1) / 2.0;
        return cubic(start, (start.0, start.1 + bend), (end.0, end.1 - bend), end);
    }
    // The destination is on the left at the same height: the edge goes below both.
    let start = (from_x, from.bottom());
    let end = (to_x, to.bottom());
    let low = start.1.max(end.1) + 60.0;
    cubic(start, (start.0, low), (end.0, low), end)
}

fn cubic(start: (f64, f64), one: (f64, f64), two: (f64, f64), end: (f64, f64)) -> (String, (f64, f64)) {
    let path = format!(
        "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
        start.0, start.1, one.0, one.1, two.0, two.1, end.0, end.1
    );
    let middle = |a: f64, b: f64, c: f64, d: f64| (a + 3.0 * b + 3.0 * c + d) / 8.0;
    (path, (middle(start.0, one.0, two.0, end.0), middle(start.1, one.1, two.1, end.1)))
}
