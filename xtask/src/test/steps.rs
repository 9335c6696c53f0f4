//! What each step does.

use std::cell::OnceCell;
use std::io;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::Context as _;

use super::{Step, Tally, axe};
use crate::cache::{Cache, workspace};
use crate::native::{self, Profile};
use crate::{deny, exec, frontend, setup};

/// Warnings are errors here, and only here: they must not stop a developer.
const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

/// What the steps share.
pub struct Context<'a> {
    cache: &'a Cache,
    filter: Option<&'a str>,
    server: OnceCell<PathBuf>,
}

impl<'a> Context<'a> {
    /// For one run over the steps.
    pub fn new(cache: &'a Cache, filter: Option<&'a str>) -> Self {
        Self {
            cache,
            filter,
            server: OnceCell::new(),
        }
    }

    /// Runs one. An error counts as one failed check.
    pub fn run(&self, step: Step) -> anyhow::Result<Tally> {
        match step {
            Step::Fmt => {
                self.check(exec::cargo(&self.cache.target).args(["fmt", "--all", "--check"]))
            }
            Step::Deny => deny::check(self.cache).map(|()| Tally::passed()),
            Step::Xtask => self.xtask(),
            Step::Build => {
                self.server()?;
                frontend::weigh(self.cache).map(|()| Tally::passed())
            }
            Step::Clippy => self.check(
                native::cargo(self.cache, "clippy", Profile::Dev)
                    .arg("--all-targets")
                    .args(DENY_WARNINGS),
            ),
            Step::Native => {
                self.server()?;
                let mut tests = native::cargo(self.cache, "test", Profile::Dev);
                if let Some(mosquitto) = setup::mosquitto()? {
                    tests.env("XTASK_MOSQUITTO", mosquitto);
                }
                self.tests(tests.arg("--no-fail-fast"))
            }
            Step::ClippyWeb => {
                setup::wasm_target()?;
                self.check(
                    exec::cargo(&self.cache.target_wasm)
                        .args(["clippy", "--package", "asterism-frontend"])
                        .args(["--target", setup::WASM])
                        .args(DENY_WARNINGS),
                )
            }
            Step::Web => self.tests(exec::cargo(&self.cache.target_wasm).args([
                "test",
                "--package",
                "asterism-frontend",
            ])),
            Step::Browser => self.browser(),
        }
    }

    /// A command that holds or does not.
    fn check(&self, command: &mut Command) -> anyhow::Result<Tally> {
        Ok(exec::run(command).map_or_else(
            |error| {
                eprintln!("      {error:#}");
                Tally::failed()
            },
            |()| Tally::passed(),
        ))
    }

    /// Xtask lies in the checkout's own target folder, in a profile of its own,
    /// where `cargo xtask` put it.
    fn xtask(&self) -> anyhow::Result<Tally> {
        let target = workspace().join("target");
        let mut tally = self.tests(exec::cargo(&target).args([
            "test",
            "--profile",
            "xtask",
            "--package",
            "xtask",
        ]))?;
        tally += self.check(
            exec::cargo(&target)
                .args([
                    "clippy",
                    "--profile",
                    "xtask",
                    "--package",
                    "xtask",
                    "--all-targets",
                ])
                .args(DENY_WARNINGS),
        )?;
        Ok(tally)
    }

    /// Builds the server and the web app and fetches what they and the tests
    /// need, once.
    fn server(&self) -> anyhow::Result<&PathBuf> {
        if let Some(server) = self.server.get() {
            return Ok(server);
        }
        let server = native::build_and_fetch(self.cache, Profile::Dev, true)?;
        setup::wasm_target()?;
        frontend::build(self.cache)?;
        Ok(self.server.get_or_init(|| server))
    }

    fn browser(&self) -> anyhow::Result<Tally> {
        let Some(found) = setup::browser() else {
            anyhow::ensure!(
                !setup::is_ci(),
                "there is no Chromium with chromedriver, and none could be installed"
            );
            eprintln!("      skipped: there is no Chromium with chromedriver here");
            return Ok(Tally::skipped());
        };
        self.server()?;
        let axe = axe::fetch(self.cache)?;
        const PACKAGE: [&str; 2] = ["--package", "asterism-browser"];
        let mut tally = self.check(
            exec::cargo(&self.cache.target)
                .arg("clippy")
                .args(PACKAGE)
                .arg("--all-targets")
                .args(DENY_WARNINGS),
        )?;
        tally += self.tests(
            exec::cargo(&self.cache.target)
                .arg("test")
                .args(PACKAGE)
                .env("XTASK_CHROMIUM", found.browser)
                .env("XTASK_CHROMEDRIVER", found.driver)
                .env("XTASK_AXE", axe),
        )?;
        Ok(tally)
    }

    /// Runs test binaries and counts their results as they come.
    fn tests(&self, command: &mut Command) -> anyhow::Result<Tally> {
        command
            .env("XTASK_SERVER", native::server(self.cache, Profile::Dev))
            .env("XTASK_MODELS_DIR", &self.cache.models)
            .env("XTASK_SAMPLES_DIR", &self.cache.samples)
            .env("XTASK_STATIC_DIR", &self.cache.frontend);
        if let Some(filter) = self.filter {
            command.args(["--", filter]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().context("the output is piped")?;
        let mut tally = Tally::default();
        for line in BufReader::new(output).lines() {
            let line = line?;
            writeln!(io::stdout(), "{line}")?;
            if let Some(counts) = Tally::from_line(&line) {
                tally += counts;
            }
        }
        let status = child.wait()?;
        if !status.success() && tally.failed == 0 {
            // did not build, or died without a last word
            tally += Tally::failed();
        }
        Ok(tally)
    }
}
