//! A Dockerfile as its steps, and what of them can be done without Docker.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// One instruction: its word, and all the rest on one line.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) word: String,
    pub(crate) rest: String,
}

/// The steps that make one image.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    /// What it starts from.
    pub(crate) base: String,
    pub(crate) name: Option<String>,
    pub(crate) steps: Vec<Step>,
}

impl Stage {
    /// The rest of every step of this word.
    pub(crate) fn all(&self, word: &str) -> Vec<&str> {
        let steps = self.steps.iter().filter(|step| step.word == word);
        steps.map(|step| step.rest.as_str()).collect()
    }

    /// The rest of the last step of this word, which must be there.
    pub(crate) fn last(&self, word: &str) -> &str {
        let all = self.all(word);
        all.last()
            .unwrap_or_else(|| panic!("no {word} in the last stage"))
    }
}

/// The stages of a file, in their order.
pub(crate) fn stages(text: &str) -> Vec<Stage> {
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    let whole = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    let mut stages: Vec<Stage> = Vec::new();
    for line in whole.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (word, rest) = line.split_once(' ').expect("a word and what it is about");
        let rest = rest.split_whitespace().collect::<Vec<_>>().join(" ");
        if word == "FROM" {
            let (base, name) = match rest.split_once(" AS ") {
                Some((base, name)) => (base.to_owned(), Some(name.to_owned())),
                None => (rest, None),
            };
            stages.push(Stage {
                base,
                name,
                steps: Vec::new(),
            });
        } else {
            let stage = stages.last_mut().expect("FROM comes first");
            stage.steps.push(Step {
                word: word.to_owned(),
                rest,
            });
        }
    }
    stages
}

/// The words of an instruction in its exec form, `["a", "b"]`.
pub(crate) fn exec(rest: &str) -> Vec<String> {
    serde_json::from_str(rest).unwrap_or_else(|_| panic!("{rest} is no list of words"))
}

/// What Docker would be given as context: what git knows, without what is ignored.
pub(crate) fn context(repository: &Path, ignore: &str) -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(repository)
        .output()
        .expect("git runs");
    assert!(listed.status.success(), "the repository is git's");
    let listed = String::from_utf8(listed.stdout).expect("names are UTF-8");
    let ignored: Vec<&str> = ignore
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let kept = |path: &&str| {
        !ignored
            .iter()
            .any(|pattern| match pattern.strip_prefix("**/") {
                Some(name) => path.split('/').any(|part| part == name),
                None => path
                    .strip_prefix(pattern)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
            })
    };
    let unique: HashSet<&str> = listed.split('\0').filter(|path| !path.is_empty()).collect();
    let mut files: Vec<PathBuf> = unique
        .into_iter()
        .filter(kept)
        .map(PathBuf::from)
        .filter(|path| repository.join(path).is_file())
        .collect();
    files.sort();
    files
}

/// Does a `COPY` out of the context into the folder that stands for the stage's working directory.
pub(crate) fn copy(rest: &str, repository: &Path, context: &[PathBuf], workdir: &Path) {
    let words: Vec<&str> = rest.split(' ').collect();
    let (target, sources) = words.split_last().expect("COPY has a target");
    assert!(
        !target.starts_with('/'),
        "into the working directory: {rest}"
    );
    for source in sources {
        let everything = *source == ".";
        let within = |path: &&PathBuf| everything || path.starts_with(source);
        let files: Vec<&PathBuf> = context.iter().filter(within).collect();
        assert!(
            !files.is_empty(),
            "COPY {source}: there is no such thing in the context"
        );
        for file in files {
            let inside = if everything {
                file.as_path()
            } else if file == Path::new(source) {
                Path::new(file.file_name().expect("a file"))
            } else {
                file.strip_prefix(source).expect("it is below")
            };
            let to = workdir.join(target).join(inside);
            fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            fs::copy(repository.join(file), &to).expect("a copy");
        }
    }
}
