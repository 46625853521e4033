//! Who may knock at the relay: the window's origin, at this computer's own address.
//!
//! Any web page can reach a loopback port. The `Origin` check keeps pages out, the `Host` check
//! those that came by DNS rebinding; the token comes on top.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::Shared;

/// The window's origin on Linux and macOS, and on Windows.
const ORIGINS: [&str; 3] = [
    "tauri://localhost",
    "http://tauri.localhost",
    "https://tauri.localhost",
];

/// Refuses foreign pages and hosts, answers preflights, and lets the window read answers.
pub(super) async fn check(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(origin) = admitted_origin(request.headers(), &shared) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let mut response = if request.method() == Method::OPTIONS {
        preflight()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static(origin),
    );
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    response
}

fn admitted_origin(headers: &HeaderMap, shared: &Shared) -> Option<&'static str> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let host = text(header::HOST)?;
    let port = shared.address.port();
    if host != format!("127.0.0.1:{port}") && host != format!("localhost:{port}") {
        return None;
    }
    let origin = text(header::ORIGIN)?;
    ORIGINS.into_iter().find(|admitted| *admitted == origin)
}

fn preflight() -> Response {
    let headers = [
        (
            header::ACCESS_CONTROL_ALLOW_METHODS,
            "GET, POST, PUT, PATCH, DELETE",
        ),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}
