//! Wall and processor time of a piece of work, and IPython's way of writing both.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use std::time::{Duration, Instant};

/// How long a piece of work took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Times {
    pub wall: Duration,
    pub user: Duration,
    pub sys: Duration,
}

impl Times {
    /// The two lines of `%%time`.
    pub fn show(&self) -> String {
        format!(
            "CPU times: user {}, sys: {}, total: {}\nWall time: {}\n",
            show_duration(self.user.as_secs_f64()),
            show_duration(self.sys.as_secs_f64()),
            show_duration((self.user + self.sys).as_secs_f64()),
            show_duration(self.wall.as_secs_f64()),
        )
    }
}

/// Started clocks: the wall's and the process's.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    start: Instant,
    user: Duration,
    sys: Duration,
}

impl Stopwatch {
    /// Starts the clocks.
    pub fn start() -> Stopwatch {
        let (user, sys) = processor_time();
        Stopwatch { start: Instant::now(), user, sys }
    }

    /// The time since the start.
    pub fn stop(&self) -> Times {
        let wall = self.start.elapsed();
        let (user, sys) = processor_time();
        Times { wall, user: user.saturating_sub(self.user), sys: sys.saturating_sub(self.sys) }
    }
}

/// User and system time of all threads of the process.
fn processor_time() -> (Duration, Duration) {
    let duration =
        |t: TimeVal| Duration::from_secs(t.tv_sec().unsigned_abs()) + Duration::from_micros(t.tv_usec().unsigned_abs());
    getrusage(UsageWho::RUSAGE_SELF)
        .map(|usage| (duration(usage.user_time()), duration(usage.system_time())))
        .unwrap_or_default()
}

/// Seconds as IPython writes them: three digits and a unit, or `1min 2s` from a minute on.
pub fn show_duration(seconds: f64) -> String {
    show_duration_to(seconds, 3)
}

/// The same with another number of digits.
pub fn show_duration_to(seconds: f64, digits: usize) -> String {
    if seconds >= 60.0 {
        return show_long(seconds);
    }
    const UNITS: [(&str, f64); 4] = [("s", 1.0), ("ms", 1e3), ("μs", 1e6), ("ns", 1e9)];
    let order = if seconds > 0.0 { (-(seconds.log10().floor() / 3.0).floor() as i64).clamp(0, 3) } else { 3 };
    let (unit, scale) = UNITS[order as usize];
    format!("{} {unit}", significant(seconds * scale, digits))
}

fn show_long(seconds: f64) -> String {
    let mut left = seconds;
    let mut parts = Vec::new();
    for (suffix, length) in [("d", 86_400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0)] {
        let count = (left / length).floor();
        if count > 0.0 {
            left %= length;
            parts.push(format!("{count}{suffix}"));
        }
        if left < 1.0 {
            break;
        }
    }
    parts.join(" ")
}

/// C's `%.{digits}g`.
fn significant(value: f64, digits: usize) -> String {
    let digits = digits.max(1);
    let scientific = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -4 || exponent >= digits as i32 {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", trim_zeros(mantissa), exponent.abs());
    }
    let decimals = usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0);
    trim_zeros(&format!("{value:.decimals$}")).to_string()
}

fn trim_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::{Times, show_duration};
    use std::time::Duration;

    #[test]
    fn durations_are_written_as_ipython_writes_them() {
        let cases = [
            (0.0, "0 ns"),
            (0.386, "386 ms"),
            (0.0406, "40.6 ms"),
            (1.51, "1.51 s"),
            (12.0, "12 s"),
            (1.5e-6, "1.5 μs"),
            (999.9e-3, "1e+03 ms"),
            (3.2e-10, "0.32 ns"),
            (59.99, "60 s"),
            (60.0, "1min"),
            (61.2, "1min 1s"),
            (7265.0, "2h 1min 5s"),
            (90000.0, "1d 1h"),
        ];
        for (seconds, text) in cases {
            assert_eq!(show_duration(seconds), text, "{seconds}");
        }
    }

    #[test]
    fn the_two_lines_are_those_of_ipython() {
        let ms = |n| Duration::from_micros(n);
        let times = Times { wall: ms(1_510_000), user: ms(386_000), sys: ms(40_600) };
        insta::assert_snapshot!(times.show(), @r"
        CPU times: user 386 ms, sys: 40.6 ms, total: 427 ms
        Wall time: 1.51 s
        ");
    }
}
