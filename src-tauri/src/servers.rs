//! The servers this window knows, and which one it shows.
//!
//! Names and addresses are settings of this device. What opens a server stands in the keyring
//! together with the address and the certificate it is for, so that nobody who can change the
//! settings can have it sent elsewhere. Without a keyring a sign-in lasts until the app ends.
//!
//! Every known server may have a relay at once: the one that is shown, and those whose news is
//! waited for.

use std::{collections::HashMap, sync::Arc};

use reqwest::Url;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tauri::Wry;
use tauri_plugin_store::Store;
use tokio::sync::Mutex;

use crate::{
    attempt::{Attempt, Attempts},
    browser_sign_in::Waiting,
    certificate::Fingerprint,
    errors::{Code, HostError},
    keeping::{self, Kept},
    keyring::{self, Purpose},
    pairing::{Number, Pairing},
    relay::Relay,
    remote::{Keeper, Remote, Trouble},
    sign_in::{self, Account, Greeting, Place},
};

/// The id of the server inside the app.
pub(crate) const LOCAL: &str = "local";

const KNOWN: &str = "knownServers";
const ACTIVE: &str = "activeServer";

/// The longest name that a person gives a server, in characters.
const NAME_CHARACTERS: usize = 60;

/// A remote server as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    id: String,
    name: String,
    address: String,
    user: String,
    /// Of a server that vouches for itself; to be shown. What counts is the keyring's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
}

/// A server as the window lists it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ServerEntry {
    id: String,
    name: String,
    address: String,
    user: String,
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
}

/// All that this device knows of servers.
pub(crate) struct Servers {
    store: Arc<Store<Wry>>,
    /// A sign-in that waits for the system's browser.
    pub(crate) waiting: Waiting,
    /// A question that waits for a yes at another computer.
    pairing: Pairing,
    /// Held while a sign-in goes into the keyring and the list, or comes out of both.
    keeping: Arc<Mutex<()>>,
    /// Sign-ins in use, by server: a long token has one owner, who knows whether it was traded.
    remotes: Mutex<HashMap<String, Arc<Remote>>>,
    /// The relays that run, by server.
    relays: Mutex<HashMap<String, Relay>>,
}

/// How the window reaches a remote server.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) token: String,
}

impl Servers {
    /// With the device's settings.
    pub(crate) fn new(store: Arc<Store<Wry>>) -> Self {
        Self {
            store,
            waiting: Waiting::default(),
            pairing: Pairing::default(),
            keeping: Arc::default(),
            remotes: Mutex::default(),
            relays: Mutex::default(),
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
            certificate: None,
        };
        let remote = self.known().into_iter().map(|known| entry(known, &active));
        std::iter::once(local).chain(remote).collect()
    }

    /// Signs in at a server and makes it the active one. `confirmed` is a certificate that the
    /// person has looked at; at a known server only the one it had is taken without that.
    pub(crate) async fn sign_in(
        &self,
        typed: &str,
        name: &str,
        password: &SecretString,
        confirmed: Option<&str>,
    ) -> Result<ServerEntry, HostError> {
        let place = self.place(typed, confirmed)?;
        let account = sign_in::sign_in(place, name, password).await?;
        // Nobody can give this up.
        self.take(account, &Attempts::default().begin()).await
    }

    /// What a server says of itself, before anybody signs in.
    pub(crate) async fn look(
        &self,
        typed: &str,
        confirmed: Option<&str>,
    ) -> Result<Greeting, HostError> {
        let place = self.place(typed, confirmed)?;
        Ok(sign_in::find(place).await?.greeting)
    }

    /// Signs in through the server's identity provider, in the browser that `open` opens.
    pub(crate) async fn sign_in_by_browser(
        &self,
        typed: &str,
        confirmed: Option<&str>,
        open: impl FnOnce(&Url) -> Result<(), HostError>,
    ) -> Result<ServerEntry, HostError> {
        let place = self.place(typed, confirmed)?;
        let (account, attempt) = self.waiting.sign_in(place, open).await?;
        self.take(account, &attempt).await
    }

    /// Brings the code of a pairing to the computer that shows it.
    pub(crate) async fn ask_pairing(
        &self,
        typed: &str,
        confirmed: Option<&str>,
        code: &SecretString,
    ) -> Result<Number, HostError> {
        let place = self.place(typed, confirmed)?;
        self.pairing.ask(place, code).await
    }

    /// Signs in where somebody has said yes by now.
    pub(crate) async fn claim_pairing(&self) -> Result<Option<ServerEntry>, HostError> {
        match self.pairing.claim().await? {
            Some((account, attempt)) => self.take(account, &attempt).await.map(Some),
            None => Ok(None),
        }
    }

    /// Waits no more for that yes.
    pub(crate) fn cancel_pairing(&self) {
        self.pairing.cancel();
    }

    /// Where a person wants to go, and the certificate that is to answer there.
    fn place(&self, typed: &str, confirmed: Option<&str>) -> Result<Place, HostError> {
        let place = Place::read(typed)?;
        let confirmed = match confirmed {
            Some(text) => Some(Fingerprint::parse(text).ok_or_else(bad_fingerprint)?),
            None => self.certificate_of(&place),
        };
        Ok(place.with(confirmed))
    }

    /// Keeps a sign-in, and makes its server the active one. Where that fails, or somebody gives up,
    /// nothing of it stays, here or there.
    async fn take(&self, account: Account, attempt: &Attempt) -> Result<ServerEntry, HostError> {
        let turn = Arc::clone(&self.keeping).lock_owned().await;
        let address = &account.place.address;
        let same = |known: &Known| known.address == address.as_str() && known.user == account.user;
        let old = self.known().into_iter().find(same);
        let id = match &old {
            Some(known) => Ok(known.id.clone()),
            None => fresh_id(),
        };
        let made = id.and_then(|id| {
            let remote = account.remote(Keeper::Keyring(id.clone()))?;
            Ok((id, remote))
        });
        let (id, remote) = match made {
            Ok(made) => made,
            Err(error) => {
                account.leave().await;
                return Err(error);
            }
        };
        let before = match &old {
            Some(known) => self.remote(&known.id).await.ok(),
            None => None,
        };
        let kept = keeping::keep(remote, before, attempt, turn).await?;
        let known = Known {
            id,
            // A name that a person gave stays.
            name: old.map_or(account.server, |known| known.name),
            address: account.place.address.into(),
            user: account.user,
            certificate: account.place.certificate.map(|it| it.to_string()),
        };
        self.enter(known, kept).await
    }

    /// Puts a sign-in that is kept into the list, or undoes it.
    async fn enter(&self, known: Known, kept: Kept) -> Result<ServerEntry, HostError> {
        let (before, active) = (self.known(), self.active());
        let mut all = before.clone();
        match all.iter_mut().find(|other| other.id == known.id) {
            Some(place) => *place = known.clone(),
            None => all.push(known.clone()),
        }
        let written = self.write(KNOWN, json!(all));
        if let Err(error) = written.and_then(|()| self.activate(&known.id)) {
            self.store.set(ACTIVE, json!(active));
            // Where the file cannot be written, the list in memory is right at least.
            self.write(KNOWN, json!(before)).ok();
            kept.undo().await;
            return Err(error);
        }
        let id = known.id.clone();
        self.relays.lock().await.remove(&id);
        let remote = Arc::clone(&kept.remote);
        self.remotes.lock().await.insert(id.clone(), remote);
        Ok(entry(known, &id))
    }

    /// Makes a known server the active one.
    pub(crate) fn activate(&self, id: &str) -> Result<(), HostError> {
        if id != LOCAL {
            self.known_by(id)?;
        }
        self.write(ACTIVE, json!(id))
    }

    /// Gives a remote server another name.
    pub(crate) fn rename(&self, id: &str, name: &str) -> Result<(), HostError> {
        self.known_by(id)?;
        let words = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let name: String = words
            .chars()
            .filter(|character| !character.is_control())
            .take(NAME_CHARACTERS)
            .collect();
        let mut all = self.known();
        for known in all
            .iter_mut()
            .filter(|known| known.id == id && !name.is_empty())
        {
            known.name.clone_from(&name);
        }
        self.write(KNOWN, json!(all))
    }

    /// Signs out at a remote server and forgets it.
    pub(crate) async fn remove(&self, id: &str) -> Result<(), HostError> {
        let _alone = self.keeping.lock().await;
        if self.active() == id {
            self.activate(LOCAL)?;
        }
        // One that cannot be read has nobody to sign out.
        let remote = self.remote(id).await.ok();
        let mut all = self.known();
        let removed = all.iter().find(|known| known.id == id).cloned();
        all.retain(|known| known.id != id);
        // First, so that nobody finds a way there any more and writes to the keyring again.
        self.write(KNOWN, json!(all))?;
        self.relays.lock().await.remove(id);
        self.remotes.lock().await.remove(id);
        if let Some(remote) = &remote {
            remote.sign_out().await;
        }
        if remote.is_some_and(|remote| !remote.is_kept()) {
            return Ok(());
        }
        let name = id.to_owned();
        let forgotten = keyring::off_thread(move || keyring::remove(Purpose::Server, &name)).await;
        if forgotten.is_err() {
            // It comes back, so that a person can try again: into the list as it is by now, which
            // others may have changed while the server and the keyring were asked.
            let mut now = self.known();
            now.extend(removed);
            self.write(KNOWN, json!(now))?;
        }
        forgotten
    }

    /// The way to the active remote server; nothing when the local one is active.
    pub(crate) async fn route(&self) -> Result<Option<Route>, HostError> {
        let active = self.active();
        if active == LOCAL || self.known_by(&active).is_err() {
            return Ok(None);
        }
        self.route_to(&active).await.map(Some)
    }

    /// The way to a remote server, through a relay that is started where none runs.
    pub(crate) async fn route_to(&self, id: &str) -> Result<Route, HostError> {
        let known = self.known_by(id)?;
        let remote = self.remote(id).await?;
        // Whether we are signed in is to be said now; whether there is a line the window notices.
        if let Err(trouble @ (Trouble::SignedOut | Trouble::Certificate | Trouble::Keyring)) =
            remote.bearer().await
        {
            return Err(trouble.into());
        }
        let mut relays = self.relays.lock().await;
        let running = relays
            .get(id)
            .filter(|relay| Arc::ptr_eq(relay.remote(), &remote));
        let (url, token, trouble) = match running {
            Some(relay) => (relay.url(), relay.token().to_owned(), relay.take_trouble()),
            None => {
                let relay = Relay::start(remote).await.map_err(|error| {
                    tracing::error!(%error, "the relay does not start");
                    HostError::new(Code::ServerFailed, "no free port on this computer")
                })?;
                let way = (relay.url(), relay.token().to_owned(), None);
                relays.insert(id.to_owned(), relay);
                way
            }
        };
        // Said once; then the server may show its own certificate again.
        if trouble == Some(Trouble::Certificate) {
            return Err(Trouble::Certificate.into());
        }
        Ok(Route {
            id: known.id,
            name: known.name,
            url,
            token,
        })
    }

    /// The sign-in at a server: the one in use, or the keyring's.
    async fn remote(&self, id: &str) -> Result<Arc<Remote>, HostError> {
        let mut remotes = self.remotes.lock().await;
        if let Some(remote) = remotes.get(id) {
            return Ok(Arc::clone(remote));
        }
        let name = id.to_owned();
        let kept = keyring::off_thread(move || keyring::read(Purpose::Server, &name)).await;
        let signed_out = || HostError::from(Trouble::SignedOut);
        let secret = match kept {
            Ok(secret) => secret.ok_or_else(signed_out)?,
            // Nothing outlived the last run where there was no keyring then either.
            Err(error) if error.code() == Code::KeyringUnavailable => return Err(signed_out()),
            Err(error) => return Err(error),
        };
        let remote = Arc::new(Remote::kept(&secret, id).ok_or_else(signed_out)?);
        remotes.insert(id.to_owned(), Arc::clone(&remote));
        Ok(remote)
    }

    /// The certificate of a known server at that address.
    fn certificate_of(&self, place: &Place) -> Option<Fingerprint> {
        let all = self.known();
        let secure = place.secure().map(|secure| secure.address.to_string());
        let there = all
            .iter()
            .find(|known| Some(&known.address) == secure.as_ref());
        there?.certificate.as_deref().and_then(Fingerprint::parse)
    }

    fn known_by(&self, id: &str) -> Result<Known, HostError> {
        let known = self.known().into_iter().find(|known| known.id == id);
        known.ok_or_else(|| HostError::new(Code::UnknownServer, "no server of this id is known"))
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
        certificate,
    } = known;
    ServerEntry {
        active: id == active,
        id,
        name,
        address,
        user,
        certificate,
    }
}

fn bad_fingerprint() -> HostError {
    HostError::new(Code::BadAddress, "that is no fingerprint of a certificate")
}

fn fresh_id() -> Result<String, HostError> {
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes)
        .map_err(|_| HostError::new(Code::StoreFailed, "the system gives no random numbers"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
