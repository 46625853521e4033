//! For those who run the server: is it well, and how busy.

use std::{
    fmt::Write as _,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};

use crate::{app::App, counters};

/// How long the store may take to prove it. Whoever asks has a deadline of their own, of a few
/// seconds, and is better told "no" than nothing.
const PATIENCE: Duration = Duration::from_secs(2);

/// 200 when the store can write.
pub(crate) async fn health(State(app): State<Arc<App>>) -> Response {
    match tokio::time::timeout(PATIENCE, app.database.writable()).await {
        Ok(Ok(())) => return (StatusCode::OK, "ok\n").into_response(),
        Ok(Err(error)) => tracing::error!(%error, "the store cannot write"),
        Err(_) => tracing::error!("the store did not write for {PATIENCE:?}"),
    }
    (StatusCode::SERVICE_UNAVAILABLE, "the store cannot write\n").into_response()
}

/// Prometheus text, format 0.0.4. Carries no id of a user, chat or message.
pub(crate) async fn metrics(State(app): State<Arc<App>>) -> Response {
    let mut text = String::with_capacity(2_048);
    let mut line = |name: &str, kind: &str, help: &str, value: u64| {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}"
        );
    };
    let connections = app.connections.load(Ordering::Relaxed) as u64;
    line(
        "parlor_connections",
        "gauge",
        "Open WebSocket connections.",
        connections,
    );
    let running = app.service.running_count() as u64;
    line(
        "parlor_answers_running",
        "gauge",
        "Answers being written or waiting.",
        running,
    );
    for counter in counters::ALL {
        line(counter.name, "counter", counter.help, counter.value());
    }
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
        .into_response()
}
