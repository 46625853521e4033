//! All limits and prices of a server, as of one moment.

use std::collections::HashMap;

use super::{
    Asker, Refusal, Usual, Wanted,
    limits::{ANY, LimitScope, Limits, covers},
};
use crate::{
    ids::{DeviceId, ModelId, UserId},
    provider::Usage,
};

/// What a model costs, in millionths of the currency for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Of questions with their histories.
    pub prompt: u64,
    /// Of answers.
    pub answer: u64,
}

impl Price {
    /// What so many tokens cost, rounded up.
    #[must_use]
    pub fn of(self, usage: Usage) -> u64 {
        let part = |tokens: u64, price: u64| u128::from(tokens) * u128::from(price);
        let all = part(usage.prompt_tokens, self.prompt)
            .saturating_add(part(usage.completion_tokens, self.answer));
        u64::try_from(all.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

/// Limits and prices. Made anew when one of them changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpendRules {
    /// Of each person, as the configuration says.
    pub configured: Limits,
    /// Of all together.
    pub server: Limits,
    /// Of each person, as the admins say.
    pub everyone: Limits,
    /// Of single people.
    pub users: HashMap<UserId, Limits>,
    /// Of devices.
    pub devices: HashMap<DeviceId, Limits>,
    /// By model; `provider/*` is of those that have none of their own.
    pub prices: HashMap<ModelId, Price>,
    /// What money is called, for instance `USD`.
    pub currency: String,
}

impl SpendRules {
    /// The limits of a person, the more special level first.
    #[must_use]
    pub fn of_person(&self, user: &UserId) -> Limits {
        let general = self.everyone.over(&self.configured);
        match self.users.get(user) {
            Some(own) => own.over(&general),
            None => general,
        }
    }

    /// The limits of a device.
    #[must_use]
    pub fn of_device(&self, device: Option<&DeviceId>) -> Limits {
        let own = device.and_then(|device| self.devices.get(device));
        own.cloned().unwrap_or_default()
    }

    /// How many answers a person may have running or waiting, where that is said. Cheap.
    #[must_use]
    pub fn running_answers(&self, user: &UserId) -> Option<u32> {
        let own = self.users.get(user).and_then(|own| own.running_answers);
        own.or(self.everyone.running_answers)
            .or(self.configured.running_answers)
    }

    /// How many messages a person may send in a minute, where admins say. Cheap.
    #[must_use]
    pub fn messages_per_minute(&self, user: &UserId) -> Option<u32> {
        let own = self.users.get(user).and_then(|own| own.messages_per_minute);
        own.or(self.everyone.messages_per_minute)
    }

    /// Whether anybody has a limit that is judged when a message is accepted. Cheap where not.
    #[must_use]
    pub fn guard(&self) -> bool {
        let both = |limits: &Limits| limits.guard() || limits.guard_running();
        both(&self.server)
            || self.everyone.guard()
            || self.configured.guard()
            || self.users.values().any(Limits::guard)
            || self.devices.values().any(both)
    }

    /// Whether somebody may ask a model. The guide (none) always may be.
    #[must_use]
    pub fn allow(&self, by: &Asker, model: Option<&ModelId>) -> bool {
        let Some(model) = model else {
            return true;
        };
        let allows = |list: &[ModelId]| list.iter().any(|line| covers(line, model));
        self.lists(by).into_iter().flatten().all(allows)
    }

    /// The lists of models that concern somebody: their device's, their own, and the server's.
    fn lists(&self, by: &Asker) -> [Option<&[ModelId]>; 3] {
        fn of(limits: &Limits) -> Option<&[ModelId]> {
            limits.models.as_deref()
        }
        let device = by.device.as_ref().and_then(|id| self.devices.get(id));
        let person = [
            self.users.get(&by.user),
            Some(&self.everyone),
            Some(&self.configured),
        ];
        [
            device.and_then(of),
            person.into_iter().flatten().find_map(of),
            of(&self.server),
        ]
    }

    /// The first model that is named in somebody's lists and that all of them allow.
    fn first_allowed(&self, by: &Asker) -> Option<ModelId> {
        let named = self.lists(by).into_iter().flatten().flatten();
        let mut exact = named.filter(|model| model.name != ANY);
        exact.find(|model| self.allow(by, Some(model))).cloned()
    }

    /// Who is to answer: the model that was named, or the usual one, or where that is not allowed
    /// the first that is. None is the guide, or whoever the provider has.
    ///
    /// # Errors
    /// The refusal, where no allowed one can be named.
    pub fn choose(
        &self,
        by: &Asker,
        named: Option<ModelId>,
        usual: &Usual,
    ) -> Result<Option<ModelId>, Refusal> {
        if let Some(model) = named {
            return match self.allow(by, Some(&model)) {
                true => Ok(Some(model)),
                false => Err(Refusal::model(&model.to_string())),
            };
        }
        match usual {
            Usual::Guide => Ok(None),
            Usual::Model(model) if self.allow(by, Some(model)) => Ok(Some(model.clone())),
            Usual::Unknown if !self.restricts(by) => Ok(None),
            Usual::Model(_) | Usual::Unknown => match self.first_allowed(by) {
                Some(model) => Ok(Some(model)),
                None => Err(Refusal::model("the usual model")),
            },
        }
    }

    /// The models that somebody may ask: those that all lists allow, as the shortest list names
    /// them. None is all.
    #[must_use]
    pub fn models(&self, by: &Asker) -> Option<Vec<ModelId>> {
        let lists = self.lists(by).into_iter().flatten();
        let shortest = lists.min_by_key(|list| list.len())?;
        let allowed = |model: &&ModelId| self.allow(by, Some(model));
        Some(shortest.iter().filter(allowed).cloned().collect())
    }

    /// Whether somebody may not ask every model.
    fn restricts(&self, by: &Asker) -> bool {
        self.lists(by).iter().any(Option::is_some)
    }

    /// The price of a model, if one is known.
    #[must_use]
    pub fn price(&self, model: &ModelId) -> Option<Price> {
        let all = || ModelId {
            provider: model.provider.clone(),
            name: ANY.to_owned(),
        };
        let exact = self.prices.get(model);
        exact.or_else(|| self.prices.get(&all())).copied()
    }

    /// What an answer costs; none where the model has no price. The guide is free.
    #[must_use]
    pub fn cost(&self, model: Option<&ModelId>, usage: Usage) -> Option<u64> {
        match model {
            None => Some(0),
            Some(model) => self.price(model).map(|price| price.of(usage)),
        }
    }

    /// What an answer by `model` to a question of so many tokens is expected to need.
    #[must_use]
    pub fn wanted(&self, model: Option<&ModelId>, prompt_tokens: u64) -> Wanted {
        Wanted {
            prompt_tokens,
            price: model.and_then(|model| self.price(model)),
            free: false,
        }
    }

    /// The limits of one level, as they were set.
    #[must_use]
    pub fn at(&self, scope: &LimitScope) -> Limits {
        let found = match scope {
            LimitScope::Server => Some(&self.server),
            LimitScope::Everyone => Some(&self.everyone),
            LimitScope::User(user) => self.users.get(user),
            LimitScope::Device(device) => self.devices.get(device),
        };
        found.cloned().unwrap_or_default()
    }
}
