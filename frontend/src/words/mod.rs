//! Numbers and reasons in words.

mod colors;
mod labels;
mod machines;
pub mod notifications;

pub use colors::{COLORS, color_name};
pub use labels::{
    badge, certainty, evidence_kind, evidence_title, reason, subject, verdict, when_covered,
};
pub use machines::{duration, job_state, quality_part, stage_name};

use protocol::cluster::ClusterRef;
use protocol::element::{StageName, Visibility};
use protocol::search::Why;

/// "just now", "5 minutes ago", "on 2026-01-31".
pub fn ago(now_ms: i64, then_ms: i64) -> String {
    let minutes = (now_ms - then_ms).max(0) / 60_000;
    match minutes {
        0 => "just now".into(),
        1..60 => count(minutes, "minute") + " ago",
        60..1440 => count(minutes / 60, "hour") + " ago",
        1440..43_200 => count(minutes / 1440, "day") + " ago",
        _ => format!("on {}", date(then_ms)),
    }
}

/// "1 picture", "3 pictures".
pub fn count(n: i64, thing: &str) -> String {
    if n == 1 {
        format!("1 {thing}")
    } else {
        format!("{n} {thing}s")
    }
}

/// `2026-01-31`
pub fn date(millis: i64) -> String {
    let text = protocol::Timestamp::from_millis(millis).to_string();
    text.split('T').next().unwrap_or_default().to_owned()
}

/// "3.4 MB", "1.61 GB"
pub fn bytes(n: f64) -> String {
    match n {
        n if n < 1000.0 => format!("{n:.0} B"),
        n if n < 1_000_000.0 => format!("{:.0} kB", n / 1000.0),
        n if n < 1e9 => format!("{:.1} MB", n / 1e6),
        n => format!("{:.2} GB", n / 1e9),
    }
}

/// 0.873 → "87 %"
pub fn percent(part: f32) -> String {
    format!("{:.0} %", part * 100.0)
}

/// Below this a likeness is not worth a number.
const FAINT: f32 = 0.05;

/// The strongest reason of a match, in a few words.
pub fn why(reasons: &[Why]) -> Option<String> {
    let text = match reasons.first()? {
        Why::Text { field } => format!("In its {field}"),
        Why::Tag { name, .. } => format!("Tagged {name}"),
        Why::Looks { confidence } if *confidence < FAINT => "A faint likeness".into(),
        Why::Looks { confidence } => format!("Looks like it, {}", percent(*confidence)),
        Why::Similar { similarity } => format!("{} alike", percent(similarity.max(0.0))),
        Why::Colors { similarity } => format!("Colours {} alike", percent(*similarity)),
        Why::Cluster { similarity } => format!("Like what you saved, {}", percent(*similarity)),
        Why::SavedTogether { count } => format!(
            "Saved together by {}",
            self::count((*count).into(), "person")
        ),
        Why::SharedTags { tags } => format!("Also {}", listed(tags)),
        Why::Exploring => "Something new".into(),
        Why::Followed { name } => format!("Saved by {name}, whom you follow"),
        Why::Recent => return None,
    };
    Some(text)
}

/// "a", "a and b", "a, b and c".
pub fn listed<T: AsRef<str>>(all: &[T]) -> String {
    match all {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [firsts @ .., last] => {
            let firsts: Vec<&str> = firsts.iter().map(T::as_ref).collect();
            format!("{} and {}", firsts.join(", "), last.as_ref())
        }
    }
}

/// Everything that brought an element into a list, a line each.
pub fn reasons_of(reasons: &[Why], because: Option<&ClusterRef>) -> Vec<String> {
    let because = because.map(|cluster| format!("Because you saved to {}", cluster.name));
    let reasons = reasons.iter().filter_map(|reason| match reason {
        Why::SharedTags { tags } => Some(format!("Tagged like what you saved: {}", listed(tags))),
        _ => why(std::slice::from_ref(reason)),
    });
    because.into_iter().chain(reasons).collect()
}

/// All reasons, for whoever wants to know.
pub fn all_reasons(reasons: &[Why]) -> String {
    let all: Vec<_> = reasons
        .iter()
        .filter_map(|reason| why(std::slice::from_ref(reason)))
        .collect();
    all.join(" · ")
}

/// A step of processing: while it waits or runs, and when it is done.
pub fn stage(name: StageName) -> (&'static str, &'static str) {
    match name {
        StageName::Preview => ("Making previews", "Previews made"),
        StageName::Embed => ("Learning what it looks like", "Findable by looks"),
        StageName::Tag => ("Finding tags", "Tagged"),
        StageName::Screen => ("Looking for what viewers should know", "Screened"),
        StageName::Score => ("Measuring its quality", "Quality measured"),
        StageName::Read => ("Reading its text", "Text read"),
        StageName::Compress => ("Making smaller files", "Smaller files made"),
    }
}

/// A step of processing in one word, for where it is narrow.
pub fn stage_short(name: StageName) -> &'static str {
    match name {
        StageName::Preview => "Previewing",
        StageName::Embed => "Looking",
        StageName::Tag => "Tagging",
        StageName::Screen => "Screening",
        StageName::Score => "Measuring",
        StageName::Read => "Reading text",
        StageName::Compress => "Compressing",
    }
}

/// Who may see it, in two lengths.
pub fn visibility(visibility: Visibility) -> (&'static str, &'static str) {
    match visibility {
        Visibility::Public => ("Everyone", "Everybody with an account here can see it."),
        Visibility::Unlisted => (
            "With link",
            "Whoever has its address can see it; it appears in nobody else's lists.",
        ),
        Visibility::Private => ("Only you", "Nobody but you can see it."),
    }
}

/// A browser and its system, as people call them; other clients by their own name.
pub fn client(agent: &str) -> String {
    // the order matters: most browsers also claim to be others
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrom", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)]| {
        let hit = known.iter().find(|(sign, _)| agent.contains(sign));
        hit.map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        _ if agent.is_empty() => "Unknown client".into(),
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        _ => agent.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_people_do() {
        let now = 1_800_000_000_000;
        assert_eq!(ago(now, now + 5_000), "just now");
        assert_eq!(ago(now, now - 60_000), "1 minute ago");
        assert_eq!(ago(now, now - 3 * 3_600_000), "3 hours ago");
        assert!(ago(now, 0).starts_with("on 1970-01-01"));
    }

    #[test]
    fn clients_are_called_what_people_call_them() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0 Safari/537.36";
        assert_eq!(client(chrome), "Chrome on Linux");
        assert_eq!(client("curl/8.5.0"), "curl/8.5.0");
    }

    #[test]
    fn every_reason_has_its_line() {
        let because = ClusterRef {
            id: protocol::ClusterId::from_parts(1, 1),
            name: "Ceramics".into(),
        };
        let shared = Why::SharedTags {
            tags: vec!["mug".into(), "glaze".into(), "clay".into()],
        };
        let reasons = reasons_of(&[shared, Why::Recent], Some(&because));
        assert_eq!(
            reasons,
            [
                "Because you saved to Ceramics",
                "Tagged like what you saved: mug, glaze and clay"
            ]
        );
        assert!(reasons_of(&[Why::Recent], None).is_empty());
    }

    #[test]
    fn the_strongest_reason_is_told() {
        let reasons = [
            Why::Tag {
                name: "tiger cat".into(),
                score: 0.9,
            },
            Why::Looks { confidence: 0.5 },
        ];
        assert_eq!(why(&reasons).as_deref(), Some("Tagged tiger cat"));
        assert_eq!(why(&[Why::Recent]), None);
    }
}
