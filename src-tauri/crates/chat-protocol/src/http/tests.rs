//! The bodies of `PROTOCOL.md`: what the server reads is read, what it writes is written so.

use chat_core::{
    AuditAction, AuditEntry, ChatId, Day, Device, DeviceId, ErrorCode, Fault, Invitation,
    InvitationId, LimitScope, MessageStatus, ModelId, PortableChat, PortableMessage, Reason, Role,
    SignInMethod, SpendRules, Timestamp, TitleSource, Token, User, UserId, UserRole,
};
use serde_json::Value;

use super::*;
use chat_core::PortableError;

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

/// A question and an answer that failed.
fn portable() -> PortableChat {
    let question = PortableMessage {
        parent: None,
        role: Role::User,
        content: "Hello".to_owned(),
        reasoning: String::new(),
        status: MessageStatus::Complete,
        model: None,
        failure: None,
        created_at: at(0),
        finished_at: Some(at(0)),
    };
    let model = ModelId::parse("openai/gpt-5-mini").ok();
    let words = "the model's server ended the answer early";
    let answer = PortableMessage {
        parent: Some(0),
        role: Role::Assistant,
        content: "Hi".to_owned(),
        reasoning: "A greeting.".to_owned(),
        status: MessageStatus::Failed,
        model: model.clone(),
        failure: Some(Fault::new(
            ErrorCode::GenerationFailed,
            Reason::CutOff,
            words,
        )),
        finished_at: Some(at(1_000)),
        ..question.clone()
    };
    PortableChat {
        title: "Bread".to_owned(),
        title_source: TitleSource::Person,
        model,
        system_prompt: Some("Be brief.".to_owned()),
        temperature: Some(0.7),
        created_at: at(0),
        updated_at: at(1_000),
        leaf: Some(1),
        messages: vec![question, answer],
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
    let refresh: Refresh = read(next());
    assert!(refresh.refresh_token.is_some() && refresh.next_token.is_some());
    assert_eq!(json(Me::new(&alice, Some(&laptop.id), true)), *next());
    assert!(read::<SetPassword>(next()).current.is_some());
    assert_eq!(
        json(LinkMade::new("the-code-of-a-link", at(15 * 60 * 1000))),
        *next()
    );
    let by_provider: SignInByProvider = read(next());
    assert_eq!(by_provider.on.refresh, Some(RefreshBy::Body));

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

    local_network(&mut next, &alice, &devices[0]);

    spending(&mut next, &alice, &devices[0]);

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

    let portable = portable();
    assert_eq!(json(ExportedChat::new(&portable, at(2_000))), *next());
    let asked = next().to_string();
    let import = ImportChat::read(asked.as_bytes()).expect("a body");
    assert_eq!(
        (import.id.as_str(), import.chat.leaf),
        ("import-1", Some(0))
    );
    let made = ChatId::parse("import-0af1").expect("an id");
    assert_eq!(json(Imported::new(&made, 1, true)), *next());

    let words = "somebody here has that name already; choose another";
    let fault = Fault::invalid(Reason::Forbidden, words);
    assert_eq!(
        json(HttpError::from(&fault).about(Problem::NameTaken)),
        *next()
    );
    assert_eq!(blocks.next(), None, "every block is tried");
}

/// The section about what is spent.
fn spending<'a>(next: &mut impl FnMut() -> &'a Value, alice: &User, device: &Device) {
    let model = || ModelId::parse("openai/gpt-5-mini").expect("a model");
    let (first, last) = (Day::of(at(0)), Day::of(at(29 * DAY)));
    let rows = [chat_core::UsageRow {
        day: first,
        user: alice.id.clone(),
        device: Some(device.id.clone()),
        model: Some(model()),
        spending: chat_core::Spending {
            messages: 3,
            prompt_tokens: 1_200,
            answer_tokens: 800,
            cost: 1_900,
            unpriced_tokens: 0,
        },
        estimated_tokens: 0,
    }];
    let page = UsagePage::new((first, last), "USD", &rows, |_| Some(alice));
    assert_eq!(json(page), *next());

    let level: LevelLimits = read(next());
    let (whose, limits) = level.read().expect("limits");
    assert_eq!(whose, LimitScope::User(alice.id.clone()));
    assert_eq!(limits.cost_per_month, Some(20_000_000));
    assert_eq!(limits.models.map(|models| models.len()), Some(2));
    let of = |limits: chat_core::Limits| limits;
    let rules = SpendRules {
        configured: of(chat_core::Limits {
            messages_per_minute: Some(120),
            ..chat_core::Limits::default()
        }),
        server: of(chat_core::Limits {
            cost_per_month: Some(100_000_000),
            ..chat_core::Limits::default()
        }),
        devices: [(
            device.id.clone(),
            of(chat_core::Limits {
                messages_per_day: Some(50),
                ..chat_core::Limits::default()
            }),
        )]
        .into(),
        prices: [(
            model(),
            chat_core::Price {
                prompt: 250_000,
                answer: 2_000_000,
            },
        )]
        .into(),
        currency: "USD".to_owned(),
        ..SpendRules::default()
    };
    let page = LimitsPage::new(&rules, |id| (*id == device.id).then_some(&alice.id));
    assert_eq!(json(page), *next());
    let block = next();
    assert_eq!(json(Prices::from(&rules)), *block);
    let (currency, prices) = read::<Prices>(block).read().expect("prices");
    assert_eq!((currency.as_str(), prices.len()), ("USD", 1));
}

#[test]
fn limits_and_prices_that_make_no_sense_are_refused() {
    for body in [
        serde_json::json!({"of": "user", "limits": {}}),
        serde_json::json!({"of": "server", "userId": "a", "limits": {}}),
        serde_json::json!({"of": "device", "deviceId": "a b", "limits": {}}),
        serde_json::json!({"of": "king", "limits": {}}),
        serde_json::json!({"of": "server", "limits": {"messagesPerDay": -1}}),
        serde_json::json!({"of": "server", "limits": {"tokensPerDay": u64::MAX}}),
        serde_json::json!({"of": "server", "limits": {"models": ["no-slash"]}}),
        serde_json::json!({"of": "server", "limits": {"mesagesPerDay": 5}}),
    ] {
        let read = serde_json::from_value::<LevelLimits>(body.clone());
        let read = read.ok().and_then(|level| level.read());
        assert_eq!(read, None, "{body}");
    }
    for body in [
        serde_json::json!({"currency": "", "prices": []}),
        serde_json::json!({"currency": "a b", "prices": []}),
        serde_json::json!({"currency": "DOUBLOONS", "prices": []}),
        serde_json::json!({"currency": "USD", "prices": [{"model": "x", "prompt": 1, "answer": 1}]}),
        serde_json::json!({"currency": "USD", "prices": [{"model": "a/b", "prompt": -1, "answer": 1}]}),
    ] {
        let read = serde_json::from_value::<Prices>(body.clone());
        let read = read.ok().and_then(|prices| prices.read());
        assert_eq!(read, None, "{body}");
    }
}

/// The sections about the local network and pairing.
fn local_network<'a>(next: &mut impl FnMut() -> &'a Value, alice: &User, device: &Device) {
    let address = || LanAddress {
        url: "https://192.168.1.20:3000".to_owned(),
        interface: "wlan0".to_owned(),
        kind: LanAddressKind::Home,
    };
    assert!(read::<ChangeLan>(next()).open);
    let shared = SharedInfo {
        port: 3000,
        addresses: vec![address()],
        named: Some("https://parlor-1a2b3c.local:3000".to_owned()),
        fingerprint: "AB:CD".to_owned(),
        link: "https://192.168.1.20:3000/#sha256=q80".to_owned(),
    };
    let lan = LanInfo {
        open: true,
        shared: Some(shared),
    };
    assert_eq!(json(lan), *next());
    let finding = |hop, verdict, why| LanFinding { hop, verdict, why };
    let command = "sudo ufw allow from 192.168.1.0/24 to any port 3000 proto tcp comment Parlor";
    let arrival = LanArrival::new("192.168.1.7".to_owned(), LanStage::Distrusted, at(0), false);
    let check = LanCheck {
        failing: Some(LanHop::Firewall),
        hops: vec![
            finding(LanHop::Switch, LanVerdict::Good, "on"),
            finding(LanHop::Firewall, LanVerdict::Doubtful, "on"),
        ],
        addresses: vec![address()],
        firewalls: vec![LanFirewall {
            name: LanFirewallName::Ufw,
            on: Some(true),
            command: command.to_owned(),
        }],
        arrivals: vec![arrival],
    };
    assert_eq!(json(check), *next());

    let end = at(2 * 60 * 1000);
    let link = "https://192.168.1.20:3000/#pair=K7QM-4XRD&sha256=q80".to_owned();
    assert_eq!(
        json(PairingCode::new("K7QM-4XRD", end, vec![link])),
        *next()
    );
    let request = PairingRequest::new("request-1", "Ann's phone", "192.168.1.7", "4821", end);
    let paired = PairedDevice::new(device, alice);
    let state = PairingState::new(3, Some(end), vec![request], vec![paired]);
    assert_eq!(json(state), *next());
    let ask: AskPairing = read(next());
    assert_eq!(ask.device.as_deref(), Some("Ann's phone"));
    let asked = PairingAsked::new("request-1", "a-secret", "4821", end);
    assert_eq!(json(asked), *next());
    let answer: AnswerPairing = read(next());
    assert!(matches!(answer, AnswerPairing::Person { user_id } if user_id == alice.id));
    let claim: ClaimPairing = read(next());
    assert_eq!(claim.on.refresh, Some(RefreshBy::Cookie));
    assert_eq!(json(PairingWaits::default()), *next());
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

#[test]
fn a_chat_comes_back_as_it_left() {
    let portable = portable();
    let document = json(ExportedChat::new(&portable, at(2_000)));
    let body = serde_json::json!({"importId": "import-1", "document": document}).to_string();
    let import = ImportChat::read(body.as_bytes()).expect("what was written is read");
    assert_eq!(import.chat, portable, "nothing of it is lost on the way");
}

#[test]
fn a_bad_import_is_refused_in_words_that_quote_nothing() {
    let good = json(ExportedChat::new(&portable(), at(2_000)));
    let with = |change: &dyn Fn(&mut Value)| {
        let mut document = good.clone();
        change(&mut document);
        serde_json::json!({"importId": "import-1", "document": document}).to_string()
    };
    let second = |field: &'static str, value: Value| {
        with(&|document| document["messages"][1][field] = value.clone())
    };
    let of_chat = |field: &'static str, value: Value| {
        with(&|document| document["chat"][field] = value.clone())
    };
    let foreign = with(&|document| document["format"] = "very-secret".into());
    let later = with(&|document| document["version"] = 2.into());
    let no_id = with(&|_| ()).replace("import-1", "../very-secret");
    let long = "x".repeat(33 * 1024);
    for (what, body) in [
        ("no JSON", "very-secret".to_owned()),
        ("nothing", String::new()),
        ("a list", "[]".to_owned()),
        ("a deep one", "[".repeat(100_000)),
        ("half of it", with(&|_| ())[..200].to_owned()),
        ("another format", foreign),
        ("a later version", later),
        ("an id that is none", no_id),
        ("a circle", second("parent", 1.into())),
        ("a parent that comes later", second("parent", 7.into())),
        ("a parent below 0", second("parent", (-1).into())),
        (
            "a parent that is an id",
            second("parent", "very-secret".into()),
        ),
        ("an answer to nothing", second("parent", Value::Null)),
        ("an unknown role", second("role", "very-secret".into())),
        ("a system's words", second("role", "system".into())),
        ("a running answer", second("status", "running".into())),
        ("no text", second("content", Value::Null)),
        (
            "a time that is none",
            second("createdAt", "very-secret".into()),
        ),
        (
            "a model that is none",
            second("model", "very-secret".into()),
        ),
        ("a leaf that is nowhere", of_chat("leaf", 2.into())),
        ("a temperature of 3", of_chat("temperature", 3.into())),
        ("an endless prompt", of_chat("systemPrompt", long.into())),
    ] {
        let error = ImportChat::read(body.as_bytes()).expect_err(what);
        let words = error.to_string();
        assert!(
            !words.contains("very-secret") && !words.is_empty(),
            "{what}: {words}"
        );
    }
}

#[test]
fn too_many_messages_are_given_up_early() {
    let message =
        r#"{"role":"user","content":"","status":"complete","createdAt":"2024-01-01T00:00:00Z"}"#;
    let body = |count: usize| {
        format!(
            r#"{{"importId":"i","document":{{"format":"parlor-chat","version":1,"chat":{{"title":"","titleSource":"placeholder","createdAt":"2024-01-01T00:00:00Z","updatedAt":"2024-01-01T00:00:00Z"}},"messages":[{}]}}}}"#,
            vec![message; count].join(",")
        )
    };
    let error = ImportChat::read(body(1_000_000).as_bytes()).expect_err("a million");
    assert!(
        matches!(error, ImportError::Tree(PortableError::TooMany)),
        "{error}"
    );
    let most = ImportChat::read(body(chat_core::MAX_PORTABLE_MESSAGES).as_bytes());
    assert_eq!(most.expect("as many as may").chat.messages.len(), 20_000);
}

#[test]
fn a_failure_of_a_later_version_stays_a_failure() {
    let mut document = json(ExportedChat::new(&portable(), at(2_000)));
    document["messages"][1]["failure"]["reason"] = "a_reason_of_tomorrow".into();
    document["messages"][1]["failure"]["message"] = "x".repeat(100_000).into();
    document["messages"][0]["failure"] = document["messages"][1]["failure"].clone();
    let body = serde_json::json!({"importId": "i", "document": document}).to_string();
    let chat = ImportChat::read(body.as_bytes()).expect("a chat").chat;
    assert_eq!(
        chat.messages[0].failure, None,
        "a message that did not fail has none"
    );
    let failure = chat.messages[1].failure.as_ref().expect("a failure");
    assert_eq!(failure.reason, Reason::Internal);
    assert!(failure.message.len() <= 2_000, "and its words are few");
}
