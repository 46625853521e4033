//! Chats that leave for another server, and those that come from there.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Extension, Router,
    body::{Body, BodyDataStream},
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use chat_core::{ChatId, ErrorCode, Fault, IdError, PortableError, Reason, StoreError, UserId};
use chat_protocol::http::{ExportedChat, ImportChat, ImportError, Imported};
use chat_store::Import;
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;

use super::{Caller, not_found, private, problem, store_failed, told};
use crate::app::App;

/// The largest document that is taken in: what a client can still be shown as one frame.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// How long one may be on its way, over a slow line.
const WHOLE: Duration = Duration::from_secs(5 * 60);

/// As much of a refused document is read all the same, and for so long: whoever is still sending
/// when the line is closed may never see the answer.
const DISCARDED: usize = 8 * BODY_LIMIT;
const DISCARDING: Duration = Duration::from_secs(10);

/// As many come and go at once; each holds a whole chat in memory.
const AT_ONCE: usize = 8;

/// As many of them may be one person's: the others find a place too.
const OF_ONE: usize = 2;

/// Room for those that come and go: how many there are of each person.
#[derive(Debug, Clone, Default)]
struct Places(Arc<Mutex<HashMap<UserId, usize>>>);

/// One of them, until it is dropped.
#[derive(Debug)]
struct Place {
    places: Places,
    user: UserId,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Full {
    /// Everybody together has too many.
    All,
    /// That person has.
    Own,
}

impl Places {
    fn take(&self, user: &UserId) -> Result<Place, Full> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.get(user).copied().unwrap_or_default();
        if own >= OF_ONE {
            return Err(Full::Own);
        }
        if taken.values().sum::<usize>() >= AT_ONCE {
            return Err(Full::All);
        }
        taken.insert(user.clone(), own + 1);
        Ok(Place {
            places: self.clone(),
            user: user.clone(),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.user) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                taken.remove(&self.user);
            }
        }
    }
}

/// The routes, which have a deadline of their own.
pub(in crate::http) fn portable_routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/chats/{chat}/export", get(export))
        .route("/api/chats/import", post(import))
        .layer(from_fn(within))
        .layer(Extension(Places::default()))
}

/// Gives a request up that takes too long.
async fn within(request: Request, next: Next) -> Response {
    match timeout(WHOLE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let words = "the chat took too long to arrive; please send it again";
            problem(StatusCode::REQUEST_TIMEOUT, Reason::Malformed, words)
        }
    }
}

/// A chat as a document.
async fn export(
    State(app): State<Arc<App>>,
    Extension(places): Extension<Places>,
    caller: Caller,
    Path(chat): Path<String>,
) -> Result<Response, Response> {
    let chat = ChatId::parse(&chat).map_err(|_| not_found("chat"))?;
    let _place = places.take(&caller.user.id).map_err(busy)?;
    let now = app.sources.clock.now();
    let portable = match app.database.export_chat(&caller.user.id, &chat, now).await {
        Ok(portable) => portable,
        Err(StoreError::NotFound) => return Err(not_found("chat")),
        Err(error) => return Err(store_failed(&error)),
    };
    let written =
        tokio::task::spawn_blocking(move || serde_json::to_vec(&ExportedChat::new(&portable, now)));
    match written.await {
        Ok(Ok(document)) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CACHE_CONTROL, "no-store"),
            ];
            Ok((headers, document).into_response())
        }
        failed => {
            tracing::error!(?failed, "a chat could not be written out");
            Err(told(
                StatusCode::INTERNAL_SERVER_ERROR,
                &Fault::internal(),
                None,
            ))
        }
    }
}

/// Makes a chat of a document.
async fn import(
    State(app): State<Arc<App>>,
    Extension(places): Extension<Places>,
    caller: Caller,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Response> {
    // Asking for JSON by its type keeps plain HTML forms of other sites out.
    if !is_json(&headers) {
        return Err(malformed("the body must be JSON"));
    }
    let body = request.into_body();
    // Before a byte of it is read.
    if announced(&headers).is_some_and(|length| length > BODY_LIMIT as u64) {
        discard(body.into_data_stream());
        return Err(too_long());
    }
    let _place = match places.take(&caller.user.id) {
        Ok(place) => place,
        Err(full) => {
            discard(body.into_data_stream());
            return Err(busy(full));
        }
    };
    let body = whole(body).await.map_err(|rest| {
        discard(rest);
        too_long()
    })?;
    let read = tokio::task::spawn_blocking(move || ImportChat::read(&body)).await;
    let ImportChat { id, chat } = match read {
        Ok(read) => read.map_err(|error| refusal(&error))?,
        Err(error) => {
            tracing::error!(%error, "a chat could not be read");
            return Err(told(
                StatusCode::INTERNAL_SERVER_ERROR,
                &Fault::internal(),
                None,
            ));
        }
    };
    let import = Import {
        id: chat_of(&caller.user.id, id.as_str()).map_err(|_| not_found("chat"))?,
        owner: caller.user.id,
        chat,
        ids: Arc::clone(&app.sources.ids),
        now: app.sources.clock.now(),
    };
    match app.database.import_chat(import).await {
        Ok(done) => Ok(private(&Imported::new(
            &done.chat.id,
            done.messages,
            done.created,
        ))),
        Err(StoreError::NotFound | StoreError::IdTaken) => Err(not_found("chat")),
        Err(error) => Err(store_failed(&error)),
    }
}

/// The body, or what is left of one that breaks off or is longer than [`BODY_LIMIT`].
async fn whole(body: Body) -> Result<Vec<u8>, BodyDataStream> {
    let (mut pieces, mut whole) = (body.into_data_stream(), Vec::new());
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok(piece) if whole.len() + piece.len() <= BODY_LIMIT => whole.extend_from_slice(&piece),
            Ok(_) | Err(_) => return Err(pieces),
        }
    }
    Ok(whole)
}

/// Reads on, while the refusal is on its way already.
fn discard(mut rest: BodyDataStream) {
    tokio::spawn(timeout(DISCARDING, async move {
        let mut left = DISCARDED;
        while let Some(Ok(piece)) = rest.next().await
            && left > 0
        {
            left = left.saturating_sub(piece.len());
        }
    }));
}

/// The id of the chat that an import makes: the same one each time, and nobody else's.
fn chat_of(user: &UserId, import: &str) -> Result<ChatId, IdError> {
    let mut hash = Sha256::new();
    hash.update(user.as_str());
    hash.update([0]);
    hash.update(import);
    let hash = hash.finalize();
    let hex: String = hash
        .iter()
        .take(20)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    ChatId::parse(&format!("import-{hex}"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .eq_ignore_ascii_case("application/json")
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

fn refusal(error: &ImportError) -> Response {
    match error {
        ImportError::TooLong(_) | ImportError::Tree(PortableError::TooMany) => problem(
            StatusCode::PAYLOAD_TOO_LARGE,
            Reason::TooLong,
            &error.to_string(),
        ),
        _ => malformed(&error.to_string()),
    }
}

fn malformed(words: &str) -> Response {
    problem(StatusCode::BAD_REQUEST, Reason::Malformed, words)
}

fn too_long() -> Response {
    let words = "the chat is too large: at most 16 MiB can be taken in";
    problem(StatusCode::PAYLOAD_TOO_LARGE, Reason::TooLong, words)
}

fn busy(full: Full) -> Response {
    let words = match full {
        Full::All => "several chats are coming and going already; please try again in a moment",
        Full::Own => {
            "two of your chats are coming or going already; please wait until one has arrived"
        }
    };
    let fault = Fault::new(ErrorCode::RateLimit, Reason::TooManyMessages, words);
    told(
        StatusCode::TOO_MANY_REQUESTS,
        &fault.retry_after(2_000),
        None,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserId {
        UserId::parse(name).expect("an id")
    }

    #[test]
    fn nobody_takes_the_places_of_the_others() {
        let places = Places::default();
        let take = |name: &str| places.take(&user(name));
        let own = [take("alice").expect("one"), take("alice").expect("two")];
        assert_eq!(take("alice").err(), Some(Full::Own));
        let others = ["b", "c", "d"].map(|name| [take(name), take(name)].map(Result::unwrap));
        assert_eq!(take("eve").err(), Some(Full::All), "eight in all");
        assert_eq!(take("alice").err(), Some(Full::Own), "and hers are hers");
        drop(others);
        assert!(take("eve").is_ok());
        let [first, second] = own;
        drop(first);
        let third = take("alice").expect("one came back");
        assert_eq!(take("alice").err(), Some(Full::Own));
        drop((second, third));
        assert!(
            places.0.lock().expect("no panic").is_empty(),
            "none is kept"
        );
    }
}
