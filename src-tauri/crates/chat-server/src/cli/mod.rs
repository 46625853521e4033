//! The command line of `parlor-server`: reads it, resolves the settings, runs one command, and
//! says in one line what went wrong. What people are called or what a file says reaches the
//! terminal only with its escape codes made visible.

mod care;
mod health;
mod serve;
#[cfg(test)]
mod tests;
mod token;
mod user;

use std::{
    ffi::OsString,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context;
use chat_core::{Change, CommitObserver};
use chat_store::Database;
use clap::{Args, Parser, Subcommand, error::ErrorKind};
use tokio::runtime;

use crate::{
    config::{Config, ConfigError, Environment, Flags, page},
    logging::visible,
};

/// The status of a command line or a setting that makes no sense.
const USAGE: u8 = 2;

/// Parlor's chat server without a window. Without a command it serves.
#[derive(Debug, Parser)]
#[command(name = "parlor-server", version)]
struct CommandLine {
    /// Where the database and the secret of tokens are kept
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The configuration, instead of parlor.toml here or in the data directory
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    serve: ServeArguments,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the web UI and the WebSocket until SIGTERM or ctrl-c
    Serve(ServeArguments),
    /// Accounts; works while the server runs
    #[command(subcommand)]
    User(user::UserCommand),
    /// Print a token for an account; run it with the JWT_SECRET that the server has, if any
    Token(token::TokenArguments),
    /// Copy the database to a file; works while the server runs
    Backup { file: PathBuf },
    /// Replace the database by a backup; the server must be stopped
    Restore { file: PathBuf },
    /// Look for damage in the database
    Check,
    /// Ask the running server whether it is well
    Health,
    /// Print what can be set, and how
    Settings,
}

#[derive(Debug, Default, Args)]
struct ServeArguments {
    /// An address to listen on; may repeat; port 0 picks a free one [default: 127.0.0.1:3000]
    #[arg(long, value_name = "ADDR")]
    listen: Vec<String>,
    /// How log lines on standard error are written
    #[arg(long, value_name = "text|json")]
    log_format: Option<String>,
    /// Print a link that signs the owner in, once; makes the account where there is none
    #[arg(long)]
    print_sign_in_link: bool,
}

/// Why the process ends without success.
struct Failure {
    status: u8,
    message: String,
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self {
            status: 1,
            message: format!("{error:#}"),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self {
            status: USAGE,
            message: format!("{:#}", anyhow::Error::from(error)),
        }
    }
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    match run(std::env::args_os()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Where standard error is closed there is nobody to tell.
            let _ = writeln!(io::stderr(), "parlor-server: {}", visible(&failure.message));
            ExitCode::from(failure.status)
        }
    }
}

fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<(), Failure> {
    let (command, flags) = match read(arguments) {
        Ok(read) => read,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            error.print().context("the help cannot be printed")?;
            return Ok(());
        }
        Err(error) => {
            return Err(Failure {
                status: USAGE,
                message: usage(&error),
            });
        }
    };
    if matches!(command, Command::Settings) {
        // Asked for when the settings cannot be resolved, above all.
        write!(io::stdout(), "{}", page()).context("the settings cannot be printed")?;
        return Ok(());
    }
    let here = std::env::current_dir().context("the working directory is gone")?;
    let config = Config::resolve(&flags, &Environment::of_process(), &here)?;
    Ok(perform(command, config)?)
}

/// Reads the command line: the command, and the settings that it gives.
fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<(Command, Flags), clap::Error> {
    let line = CommandLine::try_parse_from(arguments)?;
    let mut serve = line.serve;
    let command = match line.command {
        // `--listen A serve --listen B` is one command line.
        Some(Command::Serve(more)) => {
            serve.listen.extend(more.listen);
            serve.log_format = more.log_format.or(serve.log_format);
            serve.print_sign_in_link |= more.print_sign_in_link;
            Command::Serve(ServeArguments::default())
        }
        Some(_)
            if !serve.listen.is_empty()
                || serve.log_format.is_some()
                || serve.print_sign_in_link =>
        {
            return Err(clap::Error::raw(
                ErrorKind::ArgumentConflict,
                "--listen, --log-format and --print-sign-in-link belong to serve",
            ));
        }
        Some(command) => command,
        None => Command::Serve(ServeArguments::default()),
    };
    let flags = Flags {
        config: line.config,
        data_dir: line.data_dir,
        listen: std::mem::take(&mut serve.listen),
        log_format: serve.log_format.take(),
    };
    let command = if let Command::Serve(_) = command {
        Command::Serve(serve)
    } else {
        command
    };
    Ok((command, flags))
}

fn perform(command: Command, config: Config) -> anyhow::Result<()> {
    let (stdin, stdout) = (&mut io::stdin().lock(), &mut io::stdout().lock());
    let command = match command {
        Command::Serve(arguments) => return serve::run(config, arguments.print_sign_in_link),
        Command::Restore { file } => return care::restore(&file, &config.database(), stdout),
        command => command,
    };
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    runtime
        .context("the runtime cannot start")?
        .block_on(async {
            match command {
                Command::User(command) => {
                    let issuer = config.auth.issuer.as_deref();
                    let issuer = issuer.or(config.oidc.issuer.as_deref());
                    user::run(command, &*open(&config)?, issuer, stdin, stdout).await
                }
                Command::Token(arguments) => {
                    token::run(&arguments, &*open_old(&config)?, &config, stdout).await
                }
                Command::Backup { file } => care::backup(&*open_old(&config)?, &file, stdout).await,
                Command::Health => health::run(&config, stdout).await,
                Command::Check => care::check(&*open_old(&config)?, stdout).await,
                Command::Serve(_) | Command::Restore { .. } | Command::Settings => Ok(()),
            }
        })
}

/// Opens the database, which a first account may make.
fn open(config: &Config) -> anyhow::Result<Arc<Database>> {
    Ok(Database::open(&config.database(), Arc::new(Nobody))?)
}

/// Opens a database that must be there.
fn open_old(config: &Config) -> anyhow::Result<Arc<Database>> {
    let path = config.database();
    anyhow::ensure!(path.exists(), "there is no database at {}", path.display());
    open(config)
}

/// Hears of commits when no server runs in this process.
struct Nobody;

impl CommitObserver for Nobody {
    fn committed(&self, _change: Change) {}
}

/// What clap says, in one line.
fn usage(error: &clap::Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "a command is missing; see parlor-server --help".to_owned();
    }
    let text = error.to_string();
    let said = text.split("\n\nUsage:").next().unwrap_or_default();
    let words: Vec<&str> = said.split_whitespace().collect();
    let said = words.join(" ");
    format!(
        "{}; see parlor-server --help",
        said.strip_prefix("error: ").unwrap_or(&said)
    )
}
