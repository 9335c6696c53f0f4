//! `asterism`: see `asterism --help`.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

/// The database takes and frees many small pieces on several threads, which
/// the C library's allocator is slow at and keeps too much memory for.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    // before all else: this process may be the child that decodes one picture
    asterism_server::bootstrap::isolate_decoders();
    match asterism_server::cli::run(asterism_server::cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // one line, causes included
            eprintln!("asterism: {}", one_line(&error));
            ExitCode::FAILURE
        }
    }
}

fn one_line(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string();
        // transparent wrappers say the same thing twice
        if parts.last().is_none_or(|last| !last.contains(&text)) {
            parts.push(text);
        }
    }
    parts
        .join(": ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
