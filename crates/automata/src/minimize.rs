//! The smallest automaton that accepts the same values (Hopcroft, 1971).

use crate::subsets::Subsets;

/// Merges states that no value tells apart. State 0 remains the dead one.
pub(crate) fn minimize(automaton: &Subsets) -> Subsets {
    let partition = Partition::of(automaton);
    // The number of a block is that of its first state, in order, so that the dead state remains the first.
    let mut numbers = vec![None; partition.blocks.len()];
    let mut firsts = Vec::new();
    for state in 0..automaton.accepts.len() {
        let block = partition.block(state);
        if let Some(number) = numbers.get_mut(block).filter(|number| number.is_none()) {
            *number = Some(firsts.len());
            firsts.push(state);
        }
    }
    let number = |state: usize| numbers.get(partition.block(state)).copied().flatten().unwrap_or_default();
    let classes = automaton.classes;
    let row = |state: &usize| automaton.next.get(state * classes..(state + 1) * classes).unwrap_or_default();
    Subsets {
        classes,
        next: firsts.iter().flat_map(row).map(|next| number(*next)).collect(),
        accepts: firsts.iter().filter_map(|state| automaton.accepts.get(*state).copied()).collect(),
        start: number(automaton.start),
    }
}

/// A partition of the states into blocks. The states of a block are adjacent in `order`.
struct Partition {
    order: Vec<usize>,
    /// The place of each state in `order`.
    places: Vec<usize>,
    /// The block of each state.
    block_of: Vec<usize>,
    blocks: Vec<Block>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Block {
    start: usize,
    end: usize,
    /// The states from `start` up to here are to be split off.
    marked: usize,
    is_pending: bool,
}

impl Partition {
    /// Returns the coarsest partition in which the states of a block agree.
    fn of(automaton: &Subsets) -> Self {
        let count = automaton.accepts.len();
        let mut partition = Self {
            order: (0..count).collect(),
            places: (0..count).collect(),
            block_of: vec![0; count],
            blocks: vec![Block { start: 0, end: count, marked: 0, is_pending: true }],
        };
        let accepting = (0..count).filter(|state| automaton.accepts.get(*state).copied().unwrap_or_default());
        let mut touched = Vec::new();
        accepting.for_each(|state| partition.mark(state, &mut touched));
        let mut pending = vec![0];
        partition.split(&mut touched, &mut pending);
        let before = Predecessors::of(automaton);
        while let Some(splitter) = pending.pop() {
            let Some(block) = partition.blocks.get_mut(splitter) else { continue };
            block.is_pending = false;
            let states = partition.order.get(block.start..block.end).unwrap_or_default().to_vec();
            for class in 0..automaton.classes {
                for state in states.iter().flat_map(|state| before.get(class, *state)) {
                    partition.mark(*state, &mut touched);
                }
                partition.split(&mut touched, &mut pending);
            }
        }
        partition
    }

    fn block(&self, state: usize) -> usize {
        self.block_of.get(state).copied().unwrap_or_default()
    }

    /// Marks a state to be split off from its block.
    fn mark(&mut self, state: usize, touched: &mut Vec<usize>) {
        let number = self.block(state);
        let (Some(block), Some(place)) = (self.blocks.get_mut(number), self.places.get(state).copied())
        else {
            return;
        };
        if place < block.marked {
            return;
        }
        if block.marked == block.start {
            touched.push(number);
        }
        let marked = block.marked;
        block.marked += 1;
        self.order.swap(place, marked);
        for place in [place, marked] {
            let state = self.order.get(place).copied().unwrap_or_default();
            if let Some(entry) = self.places.get_mut(state) {
                *entry = place;
            }
        }
    }

    /// Splits the marked states off from their blocks.
    fn split(&mut self, touched: &mut Vec<usize>, pending: &mut Vec<usize>) {
        for number in touched.drain(..) {
            let new_number = self.blocks.len();
            let Some(block) = self.blocks.get_mut(number) else { continue };
            let Block { start, end, marked, is_pending } = *block;
            if marked == end {
                block.marked = start;
                continue;
            }
            // The smaller part becomes the new block: it is enough to split by one of the two.
            let is_first_smaller = marked - start <= end - marked;
            let (new, old) = if is_first_smaller {
                ((start, marked), (marked, end))
            } else {
                ((marked, end), (start, marked))
            };
            *block = Block { start: old.0, end: old.1, marked: old.0, is_pending };
            self.blocks.push(Block { start: new.0, end: new.1, marked: new.0, is_pending: true });
            for state in self.order.get(new.0..new.1).unwrap_or_default() {
                if let Some(block) = self.block_of.get_mut(*state) {
                    *block = new_number;
                }
            }
            pending.push(new_number);
        }
    }
}

/// The states before each state, by class of bytes.
struct Predecessors {
    count: usize,
    /// Where the list of a class and state starts; the list of the next one starts where it ends.
    starts: Vec<usize>,
    states: Vec<usize>,
}

impl Predecessors {
    fn of(automaton: &Subsets) -> Self {
        let (count, classes) = (automaton.accepts.len(), automaton.classes);
        let slot = |place: usize, next: usize| (place % classes) * count + next;
        let mut starts = vec![0; classes * count + 1];
        for (place, next) in automaton.next.iter().enumerate() {
            if let Some(size) = starts.get_mut(slot(place, *next) + 1) {
                *size += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let (mut free, mut states) = (starts.clone(), vec![0; automaton.next.len()]);
        for (place, next) in automaton.next.iter().enumerate() {
            if let Some(free) = free.get_mut(slot(place, *next)) {
                if let Some(entry) = states.get_mut(*free) {
                    *entry = place / classes;
                }
                *free += 1;
            }
        }
        Self { count, starts, states }
    }

    fn get(&self, class: usize, state: usize) -> &[usize] {
        let slot = class * self.count + state;
        let bounds = self.starts.get(slot).zip(self.starts.get(slot + 1));
        bounds.and_then(|(start, end)| self.states.get(*start..*end)).unwrap_or_default()
    }
}
