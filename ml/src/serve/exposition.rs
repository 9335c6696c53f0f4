use std::fmt::{Display, Write};

use crate::pool::PoolStatus;

/// The pool's status in Prometheus' text format.
pub(super) fn text(status: &PoolStatus) -> String {
    let mut out = Text(String::new());
    let counts = &status.counts;
    out.gauge("workers", status.workers);
    out.gauge("workers_hanging", status.hanging);
    out.gauge("resident_bytes", status.engine.resident_bytes);
    out.gauge("budget_bytes", status.engine.budget);
    out.gauge("process_resident_bytes", status.process_rss);
    for (name, value) in [
        ("skipped", counts.skipped),
        ("refused", counts.refused),
        ("panics", counts.panics),
        ("hung", counts.hung),
        ("replaced", counts.replaced),
        ("evictions", status.engine.evictions),
        ("expiries", status.engine.expiries),
    ] {
        out.family(&format!("{name}_total"), "counter");
        out.line(&format!("{name}_total"), "", value);
    }
    out.family("queued", "gauge");
    for lane in &status.lanes {
        out.line("queued", &format!("lane=\"{}\"", lane.lane), lane.queued);
    }
    out.family("tasks_total", "counter");
    for task in &status.tasks {
        let name = task.task.as_str();
        for (result, value) in [("done", task.done), ("failed", task.failed)] {
            let labels = format!("task=\"{name}\",result=\"{result}\"");
            out.line("tasks_total", &labels, value);
        }
    }
    out.family("task_seconds", "summary");
    for task in &status.tasks {
        let labels = format!("task=\"{}\"", task.task.as_str());
        out.line("task_seconds_sum", &labels, task.busy_ms as f64 / 1000.0);
        out.line("task_seconds_count", &labels, task.runs);
    }
    let models: [(&str, &str, OfModel); 4] = [
        ("model_loaded", "gauge", |model| u64::from(model.loaded)),
        ("model_bytes", "gauge", |model| model.bytes),
        ("model_loads_total", "counter", |model| model.loads),
        ("model_hits_total", "counter", |model| model.hits),
    ];
    for (name, kind, value) in models {
        out.family(name, kind);
        for model in &status.engine.models {
            out.line(name, &format!("model=\"{}\"", model.id), value(model));
        }
    }
    out.0
}

/// A number of one model.
type OfModel = fn(&crate::engine::ModelStatus) -> u64;

struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str) {
        writeln!(self.0, "# TYPE asterism_ml_{name} {kind}").expect("a string takes all");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl Display) {
        let labels = match labels {
            "" => String::new(),
            labels => format!("{{{labels}}}"),
        };
        writeln!(self.0, "asterism_ml_{name}{labels} {value}").expect("a string takes all");
    }

    fn gauge(&mut self, name: &str, value: impl Display) {
        self.family(name, "gauge");
        self.line(name, "", value);
    }
}
