//! How many files and sockets the process may have open. Systems begin with few, often 1,024, and let
//! every process take more by itself; a server with many people and running answers needs them.

/// More than any server here has open. Some systems allow a thousand times that, and what a process
/// starts inherits it: programs that go through every number there may be would take minutes.
const MOST: u64 = 1_048_576;

/// Takes as many as the system allows without asking anybody, but for more than ever are needed. Only
/// for a process that is a server and nothing else.
pub(crate) fn allow_many() {
    match rlimit::increase_nofile_limit(MOST) {
        Ok(limit) => tracing::debug!(limit, "files and sockets that may be open at once"),
        Err(error) => tracing::warn!(%error, "no more files may be open at once than before"),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use rlimit::Resource;

    #[test]
    fn as_many_as_the_system_allows() {
        let (_, most) = Resource::NOFILE.get().expect("a limit");
        // What other tests of this process have open stays open.
        let few = most.min(2_000);
        Resource::NOFILE.set(few, most).expect("fewer");
        super::allow_many();
        let (now, _) = Resource::NOFILE.get().expect("a limit");
        // Some systems have one more limit below the one they tell.
        assert!(now > few || now == most, "{now} of {most}");
        assert!(now <= super::MOST, "{now} of {most}");
    }
}
