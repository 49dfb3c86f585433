//! `name?`, `?name` and `%lsmagic`: what there is and how it is used.

use crate::shell::magic::{Call, MAGICS, Magic, find};
use crate::shell::run::Answer;
use crate::shell::session::Session;
use crate::shell::settings;

/// What `?` alone says.
const WELCOME: &str = "\
dka speaks NumPy (np) and Dask Array (da): what their manuals say holds here.
  name?        help on a function, a magic or a variable      Tab   completes names
  %lsmagic     all magics                                      %config   all settings
  %%time       first line of a cell: times it                  %explain x   the plan of a lazy array
";

/// `name?`: help on a magic, a setting, a function or a variable.
pub fn help(session: &mut Session, call: &Call<'_>) -> Answer {
    let name = call.args();
    let text = if name.is_empty() {
        Some(WELCOME.to_string())
    } else if let Some(magic) = find(name.trim_start_matches('%')).filter(|_| name.starts_with('%')) {
        Some(magic_help(magic))
    } else {
        session.interpreter.help_for(name)
    };
    let text = text.or_else(|| find(name).map(magic_help)).or_else(|| setting_help(name));
    match text {
        Some(text) => {
            session.print(&(text.trim_end().to_string() + "\n"));
            Ok(None)
        }
        None => Err(call
            .problem("NameError", format!("there is no help on `{name}`"))
            .help("names of functions begin with np. or da.")),
    }
}

/// `%lsmagic`: all magics with what they do.
pub fn list_magics(session: &mut Session, _: &Call<'_>) -> Answer {
    let width = MAGICS.iter().map(|magic| signs(magic).len()).max().unwrap_or(0);
    let text: String = MAGICS.iter().map(|magic| format!("{:width$}  {}\n", signs(magic), magic.doc)).collect();
    session.print(&text);
    Ok(None)
}

fn signs(magic: &Magic) -> String {
    match magic.cell {
        Some(_) => format!("%{0} %%{0}", magic.name),
        None => format!("%{}", magic.name),
    }
}

fn magic_help(magic: &Magic) -> String {
    format!("{}\n\n{}", magic.usage, magic.doc)
}

fn setting_help(name: &str) -> Option<String> {
    let row = settings::find(name).ok()?;
    Some(format!("%config {} = …\n\n{}", row.name, row.doc))
}
