//! Keeping a sign-in with a keyring that is locked for a while, at a small server of the tests' own.

use std::{
    future::{Future as _, poll_fn},
    pin::pin,
    sync::Mutex as Lock,
    task::Poll,
};

use axum::{Router, http::HeaderMap, routing};
use reqwest::Url;
use tokio::sync::{Mutex, mpsc};

use super::*;
use crate::{
    attempt::Attempts,
    remote::{Keeper, Key},
};

type Shelf = Arc<Lock<Vec<String>>>;

/// A server, and whoever signs out at it.
async fn server() -> (Url, mpsc::UnboundedReceiver<String>) {
    let (leave, left) = mpsc::unbounded_channel();
    let sign_out = move |headers: HeaderMap| async move {
        let who = headers["authorization"].to_str().unwrap().to_owned();
        leave.send(who).unwrap();
    };
    let routes = Router::new().route("/api/session", routing::delete(sign_out));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (address.parse().unwrap(), left)
}

/// A sign-in whose tokens have that name, and that is kept on `shelf`.
fn remote(address: &Url, name: &str, shelf: &Shelf) -> Remote {
    let key = Key::Renewed {
        refresh: format!("long-{name}"),
        next: None,
    };
    let token = format!("short-{name}").into();
    let keeper = Keeper::Shelf(shelf.clone());
    Remote::new(address.clone(), None, key, Some(token), keeper).unwrap()
}

/// Locks a shelf, as a keyring is that waits for its password, until the sender is dropped.
fn locked(shelf: &Shelf) -> std::sync::mpsc::Sender<()> {
    let (open, opened) = std::sync::mpsc::channel::<()>();
    let (tell, told) = std::sync::mpsc::channel();
    let shelf = shelf.clone();
    std::thread::spawn(move || {
        let held = shelf.lock().unwrap();
        tell.send(()).unwrap();
        opened.recv().ok();
        drop(held);
    });
    told.recv().unwrap();
    open
}

fn last(shelf: &Shelf) -> Option<String> {
    shelf.lock().unwrap().last().cloned()
}

/// The one place where sign-ins are kept, one after the other.
async fn turn(all: &Arc<Mutex<()>>) -> OwnedMutexGuard<()> {
    all.clone().lock_owned().await
}

#[tokio::test]
async fn giving_up_while_the_keyring_is_locked_leaves_nothing_anywhere() {
    let (address, mut left) = server().await;
    let (attempts, shelf, all) = (Attempts::default(), Shelf::default(), Arc::default());
    let attempt = attempts.begin();
    let open = locked(&shelf);
    let new = remote(&address, "new", &shelf);
    let mut keeping = pin!(keep(new, None, &attempt, turn(&all).await));
    let once = poll_fn(|context| Poll::Ready(keeping.as_mut().poll(context).is_pending()));
    assert!(once.await, "the keyring is locked");
    attempts.give_up();
    let given_up = keeping.await.err().map(|error| error.code());
    assert_eq!(
        given_up,
        Some(Code::Cancelled),
        "nobody waits for the keyring"
    );
    drop(open);
    assert_eq!(left.recv().await.unwrap(), "Bearer short-new", "signed out");
    // The next one keeps nothing before this one is undone.
    drop(turn(&all).await);
    assert_eq!(last(&shelf), None, "the keyring is empty again");
}

#[tokio::test]
async fn giving_up_a_second_sign_in_leaves_the_first_as_it_was() {
    let (address, mut left) = server().await;
    let (attempts, shelf, all) = (Attempts::default(), Shelf::default(), Arc::default());
    let mut old = remote(&address, "old", &shelf);
    old.keep().await;
    let kept = last(&shelf);
    let attempt = attempts.begin();
    attempts.give_up();
    let new = remote(&address, "new", &shelf);
    let given_up = keep(new, Some(old.into()), &attempt, turn(&all).await).await;
    assert_eq!(
        given_up.err().map(|error| error.code()),
        Some(Code::Cancelled)
    );
    assert_eq!(left.recv().await.unwrap(), "Bearer short-new");
    drop(turn(&all).await);
    assert_eq!(last(&shelf), kept, "and stays in the keyring");
}

#[tokio::test]
async fn what_is_kept_can_be_undone_and_no_longer_given_up() {
    let (address, mut left) = server().await;
    let (attempts, shelf, all) = (Attempts::default(), Shelf::default(), Arc::default());
    let attempt = attempts.begin();
    let new = remote(&address, "new", &shelf);
    let Ok(kept) = keep(new, None, &attempt, turn(&all).await).await else {
        panic!("nobody gave up");
    };
    attempts.give_up();
    assert!(last(&shelf).unwrap().contains("long-new"));
    // The list could not be written.
    kept.undo().await;
    assert_eq!(left.recv().await.unwrap(), "Bearer short-new");
    assert_eq!(last(&shelf), None);
}
