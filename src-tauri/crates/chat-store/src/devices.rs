//! What the server asks of the database about devices that people are signed in with.

use chat_core::{Actor, Device, DeviceId, StoreError, Timestamp, User, UserId};

use crate::{
    database::Database,
    operations::devices::{self, Renewal},
    tables::{self, users},
};

impl Database {
    /// Signs a person in on a device, with the hash of its first refresh token if it wants one.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the person does not exist or is shut out.
    pub async fn sign_in_device(
        &self,
        device: Device,
        refresh: Option<[u8; 32]>,
        actor: Actor,
    ) -> Result<(), StoreError> {
        self.write(move |scope| devices::sign_in(scope, &device, refresh.as_ref(), &actor))
            .await
    }

    /// Trades a refresh token for its successor, once. Of any number that try at once with the
    /// same one, one succeeds, and the next signs the device out.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn renew(
        &self,
        hash: [u8; 32],
        next: [u8; 32],
        expires_at: Timestamp,
        actor: Actor,
    ) -> Result<Renewal, StoreError> {
        self.write(move |scope| devices::renew(scope, &hash, &next, expires_at, &actor))
            .await
    }

    /// Whose a refresh token is, used or not.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn holder(&self, hash: [u8; 32]) -> Result<Option<UserId>, StoreError> {
        self.read(move |connection| Ok(tables::refresh_tokens::holder(connection, &hash)?))
            .await
    }

    /// The person, if they are let in, and the device, if it is theirs and signed in at `now`. With
    /// a device that is not, there is nobody.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn signed_in(
        &self,
        user: &UserId,
        device: Option<&DeviceId>,
        now: Timestamp,
    ) -> Result<Option<(User, Option<Device>)>, StoreError> {
        let (user, device) = (user.clone(), device.cloned());
        self.read(move |connection| {
            let Some(user) = users::get(connection, &user)?.filter(|user| user.enabled) else {
                return Ok(None);
            };
            let Some(device) = device else {
                return Ok(Some((user, None)));
            };
            let device = tables::devices::live(connection, &device, now)?;
            let own = device.filter(|device| device.user == user.id);
            Ok(own.map(|device| (user, Some(device))))
        })
        .await
    }

    /// Keeps when and where a device was seen. A crash of the machine may forget the last one.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn device_seen(
        &self,
        device: &DeviceId,
        address: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let device = device.clone();
        self.write_soon(move |scope| {
            Ok(tables::devices::seen(
                scope.connection,
                &device,
                &address,
                now,
            )?)
        })
        .await
    }

    /// The devices that a person is signed in with, the one last seen first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn devices(&self, user: &UserId, now: Timestamp) -> Result<Vec<Device>, StoreError> {
        let user = user.clone();
        self.read(move |connection| Ok(tables::devices::of_user(connection, &user, now)?))
            .await
    }

    /// Everybody's devices that came in by pairing, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn paired_devices(&self, now: Timestamp) -> Result<Vec<Device>, StoreError> {
        self.read(move |connection| Ok(tables::devices::paired(connection, now)?))
            .await
    }

    /// Of everyone who is signed in: on how many devices, and when the last was seen.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn device_summary(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(UserId, u32, Timestamp)>, StoreError> {
        self.read(move |connection| Ok(tables::devices::summary(connection, now)?))
            .await
    }

    /// The devices that were signed out at or after `since`.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn revoked_devices(&self, since: Timestamp) -> Result<Vec<DeviceId>, StoreError> {
        self.read(move |connection| Ok(tables::devices::revoked_since(connection, since)?))
            .await
    }

    /// Signs one device of a person out.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is not signed in, or not theirs.
    pub async fn revoke_device(
        &self,
        user: &UserId,
        device: &DeviceId,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let (user, device) = (user.clone(), device.clone());
        self.write(move |scope| devices::revoke(scope, &user, &device, &actor))
            .await
    }

    /// Signs all devices of a person out, but for `except`; gives how many there were.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn revoke_devices(
        &self,
        user: &UserId,
        except: Option<DeviceId>,
        actor: Actor,
    ) -> Result<usize, StoreError> {
        let user = user.clone();
        self.write(move |scope| devices::revoke_all(scope, &user, except.as_ref(), &actor))
            .await
    }
}
