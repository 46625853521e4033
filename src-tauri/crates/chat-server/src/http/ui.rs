//! The web UI: static files baked into a release build, read from `ui/dist` in a debug build or
//! from `ui_dir`. Paths that name no file are deep links and get `index.html`.

use std::{borrow::Cow, path::Path, sync::Arc};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use rust_embed::RustEmbed;

use crate::app::App;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../../ui/dist"]
#[allow_missing = true]
struct Bundle;

/// Said where the server was built without its UI: `cargo build -p chat-server` alone needs no
/// Node.js.
const NO_UI: &str = include_str!("no_ui.html");

/// Serves one file, or the app's page.
pub(crate) async fn file(State(app): State<Arc<App>>, method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if let Some(found) = read(&app, path).await {
        return answer(path, found);
    }
    // A missing script must be missing, or the browser would run a page as one.
    if path.starts_with("assets/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    match read(&app, "index.html").await {
        Some(page) => answer("index.html", page),
        None => answer("index.html", Cow::Borrowed(NO_UI.as_bytes())),
    }
}

async fn read(app: &App, path: &str) -> Option<Cow<'static, [u8]>> {
    let plain = |part: &str| {
        !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '%', '\0'])
    };
    if !path.split('/').all(plain) {
        return None;
    }
    match &app.config.ui_dir {
        Some(folder) => tokio::fs::read(Path::new(folder).join(path))
            .await
            .ok()
            .map(Cow::Owned),
        None => Bundle::get(path).map(|file| file.data),
    }
}

fn answer(path: &str, content: Cow<'static, [u8]>) -> Response {
    let body = match content {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(content_type(path)),
    );
    // Vite puts a hash of the content into the names under assets/.
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("woff") => "font/woff",
        Some("wasm") => "application/wasm",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
