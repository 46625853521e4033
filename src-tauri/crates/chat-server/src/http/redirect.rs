//! For who speaks plain HTTP to an address that speaks TLS: the same address with `https://`, once
//! the guard has let its name pass. Nothing is read but the first line and the host.

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse as _, Response},
};

use super::guard;
use crate::app::App;

/// Sends everybody on.
pub(super) fn router(app: &Arc<App>) -> Router {
    Router::new()
        .fallback(onwards)
        .layer(from_fn_with_state(Arc::clone(app), guard::check))
}

async fn onwards(request: Request) -> Response {
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok());
    let path = request.uri().path_and_query();
    let path = path.map_or("/", |path| path.as_str());
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let place = host
        .filter(|_| reads)
        .and_then(|host| HeaderValue::from_str(&format!("https://{host}{path}")).ok());
    match place {
        // Not for ever: the address may speak plain again when nothing is shared.
        Some(place) => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, place)]).into_response()
        }
        None => (StatusCode::FORBIDDEN, "this address speaks https\n").into_response(),
    }
}
