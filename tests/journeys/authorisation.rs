//! The authorisation matrix of the sockets: every type of frame of both dialects, as `chat-protocol`
//! lists them for the UI, sent by everybody there is. A frame without a row here fails the test.
//! The matrix of HTTP is in `accounts_rights.rs`; every field that takes an id is tried in
//! `authorisation_fields.rs`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    Client, Gate, Person, Provider, Script, Server, Setup,
    client::{Heard, text},
    events::Events,
    piano::piano,
};

/// Who may send a frame, and to what.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    /// It names something of one person: for all others that does not exist.
    Own,
    /// Whoever is signed in.
    SignedIn,
    /// Admins and owners of the server.
    Manager,
}

use Rule::{Manager, Own, SignedIn};

/// Somebody's things, or nobody's.
#[derive(Debug)]
pub(super) struct Things {
    pub(super) chat: String,
    pub(super) message: String,
    pub(super) answer: String,
    pub(super) objective: String,
    pub(super) milestone: String,
    /// The person's own keys: of a message, and of a wish for an objective.
    pub(super) key: String,
    pub(super) wish: String,
    pub(super) person: String,
    /// An id for a new chat: theirs already, or free.
    pub(super) new_chat: String,
}

impl Things {
    pub(super) fn of_nobody() -> Self {
        let id = |name: &str| format!("no-such-{name}");
        Self {
            chat: id("chat"),
            message: id("message"),
            answer: id("answer"),
            objective: id("objective"),
            milestone: id("milestone"),
            key: id("key-that-is-long-enough"),
            wish: id("wish-that-is-long-enough"),
            person: id("person"),
            new_chat: "a-free-id".to_owned(),
        }
    }
}

/// The row of a frame of dialect A: its data and its rule.
fn row(kind: &str, things: &Things, sender: &Person) -> Option<(Rule, Value)> {
    let Things {
        chat,
        message,
        answer,
        objective,
        ..
    } = things;
    let provider = json!({"providerId": "no-such-provider"});
    Some(match kind {
        "join_chat" => (Own, json!({"chatId": chat})),
        "create_chat" => (SignedIn, json!({"title": "Mine"})),
        "branch_chat" => (Own, json!({"messageId": message})),
        "message" => (Own, json!({"message": "Hi", "chatId": chat})),
        "estimate" => (Own, json!({"bytes": 100, "chatId": chat})),
        "get_usage" => (SignedIn, json!({})),
        "stop" => (Own, json!({"messageId": answer})),
        "regenerate" | "continue" => (Own, json!({"messageId": message})),
        "watch_chats" => (SignedIn, json!({"since": 0})),
        "update_chat" => (Own, json!({"chatId": chat, "title": "Mine"})),
        "delete_chat" | "restore_chat" | "leave_chat" => (Own, json!({"chatId": chat})),
        "share_chat" => {
            let data = json!({"chatId": chat, "userId": sender.id, "access": "write"});
            (Own, data)
        }
        "unshare_chat" => (Own, json!({"chatId": chat, "userId": sender.id})),
        "update_objective" => {
            let data = json!({"objectiveId": objective, "updates": {"title": "Mine"}});
            (Own, data)
        }
        "delete_objective" | "restore_objective" | "discuss_objective" => {
            (Own, json!({"objectiveId": objective}))
        }
        "watch_objectives" | "get_settings" | "list_models" | "list_providers" => {
            (SignedIn, json!({}))
        }
        "generate_objective" => (SignedIn, json!({"prompt": "Learn the piano"})),
        "update_settings" => (SignedIn, json!({"welcomed": true})),
        "find_providers" => (Manager, json!({})),
        // None of these changes anything: what they name is no address, or not there.
        "save_provider" => {
            let data = json!({"providerId": "mine", "name": "Mine", "baseUrl": "ftp://x"});
            (Manager, data)
        }
        "remove_provider" | "test_provider" => (Manager, provider),
        "set_provider_key" => (
            Manager,
            json!({"providerId": "no-such-provider", "key": "k"}),
        ),
        "ping" => (SignedIn, json!({"timestamp": 7})),
        _ => return None,
    })
}

/// The row of an event of dialect B.
fn event_row(kind: &str, things: &Things) -> Option<(Rule, Value)> {
    let Things {
        chat,
        answer,
        objective,
        ..
    } = things;
    Some(match kind {
        "USER_MESSAGE" => (Own, json!({"content": "Hi", "context": {"chatId": chat}})),
        "STOP_GENERATION" => (Own, json!({"messageId": answer})),
        "UPDATE_OBJECTIVE" => {
            let data = json!({"objectiveId": objective, "updates": {"title": "Mine"}});
            (Own, data)
        }
        "WATCH_CHAT" => (Own, json!({"chatId": chat})),
        "GENERATE_OBJECTIVE" => (SignedIn, json!({"prompt": "Learn the piano"})),
        "LIST_OBJECTIVES" => (SignedIn, json!({})),
        "PING" => (SignedIn, json!({"timestamp": 7})),
        _ => return None,
    })
}

/// The types of frames that clients send, as they are generated from `chat-protocol`, where a test
/// fails when these have fallen behind.
fn kinds(file: &str, interface: &str) -> Vec<String> {
    let path = format!("{}/../ui/src/generated/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the generated types");
    let start = format!("export interface {interface} {{\n");
    let list = text.split_once(&start).expect("the interface").1;
    let list = list.split_once("\n}").expect("its end").0;
    let names = list.lines().filter_map(|line| line.trim().split_once(':'));
    names.map(|(name, _)| name.to_owned()).collect()
}

fn chat_kinds() -> Vec<String> {
    kinds("wire.ts", "ClientData")
}

fn event_kinds() -> Vec<String> {
    kinds("events.ts", "ClientEventData")
}

/// Alice with a chat, an objective and an answer that is being written; others of every role.
pub(super) struct Scene {
    pub(super) server: Server,
    pub(super) provider: Provider,
    alice: Client,
    pub(super) things: Things,
    pub(super) others: Vec<(&'static str, Person)>,
    rest: Gate,
}

pub(super) async fn scene() -> Scene {
    let rest = Gate::new();
    let running = Script::stream().tokens(&["half "]).gate(&rest);
    let running = running.tokens(&["whole"]).end();
    let provider = Provider::playing([piano(), Script::text(&["A secret"]), running]).await;
    let server = Setup::with(&provider).start().await;
    let owner = server.setup().user_with("olga", &["--role", "owner"]);
    let admin = server.setup().user_with("ann", &["--role", "admin"]);
    let member = server.user("mallory");
    let person = server.user("alice");
    let (key, wish) = ("alices-key-0123456789", "alices-wish-0123456789");
    let mut events = Events::open(&server, &person).await;
    let prompt = json!({"prompt": "Apprendre le piano"});
    events.send(Some(wish), "GENERATE_OBJECTIVE", prompt).await;
    let objective = events.until("OBJECTIVE_GENERATED").await["objective"].take();
    let (mut alice, chat) = Client::in_new_chat(&server, &person).await;
    let question = json!({"message": "What is it?", "clientId": key});
    alice
        .send(json!({"type": "message", "data": question}))
        .await;
    alice.expect("user_message").await;
    let reply = alice.answer().await;
    alice.say("And then?").await;
    let start = alice.expect("assistant_message_start").await;
    alice.tokens_until("half ").await;
    let things = Things {
        new_chat: chat.clone(),
        chat,
        message: reply.id().to_owned(),
        answer: text(&start, "messageId").to_owned(),
        objective: text(&objective, "id").to_owned(),
        milestone: text(&objective["milestones"][0], "id").to_owned(),
        key: key.to_owned(),
        wish: wish.to_owned(),
        person: person.id,
    };
    Scene {
        server,
        provider,
        alice,
        things,
        others: vec![("member", member), ("admin", admin), ("owner", owner)],
        rest,
    }
}

impl Scene {
    /// That nothing of Alice's was touched: her answer is written to its end, her history whole.
    pub(super) async fn unharmed(mut self) {
        assert_eq!(
            self.alice.settled().await,
            Vec::<Value>::new(),
            "she hears nothing of it"
        );
        self.rest.open();
        let end = self.alice.until("assistant_message_complete").await;
        assert_eq!(text(&end, "content"), "half whole", "nobody stopped it");
        let joined = self.alice.look_at(&self.things.chat).await;
        assert_eq!(
            joined["messages"].as_array().map(Vec::len),
            Some(4),
            "{joined}"
        );
        assert_ne!(joined["title"], "Mine");
        self.alice
            .send(json!({"type": "watch_objectives", "data": {}}))
            .await;
        let objectives = self.alice.until("objectives").await;
        let kept = objectives["objectives"].as_array().expect("objectives");
        assert!(
            kept.len() == 1 && kept[0]["title"] != "Mine",
            "{objectives}"
        );
    }
}

/// What a frame is answered with, directly and before the frames after it.
pub(super) async fn ask(client: &mut Client, kind: &str, data: &Value) -> Vec<Value> {
    client
        .send(json!({"type": kind, "ref": "asked", "data": data}))
        .await;
    let heard = client.settled().await;
    let own = heard.into_iter().filter(|frame| frame["ref"] == "asked");
    own.map(|frame| json!({"type": frame["type"], "data": frame["data"]}))
        .collect()
}

/// The same in dialect B.
pub(super) async fn ask_event(
    client: &mut Events,
    kind: &str,
    data: &Value,
    id: &str,
) -> Vec<Value> {
    client.send(Some(id), kind, data.clone()).await;
    let last = format!("{id}-last");
    client
        .send(Some(&last), "PING", json!({"timestamp": 1}))
        .await;
    let mut heard = Vec::new();
    loop {
        let frame = client.next().await;
        let of = &frame["metadata"]["requestId"];
        if *of == last.as_str() {
            return heard;
        }
        if *of == id {
            heard.push(json!({"type": frame["type"], "data": frame["data"]}));
        }
    }
}

/// The reason of the first error among the answers.
pub(super) fn refusal(answers: &[Value]) -> Option<&str> {
    let is_error = |answer: &&Value| answer["type"] == "error" || answer["type"] == "ERROR";
    let error = answers.iter().find(is_error)?;
    error["data"]["reason"]
        .as_str()
        .or(error["data"]["code"].as_str())
}

#[test]
fn every_frame_has_a_row() {
    let things = Things::of_nobody();
    let nobody = Person {
        id: "nobody".to_owned(),
        token: String::new(),
    };
    let missing = |known: bool, kind: &String| (!known).then(|| kind.clone());
    let chat = chat_kinds().into_iter().filter_map(|kind| {
        let known = row(&kind, &things, &nobody).is_some();
        missing(known, &kind)
    });
    let events = event_kinds().into_iter().filter_map(|kind| {
        let known = event_row(&kind, &things).is_some();
        missing(known, &kind)
    });
    let without: BTreeSet<String> = chat.chain(events).collect();
    assert_eq!(without, BTreeSet::new(), "frames that nobody judges");
    assert!(
        chat_kinds().len() > 25 && event_kinds().len() > 5,
        "the lists were found"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_frame_of_dialect_a_lets_in_whom_it_should_and_nobody_else() {
    let scene = scene().await;
    for (role, person) in &scene.others {
        for kind in chat_kinds() {
            // A connection of its own: what one frame did is not told in answer to the next.
            let mut client = Client::join(&scene.server, person).await;
            let (rule, theirs) = row(&kind, &scene.things, person).expect("a row");
            let answers = ask(&mut client, &kind, &theirs).await;
            let place = format!("{role} sends {kind} ({rule:?}) and gets {answers:?}");
            match rule {
                Own => {
                    let (_, nobodys) = row(&kind, &Things::of_nobody(), person).expect("a row");
                    let of_nobody = ask(&mut client, &kind, &nobodys).await;
                    assert_eq!(answers, of_nobody, "{place}: as for what does not exist");
                    let refused = refusal(&answers) == Some("not_found");
                    assert!(refused || answers.is_empty(), "{place}");
                }
                Manager if *role == "member" => {
                    assert_eq!(refusal(&answers), Some("forbidden"), "{place}");
                }
                Manager | SignedIn => {
                    let shut = [Some("forbidden"), Some("sign_in_required")];
                    assert!(!shut.contains(&refusal(&answers)), "{place}");
                }
            }
            assert!(!client.heard.concat().contains("A secret"), "{place}");
        }
    }
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_of_dialect_b_lets_in_whom_it_should_and_nobody_else() {
    let scene = scene().await;
    for (role, person) in &scene.others {
        for kind in event_kinds() {
            let mut client = Events::open(&scene.server, person).await;
            let (rule, theirs) = event_row(&kind, &scene.things).expect("a row");
            let answers = ask_event(&mut client, &kind, &theirs, "first").await;
            let place = format!("{role} sends {kind} ({rule:?}) and gets {answers:?}");
            if rule == Own {
                let (_, nobodys) = event_row(&kind, &Things::of_nobody()).expect("a row");
                let of_nobody = ask_event(&mut client, &kind, &nobodys, "second").await;
                assert_eq!(answers, of_nobody, "{place}: as for what does not exist");
                let refused = matches!(refusal(&answers), Some("not_found" | "INVALID_MESSAGE"));
                assert!(refused || answers.is_empty(), "{place}");
            } else {
                assert_eq!(refusal(&answers), None, "{place}");
            }
            assert!(
                !client.socket.heard.concat().contains("A secret"),
                "{place}"
            );
        }
    }
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_signed_in_sends_nothing() {
    let scene = scene().await;
    let stranger = &scene.others[0].1;
    for kind in chat_kinds() {
        let mut client = Client::open(&scene.server).await;
        let (_, data) = row(&kind, &scene.things, stranger).expect("a row");
        client
            .send(json!({"type": kind, "ref": "asked", "data": data}))
            .await;
        let answer = client.next().await;
        let reason = &answer["data"]["reason"];
        assert_eq!(reason, "sign_in_required", "{kind} gets {answer}");
    }
    for kind in event_kinds() {
        let dialled = Client::dial(scene.server.address(), "/ws/events", &[]).await;
        let Ok((mut client, _)) = dialled else {
            panic!("browsers should be able to read the reason");
        };
        let (_, data) = event_row(&kind, &scene.things).expect("a row");
        client
            .try_send(json!({"type": kind, "data": data}).to_string().into())
            .await;
        match client.hear().await {
            Heard::Closed(code, _) => assert_eq!(code, 1008, "{kind}"),
            Heard::Frame(frame) => panic!("{kind} without a token gets {frame}"),
        }
    }
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_of_ones_own_choice_opens_nothing_of_somebody_elses() {
    let scene = scene().await;
    let mallory = &scene.others[0].1;
    let mut client = Client::join(&scene.server, mallory).await;
    for data in [
        json!({"chatId": scene.things.chat}),
        json!({"chatId": scene.things.chat, "title": "Mine"}),
    ] {
        let answers = ask(&mut client, "create_chat", &data).await;
        assert!(refusal(&answers).is_some(), "{answers:?}");
    }
    let own = ask(
        &mut client,
        "create_chat",
        &json!({"chatId": "mallorys-own"}),
    )
    .await;
    assert_eq!(refusal(&own), None, "{own:?}");
    for data in [
        json!({"message": "Hi", "parentId": scene.things.message}),
        json!({"message": "Hi", "chatId": "mallorys-own", "parentId": scene.things.answer}),
    ] {
        let answers = ask(&mut client, "message", &data).await;
        assert_eq!(refusal(&answers), Some("not_found"), "{data}");
    }
    let resume = json!({"chatId": scene.things.chat, "resume": {
        "epoch": "any", "revision": 1, "messageId": scene.things.answer, "seq": 0}});
    let answers = ask(&mut client, "join_chat", &resume).await;
    assert_eq!(refusal(&answers), Some("not_found"));
    let leaf = json!({"chatId": "mallorys-own", "leafId": scene.things.message});
    let answers = ask(&mut client, "update_chat", &leaf).await;
    assert_eq!(refusal(&answers), Some("not_found"), "{answers:?}");
    assert!(!client.heard.concat().contains("A secret"));
    scene.unharmed().await;
}
