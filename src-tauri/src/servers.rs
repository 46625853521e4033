//! The servers this window knows, and which one it talks to.
//!
//! Names and addresses are settings of this device. A token stands in the keyring together with
//! the address it is for, so that nobody who can change the settings can have it sent elsewhere.
//! Without a keyring a remote sign-in lasts until the app ends.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tauri::Wry;
use tauri_plugin_store::Store;
use tokio::sync::Mutex;

use crate::{
    errors::{Code, HostError},
    keyring::{self, Purpose},
    relay::{Relay, Remote},
    sign_in::{self, Account},
};

/// The id of the server inside the app.
pub(crate) const LOCAL: &str = "local";

const KNOWN: &str = "knownServers";
const ACTIVE: &str = "activeServer";

/// A remote server as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    id: String,
    name: String,
    address: String,
    user: String,
}

/// A server as the window lists it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ServerEntry {
    id: String,
    name: String,
    address: String,
    user: String,
    active: bool,
}

/// What the keyring keeps for one server.
#[derive(Serialize, Deserialize)]
struct Access {
    address: String,
    token: String,
}

/// All that this device knows of servers.
pub(crate) struct Servers {
    store: Arc<Store<Wry>>,
    client: reqwest::Client,
    /// Sign-ins that no keyring keeps.
    session: RwLock<HashMap<String, Remote>>,
    /// The relay to the active remote server, by its id.
    relay: Mutex<Option<(String, Relay)>>,
}

/// How the window reaches the active remote server.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) token: String,
}

impl Servers {
    /// With the device's settings.
    pub(crate) fn new(store: Arc<Store<Wry>>, client: reqwest::Client) -> Self {
        Self {
            store,
            client,
            session: RwLock::default(),
            relay: Mutex::default(),
        }
    }

    /// The server inside first, then the remote ones.
    pub(crate) fn list(&self) -> Vec<ServerEntry> {
        let active = self.active();
        let local = ServerEntry {
            id: LOCAL.to_owned(),
            name: local_name(),
            address: String::new(),
            user: String::new(),
            active: active == LOCAL,
        };
        let remote = self.known().into_iter().map(|known| entry(known, &active));
        std::iter::once(local).chain(remote).collect()
    }

    /// Signs in at a server and makes it the active one.
    pub(crate) async fn sign_in(
        &self,
        typed: &str,
        name: &str,
        password: &SecretString,
    ) -> Result<ServerEntry, HostError> {
        let address = sign_in::address(typed)?;
        let account = sign_in::sign_in(&self.client, &address, name, password).await?;
        let Account {
            server,
            user,
            token,
        } = account;
        let mut all = self.known();
        let same = |known: &Known| known.address == address.as_str() && known.user == user;
        let id = match all.iter().find(|known| same(known)) {
            Some(known) => known.id.clone(),
            None => fresh_id()?,
        };
        self.keep(
            &id,
            Remote {
                address: address.clone(),
                token,
            },
        )
        .await?;
        let known = Known {
            id: id.clone(),
            name: server,
            address: address.into(),
            user,
        };
        all.retain(|other| other.id != id);
        all.push(known.clone());
        self.write(KNOWN, json!(all))?;
        self.activate(&id).await?;
        Ok(entry(known, &id))
    }

    /// Makes a known server the active one.
    pub(crate) async fn activate(&self, id: &str) -> Result<(), HostError> {
        if id != LOCAL && !self.known().iter().any(|known| known.id == id) {
            return Err(HostError::new(
                Code::UnknownServer,
                "no server of this id is known",
            ));
        }
        *self.relay.lock().await = None;
        self.write(ACTIVE, json!(id))
    }

    /// Forgets a remote server and its token.
    pub(crate) async fn remove(&self, id: &str) -> Result<(), HostError> {
        if self.active() == id {
            self.activate(LOCAL).await?;
        }
        let remembered = self
            .session
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(id);
        let name = id.to_owned();
        let forgotten = keyring::off_thread(move || keyring::remove(Purpose::Server, &name)).await;
        match forgotten {
            // Where there is no keyring, this session was all that knew the token.
            Err(error) if remembered.is_none() || error.code() != Code::KeyringUnavailable => {
                return Err(error);
            }
            _ => {}
        }
        let mut all = self.known();
        all.retain(|known| known.id != id);
        self.write(KNOWN, json!(all))
    }

    /// The way to the active remote server, through a relay; nothing when the local one is active.
    pub(crate) async fn route(&self) -> Result<Option<Route>, HostError> {
        let active = self.active();
        let known = self.known().into_iter().find(|known| known.id == active);
        let Some(known) = known.filter(|known| known.id != LOCAL) else {
            return Ok(None);
        };
        let mut running = self.relay.lock().await;
        // A refused relay stays, so that asking again does not knock again with the same token.
        if running.as_ref().is_none_or(|(id, _)| *id != known.id) {
            let remote = self.access(&known.id).await?;
            let relay = Relay::start(self.client.clone(), remote)
                .await
                .map_err(|error| {
                    tracing::error!(%error, "the relay does not start");
                    HostError::new(Code::ServerFailed, "no free port on this computer")
                })?;
            *running = Some((known.id.clone(), relay));
        }
        let Some((_, relay)) = running.as_ref().filter(|(_, relay)| !relay.is_refused()) else {
            return Err(signed_out());
        };
        let route = Route {
            id: known.id,
            name: known.name,
            url: relay.url(),
            token: relay.token().to_owned(),
        };
        Ok(Some(route))
    }

    fn active(&self) -> String {
        let stored = self.store.get(ACTIVE);
        let stored = stored.as_ref().and_then(|value| value.as_str());
        stored.unwrap_or(LOCAL).to_owned()
    }

    fn known(&self) -> Vec<Known> {
        // Settings that do not read are settings of no server, not a reason to stop.
        self.store
            .get(KNOWN)
            .and_then(|value| serde_json::from_value(value).ok())
            .unwrap_or_default()
    }

    fn write(&self, key: &str, value: serde_json::Value) -> Result<(), HostError> {
        self.store.set(key, value);
        self.store.save().map_err(|error| {
            tracing::error!(%error, "device.json cannot be written");
            HostError::new(
                Code::StoreFailed,
                "the settings of this device cannot be written",
            )
        })
    }

    async fn keep(&self, id: &str, remote: Remote) -> Result<(), HostError> {
        let access = Access {
            address: remote.address.to_string(),
            token: remote.token.expose_secret().to_owned(),
        };
        let secret = SecretString::from(json!(access).to_string());
        let name = id.to_owned();
        let kept = keyring::off_thread(move || keyring::write(Purpose::Server, &name, &secret));
        if let Err(error) = kept.await {
            tracing::warn!(%error, "no keyring: this sign-in lasts until Parlor ends");
            let mut session = self.session.write().unwrap_or_else(PoisonError::into_inner);
            session.insert(id.to_owned(), remote);
        }
        Ok(())
    }

    async fn access(&self, id: &str) -> Result<Remote, HostError> {
        let session = self
            .session
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned();
        if let Some(remote) = session {
            return Ok(remote);
        }
        let name = id.to_owned();
        let kept = keyring::off_thread(move || keyring::read(Purpose::Server, &name)).await;
        let secret = match kept {
            Ok(secret) => secret.ok_or_else(signed_out)?,
            // Nothing outlived the last run where there was no keyring then either.
            Err(error) if error.code() == Code::KeyringUnavailable => return Err(signed_out()),
            Err(error) => return Err(error),
        };
        let access: Access =
            serde_json::from_str(secret.expose_secret()).map_err(|_| signed_out())?;
        let address: Url = access.address.parse().map_err(|_| signed_out())?;
        Ok(Remote {
            address,
            token: SecretString::from(access.token),
        })
    }
}

/// What the server inside is called: this computer.
pub(crate) fn local_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() {
        "Parlor".to_owned()
    } else {
        name.to_owned()
    }
}

fn entry(known: Known, active: &str) -> ServerEntry {
    let Known {
        id,
        name,
        address,
        user,
    } = known;
    ServerEntry {
        active: id == active,
        id,
        name,
        address,
        user,
    }
}

fn signed_out() -> HostError {
    HostError::new(Code::SignInRequired, "the server asks for a new sign-in")
}

fn fresh_id() -> Result<String, HostError> {
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes)
        .map_err(|_| HostError::new(Code::StoreFailed, "the system gives no random numbers"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
