//! What the system says of the server's process.

use std::time::Duration;

use crate::Outcome;

/// Parts of a second in which the kernel counts.
const TICKS: f64 = 100.0;

/// Processor time of all its threads so far.
pub fn cpu(pid: u32) -> Outcome<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // the name stands in brackets and may hold anything
    let rest = text.rsplit_once(')').ok_or("no stat")?.1;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| -> Outcome<f64> { Ok(fields.get(at).ok_or("a short stat")?.parse()?) };
    Ok(Duration::from_secs_f64((ticks(11)? + ticks(12)?) / TICKS))
}

/// Resident memory, in KiB.
pub fn memory(pid: u32) -> Outcome<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(number.ok_or("a short status")?.parse()?)
}
