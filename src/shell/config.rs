//! `%config`: prints and changes settings.

use crate::shell::magic::Call;
use crate::shell::run::Answer;
use crate::shell::session::Session;
use crate::shell::settings::{SETTINGS, Setting, Settings, find};

/// `%config`, `%config NAME` and `%config NAME = VALUE`.
pub fn config(session: &mut Session, call: &Call<'_>) -> Answer {
    if call.args().is_empty() {
        let text = show_all(&session.world.settings.borrow());
        session.print(&text);
        return Ok(None);
    }
    let (name, value) = match call.args().split_once('=') {
        Some((name, value)) => (name.trim(), Some(value.trim())),
        None => (call.args(), None),
    };
    match value {
        Some(value) => session.world.configure(name, value).map_err(|why| call.problem("ValueError", why))?,
        None => {
            let row = find(name).map_err(|why| call.problem("ValueError", why))?;
            let text = show(row, &session.world.settings.borrow());
            session.print(&text);
        }
    }
    Ok(None)
}

fn show(row: &Setting, settings: &Settings) -> String {
    format!("{} = {}\n", row.name, (row.show)(settings))
}

fn show_all(settings: &Settings) -> String {
    let left: Vec<String> = SETTINGS.iter().map(|row| format!("{} = {}", row.name, (row.show)(settings))).collect();
    let width = left.iter().map(|text| text.chars().count()).max().unwrap_or(0);
    left.iter().zip(SETTINGS).map(|(text, row)| format!("{text:width$}  # {}\n", row.doc)).collect()
}
