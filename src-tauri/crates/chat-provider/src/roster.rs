//! Who can answer, and who does. Owns the list of configured providers and the choice between
//! them and the guide: the provider of the model asked for; else the fixed one, since whoever
//! starts the server decides; else the active stored one; else the guide.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use chat_core::{
    AnswerRequest, AnswerStream, ModelId, ModelInfo, ProviderError, ProviderId,
    ProviderProblem as P,
};
use futures_util::{StreamExt as _, stream};
use secrecy::ExposeSecret as _;

use crate::{
    ProviderRecord, ProviderSettings, Secrets, SecretsError, answer,
    client::Http,
    discovery, guide,
    models::{OPENAI_DEFAULT, first_for_chat, is_for_chat},
    objective::Structure,
    peer::Peer,
    problem::error,
    reach::Reach,
};

/// What an answer keeps alive while it comes.
pub(crate) struct Roster {
    pub(crate) settings: Arc<ProviderSettings>,
    pub(crate) http: Http,
    pub(crate) secrets: Arc<dyn Secrets>,
    pub(crate) fixed: Option<ProviderRecord>,
    pub(crate) stored: RwLock<Vec<ProviderRecord>>,
    /// The models that servers without a default were found to have.
    pub(crate) defaults: RwLock<HashMap<ProviderId, String>>,
    /// The guide stood in for a server that could not be reached.
    pub(crate) stood_in: AtomicBool,
}

impl Roster {
    pub(crate) fn stored(&self) -> RwLockReadGuard<'_, Vec<ProviderRecord>> {
        self.stored.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn stored_mut(&self) -> RwLockWriteGuard<'_, Vec<ProviderRecord>> {
        self.stored.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stored ones that no fixed one hides.
    pub(crate) fn unfixed(&self) -> Vec<ProviderRecord> {
        let hides = |record: &&ProviderRecord| !self.is_fixed(&record.id);
        self.stored().iter().filter(hides).cloned().collect()
    }

    /// The model that answers where nobody chose one, if that was configured or found already.
    pub(crate) fn usual_model(&self) -> Option<ModelId> {
        let record = self.choose(None).ok()??;
        let defaults = self.defaults.read().unwrap_or_else(PoisonError::into_inner);
        let of_openai =
            crate::address::is_openai(&record.base_url).then(|| OPENAI_DEFAULT.to_owned());
        let found = || defaults.get(&record.id).cloned();
        let name = record.default_model.or(of_openai).or_else(found)?;
        Some(ModelId {
            provider: record.id,
            name,
        })
    }

    pub(crate) fn is_fixed(&self, id: &ProviderId) -> bool {
        self.fixed.as_ref().is_some_and(|fixed| fixed.id == *id)
    }

    pub(crate) fn must_not_be_fixed(&self, id: &ProviderId) -> Result<(), ProviderError> {
        if !self.is_fixed(id) {
            return Ok(());
        }
        let message = format!(
            "{id} is set by the environment or the configuration of this server; change it there."
        );
        Err(error(P::RequestRefused, message))
    }

    pub(crate) fn find(&self, id: &ProviderId) -> Result<ProviderRecord, ProviderError> {
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
    pub(crate) fn choose(
        &self,
        model: Option<&ModelId>,
    ) -> Result<Option<ProviderRecord>, ProviderError> {
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
    pub(crate) async fn open(
        &self,
        record: ProviderRecord,
        request: AnswerRequest,
    ) -> AnswerStream {
        let base_url = record.base_url.clone();
        let (opened, has_key) = self.ask(&record, &request, None).await;
        let stands_in =
            matches!(&opened, Err(failed) if failed.problem == P::Unreachable) && !has_key;
        self.stood_in.store(stands_in, Ordering::Relaxed);
        match opened {
            Ok(answer) => answer,
            Err(_) if stands_in => {
                guide::answer(&request, Some(&base_url), self.settings.guide_pace)
            }
            Err(failed) => stream::iter([Err(failed)]).boxed(),
        }
    }

    /// Asks a provider, and says whether it has a key. With a structure the answer is to be one
    /// JSON object.
    pub(crate) async fn ask(
        &self,
        record: &ProviderRecord,
        request: &AnswerRequest,
        structure: Option<&Structure>,
    ) -> (Result<AnswerStream, ProviderError>, bool) {
        let mut has_key = true;
        let opened = async {
            let peer = self.peer(record).await?;
            has_key = peer.key.is_some();
            let model = match &request.model {
                Some(model) => model.name.clone(),
                None => self.default_model(record, &peer).await?,
            };
            answer::open(&self.http, &self.settings, peer, model, request, structure).await
        }
        .await;
        if matches!(&opened, Err(failed) if failed.problem == P::ModelNotFound) {
            self.forget_default(&record.id);
        }
        (opened, has_key)
    }

    pub(crate) async fn peer(&self, record: &ProviderRecord) -> Result<Peer, ProviderError> {
        let key = match self.secrets.at_hand(&record.id) {
            Some(key) => Some(key),
            None => {
                let (secrets, id) = (Arc::clone(&self.secrets), record.id.clone());
                // The keyring may ask a person first: not on a thread that others wait for.
                let asked = tokio::task::spawn_blocking(move || secrets.get(&id)).await;
                asked.ok().and_then(Result::ok)
            }
        };
        let Some(key) = key else {
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
            reach: if self.is_fixed(&record.id) {
                // Whoever starts the server knows where they point it.
                Reach::Anywhere
            } else {
                Reach::of_saved(self.settings.private_addresses)
            },
        })
    }

    pub(crate) async fn default_model(
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

    pub(crate) async fn list(
        &self,
        record: ProviderRecord,
    ) -> Result<Vec<ModelInfo>, ProviderError> {
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

    pub(crate) fn forget_default(&self, id: &ProviderId) {
        let mut defaults = self
            .defaults
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        defaults.remove(id);
    }

    pub(crate) async fn forget_key(&self, id: &ProviderId) -> Result<(), ProviderError> {
        let (secrets, forgotten) = (Arc::clone(&self.secrets), id.clone());
        match tokio::task::spawn_blocking(move || {
            // Without a keyring there is no lasting key to forget; the session's is gone.
            match secrets.forget(&forgotten) {
                Err(SecretsError::Unavailable) => Ok(()),
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
