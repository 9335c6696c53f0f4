//! What machines measure and do.

use protocol::admin::JobState;
use protocol::element::StageName;

/// "40 s", "5 min", "3 h", "2 d"
pub fn duration(seconds: u64) -> String {
    match seconds {
        0..90 => format!("{seconds} s"),
        90..5_400 => format!("{} min", seconds / 60),
        5_400..129_600 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A stage, or its name on the wire where this app does not know it.
pub fn stage_name(name: &str) -> &str {
    match StageName::parse(name) {
        Some(StageName::Preview) => "Preview",
        Some(StageName::Embed) => "Embed",
        Some(StageName::Tag) => "Tag",
        Some(StageName::Screen) => "Screen",
        Some(StageName::Score) => "Score",
        Some(StageName::Read) => "Read",
        Some(StageName::Compress) => "Compress",
        None => name,
    }
}

/// A measurement, or its name on the wire.
pub fn quality_part(name: &str) -> &str {
    match name {
        "sharpness" => "Sharpness",
        "exposure" => "Exposure",
        "contrast" => "Contrast",
        "colourfulness" => "Colour",
        "composition" => "Composition",
        "naturalness" => "Naturalness",
        other => other,
    }
}

pub fn job_state(state: JobState) -> &'static str {
    match state {
        JobState::Waiting => "Waiting",
        JobState::Running => "Running",
        JobState::Failed => "Failed",
        JobState::Quarantined => "Quarantined",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        assert_eq!(duration(42), "42 s");
        assert_eq!(duration(3_599), "59 min");
        assert_eq!(duration(200_000), "2 d");
    }
}
