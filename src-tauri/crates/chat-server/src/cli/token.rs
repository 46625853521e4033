//! `parlor-server token`: a token for an account, for scripts.

use std::{io::Write, time::Duration};

use chat_core::Sources;
use chat_store::Database;
use clap::Args;

use super::user;
use crate::{
    auth::{SigningSecret, Tokens},
    config::Config,
};

/// The longest life of a token: ten years, in seconds.
const LONGEST: u64 = 10 * 366 * 24 * 60 * 60;

#[derive(Debug, Args)]
pub(super) struct TokenArguments {
    /// The account
    name: String,
    /// How long it is good, such as 30s, 15m, 1h, 7d or 4w
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = duration)]
    expires_in: Duration,
}

/// Prints a token alone.
pub(super) async fn run(
    arguments: &TokenArguments,
    database: &Database,
    config: &Config,
    stdout: &mut impl Write,
) -> anyhow::Result<()> {
    let user = user::by_name(database, &arguments.name).await?;
    anyhow::ensure!(user.enabled, "the account {:?} is disabled", arguments.name);
    let tokens = Tokens::new(&SigningSecret::resolve(config)?);
    let now = Sources::system().clock.now();
    writeln!(
        stdout,
        "{}",
        tokens.issue(&user.id, None, arguments.expires_in, now)
    )?;
    Ok(())
}

/// Reads `30s`, `15m`, `1h`, `7d`, `4w`.
fn duration(text: &str) -> Result<Duration, String> {
    let units = [
        ('s', 1),
        ('m', 60),
        ('h', 3_600),
        ('d', 86_400),
        ('w', 604_800),
    ];
    let read = || {
        let unit = text.chars().last()?;
        let (_, seconds) = units.iter().find(|(name, _)| *name == unit)?;
        let digits = text.strip_suffix(unit)?;
        let count: u64 = digits
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| digits.parse().ok())??;
        let seconds = count.checked_mul(*seconds)?;
        (1..=LONGEST)
            .contains(&seconds)
            .then_some(Duration::from_secs(seconds))
    };
    read().ok_or_else(|| "a time is a number and s, m, h, d or w, at most ten years".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        for (text, seconds) in [
            ("30s", 30),
            ("15m", 900),
            ("1h", 3_600),
            ("7d", 604_800),
            ("4w", 2_419_200),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "", "s", "0s", "1", "1y", "-1h", "+1h", "1.5h", "1 h", "9999w", "1é",
        ] {
            assert!(duration(text).is_err(), "{text:?}");
        }
        assert!(duration(&format!("{}w", u64::MAX)).is_err(), "no overflow");
    }
}
