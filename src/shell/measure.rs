//! `%time`, `%timeit` and `%memit`: what a statement takes.

use crate::lang::Value;
use crate::shell::diagnose::Problem;
use crate::shell::magic::Call;
use crate::shell::run::{Answer, run_part};
use crate::shell::session::Session;
use crate::shell::time::{Stopwatch, show_duration_to};
use crate::shell::{interrupt, memory};

/// `%time` and `%%time`: runs once, prints processor and wall time.
pub fn time(session: &mut Session, call: &Call<'_>) -> Answer {
    let clock = Stopwatch::start();
    let answer = if call.of_cell && !call.args.is_empty() {
        // As in IPython the line after `%%time` is timed too.
        run_part(session, call.source, call.args.start..call.body.end)
    } else {
        run_part(session, call.source, call.body.clone())
    };
    let times = clock.stop();
    if answer.is_ok() {
        session.print(&times.show());
    }
    answer
}

/// How often `%timeit` runs a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Plan {
    loops: Option<u64>,
    runs: usize,
    quiet: bool,
    digits: usize,
}

/// `%timeit` and `%%timeit`: the mean time of a statement over several runs.
pub fn timeit(session: &mut Session, call: &Call<'_>) -> Answer {
    let (plan, call) = timeit_options(call)?;
    let (setup, body) = if call.of_cell { (call.args.clone(), call.body.clone()) } else { (0..0, call.body.clone()) };
    run_part(session, call.source, setup)?;
    if call.source[body.clone()].trim().is_empty() {
        return Err(call
            .problem("SyntaxError", "%timeit needs a statement")
            .help("it is used as %timeit [-n LOOPS] [-r RUNS] STATEMENT"));
    }
    let loops = match plan.loops {
        Some(loops) => loops,
        None => enough_loops(session, &call, body.clone())?,
    };
    let mut seconds = Vec::with_capacity(plan.runs);
    for _ in 0..plan.runs {
        seconds.push(run_many(session, &call, body.clone(), loops)? / loops as f64);
    }
    if !plan.quiet {
        session.print(&summary(&seconds, loops, plan.digits));
    }
    Ok(None)
}

/// Powers of ten until a run takes 0.2 s, as Python's `timeit.autorange` in IPython.
fn enough_loops(session: &mut Session, call: &Call<'_>, body: std::ops::Range<usize>) -> Result<u64, Problem> {
    const LONG_ENOUGH: f64 = 0.2;
    let mut loops = 1;
    while run_many(session, call, body.clone(), loops)? < LONG_ENOUGH && loops < 1_000_000_000 {
        loops *= 10;
    }
    Ok(loops)
}

fn run_many(session: &mut Session, call: &Call<'_>, body: std::ops::Range<usize>, loops: u64) -> Result<f64, Problem> {
    let clock = Stopwatch::start();
    for _ in 0..loops {
        run_part(session, call.source, body.clone())?;
        if interrupt::pressed() {
            return Err(Problem::new("KeyboardInterrupt", "interrupted"));
        }
    }
    Ok(clock.stop().wall.as_secs_f64())
}

/// IPython's line: `1.2 ms ± 30 μs per loop (mean ± std. dev. of 7 runs, 100 loops each)`.
fn summary(seconds: &[f64], loops: u64, digits: usize) -> String {
    let count = seconds.len().max(1) as f64;
    let mean = seconds.iter().sum::<f64>() / count;
    let deviation = (seconds.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / count).sqrt();
    let (best, worst) = seconds.iter().fold((f64::INFINITY, 0.0_f64), |(b, w), &s| (b.min(s), w.max(s)));
    let mut text = String::new();
    // IPython's own test and words.
    if worst > 4.0 * best && best > 0.0 && worst > 1e-6 {
        text = format!(
            "The slowest run took {:.2} times longer than the fastest. This could mean that an intermediate result is being cached.\n",
            worst / best
        );
    }
    let plural = |n: u64| if n == 1 { "" } else { "s" };
    let runs = seconds.len() as u64;
    text + &format!(
        "{} ± {} per loop (mean ± std. dev. of {runs} run{}, {} loop{} each)\n",
        show_duration_to(mean, digits),
        show_duration_to(deviation, digits),
        plural(runs),
        thousands(loops),
        plural(loops),
    )
}

fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|g| std::str::from_utf8(g).unwrap_or_default()).collect();
    groups.join(",")
}

/// The options before the statement, and the magic without them.
fn timeit_options<'a>(call: &Call<'a>) -> Result<(Plan, Call<'a>), Problem> {
    let mut plan = Plan { loops: None, runs: 7, quiet: false, digits: 3 };
    let mut call = call.clone();
    while let Some(word) = call.args().split_whitespace().next() {
        let Some(letter) =
            word.strip_prefix('-').and_then(|rest| rest.chars().next()).filter(|c| "nrpqotc".contains(*c))
        else {
            break;
        };
        call = call.skipping(2);
        if matches!(letter, 'q' | 'o' | 't' | 'c') {
            plan.quiet |= letter == 'q';
            continue;
        }
        let number = call.args().split_whitespace().next().unwrap_or_default().to_string();
        let value: u64 = number.parse().ok().filter(|&n| n > 0).ok_or_else(|| {
            call.problem("ValueError", format!("-{letter} needs a number from 1"))
                .help("it is used as %timeit [-n LOOPS] [-r RUNS] STATEMENT")
        })?;
        call = call.skipping(number.len());
        match letter {
            'n' => plan.loops = Some(value),
            'r' => plan.runs = value.min(1_000_000) as usize,
            _ => plan.digits = value.min(17) as usize,
        }
    }
    Ok((plan, call))
}

/// `%memit`: the peak of resident memory while a statement runs, as `memory_profiler` prints it.
pub fn memit(session: &mut Session, call: &Call<'_>) -> Answer {
    memory::reset_peak();
    let before = memory::resident();
    let answer: Option<Value> = run_part(session, call.source, call.body.clone())?;
    drop(answer);
    let (Some(before), Some(peak)) = (before, memory::peak()) else {
        return Err(Problem::new("OSError", "the system does not say how much memory is resident"));
    };
    let mib = |bytes: u64| bytes as f64 / 1_048_576.0;
    session.print(&format!(
        "peak memory: {:.2} MiB, increment: {:.2} MiB\n",
        mib(peak),
        mib(peak.saturating_sub(before))
    ));
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::{Plan, summary, timeit_options};
    use crate::shell::magic::Call;

    #[test]
    fn the_summary_is_that_of_ipython() {
        insta::assert_snapshot!(summary(&[1.23e-3, 1.17e-3], 1000, 3), @"1.2 ms ± 30 μs per loop (mean ± std. dev. of 2 runs, 1,000 loops each)");
        insta::assert_snapshot!(summary(&[2.0], 1, 3), @"2 s ± 0 ns per loop (mean ± std. dev. of 1 run, 1 loop each)");
    }

    #[test]
    fn options_stand_before_the_statement() {
        let text = "%timeit -n5 -r 3 -x + 1";
        let (plan, call) = timeit_options(&Call::of_line(text, 0..text.len()))
            .map_err(|p| p.message)
            .unwrap_or_else(|m| panic!("{m}"));
        assert_eq!(plan, Plan { loops: Some(5), runs: 3, quiet: false, digits: 3 });
        assert_eq!(call.body(), "-x + 1");
    }
}
