//! What `chat-core/src/sync.rs` gives, on shuttle's locks.

pub(crate) use shuttle::sync::{Mutex, MutexGuard};

pub(crate) mod watch {
    //! A channel that keeps only the latest value, as far as the turn log uses it.

    use std::{
        future::poll_fn,
        sync::{Arc, PoisonError},
        task::{Poll, Waker},
    };

    use shuttle::sync::{Mutex, MutexGuard};

    struct State<T> {
        value: T,
        version: u64,
        sleeping: Vec<Waker>,
    }

    struct Shared<T>(Mutex<State<T>>);

    impl<T> Shared<T> {
        fn lock(&self) -> MutexGuard<'_, State<T>> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    pub(crate) struct Sender<T>(Arc<Shared<T>>);

    pub(crate) struct Receiver<T> {
        shared: Arc<Shared<T>>,
        seen: u64,
    }

    /// The sender is gone; never here, as in the log whoever receives holds the sender too.
    #[derive(Debug)]
    pub(crate) struct Gone;

    impl<T> Sender<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(Arc::new(Shared(Mutex::new(State {
                value,
                version: 0,
                sleeping: Vec::new(),
            }))))
        }

        pub(crate) fn subscribe(&self) -> Receiver<T> {
            Receiver {
                seen: self.0.lock().version,
                shared: Arc::clone(&self.0),
            }
        }

        pub(crate) fn send_modify(&self, change: impl FnOnce(&mut T)) {
            let sleeping = {
                let state = &mut *self.0.lock();
                change(&mut state.value);
                state.version += 1;
                std::mem::take(&mut state.sleeping)
            };
            sleeping.into_iter().for_each(Waker::wake);
        }
    }

    impl<T> Receiver<T> {
        pub(crate) fn mark_unchanged(&mut self) {
            self.seen = self.shared.lock().version;
        }

        pub(crate) async fn changed(&mut self) -> Result<(), Gone> {
            poll_fn(|context| {
                let mut state = self.shared.lock();
                if state.version == self.seen {
                    state.sleeping.push(context.waker().clone());
                    return Poll::Pending;
                }
                self.seen = state.version;
                Poll::Ready(Ok(()))
            })
            .await
        }
    }
}
