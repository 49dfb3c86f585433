//! Magics that look at variables and arrays: `%who %whos %reset %explain`.

use crate::lang::{Outside, Value};
use crate::shell::magic::{Call, expression};
use crate::shell::run::Answer;
use crate::shell::session::Session;

/// `%who`: the names of variables.
pub fn who(session: &mut Session, _: &Call<'_>) -> Answer {
    let names: Vec<String> = session.interpreter.variables().into_iter().map(|v| v.name).collect();
    session.print(&if names.is_empty() { "there are no variables\n".to_string() } else { names.join("  ") + "\n" });
    Ok(None)
}

/// `%whos`: variables with their types and what they hold.
pub fn whos(session: &mut Session, _: &Call<'_>) -> Answer {
    let variables = session.interpreter.variables();
    if variables.is_empty() {
        session.print("there are no variables\n");
        return Ok(None);
    }
    let width = |text: fn(&crate::lang::Variable) -> &str, title: &str| {
        variables.iter().map(|v| text(v).chars().count()).max().unwrap_or(0).max(title.len())
    };
    let (name, kind) = (width(|v| &v.name, "Variable"), width(|v| &v.type_name, "Type"));
    let mut text = format!("{:name$}   {:kind$}   Data/Info\n{}\n", "Variable", "Type", "-".repeat(name + kind + 15));
    for v in &variables {
        text += &format!("{:name$}   {:kind$}   {}\n", v.name, v.type_name, v.info);
    }
    session.print(&text);
    Ok(None)
}

/// `%reset`: no variables, no clients, fresh random states.
pub fn reset(session: &mut Session, _: &Call<'_>) -> Answer {
    session.interpreter.reset();
    session.world.reset();
    Ok(None)
}

/// `%explain EXPRESSION` and `%%explain`: the plan of a lazy array.
pub fn explain(session: &mut Session, call: &Call<'_>) -> Answer {
    match expression(session, call)? {
        Value::Array(array) if array.mode == crate::ops::function::Mode::Lazy => {
            let plan = session.world.explain(&array.expr())?;
            session.print(&(plan.trim_end().to_string() + "\n"));
            Ok(None)
        }
        _ => Err(call.problem("TypeError", "only a lazy array has a plan").help("make it lazy with da.from_array(x)")),
    }
}
