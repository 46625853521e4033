//! People with an account, for those who manage them.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{Path, Request, State},
    response::Response,
};
use chat_core::{AuditAction, StoreError, User, UserId};
use chat_protocol::http::{ChangeUser, Directory, LinkMade, Person, UserInfo, UserList};
use chat_store::UserPatch;

use super::{
    Caller, Manager, body, devices::managed, not_changed, not_found, private, store_failed,
    tell_connections,
};
use crate::app::App;

/// Everyone.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Manager(_): Manager,
) -> Result<Response, Response> {
    let failed = |error| store_failed(&error);
    let users = app.database.users().await.map_err(failed)?;
    let with_password = app.database.users_with_password().await.map_err(failed)?;
    let now = app.sources.clock.now();
    let devices = app.database.device_summary(now).await.map_err(failed)?;
    let devices: HashMap<_, _> = devices
        .into_iter()
        .map(|(user, count, seen)| (user, (count, seen)))
        .collect();
    let users = users
        .iter()
        .map(|user| described(user, &with_password, &devices));
    Ok(private(&UserList {
        users: users.collect(),
    }))
}

/// The names of all who may sign in, for those who want to share a chat.
pub(super) async fn directory(
    State(app): State<Arc<App>>,
    _caller: Caller,
) -> Result<Response, Response> {
    if !app.config.chat.directory {
        let words =
            "the people of this server are not listed; ask them for the names they have here";
        return Err(super::forbidden(words));
    }
    let users = app.database.users().await;
    let mut users = users.map_err(|error| store_failed(&error))?;
    users.retain(|user| user.enabled);
    users.sort_by_cached_key(|user| user.name.to_lowercase());
    Ok(private(&Directory {
        people: users.iter().map(Person::from).collect(),
    }))
}

/// Gives somebody another role, or lets them in or out.
pub(super) async fn change(
    State(app): State<Arc<App>>,
    Manager(caller): Manager,
    Path(user): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    let asked: ChangeUser = body(request).await?;
    let user = UserId::parse(&user).map_err(|_| not_found("person"))?;
    let patch = UserPatch {
        role: asked.role,
        enabled: asked.enabled,
    };
    let changed = app
        .database
        .change_user(&user, patch, caller.actor(&app))
        .await;
    let user = match changed {
        Ok(Ok(user)) => user,
        Ok(Err(refusal)) => return Err(not_changed(refusal)),
        Err(StoreError::NotFound) => return Err(not_found("person")),
        Err(error) => return Err(store_failed(&error)),
    };
    tell_connections(&app).await?;
    let hash = app.database.password_hash(&user.id).await;
    let hash = hash.map_err(|error| store_failed(&error))?;
    let devices = app
        .database
        .devices(&user.id, app.sources.clock.now())
        .await;
    let devices = devices.map_err(|error| store_failed(&error))?;
    let count = u32::try_from(devices.len()).unwrap_or(u32::MAX);
    let seen = devices.first().map(|device| device.used_at);
    Ok(private(&UserInfo::new(&user, hash.is_some(), count, seen)))
}

/// Makes a one-time sign-in link for somebody, who lost their password or never had one.
pub(super) async fn link(
    State(app): State<Arc<App>>,
    Manager(caller): Manager,
    Path(user): Path<String>,
) -> Result<Response, Response> {
    let user = managed(&app, &caller, &user).await?;
    if !user.enabled {
        return Err(super::forbidden("this account is closed; open it first"));
    }
    let noted = app.database.note(
        caller.actor(&app),
        AuditAction::LinkCreated,
        Some(user.id.clone()),
        String::new(),
    );
    noted.await.map_err(|error| store_failed(&error))?;
    let (code, until) = app.codes.issue(user.id, app.sources.clock.now());
    Ok(private(&LinkMade::new(&code, until)))
}

fn described<'a>(
    user: &'a User,
    with_password: &[UserId],
    devices: &HashMap<UserId, (u32, chat_core::Timestamp)>,
) -> UserInfo<'a> {
    let known = devices.get(&user.id);
    UserInfo::new(
        user,
        with_password.contains(&user.id),
        known.map_or(0, |(count, _)| *count),
        known.map(|(_, seen)| *seen),
    )
}
