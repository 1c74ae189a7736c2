//! The elements of the SVG document.

use super::geometry::{Rect, number};
use super::palette;
use std::fmt::Write;

/// The elements drawn so far.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    body: String,
    /// The labels of edges, which are drawn on top of everything.
    labels: Vec<Label>,
}

#[derive(Debug)]
struct Label {
    x: f64,
    y: f64,
    colour: &'static str,
    text: String,
}

const STYLE: &str = "text{font-family:Inter,'Segoe UI','DejaVu Sans',sans-serif;fill:#0f172a}\
.t1{font-size:13px;font-weight:600}.t2{font-size:11px;fill:#475569}.t3{font-size:12px;font-weight:600;fill:#475569}\
.t4{font-size:10px;paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}";

// Writing to a string does not fail.
impl Canvas {
    pub(super) fn rect(&mut self, rect: Rect, radius: f64, (fill, stroke): (&str, &str), dash: bool) {
        let Rect { x, y, width, height } = rect;
        let dash = if dash { " stroke-dasharray=\"5 4\"" } else { "" };
        let _ = writeln!(
            self.body,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{radius}\" fill=\"{fill}\" stroke=\"{stroke}\"{dash}/>"
        );
    }

    pub(super) fn text(&mut self, x: f64, y: f64, class: &str, anchor: &str, text: &str) {
        let text = escaped(text);
        let _ = writeln!(
            self.body,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\" text-anchor=\"{anchor}\">{text}</text>"
        );
    }

    /// Draws text that slopes upwards.
    pub(super) fn slanted(&mut self, x: f64, y: f64, text: &str) {
        let text = escaped(text);
        let _ = writeln!(
            self.body,
            "<text transform=\"translate({x:.1} {y:.1}) rotate(-40)\" class=\"t2\">{text}</text>"
        );
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, dash: bool) {
        let path = format!("M{:.1} {:.1}L{:.1} {:.1}", from.0, from.1, to.0, to.1);
        self.path(&path, colour, dash);
    }

    /// Draws a path that ends in an arrow.
    pub(super) fn path(&mut self, path: &str, colour: &str, dash: bool) {
        let dash = if dash { " stroke-dasharray=\"6 4\"" } else { "" };
        let marker = colour.trim_start_matches('#');
        let _ = writeln!(
            self.body,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\"{dash} marker-end=\"url(#{marker})\"/>"
        );
    }

    pub(super) fn label(&mut self, x: f64, y: f64, colour: &'static str, text: String) {
        self.labels.push(Label { x, y, colour, text });
    }

    /// Draws the labels of edges, each at a place at which it does not cover another one.
    pub(super) fn labels(&mut self) {
        let mut taken: Vec<(f64, f64, f64)> = Vec::new();
        for Label { x, y, colour, text } in std::mem::take(&mut self.labels) {
            let half = 3.2 * number(text.chars().count());
            let is_free = |y: &f64| {
                let hits = |(other, at, width): &(f64, f64, f64)| {
                    (x - other).abs() < half + width && (y - at).abs() < 12.0
                };
                !taken.iter().any(hits)
            };
            let mut places = (0..12).map(|step| y + 12.0 * number(step));
            let y = places.find(is_free).unwrap_or(y + 144.0);
            taken.push((x, y, half));
            let text = escaped(&text);
            let _ = writeln!(
                self.body,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"t4\" text-anchor=\"middle\" style=\"fill:{colour}\">{text}</text>"
            );
        }
    }

    /// Draws a warning at the upper right corner of a rectangle.
    pub(super) fn badge(&mut self, at: Rect, text: &str) {
        let width = 10.0 + 5.6 * number(text.len());
        let rect = Rect { x: at.right() - width + 6.0, y: at.y - 9.0, width, height: 16.0 };
        self.rect(rect, 8.0, (palette::WARNING, palette::WARNING_BORDER), false);
        self.text(rect.x + width / 2.0, rect.y + 11.5, "t4", "middle", text);
    }

    /// Returns the whole document.
    pub(super) fn document(self, width: f64, height: f64) -> String {
        let mut markers = String::new();
        for colour in palette::EDGES {
            let id = colour.trim_start_matches('#');
            let _ = write!(
                markers,
                "<marker id=\"{id}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"{colour}\"/></marker>"
            );
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\">\n<title>allowed connections</title>\n<style>{STYLE}</style>\n<defs>{markers}</defs>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{}</svg>\n",
            self.body
        )
    }
}

/// Shortens a text to a number of characters.
pub(super) fn fitted(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
