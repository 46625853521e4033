//! What somebody lacks who comes back, compared with the whole; and a chat made of another's line.

use chat_core::{
    ChatPatch, ChatStore as _, FinishedAnswer, MessageStatus, NewAnswer, NewBranch, NewExchange,
    Revision, Snapshot, Sources, Standing, StillRunning, Timestamp,
};

use super::support::{Place, chat, end, exchange, is_not_found, message, user};

async fn since(place: &Place, revision: u64) -> Snapshot {
    let (alice, chat) = (user("alice"), chat("c"));
    let read = place
        .store
        .snapshot(&alice, &chat, Some(Revision(revision)));
    read.await.expect("a snapshot")
}

async fn revision(place: &Place) -> u64 {
    let chat = place.store.chat(&user("alice"), &chat("c")).await;
    chat.expect("a chat").revision.0
}

fn ids(snapshot: &Snapshot) -> Vec<&str> {
    let messages = snapshot.messages.iter();
    messages.map(|message| message.id.as_str()).collect()
}

async fn with_two_exchanges() -> Place {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place.say("alice", "c", "m").await;
    place.end("m-a", "yes").await;
    place.say("alice", "c", "n").await;
    place.end("n-a", "no").await;
    place
}

#[tokio::test]
async fn who_comes_back_gets_what_changed_on_the_line_and_nothing_else() {
    let place = with_two_exchanges().await;
    let had = revision(&place).await;
    assert_eq!(ids(&since(&place, had).await), Vec::<&str>::new());
    place.say("alice", "c", "o").await;
    let snapshot = since(&place, had).await;
    assert_eq!((ids(&snapshot), snapshot.whole), (vec!["o"], false));
    let running = StillRunning {
        message: message("o-a"),
        shown: true,
    };
    assert_eq!(snapshot.running, [running]);
    place.end("o-a", "perhaps").await;
    let snapshot = since(&place, had).await;
    assert_eq!(ids(&snapshot), ["o", "o-a"]);
    assert_eq!(snapshot.messages[1].siblings, [message("o-a")]);
    assert_eq!(snapshot.running, []);
    let title = ChatPatch {
        pinned: Some(true),
        ..ChatPatch::default()
    };
    let alice = user("alice");
    let pinned = place.store.update_chat(&alice, &chat("c"), title).await;
    let pinned = pinned.expect("a chat");
    let snapshot = since(&place, pinned.revision.0 - 1).await;
    assert_eq!((ids(&snapshot), snapshot.whole), (vec![], false));
    assert!(snapshot.chat.pinned, "the chat itself comes in any case");
}

#[tokio::test]
async fn an_older_answer_that_was_gone_on_with_is_among_what_changed() {
    let place = with_two_exchanges().await;
    place.say("alice", "c", "o").await;
    let stopped = FinishedAnswer {
        status: MessageStatus::Stopped,
        ..end("o-a", "par")
    };
    place.store.finish(stopped).await.expect("an end");
    place.say("alice", "c", "p").await;
    place.end("p-a", "then").await;
    let had = revision(&place).await;
    let go_on = NewAnswer::Continue {
        answer: message("o-a"),
    };
    let open = place
        .store
        .open_answer(user("alice").into(), go_on, Timestamp(40))
        .await;
    open.expect("open again");
    let snapshot = since(&place, had).await;
    assert_eq!((ids(&snapshot), snapshot.whole), (vec![], false));
    assert!(snapshot.is_running(&message("o-a")));
    place.end("o-a", "partial").await;
    let snapshot = since(&place, had).await;
    assert_eq!(ids(&snapshot), ["o-a"], "in the middle of the line");
}

#[tokio::test]
async fn another_branch_is_read_whole_and_so_is_what_nobody_can_have() {
    let place = with_two_exchanges().await;
    let alice = user("alice");
    let had = revision(&place).await;
    let again = NewAnswer::Regenerate {
        answer: message("n-a"),
        id: message("n-b"),
        now: Timestamp(50),
    };
    place
        .store
        .open_answer(alice.clone().into(), again, Timestamp(40))
        .await
        .expect("an answer");
    let snapshot = since(&place, had).await;
    assert_eq!(
        (ids(&snapshot), snapshot.whole),
        (vec!["m", "m-a", "n"], true)
    );
    assert!(snapshot.is_running(&message("n-b")));
    let had = revision(&place).await;
    let back = ChatPatch {
        leaf: Some(message("n-a")),
        ..ChatPatch::default()
    };
    place
        .store
        .update_chat(&alice, &chat("c"), back)
        .await
        .expect("a chat");
    let snapshot = since(&place, had).await;
    assert_eq!(ids(&snapshot), ["m", "m-a", "n", "n-a"]);
    assert!(snapshot.whole, "a sibling was picked");
    assert!(
        !snapshot.is_running(&message("n-b")),
        "it is beside the line"
    );
    assert_eq!(snapshot.unfinished(), [message("n-b")], "and goes on");
    let beside = place.store.standing(&message("n-b")).await;
    let expected = Standing {
        shown: false,
        audience: vec![alice.clone()],
    };
    assert_eq!(beside.expect("a standing"), expected);
    let had = revision(&place).await;
    place.end("n-b", "beside").await;
    let snapshot = since(&place, had).await;
    assert_eq!((ids(&snapshot), snapshot.whole), (vec![], false));
    let edit = NewExchange {
        parent: Some(Some(message("m-a"))),
        ..exchange("alice", "c", "e")
    };
    place.store.append(edit).await.expect("an exchange");
    let snapshot = since(&place, had).await;
    assert_eq!(
        (ids(&snapshot), snapshot.whole),
        (vec!["m", "m-a", "e"], true)
    );
    assert_eq!(snapshot.messages[2].siblings, [message("n"), message("e")]);
    let tomorrow = revision(&place).await + 1;
    assert!(since(&place, tomorrow).await.whole, "nobody can have that");
}

#[tokio::test]
async fn a_sweep_and_a_deletion_leave_the_line_as_it_was() {
    let place = with_two_exchanges().await;
    let alice = user("alice");
    place.say("alice", "c", "o").await;
    let had = revision(&place).await;
    let kept = place
        .store
        .checkpoint(vec![place.piece("o-a", 2, "Hel")])
        .await;
    kept.expect("kept");
    place.store.sweep(Timestamp(77)).await.expect("a sweep");
    let snapshot = since(&place, had).await;
    assert_eq!((ids(&snapshot), snapshot.whole), (vec!["o-a"], false));
    assert_eq!(snapshot.messages[0].content, "Hel");
    let had = revision(&place).await;
    let (gone, now) = (chat("c"), Timestamp(80));
    let deleted = place.store.delete_chat(&alice, &gone, now).await;
    deleted.expect("deleted");
    let read = place.store.snapshot(&alice, &chat("c"), None).await;
    assert!(is_not_found(read), "a tombstone is not looked at");
    place
        .store
        .restore_chat(&alice, &chat("c"))
        .await
        .expect("back");
    let snapshot = since(&place, had).await;
    assert_eq!((ids(&snapshot), snapshot.whole), (vec![], false));
}

fn branch(owner: &str, id: &str, of: &str) -> NewBranch {
    NewBranch {
        id: chat(id),
        owner: user(owner),
        message: message(of),
        title: None,
        ids: Sources::system().ids,
        now: Timestamp(90),
    }
}

#[tokio::test]
async fn a_line_becomes_a_chat_of_its_own_once() {
    let place = with_two_exchanges().await;
    place.say("alice", "c", "o").await;
    let pieces = vec![place.piece("o-a", 2, "Hel"), place.piece("o-a", 5, "lo")];
    place.store.checkpoint(pieces).await.expect("kept");
    let old = place.line("alice", "c").await;
    let new = branch("alice", "d", "o-a");
    let made = place.store.branch_chat(new.clone()).await.expect("a chat");
    let again = place.store.branch_chat(new).await.expect("the same");
    assert_eq!(made, again, "asking twice makes one chat");
    let alice = user("alice");
    let history = place.store.history(&alice, &chat("d")).await;
    let history = history.expect("a history");
    let texts: Vec<_> = history
        .messages
        .iter()
        .map(|m| m.content.as_str())
        .collect();
    assert_eq!(texts, ["says m", "yes", "says n", "no", "says o", "Hello"]);
    let last = history.messages.last().expect("the last");
    assert_eq!(
        last.status,
        MessageStatus::Interrupted,
        "nobody writes it here"
    );
    assert_eq!(history.chat.leaf.as_ref(), Some(&last.id));
    assert_eq!(history.chat.title, "says m", "with its title");
    assert_eq!(
        place.line("alice", "c").await,
        old,
        "the old chat stays as it is"
    );
    let early = branch("alice", "e", "m-a");
    place.store.branch_chat(early).await.expect("a chat");
    assert_eq!(
        place.line("alice", "e").await.len(),
        2,
        "up to that message"
    );
    let foreign = place.store.branch_chat(branch("bob", "f", "m-a")).await;
    assert!(is_not_found(foreign), "only of what one sees");
}
