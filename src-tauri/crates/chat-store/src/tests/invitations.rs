//! Invitations: once, in time, never above who invites; accounts of other systems; the log.

use chat_core::{AuditAction, Invitation, InvitationId, StoreError, Timestamp, UserRole};

use super::support::{Place, by, is_not_found, nobody, user};
use crate::{Acceptance, Refusal};

fn invitation(id: &str, by: &str, role: UserRole) -> Invitation {
    Invitation {
        id: InvitationId::parse(id).expect("an id"),
        role,
        note: "for Carol".to_owned(),
        created_by: user(by),
        created_at: Timestamp(10),
        expires_at: Timestamp(100),
        used_at: None,
        used_by: None,
        revoked_at: None,
    }
}

async fn invite(
    place: &Place,
    id: &str,
    by_whom: &str,
    role: UserRole,
    code: u8,
) -> Result<(), Refusal> {
    let made = place
        .store
        .invite([code; 32], invitation(id, by_whom, role), by(by_whom, 10));
    made.await.expect("an outcome")
}

async fn accept(place: &Place, code: u8, name: &str, at: i64) -> Acceptance {
    let id = user(&format!("user-{name}-{at}"));
    let accepted =
        place
            .store
            .accept_invitation([code; 32], id, name, "hash".to_owned(), nobody(at));
    accepted.await.expect("an outcome")
}

#[tokio::test]
async fn an_invitation_makes_one_account() {
    let place = Place::new().await;
    assert_eq!(
        invite(&place, "i1", "alice", UserRole::Admin, 1).await,
        Ok(())
    );
    let opened = place
        .store
        .open_invitation([1; 32], Timestamp(20))
        .await
        .expect("a read");
    assert_eq!(
        opened.expect("open").1.name,
        "alice",
        "who invites is known"
    );
    assert_eq!(
        accept(&place, 2, "carol", 20).await,
        Acceptance::Refused,
        "unknown"
    );
    assert_eq!(accept(&place, 1, "BOB", 20).await, Acceptance::NameTaken);
    let Acceptance::Welcome(carol) = accept(&place, 1, "carol", 30).await else {
        panic!("a taken name does not use it up");
    };
    assert_eq!(
        (carol.name.as_str(), carol.role),
        ("carol", UserRole::Admin)
    );
    assert_eq!(
        accept(&place, 1, "dave", 31).await,
        Acceptance::Refused,
        "once"
    );
    let known = place.store.invitations().await.expect("a list");
    assert_eq!(known[0].used_by, Some(carol.id));
    let log = place.store.audit(None, 1).await.expect("a log");
    assert_eq!(log[0].action, AuditAction::InvitationAccepted);
    let older = place.store.audit(Some(log[0].id), 10).await.expect("a log");
    assert_eq!(older[0].action, AuditAction::InvitationCreated);
}

#[tokio::test]
async fn of_a_crowd_one_is_welcome() {
    let place = Place::new().await;
    invite(&place, "i1", "alice", UserRole::Member, 1)
        .await
        .expect("made");
    let tries: Vec<_> = (0..20)
        .map(|number| {
            let store = place.store.clone();
            tokio::spawn(async move {
                let (id, name) = (user(&format!("u{number}")), format!("guest {number}"));
                let accepted =
                    store.accept_invitation([1; 32], id, &name, "hash".to_owned(), nobody(20));
                accepted.await.expect("an outcome")
            })
        })
        .collect();
    let mut welcome = 0;
    for one in tries {
        welcome += usize::from(matches!(
            one.await.expect("no panic"),
            Acceptance::Welcome(_)
        ));
    }
    assert_eq!(welcome, 1);
}

#[tokio::test]
async fn an_invitation_ends_and_gives_no_more_than_its_maker_has() {
    let place = Place::new().await;
    let store = &place.store;
    let forbidden = Err(Refusal::Forbidden);
    assert_eq!(
        invite(&place, "i0", "bob", UserRole::Member, 9).await,
        forbidden
    );
    let ann = store
        .create_user(user("ann"), "ann", UserRole::Admin, None, Timestamp(2))
        .await;
    ann.expect("an account");
    assert_eq!(
        invite(&place, "i1", "ann", UserRole::Owner, 1).await,
        forbidden
    );
    invite(&place, "i2", "ann", UserRole::Admin, 2)
        .await
        .expect("made");
    invite(&place, "i3", "ann", UserRole::Member, 3)
        .await
        .expect("made");
    invite(&place, "i4", "alice", UserRole::Owner, 4)
        .await
        .expect("made");
    assert_eq!(
        accept(&place, 3, "late", 100).await,
        Acceptance::Refused,
        "at its end"
    );

    let i3 = InvitationId::parse("i3").expect("an id");
    let i4 = InvitationId::parse("i4").expect("an id");
    let above = store.revoke_invitation(&i4, by("ann", 20)).await;
    assert_eq!(
        above.expect("an outcome"),
        forbidden,
        "an owner's is above an admin"
    );
    store
        .revoke_invitation(&i3, by("ann", 20))
        .await
        .expect("an outcome")
        .expect("revoked");
    assert!(is_not_found(
        store.revoke_invitation(&i3, by("ann", 21)).await
    ));
    assert_eq!(
        accept(&place, 3, "carol", 22).await,
        Acceptance::Refused,
        "taken back"
    );
    store
        .set_user_enabled("ann", false, nobody(25))
        .await
        .expect("shut");
    let void = accept(&place, 2, "carol", 26).await;
    assert_eq!(void, Acceptance::Refused, "whoever made it is out");
}

#[tokio::test]
async fn an_account_elsewhere_is_tied_to_one_here() {
    let place = Place::new().await;
    let (store, bob) = (&place.store, user("bob"));
    let tie =
        |subject: &'static str| store.link_identity("https://id.test", subject, &bob, nobody(5));
    tie("s-1").await.expect("tied");
    let again = tie("s-1").await;
    assert!(matches!(again, Err(StoreError::IdTaken)), "{again:?}");
    let provision = |id: &str, name: &str, subject: &str| {
        let (id, name, subject) = (user(id), name.to_owned(), subject.to_owned());
        let role = UserRole::Member;
        async move {
            let made = store.provision(id, &name, role, "https://id.test", &subject, nobody(6));
            made.await
        }
    };
    let taken = provision("n1", "ALICE", "s-9").await;
    assert!(
        matches!(taken, Err(StoreError::IdTaken)),
        "no name is taken over: {taken:?}"
    );
    let made = provision("n2", "nina", "s-9").await.expect("made");
    let again = provision("n3", "nina", "s-9").await.expect("known by now");
    assert_eq!((made, again), (user("n2"), user("n2")));
    for (issuer, subject, whose) in [
        ("https://id.test", "s-1", Some(bob.clone())),
        ("https://id.test", "s-2", None),
        ("https://other.test", "s-1", None),
    ] {
        let found = store
            .user_of_identity(issuer, subject)
            .await
            .expect("a read");
        assert_eq!(found, whose, "{issuer} {subject}");
    }
}
