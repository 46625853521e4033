//! Chats: made, changed, deleted, brought back; who sees them; what changed since.

use chat_core::{
    ChangeKind, ChatPatch, ChatStore as _, ModelId, NewChat, Revision, SettingsPatch, StoreError,
    Timestamp, TitleSource,
};

use super::support::{Place, chat, exchange, is_not_found, message, new_chat, user};

#[tokio::test]
async fn a_chat_is_made_once_and_never_for_two() {
    let place = Place::new().await;
    let first = place
        .store
        .create_chat(new_chat("alice", "c"))
        .await
        .expect("a chat");
    let again = place
        .store
        .create_chat(new_chat("alice", "c"))
        .await
        .expect("the same");
    assert_eq!(first, again, "an outbox may send create_chat twice");
    assert_eq!(place.seen.take().len(), 1, "the second one changed nothing");
    let other = place.store.create_chat(new_chat("bob", "c")).await;
    assert!(
        matches!(other, Err(StoreError::IdTaken)),
        "bob must not get alice's chat"
    );
    let nobody = place.store.create_chat(new_chat("nobody", "d")).await;
    assert!(is_not_found(nobody), "a chat needs an owner");
}

#[tokio::test]
async fn a_given_title_is_a_persons() {
    let place = Place::new().await;
    let titled = NewChat {
        title: Some(" My\n\u{1b}bread ".to_owned()),
        ..new_chat("alice", "c")
    };
    let made = place.store.create_chat(titled).await.expect("a chat");
    assert_eq!(
        (made.title.as_str(), made.title_source),
        ("My bread", TitleSource::Person)
    );
    let blank = NewChat {
        title: Some("  ".to_owned()),
        ..new_chat("alice", "d")
    };
    let made = place.store.create_chat(blank).await.expect("a chat");
    assert_eq!(
        made.title_source,
        TitleSource::Placeholder,
        "white space names nothing"
    );
}

#[tokio::test]
async fn titles_are_overwritten_only_upwards() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    let name = |title: &str, source| {
        let patch = ChatPatch {
            title: Some((title.to_owned(), source)),
            ..ChatPatch::default()
        };
        let store = place.store.clone();
        async move {
            let after = store
                .update_chat(&user("alice"), &chat("c"), patch)
                .await
                .expect("a chat");
            (after.title, after.title_source)
        }
    };
    let is = |title: &str, source| (title.to_owned(), source);
    use TitleSource::{FirstWords, Model, Person, Placeholder};
    assert_eq!(name("words", FirstWords).await, is("words", FirstWords));
    assert_eq!(name("model", Model).await, is("model", Model));
    assert_eq!(name("words", FirstWords).await, is("model", Model));
    assert_eq!(name("mine", Person).await, is("mine", Person));
    place.seen.take();
    assert_eq!(
        name("model", Model).await,
        is("mine", Person),
        "a person's title stays"
    );
    assert!(
        place.seen.take().is_empty(),
        "and nothing is told of what did not change"
    );
    assert_eq!(
        name("", Person).await,
        is("", Placeholder),
        "cleared: others may name it again"
    );
}

#[tokio::test]
async fn a_patch_changes_what_it_names() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    let model = ModelId::parse("openai/x").expect("a model");
    let patch = ChatPatch {
        pinned: Some(true),
        model: Some(Some(model.clone())),
        system_prompt: Some(Some("Be brief.".to_owned())),
        temperature: Some(Some(0.5)),
        ..ChatPatch::default()
    };
    let (alice, id) = (user("alice"), chat("c"));
    let after = place
        .store
        .update_chat(&alice, &id, patch)
        .await
        .expect("a chat");
    assert!(after.pinned && after.model == Some(model) && after.temperature == Some(0.5));
    let patch = ChatPatch {
        model: Some(None),
        ..ChatPatch::default()
    };
    let after = place
        .store
        .update_chat(&alice, &id, patch)
        .await
        .expect("a chat");
    assert_eq!(after.model, None, "null follows the person's setting again");
    assert_eq!(
        after.system_prompt.as_deref(),
        Some("Be brief."),
        "absent fields stay"
    );
    assert_eq!(
        place.store.chat(&alice, &id).await.expect("a chat"),
        after,
        "what was told is kept"
    );
    let told = place.seen.take().pop().expect("a change");
    assert_eq!(told.kind, ChangeKind::ChatUpdated(after));
    assert_eq!(told.audience, [(alice, Revision(3))]);
}

#[tokio::test]
async fn what_is_not_yours_is_not_there() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m").await;
    place.seen.take();
    let (store, bob, id) = (&place.store, user("bob"), chat("c"));
    assert!(is_not_found(store.chat(&bob, &id).await));
    assert!(is_not_found(store.history(&bob, &id).await));
    assert!(is_not_found(store.message(&bob, &message("m")).await));
    assert!(is_not_found(
        store.update_chat(&bob, &id, ChatPatch::default()).await
    ));
    assert!(is_not_found(
        store.delete_chat(&bob, &id, Timestamp(1)).await
    ));
    assert!(is_not_found(store.restore_chat(&bob, &id).await));
    assert!(is_not_found(store.append(exchange("bob", "c", "n")).await));
    let unknown = store.chat(&bob, &chat("unknown")).await;
    assert!(is_not_found(unknown), "and what is nowhere looks the same");
    assert!(
        place.seen.take().is_empty(),
        "refusals tell nobody anything"
    );
}

#[tokio::test]
async fn a_deleted_chat_is_a_tombstone_until_it_comes_back() {
    let place = Place::new().await;
    let (store, alice, id) = (&place.store, user("alice"), chat("c"));
    place.chat("alice", "c").await;
    place.chat("alice", "other").await;
    place.say("alice", "c", "m").await;
    let before = store.chats(&alice, Revision(0)).await.expect("chats");
    assert_eq!(before.chats.len(), 2);
    place.seen.take();

    store
        .delete_chat(&alice, &id, Timestamp(40))
        .await
        .expect("deleted");
    assert_eq!(
        place.seen.take()[0].kind,
        ChangeKind::ChatRemoved(id.clone())
    );
    assert!(is_not_found(store.chat(&alice, &id).await));
    assert!(is_not_found(store.message(&alice, &message("m")).await));
    assert!(is_not_found(
        store.delete_chat(&alice, &id, Timestamp(41)).await
    ));
    let again = store.create_chat(new_chat("alice", "c")).await;
    assert!(is_not_found(again), "an old outbox does not bring it back");
    let since = store.chats(&alice, before.revision).await.expect("chats");
    assert_eq!((since.chats.len(), since.removed), (0, vec![id.clone()]));
    let all = store.chats(&alice, Revision(0)).await.expect("chats");
    assert_eq!(
        (all.chats.len(), all.removed.len()),
        (1, 0),
        "who knows nothing forgets nothing"
    );

    // An answer that ran on ends without waking the dead.
    place.end("m-a", "late").await;
    assert!(place.seen.take().is_empty(), "nobody sees a deleted chat");

    let back = store.restore_chat(&alice, &id).await.expect("restored");
    assert_eq!(place.seen.take()[0].kind, ChangeKind::ChatUpdated(back));
    let after = store.chats(&alice, since.revision).await.expect("chats");
    assert_eq!((after.chats.len(), after.removed.len()), (1, 0));
    assert_eq!(place.line("alice", "c").await, ["m", "m-a"]);
    store
        .restore_chat(&alice, &id)
        .await
        .expect("nothing to restore is no error");
    assert!(place.seen.take().is_empty());
}

#[tokio::test]
async fn the_list_has_what_changed_and_the_newest_first() {
    let place = Place::new().await;
    for id in ["c1", "c2", "c3"] {
        place.chat("alice", id).await;
    }
    let mut late = exchange("alice", "c2", "m");
    late.now = Timestamp(99);
    place.store.append(late).await.expect("an exchange");
    let alice = user("alice");
    let all = place.store.chats(&alice, Revision(0)).await.expect("chats");
    let ids: Vec<_> = all.chats.iter().map(|chat| chat.id.as_str()).collect();
    assert_eq!(
        ids,
        ["c2", "c3", "c1"],
        "the last message first, then the last change"
    );
    assert_eq!(all.revision, Revision(4), "three chats and a message");
    let none = place
        .store
        .chats(&alice, all.revision)
        .await
        .expect("chats");
    assert!(none.chats.is_empty() && none.removed.is_empty());
    place.end("m-a", "yes").await;
    let one = place
        .store
        .chats(&alice, all.revision)
        .await
        .expect("chats");
    assert_eq!(
        one.chats.len(),
        1,
        "an answer's end is a change of its chat"
    );
    let bob = place
        .store
        .chats(&user("bob"), Revision(0))
        .await
        .expect("chats");
    assert_eq!((bob.chats.len(), bob.revision), (0, Revision(0)));
}

#[tokio::test]
async fn settings_belong_to_the_person() {
    let place = Place::new().await;
    let (store, alice) = (&place.store, user("alice"));
    assert_eq!(
        store.settings(&alice).await.expect("settings"),
        Default::default()
    );
    let patch = SettingsPatch {
        temperature: Some(Some(1.5)),
        welcomed: Some(true),
        ..SettingsPatch::default()
    };
    let after = store
        .update_settings(&alice, patch.clone())
        .await
        .expect("settings");
    assert!(after.welcomed && after.temperature == Some(1.5));
    let told = place.seen.take();
    assert_eq!(told[0].kind, ChangeKind::SettingsChanged(after.clone()));
    assert_eq!(told[0].audience, [(alice.clone(), Revision(1))]);
    store
        .update_settings(&alice, patch)
        .await
        .expect("settings");
    assert!(place.seen.take().is_empty(), "the same again is no change");
    assert_eq!(store.settings(&alice).await.expect("settings"), after);
    assert!(
        !store
            .settings(&user("bob"))
            .await
            .expect("settings")
            .welcomed
    );
    assert!(is_not_found(store.settings(&user("nobody")).await));
}
