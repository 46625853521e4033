//! Accounts, sign-in links, the server's settings, providers.

use chat_core::{ProviderId, StoreError, Timestamp, UserRole};

use super::support::{Place, by, is_not_found, nobody, role, user};
use crate::{StoredProvider, user_name};

#[tokio::test]
async fn a_name_is_one_persons_in_every_case() {
    let place = Place::new().await;
    let make = |id: &str, name: &str| {
        let (store, id, name) = (place.store.clone(), user(id), name.to_owned());
        async move {
            store
                .create_user(
                    id,
                    &name,
                    UserRole::Member,
                    Some("hash".to_owned()),
                    Timestamp(5),
                )
                .await
        }
    };
    let made = make("u1", "  ÉLODIE ").await.expect("an account");
    assert_eq!(made.name, "ÉLODIE", "kept as written, without the space");
    for (id, name) in [("u2", "élodie"), ("u3", "Alice"), ("u1", "new")] {
        let taken = make(id, name).await;
        assert!(matches!(taken, Err(StoreError::IdTaken)), "{id} {name:?}");
    }
    let (found, hash) = place
        .store
        .user_by_name("Élodie")
        .await
        .expect("a read")
        .expect("there");
    assert_eq!((found, hash.as_deref()), (made, Some("hash")));
    for bad in ["", "   ", "a\u{1b}[31m", "a\nb", &"x".repeat(65)] {
        assert!(user_name(bad).is_err(), "{bad:?} is no name");
        assert!(
            make("u9", bad).await.is_err(),
            "{bad:?} must not get in by another door"
        );
    }
    assert_eq!(place.store.users().await.expect("users").len(), 3);
}

#[tokio::test]
async fn accounts_can_be_shut_and_changed() {
    let place = Place::new().await;
    let (store, bob) = (&place.store, user("bob"));
    store
        .set_user_enabled("BOB", false, nobody(2))
        .await
        .expect("shut");
    assert!(
        !store
            .user(&bob)
            .await
            .expect("a read")
            .expect("there")
            .enabled
    );
    store
        .set_user_enabled("bob", true, nobody(2))
        .await
        .expect("open");
    store
        .change_user(&bob, role(UserRole::Admin), by("alice", 2))
        .await
        .expect("a change")
        .expect("changed");
    store
        .set_password(&bob, "new".to_owned(), None, nobody(2))
        .await
        .expect("changed");
    let (after, hash) = store
        .user_by_name("bob")
        .await
        .expect("a read")
        .expect("there");
    assert!(after.enabled && after.role == UserRole::Admin);
    assert_eq!(hash.as_deref(), Some("new"));
    assert!(is_not_found(
        store.set_user_enabled("nobody", true, nobody(2)).await
    ));
    assert!(is_not_found(
        store
            .set_password(&user("nobody"), "x".to_owned(), None, nobody(2))
            .await
    ));
    assert_eq!(store.user(&user("nobody")).await.expect("a read"), None);
    let owner = store.owner().await.expect("a read").expect("there");
    assert_eq!(owner.id, user("alice"));
}

#[tokio::test]
async fn a_sign_in_link_works_once_even_for_a_crowd() {
    let place = Place::new().await;
    let (code, now) = ([7; 32], Timestamp(50));
    place
        .store
        .put_sign_in_link(code, &user("alice"), Timestamp(100))
        .await
        .expect("a link");
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let store = place.store.clone();
            tokio::spawn(async move { store.redeem_sign_in_link(code, now).await.expect("a try") })
        })
        .collect();
    let mut entered = 0;
    for one in tries {
        entered += usize::from(one.await.expect("no panic").is_some());
    }
    assert_eq!(entered, 1, "single use means one of twenty");
}

#[tokio::test]
async fn a_sign_in_link_ends() {
    let place = Place::new().await;
    let (store, alice) = (&place.store, user("alice"));
    let redeem = |code, now| {
        let store = store.clone();
        async move {
            store
                .redeem_sign_in_link(code, Timestamp(now))
                .await
                .expect("a try")
        }
    };
    store
        .put_sign_in_link([1; 32], &alice, Timestamp(100))
        .await
        .expect("a link");
    assert_eq!(redeem([1; 32], 100).await, None, "at its end it has ended");
    assert_eq!(redeem([2; 32], 50).await, None, "unknown");
    store
        .put_sign_in_link([3; 32], &user("bob"), Timestamp(100))
        .await
        .expect("a link");
    store
        .set_user_enabled("bob", false, nobody(2))
        .await
        .expect("shut");
    assert_eq!(
        redeem([3; 32], 50).await,
        None,
        "who may not sign in does not by a link"
    );
    let nobody = store
        .put_sign_in_link([4; 32], &user("nobody"), Timestamp(100))
        .await;
    assert!(is_not_found(nobody));
}

#[tokio::test]
async fn one_provider_is_active() {
    let place = Place::new().await;
    let store = &place.store;
    let provider = |id: &str, url: &str| StoredProvider {
        id: ProviderId::parse(id).expect("an id"),
        name: id.to_uppercase(),
        base_url: url.to_owned(),
        default_model: Some("small".to_owned()),
        active: true,
    };
    for (id, url) in [("a", "http://1"), ("b", "http://2"), ("a", "http://3")] {
        let saved = store.save_provider(provider(id, url)).await;
        saved.expect("saved, or replaced");
    }
    let idle = StoredProvider {
        active: false,
        ..provider("b", "http://2")
    };
    store.save_provider(idle).await.expect("replaced");
    let all = store.providers().await.expect("providers");
    let told: Vec<_> = all
        .iter()
        .map(|p| (p.id.as_str(), p.base_url.as_str(), p.active))
        .collect();
    assert_eq!(told, [("a", "http://3", true), ("b", "http://2", false)]);
    store.remove_provider(&all[0].id).await.expect("removed");
    let left = store.providers().await.expect("providers");
    assert!(
        !left[0].active,
        "where words go is chosen by a person, not by a removal"
    );
    assert!(is_not_found(store.remove_provider(&all[0].id).await));
}

#[tokio::test]
async fn the_server_keeps_small_values() {
    let place = Place::new().await;
    let store = &place.store;
    assert_eq!(store.server_setting("host").await.expect("a read"), None);
    store.set_server_setting("host", "one").await.expect("kept");
    store.set_server_setting("host", "two").await.expect("kept");
    assert_eq!(
        store
            .server_setting("host")
            .await
            .expect("a read")
            .as_deref(),
        Some("two")
    );
}
