//! The plot: bars of the CPU time that each variant adds.

use std::fmt::Write as _;

#[derive(Debug)]
pub(crate) struct Bars {
    pub(crate) title: String,
    /// The variants and the CPU time they add to a request, in microseconds.
    pub(crate) bars: Vec<(String, f64)>,
}

const WIDTH: f64 = 900.0;
const LABELS: f64 = 300.0;
const ROW: f64 = 22.0;
const HEAD: f64 = 44.0;

/// Draws the plots below each other, as SVG.
pub(crate) fn svg(plots: &[Bars]) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a picture")]
    let height_of = |plot: &Bars| HEAD + ROW * plot.bars.len() as f64;
    let height: f64 = plots.iter().map(height_of).sum::<f64>() + 20.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let mut top = 0.0;
    for plot in plots {
        let _ = writeln!(
            svg,
            "<text x=\"10\" y=\"{}\" font-weight=\"bold\">{}: µs of CPU added</text>",
            top + 28.0,
            escape(&plot.title)
        );
        let most = plot.bars.iter().map(|(_, value)| *value).fold(1.0, f64::max);
        let mut y = top + HEAD;
        for (name, value) in &plot.bars {
            let width = (value.max(0.0) / most) * (WIDTH - LABELS - 80.0);
            let colour = if name.starts_with("ringfence") { "#2a6f97" } else { "#a9b4c2" };
            let (label, text, end) = (LABELS - 8.0, y + 13.0, LABELS + width + 6.0);
            let _ = write!(
                svg,
                "<text x=\"{label}\" y=\"{text}\" text-anchor=\"end\">{}</text>\n\
                 <rect x=\"{LABELS}\" y=\"{y}\" width=\"{width:.1}\" height=\"16\" fill=\"{colour}\"/>\n\
                 <text x=\"{end:.1}\" y=\"{text}\">{value:.1}</text>\n",
                escape(name)
            );
            y += ROW;
        }
        top += height_of(plot);
    }
    svg.push_str("</svg>\n");
    svg
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
