//! For those who run the server: is it well, and how busy.

use std::{
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
    let mut text = String::with_capacity(16 * 1024);
    let service = &app.service;
    for (name, help, value) in [
        (
            "parlor_connections",
            "Open WebSocket connections.",
            app.connections.load(Ordering::Relaxed) as u64,
        ),
        (
            "parlor_answers_running",
            "Answers being written or waiting.",
            service.running_count() as u64,
        ),
        (
            "parlor_answers_waiting",
            "Answers waiting for the one before them in their chat.",
            service.waiting_count() as u64,
        ),
        (
            "parlor_objectives_making",
            "Objectives in the making.",
            service.making_count() as u64,
        ),
        (
            "parlor_store_queue",
            "Writes waiting for the disk or on their way to it.",
            app.database.writer_stats().queued,
        ),
    ] {
        counters::show_gauge(&mut text, name, help, value);
    }
    counters::show(&mut text);
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
        .into_response()
}
