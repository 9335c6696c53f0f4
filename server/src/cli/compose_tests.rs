//! What the compose files and the image say is what there is.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::CommandFactory;

use super::Cli;

/// Variables that the compose files read themselves.
const THEIR_OWN: [&str; 1] = ["ASTERISM_STORAGE"];
const COMPOSE: [&str; 2] = ["docker-compose.yml", "docker-compose.one.yml"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(name: &str) -> String {
    let read = std::fs::read_to_string(root().join(name));
    read.unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Lines without their comments.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let whole = |line: &&str| !line.trim_start().starts_with('#');
    text.lines().filter(whole)
}

#[test]
fn every_variable_of_the_server_that_is_set_is_one() {
    let command = Cli::command();
    let serve = command.find_subcommand("serve").expect("there is serve");
    let known: BTreeSet<String> = serve
        .get_arguments()
        .filter_map(|argument| argument.get_env()?.to_str().map(str::to_owned))
        .collect();
    for file in ["docker-compose.yml", "docker-compose.one.yml", "Dockerfile"] {
        let text = text(file);
        let runtime = text.rsplit("\nFROM ").next().expect("the last stage");
        let name = |c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        for word in lines(runtime).flat_map(|line| line.split(name)) {
            assert!(
                !word.starts_with("ASTERISM_") || known.contains(word) || THEIR_OWN.contains(&word),
                "{file} sets {word}, which `asterism serve` does not know"
            );
        }
    }
}

#[test]
fn every_file_that_is_mounted_is_there() {
    let mut found = 0;
    for file in COMPOSE {
        for line in lines(&text(file)) {
            let item = line.trim_start().strip_prefix("- ./");
            let Some((path, _)) = item.and_then(|item| item.split_once(':')) else {
                continue;
            };
            assert!(root().join(path).is_file(), "{file} mounts {path}");
            found += 1;
        }
    }
    assert!(found >= 3);
}

#[test]
fn every_service_that_is_named_is_one_and_the_proxy_knows_the_servers() {
    let compose = text("docker-compose.yml");
    let services: BTreeSet<&str> = lines(&compose)
        .skip_while(|line| *line != "services:")
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'))
        .filter(|name| !name.starts_with(' '))
        .collect();
    let named = ["surrealdb:8000", "mosquitto:1883", "models:8090", "pd:2379"];
    for place in named {
        let (name, _) = place.split_once(':').expect("host and port");
        assert!(
            compose.contains(place) && services.contains(name),
            "{place}"
        );
    }
    let proxy = text("deploy/haproxy.cfg");
    let servers: BTreeSet<&str> = lines(&proxy)
        .filter_map(|line| line.trim_start().strip_prefix("server ")?.split(' ').nth(1))
        .filter_map(|place| place.strip_suffix(":8080"))
        .collect();
    let ours = services.iter().filter(|name| name.starts_with("asterism-"));
    assert_eq!(servers, ours.copied().collect());
}

#[test]
fn nothing_is_without_a_limit_of_memory() {
    let compose = text("docker-compose.yml");
    let images = lines(&compose).filter(|l| l.trim_start().starts_with("image: "));
    let limits = lines(&compose).filter(|l| l.trim_start().starts_with("mem_limit: "));
    assert_eq!(images.count(), limits.count());
}
