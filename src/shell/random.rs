//! The random states of a session: the modules' own, and those of generators.
//!
//! A random array is a seed and the number of a stream; each array takes the next stream of its state.

use crate::shell::settings::fresh_seed;
use std::collections::HashMap;

#[derive(Clone, Copy, Debug)]
struct State {
    seed: u64,
    next_stream: u64,
}

/// All random states of a session.
#[derive(Debug)]
pub struct RandomStates {
    session_seed: u64,
    module: State,
    generators: HashMap<u64, State>,
    next_generator: u64,
}

impl RandomStates {
    /// States that all follow from one seed.
    pub fn new(seed: u64) -> RandomStates {
        RandomStates {
            session_seed: seed,
            module: State { seed, next_stream: 0 },
            generators: HashMap::new(),
            next_generator: 1,
        }
    }

    /// Seed and stream of the next array of a generator, or of the modules' own state.
    pub fn next_key(&mut self, generator: Option<u64>) -> (u64, u64) {
        let state = self.state(generator);
        let key = (state.seed, state.next_stream);
        state.next_stream += 1;
        key
    }

    /// Seeds a state; without a seed, freshly from the system.
    pub fn seed(&mut self, generator: Option<u64>, seed: Option<u64>) {
        *self.state(generator) = State { seed: seed.unwrap_or_else(fresh_seed), next_stream: 0 };
    }

    /// The handle of a new generator; without a seed its own follows from the session's and its number.
    pub fn new_generator(&mut self, seed: Option<u64>) -> u64 {
        let handle = self.next_generator;
        self.next_generator += 1;
        let seed = seed.unwrap_or_else(|| mix(self.session_seed.wrapping_add(mix(handle))));
        self.generators.insert(handle, State { seed, next_stream: 0 });
        handle
    }

    fn state(&mut self, generator: Option<u64>) -> &mut State {
        match generator.and_then(|handle| self.generators.get_mut(&handle)) {
            Some(state) => state,
            None => &mut self.module,
        }
    }
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::RandomStates;

    #[test]
    fn the_same_seed_gives_the_same_keys() {
        let keys = || {
            let mut states = RandomStates::new(7);
            let generator = states.new_generator(None);
            [states.next_key(None), states.next_key(None), states.next_key(Some(generator))]
        };
        assert_eq!(keys(), keys());
        assert_ne!(keys()[0], keys()[1]);
    }

    #[test]
    fn seeding_begins_a_state_again() {
        let mut states = RandomStates::new(7);
        states.next_key(None);
        states.seed(None, Some(3));
        assert_eq!(states.next_key(None), (3, 0));
    }
}
