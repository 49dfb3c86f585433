//! What a plan may take before it runs: all that it wants, or less with blocks out, or nothing, with figures.

use crate::data::{Error, Held, Result, bytes_held};
use crate::exec::{
    Allowance, Destination, Engine, Projection, Team, eager_threads, project, rebox, resident_besides, resident_bytes,
    trim_heaps,
};
use crate::ir::Plan;
use crate::shell::array_table::bytes;

/// Bytes of freed buffers that wait for the next one at most.
const MOST_SPARE: u64 = 1 << 30;
/// The part of what is left of the limit that they may take where not everything fits.
const PART_SPARE: u64 = 8;
/// The part of the limit that blocks are not kept in, and its bytes at most: what a projection may be wrong by without the
/// limit being passed. Under 256 MB plans that filled the limit were resident with up to 11 MB more.
const PART_MARGIN: u64 = 16;
const MOST_MARGIN: u64 = 16 << 20;
/// The part of that margin which what cannot go out must leave: it is projected with more than it takes.
const PART_LEFT: u64 = 4;
/// The part of the limit that the session itself counts for at most: other engines of the process must not have every plan
/// of this one refused.
const PART_SESSION: u64 = 4;
/// From this on it is worth a millisecond to give back what is resident besides arrays.
const WORTH_TRIMMING: u64 = 1 << 20;
/// Where less than this is taken nobody asks what is resident (30 us, as long as the rest of a small run), and eager
/// operations are not compared with the limit.
const UNSEEN: u64 = 8 << 20;

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
    Team { threads, workers: threads, destination: Destination::Kept }
}

/// Bytes of a limit that a plan may be projected to take with all its blocks.
pub fn usable(limit: u64) -> u64 {
    limit - margin(limit)
}

/// Bytes of a limit that a plan may be projected to take at the least.
pub fn admissible(limit: u64) -> u64 {
    limit - margin(limit) / PART_LEFT
}

fn margin(limit: u64) -> u64 {
    (limit / PART_MARGIN).min(MOST_MARGIN)
}

impl Admission<'_> {
    /// Makes room for a plan.
    ///
    /// # Errors
    /// `MemoryError` with what is needed, by which operation, the limit, and what helps; `OSError` where a persisted block
    /// cannot go out.
    pub fn admit(&self, plan: Plan, destination: Destination) -> Result<Admitted> {
        let settings = self.engine.settings();
        let (limit, threads) = (self.usable(), settings.threads);
        let team = Team { destination, ..whole_team(threads) };
        let plan = rebox(plan, limit, false);
        let (need, resident) = (project(&plan, team), self.resident());
        let beside = self.seen_beside(need.bytes + resident);
        let held = beside.all();
        if need.bytes + resident + held <= limit {
            let spare = (limit - need.bytes - resident - held).min(MOST_SPARE);
            let allowance = Allowance {
                threads,
                workers: (destination != Destination::Kept).then_some(threads),
                room: u64::MAX,
                reserved: 0,
                loaded: need.loaded,
                spare,
                projected: need.bytes,
            };
            return Ok(Admitted { plan, allowance, put_out: 0 });
        }
        let beside = self.trimmed(beside);
        let held = beside.all();
        let plan = rebox(plan, limit, true);
        let Some((team, need)) = self.smaller(&plan, team, held) else {
            let need = project(&plan, Team { destination, ..whole_team(1) });
            return Err(over_the_limit(&plan, need.fixed, need.stage, settings.memory_limit, beside));
        };
        // What grows while it runs cannot go out then: persisted blocks make room for it before.
        let put_out = self.put_out((need.fixed + held + need.grows).min(limit))?;
        let left = limit - (need.fixed + held + self.resident()).min(limit);
        // Buffers of other lengths than the next one wait in vain: they are part of what is left, not of what is made.
        let spare = need.made.min(left / PART_SPARE);
        let allowance = Allowance {
            threads: team.threads,
            workers: Some(team.workers),
            room: left - spare,
            reserved: need.grows.min((left - spare) / 2),
            loaded: need.loaded_fixed,
            spare,
            projected: (need.fixed + left).min(need.bytes.max(need.fixed)),
        };
        Ok(Admitted { plan, allowance, put_out })
    }

    /// The plan as it would run with nothing beside it, what it needs, and whether that fits, in words.
    pub fn foreseen(&self, plan: Plan) -> (Plan, Projection, &'static str) {
        let team = whole_team(self.engine.settings().threads);
        let plan = rebox(plan, self.usable(), false);
        let need = project(&plan, team);
        if need.bytes <= self.usable() {
            return (plan, need, "fits");
        }
        let plan = rebox(plan, self.usable(), true);
        let fits = self.smaller(&plan, team, 0).is_some();
        let need = project(&plan, team);
        (plan, need, if fits { "fits with blocks in the spill store" } else { "does not fit" })
    }

    /// Makes room for one operation at once, whose arrays all stay whole in memory. Small ones are let through unseen.
    ///
    /// # Errors
    /// As for `admit`.
    pub fn admit_eager(&self, plan: &Plan) -> Result<Allowance> {
        let threads = eager_threads(plan, self.engine.settings().threads);
        let need = project(plan, whole_team(threads));
        let allowance = Allowance {
            threads,
            workers: None,
            room: u64::MAX,
            reserved: 0,
            loaded: 0,
            spare: MOST_SPARE,
            projected: need.bytes,
        };
        if need.bytes < UNSEEN {
            return Ok(allowance);
        }
        let (beside, limit) = (self.trimmed(self.beside()), self.engine.settings().memory_limit);
        if need.bytes + beside.all() > admissible(limit) {
            return Err(over_the_limit(plan, need.bytes, need.stage, limit, beside));
        }
        self.put_out(need.bytes + beside.all())?;
        let left = self.usable().saturating_sub(need.bytes + beside.all() + self.resident());
        Ok(Allowance { spare: left.min(MOST_SPARE), ..allowance })
    }

    /// The largest team with which a plan fits when all blocks that can be out are.
    fn smaller(&self, plan: &Plan, team: Team, held: u64) -> Option<(Team, Projection)> {
        let limit = admissible(self.engine.settings().memory_limit);
        let fewer = (1..=team.workers).rev().map(|workers| Team { workers, ..team });
        let teams = fewer.chain(std::iter::once(Team { threads: 1, workers: 1, ..team }));
        let mut projected = teams.map(|team| (team, project(plan, team)));
        projected.find(|(_, need)| need.fixed + held <= limit)
    }

    /// Bytes that plans are made to fit.
    fn usable(&self) -> u64 {
        usable(self.engine.settings().memory_limit)
    }

    fn resident(&self) -> u64 {
        self.persisted.iter().map(|held| held.resident_bytes() as u64).sum()
    }

    /// What is taken besides persisted blocks. Arrays that share a buffer are counted twice in the one figure, code and
    /// tables in the other.
    fn beside(&self) -> Beside {
        let results = (bytes_held() as u64).min(resident_bytes().unwrap_or(u64::MAX));
        let session = resident_besides(self.resident() + results);
        Beside { results, session: session.min(self.engine.settings().memory_limit / PART_SESSION) }
    }

    /// The same; the most that it may be where a plan and persisted blocks take so little that this fits, too.
    fn seen_beside(&self, taken: u64) -> Beside {
        let (results, limit) = (bytes_held() as u64, self.engine.settings().memory_limit);
        if taken + results < UNSEEN.min(limit / 2) {
            return Beside { results, session: limit / PART_SESSION };
        }
        self.beside()
    }

    /// What is taken besides, once heaps have given back what they hold in vain, where that may be much.
    fn trimmed(&self, beside: Beside) -> Beside {
        if beside.session < WORTH_TRIMMING {
            return beside;
        }
        trim_heaps();
        self.beside()
    }

    /// Puts persisted blocks out until `needed` bytes fit beside those that stay; the bytes that went out.
    fn put_out(&self, needed: u64) -> Result<u64> {
        let limit = self.usable();
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

/// Bytes that no plan can make room of.
#[derive(Clone, Copy)]
struct Beside {
    /// What values of the session hold.
    results: u64,
    /// What is resident besides arrays.
    session: u64,
}

impl Beside {
    fn all(self) -> u64 {
        self.results + self.session
    }
}

fn over_the_limit(plan: &Plan, needed: u64, stage: usize, limit: u64, beside: Beside) -> Error {
    let label = plan.stages.get(stage).map_or("the result", |stage| stage.label.as_str());
    let shown = |n: u64| bytes(Some(n.into()));
    let mut others = vec![];
    if beside.results > 0 {
        others.push(format!("{} of earlier results", shown(beside.results)));
    }
    if beside.session >= UNSEEN {
        others.push(format!("{} of the session itself", shown(beside.session)));
    }
    let others = if others.is_empty() { String::new() } else { format!(" beside {}", others.join(" and ")) };
    let message = format!(
        "over the memory limit: {} needed by `{label}`{others}, the limit is {} ({} of it for plans)",
        shown(needed),
        shown(limit),
        shown(admissible(limit))
    );
    let error = Error::memory(message)
        .help("smaller chunks, a reduction or a slice make the result smaller; to_zarr writes it without holding it")
        .help("--memory-limit (or Client(memory_limit=...)) raises the limit");
    if beside.results > needed / 8 {
        error.help("del frees a variable; Out and _ hold the results of cells")
    } else {
        error
    }
}
