//! The app around the window: it starts the server inside, opens the window on the bundled UI,
//! and ends the server in order when the window goes.
//!
//! The window loads nothing from anywhere else. Whatever leads out of it (a link, a new window) is
//! refused here and given to the system's browser.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use base64::Engine;
use chat_server::{Config, ServerHandle};
use secrecy::SecretString;
use tauri::{
    App, AppHandle, Manager, RunEvent, Url, WebviewUrl, WebviewWindowBuilder,
    webview::NewWindowResponse,
};
use tauri_plugin_opener::OpenerExt;
use tauri_plugin_store::StoreExt;
use tauri_plugin_window_state::StateFlags;
use tokio::{
    sync::{RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::timeout,
};

use crate::{
    commands,
    errors::{Code, HostError},
    keyring::{self, KeyringSecrets, Purpose},
    servers::Servers,
};

/// Settings of this device, shared with the window (which may not open any other file).
const DEVICE_STORE: &str = "device.json";
/// How long the person may take to unlock the keyring before the server starts without it.
const UNLOCKING: Duration = Duration::from_secs(60);
const SIGNING_SECRET: &str = "jwt-secret";

/// What commands work on.
pub(crate) struct Host {
    data_dir: PathBuf,
    server: RwLock<Option<ServerHandle>>,
    pub(crate) secrets: Arc<KeyringSecrets>,
    pub(crate) servers: Servers,
}

/// Runs the app until its window is closed.
pub(crate) fn run() -> anyhow::Result<()> {
    let remembered = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    let app = tauri::Builder::default()
        // First, so that a second start ends before it touches anything.
        .plugin(tauri_plugin_single_instance::init(
            |app, _arguments, _directory| show(app),
        ))
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(remembered)
                .build(),
        )
        .plugin(tauri_plugin_store::Builder::new().build())
        .plugin(
            tauri_plugin_opener::Builder::new()
                .open_js_links_on_click(false)
                .build(),
        )
        .invoke_handler(tauri::generate_handler![
            commands::connection,
            commands::servers,
            commands::sign_in_server,
            commands::look_at_server,
            commands::sign_in_by_browser,
            commands::cancel_browser_sign_in,
            commands::ask_pairing,
            commands::claim_pairing,
            commands::cancel_pairing,
            commands::use_server,
            commands::server_connection,
            commands::rename_server,
            commands::remove_server,
            commands::keyring_state,
            commands::set_provider_key,
            commands::remove_provider_key,
            commands::sign_in_link,
        ])
        .setup(|app| set_up(app).map_err(Into::into))
        .build(tauri::generate_context!())
        .context("the app cannot be set up")?;
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            let host = app.state::<Host>();
            tauri::async_runtime::block_on(host.shut_down());
        }
    });
    Ok(())
}

fn set_up(app: &mut App) -> anyhow::Result<()> {
    let data_dir = match std::env::var_os("PARLOR_DATA_DIR") {
        Some(directory) => PathBuf::from(directory),
        None => app.path().app_data_dir().context("no place for data")?,
    };
    let store = app
        .store(DEVICE_STORE)
        .context("the device's settings cannot be opened")?;
    app.manage(Host {
        data_dir,
        server: RwLock::default(),
        secrets: Arc::default(),
        servers: Servers::new(store),
    });
    let handle = app.handle().clone();
    tauri::async_runtime::spawn(async move {
        // The window asks for the server too, and is told if it did not start.
        if let Err(error) = handle.state::<Host>().server().await {
            tracing::error!(%error, "the server inside did not start");
        }
    });
    end_on_signal(app.handle().clone());
    open_window(app)
}

fn open_window(app: &App) -> anyhow::Result<()> {
    let (navigating, opening) = (app.handle().clone(), app.handle().clone());
    WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .title("Parlor")
        .inner_size(1280.0, 800.0)
        .min_inner_size(360.0, 480.0)
        .on_navigation(move |url| {
            let ours = is_ours(url);
            if !ours {
                open_outside(&navigating, url);
            }
            ours
        })
        .on_new_window(move |url, _features| {
            open_outside(&opening, &url);
            NewWindowResponse::Deny
        })
        .build()
        .context("the window cannot be opened")?;
    Ok(())
}

/// The bundled UI: Tauri's own scheme, or on Windows its host.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

fn open_outside(app: &AppHandle, url: &Url) {
    if !matches!(url.scheme(), "http" | "https" | "mailto") {
        tracing::warn!(scheme = url.scheme(), "a link of this kind is not followed");
        return;
    }
    if let Err(error) = app.opener().open_url(url.as_str(), None::<&str>) {
        tracing::warn!(%error, "the system did not open a link");
    }
}

fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        // Each may be unsupported on some desktop; the others still help.
        for result in [window.unminimize(), window.show(), window.set_focus()] {
            if let Err(error) = result {
                tracing::debug!(%error, "the window could not be brought forward");
            }
        }
    }
}

/// Ctrl-C and SIGTERM end the app as closing its window does.
fn end_on_signal(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let Ok(mut terminate) = signal(SignalKind::terminate()) else {
                return;
            };
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        app.exit(0);
    });
}

impl Host {
    /// The server inside, started first where it does not run: so asking again is trying again.
    pub(crate) async fn server(&self) -> Result<RwLockReadGuard<'_, ServerHandle>, HostError> {
        match RwLockReadGuard::try_map(self.server.read().await, Option::as_ref) {
            Ok(running) => return Ok(running),
            // Handed back where there is no server; kept, it would lock out the writer below.
            Err(none) => drop(none),
        }
        let mut slot = self.server.write().await;
        if slot.is_none() {
            *slot = Some(self.start().await?);
        }
        RwLockReadGuard::try_map(RwLockWriteGuard::downgrade(slot), Option::as_ref)
            .map_err(|_| HostError::new(Code::ServerFailed, "the server inside has ended"))
    }

    async fn start(&self) -> Result<ServerHandle, HostError> {
        let mut config = Config::embedded(self.data_dir.clone());
        config.own_jwt_secret = Some(signing_secret().await?);
        let started = chat_server::start(config, self.secrets.clone()).await;
        let server = started.map_err(|error| {
            let error = anyhow::Error::from(error);
            tracing::error!(
                error = format!("{error:#}"),
                "the server inside did not start"
            );
            HostError::new(Code::ServerFailed, format!("{error:#}"))
        })?;
        for address in server.addresses() {
            println!("listening on http://{address}");
        }
        Ok(server)
    }

    async fn shut_down(&self) {
        if let Some(server) = self.server.write().await.take() {
            server.shutdown().await;
        }
    }
}

/// What the server signs its tokens with: kept in the keyring, or else of this run only. Then
/// browsers that signed in are signed out when Parlor ends; no file ever holds it.
async fn signing_secret() -> Result<SecretString, HostError> {
    let fresh = fresh_secret()?;
    let candidate = fresh.clone();
    let kept = keyring::off_thread(move || {
        if let Some(secret) = keyring::read(Purpose::Signing, SIGNING_SECRET)? {
            return Ok(secret);
        }
        keyring::write(Purpose::Signing, SIGNING_SECRET, &candidate)?;
        Ok(candidate)
    });
    match timeout(UNLOCKING, kept).await {
        Ok(Ok(secret)) => Ok(secret),
        Ok(Err(error)) => {
            tracing::warn!(%error, "no keyring: sign-ins from browsers last until Parlor ends");
            Ok(fresh)
        }
        Err(_) => {
            tracing::warn!(
                "the keyring stayed locked: sign-ins from browsers last until Parlor ends"
            );
            Ok(fresh)
        }
    }
}

fn fresh_secret() -> Result<SecretString, HostError> {
    let mut bytes = [0; 48];
    getrandom::fill(&mut bytes)
        .map_err(|_| HostError::new(Code::ServerFailed, "the system gives no random numbers"))?;
    Ok(SecretString::from(
        base64::engine::general_purpose::STANDARD.encode(bytes),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bundled_ui_is_ours() {
        for ours in [
            "tauri://localhost/",
            "tauri://localhost/chat/1",
            "http://tauri.localhost/",
        ] {
            assert!(is_ours(&ours.parse().unwrap()), "{ours}");
        }
        for foreign in [
            "http://127.0.0.1:3000/",
            "https://example.org/",
            "tauri://evil/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,hi",
            "about:blank",
            "https://tauri.localhost.evil.test/",
        ] {
            assert!(!is_ours(&foreign.parse().unwrap()), "{foreign}");
        }
    }
}
