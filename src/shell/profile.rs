//! `%prof` and `%%prof`: what each statement of a cell takes.

use crate::lang::syntax::split_statements;
use crate::shell::byte_text::show_bytes;
use crate::shell::magic::Call;
use crate::shell::run::{Answer, run_part};
use crate::shell::session::Session;
use crate::shell::table::number_table;
use crate::shell::tally::Tally;
use crate::shell::time::{Stopwatch, show_duration};

/// Statements are shown to this many characters.
const SHOWN: usize = 48;

/// Runs statements one after another and prints a table of what each took.
pub fn profile(session: &mut Session, call: &Call<'_>) -> Answer {
    let mut rows = Vec::new();
    let mut value = None;
    for span in split_statements(call.body()) {
        let before = session.world.tally.replace(Tally::default());
        let clock = Stopwatch::start();
        value = run_part(session, call.source, call.body.start + span.start..call.body.start + span.end)?;
        let times = clock.stop();
        let took = session.world.tally.get();
        session.world.tally.set(before.and(&took));
        rows.push(vec![
            shortened(span.of(call.body())),
            show_duration(times.wall.as_secs_f64()),
            show_duration((times.user + times.sys).as_secs_f64()),
            took.tasks.to_string(),
            show_bytes(took.bytes_read),
            show_bytes(took.peak_bytes),
        ]);
    }
    session.print(&(number_table(&["Statement", "Wall", "CPU", "Tasks", "Read", "Peak"], &rows) + "\n"));
    Ok(value)
}

fn shortened(statement: &str) -> String {
    let line = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SHOWN {
        return line;
    }
    line.chars().take(SHOWN - 1).chain(['…']).collect()
}
