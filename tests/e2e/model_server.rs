//! Models in a process of their own, which dies and comes back.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::gradient;
use crate::support::process::{Paths, Setup, free_port};

/// Enough that the queue is not empty when the model server is killed.
const PICTURES: u32 = 24;
const PATIENCE: Duration = Duration::from_secs(120);

/// A running `asterism-ml serve`; killed when dropped.
struct ModelServer(Child);

impl ModelServer {
    fn start(paths: &Paths, port: u16, log: &Path) -> Self {
        Self::under(paths, port, log, &[], None)
    }

    /// With more arguments, and in a control group that it joins before
    /// anything else.
    fn under(paths: &Paths, port: u16, log: &Path, extra: &[&str], group: Option<&Path>) -> Self {
        let program = paths.server.with_file_name("asterism-ml");
        assert!(program.is_file(), "{} is not built", program.display());
        let log = std::fs::File::options().create(true).append(true).open(log);
        let group = group.unwrap_or(Path::new("/dev"));
        let child = Command::new("sh")
            // outside a group the id goes nowhere
            .args(["-c", "echo $$ > \"$0\" && exec \"$@\""])
            .arg(group.join(if group == Path::new("/dev") {
                "null"
            } else {
                "cgroup.procs"
            }))
            .arg(program)
            .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
            .args(["--token", "e2e-secret", "--workers", "1"])
            .args(extra)
            .arg("--models-dir")
            .arg(&paths.models)
            .stdin(Stdio::null())
            .stderr(log.expect("a log file"))
            .spawn();
        let server = Self(child.expect("it starts"));
        until("the model server lives", || {
            ureq::get(format!("http://127.0.0.1:{port}/healthz"))
                .call()
                .is_ok()
        });
        server
    }
}

impl Drop for ModelServer {
    /// `kill -9`.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn until(what: &str, mut reached: impl FnMut() -> bool) {
    let start = Instant::now();
    while !reached() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn stage<'a>(element: &'a Value, name: &str) -> &'a Value {
    let stages = element["stages"].as_array().expect("stages");
    let found = stages.iter().find(|stage| stage["name"] == name);
    found.expect("every stage is listed")
}

#[test]
fn work_waits_while_the_model_server_is_away_and_drains_when_it_is_back() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let (log, port) = (data.path().join("ml.log"), free_port());
    let models = ModelServer::start(&paths, port, &log);
    let mut setup = Setup::new(paths, data.path());
    let url = format!("http://127.0.0.1:{port}");
    setup.extra = ["--ml-url", &url, "--ml-token", "e2e-secret"]
        .map(str::to_owned)
        .into();
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let saved: Vec<String> = (0..PICTURES)
        .map(|n| ada.save("a.bmp", &gradient(n, 320, 240), &[("title", "Slope")]))
        .collect();
    until("a first embedding", || {
        saved
            .iter()
            .any(|id| stage(&ada.element(id), "embed")["state"] == "done")
    });
    drop(models);

    let left = || -> Vec<Value> {
        let elements = saved.iter().map(|id| ada.element(id));
        elements
            .filter(|e| stage(e, "embed")["state"] != "done")
            .collect()
    };
    assert!(!left().is_empty(), "the queue was empty before the kill");
    until(
        "every embedding that is left waits, with the reason",
        || {
            left().iter().all(|element| {
                let embed = stage(element, "embed");
                let why = embed["error"].as_str().unwrap_or_default();
                embed["state"] == "waiting" && why.contains("the model server is away")
            })
        },
    );
    for id in &saved {
        let element = ada.element(id);
        for stage in element["stages"].as_array().expect("stages") {
            assert_ne!(stage["state"], "failed", "{element:#}");
        }
    }
    let found = ada.get("/api/v1/search?q=slope").ok();
    assert!(
        !Client::ids(&found).is_empty(),
        "words are still found: {found:#}"
    );
    assert_eq!(ada.get("/readyz").status, 503);

    let _models = ModelServer::start(&setup.paths, port, &log);
    until("all is done", || left().is_empty());
    for id in &saved {
        let element = ada.ready(id);
        assert_eq!(stage(&element, "embed")["state"], "done", "{element:#}");
        assert_eq!(stage(&element, "tag")["state"], "done", "{element:#}");
    }
    until("it is ready again", || ada.get("/readyz").status == 200);
}

#[test]
fn the_model_server_stops_when_told_and_refuses_strangers() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let port = free_port();
    let mut models = ModelServer::start(&paths, port, &data.path().join("ml.log"));
    let url = format!("http://127.0.0.1:{port}");
    let texts = || ureq::post(format!("{url}/v1/embed-texts")).header("accept", "application/json");
    let refused = texts().send(r#"["a cat"]"#);
    assert!(
        matches!(refused, Err(ureq::Error::StatusCode(401))),
        "{refused:?}"
    );
    let mut answer = texts()
        .header("authorization", "Bearer e2e-secret")
        .send(r#"["a cat"]"#)
        .expect("an answer");
    let vectors: Vec<Vec<f32>> = answer.body_mut().read_json().expect("JSON");
    assert_eq!(vectors[0].len(), 384);
    assert!(ureq::get(format!("{url}/readyz")).call().is_ok());
    let start = Instant::now();
    let told = Command::new("kill").arg(models.0.id().to_string()).status();
    assert!(told.expect("kill runs").success());
    assert!(models.0.wait().expect("its end").success());
    assert!(start.elapsed() < Duration::from_secs(5));
}

/// Below the sum of the models, above the largest of them.
const BUDGET: u64 = 360 << 20;
/// What the process may take with everything else that it needs.
const LIMIT: u64 = 430 << 20;

/// A control group with a memory limit; removed when dropped.
struct Group(PathBuf);

impl Group {
    /// In the group that `MEMORY_CGROUP` names, else where the system keeps
    /// them (version 2, then 1); none where this process may not make one.
    fn limited() -> Option<Self> {
        let named = std::env::var_os("MEMORY_CGROUP").map(PathBuf::from);
        let usual = ["/sys/fs/cgroup", "/sys/fs/cgroup/memory"].map(PathBuf::from);
        named.into_iter().chain(usual).find_map(|parent| {
            let own = parent.join(format!("asterism-test-{}", std::process::id()));
            std::fs::create_dir(&own).ok()?;
            let group = Self(own);
            let limits = ["memory.max", "memory.limit_in_bytes"];
            let limit = limits.iter().find_map(|file| group.file(file))?;
            std::fs::write(limit, LIMIT.to_string()).ok()?;
            Some(group)
        })
    }

    fn file(&self, name: &str) -> Option<PathBuf> {
        Some(self.0.join(name)).filter(|path| path.exists())
    }

    /// How often the system killed somebody in here for want of memory.
    fn kills(&self) -> u64 {
        let counts = ["memory.events", "memory.oom_control"];
        let counts = counts.iter().find_map(|file| self.file(file));
        let counts = std::fs::read_to_string(counts.expect("counted")).expect("readable");
        let count = counts.lines().find_map(|l| l.strip_prefix("oom_kill "));
        count.expect("counted").trim().parse().expect("a number")
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.0);
    }
}

#[test]
fn all_models_in_turn_stay_within_a_budget_below_their_sum() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let (port, log) = (free_port(), data.path().join("ml.log"));
    let group = Group::limited();
    if group.is_none() {
        eprintln!(
            "no control group can be made here: the loader's own count is checked, no limit is put on the process"
        );
    }
    let budget = BUDGET.to_string();
    let extra = ["--memory-budget", &budget];
    let place = group.as_ref().map(|group| group.0.as_path());
    let mut models = ModelServer::under(&paths, port, &log, &extra, place);
    let url = format!("http://127.0.0.1:{port}");
    let bearer = ("authorization", "Bearer e2e-secret");
    let picture = vec![127u8; 320 * 240 * 3];
    let ask = |task: &str| {
        let request = |path: String| ureq::post(path).header(bearer.0, bearer.1);
        match task {
            "embed-texts" => request(format!("{url}/v1/{task}")).send(r#"["a cat"]"#),
            _ => request(format!("{url}/v1/{task}?width=320&height=240")).send(&picture[..]),
        }
    };
    let status = || -> Value {
        let status = ureq::get(format!("{url}/v1/status")).header(bearer.0, bearer.1);
        let mut status = status.call().expect("alive");
        status.body_mut().read_json().expect("JSON")
    };
    let mut most = 0;
    for _ in 0..3 {
        for task in [
            "embed-image",
            "embed-texts",
            "classify",
            "screen",
            "read-text",
        ] {
            match ask(task) {
                Ok(_) => {}
                // not among the models that were fetched
                Err(ureq::Error::StatusCode(503)) if ["screen", "read-text"].contains(&task) => {}
                Err(error) => panic!("{task}: {error}"),
            }
            let status = status();
            let engine = &status["engine"];
            assert!(
                engine["resident_bytes"].as_u64().unwrap() <= BUDGET,
                "{engine:#}"
            );
            most = most.max(status["process_rss"].as_u64().unwrap());
            if task == "read-text" {
                assert!(engine["evictions"].as_u64().unwrap() > 0, "{engine:#}");
            }
        }
    }
    assert!(
        models.0.try_wait().expect("its state").is_none(),
        "it lives"
    );
    // What is resident says little: pages of the mapped weights count, which
    // the system takes back at will, and which whoever read them first pays.
    if let Some(group) = &group {
        assert_eq!(group.kills(), 0);
    }
    eprintln!(
        "at most {} MiB in memory, budget {} MiB",
        most >> 20,
        BUDGET >> 20
    );
    drop(models);
    drop(group);
}
