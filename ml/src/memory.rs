//! How much memory this process may use, does use, and can hand back.

use std::fs;
use std::path::{Path, PathBuf};

/// Bytes that the system grants this process: the smallest limit of its
/// control groups (v2 or v1) and their parents, else the machine's memory.
/// None where the system does not say.
pub fn limit() -> Option<u64> {
    System::default().limit()
}

/// Bytes of this process that are in memory, mapped files included. None where
/// the system does not say.
pub fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    kilobytes(&status, "VmRSS:")
}

/// Hands memory that was freed back to the system: the allocator keeps it
/// otherwise.
pub fn trim() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: takes no pointer, and the allocator locks its own arenas.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Bytes from `700M`, `1.5G`, `300KiB` or a plain number; a thousand is 1024.
pub fn parse(text: &str) -> Option<u64> {
    let text = text
        .trim()
        .trim_end_matches(['b', 'B'])
        .trim_end_matches('i');
    let (number, shift) = match text.char_indices().last()? {
        (at, 'k' | 'K') => (&text[..at], 10),
        (at, 'm' | 'M') => (&text[..at], 20),
        (at, 'g' | 'G') => (&text[..at], 30),
        _ => (text, 0),
    };
    let number: f64 = number.trim().parse().ok()?;
    let bytes = number * (1_u64 << shift) as f64;
    (bytes.is_finite() && bytes >= 1.0).then_some(bytes as u64)
}

/// The share of the process's memory that models may take by default, in
/// percent: the rest is for activations, pictures and the process itself.
const SHARE: u64 = 40;
/// What models may take by default where memory is plenty: all bundled ones.
pub const PLENTY: u64 = 700 << 20;

/// What models may take when nobody says otherwise: all of those in
/// `models_dir`, at least [`PLENTY`], but no more than 40 % of the memory that
/// the system grants.
pub fn default_budget(models_dir: &Path) -> u64 {
    budget_within(limit(), weights_in(models_dir))
}

fn budget_within(limit: Option<u64>, weights: u64) -> u64 {
    let wanted = weights.max(PLENTY);
    limit.map_or(wanted, |limit| wanted.min(limit / 100 * SHARE))
}

fn weights_in(models_dir: &Path) -> u64 {
    models_in(models_dir).iter().map(|(_, bytes)| bytes).sum()
}

/// Of `pinned`, those that leave the largest other model in `models_dir` room
/// within the budget: a pin must not make another model impossible.
pub fn fitting_pins(pinned: &[String], models_dir: &Path, budget: u64) -> Vec<String> {
    let models = models_in(models_dir);
    let is_pinned = |id: &String| pinned.contains(id);
    let sizes = |wanted: bool| models.iter().filter(move |(id, _)| is_pinned(id) == wanted);
    let largest = sizes(false).map(|(_, bytes)| *bytes).max().unwrap_or(0);
    let together: u64 = sizes(true).map(|(_, bytes)| *bytes).sum();
    if together.saturating_add(largest) <= budget {
        return pinned.to_vec();
    }
    tracing::warn!(
        budget,
        largest,
        pinned = together,
        "budget too small to pin models"
    );
    Vec::new()
}

/// The folders of `models_dir` and the sum of the files in each.
fn models_in(models_dir: &Path) -> Vec<(String, u64)> {
    let folders = fs::read_dir(models_dir).into_iter().flatten().flatten();
    let model = |folder: fs::DirEntry| {
        let files = fs::read_dir(folder.path()).ok()?.flatten();
        let files = files.filter_map(|file| file.metadata().ok());
        let bytes = files.filter(|f| f.is_file()).map(|f| f.len()).sum();
        Some((folder.file_name().into_string().ok()?, bytes))
    };
    folders.filter_map(model).collect()
}

/// Where the system tells; elsewhere in tests.
struct System {
    proc: PathBuf,
    cgroup: PathBuf,
}

impl Default for System {
    fn default() -> Self {
        Self {
            proc: "/proc".into(),
            cgroup: "/sys/fs/cgroup".into(),
        }
    }
}

impl System {
    fn limit(&self) -> Option<u64> {
        let memory = fs::read_to_string(self.proc.join("meminfo")).ok();
        let memory = memory.and_then(|text| kilobytes(&text, "MemTotal:"));
        self.group_limits().into_iter().chain(memory).min()
    }

    /// The limits of the groups that the process is in, and of their parents.
    fn group_limits(&self) -> Vec<u64> {
        let groups = fs::read_to_string(self.proc.join("self/cgroup")).unwrap_or_default();
        let mut limits = Vec::new();
        for line in groups.lines() {
            let mut parts = line.splitn(3, ':').skip(1);
            let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else {
                continue;
            };
            let path = Path::new(path.trim_start_matches('/'));
            if controllers.is_empty() {
                for mount in ["", "unified"] {
                    let root = self.cgroup.join(mount);
                    limits.extend(limits_along(&root, path, "memory.max"));
                }
            } else if controllers.split(',').any(|c| c == "memory") {
                let root = self.cgroup.join("memory");
                limits.extend(limits_along(&root, path, "memory.limit_in_bytes"));
            }
        }
        limits
    }
}

/// What `file` says in every folder from `root` down to `root/path`. Inside a
/// container the path may not exist: the root is then the group itself.
fn limits_along(root: &Path, path: &Path, file: &str) -> Vec<u64> {
    let folders = path.ancestors().map(|ancestor| root.join(ancestor));
    let texts = folders.filter_map(|folder| fs::read_to_string(folder.join(file)).ok());
    // "max" is no limit
    texts.filter_map(|text| text.trim().parse().ok()).collect()
}

fn kilobytes(text: &str, key: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    let number: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(number * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(files: &[(&str, &str)]) -> (tempfile::TempDir, System) {
        let dir = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        let system = System {
            proc: dir.path().join("proc"),
            cgroup: dir.path().join("cgroup"),
        };
        (dir, system)
    }

    const MEMINFO: (&str, &str) = ("proc/meminfo", "MemTotal:       2048 kB\nMemFree: 1 kB\n");

    #[test]
    fn a_parent_may_be_stricter_than_the_group_itself() {
        let (_dir, system) = system(&[
            MEMINFO,
            ("proc/self/cgroup", "0::/pod/box\n"),
            ("cgroup/pod/box/memory.max", "max\n"),
            ("cgroup/pod/memory.max", "700000\n"),
        ]);
        assert_eq!(system.limit(), Some(700_000));
    }

    #[test]
    fn the_first_version_of_control_groups_is_read_too() {
        let (_dir, system) = system(&[
            MEMINFO,
            ("proc/self/cgroup", "5:cpu:/a\n4:memory,hugetlb:/a\n0::/\n"),
            (
                "cgroup/memory/memory.limit_in_bytes",
                "9223372036854771712\n",
            ),
            ("cgroup/memory/a/memory.limit_in_bytes", "500000\n"),
        ]);
        assert_eq!(system.limit(), Some(500_000));
    }

    #[test]
    fn inside_a_container_the_mount_itself_is_the_group() {
        let (_dir, system) = system(&[
            MEMINFO,
            ("proc/self/cgroup", "0::/not/seen/from/here\n"),
            ("cgroup/memory.max", "600000\n"),
        ]);
        assert_eq!(system.limit(), Some(600_000));
    }

    #[test]
    fn without_groups_the_machine_is_the_limit() {
        let (_dir, system) = system(&[MEMINFO]);
        assert_eq!(system.limit(), Some(2048 * 1024));
    }

    #[test]
    fn a_pin_that_leaves_no_room_is_no_pin() {
        let dir = tempfile::tempdir().expect("a folder");
        for (id, bytes) in [("text", 4), ("large", 8)] {
            fs::create_dir(dir.path().join(id)).expect("a folder");
            fs::write(dir.path().join(id).join("weights"), vec![0; bytes]).expect("a file");
        }
        let pinned = ["text".to_owned()];
        assert_eq!(fitting_pins(&pinned, dir.path(), 12), pinned);
        assert_eq!(fitting_pins(&pinned, dir.path(), 11), [""; 0]);
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!(parse("700M"), Some(700 << 20));
        assert_eq!(parse("1.5 GiB"), Some(3 << 29));
        assert_eq!(parse("2kb"), Some(2048));
        assert_eq!(parse("1234"), Some(1234));
        for wrong in ["", "M", "much", "-1G", "NaN", "1T"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_default_budget_leaves_room_for_everything_else() {
        assert_eq!(budget_within(Some(1 << 30), 0), (1 << 30) / 100 * 40);
        assert_eq!(budget_within(Some(64 << 30), 0), PLENTY);
        assert_eq!(budget_within(Some(64 << 30), 900 << 20), 900 << 20);
        assert_eq!(budget_within(None, 0), PLENTY);
    }
}
