//! Who asks: what a handler has in its signature is what a request must bring.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::Response,
};
use chat_core::{Actor, DeviceId, ErrorCode, Fault, Reason, User, UserRole};

use super::{actor, forbidden, told};
use crate::{
    app::{App, SignedIn},
    counters,
    http::{Peer, upgrade},
};

/// Somebody who is signed in.
pub(super) struct Caller {
    /// The person.
    pub(super) user: User,
    /// Their device; none with a token of the command line or of another system.
    pub(super) device: Option<DeviceId>,
    /// Where they are.
    pub(super) peer: IpAddr,
}

/// Somebody who manages others: an admin or owner.
pub(super) struct Manager(pub(super) Caller);

impl Caller {
    /// Who acts now, for the log.
    pub(super) fn actor(&self, app: &App) -> Actor {
        actor(app, Some(self.user.id.clone()), self.peer)
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let peer = parts.extensions.get::<Peer>().copied();
        let token = upgrade::bearer(&parts.headers);
        let (Some(token), Some(Peer(peer))) = (token, peer) else {
            return Err(unknown("sign in first", Reason::SignInRequired));
        };
        match app.authenticate(token, peer).await {
            Ok(Some(SignedIn { user, device })) => Ok(Self { user, device, peer }),
            Ok(None) => Err(unknown("sign in again", Reason::TokenRefused)),
            Err(fault) => Err(told(StatusCode::SERVICE_UNAVAILABLE, &fault, None)),
        }
    }
}

impl FromRequestParts<Arc<App>> for Manager {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let caller = Caller::from_request_parts(parts, app).await?;
        if caller.user.role < UserRole::Admin {
            return Err(forbidden(
                "only an owner or admin of this server may do that",
            ));
        }
        Ok(Self(caller))
    }
}

fn unknown(words: &str, reason: Reason) -> Response {
    counters::REFUSED.add(1);
    let fault = Fault::new(ErrorCode::AuthFailed, reason, words);
    told(StatusCode::UNAUTHORIZED, &fault, None)
}
