//! What it says when it cannot start.

use crate::program::{Serving, asterism, refusal, run, serve, taken_port};

#[test]
fn a_taken_port_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let (_held, address) = taken_port();
    let said = refusal(serve(dir.path()).args(["--listen", &address, "--allow-missing-models"]));
    assert!(
        said.contains(&address) && said.contains("--listen"),
        "{said}"
    );
}

#[test]
fn a_taken_mqtt_port_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let (_held, address) = taken_port();
    let mut command = asterism();
    command.arg("serve").arg("--data-dir").arg(dir.path());
    let said = refusal(command.args(["--listen", "127.0.0.1:0", "--mqtt-listen", &address]));
    assert!(
        said.contains(&address) && said.contains("--mqtt-listen"),
        "{said}"
    );
}

#[test]
fn missing_models_name_the_command_that_fetches_them() {
    let dir = tempfile::tempdir().unwrap();
    let said = refusal(serve(dir.path()).args(["--listen", "127.0.0.1:0"]));
    assert!(said.contains("asterism models pull"), "{said}");
}

#[test]
fn a_database_in_use_is_said_to_be() {
    let dir = tempfile::tempdir().unwrap();
    let first = Serving::start(dir.path());
    let said =
        refusal(serve(dir.path()).args(["--listen", "127.0.0.1:0", "--allow-missing-models"]));
    assert!(said.contains("in use"), "{said}");
    drop(first);
}

#[test]
fn an_unknown_key_of_the_configuration_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("asterism.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:0\"\nlisten_adress = 1\n").unwrap();
    let said = refusal(serve(dir.path()).arg("--config").arg(&file));
    assert!(said.contains("listen_adress"), "{said}");
}

#[test]
fn a_model_server_without_an_address_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let said = refusal(serve(dir.path()).args(["--ml-url", "models:8090"]));
    assert!(
        said.contains("ml-url") && said.contains("http://"),
        "{said}"
    );
}

#[test]
fn models_are_listed_with_their_licences() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(asterism()
        .args(["models", "list", "--models-dir"])
        .arg(dir.path()));
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("minilm") && said.contains("Apache-2.0") && said.contains("missing"),
        "{said}"
    );
    assert!(
        refusal(
            asterism()
                .args(["models", "verify", "--models-dir"])
                .arg(dir.path())
        )
        .contains("models pull")
    );
}
