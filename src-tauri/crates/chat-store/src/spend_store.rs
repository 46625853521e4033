//! The core's port to what is spent, on [`Database`], and what the server asks beside it: limits,
//! prices, and what everyone spent. The rules are in `operations::usage`.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use async_trait::async_trait;
use chat_core::{
    Actor, Asker, Asking, Day, DeviceId, Draft, Estimate, LimitScope, Limits, ModelId, OwnUsage,
    Price, SpendRules, SpendStore, Spent, StoreError, Timestamp, UsageRow, UserId,
};

use crate::{
    database::Database,
    error::OpenError,
    operations::{accounts::Refusal, limits, usage},
    tables,
};

/// The limits and prices as they are now, so that accepting a message does not look them up.
#[derive(Default)]
pub(crate) struct Rules {
    now: RwLock<Arc<SpendRules>>,
    /// One reading at a time, so that an older one never replaces a newer.
    reading: tokio::sync::Mutex<()>,
}

impl Rules {
    pub(crate) fn new(found: SpendRules) -> Self {
        Self {
            now: RwLock::new(Arc::new(found)),
            reading: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn now(&self) -> Arc<SpendRules> {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&now)
    }

    /// Replaces all but what the configuration says.
    fn replace(&self, found: SpendRules) {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        let configured = now.configured.clone();
        *now = Arc::new(SpendRules {
            configured,
            ..found
        });
    }
}

/// What a database says when it is opened.
pub(crate) fn first(
    connection: &rusqlite::Connection,
    path: &std::path::Path,
) -> Result<Rules, OpenError> {
    let found = tables::limits::rules(connection);
    found
        .map(Rules::new)
        .map_err(|source| OpenError::sqlite(path, source))
}

#[async_trait]
impl SpendStore for Database {
    fn spend_rules(&self) -> Arc<SpendRules> {
        self.rules.now()
    }

    async fn estimate(
        &self,
        asking: Asking,
        draft: Draft,
        now: Timestamp,
    ) -> Result<Estimate, StoreError> {
        let rules = self.rules.now();
        self.read(move |connection| usage::estimate(connection, &rules, &asking, &draft, now))
            .await
    }

    async fn own_usage(&self, by: &Asker, now: Timestamp) -> Result<OwnUsage, StoreError> {
        let (rules, by) = (self.rules.now(), by.clone());
        self.read(move |connection| usage::own(connection, &rules, &by, now))
            .await
    }

    async fn reserve(
        &self,
        id: String,
        asking: Asking,
        prompt_tokens: u64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let rules = self.rules.now();
        self.write_soon(move |scope| {
            usage::reserve_other(scope, &rules, &id, &asking, prompt_tokens, now)
        })
        .await
    }

    async fn settle(&self, id: String, spent: Spent, now: Timestamp) -> Result<(), StoreError> {
        let rules = self.rules.now();
        self.write_soon(move |scope| {
            usage::settle(scope.connection, &rules, &id, Some(&spent), now)
        })
        .await
    }
}

impl Database {
    /// What the configuration allows each person.
    pub fn configure_limits(&self, configured: Limits) {
        let mut now = self
            .rules
            .now
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *now = Arc::new(SpendRules {
            configured,
            ..SpendRules::clone(&now)
        });
    }

    /// Who sent messages since a moment, and when; no more than the newest thousand are looked at.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn senders_since(
        &self,
        since: Timestamp,
    ) -> Result<Vec<(UserId, Timestamp)>, StoreError> {
        const MOST: u32 = 1_000;
        self.read(move |connection| Ok(tables::messages::senders(connection, since, MOST)?))
            .await
    }

    /// Sets the limits of one level, on behalf of an admin or owner, who may not limit whoever
    /// stands above them; without a person, of the server itself. They hold for the next message.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such person or device. The inner error is why not.
    pub async fn set_limits(
        &self,
        whose: LimitScope,
        new: Limits,
        actor: Actor,
    ) -> Result<Result<(), Refusal>, StoreError> {
        let set = self
            .write(move |scope| limits::set_limits(scope, &whose, &new, &actor))
            .await?;
        self.read_rules().await?;
        Ok(set)
    }

    /// Replaces all prices, and what money is called, on behalf of an admin or owner.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails. The inner error is why not.
    pub async fn set_prices(
        &self,
        currency: String,
        prices: Vec<(ModelId, Price)>,
        actor: Actor,
    ) -> Result<Result<(), Refusal>, StoreError> {
        let set = self
            .write(move |scope| limits::set_prices(scope, &currency, &prices, &actor))
            .await?;
        self.read_rules().await?;
        Ok(set)
    }

    /// What was spent from one day to another, both included: by day, person and model, of one
    /// person by device too.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn usage(
        &self,
        days: (Day, Day),
        user: Option<UserId>,
    ) -> Result<Vec<UsageRow>, StoreError> {
        self.read(move |connection| Ok(tables::usage::rows(connection, days, user.as_ref())?))
            .await
    }

    /// Whose the devices are that have limits of their own and are signed in.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    pub async fn owners_of_limited(
        &self,
        now: Timestamp,
    ) -> Result<HashMap<DeviceId, UserId>, StoreError> {
        self.read(move |connection| Ok(tables::limits::owners(connection, now)?))
            .await
    }

    async fn read_rules(&self) -> Result<(), StoreError> {
        let _turn = self.rules.reading.lock().await;
        let found = self
            .read(|connection| Ok(tables::limits::rules(connection)?))
            .await?;
        self.rules.replace(found);
        Ok(())
    }
}
