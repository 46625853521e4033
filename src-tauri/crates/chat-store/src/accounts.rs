//! What the server asks of the database beside history: people's accounts, one-time sign-in links,
//! its own settings and its providers. No observer hears of these.

use chat_core::{Actor, DeviceId, ProviderId, StoreError, Timestamp, User, UserId, UserRole};

use crate::{
    database::Database,
    operations::accounts::{self, Refusal, UserPatch},
    tables::{links, meta, providers, providers::StoredProvider, users},
};

impl Database {
    /// Makes an account. The name is kept without space around it, and is unique without regard to
    /// case. Check it with [`crate::user_name`] first, for words that help.
    ///
    /// # Errors
    /// [`StoreError::IdTaken`] when the name or the id is somebody's.
    pub async fn create_user(
        &self,
        id: UserId,
        name: &str,
        role: UserRole,
        password_hash: Option<String>,
        now: Timestamp,
    ) -> Result<User, StoreError> {
        let user = User {
            id,
            name: name.to_owned(),
            role,
            enabled: true,
            created_at: now,
        };
        self.write(move |scope| accounts::create(scope, user, password_hash.as_deref()))
            .await
    }

    /// The person with that id.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn user(&self, user: &UserId) -> Result<Option<User>, StoreError> {
        let user = user.clone();
        self.read(move |connection| Ok(users::get(connection, &user)?))
            .await
    }

    /// The person with that name in any case, and the hash of their password.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn user_by_name(
        &self,
        name: &str,
    ) -> Result<Option<(User, Option<String>)>, StoreError> {
        let name = name.to_owned();
        self.read(move |connection| Ok(users::by_name(connection, &name)?))
            .await
    }

    /// Everyone, oldest account first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.read(|connection| Ok(users::all(connection)?)).await
    }

    /// The owner with the oldest account.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn owner(&self) -> Result<Option<User>, StoreError> {
        self.read(|connection| Ok(users::first_owner(connection)?))
            .await
    }

    /// Who has a password to sign in with.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn users_with_password(&self) -> Result<Vec<UserId>, StoreError> {
        self.read(|connection| Ok(users::with_password(connection)?))
            .await
    }

    /// The hash of a person's password, if they have one.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn password_hash(&self, user: &UserId) -> Result<Option<String>, StoreError> {
        let user = user.clone();
        self.read(move |connection| Ok(users::password_hash(connection, &user)?))
            .await
    }

    /// Lets the person of that name in, or out, whoever they are: for the command line. Every
    /// device of one who is shut out is signed out.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn set_user_enabled(
        &self,
        name: &str,
        enabled: bool,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let name = name.to_owned();
        self.write(move |scope| accounts::set_enabled(scope, &name, enabled, &actor))
            .await
    }

    /// Changes an account on behalf of an admin or owner, who may not touch whoever stands above
    /// them, give more than they have, or leave the server without an owner.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such person. The inner error is why not.
    pub async fn change_user(
        &self,
        user: &UserId,
        patch: UserPatch,
        actor: Actor,
    ) -> Result<Result<User, Refusal>, StoreError> {
        let user = user.clone();
        self.write(move |scope| accounts::change(scope, &user, patch, &actor))
            .await
    }

    /// Keeps the hash of a person's new password, and signs their devices out but for `keep`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such person.
    pub async fn set_password(
        &self,
        user: &UserId,
        hash: String,
        keep: Option<DeviceId>,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let user = user.clone();
        self.write(move |scope| accounts::set_password(scope, &user, &hash, keep.as_ref(), &actor))
            .await
    }

    /// Keeps the hash of a one-time sign-in code.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such person, [`StoreError::IdTaken`] when the
    /// code was given out before.
    pub async fn put_sign_in_link(
        &self,
        hash: [u8; 32],
        user: &UserId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let user = user.clone();
        self.write(move |scope| accounts::put_link(scope, &hash, &user, expires_at))
            .await
    }

    /// Uses a sign-in code up. Of any number that try at once, one gets the person; nobody does
    /// when the code is unknown, used, expired, or its person may not sign in.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn redeem_sign_in_link(
        &self,
        hash: [u8; 32],
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        self.write(move |scope| accounts::redeem(scope, &hash, now))
            .await
    }

    /// A small value that the server keeps. Not for secrets.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn server_setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        let key = key.to_owned();
        self.read(move |connection| Ok(meta::setting(connection, &key)?))
            .await
    }

    /// Keeps one.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn set_server_setting(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.write(move |scope| Ok(meta::set_setting(scope.connection, &key, &value)?))
            .await
    }

    /// The providers that people configured, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn providers(&self) -> Result<Vec<StoredProvider>, StoreError> {
        self.read(|connection| Ok(providers::all(connection)?))
            .await
    }

    /// Adds or replaces a provider. One that is active is the only one then.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn save_provider(&self, provider: StoredProvider) -> Result<(), StoreError> {
        self.write(move |scope| Ok(providers::put(scope.connection, &provider)?))
            .await
    }

    /// Forgets a provider. No other becomes active: where words go is a person's choice.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn remove_provider(&self, provider: &ProviderId) -> Result<(), StoreError> {
        let provider = provider.clone();
        self.write(move |scope| accounts::found(providers::delete(scope.connection, &provider)?))
            .await
    }

    /// Forgets sign-in codes that expired before `now`.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn sweep_sign_in_links(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |scope| Ok(links::sweep(scope.connection, now)?))
            .await
    }
}
