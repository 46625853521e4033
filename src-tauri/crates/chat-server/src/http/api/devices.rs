//! The devices that people are signed in with: one's own, and those of others for who manages them.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use chat_core::{Actor, DeviceId, StoreError, User, UserId};
use chat_protocol::http::{DeviceList, SignedOut};

use super::{Caller, Manager, forbidden, not_found, private, store_failed, tell_connections};
use crate::app::App;

/// One's own.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Response, Response> {
    listed(&app, &caller.user.id, caller.device.as_ref()).await
}

/// Signs one of one's own out.
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(device): Path<String>,
) -> Result<StatusCode, Response> {
    let actor = caller.actor(&app);
    revoked(&app, &caller.user.id, &device, actor).await
}

/// Signs all of one's own out but the one that asks.
pub(super) async fn revoke_others(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Response, Response> {
    let actor = caller.actor(&app);
    revoked_all(&app, &caller.user.id, caller.device, actor).await
}

/// Somebody's.
pub(super) async fn list_of(
    State(app): State<Arc<App>>,
    Manager(caller): Manager,
    Path(user): Path<String>,
) -> Result<Response, Response> {
    let user = managed(&app, &caller, &user).await?;
    listed(&app, &user.id, caller.device.as_ref()).await
}

/// Signs one of somebody's out.
pub(super) async fn revoke_of(
    State(app): State<Arc<App>>,
    Manager(caller): Manager,
    Path((user, device)): Path<(String, String)>,
) -> Result<StatusCode, Response> {
    let user = managed(&app, &caller, &user).await?;
    revoked(&app, &user.id, &device, caller.actor(&app)).await
}

/// Signs all of somebody's out.
pub(super) async fn revoke_all_of(
    State(app): State<Arc<App>>,
    Manager(caller): Manager,
    Path(user): Path<String>,
) -> Result<Response, Response> {
    let user = managed(&app, &caller, &user).await?;
    revoked_all(&app, &user.id, None, caller.actor(&app)).await
}

/// The person of that id, if they do not stand above who asks.
pub(super) async fn managed(app: &App, caller: &Caller, id: &str) -> Result<User, Response> {
    let id = UserId::parse(id).map_err(|_| not_found("person"))?;
    let user = app.database.user(&id).await;
    let user = user.map_err(|error| store_failed(&error))?;
    let user = user.ok_or_else(|| not_found("person"))?;
    if user.role > caller.user.role {
        return Err(forbidden("your role does not allow that"));
    }
    Ok(user)
}

async fn listed(
    app: &App,
    user: &UserId,
    current: Option<&DeviceId>,
) -> Result<Response, Response> {
    let devices = app.database.devices(user, app.sources.clock.now()).await;
    let devices = devices.map_err(|error| store_failed(&error))?;
    Ok(private(&DeviceList::new(&devices, current)))
}

async fn revoked(
    app: &App,
    user: &UserId,
    device: &str,
    actor: Actor,
) -> Result<StatusCode, Response> {
    let device = DeviceId::parse(device).map_err(|_| not_found("device"))?;
    match app.database.revoke_device(user, &device, actor).await {
        Ok(()) => {}
        Err(StoreError::NotFound) => return Err(not_found("device")),
        Err(error) => return Err(store_failed(&error)),
    }
    tell_connections(app).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn revoked_all(
    app: &App,
    user: &UserId,
    except: Option<DeviceId>,
    actor: Actor,
) -> Result<Response, Response> {
    let count = app.database.revoke_devices(user, except, actor).await;
    let count = count.map_err(|error| store_failed(&error))?;
    tell_connections(app).await?;
    let signed_out = u32::try_from(count).unwrap_or(u32::MAX);
    Ok(private(&SignedOut { signed_out }))
}
