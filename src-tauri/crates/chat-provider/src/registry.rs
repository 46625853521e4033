//! Which provider answers. Owns the list of configured providers, the active one, and the choice
//! between them and the guide: the provider of the model asked for; else the fixed one, since
//! whoever starts the server decides; else the active stored one; else the guide.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use chat_core::{
    AnswerRequest, AnswerStream, FoundProvider, KeyState, ModelId, ModelInfo, ModelProvider,
    ProviderError, ProviderId, ProviderInfo, ProviderProblem as P,
};
use futures_util::{FutureExt as _, StreamExt as _, future::join_all, stream};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;

use crate::{
    ProviderPersistence, ProviderRecord, ProviderSettings, Secrets, address, answer,
    client::Http,
    discovery, guide,
    models::{OPENAI_DEFAULT, first_for_chat, is_for_chat},
    peer::Peer,
    problem::error,
};

const MAX_PROVIDERS: usize = 64;
const MAX_NAME_CHARS: usize = 80;

/// All providers of a server, and the guide.
pub struct Providers {
    shared: Arc<Shared>,
    persistence: Arc<dyn ProviderPersistence>,
    /// One change at a time, so that what is kept and what is in memory stay the same.
    changes: Mutex<()>,
}

/// What an answer keeps alive while it comes.
struct Shared {
    settings: Arc<ProviderSettings>,
    http: Http,
    secrets: Arc<dyn Secrets>,
    fixed: Option<ProviderRecord>,
    stored: RwLock<Vec<ProviderRecord>>,
    /// The models that servers without a default were found to have.
    defaults: RwLock<HashMap<ProviderId, String>>,
    /// The guide stood in for a server that could not be reached.
    stood_in: AtomicBool,
}

impl Providers {
    /// `stored` is what the persistence kept; `fixed` comes from flags, environment or file
    /// ([`ProviderRecord::fixed`]), its key from `secrets`. OpenAI's own address without a key
    /// counts as not configured.
    #[must_use]
    pub fn new(
        settings: ProviderSettings,
        stored: Vec<ProviderRecord>,
        fixed: Option<ProviderRecord>,
        secrets: Arc<dyn Secrets>,
        persistence: Arc<dyn ProviderPersistence>,
    ) -> Self {
        let has_key = |id: &ProviderId| secrets.get(id).is_ok_and(|key| key.is_some());
        let fixed =
            fixed.filter(|record| !address::is_openai(&record.base_url) || has_key(&record.id));
        Self {
            shared: Arc::new(Shared {
                http: Http::new(settings.connect_timeout),
                settings: Arc::new(settings),
                secrets,
                fixed,
                stored: RwLock::new(stored),
                defaults: RwLock::default(),
                stood_in: AtomicBool::new(false),
            }),
            persistence,
            changes: Mutex::new(()),
        }
    }
}

#[async_trait]
impl ModelProvider for Providers {
    async fn answer(&self, request: AnswerRequest) -> Result<AnswerStream, ProviderError> {
        let shared = Arc::clone(&self.shared);
        let Some(record) = shared.choose(request.model.as_ref())? else {
            return Ok(guide::answer(&request, None, shared.settings.guide_pace));
        };
        // All waiting happens inside the stream: dropping that is the one way to stop it.
        let opening = async move { shared.open(record, request).await };
        Ok(stream::once(opening.boxed()).flatten().boxed())
    }

    fn only_guide(&self) -> bool {
        match self.shared.choose(None) {
            Ok(Some(_)) => self.shared.stood_in.load(Ordering::Relaxed),
            Ok(None) | Err(_) => true,
        }
    }

    fn providers(&self) -> Vec<ProviderInfo> {
        let fixed = self.shared.fixed.clone();
        let has_fixed = fixed.is_some();
        let info = |record: ProviderRecord, is_fixed: bool| ProviderInfo {
            key: match self.shared.secrets.get(&record.id) {
                Ok(Some((_, state))) => state,
                Ok(None) | Err(_) => KeyState::None,
            },
            active: is_fixed || (record.active && !has_fixed),
            fixed: is_fixed,
            id: record.id,
            name: record.name,
            base_url: record.base_url,
            default_model: record.default_model,
        };
        let fixed = fixed.map(|record| info(record, true));
        let stored = self
            .shared
            .unfixed()
            .into_iter()
            .map(|record| info(record, false));
        fixed.into_iter().chain(stored).collect()
    }

    async fn models(&self) -> (Vec<ModelInfo>, Vec<ProviderError>) {
        let records = self
            .shared
            .fixed
            .clone()
            .into_iter()
            .chain(self.shared.unfixed());
        let asked = join_all(records.map(|record| self.shared.list(record))).await;
        let (mut models, mut problems) = (Vec::new(), Vec::new());
        for answer in asked {
            match answer {
                Ok(listed) => models.extend(listed),
                Err(problem) => problems.push(problem),
            }
        }
        (models, problems)
    }

    async fn find_local(&self) -> Vec<FoundProvider> {
        let settings = &self.shared.settings;
        discovery::find_local(
            &self.shared.http,
            settings.local_ports,
            settings.local_timeout,
        )
        .await
    }

    async fn save(
        &self,
        id: ProviderId,
        name: String,
        base_url: String,
        default_model: Option<String>,
    ) -> Result<(), ProviderError> {
        let _turn = self.changes.lock().await;
        self.shared.must_not_be_fixed(&id)?;
        let base_url = crate::check_address(&base_url)
            .map_err(|bad| error(P::RequestRefused, format!("{bad}.")))?;
        let default_model = default_model
            .map(|model| model.trim().to_owned())
            .filter(|model| !model.is_empty());
        let default_model = match default_model {
            // The same rule as for any model's name, of which the provider's id is the first part.
            Some(model) => match ModelId::parse(&format!("{id}/{model}")) {
                Ok(model) => Some(model.name),
                Err(_) => return Err(error(P::RequestRefused, "That is no name of a model.")),
            },
            None => None,
        };
        let record = ProviderRecord {
            name: readable_name(&name, &id),
            id,
            base_url,
            default_model,
            active: true,
        };
        let known = self
            .shared
            .stored()
            .iter()
            .find(|old| old.id == record.id)
            .cloned();
        if known.is_none() && self.shared.stored().len() >= MAX_PROVIDERS {
            let message = "There are already 64 providers. Remove one first.";
            return Err(error(P::RequestRefused, message));
        }
        if known.is_some_and(|old| !address::same_server(&old.base_url, &record.base_url)) {
            // A key given for one server is not for another to read.
            self.shared.forget_key(&record.id).await?;
        }
        self.persistence.save(&record).await.map_err(not_kept)?;
        self.shared.forget_default(&record.id);
        let mut stored = self.shared.stored_mut();
        for other in stored.iter_mut() {
            other.active = false;
        }
        match stored.iter_mut().find(|other| other.id == record.id) {
            Some(old) => *old = record,
            None => stored.push(record),
        }
        Ok(())
    }

    async fn remove(&self, id: &ProviderId) -> Result<(), ProviderError> {
        let _turn = self.changes.lock().await;
        self.shared.must_not_be_fixed(id)?;
        let removed = self.shared.find(id)?;
        self.shared.forget_key(id).await?;
        self.persistence.remove(id).await.map_err(not_kept)?;
        let heir = {
            let mut stored = self.shared.stored_mut();
            stored.retain(|record| record.id != *id);
            let heir = stored.first_mut().filter(|_| removed.active);
            heir.map(|record| {
                record.active = true;
                record.clone()
            })
        };
        self.shared.forget_default(id);
        match heir {
            Some(heir) => self.persistence.save(&heir).await.map_err(not_kept),
            None => Ok(()),
        }
    }

    async fn set_session_key(
        &self,
        id: &ProviderId,
        key: Option<SecretString>,
    ) -> Result<(), ProviderError> {
        self.shared.find(id)?;
        let fits = |key: &SecretString| {
            let key = key.expose_secret().trim();
            !key.is_empty() && key.len() <= 4096 && key.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if !key.as_ref().is_none_or(fits) {
            let message = "That is no key: it is empty, too long, or has characters no key has.";
            return Err(error(P::RequestRefused, message));
        }
        self.shared.secrets.set_session(id, key);
        Ok(())
    }

    async fn test(&self, id: &ProviderId) -> Result<Vec<ModelInfo>, ProviderError> {
        self.shared.list(self.shared.find(id)?).await
    }
}

impl Shared {
    fn stored(&self) -> RwLockReadGuard<'_, Vec<ProviderRecord>> {
        self.stored.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn stored_mut(&self) -> RwLockWriteGuard<'_, Vec<ProviderRecord>> {
        self.stored.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stored ones that no fixed one hides.
    fn unfixed(&self) -> Vec<ProviderRecord> {
        let hides = |record: &&ProviderRecord| !self.is_fixed(&record.id);
        self.stored().iter().filter(hides).cloned().collect()
    }

    fn is_fixed(&self, id: &ProviderId) -> bool {
        self.fixed.as_ref().is_some_and(|fixed| fixed.id == *id)
    }

    fn must_not_be_fixed(&self, id: &ProviderId) -> Result<(), ProviderError> {
        if !self.is_fixed(id) {
            return Ok(());
        }
        let message = format!(
            "{id} is set by the environment or the configuration of this server; change it there."
        );
        Err(error(P::RequestRefused, message))
    }

    fn find(&self, id: &ProviderId) -> Result<ProviderRecord, ProviderError> {
        let fixed = self.fixed.clone().filter(|fixed| fixed.id == *id);
        fixed
            .or_else(|| {
                self.stored()
                    .iter()
                    .find(|record| record.id == *id)
                    .cloned()
            })
            .ok_or_else(|| {
                let message = format!(
                    "No provider {id} is configured. Choose another model, or add it in Settings, \
                     Models."
                );
                error(P::Unknown, message)
            })
    }

    /// `None` is the guide.
    fn choose(&self, model: Option<&ModelId>) -> Result<Option<ProviderRecord>, ProviderError> {
        let usual = self.fixed.clone().or_else(|| {
            let stored = self.stored();
            let active = stored.iter().find(|record| record.active);
            active.or(stored.first()).cloned()
        });
        match model {
            // With nothing configured at all, the guide also answers old chats.
            Some(model) if usual.is_some() => self.find(&model.provider).map(Some),
            _ => Ok(usual),
        }
    }

    /// The stream that answers, the guide's own if a server without a key cannot be reached.
    async fn open(&self, record: ProviderRecord, request: AnswerRequest) -> AnswerStream {
        let base_url = record.base_url.clone();
        let mut has_key = true;
        let opened = async {
            let peer = self.peer(&record).await?;
            has_key = peer.key.is_some();
            let model = match &request.model {
                Some(model) => model.name.clone(),
                None => self.default_model(&record, &peer).await?,
            };
            answer::open(&self.http, &self.settings, peer, model, &request).await
        }
        .await;
        let stands_in =
            matches!(&opened, Err(failed) if failed.problem == P::Unreachable) && !has_key;
        self.stood_in.store(stands_in, Ordering::Relaxed);
        match opened {
            Ok(answer) => answer,
            Err(_) if stands_in => {
                guide::answer(&request, Some(&base_url), self.settings.guide_pace)
            }
            Err(failed) => {
                if failed.problem == P::ModelNotFound {
                    self.forget_default(&record.id);
                }
                stream::iter([Err(failed)]).boxed()
            }
        }
    }

    async fn peer(&self, record: &ProviderRecord) -> Result<Peer, ProviderError> {
        let (secrets, id) = (Arc::clone(&self.secrets), record.id.clone());
        // The keyring may ask a person first: not on a thread that others wait for.
        let key = tokio::task::spawn_blocking(move || secrets.get(&id)).await;
        let Ok(Ok(key)) = key else {
            return Err(error(
                P::KeyRefused,
                format!(
                    "The key of {} cannot be read from the keyring. Unlock the keyring and try \
                     again, or set the key for this session.",
                    record.name
                ),
            ));
        };
        Ok(Peer {
            id: record.id.clone(),
            name: record.name.clone(),
            base_url: record.base_url.clone(),
            key: key
                .map(|(key, _)| key)
                .filter(|key| !key.expose_secret().trim().is_empty()),
        })
    }

    async fn default_model(
        &self,
        record: &ProviderRecord,
        peer: &Peer,
    ) -> Result<String, ProviderError> {
        if let Some(model) = &record.default_model {
            return Ok(model.clone());
        }
        if peer.is_openai() {
            return Ok(OPENAI_DEFAULT.to_owned());
        }
        let known = self
            .defaults
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&record.id)
            .cloned();
        if let Some(model) = known {
            return Ok(model);
        }
        match discovery::models(&self.http, peer, self.settings.list_timeout).await {
            Ok(models) => {
                let Some(first) = first_for_chat(&models) else {
                    return Ok("default".to_owned());
                };
                let mut defaults = self
                    .defaults
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                defaults.insert(record.id.clone(), first.to_owned());
                Ok(first.to_owned())
            }
            Err(failed) if failed.problem == P::Unreachable => Err(failed),
            // It may answer chats all the same.
            Err(_) => Ok("default".to_owned()),
        }
    }

    async fn list(&self, record: ProviderRecord) -> Result<Vec<ModelInfo>, ProviderError> {
        let peer = self.peer(&record).await?;
        let names = discovery::models(&self.http, &peer, self.settings.list_timeout).await?;
        let is_openai = peer.is_openai();
        let fits = names
            .into_iter()
            .filter(|name| is_for_chat(name, is_openai));
        Ok(fits
            .map(|name| ModelInfo {
                id: ModelId {
                    provider: record.id.clone(),
                    name,
                },
            })
            .collect())
    }

    fn forget_default(&self, id: &ProviderId) {
        let mut defaults = self
            .defaults
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        defaults.remove(id);
    }

    async fn forget_key(&self, id: &ProviderId) -> Result<(), ProviderError> {
        let (secrets, forgotten) = (Arc::clone(&self.secrets), id.clone());
        match tokio::task::spawn_blocking(move || {
            // Without a keyring there is no lasting key to forget; the session's is gone.
            match secrets.forget(&forgotten) {
                Err(crate::SecretsError::Unavailable) => Ok(()),
                result => result,
            }
        })
        .await
        {
            Ok(Ok(())) => Ok(()),
            _ => Err(error(
                P::Failed,
                format!(
                    "The key of {id} cannot be removed from the keyring. Unlock it and try again."
                ),
            )),
        }
    }
}

fn readable_name(name: &str, id: &ProviderId) -> String {
    let name: String = name
        .chars()
        .filter(|char| !char.is_control())
        .take(MAX_NAME_CHARS)
        .collect();
    match name.trim() {
        "" => id.to_string(),
        name => name.to_owned(),
    }
}

fn not_kept(cause: crate::PersistenceError) -> ProviderError {
    tracing::error!(
        error = &cause as &dyn std::error::Error,
        "a provider was not kept"
    );
    error(
        P::Failed,
        "The provider could not be saved: the server's disk may be full or read-only.",
    )
}
