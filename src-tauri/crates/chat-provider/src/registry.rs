//! The providers as the core sees them: implements [`ModelProvider`] over the [`Roster`], keeps
//! changes through [`ProviderPersistence`], and checks what people enter.

use std::sync::{
    Arc, RwLock,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use chat_core::{
    AnswerRequest, AnswerStream, DraftRequest, DraftStream, FoundProvider, KeyState, ModelId,
    ModelInfo, ModelProvider, NewProvider, ProviderError, ProviderId, ProviderInfo,
    ProviderProblem as P,
};
use futures_util::{FutureExt as _, StreamExt as _, future::join_all, stream};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;

use crate::{
    AddressError, ProviderPersistence, ProviderRecord, ProviderSettings, Secrets, address,
    client::Http, discovery, guide, objective, problem::error, reach::Reach, roster::Roster,
};

const MAX_PROVIDERS: usize = 64;
const MAX_NAME_CHARS: usize = 80;

/// All providers of a server, and the guide.
pub struct Providers {
    roster: Arc<Roster>,
    persistence: Arc<dyn ProviderPersistence>,
    /// One change at a time, so that what is kept and what is in memory stay the same.
    changes: Mutex<()>,
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
            roster: Arc::new(Roster {
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
        let roster = Arc::clone(&self.roster);
        let Some(record) = roster.choose(request.model.as_ref())? else {
            return Ok(guide::answer(&request, None, roster.settings.guide_pace));
        };
        // All waiting happens inside the stream: dropping that is the one way to stop it.
        let opening = async move { roster.open(record, request).await };
        Ok(stream::once(opening.boxed()).flatten().boxed())
    }

    fn draft_objective(&self, request: DraftRequest) -> DraftStream {
        objective::draft(Arc::clone(&self.roster), request)
    }

    fn only_guide(&self) -> bool {
        match self.roster.choose(None) {
            Ok(Some(_)) => self.roster.stood_in.load(Ordering::Relaxed),
            Ok(None) | Err(_) => true,
        }
    }

    fn usual_model(&self) -> Option<ModelId> {
        self.roster.usual_model()
    }

    fn providers(&self) -> Vec<ProviderInfo> {
        let fixed = self.roster.fixed.clone();
        let has_fixed = fixed.is_some();
        let info = |record: ProviderRecord, is_fixed: bool| ProviderInfo {
            key: match self.roster.secrets.get(&record.id) {
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
            .roster
            .unfixed()
            .into_iter()
            .map(|record| info(record, false));
        fixed.into_iter().chain(stored).collect()
    }

    async fn models(&self) -> (Vec<ModelInfo>, Vec<ProviderError>) {
        let records = self
            .roster
            .fixed
            .clone()
            .into_iter()
            .chain(self.roster.unfixed());
        let asked = join_all(records.map(|record| self.roster.list(record))).await;
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
        let settings = &self.roster.settings;
        if !settings.private_addresses {
            // None of them could be saved, and nobody is to look around here.
            return Vec::new();
        }
        discovery::find_local(
            &self.roster.http,
            settings.local_ports,
            settings.local_timeout,
        )
        .await
    }

    async fn save(&self, new: NewProvider) -> Result<(), ProviderError> {
        let _turn = self.changes.lock().await;
        let id = new.id;
        self.roster.must_not_be_fixed(&id)?;
        let refused = |bad: AddressError| error(P::RequestRefused, format!("{bad}."));
        let base_url = crate::check_address(&new.base_url).map_err(refused)?;
        let reach = Reach::of_saved(self.roster.settings.private_addresses);
        if reach.judge_url(&base_url).is_err() {
            return Err(refused(AddressError::Private));
        }
        let default_model = new
            .default_model
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
        let (known, active) = {
            let stored = self.roster.stored();
            let known = stored.iter().find(|old| old.id == id).cloned();
            if known.is_none() && stored.len() >= MAX_PROVIDERS {
                let message = "There are already 64 providers. Remove one first.";
                return Err(error(P::RequestRefused, message));
            }
            let other_answers = stored.iter().any(|old| old.active && old.id != id);
            (known, new.activate || !other_answers)
        };
        let record = ProviderRecord {
            name: readable_name(&new.name, &id),
            id,
            base_url,
            default_model,
            active,
        };
        if known.is_some_and(|old| !address::same_server(&old.base_url, &record.base_url)) {
            // A key given for one server is not for another to read.
            self.roster.forget_key(&record.id).await?;
        }
        self.persistence.save(&record).await.map_err(not_kept)?;
        self.roster.forget_default(&record.id);
        let mut stored = self.roster.stored_mut();
        for other in stored.iter_mut() {
            other.active &= !record.active;
        }
        match stored.iter_mut().find(|other| other.id == record.id) {
            Some(old) => *old = record,
            None => stored.push(record),
        }
        Ok(())
    }

    async fn remove(&self, id: &ProviderId) -> Result<(), ProviderError> {
        let _turn = self.changes.lock().await;
        self.roster.must_not_be_fixed(id)?;
        let removed = self.roster.find(id)?;
        self.roster.forget_key(id).await?;
        self.persistence.remove(id).await.map_err(not_kept)?;
        let heir = {
            let mut stored = self.roster.stored_mut();
            stored.retain(|record| record.id != *id);
            let heir = stored.first_mut().filter(|_| removed.active);
            heir.map(|record| {
                record.active = true;
                record.clone()
            })
        };
        self.roster.forget_default(id);
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
        self.roster.find(id)?;
        let fits = |key: &SecretString| {
            let key = key.expose_secret().trim();
            !key.is_empty() && key.len() <= 4096 && key.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if !key.as_ref().is_none_or(fits) {
            let message = "That is no key: it is empty, too long, or has characters no key has.";
            return Err(error(P::RequestRefused, message));
        }
        self.roster.secrets.set_session(id, key);
        Ok(())
    }

    async fn test(&self, id: &ProviderId) -> Result<Vec<ModelInfo>, ProviderError> {
        self.roster.list(self.roster.find(id)?).await
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
