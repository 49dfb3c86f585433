//! `dask.distributed.Client` in one process: its workers are threads, its memory limit is the engine's budget.

use crate::data::{Error, Result};
use crate::lang::ClientSettings;
use crate::shell::byte_text::{parse_bytes, show_bytes};
use crate::shell::table::titled_table;

/// An open client: what it asks of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    handle: u64,
    pub workers: usize,
    pub threads_per_worker: usize,
    /// Bytes of all workers together.
    pub memory_limit: u64,
}

/// The clients of a session; the one opened last is in force.
#[derive(Debug, Default)]
pub struct Clients {
    open: Vec<Client>,
    last: u64,
}

/// What a client gets where it asks for nothing.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    pub cores: usize,
    pub memory: u64,
}

impl Clients {
    /// Opens a client; it is in force until it is closed.
    ///
    /// # Errors
    /// `ValueError` for a limit that is no number of bytes or for no workers, `NotImplementedError` for the address of a
    /// running scheduler.
    pub fn start(&mut self, settings: &ClientSettings, defaults: Defaults) -> Result<u64> {
        if let Some(address) = &settings.address {
            return Err(Error::not_implemented(format!("cannot connect to the scheduler at {address}"))
                .help("dka computes in its own process")
                .help("try: Client(n_workers=4, threads_per_worker=2, memory_limit='2GB')"));
        }
        let (workers, threads_per_worker) = grid(settings, defaults.cores)?;
        let memory_limit = memory_limit(settings.memory_limit.as_deref(), workers, defaults.memory)?;
        self.last += 1;
        self.open.push(Client { handle: self.last, workers, threads_per_worker, memory_limit });
        Ok(self.last)
    }

    /// Closes a client; closing it twice does nothing.
    pub fn close(&mut self, handle: u64) {
        self.open.retain(|client| client.handle != handle);
    }

    /// The client in force.
    pub fn current(&self) -> Option<&Client> {
        self.open.last()
    }

    /// What a client shows as a value.
    pub fn show(&self, handle: u64) -> String {
        match self.open.iter().find(|client| client.handle == handle) {
            Some(client) => client.show(),
            None => "<Client: closed>".to_string(),
        }
    }
}

impl Client {
    /// Threads of all workers.
    pub fn threads(&self) -> usize {
        self.workers * self.threads_per_worker
    }

    fn show(&self) -> String {
        let memory = show_bytes(self.memory_limit);
        let (workers, cores, memory) =
            (format!("Workers: {}", self.workers), format!("Cores: {}", self.threads()), format!("Memory: {memory}"));
        titled_table(
            &["Client", "Cluster"],
            &[vec!["Scheduler: in process", &workers], vec!["Dashboard: none", &cores], vec!["", &memory]],
        )
    }
}

/// Workers and threads of each: as asked, and the cores shared out where nothing is asked.
fn grid(settings: &ClientSettings, cores: usize) -> Result<(usize, usize)> {
    if settings.workers == Some(0) || settings.threads_per_worker == Some(0) {
        return Err(Error::value("a client needs at least one worker with one thread"));
    }
    Ok(match (settings.workers, settings.threads_per_worker) {
        (Some(workers), Some(threads)) => (workers, threads),
        (Some(workers), None) => (workers, (cores / workers).max(1)),
        (None, Some(threads)) => ((cores / threads).max(1), threads),
        (None, None) => shared_out(cores),
    })
}

/// Up to four cores a worker each; beyond, the fewest workers that are not fewer than their threads, as Dask does.
fn shared_out(cores: usize) -> (usize, usize) {
    if cores <= 4 {
        return (cores.max(1), 1);
    }
    let workers = (1..=cores).find(|n| cores.is_multiple_of(*n) && n * n >= cores).unwrap_or(cores);
    (workers, cores / workers)
}

/// The limit of all workers together; `auto` and none given leave the default.
fn memory_limit(text: Option<&str>, workers: usize, default: u64) -> Result<u64> {
    let Some(text) = text else { return Ok(default) };
    match parse_bytes(text) {
        _ if matches!(text, "auto" | "None" | "0") => Ok(default),
        Some(bytes) => Ok(bytes.saturating_mul(workers as u64)),
        None => Err(Error::value(format!("memory_limit '{text}' is not a number of bytes"))
            .help("try: memory_limit='2GB', '512MiB' or 2_000_000_000")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Clients, Defaults, shared_out};
    use crate::lang::ClientSettings;

    #[test]
    fn a_client_has_the_threads_and_the_memory_of_all_its_workers() {
        let mut clients = Clients::default();
        let asked = ClientSettings {
            workers: Some(4),
            threads_per_worker: Some(2),
            memory_limit: Some("2GB".into()),
            ..ClientSettings::default()
        };
        let handle = clients.start(&asked, Defaults { cores: 2, memory: 1 }).expect("a client");
        assert_eq!(clients.current().map(|c| (c.threads(), c.memory_limit)), Some((8, 8_000_000_000)));
        insta::assert_snapshot!(clients.show(handle), @r"
        ┌───────────────────────┬─────────────────┐
        │ Client                │ Cluster         │
        ├───────────────────────┼─────────────────┤
        │ Scheduler: in process │ Workers: 4      │
        │ Dashboard: none       │ Cores: 8        │
        │                       │ Memory: 8.00 GB │
        └───────────────────────┴─────────────────┘
        ");
        clients.close(handle);
        assert_eq!(clients.current(), None);
    }

    #[test]
    fn cores_are_shared_out_as_dask_does() {
        assert_eq!([2, 8, 12, 16].map(shared_out), [(2, 1), (4, 2), (4, 3), (4, 4)]);
    }
}
