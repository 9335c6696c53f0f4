use std::path::PathBuf;

use super::*;

fn file(text: &str) -> FileConfig {
    FileConfig::parse(text).unwrap()
}

#[test]
fn flags_win_over_the_file_and_the_file_over_defaults() {
    let options = ServeOptions {
        listen: Some("127.0.0.1:9000".parse().unwrap()),
        data_dir: Some("/srv/flag".into()),
        ..ServeOptions::default()
    };
    let config = Config::decide(
        options,
        file("listen = \"127.0.0.1:9001\"\nmodels_dir = \"/srv/models\"\nsample-library = \"on\""),
    )
    .unwrap();
    assert_eq!(config.listen.port(), 9000);
    assert_eq!(config.models_dir, PathBuf::from("/srv/models"));
    assert!(config.sample_library);
    assert_eq!(config.db_url, "surrealkv:///srv/flag/db");
    assert_eq!(config.mqtt_listen, MqttListen::default());
    assert_eq!(config.log, LogFormat::Text);
}

#[test]
fn an_unknown_key_is_named_with_its_line() {
    let error = FileConfig::parse("log = \"json\"\nlisten_adress = \"x\"").unwrap_err();
    assert!(error.contains("listen_adress"), "{error}");
    assert!(error.contains("line 2"), "{error}");
    assert!(!error.contains('\n'), "{error}");
}

#[test]
fn a_wrong_value_is_an_error() {
    assert!(FileConfig::parse("log = \"xml\"").is_err());
    assert!(FileConfig::parse("mqtt_listen = \"sometimes\"").is_err());
    assert!(FileConfig::parse("listen = 8080").is_err());
}

#[test]
fn an_external_broker_turns_the_embedded_one_off() {
    let config = Config::decide(
        ServeOptions::default(),
        file("mqtt_url = \"mqtt://broker\""),
    )
    .unwrap();
    assert_eq!(config.mqtt_listen, MqttListen::Off);
    let both = file("mqtt_url = \"mqtt://broker\"\nmqtt_listen = \"127.0.0.1:1883\"");
    assert!(Config::decide(ServeOptions::default(), both).is_err());
}

#[test]
fn flags_about_models_win_over_their_table_in_the_file() {
    let table = "[ml]\nurl = \"http://file:8090\"\nmemory_budget = \"1.5G\"\nidle_ttl = 60";
    let options = ServeOptions {
        ml: MlOptions {
            url: Some("http://flag:8090".into()),
            workers: Some(3),
            ..MlOptions::default()
        },
        ..ServeOptions::default()
    };
    let ml = Config::decide(options, file(table)).unwrap().ml;
    assert_eq!(ml.url.as_deref(), Some("http://flag:8090"));
    assert_eq!(ml.memory_budget, Some(3 << 29));
    assert_eq!(ml.idle_ttl, Some(std::time::Duration::from_secs(60)));
    assert_eq!(ml.workers, Some(3));
}

#[test]
fn what_makes_no_sense_for_models_is_named() {
    for (text, key) in [
        ("ml_url = \"models:8090\"", "ml-url"),
        ("[ml]\nmemory_budget = \"much\"", "ml.memory_budget"),
        ("[ml]\nworkers = 0", "ml.workers"),
        ("[ml]\nimage_model = \"../clip\"", "ml.image_model"),
    ] {
        let error = Config::decide(ServeOptions::default(), file(text)).unwrap_err();
        assert!(error.to_string().contains(key), "{error}");
    }
}

#[test]
fn what_may_be_fetched_is_said_by_flags_or_the_file() {
    let table = "[fetch]\nallow = [\"10.0.0.0/8\", \"nas.lan:5000\"]\nports = [80, 8080]";
    let config = Config::decide(ServeOptions::default(), file(table)).unwrap();
    assert!(config.fetch.on);
    assert_eq!(config.fetch.ports, [80, 8080]);
    assert_eq!(config.fetch.allow.len(), 2);
    let options = ServeOptions {
        fetch: FetchOptions {
            on: Some(Switch::Off),
            allow: vec!["192.168.1.5".into()],
            ..FetchOptions::default()
        },
        ..ServeOptions::default()
    };
    let fetch = Config::decide(options, file(table)).unwrap().fetch;
    assert!(!fetch.on);
    assert_eq!(fetch.allow, ["192.168.1.5".parse().unwrap()]);
    let default = Config::decide(ServeOptions::default(), file("")).unwrap();
    assert_eq!(default.fetch, FetchConfig::default());
    let wrong = file("[fetch]\nallow = [\"everything\", \"10.0.0.0/99\"]");
    let error = Config::decide(ServeOptions::default(), wrong).unwrap_err();
    assert!(error.to_string().contains("fetch.allow"), "{error}");
}

#[test]
fn lists_of_the_flags_replace_those_of_the_file() {
    let options = ServeOptions {
        allowed_origins: vec!["https://a.example".into()],
        ..ServeOptions::default()
    };
    let config =
        Config::decide(options, file("allowed_origins = [\"https://b.example\"]")).unwrap();
    assert_eq!(config.allowed_origins, ["https://a.example"]);
}
