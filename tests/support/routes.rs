//! The routes of HTTP as `PROTOCOL.md` lists them; the server's own test holds that page to its
//! router.

/// Method and path of every documented route under `/api`, ids as they are written.
pub(crate) fn documented() -> Vec<(String, String)> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../src-tauri/PROTOCOL.md");
    let page = std::fs::read_to_string(page).expect("the protocol's page");
    let section = page.split_once("\n## HTTP").expect("its section").1;
    let section = section.split("\n## ").next().expect("a section");
    let known = ["GET", "POST", "PATCH", "PUT", "DELETE"];
    let routes = section.split('`').filter_map(|code| code.split_once(' '));
    let mut routes: Vec<(String, String)> = routes
        .filter(|(method, path)| known.contains(method) && path.starts_with("/api/"))
        .map(|(method, path)| {
            let path = path.split('?').next().unwrap_or(path);
            (method.to_owned(), path.to_owned())
        })
        .collect();
    routes.sort();
    routes.dedup();
    assert!(routes.len() > 15, "the routes were found: {routes:?}");
    routes
}

/// The same with an id of nobody in each place for one.
pub(crate) fn with_ids() -> Vec<(String, String)> {
    let filled = |path: String| {
        let parts = path.split('/').map(|part| match part.starts_with('{') {
            true => "no-such-thing",
            false => part,
        });
        parts.collect::<Vec<_>>().join("/")
    };
    let routes = documented().into_iter();
    routes
        .map(|(method, path)| (method, filled(path)))
        .collect()
}
