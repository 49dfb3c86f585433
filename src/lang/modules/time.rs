//! `time` and `warnings`.

use crate::data::{Error, Result};
use crate::lang::convert::scalar_of;
use crate::lang::function::{Args, Builtin};
use crate::lang::machine::Machine;
use crate::lang::repr::text_of;
use crate::lang::value::Value;
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub(super) const FUNCTIONS: &[Builtin] = &[
    Builtin {
        name: "time",
        signature: "time()",
        doc: "Seconds since 1970.",
        run: |_, _| Ok(Value::Float(since_epoch().as_secs_f64())),
    },
    Builtin {
        name: "time_ns",
        signature: "time_ns()",
        doc: "Nanoseconds since 1970.",
        run: |_, _| Ok(Value::int(since_epoch().as_nanos())),
    },
    Builtin {
        name: "perf_counter",
        signature: "perf_counter()",
        doc: "Seconds of a clock for measuring.",
        run: |_, _| Ok(Value::Float(START.elapsed().as_secs_f64())),
    },
    Builtin {
        name: "monotonic",
        signature: "monotonic()",
        doc: "Seconds of a clock that never goes back.",
        run: |_, _| Ok(Value::Float(START.elapsed().as_secs_f64())),
    },
    Builtin {
        name: "process_time",
        signature: "process_time()",
        doc: "Seconds since the start.",
        run: |_, _| Ok(Value::Float(START.elapsed().as_secs_f64())),
    },
    Builtin {
        name: "perf_counter_ns",
        signature: "perf_counter_ns()",
        doc: "Nanoseconds of a clock for measuring.",
        run: |_, _| Ok(Value::int(START.elapsed().as_nanos())),
    },
    Builtin { name: "sleep", signature: "sleep(seconds)", doc: "Waits.", run: sleep },
];

pub(super) const WARNINGS: &[Builtin] = &[
    Builtin {
        name: "filterwarnings",
        signature: "filterwarnings(action, …)",
        doc: "Silences or shows warnings.",
        run: filter,
    },
    Builtin {
        name: "simplefilter",
        signature: "simplefilter(action, …)",
        doc: "Silences or shows warnings.",
        run: filter,
    },
    Builtin { name: "warn", signature: "warn(message)", doc: "Shows a warning.", run: warn },
    Builtin { name: "resetwarnings", signature: "resetwarnings()", doc: "Shows warnings again.", run: reset },
];

/// How often a sleep looks for Ctrl-C.
const NAP: Duration = Duration::from_millis(50);

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn sleep(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("sleep", 1, 1)?;
    let seconds = scalar_of(&args[0])
        .map(crate::data::Scalar::to_f64)
        .ok_or_else(|| Error::type_("sleep() needs a number of seconds"))?;
    if seconds < 0.0 || seconds.is_nan() {
        return Err(Error::value("sleep length must be non-negative"));
    }
    let end = Instant::now() + Duration::from_secs_f64(seconds.min(1e9));
    while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        machine.check_interrupt()?;
        std::thread::sleep(left.min(NAP));
    }
    Ok(Value::None)
}

fn filter(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let silent = matches!(args.positional.first(), Some(Value::Str(action)) if &**action == "ignore");
    machine.session.warnings_silenced.set(silent);
    Ok(Value::None)
}

fn warn(machine: &Machine<'_>, args: Args) -> Result<Value> {
    if let Some(message) = args.positional.first().filter(|_| !machine.session.warnings_silenced.get()) {
        machine.outside.warn(&format!("UserWarning: {}", text_of(machine, message)?));
    }
    Ok(Value::None)
}

fn reset(machine: &Machine<'_>, _args: Args) -> Result<Value> {
    machine.session.warnings_silenced.set(false);
    Ok(Value::None)
}
