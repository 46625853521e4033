//! The log of who did what, for those who manage the server.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use chat_core::{Reason, User, UserId};
use chat_protocol::http::{AuditLine, AuditPage};

use super::{Manager, private, problem, store_failed};
use crate::app::App;

/// How many lines a page has where nobody says, and at most.
const USUAL: u32 = 100;
const MOST: u32 = 500;

/// A page of it: `?before=ID&limit=N`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    Manager(_): Manager,
    request: Request,
) -> Result<Response, Response> {
    let (before, limit) = asked(request.uri().query()).ok_or_else(|| {
        let words = "before is the id of a line, limit a number up to 500";
        problem(StatusCode::BAD_REQUEST, Reason::Malformed, words)
    })?;
    let failed = |error| store_failed(&error);
    let mut entries = app
        .database
        .audit(before, limit + 1)
        .await
        .map_err(failed)?;
    let more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let users = app.database.users().await.map_err(failed)?;
    let users: HashMap<&UserId, &User> = users.iter().map(|user| (&user.id, user)).collect();
    let entries = entries
        .iter()
        .map(|entry| AuditLine::new(entry, |id| users.get(id).copied()));
    Ok(private(&AuditPage {
        entries: entries.collect(),
        more,
    }))
}

/// Reads the query; both numbers may be missing.
fn asked(query: Option<&str>) -> Option<(Option<i64>, u32)> {
    let (mut before, mut limit) = (None, USUAL);
    for part in query
        .unwrap_or_default()
        .split('&')
        .filter(|part| !part.is_empty())
    {
        match part.split_once('=')? {
            ("before", id) => before = Some(id.parse().ok()?),
            ("limit", count) => limit = count.parse().ok().filter(|n| (1..=MOST).contains(n))?,
            _ => {}
        }
    }
    Some((before, limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_two_numbers() {
        assert_eq!(asked(None), Some((None, 100)));
        assert_eq!(asked(Some("before=7&limit=5")), Some((Some(7), 5)));
        assert_eq!(asked(Some("other=1")), Some((None, 100)));
        for bad in ["before=x", "limit=0", "limit=501", "limit=-1", "limit"] {
            assert_eq!(asked(Some(bad)), None, "{bad}");
        }
    }
}
