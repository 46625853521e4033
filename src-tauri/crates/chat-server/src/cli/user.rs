//! `parlor-server user`: accounts. All of it works while the server runs on the same database.

use std::io::{BufRead, Read, Write};

use anyhow::Context;
use chat_core::{Actor, AuditAction, Sources, StoreError, User, UserId, UserRole};
use chat_store::Database;
use clap::{Subcommand, ValueEnum};
use secrecy::SecretString;
use serde::Serialize;

use crate::{
    auth::{check_account_name, password},
    logging::visible,
};

/// The longest line that can hold a password, in bytes.
const LONGEST_LINE: u64 = 4096;

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Make an account and print its id alone
    Add {
        /// Unique without regard to case
        name: String,
        /// What they may do [default: member; the first account of all becomes owner]
        #[arg(long)]
        role: Option<RoleName>,
        /// Read a password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// List all accounts, oldest first
    List {
        /// As a JSON array
        #[arg(long)]
        json: bool,
    },
    /// Close an account: its tokens are refused and its connections end
    Disable { name: String },
    /// Open it again
    Enable { name: String },
    /// Give an account a new password, from the first line of standard input; its devices are
    /// signed out
    Password { name: String },
    /// Tie somebody's `sub` at the system of auth.issuer or oidc.issuer to an account here
    Link { name: String, subject: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RoleName {
    Owner,
    Admin,
    Member,
}

impl From<RoleName> for UserRole {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Owner => Self::Owner,
            RoleName::Admin => Self::Admin,
            RoleName::Member => Self::Member,
        }
    }
}

impl From<UserRole> for RoleName {
    fn from(role: UserRole) -> Self {
        match role {
            UserRole::Owner => Self::Owner,
            UserRole::Admin => Self::Admin,
            UserRole::Member => Self::Member,
        }
    }
}

/// An account as `user list --json` shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListedUser<'a> {
    id: &'a str,
    name: &'a str,
    role: RoleName,
    enabled: bool,
    /// Milliseconds since 1970.
    created_at: i64,
}

/// Runs one of them.
pub(super) async fn run(
    command: UserCommand,
    database: &Database,
    issuer: Option<&str>,
    stdin: &mut impl BufRead,
    stdout: &mut impl Write,
) -> anyhow::Result<()> {
    match command {
        UserCommand::Add {
            name,
            role,
            password_stdin,
        } => {
            let password = if password_stdin {
                Some(read_password(stdin)?)
            } else {
                None
            };
            let user = add(database, &name, role, password).await?;
            writeln!(stdout, "{}", user.id)?;
        }
        UserCommand::List { json } => list(&database.users().await?, json, stdout)?,
        UserCommand::Disable { name } => {
            database
                .set_user_enabled(&name, false, actor())
                .await
                .map_err(|error| about(error, &name))?;
        }
        UserCommand::Enable { name } => {
            database
                .set_user_enabled(&name, true, actor())
                .await
                .map_err(|error| about(error, &name))?;
        }
        UserCommand::Link { name, subject } => {
            let issuer =
                issuer.context("no other system is known: set auth.issuer or oidc.issuer")?;
            let user = by_name(database, &name).await?;
            let linked = database.link_identity(issuer, &subject, &user.id, actor());
            linked.await.map_err(|error| match error {
                StoreError::IdTaken => anyhow::anyhow!("{subject:?} has an account here already"),
                other => about(other, &name),
            })?;
        }
        UserCommand::Password { name } => {
            let user = by_name(database, &name).await?;
            let hash = password::hash_blocking(&read_password(stdin)?)?;
            database
                .set_password(&user.id, hash, None, actor())
                .await
                .map_err(|error| about(error, &name))?;
        }
    }
    Ok(())
}

/// The account of that name.
pub(super) async fn by_name(database: &Database, name: &str) -> anyhow::Result<User> {
    let found = database.user_by_name(name).await?;
    let (user, _) = found.ok_or_else(|| about(StoreError::NotFound, name))?;
    Ok(user)
}

async fn add(
    database: &Database,
    name: &str,
    role: Option<RoleName>,
    password: Option<SecretString>,
) -> anyhow::Result<User> {
    check_account_name(name)?;
    let role = match role {
        Some(role) => role.into(),
        // Somebody has to be able to let the others in.
        None if database.users().await?.is_empty() => UserRole::Owner,
        None => UserRole::Member,
    };
    let hash = password.as_ref().map(password::hash_blocking).transpose()?;
    let sources = Sources::system();
    let id = UserId::parse(&sources.ids.fresh()).context("an id could not be made")?;
    let made = database
        .create_user(id, name, role, hash, sources.clock.now())
        .await;
    let user = made.map_err(|error| about(error, name))?;
    let (action, id) = (AuditAction::UserCreated, user.id.clone());
    database
        .note(actor(), action, Some(id), String::new())
        .await?;
    Ok(user)
}

fn list(users: &[User], json: bool, stdout: &mut impl Write) -> anyhow::Result<()> {
    if json {
        let listed: Vec<_> = users
            .iter()
            .map(|user| ListedUser {
                id: user.id.as_str(),
                name: &user.name,
                role: user.role.into(),
                enabled: user.enabled,
                created_at: user.created_at.0,
            })
            .collect();
        // Invisible characters become JSON's escapes, so it stays the same JSON.
        writeln!(stdout, "{}", visible(&serde_json::to_string(&listed)?))?;
        return Ok(());
    }
    for user in users {
        let role = match user.role {
            UserRole::Owner => "owner",
            UserRole::Admin => "admin",
            UserRole::Member => "member",
        };
        let state = if user.enabled { "enabled" } else { "disabled" };
        writeln!(
            stdout,
            "{}  {role:<6}  {state:<8}  {}",
            user.id,
            visible(&user.name)
        )?;
    }
    Ok(())
}

fn read_password(stdin: &mut impl BufRead) -> anyhow::Result<SecretString> {
    let mut line = String::new();
    let read = stdin.take(LONGEST_LINE).read_line(&mut line);
    read.context("the password cannot be read from standard input")?;
    let length = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(length);
    Ok(line.into())
}

/// The log of who did what says that it was done here.
fn actor() -> Actor {
    Actor {
        user: None,
        address: "command line".to_owned(),
        at: Sources::system().clock.now(),
    }
}

fn about(error: StoreError, name: &str) -> anyhow::Error {
    match error {
        StoreError::NotFound => anyhow::anyhow!("there is no account {name:?}"),
        StoreError::IdTaken => anyhow::anyhow!("there is an account {name:?} already"),
        other => other.into(),
    }
}
