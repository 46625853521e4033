//! What the window may ask of its host. Chat is not among it: that goes over the socket, in the
//! app as in a browser. A key goes in and never comes out.

use std::sync::Arc;

use chat_server::{ProviderId, Secrets};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use tauri::{AppHandle, State, Url};
use tauri_plugin_opener::OpenerExt;

use crate::{
    errors::{Code, HostError},
    host::Host,
    keyring,
    pairing::Number,
    servers::{LOCAL, Route, ServerEntry, local_name},
    sign_in::Greeting,
};

/// The server the window talks to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Connection {
    url: String,
    token: String,
    server_id: String,
    server_name: String,
    remote: bool,
}

/// Where a key is kept now.
#[derive(Serialize)]
pub(crate) struct KeyPlace {
    key: &'static str,
}

/// Whether keys can be kept.
#[derive(Serialize)]
pub(crate) struct KeyringState {
    available: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Waits until the server inside is up; a remote one is reached through a relay.
#[tauri::command]
pub(crate) async fn connection(host: State<'_, Host>) -> Result<Connection, HostError> {
    if let Some(route) = host.servers.route().await? {
        return Ok(remote(route));
    }
    local(&host).await
}

/// The way to any known server, shown or not.
#[tauri::command]
pub(crate) async fn server_connection(
    host: State<'_, Host>,
    id: String,
) -> Result<Connection, HostError> {
    if id == LOCAL {
        return local(&host).await;
    }
    Ok(remote(host.servers.route_to(&id).await?))
}

fn remote(route: Route) -> Connection {
    Connection {
        url: route.url,
        token: route.token,
        server_id: route.id,
        server_name: route.name,
        remote: true,
    }
}

async fn local(host: &Host) -> Result<Connection, HostError> {
    let server = host.server().await?;
    let failed = || HostError::new(Code::ServerFailed, "the server inside has no owner");
    let address = server.addresses().first().ok_or_else(failed)?;
    Ok(Connection {
        url: format!("http://{address}"),
        token: server.launch_token().await.ok_or_else(failed)?,
        server_id: LOCAL.to_owned(),
        server_name: local_name(),
        remote: false,
    })
}

#[tauri::command]
pub(crate) fn servers(host: State<'_, Host>) -> Vec<ServerEntry> {
    host.servers.list()
}

#[tauri::command]
pub(crate) async fn sign_in_server(
    host: State<'_, Host>,
    address: String,
    name: String,
    password: String,
    certificate: Option<String>,
) -> Result<ServerEntry, HostError> {
    let password = SecretString::from(password);
    host.servers
        .sign_in(&address, &name, &password, certificate.as_deref())
        .await
}

/// What a server offers, so that the window can show it before anybody signs in.
#[tauri::command]
pub(crate) async fn look_at_server(
    host: State<'_, Host>,
    address: String,
    certificate: Option<String>,
) -> Result<Greeting, HostError> {
    host.servers.look(&address, certificate.as_deref()).await
}

/// Resolves once the person has come back from the system's browser.
#[tauri::command]
pub(crate) async fn sign_in_by_browser(
    app: AppHandle,
    host: State<'_, Host>,
    address: String,
    certificate: Option<String>,
) -> Result<ServerEntry, HostError> {
    let open = |address: &Url| {
        let opened = app.opener().open_url(address.as_str(), None::<&str>);
        opened.map_err(|error| {
            tracing::warn!(%error, "the system did not open a browser");
            HostError::new(Code::BrowserUnavailable, "the system opens no browser")
        })
    };
    let servers = &host.servers;
    servers
        .sign_in_by_browser(&address, certificate.as_deref(), open)
        .await
}

#[tauri::command]
pub(crate) fn cancel_browser_sign_in(host: State<'_, Host>) {
    host.servers.waiting.cancel();
}

/// Brings the code of a pairing; the other computer shows the number that comes back.
#[tauri::command]
pub(crate) async fn ask_pairing(
    host: State<'_, Host>,
    address: String,
    code: String,
    certificate: Option<String>,
) -> Result<Number, HostError> {
    let code = SecretString::from(code);
    host.servers
        .ask_pairing(&address, certificate.as_deref(), &code)
        .await
}

/// Waits a while for the yes there; nothing while there is none.
#[tauri::command]
pub(crate) async fn claim_pairing(host: State<'_, Host>) -> Result<Option<ServerEntry>, HostError> {
    host.servers.claim_pairing().await
}

#[tauri::command]
pub(crate) fn cancel_pairing(host: State<'_, Host>) {
    host.servers.cancel_pairing();
}

#[tauri::command]
pub(crate) fn use_server(host: State<'_, Host>, id: String) -> Result<(), HostError> {
    host.servers.activate(&id)
}

#[tauri::command]
pub(crate) fn rename_server(
    host: State<'_, Host>,
    id: String,
    name: String,
) -> Result<(), HostError> {
    host.servers.rename(&id, &name)
}

#[tauri::command]
pub(crate) async fn remove_server(host: State<'_, Host>, id: String) -> Result<(), HostError> {
    host.servers.remove(&id).await
}

#[tauri::command]
pub(crate) async fn keyring_state() -> Result<KeyringState, HostError> {
    let reason = match keyring::off_thread(keyring::probe).await {
        Ok(()) => None,
        Err(error) => Some(error.to_string()),
    };
    Ok(KeyringState {
        available: reason.is_none(),
        reason,
    })
}

#[tauri::command]
pub(crate) async fn set_provider_key(
    host: State<'_, Host>,
    provider: String,
    key: String,
    session_only: bool,
) -> Result<KeyPlace, HostError> {
    let provider = parse(&provider)?;
    // Keys are pasted, and what is pasted often ends in a line break.
    let key = SecretString::from(SecretString::from(key).expose_secret().trim());
    if key.expose_secret().is_empty() {
        return Err(HostError::new(Code::EmptyKey, "the key is empty"));
    }
    let secrets = Arc::clone(&host.secrets);
    if session_only {
        secrets.set_session(&provider, Some(key));
        return Ok(KeyPlace { key: "session" });
    }
    keyring::off_thread(move || secrets.keep(&provider, key)).await?;
    Ok(KeyPlace { key: "keyring" })
}

#[tauri::command]
pub(crate) async fn remove_provider_key(
    host: State<'_, Host>,
    provider: String,
) -> Result<KeyPlace, HostError> {
    let provider = parse(&provider)?;
    let secrets = Arc::clone(&host.secrets);
    keyring::off_thread(move || secrets.remove(&provider)).await?;
    Ok(KeyPlace { key: "none" })
}

#[tauri::command]
pub(crate) async fn sign_in_link(host: State<'_, Host>) -> Result<String, HostError> {
    let server = host.server().await?;
    let owner = server.owner().await.map_err(|error| {
        tracing::error!(%error, "the owner cannot be read");
        HostError::new(Code::ServerFailed, "the server inside has no owner")
    })?;
    Ok(server.sign_in_link(&owner))
}

fn parse(provider: &str) -> Result<ProviderId, HostError> {
    ProviderId::parse(provider)
        .map_err(|_| HostError::new(Code::BadProvider, "there is no such provider"))
}
