//! What the terminal shows.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often a bar moves on its own.
const TICK: Duration = Duration::from_millis(200);

/// Counts steps and says how long each took.
pub struct Steps {
    total: usize,
    done: usize,
    started: Instant,
}

impl Steps {
    /// So many will follow.
    pub fn new(total: usize) -> Self {
        Self {
            total,
            done: 0,
            started: Instant::now(),
        }
    }

    /// Runs the next one under a heading.
    pub fn step<T>(
        &mut self,
        title: &str,
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        self.done += 1;
        eprintln!("\n[{}/{}] {title}", self.done, self.total);
        let started = Instant::now();
        let result = work()?;
        eprintln!("      {title}: {}", human(started.elapsed()));
        Ok(result)
    }

    /// Since the first.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// `4.2 s` or `3 min 07 s`.
pub fn human(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

/// Progress bars of downloads; plain lines where there is no terminal.
pub struct Bars {
    multi: MultiProgress,
    plain: bool,
}

impl Bars {
    /// On standard error.
    pub fn new() -> Self {
        let plain = !std::io::stderr().is_terminal();
        let target = if plain {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        Self {
            multi: MultiProgress::with_draw_target(target),
            plain,
        }
    }

    /// Whether there is no terminal to draw on.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// A bar that counts towards no known end.
    pub fn count(&self, label: &'static str) -> ProgressBar {
        let style = ProgressStyle::with_template("      {prefix} {pos:>4}  {wide_msg} {elapsed}")
            .expect("the template is well-formed");
        let bar = ProgressBar::no_length()
            .with_style(style)
            .with_prefix(label);
        let bar = self.multi.add(bar);
        bar.enable_steady_tick(TICK);
        bar
    }

    /// A bar per thing that is fetched in turn; `label` says what for.
    pub fn fetch(&self, label: &str) -> FetchBar<'_> {
        FetchBar {
            bars: self,
            label: label.to_owned(),
            current: Mutex::new(None),
        }
    }

    /// A line above the bars.
    pub fn line(&self, text: &str) {
        self.raw(&format!("      {text}"));
    }

    /// As [`Bars::line`], as it is.
    pub fn raw(&self, text: &str) {
        if self.plain {
            eprintln!("{text}");
        } else {
            self.multi.suspend(|| eprintln!("{text}"));
        }
    }
}

/// Shows one fetch after the other.
pub struct FetchBar<'a> {
    bars: &'a Bars,
    label: String,
    current: Mutex<Option<(ProgressBar, String)>>,
}

impl ml::fetch::Progress for FetchBar<'_> {
    fn begin(&self, what: &str, total: Option<u64>) {
        let bar = self.bars.multi.add(ProgressBar::new(total.unwrap_or(0)));
        let shape = if total.is_some() {
            "      {msg:40!} {wide_bar} {bytes:>10} of {total_bytes:10} {eta:>4}"
        } else {
            "      {msg:40!} {spinner} {bytes}"
        };
        bar.set_style(ProgressStyle::with_template(shape).expect("the template is well-formed"));
        bar.set_message(what.to_owned());
        if self.bars.plain {
            let size = total.map(|t| format!(", {:.1} MB", t as f64 / 1e6));
            eprintln!("      {}: {what}{}", self.label, size.unwrap_or_default());
        }
        *self.current.lock().expect("no holder panics") = Some((bar, what.to_owned()));
    }

    fn advance(&self, done: u64) {
        if let Some((bar, _)) = &*self.current.lock().expect("no holder panics") {
            bar.set_position(done);
        }
    }

    fn note(&self, line: &str) {
        self.bars.line(line);
    }

    fn end(&self, ok: bool) {
        if let Some((bar, what)) = self.current.lock().expect("no holder panics").take() {
            bar.finish_and_clear();
            if !ok {
                self.bars.line(&format!("{what}: failed"));
            }
        }
    }
}
