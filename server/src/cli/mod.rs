//! The command line.

mod models;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use protocol::element::Visibility;
use protocol::value::Handle;

use crate::config::{Config, LogFormat, ServeOptions, default_models_dir};
use crate::{import, seed, serve, telemetry};

/// Self-hosted visual discovery, live.
#[derive(Debug, Parser)]
#[command(
    name = "asterism",
    version,
    propagate_version = true,
    about = "Self-hosted visual discovery, live"
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server
    Serve(Box<ServeOptions>),
    /// Fetch, list or check the models
    Models(ModelsArgs),
    /// Save a folder of pictures, with everything below it, or take an exported archive back
    Import(Box<ImportArgs>),
    /// Fill a new data folder with a library that is made up, to measure with
    Seed(Box<SeedArgs>),
}

#[derive(Debug, Args)]
pub struct ModelsArgs {
    #[command(subcommand)]
    pub action: ModelsAction,
    /// Where the models lie [default: ASTERISM_CACHE/models]
    #[arg(long, global = true, value_name = "DIR", env = "ASTERISM_MODELS_DIR")]
    pub models_dir: Option<PathBuf>,
}

#[derive(Debug, Clone, Subcommand)]
pub enum ModelsAction {
    /// Fetch what is missing, check every byte, convert
    Pull(PullArgs),
    /// Say what there is, with licences and sizes; of a running server, what it keeps in memory
    List(ListArgs),
    /// Read every file again and compare it with its checksum
    Verify,
    /// Remove models of other versions, leftovers of fetches, and other files that no model needs
    Prune {
        /// Only say what would go
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    /// Ask this running server too, e.g. http://127.0.0.1:8080
    #[arg(long, value_name = "URL", requires = "token")]
    pub server: Option<String>,
    /// With --server: a token of an administrator
    #[arg(long, env = "ASTERISM_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub struct PullArgs {
    /// Only these; models of the hub profile are fetched when they are named [default: what is needed]
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// The model hub, or a mirror of it
    #[arg(long, value_name = "URL", env = "HF_ENDPOINT")]
    pub hub: Option<String>,
    /// For what the hub does not give to everybody
    #[arg(long, env = "HF_TOKEN", hide_env_values = true)]
    pub hub_token: Option<String>,
}

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The folder, or the archive that an account exported
    #[arg(value_name = "DIR|FILE")]
    pub dir: PathBuf,
    /// The account that gets the pictures; it has to exist
    #[arg(long, visible_alias = "as", value_name = "HANDLE")]
    pub user: Handle,
    /// Who may see them: private, unlisted or public
    #[arg(long, value_parser = visibility, default_value = "private")]
    pub visibility: Visibility,
    /// Send them to this running server, e.g. http://127.0.0.1:8080, instead of opening the data folder
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// With --server: a token of the account; else the password is taken from ASTERISM_PASSWORD
    #[arg(long, env = "ASTERISM_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    #[command(flatten)]
    pub options: ServeOptions,
}

#[derive(Debug, Args)]
pub struct SeedArgs {
    /// How many elements; 0: the sample library only
    #[arg(long, value_name = "N")]
    pub elements: usize,
    /// How many accounts [default: one for 100 elements]
    #[arg(long, value_name = "N")]
    pub users: Option<usize>,
    /// Another number makes another library
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Make no library, but write so many vectors to this file
    #[arg(long, value_name = "FILE", hide = true)]
    pub write_vectors: Option<PathBuf>,
    #[command(flatten)]
    pub options: ServeOptions,
}

fn visibility(text: &str) -> Result<Visibility, String> {
    match text {
        "private" => Ok(Visibility::Private),
        "unlisted" => Ok(Visibility::Unlisted),
        "public" => Ok(Visibility::Public),
        _ => Err("choose private, unlisted or public".into()),
    }
}

/// Does what the command line says.
///
/// # Errors
/// In words that fit on one line and say what to do.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(options) => {
            let config = Config::load(*options)?;
            telemetry::init(config.log);
            actix_web::rt::System::new().block_on(serve::run(config))
        }
        Command::Models(args) => {
            telemetry::init(LogFormat::Text);
            models::run(
                &args.action,
                &args.models_dir.unwrap_or_else(default_models_dir),
            )
        }
        Command::Import(args) => {
            let config = Config::load(args.options.clone())?;
            telemetry::init_quiet(config.log);
            actix_web::rt::System::new().block_on(import::run(&args, config))
        }
        Command::Seed(args) => {
            let config = Config::load(args.options.clone())?;
            telemetry::init_quiet(config.log);
            actix_web::rt::System::new().block_on(seed::run(&args, config))
        }
    }
}

#[cfg(test)]
mod compose_tests;

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serve_takes_every_documented_flag() {
        let line = [
            "asterism",
            "serve",
            "--data-dir",
            "d",
            "--listen",
            "127.0.0.1:1",
            "--mqtt-listen",
            "off",
            "--db-url",
            "mem://",
            "--models-dir",
            "m",
            "--sample-library",
            "on",
            "--samples-dir",
            "s",
            "--static-dir",
            "w",
            "--log",
            "json",
            "--mqtt-url",
            "mqtt://b",
            "--ml-url",
            "http://m",
            "--config",
            "c",
            "--allow-missing-models",
            "--trusted-proxy",
            "10.0.0.1",
            "--allow-origin",
            "https://a.example",
        ];
        let Command::Serve(options) = Cli::try_parse_from(line).unwrap().command else {
            panic!("not serve");
        };
        assert_eq!(options.sample_library, Some(crate::config::Switch::On));
        assert_eq!(options.mqtt_listen, Some(crate::config::MqttListen::Off));
        assert!(options.allow_missing_models);
    }

    #[test]
    fn import_needs_an_account() {
        assert!(Cli::try_parse_from(["asterism", "import", "pictures"]).is_err());
        let parsed = Cli::try_parse_from(["asterism", "import", "pictures", "--user", "ada"]);
        assert!(parsed.is_ok(), "{parsed:?}");
        let parsed = Cli::try_parse_from(["asterism", "import", "ada.tar", "--as", "ada"]);
        assert!(parsed.is_ok(), "{parsed:?}");
    }
}
