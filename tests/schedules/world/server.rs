//! One life of the server: the real parts, on the database of the lives before it. Its time stands
//! still but for waiting, its ids count up; the store gives way to others as often as the seed says.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use chat_core::{Clock, FeedHub, IdSource, Sources, Timestamp, UserId, UserRole};
use chat_server::{
    Config,
    in_process::{InProcess, Parts},
};
use chat_store::Database;
use tokio::{io::DuplexStream, time::Instant};

use super::provider::{Ledger, Scripted};
use crate::dice::Dice;

/// What goes on when the server does not: the time of day, and ids never given twice.
#[derive(Clone)]
pub(crate) struct Outside {
    now: Arc<Ticking>,
    ids: Arc<Counting>,
}

struct Ticking(AtomicI64);
struct Counting(AtomicU64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

impl IdSource for Counting {
    fn fresh(&self) -> String {
        format!("id-{}", self.0.fetch_add(1, Ordering::Relaxed))
    }
}

impl Outside {
    pub(crate) fn new() -> Self {
        Self {
            now: Arc::new(Ticking(AtomicI64::new(1_800_000_000_000))),
            ids: Arc::new(Counting(AtomicU64::new(0))),
        }
    }
}

/// The one person of the model.
pub(crate) fn person() -> UserId {
    UserId::parse("anna").expect("an id")
}

/// A running server.
pub(crate) struct Server {
    inside: InProcess,
    pub(crate) database: Arc<Database>,
    pub(crate) born: Instant,
}

impl Server {
    pub(crate) async fn start(
        directory: &Path,
        outside: &Outside,
        ledger: &Ledger,
        seed: u64,
        life: usize,
    ) -> Self {
        let mut config = Config::embedded(directory.to_owned());
        config.chat.auto_title = false;
        config.limits.messages_per_minute = 0;
        config.limits.frames_per_second = 0;
        let hub = Arc::new(FeedHub::default());
        let observer: Arc<FeedHub> = Arc::clone(&hub);
        let database = Database::open(&config.database(), observer).expect("the database opens");
        let dice = Mutex::new(Dice::new(seed ^ 0x5743_9ad1 ^ (life as u64) << 32));
        database.step(move || {
            let mut dice = dice.lock().unwrap_or_else(PoisonError::into_inner);
            u32::try_from(dice.below(6).saturating_sub(2)).unwrap_or_default()
        });
        let sources = Sources {
            clock: outside.now.clone(),
            ids: outside.ids.clone(),
        };
        if life == 0 {
            let made = database
                .create_user(person(), "anna", UserRole::Owner, None, sources.clock.now())
                .await;
            made.expect("the account is made");
        }
        let born = Instant::now();
        let provider = Arc::new(Scripted {
            ledger: ledger.clone(),
            seed,
            life,
            born,
        });
        let inside = InProcess::start(Parts {
            config,
            database: Arc::clone(&database),
            store: database.clone(),
            provider,
            hub,
            sources,
        })
        .await
        .expect("the server starts");
        Self {
            inside,
            database,
            born,
        }
    }

    pub(crate) fn token(&self) -> String {
        self.inside.token(&person())
    }

    pub(crate) fn accept(&self, stream: DuplexStream) {
        self.inside.connect(stream);
    }

    pub(crate) async fn drain(self) {
        self.inside.drain().await;
    }
}
