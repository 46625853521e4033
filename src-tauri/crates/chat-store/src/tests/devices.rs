//! Devices: tokens that renew once, theft that ends the family, what is revoked and swept.

use chat_core::{AuditAction, Device, DeviceId, SignInMethod, StoreError, Timestamp, UserRole};

use super::support::{Place, by, is_not_found, nobody, role, user};
use crate::{Renewal, UserPatch};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn id(text: &str) -> DeviceId {
    DeviceId::parse(text).expect("an id")
}

fn device(name: &str, owner: &str, at: i64) -> Device {
    Device {
        id: id(name),
        user: user(owner),
        name: format!("{owner}'s {name}"),
        user_agent: "Test/1".to_owned(),
        address: "192.0.2.1".to_owned(),
        method: SignInMethod::Password,
        created_at: Timestamp(at),
        used_at: Timestamp(at),
        expires_at: Timestamp(at + 30 * DAY),
    }
}

async fn sign_in(place: &Place, name: &str, owner: &str, token: u8, at: i64) {
    place
        .store
        .sign_in_device(device(name, owner, at), Some([token; 32]), by(owner, at))
        .await
        .expect("signed in");
}

async fn renew(place: &Place, token: u8, next: u8, at: i64) -> Renewal {
    let (end, actor) = (Timestamp(at + 30 * DAY), nobody(at));
    let renewed = place.store.renew([token; 32], [next; 32], end, actor).await;
    renewed.expect("an outcome")
}

async fn signed_in(place: &Place, owner: &str, name: &str, at: i64) -> bool {
    let (user, device) = (user(owner), id(name));
    let found = place.store.signed_in(&user, Some(&device), Timestamp(at));
    found.await.expect("a read").is_some()
}

async fn names(place: &Place, owner: &str, at: i64) -> Vec<String> {
    let devices = place.store.devices(&user(owner), Timestamp(at)).await;
    let devices = devices.expect("a list");
    devices.iter().map(|one| one.id.to_string()).collect()
}

async fn actions(place: &Place) -> Vec<AuditAction> {
    let log = place.store.audit(None, 100).await.expect("a log");
    log.iter().rev().map(|entry| entry.action).collect()
}

#[tokio::test]
async fn a_refresh_token_renews_once_and_its_second_use_ends_the_family() {
    let place = Place::new().await;
    sign_in(&place, "phone", "bob", 1, 10).await;
    sign_in(&place, "laptop", "bob", 9, 11).await;
    let Renewal::Renewed(person, renewed) = renew(&place, 1, 2, 20).await else {
        panic!("the first use is good");
    };
    assert_eq!((person.id, &renewed.id), (user("bob"), &id("phone")));
    assert_eq!(renewed.used_at, Timestamp(20), "it was seen");
    assert_eq!(renewed.expires_at, Timestamp(20 + 30 * DAY), "and lives on");
    assert!(matches!(
        renew(&place, 2, 3, 30).await,
        Renewal::Renewed(..)
    ));

    assert_eq!(renew(&place, 1, 4, 40).await, Renewal::Reused(user("bob")));
    assert_eq!(
        renew(&place, 3, 5, 50).await,
        Renewal::Refused,
        "the newest is void too"
    );
    assert!(!signed_in(&place, "bob", "phone", 50).await);
    assert!(
        signed_in(&place, "bob", "laptop", 50).await,
        "another family lives"
    );
    let revoked = place
        .store
        .revoked_devices(Timestamp(40))
        .await
        .expect("a list");
    assert_eq!(revoked, [id("phone")], "open connections can hear of it");
    assert_eq!(renew(&place, 77, 6, 60).await, Renewal::Refused, "unknown");
    let last = actions(&place).await.pop();
    assert_eq!(last, Some(AuditAction::TokenReused), "it is on record");
}

#[tokio::test]
async fn of_a_crowd_with_one_token_one_succeeds_and_all_are_out() {
    let place = Place::new().await;
    sign_in(&place, "phone", "bob", 1, 10).await;
    let tries: Vec<_> = (10..30)
        .map(|next| {
            let store = place.store.clone();
            tokio::spawn(async move {
                let (end, actor) = (Timestamp(30 * DAY), nobody(20));
                store
                    .renew([1; 32], [next; 32], end, actor)
                    .await
                    .expect("an outcome")
            })
        })
        .collect();
    let mut renewed = 0;
    for one in tries {
        renewed += usize::from(matches!(one.await.expect("no panic"), Renewal::Renewed(..)));
    }
    assert_eq!(
        renewed, 1,
        "two successors of one token would be two families"
    );
    assert!(!signed_in(&place, "bob", "phone", 21).await);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_given_again_to_whoever_made_the_successor() {
    let place = Place::new().await;
    sign_in(&place, "laptop", "bob", 1, 10).await;
    for turn in 0..3 {
        let again = renew(&place, 1, 2, 20 + turn).await;
        assert!(
            matches!(again, Renewal::Renewed(..)),
            "the same request, {turn}"
        );
    }
    assert!(matches!(
        renew(&place, 2, 3, 30).await,
        Renewal::Renewed(..)
    ));
    let late = renew(&place, 1, 2, 40).await;
    assert!(
        matches!(late, Renewal::Reused(_)),
        "the successor was used: whoever comes with its predecessor has a copy"
    );
    assert!(!signed_in(&place, "bob", "laptop", 41).await);

    sign_in(&place, "tablet", "bob", 11, 50).await;
    sign_in(&place, "phone", "bob", 21, 50).await;
    assert!(matches!(
        renew(&place, 21, 22, 60).await,
        Renewal::Renewed(..)
    ));
    assert!(matches!(
        renew(&place, 11, 12, 60).await,
        Renewal::Renewed(..)
    ));
    let crossed = renew(&place, 11, 22, 61).await;
    assert!(
        matches!(crossed, Renewal::Reused(_)),
        "a successor of another device is no successor"
    );
    assert!(
        signed_in(&place, "bob", "phone", 62).await,
        "which stays signed in"
    );
}

#[tokio::test]
async fn a_device_ends_by_time_by_its_person_and_with_its_person() {
    let place = Place::new().await;
    let store = &place.store;
    for (token, name) in [(1, "a"), (2, "b"), (3, "c")] {
        sign_in(&place, name, "bob", token, 10).await;
    }
    assert!(signed_in(&place, "bob", "a", 30 * DAY).await);
    assert!(
        !signed_in(&place, "bob", "a", 10 + 30 * DAY).await,
        "at its end"
    );
    assert_eq!(renew(&place, 1, 9, 10 + 30 * DAY).await, Renewal::Refused);
    assert!(
        !signed_in(&place, "alice", "a", 20).await,
        "somebody else's device"
    );

    let (bob, a, b) = (user("bob"), id("a"), id("b"));
    let foreign = store
        .revoke_device(&user("alice"), &a, by("alice", 20))
        .await;
    assert!(is_not_found(foreign), "of somebody else there is none");
    store
        .revoke_device(&bob, &a, by("bob", 20))
        .await
        .expect("out");
    let again = store.revoke_device(&bob, &a, by("bob", 21)).await;
    assert!(is_not_found(again), "it is out already");
    assert_eq!(renew(&place, 1, 9, 22).await, Renewal::Refused);
    let out = store.revoke_devices(&bob, Some(b), by("bob", 23)).await;
    assert_eq!(out.expect("out"), 1, "all but that one");
    assert_eq!(names(&place, "bob", 24).await, ["b"]);

    let off = UserPatch {
        enabled: Some(false),
        ..UserPatch::default()
    };
    let shut = store.change_user(&bob, off, by("alice", 30)).await;
    assert!(!shut.expect("a change").expect("allowed").enabled);
    assert!(!signed_in(&place, "bob", "b", 31).await);
    let late = store
        .sign_in_device(device("d", "bob", 32), None, by("bob", 32))
        .await;
    assert!(matches!(late, Err(StoreError::NotFound)), "{late:?}");
    store
        .set_user_enabled("bob", true, nobody(33))
        .await
        .expect("open");
    assert!(!signed_in(&place, "bob", "b", 34).await, "and it stays out");
}

#[tokio::test]
async fn a_new_password_leaves_the_device_that_set_it() {
    let place = Place::new().await;
    sign_in(&place, "here", "bob", 1, 10).await;
    sign_in(&place, "there", "bob", 2, 11).await;
    let (bob, hash) = (user("bob"), "hash".to_owned());
    let set = place
        .store
        .set_password(&bob, hash, Some(id("here")), by("bob", 20));
    set.await.expect("set");
    assert_eq!(names(&place, "bob", 21).await, ["here"]);
    let kept = place.store.password_hash(&bob).await.expect("a read");
    assert_eq!(kept.as_deref(), Some("hash"));
    let all = place.store.users_with_password().await.expect("a read");
    assert_eq!(all, [bob]);
}

#[tokio::test]
async fn there_are_never_too_many_devices_and_old_ones_are_forgotten() {
    let place = Place::new().await;
    for number in 0..105_i64 {
        let one = device(&format!("d{number}"), "bob", 10 + number);
        let actor = by("bob", 10 + number);
        place
            .store
            .sign_in_device(one, None, actor)
            .await
            .expect("signed in");
    }
    let left = names(&place, "bob", 1_000).await;
    assert_eq!(left.len(), 100);
    assert_eq!(left[0], "d104", "the one last seen first");
    assert!(!left.contains(&"d4".to_owned()), "the oldest gave way");
    let later = 100 * DAY;
    sign_in(&place, "new", "bob", 1, later).await;
    let rows = place
        .store
        .read(|connection| {
            let count = connection.query_row("SELECT count(*) FROM devices", [], |row| row.get(0));
            Ok(count?)
        })
        .await;
    let rows: i64 = rows.expect("a count");
    assert_eq!(rows, 1, "what ended long ago is gone");
}

#[tokio::test]
async fn nobody_rises_above_who_lifts_them_and_an_owner_is_left() {
    use crate::Refusal::{Forbidden, LastOwner, Yourself};
    let place = Place::new().await;
    let store = &place.store;
    for (name, role) in [("ann", UserRole::Admin), ("olga", UserRole::Owner)] {
        let made = store
            .create_user(user(name), name, role, None, Timestamp(2))
            .await;
        made.expect("an account");
    }
    let change = async |whom: &str, patch, actor: &str| {
        let changed = store.change_user(&user(whom), patch, by(actor, 20)).await;
        changed
            .expect("an outcome")
            .map(|user| (user.role, user.enabled))
    };
    let off = UserPatch {
        enabled: Some(false),
        ..UserPatch::default()
    };
    for (whom, patch, actor, why) in [
        ("bob", role(UserRole::Owner), "ann", Forbidden),
        ("alice", role(UserRole::Member), "ann", Forbidden),
        ("alice", off, "ann", Forbidden),
        ("ann", role(UserRole::Member), "bob", Forbidden),
        ("bob", role(UserRole::Admin), "bob", Forbidden),
        ("ann", off, "ann", Yourself),
    ] {
        assert_eq!(
            change(whom, patch, actor).await,
            Err(why),
            "{actor} changes {whom}: {patch:?}"
        );
    }
    let admin = (UserRole::Admin, true);
    assert_eq!(change("bob", role(UserRole::Admin), "ann").await, Ok(admin));
    let member = (UserRole::Member, true);
    assert_eq!(
        change("olga", role(UserRole::Member), "alice").await,
        Ok(member)
    );
    assert_eq!(
        change("alice", role(UserRole::Admin), "alice").await,
        Err(LastOwner)
    );
    store
        .set_user_enabled("ann", false, nobody(30))
        .await
        .expect("shut");
    assert_eq!(
        change("bob", off, "ann").await,
        Err(Forbidden),
        "who is out manages nobody"
    );
    let gone = store
        .change_user(&user("nobody"), off, by("alice", 40))
        .await;
    assert!(matches!(gone, Err(StoreError::NotFound)));
}
