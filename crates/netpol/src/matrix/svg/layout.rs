//! The places of frames and items. The frames of the main flow are placed from left to right, the other ones in a row below.
//! Addresses outside the cluster are on the left if they are sources, and on the right if they are destinations. The items of
//! a frame form layers from left to right.

use super::geometry::{Rect, number};
use crate::matrix::picture::{Edge, End, Frame, Picture};
use crate::model::Injection;
use std::collections::BTreeSet;

const ITEM: (f64, f64) = (190.0, 46.0);
const GAP: (f64, f64) = (96.0, 30.0);
const PADDING: f64 = 20.0;
const TITLE: f64 = 20.0;
const BETWEEN: f64 = 110.0;
const MARGIN: f64 = 20.0;
/// The space above the frames for edges that would cross other items.
const SKY: f64 = 70.0;

/// The places of everything.
pub(super) struct Layout {
    /// The places of each frame: two for addresses that are sources and destinations, otherwise one.
    areas: Vec<Vec<Rect>>,
    places: Vec<Vec<Rect>>,
    pub width: f64,
    pub height: f64,
}

/// A frame with its items in layers.
struct Block {
    index: usize,
    layers: Vec<Vec<usize>>,
}

impl Block {
    fn size(&self) -> (f64, f64) {
        let rows = self.layers.iter().map(Vec::len).max().unwrap_or(0);
        let length = |count: usize, item: f64, gap: f64| number(count) * (item + gap) - gap + 2.0 * PADDING;
        (length(self.layers.len(), ITEM.0, GAP.0), length(rows, ITEM.1, GAP.1) + TITLE)
    }
}

impl Layout {
    pub(super) fn new(picture: &Picture) -> Self {
        let mut layout = Self {
            areas: vec![Vec::new(); picture.frames.len()],
            places: vec![Vec::new(); picture.items.len()],
            width: MARGIN,
            height: MARGIN,
        };
        let flow = flow(picture);
        let tallest = flow.iter().map(|block| block.size().1).fold(0.0, f64::max);
        let mut x = MARGIN;
        for block in &flow {
            let (width, height) = block.size();
            layout.put(block, x, SKY + (tallest - height) / 2.0);
            x += width + BETWEEN;
        }
        layout.width = x - BETWEEN + MARGIN;
        layout.height = SKY + tallest;
        let below: Vec<Block> = (picture.frames.iter().enumerate())
            .filter(|(_, found)| !found.main)
            .map(|(index, found)| block(picture, index, &found.items))
            .collect();
        let total: f64 = below.iter().map(|block| block.size().0 + BETWEEN).sum::<f64>() - BETWEEN;
        let mut x = ((layout.width - total) / 2.0).max(MARGIN);
        let y = layout.height + BETWEEN;
        for block in &below {
            let (width, height) = block.size();
            layout.put(block, x, y);
            x += width + BETWEEN;
            layout.height = layout.height.max(y + height);
            layout.width = layout.width.max(x - BETWEEN + MARGIN);
        }
        layout
    }

    /// Returns the places of a frame.
    pub(super) fn areas(&self, index: usize) -> &[Rect] {
        self.areas.get(index).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the places of an item.
    pub(super) fn places(&self, item: usize) -> &[Rect] {
        self.places.get(item).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the place at which an edge starts or ends. Of two places the first is for starts and the last for ends.
    pub(super) fn end(&self, end: End, start: bool) -> Option<Rect> {
        let rects = match end {
            End::Item(item) => self.places(item),
            End::Frame(index) => self.areas(index),
        };
        if start { rects.first() } else { rects.last() }.copied()
    }

    /// Returns true if a line crosses an item between its ends.
    pub(super) fn crosses(&self, start: (f64, f64), end: (f64, f64)) -> bool {
        let hit = |place: &Rect| {
            // The height of the line at the middle of the item.
            let (x, y) = place.middle();
            let share = (x - start.0) / (end.0 - start.0).max(1.0);
            let at = start.1 + share * (end.1 - start.1);
            (0.0..=1.0).contains(&share) && (at - y).abs() < place.height
        };
        self.places.iter().flatten().any(hit)
    }

    fn put(&mut self, block: &Block, x: f64, y: f64) {
        let (width, height) = block.size();
        if let Some(areas) = self.areas.get_mut(block.index) {
            areas.push(Rect { x, y, width, height });
        }
        for (column, layer) in block.layers.iter().enumerate() {
            let used = number(layer.len()) * (ITEM.1 + GAP.1) - GAP.1;
            let top = y + TITLE + PADDING + (height - TITLE - 2.0 * PADDING - used) / 2.0;
            for (row, item) in layer.iter().enumerate() {
                let place = Rect {
                    x: x + PADDING + number(column) * (ITEM.0 + GAP.0),
                    y: top + number(row) * (ITEM.1 + GAP.1),
                    width: ITEM.0,
                    height: ITEM.1,
                };
                if let Some(places) = self.places.get_mut(*item) {
                    places.push(place);
                }
            }
        }
    }
}

/// Returns the frames of the main flow from left to right.
fn flow(picture: &Picture) -> Vec<Block> {
    let outside = picture.frames.iter().position(|found| found.namespace.is_none());
    let ends = |of: fn(&Edge) -> End| -> Vec<usize> {
        let Some(index) = outside else { return Vec::new() };
        let items = picture.frames.get(index).map(|found| found.items.clone()).unwrap_or_default();
        let used: BTreeSet<End> = picture.edges.iter().map(of).collect();
        items
            .into_iter()
            .filter(|item| used.contains(&End::Item(*item)) || used.contains(&End::Frame(index)))
            .collect()
    };
    let column = |items: Vec<usize>| {
        let index = outside.filter(|_| !items.is_empty())?;
        Some(Block { index, layers: vec![items] })
    };
    let mut main: Vec<(usize, &Frame)> = (picture.frames.iter().enumerate())
        .filter(|(_, found)| found.main && found.namespace.is_some())
        .collect();
    main.sort_by_key(|(index, _)| distance(picture, outside, *index));
    let main = main.into_iter().map(|(index, found)| block(picture, index, &found.items));
    column(ends(|edge| edge.from)).into_iter().chain(main).chain(column(ends(|edge| edge.to))).collect()
}

/// Returns the number of frames between the outside and a frame.
fn distance(picture: &Picture, outside: Option<usize>, target: usize) -> usize {
    let mut reached: BTreeSet<usize> = outside.into_iter().collect();
    for step in 0..picture.frames.len() {
        if reached.contains(&target) {
            return step;
        }
        let main = |index: &usize| picture.frames.get(*index).is_some_and(|found| found.main);
        let is_reached = |edge: &&Edge| picture.frame(edge.from).is_some_and(|from| reached.contains(&from));
        let next = picture.edges.iter().filter(is_reached).filter_map(|edge| picture.frame(edge.to));
        let next: Vec<usize> = next.filter(main).collect();
        reached.extend(next);
    }
    usize::MAX
}

/// Arranges the items of a frame in layers: each item is to the right of the items of the frame that reach it. Items outside
/// the mesh are below those in the mesh and do not form layers.
fn block(picture: &Picture, index: usize, items: &[usize]) -> Block {
    let mut items = items.to_vec();
    let injection = |item: &usize| picture.items.get(*item).map_or(Injection::None, |item| item.injection);
    let mesh = items.iter().any(|item| injection(item) != Injection::None);
    let aside = |item: &usize| mesh && injection(item) == Injection::None;
    items.sort_by_key(aside);
    let mut layer: Vec<usize> = vec![0; items.len()];
    let within: Vec<(usize, usize)> = (picture.edges.iter())
        .filter_map(|edge| match (edge.from, edge.to) {
            (End::Item(from), End::Item(to)) => {
                let place = |item| items.iter().position(|other| *other == item && !aside(&item));
                Some((place(from)?, place(to)?))
            }
            _ => None,
        })
        .collect();
    // The number of rounds is limited, since items may reach each other in a circle.
    for _ in 0..items.len().min(6) {
        for (from, to) in &within {
            let next = layer.get(*from).map_or(0, |layer| layer + 1);
            let circle = within.contains(&(*to, *from));
            if let Some(own) = layer.get_mut(*to).filter(|own| **own < next && next < 6 && !circle) {
                *own = next;
            }
        }
    }
    let depth = layer.iter().max().map_or(0, |most| most + 1);
    let mut layers = vec![Vec::new(); depth];
    for (item, layer) in items.iter().zip(layer) {
        if let Some(layer) = layers.get_mut(layer) {
            layer.push(*item);
        }
    }
    layers.retain(|layer: &Vec<usize>| !layer.is_empty());
    Block { index, layers }
}
