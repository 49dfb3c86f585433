//! Where keys stand in an ascending line, many keys at once.
//!
//! One key that is looked for by halving waits for memory and for branches that nobody foresees, 28 ns in a line of 1000.
//! Short lines are compared whole, in vectors; in long ones many keys are halved abreast, without branches.

use super::level::vectorized;

/// Up to this length a line is compared whole: 0.1 ns a key and element.
pub const COMPARED: usize = 32;
/// Keys that are looked for abreast.
const ABREAST: usize = 32;

/// How many elements of an ascending line come before each key: are less, or, `with_equals`, not greater. Nothing comes
/// before what does not compare.
///
/// # Panics
/// Where there are not as many places as keys.
pub fn places<T: Copy + PartialOrd + Default>(line: &[T], keys: &[T], with_equals: bool, places: &mut [i64]) {
    assert_eq!(keys.len(), places.len(), "each key has a place");
    match (line.len() <= COMPARED, with_equals) {
        (true, false) => compare(line, keys, places, |other, key| other < key),
        (true, true) => compare(line, keys, places, |other, key| other <= key),
        (false, false) => halve(line, keys, places, |other, key| other < key),
        (false, true) => halve(line, keys, places, |other, key| other <= key),
    }
}

/// Whether each key is an element of a line.
///
/// # Panics
/// Where there are not as many flags as keys.
pub fn are_within<T: Copy + PartialEq>(line: &[T], keys: &[T], flags: &mut [bool]) {
    assert_eq!(keys.len(), flags.len(), "each key has a flag");
    vectorized(
        #[inline(always)]
        || {
            flags.fill(false);
            for &other in line {
                for (flag, key) in flags.iter_mut().zip(keys) {
                    *flag |= other == *key;
                }
            }
        },
    );
}

/// How many elements of the line stand to each key as `precedes` says.
#[inline(always)]
fn compare<T: Copy + Default>(line: &[T], keys: &[T], places: &mut [i64], precedes: impl Fn(T, T) -> bool) {
    vectorized(
        #[inline(always)]
        || {
            for (keys, places) in keys.chunks(ABREAST).zip(places.chunks_mut(ABREAST)) {
                let (mut own, mut count) = ([T::default(); ABREAST], [0_i64; ABREAST]);
                own[..keys.len()].copy_from_slice(keys);
                for &other in line {
                    for i in 0..ABREAST {
                        count[i] += i64::from(precedes(other, own[i]));
                    }
                }
                places.copy_from_slice(&count[..places.len()]);
            }
        },
    );
}

/// Halves the line for many keys abreast. The place lies in `at ..= at + left`: half of that is asked in each round, of all
/// keys alike.
#[inline(always)]
fn halve<T: Copy + Default>(line: &[T], keys: &[T], places: &mut [i64], precedes: impl Fn(T, T) -> bool) {
    vectorized(
        #[inline(always)]
        || {
            for (keys, places) in keys.chunks(ABREAST).zip(places.chunks_mut(ABREAST)) {
                let (mut own, mut at) = ([T::default(); ABREAST], [0_usize; ABREAST]);
                own[..keys.len()].copy_from_slice(keys);
                let mut left = line.len();
                while left > 1 {
                    let half = left / 2;
                    for i in 0..ABREAST {
                        let next = at[i] + half;
                        at[i] = if precedes(line[next - 1], own[i]) { next } else { at[i] };
                    }
                    left -= half;
                }
                for (place, (at, key)) in places.iter_mut().zip(at.iter().zip(&own)) {
                    *place = (at + usize::from(precedes(line[*at], *key))) as i64;
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::{COMPARED, are_within, places};

    #[test]
    fn places_are_those_of_one_key_at_a_time() {
        let keys: Vec<f64> = (0..200).map(|i| f64::from(i * 7919 % 211) / 2.0 - 3.0).chain([f64::NAN]).collect();
        for len in [0, 1, 2, 3, COMPARED, COMPARED + 1, 100, 1000] {
            let line: Vec<f64> = (0..len).map(|i| (i / 2 * 100) as f64 / len as f64).collect();
            let mut found = vec![0; keys.len()];
            for with_equals in [false, true] {
                places(&line, &keys, with_equals, &mut found);
                let one = |key: &f64| line.partition_point(|x| if with_equals { x <= key } else { x < key }) as i64;
                assert_eq!(found, keys.iter().map(one).collect::<Vec<_>>(), "line of {len}");
            }
        }
    }

    #[test]
    fn keys_are_within_where_they_equal_an_element() {
        let keys: Vec<u16> = (0..300).collect();
        let mut flags = vec![true; keys.len()];
        are_within(&[3, 5, 299], &keys, &mut flags);
        assert!(keys.iter().zip(flags).all(|(key, flag)| flag == [3, 5, 299].contains(key)));
    }
}
