//! `cargo xtask camera`: a camera that shows files instead of the world.

mod mqtt;

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use clap::Args;
use mqtt::{Connection, Login, Message};

/// Bytes of one chunk.
const CHUNK: usize = 48 * 1024;
/// Larger pictures go in chunks anyway.
const FRAME_MAX: usize = 8 * 1024 * 1024;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pause before another attempt to connect.
const PAUSE: Duration = Duration::from_secs(1);

/// Options of `camera`.
#[derive(Args)]
pub struct Camera {
    /// Pictures to send, one after the other
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The device's id, from the page Cameras
    #[arg(long, value_name = "ID", env = "ASTERISM_DEVICE")]
    device: String,
    /// Its secret; better in the environment than on the command line
    #[arg(
        long,
        value_name = "SECRET",
        env = "ASTERISM_DEVICE_SECRET",
        hide_env_values = true
    )]
    secret: String,
    /// The MQTT broker
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:1883")]
    broker: String,
    /// Seconds between two pictures
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    interval: f64,
    /// Send pictures in chunks, resuming after a break
    #[arg(long)]
    chunked: bool,
    /// Begin again with the first picture after the last
    #[arg(long)]
    repeat: bool,
}

/// Sends every picture until its result is there.
pub fn run(options: &Camera) -> anyhow::Result<()> {
    let mut interval = Duration::from_secs_f64(options.interval.clamp(0.0, 86_400.0));
    let mut link = Link::new(options);
    let started = Instant::now();
    loop {
        for file in &options.files {
            let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
            let name = name(file);
            let id = format!("sim-{}-{:08x}", stamp(), crc32fast::hash(&bytes));
            let result = link.deliver(&id, &name, &bytes, options.chunked)?;
            println!("{name}: {result}");
            link.report(started.elapsed())?;
            if let Some(asked) = link.asked.take() {
                println!("asked for a picture every {} s", asked.as_secs());
                interval = asked;
            }
            sleep(interval);
        }
        if !options.repeat {
            return link.goodbye();
        }
    }
}

/// A connection that is made anew whenever it breaks.
struct Link<'a> {
    options: &'a Camera,
    connection: Option<Connection>,
    /// The interval that the owner asked for.
    asked: Option<Duration>,
}

impl<'a> Link<'a> {
    fn new(options: &'a Camera) -> Self {
        Self {
            options,
            connection: None,
            asked: None,
        }
    }

    fn topic(&self, part: &str) -> String {
        format!("asterism/v1/devices/{}/{part}", self.options.device)
    }

    /// Sends one picture until the server says what became of it.
    fn deliver(
        &mut self,
        id: &str,
        name: &str,
        bytes: &[u8],
        chunked: bool,
    ) -> anyhow::Result<String> {
        let start = Instant::now();
        loop {
            let sent = if chunked || bytes.len() > FRAME_MAX {
                self.chunks(id, name, bytes)
            } else {
                let topic = self.topic(&format!("frame/{id}"));
                self.publish(&topic, bytes, false)
                    .and_then(|()| self.result(id))
            };
            match sent {
                Ok(result) => return Ok(result),
                Err(error) if start.elapsed() < PATIENCE && !mqtt::is_refusal(&error) => {
                    eprintln!("{error:#}; trying again");
                    self.connection = None;
                    sleep(PAUSE);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Asks what is there already, and sends the rest.
    fn chunks(&mut self, id: &str, name: &str, bytes: &[u8]) -> anyhow::Result<String> {
        let init = serde_json::json!({
            "size": bytes.len(),
            "crc32": format!("{:08x}", crc32fast::hash(bytes)),
            "name": name,
        });
        let topic = self.topic(&format!("upload/{id}/init"));
        self.publish(&topic, init.to_string().as_bytes(), false)?;
        let standing = self.result(id)?;
        let value: serde_json::Value = serde_json::from_str(&standing)?;
        if value["state"] != "incomplete" {
            return Ok(standing);
        }
        let missing: Vec<(usize, usize)> = serde_json::from_value(value["missing"].clone())?;
        for (offset, length) in missing {
            let gap = bytes
                .get(offset..offset + length)
                .context("the server misses what there never was")?;
            for (n, chunk) in gap.chunks(CHUNK).enumerate() {
                let topic = self.topic(&format!("upload/{id}/{}", offset + n * CHUNK));
                let mut payload = crc32fast::hash(chunk).to_le_bytes().to_vec();
                payload.extend_from_slice(chunk);
                self.publish(&topic, &payload, false)?;
            }
        }
        self.result(id)
    }

    /// Says how it is, and how it is set.
    fn report(&mut self, up: Duration) -> anyhow::Result<()> {
        let health = serde_json::json!({"uptime": up.as_secs(), "firmware": "simulator"});
        let topic = self.topic("health");
        self.publish(&topic, health.to_string().as_bytes(), false)?;
        if let Some(asked) = self.asked {
            let topic = self.topic("config/interval/state");
            let seconds = asked.as_secs().max(1).to_string();
            self.publish(&topic, seconds.as_bytes(), true)?;
        }
        Ok(())
    }

    fn goodbye(&mut self) -> anyhow::Result<()> {
        match self.connection.take() {
            Some(connection) => connection.disconnect(),
            None => Ok(()),
        }
    }

    /// Publishes and waits for PUBACK.
    fn publish(&mut self, topic: &str, payload: &[u8], retain: bool) -> anyhow::Result<()> {
        self.connection()?
            .publish(topic, payload, retain, PATIENCE)?;
        self.listen();
        Ok(())
    }

    /// Waits for the result of something.
    fn result(&mut self, id: &str) -> anyhow::Result<String> {
        let topic = self.topic(&format!("result/{id}"));
        let message = self.connection()?.message(&topic, PATIENCE)?;
        self.listen();
        Ok(String::from_utf8(message.payload)?)
    }

    /// Looks whether its owner asked for something.
    fn listen(&mut self) {
        let topic = self.topic("config/interval/set");
        let Some(connection) = &mut self.connection else {
            return;
        };
        let is_set = |message: &Message| message.topic == topic;
        while let Some(message) = connection.take(is_set) {
            let text = String::from_utf8_lossy(&message.payload).into_owned();
            if let Ok(seconds) = text.parse() {
                self.asked = Some(Duration::from_secs(seconds));
            }
        }
    }

    fn connection(&mut self) -> anyhow::Result<&mut Connection> {
        if self.connection.is_none() {
            let login = Login {
                broker: &self.options.broker,
                client: &format!("sim-{}", self.options.device),
                user: &self.options.device,
                password: &self.options.secret,
                will: &self.topic("status"),
            };
            let mut connection = Connection::open(&login)?;
            connection.subscribe(&self.topic("result/+"))?;
            connection.subscribe(&self.topic("config/+/set"))?;
            let status = self.topic("status");
            connection.publish(&status, b"online", true, PATIENCE)?;
            self.connection = Some(connection);
        }
        match &mut self.connection {
            Some(connection) => Ok(connection),
            None => bail!("not connected"),
        }
    }
}

fn name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Tells runs apart.
fn stamp() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_secs())
}
