//! Taking the store's work in steps, for models of concurrency: a caller then waits in place for the
//! store's threads, so that nothing else runs meanwhile, and gives way to others before and after as
//! often as a seed says. Without it, as everywhere else, callers simply await.

use std::{
    pin::pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use crate::Database;

type Ways = Box<dyn Fn() -> u32 + Send + Sync>;

/// How callers wait. Shared by writer and readers.
#[derive(Clone, Default)]
pub(crate) struct Steps(Arc<OnceLock<Ways>>);

impl Steps {
    /// Before work is handed in.
    pub(crate) async fn before(&self) {
        self.give_way().await;
    }

    /// Waits for work that was handed in.
    pub(crate) async fn wait<F: Future>(&self, work: F) -> F::Output {
        if self.0.get().is_none() {
            return work.await;
        }
        // Without tokio's budget, which only a task that gives way gets anew.
        let done = in_place(tokio::task::coop::unconstrained(work));
        self.give_way().await;
        done
    }

    async fn give_way(&self) {
        if let Some(ways) = self.0.get() {
            for _ in 0..ways() {
                tokio::task::yield_now().await;
            }
        }
    }
}

impl Database {
    /// From now on callers wait in place, and give way `ways()` times before and after. For
    /// current-thread runtimes of tests; the second call changes nothing.
    #[doc(hidden)]
    pub fn step(&self, ways: impl Fn() -> u32 + Send + Sync + 'static) {
        let _ = self.writer.steps.0.set(Box::new(ways));
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn in_place<F: Future>(work: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut work = pin!(work);
    loop {
        if let Poll::Ready(output) = work.as_mut().poll(&mut context) {
            return output;
        }
        thread::park();
    }
}
