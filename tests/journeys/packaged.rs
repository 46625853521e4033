//! What operators are given: the unit for systemd as systemd itself judges it, and the Dockerfile.
//!
//! There is no Docker daemon here and no registry of images, so its steps are done without: the
//! context is what `.dockerignore` leaves, the first stage really builds the UI from what it copies,
//! the second has all that cargo needs (it is not compiled once more), and the last runs the built
//! server as its user, with its environment, command and health check. Not tried are the images
//! that it begins with, their packages, and the release build.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::support::{
    DEADLINE,
    dockerfile::{Stage, context, copy, exec, stages},
    server::binary,
};

fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("the repository's top").to_owned()
}

fn read(path: &str) -> String {
    let text = fs::read_to_string(repository().join(path));
    text.unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn said(output: &Output) -> String {
    let (out, error) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(&[out.as_slice(), error.as_slice()].concat()).into_owned()
}

#[test]
fn the_unit_is_sound_and_shut_in() {
    let unit = read("src-tauri/packaging/server/parlor-server.service");
    let home = TempDir::new().expect("a directory");
    let path = home.path().join("parlor-server.service");
    let server = binary().display().to_string();
    let here: Vec<String> = unit
        .lines()
        .filter(|line| !line.starts_with("Documentation="))
        .map(|line| line.replace("/usr/bin/parlor-server", &server))
        .collect();
    assert!(
        here.iter().any(|line| line.contains(&server)),
        "it starts the server"
    );
    fs::write(&path, here.join("\n")).expect("the unit");
    let analyze = |arguments: &[&str]| {
        let mut command = Command::new("systemd-analyze");
        let output = command.args(arguments).arg(&path).output();
        output.expect("systemd-analyze runs; `cargo xtask test` installs it")
    };
    let verified = analyze(&["verify"]);
    assert!(verified.status.success(), "{}", said(&verified));
    assert_eq!(
        said(&verified),
        "",
        "nothing in it that systemd does not know"
    );
    // Of ten; 2.0 and more would be "medium".
    let judged = analyze(&["security", "--offline=true", "--threshold=15"]);
    assert!(judged.status.success(), "{}", said(&judged));
}

fn image() -> Vec<Stage> {
    stages(&read("src-tauri/packaging/docker/Dockerfile"))
}

#[test]
fn the_image_is_built_in_stages_and_runs_as_nobody_in_particular() {
    let stages = image();
    assert_eq!(stages.len(), 3);
    for stage in &stages {
        let (_, tag) = stage.base.split_once(':').expect("a base with a tag");
        assert!(!tag.contains("latest"), "{}", stage.base);
    }
    let manifest = read("Cargo.toml");
    let version = manifest
        .split_once("rust-version = \"")
        .expect("a version")
        .1;
    let version = version.split('"').next().expect("its end");
    assert!(
        stages[1].base.starts_with(&format!("rust:{version}")),
        "{}",
        stages[1].base
    );

    let last = &stages[2];
    assert_eq!(last.name, None);
    let user = last.last("USER");
    let id = user.split(':').next().and_then(|id| id.parse::<u32>().ok());
    assert!(
        id.is_some_and(|id| id >= 1000),
        "a number, and not root's: {user}"
    );
    let copied = last.all("COPY");
    assert_eq!(copied.len(), 1, "the server alone comes over: {copied:?}");
    assert!(copied[0].starts_with("--from=server /src/target/release/parlor-server "));
    let made = last.all("RUN").join(" ");
    assert!(
        made.contains(&format!("--owner={}", id.unwrap_or_default())),
        "{made}"
    );
    assert_eq!(last.last("EXPOSE"), "3000");
    assert_eq!(last.last("VOLUME"), "/data");
}

#[test]
fn the_first_stage_builds_the_ui_and_the_second_has_what_cargo_needs() {
    let repository = repository();
    let context = context(
        &repository,
        &read("src-tauri/packaging/docker/Dockerfile.dockerignore"),
    );
    let stages = image();
    let home = TempDir::new().expect("a directory");

    let ui = home.path().join("ui");
    stages[0]
        .all("COPY")
        .iter()
        .for_each(|rest| copy(rest, &repository, &context, &ui));
    assert!(!ui.join("node_modules").exists() && !ui.join("dist").exists());
    let runs = stages[0].all("RUN");
    assert_eq!(runs, ["npm ci --no-audit --no-fund", "npx vite build"]);
    // What the first of them would install from the same lock file.
    let packages = repository.join("ui/node_modules");
    assert!(
        packages.is_dir(),
        "run `npm ci` in ui first, as `cargo xtask test` does"
    );
    symlink(packages, ui.join("node_modules")).expect("a link");
    let built = Command::new("sh")
        .args(["-c", runs[1]])
        .current_dir(&ui)
        .output();
    let built = built.expect("a shell");
    assert!(built.status.success(), "{}", said(&built));
    for file in ["index.html", "service-worker.js", "manifest.webmanifest"] {
        assert!(
            ui.join("dist").join(file).is_file(),
            "the UI has its {file}"
        );
    }

    let server = home.path().join("server");
    for rest in stages[1].all("COPY") {
        match rest.strip_prefix("--from=ui ") {
            Some(rest) => assert_eq!(rest, "/src/ui/dist ui/dist", "where the server bakes it in"),
            None => copy(rest, &repository, &context, &server),
        }
    }
    assert_eq!(
        stages[1].all("RUN"),
        ["cargo build --release --locked --package chat-server"]
    );
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tree = Command::new(cargo)
        .args([
            "tree",
            "--locked",
            "--offline",
            "--package",
            "chat-server",
            "--depth",
            "1",
        ])
        .current_dir(&server)
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "{}", said(&tree));
    let sources = context.iter().filter(|path| path.ends_with("main.rs"));
    assert!(sources.count() > 1, "the sources come along");
}

#[test]
fn the_last_stage_starts_as_its_user_and_tells_its_health() {
    let last = image().pop().expect("stages");
    let home = TempDir::new().expect("a directory");
    let everybody = |path: &Path| {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
    };
    everybody(home.path());
    let server = home.path().join("parlor-server");
    fs::copy(binary(), &server).expect("a copy");
    everybody(&server);
    let data = home.path().join("data");
    fs::create_dir(&data).expect("a directory");

    let user = last.last("USER").replace(':', " ");
    let ids: Vec<&str> = user.split(' ').collect();
    let root = Command::new("id")
        .arg("-u")
        .output()
        .expect("id runs")
        .stdout
        == b"0\n";
    // Free again at the end of this line.
    let free = |listener: std::net::TcpListener| listener.local_addr().expect("its address");
    let port = free(std::net::TcpListener::bind("127.0.0.1:0").expect("a port")).port();
    let run = |words: &[String]| {
        let mut words = words.iter().map(|word| match word.as_str() {
            "parlor-server" => server.display().to_string(),
            other => other.to_owned(),
        });
        // Only root can become somebody else; whoever else runs this is not root already.
        let mut command = if root {
            let mut command = Command::new("setpriv");
            let own = [format!("--reuid={}", ids[0]), format!("--regid={}", ids[1])];
            command
                .args(own)
                .args(["--clear-groups", "--no-new-privs", "--bounding-set=-all"]);
            command
        } else {
            Command::new(words.next().expect("a program"))
        };
        command
            .args(words)
            .env_clear()
            .current_dir(&data)
            .stdin(Stdio::null());
        for pair in last.last("ENV").split(' ') {
            let (name, value) = pair.split_once('=').expect("NAME=value");
            let value = value.replace("/data", &data.display().to_string());
            command.env(name, value.replace(":3000", &format!(":{port}")));
        }
        command
    };
    if root {
        let owner = format!("{}:{}", ids[0], ids[1]);
        let owned = Command::new("chown").arg(owner).arg(&data).status();
        assert!(owned.expect("chown runs").success());
    }
    let check = last.last("HEALTHCHECK");
    let check = exec(check.split_once("CMD ").expect("a command").1);
    let healthy = || {
        let output = run(&check).output().expect("the health check runs");
        (output.status.success(), said(&output))
    };
    assert!(!healthy().0, "before there is a server");

    let words = [exec(last.last("ENTRYPOINT")), exec(last.last("CMD"))].concat();
    let mut child = run(&words)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let begun = Instant::now();
    while !healthy().0 {
        let ended = child.try_wait().expect("a child can be asked");
        let waits = ended.is_none() && begun.elapsed() < DEADLINE;
        assert!(waits, "it should be well: {ended:?} {}", healthy().1);
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(
        data.join("parlor.db").is_file(),
        "its data is in the volume"
    );
    // As `docker stop` does.
    let told = Command::new("kill").arg(child.id().to_string()).status();
    assert!(told.expect("kill runs").success());
    assert!(child.wait().expect("it ends").success());
    assert!(!healthy().0, "nor afterwards");
}
