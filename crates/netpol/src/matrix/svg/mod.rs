//! The picture as SVG: the graph, and below it a grid that also shows closed pairs.

mod draw;
mod edges;
mod geometry;
mod grid;
mod layout;
mod palette;

use super::picture::{Item, Picture};
use crate::model::{Direction, Injection};
use draw::{Canvas, fitted};
use geometry::{Rect, number};
use layout::Layout;

/// Returns the picture as an SVG document.
pub fn svg(picture: &Picture) -> String {
    let layout = Layout::new(picture);
    let mut canvas = Canvas::default();
    for (index, found) in picture.frames.iter().enumerate() {
        for area in layout.areas(index) {
            let colours = (palette::FRAME, palette::FRAME_BORDER);
            canvas.rect(*area, 14.0, colours, found.namespace.is_none());
            let name = found.namespace.as_deref().unwrap_or("outside the cluster");
            canvas.text(area.x + 14.0, area.y + 22.0, "t3", "start", name);
        }
    }
    edges::draw(picture, &layout, &mut canvas);
    for (index, item) in picture.items.iter().enumerate() {
        for place in layout.places(index) {
            node(item, *place, &mut canvas);
        }
    }
    canvas.labels();
    let (width, height) = legend(&mut canvas, layout.width, layout.height + 20.0);
    let (width, height) = grid::draw(picture, &mut canvas, width, height + 30.0);
    canvas.document(width, height)
}

fn node(item: &Item, place: Rect, canvas: &mut Canvas) {
    let stroke = match item.injection {
        Injection::Gateway => palette::GATEWAY,
        Injection::Sidecar | Injection::Ambient => palette::IN_MESH,
        Injection::None => palette::OUTSIDE_MESH,
    };
    canvas.rect(place, 8.0, (palette::WHITE, stroke), false);
    let (x, y) = (place.middle().0, place.y);
    canvas.text(x, y + 20.0, "t1", "middle", &fitted(&item.title, 24));
    canvas.text(x, y + 36.0, "t2", "middle", &fitted(&item.subtitle, 30));
    let words: Vec<String> = item.open.iter().map(Direction::to_string).collect();
    if !words.is_empty() {
        canvas.badge(place, &format!("open: {}", words.join(", ")));
    }
}

/// Draws the legend; returns the new size of the picture.
fn legend(canvas: &mut Canvas, width: f64, top: f64) -> (f64, f64) {
    let entries = [
        ("allowed", palette::ALLOWED, false),
        ("allowed, infrastructure", palette::PLUMBING, false),
        ("bypasses the L7 policy", palette::BYPASS, true),
    ];
    let mut x = 20.0;
    for (text, colour, dash) in entries {
        canvas.line((x, top), (x + 34.0, top), colour, dash);
        canvas.text(x + 42.0, top + 4.0, "t2", "start", text);
        x += 60.0 + 7.0 * number(text.len());
    }
    canvas.text(x, top + 4.0, "t2", "start", "no line: closed");
    (width.max(x + 200.0), top + 12.0)
}

#[cfg(test)]
mod tests {
    use super::svg;
    use crate::audit::Options;
    use crate::matrix::{Picture, dot};

    fn bookinfo() -> crate::model::Cluster {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bookinfo");
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files: Vec<_> = entries
            .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap()))
            .collect();
        crate::read(files).unwrap()
    }

    #[test]
    fn draws_each_workload_in_a_valid_document() {
        let picture = Picture::new(&bookinfo(), &Options::default(), true).unwrap();
        let drawn = svg(&picture);
        for name in ["productpage-v1", "reviews-v1", "istio-ingressgateway", "anywhere", "203.0.113.0/24"] {
            assert!(drawn.contains(name), "{name}");
        }
        for tag in ["text", "g", "svg", "title"] {
            assert_eq!(
                drawn.matches(&format!("<{tag}")).count(),
                drawn.matches(&format!("</{tag}>")).count(),
                "{tag}"
            );
        }
        assert!(!drawn.contains("NaN"));
        assert!(dot(&picture).contains("label=\"TCP 9080\""));
    }
}
