//! What a plan may take before it runs: all that it wants, or less with blocks out, or nothing, with figures.

use crate::data::{Error, Held, Result, bytes_held};
use crate::exec::{Allowance, Engine, Projection, Team, project, rebox, resident_bytes};
use crate::ir::Plan;
use crate::shell::array_table::bytes;

/// Bytes of freed buffers that wait for the next one at most.
const MOST_SPARE: u64 = 1 << 30;
/// The part of what is left of the limit that they may take where not everything fits.
const PART_SPARE: u64 = 8;

/// The engine that a plan is to run on, and the arrays that may go out for it, oldest first.
pub struct Admission<'a> {
    pub engine: &'a Engine,
    pub persisted: Vec<Held>,
}

/// A plan that may run.
pub struct Admitted {
    pub plan: Plan,
    pub allowance: Allowance,
    /// Bytes of persisted blocks that went out for it.
    pub put_out: u64,
}

/// All threads at work, each on a block of its own, and nobody who writes.
pub fn whole_team(threads: usize) -> Team {
    Team { threads, workers: threads, writes: false }
}

impl Admission<'_> {
    /// Makes room for a plan.
    ///
    /// # Errors
    /// `MemoryError` with what is needed, by which operation, the limit, and what helps; `OSError` where a persisted block
    /// cannot go out.
    pub fn admit(&self, plan: Plan, writes: bool) -> Result<Admitted> {
        let settings = self.engine.settings();
        let (limit, threads) = (settings.memory_limit, settings.threads);
        let team = Team { writes, ..whole_team(threads) };
        let plan = rebox(plan, limit, false);
        let (need, resident, held) = (project(&plan, team), self.resident(), self.held());
        if need.bytes + resident + held <= limit {
            let spare = (limit - need.bytes - resident - held).min(MOST_SPARE);
            let allowance = Allowance {
                threads,
                workers: writes.then_some(threads),
                room: u64::MAX,
                loaded: need.loaded,
                spare,
                projected: need.bytes,
            };
            return Ok(Admitted { plan, allowance, put_out: 0 });
        }
        let plan = rebox(plan, limit, true);
        let Some((team, need)) = self.smaller(&plan, team, held) else {
            return Err(over_the_limit(&plan, project(&plan, Team { writes, ..whole_team(1) }), limit, held));
        };
        let put_out = self.put_out(need.fixed + held)?;
        let left = limit - (need.fixed + held + self.resident()).min(limit);
        // Buffers of other lengths than the next one wait in vain: they are part of what is left, not of what is made.
        let spare = need.made.min(left / PART_SPARE);
        let allowance = Allowance {
            threads: team.threads,
            workers: Some(team.workers),
            room: left - spare,
            loaded: need.loaded_fixed,
            spare,
            projected: (need.fixed + left).min(need.bytes.max(need.fixed)),
        };
        Ok(Admitted { plan, allowance, put_out })
    }

    /// The largest team with which a plan fits when all blocks that can be out are.
    fn smaller(&self, plan: &Plan, team: Team, held: u64) -> Option<(Team, Projection)> {
        let limit = self.engine.settings().memory_limit;
        let fewer = (1..=team.workers).rev().map(|workers| Team { workers, ..team });
        let teams = fewer.chain(std::iter::once(Team { threads: 1, workers: 1, ..team }));
        let mut projected = teams.map(|team| (team, project(plan, team)));
        projected.find(|(_, need)| need.fixed + held <= limit)
    }

    fn resident(&self) -> u64 {
        self.persisted.iter().map(|held| held.resident_bytes() as u64).sum()
    }

    /// Bytes that values of the session hold besides what is persisted. Arrays that share a buffer are counted twice in the
    /// one figure, code and tables in the other.
    fn held(&self) -> u64 {
        (bytes_held() as u64).min(resident_bytes().unwrap_or(u64::MAX))
    }

    /// Puts persisted blocks out until `needed` bytes fit beside those that stay; the bytes that went out.
    fn put_out(&self, needed: u64) -> Result<u64> {
        let limit = self.engine.settings().memory_limit;
        let (mut resident, mut out) = (self.resident(), 0);
        for held in &self.persisted {
            for number in 0..held.count() {
                if resident + needed <= limit {
                    return Ok(out);
                }
                let bytes = held.move_out(number, |block| self.engine.spill(block))? as u64;
                resident -= bytes;
                out += bytes;
            }
        }
        Ok(out)
    }
}

fn over_the_limit(plan: &Plan, need: Projection, limit: u64, held: u64) -> Error {
    let label = plan.stages.get(need.stage).map_or("the result", |stage| stage.label.as_str());
    let shown = |n: u64| bytes(Some(n.into()));
    let beside = if held > 0 { format!(" beside {} of earlier results", shown(held)) } else { String::new() };
    let (needed, limit) = (shown(need.fixed), shown(limit));
    let message = format!("over the memory limit: {needed} needed by `{label}`{beside}, the limit is {limit}");
    let error = Error::memory(message)
        .help("smaller chunks, a reduction or a slice make the result smaller; to_zarr writes it without holding it")
        .help("--memory-limit (or Client(memory_limit=...)) raises the limit");
    if held > need.fixed / 8 { error.help("del frees a variable; Out and _ hold the results of cells") } else { error }
}
