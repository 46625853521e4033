//! The session's rules, one case a test.

use super::*;
use std::sync::Weak;

use crate::{
    ids::UserId,
    model::{MessageStatus, Role, TitleSource},
    sources::Timestamp,
};

fn chat_id() -> ChatId {
    ChatId::parse("c").expect("an id")
}

pub(crate) fn message(id: &str, revision: u64, status: MessageStatus) -> Message {
    Message {
        id: MessageId::parse(id).expect("an id"),
        chat: chat_id(),
        parent: None,
        role: Role::Assistant,
        author: None,
        author_name: None,
        client_id: None,
        content: "text".into(),
        reasoning: String::new(),
        status,
        model: None,
        failure: None,
        created_at: Timestamp(0),
        finished_at: None,
        revision: Revision(revision),
        siblings: Vec::new(),
    }
}

/// The chat at `revision`, with `leaf` shown.
pub(crate) fn chat(revision: u64, leaf: &str) -> Chat {
    Chat {
        id: chat_id(),
        owner: UserId::parse("u").expect("an id"),
        title: String::new(),
        title_source: TitleSource::Placeholder,
        pinned: false,
        model: None,
        system_prompt: None,
        temperature: None,
        leaf: MessageId::parse(leaf).ok(),
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        revision: Revision(revision),
        branch_revision: Revision(0),
        members: [].into(),
    }
}

fn committed(kind: ChangeKind) -> FeedEvent {
    let audience = vec![(UserId::parse("u").expect("an id"), Revision(100))];
    FeedEvent::Committed(Change { audience, kind })
}

fn added(id: &str, revision: u64) -> FeedEvent {
    let message = message(id, revision, MessageStatus::Complete);
    committed(ChangeKind::MessageAdded(message, chat(revision, "-")))
}

/// The end of `id`, with `leaf` shown.
fn ended_below(id: &str, revision: u64, leaf: &str) -> FeedEvent {
    let message = message(id, revision, MessageStatus::Complete);
    committed(ChangeKind::AnswerEnded(message, chat(revision, leaf)))
}

fn ended(id: &str, revision: u64) -> FeedEvent {
    ended_below(id, revision, id)
}

fn started_where(id: &str, revision: u64, shown: bool) -> FeedEvent {
    FeedEvent::AnswerStarted {
        message: message(id, revision, MessageStatus::Running),
        log: Weak::new(),
        shown,
    }
}

fn started(id: &str, revision: u64) -> FeedEvent {
    started_where(id, revision, true)
}

fn id(text: &str) -> MessageId {
    MessageId::parse(text).expect("an id")
}

fn looking(revision: u64, unfinished: &[&str]) -> Session {
    let mut session = Session::default();
    let unfinished = unfinished.iter().map(|text| id(text)).collect();
    session.look_at(chat_id(), Revision(revision), unfinished);
    session
}

fn watching(user: &User, revision: u64) -> Session {
    let mut session = Session::default();
    session.signed_in(user.clone());
    session.watch(Revision(revision));
    session
}

fn person() -> User {
    User {
        id: UserId::parse("u").expect("an id"),
        name: "alice".into(),
        role: UserRole::Member,
        enabled: true,
        created_at: Timestamp(0),
    }
}

#[test]
fn nothing_of_a_chat_comes_to_who_does_not_look_at_it() {
    let mut session = Session::default();
    for event in [added("m", 2), started("a", 2), ended("a", 3)] {
        assert_eq!(session.deliver(&event), []);
    }
}

#[test]
fn what_the_snapshot_has_is_not_told_again() {
    let mut session = looking(5, &["q"]);
    assert_eq!(session.deliver(&added("m", 4)), [], "in the snapshot");
    assert_eq!(session.deliver(&started("a", 4)), [], "ended there");
    assert_eq!(session.deliver(&ended("a", 5)), [], "ended there");
    let begins = session.deliver(&started("q", 4));
    assert_eq!(
        begins,
        [Delivery::Follow],
        "it waited when the snapshot was read"
    );
    assert_eq!(session.deliver(&added("n", 6)), [Delivery::Message]);
    assert_eq!(session.deliver(&added("n", 6)), [], "told already");
    assert_eq!(session.deliver(&started("b", 6)), [Delivery::Follow]);
}

#[test]
fn an_answer_that_was_never_followed_is_told_whole_and_one_that_was_to_its_end() {
    let mut session = looking(5, &["a"]);
    assert_eq!(session.deliver(&ended("a", 6)), [Delivery::WholeAnswer]);
    session.follows(&chat_id(), id("b"));
    assert_eq!(session.deliver(&started("b", 7)), [], "already followed");
    assert_eq!(session.deliver(&ended("b", 8)), [Delivery::End]);
    session.told_end(&chat_id(), &id("b"));
    assert_eq!(session.deliver(&ended("b", 8)), [], "told already");
    let gone_on_with = session.deliver(&started("b", 9));
    assert_eq!(gone_on_with, [Delivery::Follow]);
}

#[test]
fn an_answer_beside_the_branch_shown_is_told_to_who_asked_for_it() {
    let (mut asker, mut other) = (looking(5, &[]), looking(5, &[]));
    asker.asked_for(&chat_id(), id("a"));
    let beside = started_where("a", 6, false);
    assert_eq!(asker.deliver(&beside), [Delivery::Follow]);
    assert_eq!(other.deliver(&beside), []);
    let end = ended_below("a", 8, "elsewhere");
    assert_eq!(asker.deliver(&end), [Delivery::WholeAnswer]);
    assert_eq!(other.deliver(&end), []);
    assert_eq!(
        other.told(&chat_id()),
        Some(Revision(8)),
        "nothing is missing"
    );
}

#[test]
fn another_branch_is_told_to_who_looks_and_a_title_is_not() {
    let mut session = looking(5, &[]);
    let title = committed(ChangeKind::ChatUpdated(chat(6, "a")));
    assert_eq!(session.deliver(&title), []);
    let branch = Chat {
        branch_revision: Revision(7),
        ..chat(7, "b")
    };
    let moved = committed(ChangeKind::ChatUpdated(branch));
    assert_eq!(session.deliver(&moved), [Delivery::ListChat]);
    let removed = committed(ChangeKind::ChatRemoved(chat_id()));
    assert_eq!(session.deliver(&removed), [Delivery::ListRemoval]);
    assert_eq!(session.chat(), None, "nobody looks at a chat that is gone");
}

#[test]
fn the_list_hears_of_everything_once_it_is_watched() {
    let mut session = watching(&person(), 99);
    assert_eq!(session.deliver(&started("a", 2)), [Delivery::ListBegin]);
    let end = session.deliver(&ended("a", 3));
    assert_eq!(end, [Delivery::ListEnd, Delivery::ListChat]);
    let removed = committed(ChangeKind::ChatRemoved(chat_id()));
    assert_eq!(session.deliver(&removed), [], "it is in the list as of 100");
}

#[test]
fn nobody_unknown_is_permitted_and_no_member_changes_providers() {
    let mut session = Session::default();
    let refused = session
        .permit(&Command::GetSettings)
        .expect_err("not signed in");
    assert_eq!(refused.code, ErrorCode::AuthFailed);
    let mut user = person();
    session.signed_in(user.clone());
    assert!(session.permit(&Command::GetSettings).is_ok());
    let refused = session
        .permit(&Command::FindProviders)
        .expect_err("a member");
    assert_eq!(refused.reason, Reason::Forbidden);
    user.role = UserRole::Owner;
    session.signed_in(user);
    assert!(session.permit(&Command::FindProviders).is_ok());
}
