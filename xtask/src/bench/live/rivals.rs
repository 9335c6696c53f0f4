//! The servers that are measured, as processes.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use crate::cache::workspace;
use crate::{exec, setup};

/// How long a start may take.
const START: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

/// Who is measured.
pub enum Rival {
    Asterism { server: PathBuf, data: PathBuf },
    Ws,
    SocketIo,
    Socketify,
}

impl Rival {
    pub fn name(&self) -> &'static str {
        match self {
            Rival::Asterism { .. } => "Asterism",
            Rival::Ws => "ws (npm)",
            Rival::SocketIo => "socket.io (npm)",
            Rival::Socketify => "socketify (PyPI)",
        }
    }
}

/// Where the others' packages are installed.
pub struct Tools {
    folder: PathBuf,
    scripts: PathBuf,
}

impl Tools {
    /// Installs them once, by their own package managers.
    pub fn install(folder: &Path) -> anyhow::Result<Self> {
        let scripts = workspace().join("server/bench/live");
        fs::create_dir_all(folder)?;
        let list = scripts.join("package.json");
        let same = fs::read(folder.join("package.json")).ok() == fs::read(&list).ok();
        if !same || !folder.join("node_modules").is_dir() {
            fs::copy(&list, folder.join("package.json"))?;
            let mut npm = Command::new("npm");
            npm.current_dir(folder);
            exec::run(npm.args(["install", "--no-audit", "--no-fund", "--silent"]))?;
        }
        let python = folder.join("bin/python");
        if !python.exists() {
            exec::run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
        }
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--requirement"]);
        exec::run(pip.arg(scripts.join("requirements.txt")))?;
        let loads = || {
            let mut loads = Command::new(&python);
            exec::output(loads.args(["-c", "import socketify"])).is_ok()
        };
        if !loads() {
            setup::libuv();
            ensure!(
                loads(),
                "socketify cannot be used here: it needs libuv.so.1"
            );
        }
        Ok(Self {
            folder: folder.to_owned(),
            scripts,
        })
    }

    fn command(&self, rival: &Rival, address: SocketAddr) -> anyhow::Result<Command> {
        let script = |program: PathBuf, name: &str| {
            let mut command = Command::new(program);
            command
                .current_dir(&self.folder)
                .arg(self.scripts.join(name));
            command.arg(address.port().to_string());
            command
        };
        Ok(match rival {
            Rival::Asterism { server, data } => {
                let models = data.join("no-models");
                fs::create_dir_all(&models)?;
                let mut command = Command::new(server);
                command
                    .args(["serve", "--listen", &address.to_string()])
                    .args(["--mqtt-listen", "off", "--sample-library", "off"])
                    .args(["--allow-missing-models", "--trusted-proxy", "127.0.0.1"])
                    .arg("--data-dir")
                    .arg(data)
                    .arg("--models-dir")
                    .arg(models);
                command
            }
            Rival::Ws => script("node".into(), "ws.js"),
            Rival::SocketIo => script("node".into(), "socketio.js"),
            Rival::Socketify => script(self.folder.join("bin/python"), "socketify_server.py"),
        })
    }
}

/// One of them, running; stopped when dropped.
pub struct Running {
    child: Child,
    pub address: String,
}

impl Running {
    /// Starts it on a port of the system's choice and waits until it listens.
    pub fn start(rival: &Rival, tools: &Tools) -> anyhow::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut command = tools.command(rival, address)?;
        let log = fs::File::create(tools.folder.join("server.log"))?;
        let command = command.stdin(Stdio::null()).stdout(log.try_clone()?);
        let child = command.stderr(log).spawn();
        let mut running = Self {
            child: child.with_context(|| format!("{} cannot be started", rival.name()))?,
            address: address.to_string(),
        };
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = running.child.try_wait()? {
                bail!("{} ended with {status}", rival.name());
            }
            if start.elapsed() > START {
                bail!("{} does not listen", rival.name());
            }
            std::thread::sleep(LOOK);
        }
        Ok(running)
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
