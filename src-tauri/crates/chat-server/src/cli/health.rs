//! `parlor-server health`: asks the server of these settings whether it is well, for containers,
//! which have nothing else to ask with.

use std::{
    io::Write,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use anyhow::{Context as _, ensure};

use crate::Config;

/// Whoever asks has a deadline of a few seconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// Succeeds when the server that listens at the first address of the settings can write.
pub(super) async fn run(config: &Config, stdout: &mut impl Write) -> anyhow::Result<()> {
    let address = config.server.listen.first().context("it listens nowhere")?;
    ensure!(
        address.port() != 0,
        "nobody knows which port was picked: set one with --listen or server.listen"
    );
    let address = near(*address);
    // It is this computer that is asked, so whose certificate it shows makes no difference.
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .tls_danger_accept_invalid_certs(true)
        .build()?;
    let mut last = None;
    for scheme in ["http", "https"] {
        match client
            .get(format!("{scheme}://{address}/healthz"))
            .send()
            .await
        {
            Ok(answer) if answer.status().is_success() => {
                writeln!(stdout, "ok")?;
                return Ok(());
            }
            Ok(answer) => last = Some(anyhow::anyhow!("it answers {}", answer.status())),
            Err(error) => last = Some(last.unwrap_or_else(|| error.into())),
        }
    }
    let error = last.unwrap_or_else(|| anyhow::anyhow!("nobody answered"));
    Err(error.context(format!("the server at {address} is not well")))
}

/// Where a server that listens everywhere is found from here.
fn near(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(it) if it.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, it.port()).into(),
        SocketAddr::V6(it) if it.ip().is_unspecified() => (Ipv6Addr::LOCALHOST, it.port()).into(),
        other => other,
    }
}
