//! How late this machine is by itself: a thread that sleeps and writes as a server does, and notes
//! by how much both took longer than they should. What is asserted about milliseconds allows for
//! it, so that a machine that builds something else meanwhile is not taken for a slow server.

use std::{
    io::Write as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

const NAP: Duration = Duration::from_millis(5);
/// Naps between two writes: the disk is asked for little.
const WRITE_EVERY: u32 = 8;

#[derive(Clone, Copy)]
struct Late {
    from: Instant,
    to: Instant,
    by: Duration,
}

/// The watch. Dropping it ends it.
pub(crate) struct Hiccups {
    noted: Arc<Mutex<Vec<Late>>>,
    over: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Hiccups {
    /// Watches from now on.
    pub(crate) fn watch() -> Self {
        let (noted, over) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let (notes, end) = (Arc::clone(&noted), Arc::clone(&over));
        let thread = Some(thread::spawn(move || run(&notes, &end)));
        Self {
            noted,
            over,
            thread,
        }
    }

    /// The worst between two moments, whatever of it lay outside.
    pub(crate) fn worst(&self, from: Instant, to: Instant) -> Duration {
        let noted = self.noted.lock().expect("no panic with the lock");
        let within = noted
            .iter()
            .filter(|late| late.to >= from && late.from <= to);
        within.map(|late| late.by).max().unwrap_or_default()
    }
}

impl Drop for Hiccups {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic of the watch would be a poor reason to hide the test's own.
            let _ = thread.join();
        }
    }
}

fn run(noted: &Mutex<Vec<Late>>, over: &AtomicBool) {
    let mut file = tempfile::tempfile().expect("a temporary file");
    let mut naps = 0_u32;
    while !over.load(Ordering::Relaxed) {
        let from = Instant::now();
        thread::sleep(NAP);
        let mut by = from.elapsed().saturating_sub(NAP);
        naps += 1;
        if naps.is_multiple_of(WRITE_EVERY) {
            let begun = Instant::now();
            let written = file.write_all(&[0; 512]).and_then(|()| file.sync_data());
            written.expect("a temporary file can be written");
            by += begun.elapsed();
        }
        if by > Duration::from_millis(1) {
            let to = Instant::now();
            let late = Late { from, to, by };
            noted.lock().expect("no panic with the lock").push(late);
        }
    }
}
