//! Child processes: said aloud before they start, run in the repository, their failure explained.

use std::{
    ffi::OsStr,
    fs::File,
    path::Path,
    process::{Command, ExitCode, ExitStatus, Stdio},
};

use anyhow::{Context, Result, bail};

/// One child process and the line that tells a person what it is for.
pub(crate) struct Step {
    title: String,
    command: Command,
}

impl Step {
    /// A step that runs `program` in the repository's top directory.
    pub(crate) fn new(title: impl Into<String>, program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.current_dir(crate::root());
        // Cargo tells its children which package runs; a nested cargo must not believe it.
        for name in [
            "CARGO_MANIFEST_DIR",
            "CARGO_PKG_NAME",
            "CARGO_MANIFEST_PATH",
        ] {
            command.env_remove(name);
        }
        Self {
            title: title.into(),
            command,
        }
    }

    /// Adds arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable of the child's environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs in `directory`, relative to the repository's top.
    pub(crate) fn directory(mut self, directory: impl AsRef<Path>) -> Self {
        self.command.current_dir(crate::root().join(directory));
        self
    }

    /// Says the title, runs it with this terminal, and fails unless it succeeds.
    pub(crate) fn run(mut self) -> Result<()> {
        say(&self.title);
        let status = self.command.status();
        let status = status.with_context(|| format!("{:?} cannot be started", self.command))?;
        if !status.success() {
            bail!("{} failed ({status})", self.title);
        }
        Ok(())
    }

    /// Says the title and becomes the child, so that Ctrl-C and its exit status are its own.
    pub(crate) fn replace(mut self) -> Result<ExitCode> {
        say(&self.title);
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            let error = self.command.exec();
            Err(error).with_context(|| format!("{:?} cannot be started", self.command))
        }
        #[cfg(not(unix))]
        {
            let status = self.command.status()?;
            Ok(status
                .code()
                .and_then(|code| u8::try_from(code).ok())
                .unwrap_or(1)
                .into())
        }
    }

    /// Runs it silently with all output in `log` (appended), and tells how it ended.
    pub(crate) fn logged(mut self, log: &Path) -> Result<ExitStatus> {
        let file = File::options().create(true).append(true).open(log)?;
        self.command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file);
        self.command
            .status()
            .with_context(|| format!("{:?} cannot be started", self.command))
    }

    /// Runs it silently and returns what it wrote on standard output; `None` unless it succeeds.
    pub(crate) fn output(mut self) -> Option<String> {
        let output = self.command.stdin(Stdio::null()).output().ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The same however it ends; `None` where it cannot be started.
    pub(crate) fn any_output(mut self) -> Option<String> {
        let output = self.command.stdin(Stdio::null()).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// A progress line.
pub(crate) fn say(line: &str) {
    eprintln!("==> {line}");
}

/// Whether a program of this name can be found.
pub(crate) fn has(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}
