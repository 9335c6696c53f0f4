//! The conformance kit against a server of our own, which it may restart.

use std::sync::{Mutex, PoisonError};

use conformance::{Check, Operator, Options, failed};
use tempfile::tempdir;

use crate::support::process::{Paths, Server, Setup};

/// Holds the server for the kit.
struct Keeper {
    setup: Setup,
    server: Mutex<Option<Server>>,
}

impl Keeper {
    fn take(&self) -> Option<Server> {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        server.take()
    }
}

impl Operator for Keeper {
    fn kill(&self) -> Check {
        match self.take() {
            Some(server) => server.kill(),
            None => return failed("no server runs"),
        }
        self.start()
    }

    fn stop(&self) -> Check {
        match self.take() {
            Some(server) => {
                let (status, _) = server.terminate();
                conformance::ensure(status.success(), || format!("it ended with {status}"))
            }
            None => failed("no server runs"),
        }
    }

    fn start(&self) -> Check {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        *server = Some(self.setup.start());
        Ok(())
    }
}

#[test]
fn every_rule_of_the_protocol_holds() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let url = setup.url();
    let server = Mutex::new(Some(setup.start()));
    let keeper = Keeper { setup, server };
    let options = Options {
        slow: true,
        only: None,
    };
    let report = conformance::run(&url, &options, Some(&keeper));
    println!("{report}");
    assert!(report.holds(), "{report}");
    assert_eq!(report.skipped().count(), 0, "{report}");
}
