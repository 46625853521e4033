//! What was spent, for those who manage the server.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use chat_core::{Day, Reason, SpendStore as _, User, UserId};
use chat_protocol::http::UsagePage;

use super::{Manager, not_found, private, problem, store_failed};
use crate::app::App;

/// How many days are told where nobody says, and at most.
const USUAL: i64 = 30;
const MOST: i64 = 366;

/// What was spent on some days: `?from=2024-01-01&to=2024-01-31`, and `&user=ID` for one person.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    Manager(_): Manager,
    request: Request,
) -> Result<Response, Response> {
    let today = Day::of(app.sources.clock.now());
    let asked = asked(request.uri().query(), today).ok_or_else(|| {
        let words = "from and to are days such as 2024-01-31, at most 366 of them; user is an id";
        problem(StatusCode::BAD_REQUEST, Reason::Malformed, words)
    })?;
    let failed = |error| store_failed(&error);
    let users = app.database.users().await.map_err(failed)?;
    let users: HashMap<&UserId, &User> = users.iter().map(|user| (&user.id, user)).collect();
    if asked
        .user
        .as_ref()
        .is_some_and(|user| !users.contains_key(user))
    {
        return Err(not_found("person"));
    }
    let rows = app.database.usage(asked.days, asked.user).await;
    let rows = rows.map_err(failed)?;
    let rules = app.database.spend_rules();
    let page = UsagePage::new(asked.days, &rules.currency, &rows, |id| {
        users.get(id).copied()
    });
    Ok(private(&page))
}

#[derive(Debug, PartialEq)]
struct Asked {
    days: (Day, Day),
    user: Option<UserId>,
}

/// Reads the query; everything may be missing.
fn asked(query: Option<&str>, today: Day) -> Option<Asked> {
    let (mut from, mut to, mut user) = (None, None, None);
    let parts = query.unwrap_or_default().split('&');
    for part in parts.filter(|part| !part.is_empty()) {
        match part.split_once('=')? {
            ("from", day) => from = Some(Day::parse(day)?),
            ("to", day) => to = Some(Day::parse(day)?),
            ("user", id) => user = Some(UserId::parse(id).ok()?),
            _ => {}
        }
    }
    let to = to.unwrap_or(today);
    let from = from.unwrap_or(Day(to.0 - USUAL + 1));
    let fits = (1..=MOST).contains(&(to.0 - from.0 + 1));
    fits.then_some(Asked {
        days: (from, to),
        user,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_two_days_and_a_person() {
        let today = Day::parse("2024-03-01").expect("a day");
        let days = |query| {
            let asked = asked(query, today)?;
            Some((asked.days.0.to_string(), asked.days.1.to_string()))
        };
        let told = |from: &str, to: &str| Some((from.to_owned(), to.to_owned()));
        assert_eq!(days(None), told("2024-02-01", "2024-03-01"));
        assert_eq!(
            days(Some("from=2024-01-01&to=2024-01-31&other=1")),
            told("2024-01-01", "2024-01-31")
        );
        assert_eq!(
            days(Some("to=2023-01-30")),
            told("2023-01-01", "2023-01-30")
        );
        for bad in [
            "from=2024-03-02",
            "from=2022-01-01",
            "to=tomorrow",
            "from",
            "user=",
            "user=%00",
            "from=2024-01-01&to=9999-12-31",
        ] {
            assert_eq!(days(Some(bad)), None, "{bad}");
        }
        let of_ann = asked(Some("user=ann"), today).expect("a query");
        assert_eq!(of_ann.user, UserId::parse("ann").ok());
    }
}
