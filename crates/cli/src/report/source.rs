//! The lines of a file, to quote a part of one. A quote takes the same time wherever it is in the file and in its line.

use std::cell::OnceCell;

/// Every how many characters the place in a line is kept.
const STEP: usize = 128;

/// The lines of a file.
#[derive(Debug)]
pub struct Source<'f>(Vec<Line<'f>>);

/// A line of a file.
#[derive(Debug)]
pub struct Line<'f> {
    text: &'f str,
    marks: OnceCell<Marks>,
}

/// Places in a line.
#[derive(Debug)]
struct Marks {
    /// The number of characters.
    count: usize,
    /// The byte at which each `STEP`-th character starts.
    starts: Vec<usize>,
}

impl<'f> Source<'f> {
    /// Splits a file into its lines.
    pub fn new(text: &'f str) -> Self {
        Self(text.lines().map(|text| Line { text, marks: OnceCell::new() }).collect())
    }

    /// Returns a line, counted from 1.
    pub fn line(&self, number: usize) -> Option<&Line<'f>> {
        self.0.get(number.checked_sub(1)?)
    }
}

impl<'f> Line<'f> {
    /// Returns the number of characters.
    pub fn count(&self) -> usize {
        self.marks().count
    }

    /// Returns the characters from a place on, which is counted from 0.
    pub fn from(&self, place: usize) -> impl Iterator<Item = char> + use<'f> {
        let (start, skipped) = self.nearest(place);
        self.text.get(start..).unwrap_or_default().chars().skip(skipped)
    }

    /// Returns the byte of the last mark before a character, and the number of characters between them.
    fn nearest(&self, place: usize) -> (usize, usize) {
        let starts = &self.marks().starts;
        let mark = (place / STEP).min(starts.len().saturating_sub(1));
        (starts.get(mark).copied().unwrap_or_default(), place - mark * STEP)
    }

    fn marks(&self) -> &Marks {
        self.marks.get_or_init(|| {
            let (mut count, mut starts) = (0, Vec::new());
            for (start, _) in self.text.char_indices() {
                if count % STEP == 0 {
                    starts.push(start);
                }
                count += 1;
            }
            Marks { count, starts }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{STEP, Source};

    #[test]
    fn a_place_in_a_line_is_found_in_a_constant_number_of_steps() {
        let text = format!("short\n{}", "aé€".repeat(20_000));
        let source = Source::new(&text);
        let line = source.line(2).unwrap();
        let characters: Vec<char> = line.text.chars().collect();
        assert_eq!(line.count(), characters.len());
        for (place, expected) in characters.iter().enumerate() {
            assert!(line.nearest(place).1 < STEP, "{place}");
            assert_eq!(line.from(place).next(), Some(*expected), "{place}");
        }
        assert_eq!(line.from(characters.len()).next(), None);
        assert_eq!(source.line(1).unwrap().from(2).collect::<String>(), "ort");
        assert!(source.line(0).is_none() && source.line(3).is_none());
    }
}
