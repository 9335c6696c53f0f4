//! The models as a server of their own, and on the command line, for training
//! and for a look at what they see.
//!
//! ```text
//! asterism-ml serve      --models-dir DIR [--listen ADDR] …
//! asterism-ml embed      --models-dir DIR --out FILE.safetensors PICTURE.ppm… | @LIST
//! asterism-ml embed-text --models-dir DIR --out FILE.safetensors LINES.txt
//! asterism-ml look       --models-dir DIR --bridge FILE --tags FILE [--query TEXT]… PICTURE.ppm…
//! asterism-ml screen     --models-dir DIR PICTURE.ppm… | @LIST
//! asterism-ml read       --models-dir DIR PICTURE.ppm… | @LIST
//! asterism-ml bench      --models-dir DIR [--pass MODEL SIDE…]
//! ```

#[path = "asterism_ml/args.rs"]
mod args;
#[path = "asterism_ml/bench.rs"]
mod bench;
#[path = "asterism_ml/embed.rs"]
mod embed;
#[path = "asterism_ml/look.rs"]
mod look;
#[path = "asterism_ml/ppm.rs"]
mod ppm;
#[path = "asterism_ml/read.rs"]
mod read;
#[path = "asterism_ml/screen.rs"]
mod screen;
#[cfg(feature = "serve")]
#[path = "asterism_ml/serve.rs"]
mod serve;
#[path = "asterism_ml/turns.rs"]
mod turns;

use std::process::ExitCode;

const USAGE: &str = "usage:
  asterism-ml serve      --models-dir DIR [--listen ADDR]...
      serves the models over HTTP; --help lists the options
  asterism-ml embed      --models-dir DIR --out FILE.safetensors PICTURE.ppm... | @LIST
      binary P6 pictures, or a file that names one per line;
      writes clip [N, 512] (raw), logits [N, 1000], features [N, 1280]
  asterism-ml embed-text --models-dir DIR --out FILE.safetensors LINES.txt
      one text per line; writes text [N, 384] (unit length)
  asterism-ml look       --models-dir DIR --bridge FILE --tags FILE [--query TEXT]... PICTURE.ppm...
      prints each picture's tags, and its relevance to each query
  asterism-ml screen     --models-dir DIR PICTURE.ppm... | @LIST
      nudity and gore: verdict, evidence and scores, one JSON object a line
  asterism-ml read       --models-dir DIR PICTURE.ppm... | @LIST
      the words, and what reading costs, one JSON object a line
  asterism-ml bench      --models-dir DIR
      mean CPU time of a forward pass of each model, one thread; with --pass MODEL SIDE...
      one model's network alone, as often as standard input says";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.split_first() {
        #[cfg(feature = "serve")]
        Some((command, rest)) if command == "serve" => serve::run(rest),
        Some((command, rest)) if command == "embed" => {
            args::parse(rest).and_then(|args| embed::pictures(&args))
        }
        Some((command, rest)) if command == "embed-text" => {
            args::parse(rest).and_then(|args| embed::texts(&args))
        }
        Some((command, rest)) if command == "look" => {
            args::parse(rest).and_then(|args| look::run(&args))
        }
        Some((command, rest)) if command == "screen" => {
            args::parse(rest).and_then(|args| screen::run(&args))
        }
        Some((command, rest)) if command == "read" => {
            args::parse(rest).and_then(|args| read::run(&args))
        }
        Some((command, rest)) if command == "bench" => {
            args::parse(rest).and_then(|args| bench::run(&args))
        }
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
