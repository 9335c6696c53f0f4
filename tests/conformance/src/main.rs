//! `conformance URL [--slow] [--only TEXT]`: prints one line for each rule and
//! fails if one does not hold.

use std::process::ExitCode;

use conformance::{Options, run};

const USAGE: &str = "usage: conformance URL [--slow] [--only TEXT]

  URL          the server, e.g. http://127.0.0.1:8080; accounts, pictures and
               clusters are made there, so let it be an instance of your own
  --slow       also rules that take a minute
  --only TEXT  only rules whose number or text contains this";

fn main() -> ExitCode {
    let mut options = Options::default();
    let mut url = None;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--slow" => options.slow = true,
            "--only" => options.only = words.next(),
            text if !text.starts_with('-') && url.is_none() => url = Some(text.to_owned()),
            _ => {
                eprintln!("{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    let Some(url) = url else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let report = run(&url, &options, None);
    print!("{report}");
    if report.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
