//! `parlor-server serve`: starts the server, says where it listens, and ends it in order.

use std::{
    io::{self, Write},
    sync::Arc,
    thread,
    time::Duration,
};

use anyhow::Context;
use tokio::runtime;

use crate::{Config, MemorySecrets, logging, open_files};

/// How long work that cannot be cancelled, such as a password being hashed, may hold up the end.
const LAST_WORK: Duration = Duration::from_millis(200);

/// Serves until SIGTERM or ctrl-c.
pub(super) fn run(config: Config, print_sign_in_link: bool) -> anyhow::Result<()> {
    logging::start(&config.log)?;
    for notice in &config.notices {
        tracing::warn!("{notice}");
    }
    open_files::allow_many();
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(workers())
        .enable_all()
        .build();
    let runtime = runtime.context("the runtime cannot start")?;
    let served = runtime.block_on(serve(config, print_sign_in_link));
    runtime.shutdown_timeout(LAST_WORK);
    served
}

/// Threads that move words: half of the cores. A word's way is so short that waking another thread
/// for a part of it costs more than the way; the other half is for the threads of the store, for
/// passwords, and for whatever else the machine does.
fn workers() -> usize {
    thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2))
}

async fn serve(config: Config, print_sign_in_link: bool) -> anyhow::Result<()> {
    // From now on a signal ends the server in order, also while it starts.
    let ended = signals()?;
    let handle = crate::start(config, Arc::new(MemorySecrets::new([]))).await?;
    let link = if print_sign_in_link {
        Some(handle.sign_in_link(&handle.owner().await?))
    } else {
        handle.first_owner_link().await?
    };
    if let Err(error) = announce(&handle, link) {
        // Whoever started it may have closed its output; that is no reason to stop.
        tracing::warn!(%error, "the addresses could not be printed");
    }
    ended.await;
    tracing::info!("going down");
    handle.shutdown().await;
    Ok(())
}

/// One line per address on standard output, for people and scripts that wait for it.
fn announce(handle: &crate::ServerHandle, link: Option<String>) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    for address in handle.addresses() {
        writeln!(stdout, "listening on {}://{address}", handle.scheme())?;
    }
    if let Some(link) = link {
        writeln!(stdout, "sign in at {link}")?;
    }
    stdout.flush()
}

/// Listens for signals from the call on; resolves when one came.
#[cfg(unix)]
fn signals() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("no signals here")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("no signals here")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Elsewhere ctrl-c is all there is.
#[cfg(not(unix))]
fn signals() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
