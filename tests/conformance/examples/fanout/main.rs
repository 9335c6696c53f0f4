//! Many who listen to one thing: `fanout stage ADDRESS CLIENTS` prepares an
//! Asterism server and prints the plan; `fanout load PLAN PID EVENTS PER_SECOND`
//! measures whatever server the plan names and prints the figures as JSON.
//! Only servers on this machine are measured.

mod load;
mod plan;
mod process;
mod stage;
mod wire;

use std::process::ExitCode;

use plan::Plan;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["stage", address, clients] => stage(address, clients),
        ["load", plan, pid, events, rate] => load(plan, pid, events, rate),
        _ => Err("fanout stage ADDRESS CLIENTS | fanout load PLAN PID EVENTS PER_SECOND".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn stage(address: &str, clients: &str) -> Outcome<()> {
    println!("{}", stage::stage(address, clients.parse()?)?);
    Ok(())
}

fn load(plan: &str, pid: &str, events: &str, rate: &str) -> Outcome<()> {
    let plan = Plan::read(&std::fs::read_to_string(plan)?)?;
    let load = load::Load {
        pid: pid.parse()?,
        events: events.parse()?,
        per_second: rate.parse()?,
    };
    // one thread: what it needs is not to be taken from the server's cores
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let figures = tokio::task::LocalSet::new().block_on(&runtime, load::measure(plan, &load))?;
    println!("{figures}");
    Ok(())
}
