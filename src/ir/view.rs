//! An affine view: slicing, transposing, broadcasting, dropping and adding axes as one form that composes.

use serde::Serialize;

/// Where one output axis reads from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum ViewAxis {
    /// Index `j` reads `base[axis] + step * j` of an input axis.
    Input { axis: usize, step: isize },
    /// Every index reads the same: a broadcast or new axis.
    Repeat,
}

/// Output index `j` reads the input at `base`, moved by `step * j[k]` along the input axis of each output axis `k`.
///
/// An input axis that no output axis names is fixed at its `base`. One that several name is read at the sum of what they
/// add: windows that slide along it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct View {
    /// First index along each input axis.
    pub base: Vec<usize>,
    /// One entry an output axis.
    pub axes: Vec<ViewAxis>,
    /// The output's shape.
    pub shape: Vec<usize>,
}

impl View {
    /// The view that changes nothing.
    pub fn identity(shape: &[usize]) -> View {
        let axes = (0..shape.len()).map(|axis| ViewAxis::Input { axis, step: 1 }).collect();
        View { base: vec![0; shape.len()], axes, shape: shape.to_vec() }
    }

    /// Whether the view of an input of `shape` changes nothing.
    pub fn is_identity(&self, shape: &[usize]) -> bool {
        *self == View::identity(shape)
    }

    /// Whether the view of an input of `shape` has all its elements in their order: only axes of length one come or go.
    pub fn keeps_order(&self, shape: &[usize]) -> bool {
        let long = |axis: &usize| shape[*axis] != 1;
        let read = self.axes.iter().zip(&self.shape).filter(|(_, len)| **len != 1).map(|(axis, _)| match *axis {
            ViewAxis::Input { axis, step: 1 } => Some(axis),
            _ => None,
        });
        let same = |axis: usize| self.base[axis] == 0;
        self.shape.iter().product::<usize>() == shape.iter().product::<usize>()
            && (0..shape.len()).filter(long).map(Some).eq(read)
            && (0..shape.len()).filter(long).all(same)
    }

    /// The view that reads the same as `self` of `inner` of an input.
    pub fn after(&self, inner: &View) -> View {
        let mut base = inner.base.clone();
        for (middle, axis) in inner.axes.iter().enumerate() {
            if let ViewAxis::Input { axis, step } = *axis {
                base[axis] = base[axis].wrapping_add_signed(step.wrapping_mul(self.base[middle] as isize));
            }
        }
        let axes = self.axes.iter().map(|axis| match *axis {
            ViewAxis::Repeat => ViewAxis::Repeat,
            ViewAxis::Input { axis: middle, step } => match inner.axes[middle] {
                ViewAxis::Repeat => ViewAxis::Repeat,
                ViewAxis::Input { axis, step: first } => ViewAxis::Input { axis, step: first * step },
            },
        });
        View { base, axes: axes.collect(), shape: self.shape.clone() }
    }

    /// Whether several output axes read an input axis.
    pub fn slides_along(&self, input_axis: usize) -> bool {
        let reads = |axis: &&ViewAxis| matches!(axis, ViewAxis::Input { axis, .. } if *axis == input_axis);
        self.axes.iter().filter(reads).count() > 1
    }

    /// Whether any input axis is read by several output axes.
    pub fn slides(&self) -> bool {
        (0..self.base.len()).any(|axis| self.slides_along(axis))
    }

    /// The output axis and step that read an input axis, the first where windows slide along it; `None` where it is fixed.
    pub fn reader_of(&self, input_axis: usize) -> Option<(usize, isize)> {
        self.axes.iter().enumerate().find_map(|(out, axis)| match *axis {
            ViewAxis::Input { axis, step } if axis == input_axis => Some((out, step)),
            _ => None,
        })
    }

    /// Whether an output axis reads no input axis.
    pub fn repeats(&self) -> bool {
        self.axes.contains(&ViewAxis::Repeat)
    }

    /// How many times each element is read along such axes.
    pub fn times(&self) -> usize {
        let lens =
            self.axes.iter().zip(&self.shape).filter(|(axis, _)| **axis == ViewAxis::Repeat).map(|(_, &len)| len);
        lens.fold(1, usize::saturating_mul)
    }

    /// Which of `first, first + step, ..` (`count` of them) fall in `offset .. offset + len`: the first one and how many.
    pub fn inside(first: usize, step: isize, count: usize, offset: usize, len: usize) -> (usize, usize) {
        let (first, low, high) = (first as isize, offset as isize, (offset + len) as isize);
        let (from, to) = if step > 0 {
            ((low - first + step - 1).div_euclid(step), (high - first + step - 1).div_euclid(step))
        } else {
            ((first - high).div_euclid(-step) + 1, (first - low).div_euclid(-step) + 1)
        };
        let (from, to) = (from.clamp(0, count as isize), to.clamp(0, count as isize));
        (from as usize, (to - from).max(0) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::{View, ViewAxis};

    #[test]
    fn views_compose_from_the_outside_in() {
        let slice = View {
            base: vec![2, 9],
            axes: vec![ViewAxis::Input { axis: 1, step: -2 }, ViewAxis::Repeat],
            shape: vec![4, 7],
        };
        let outer = View {
            base: vec![1, 3],
            axes: vec![ViewAxis::Repeat, ViewAxis::Input { axis: 0, step: 2 }],
            shape: vec![5, 2],
        };
        let both = outer.after(&slice);
        assert_eq!(both.base, vec![2, 7]);
        assert_eq!(both.axes, vec![ViewAxis::Repeat, ViewAxis::Input { axis: 1, step: -4 }]);
    }

    #[test]
    fn a_strided_run_is_cut_where_the_parts_meet() {
        for (first, step, count) in [(0usize, 1isize, 10usize), (9, -1, 10), (1, 3, 3), (8, -3, 3), (5, 2, 2)] {
            let mut seen = vec![];
            for (offset, len) in [(0, 4), (4, 1), (5, 5)] {
                let (start, n) = View::inside(first, step, count, offset, len);
                let hits = (start..start + n).map(|k| first as isize + step * k as isize);
                assert!(hits.clone().all(|p| (offset as isize..(offset + len) as isize).contains(&p)));
                seen.extend(start..start + n);
            }
            seen.sort_unstable();
            assert_eq!(seen, (0..count).collect::<Vec<_>>());
        }
    }
}
