//! `/api/…` of the remote server, with the token exchanged on the way.

use std::sync::Arc;

use axum::{
    body::{Body, HttpBody as _},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret;

use super::Shared;

/// What may cross in either direction; everything else belongs to one hop.
const PASSED: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::RETRY_AFTER,
    header::ACCEPT_LANGUAGE,
];

/// Passes one request on and its answer back.
pub(super) async fn pass_on(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let shown = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    if !shown
        .and_then(|value| value.strip_prefix("Bearer "))
        .is_some_and(|it| shared.admits(it))
    {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(token) = shared.bearer().await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let mut address = shared.remote.address.clone();
    // Only path and query are taken over: the request cannot choose another host.
    address.set_path(&joined(shared.remote.address.path(), parts.uri.path()));
    address.set_query(parts.uri.query());
    // How much it takes in one request is the server's affair: nothing is gathered here.
    let body = match body.size_hint().exact() {
        Some(0) => reqwest::Body::default(),
        _ => reqwest::Body::wrap_stream(body.into_data_stream()),
    };
    let sent = shared
        .remote
        .client
        .request(parts.method, address)
        .headers(passed(&parts.headers))
        .bearer_auth(token.expose_secret())
        .body(body)
        .send()
        .await;
    match sent {
        Ok(answer) => {
            if answer.status() == StatusCode::UNAUTHORIZED {
                shared.remote.doubt().await;
            } else {
                shared.succeeded();
            }
            let (status, headers) = (answer.status(), passed(answer.headers()));
            (status, headers, Body::from_stream(answer.bytes_stream())).into_response()
        }
        Err(error) => {
            shared.failed(shared.remote.explain(error));
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

/// A path below the remote server's own, which may be served under a prefix.
pub(super) fn joined(base: &str, path: &str) -> String {
    format!(
        "{}/{}",
        base.trim_end_matches('/'),
        path.trim_start_matches('/')
    )
}

fn passed(headers: &HeaderMap) -> HeaderMap {
    let taken = PASSED.into_iter().filter_map(|name| {
        let value = headers.get(&name)?.clone();
        Some((name, value))
    });
    taken.collect()
}
