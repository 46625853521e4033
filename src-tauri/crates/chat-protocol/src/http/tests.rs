//! The bodies of `PROTOCOL.md`: what the server reads is read, what it writes is written so.

use chat_core::{
    AuditAction, AuditEntry, Device, DeviceId, Fault, Invitation, InvitationId, Reason,
    SignInMethod, Timestamp, Token, User, UserId, UserRole,
};
use serde_json::Value;

use super::*;

const PROTOCOL: &str = include_str!("../../../../PROTOCOL.md");
const DAY: i64 = 24 * 60 * 60 * 1000;
const START: i64 = 1_704_067_200_000;

fn at(milliseconds: i64) -> Timestamp {
    Timestamp(START + milliseconds)
}

/// The JSON blocks of the HTTP section, in order.
fn blocks() -> Vec<Value> {
    let section = PROTOCOL.split_once("\n## HTTP\n").expect("the section").1;
    let section = section.split("\n## ").next().expect("a section");
    let blocks = section.split("```json\n").skip(1);
    blocks
        .map(|rest| rest.split_once("\n```").expect("a block that ends").0)
        .map(|block| serde_json::from_str(block).expect("JSON"))
        .collect()
}

fn alice() -> User {
    User {
        id: UserId::parse("user-1").expect("an id"),
        name: "alice".to_owned(),
        role: UserRole::Member,
        enabled: true,
        created_at: at(0),
    }
}

fn laptop() -> Device {
    Device {
        id: DeviceId::parse("device-1").expect("an id"),
        user: alice().id,
        name: "Alice's laptop".to_owned(),
        user_agent: "Mozilla/5.0".to_owned(),
        address: "192.0.2.1".to_owned(),
        method: SignInMethod::Password,
        created_at: at(0),
        used_at: at(1_000),
        expires_at: at(30 * DAY),
    }
}

fn invitation() -> Invitation {
    Invitation {
        id: InvitationId::parse("invitation-1").expect("an id"),
        role: UserRole::Admin,
        note: "for Ann".to_owned(),
        created_by: alice().id,
        created_at: at(0),
        expires_at: at(3 * DAY),
        used_at: None,
        used_by: None,
        revoked_at: None,
    }
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).expect("JSON")
}

fn read<T: serde::de::DeserializeOwned>(block: &Value) -> T {
    serde_json::from_value(block.clone()).unwrap_or_else(|error| panic!("{block}: {error}"))
}

#[test]
fn every_body_is_as_the_protocol_says() {
    let blocks = blocks();
    let mut blocks = blocks.iter();
    let mut next = || blocks.next().expect("another block");
    let (alice, laptop) = (alice(), laptop());
    let person = |_: &UserId| Some(&alice);

    let sign_in: SignIn = read(next());
    assert_eq!(
        (sign_in.name.as_str(), sign_in.on.refresh),
        ("alice", Some(RefreshBy::Body))
    );
    assert_eq!(sign_in.on.device.as_deref(), Some("Alice's laptop"));
    let by_link: SignInByLink = read(next());
    assert_eq!(by_link.on.refresh, Some(RefreshBy::Cookie));
    let (token, renewal) = (Token::from("a.jwt.token"), Token::from("a-refresh-token"));
    let session = Session::new(&token, &alice, at(15 * 60 * 1000), &laptop, Some(&renewal));
    assert_eq!(json(session), *next());
    assert!(read::<Refresh>(next()).refresh_token.is_some());
    assert_eq!(json(Me::new(&alice, Some(&laptop.id), true)), *next());
    assert!(read::<SetPassword>(next()).current.is_some());
    assert_eq!(
        json(LinkMade::new("the-code-of-a-link", at(15 * 60 * 1000))),
        *next()
    );

    let devices = [laptop];
    assert_eq!(
        json(DeviceList::new(&devices, Some(&devices[0].id))),
        *next()
    );

    let people = vec![Person::from(&alice)];
    assert_eq!(json(Directory { people }), *next());
    let users = vec![UserInfo::new(&alice, true, 1, Some(at(1_000)))];
    assert_eq!(json(UserList { users }), *next());
    let change: ChangeUser = read(next());
    assert_eq!(
        (change.role, change.enabled),
        (Some(UserRole::Admin), Some(true))
    );

    let invite: Invite = read(next());
    assert_eq!(
        (invite.role, invite.expires_in_hours),
        (Some(UserRole::Admin), Some(72))
    );
    let invited = invitation();
    let made = InvitationMade {
        code: "the-code",
        invitation: InvitationInfo::new(&invited, at(0), person),
    };
    assert_eq!(json(made), *next());
    let offer = InvitationOffer::new(&invited, &alice, "laptop");
    let used = Invitation {
        used_at: Some(at(1)),
        used_by: Some(alice.id.clone()),
        ..invited.clone()
    };
    let invitations = vec![InvitationInfo::new(&used, at(0), person)];
    assert_eq!(json(InvitationList { invitations }), *next());
    assert_eq!(json(offer), *next());
    let accept: AcceptInvitation = read(next());
    assert_eq!(
        (accept.name.as_str(), accept.on.refresh),
        ("ann", Some(RefreshBy::Cookie))
    );

    let entry = AuditEntry {
        id: 7,
        at: at(0),
        actor: Some(alice.id.clone()),
        address: "192.0.2.1".to_owned(),
        action: AuditAction::RoleChanged,
        subject: Some(alice.id.clone()),
        detail: "member to admin".to_owned(),
    };
    let entries = vec![AuditLine::new(&entry, person)];
    assert_eq!(
        json(AuditPage {
            entries,
            more: false
        }),
        *next()
    );

    let words = "somebody here has that name already; choose another";
    let fault = Fault::invalid(Reason::Forbidden, words);
    assert_eq!(
        json(HttpError::from(&fault).about(Problem::NameTaken)),
        *next()
    );
    assert_eq!(blocks.next(), None, "every block is tried");
}

#[test]
fn what_makes_no_sense_is_refused_without_being_quoted() {
    for body in [
        serde_json::json!({"role": "king"}),
        serde_json::json!({"role": 7}),
        serde_json::json!({"enabled": "yes"}),
    ] {
        assert!(
            serde_json::from_value::<ChangeUser>(body.clone()).is_err(),
            "{body}"
        );
    }
    let secret = serde_json::json!({"refreshToken": ["very-secret"]});
    let Err(error) = serde_json::from_value::<Refresh>(secret) else {
        panic!("a list is no token");
    };
    assert!(!error.to_string().contains("very-secret"), "{error}");
}
