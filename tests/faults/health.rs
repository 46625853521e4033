//! What those who run the server see of a fault.

use std::time::{Duration, Instant};

use crate::support::{DEADLINE, Server, http};

/// Asks `/healthz` until it answers so.
pub(super) async fn until(server: &Server, status: u16) {
    let begun = Instant::now();
    loop {
        let said = http::get(server, "/healthz").await;
        if said.status == status {
            return;
        }
        assert!(
            begun.elapsed() < DEADLINE,
            "/healthz says {} for too long: {}",
            said.status,
            said.body
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
