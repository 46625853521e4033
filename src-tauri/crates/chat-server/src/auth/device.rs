//! What a device is called where nobody says: the browser and the system that its `User-Agent`
//! names, or the program.

use super::invisible;

/// Browsers and programs by what only they say, the more particular before what they pretend to be.
const PROGRAMS: [(&str, &str); 8] = [
    ("Parlor/", "Parlor"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

/// Systems likewise.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// A name for the device that sends this `User-Agent`.
pub(crate) fn device_name(user_agent: &str) -> String {
    let find = |known: &[(&str, &'static str)]| {
        let found = known.iter().find(|(mark, _)| user_agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    match (find(&PROGRAMS), find(&SYSTEMS)) {
        (Some(program), Some(system)) => format!("{program}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => {
            let word = user_agent.split([' ', '/']).next().unwrap_or_default();
            let word = shortened(word, 32);
            if word.is_empty() {
                "unknown device".to_owned()
            } else {
                word
            }
        }
    }
}

/// Text of a client as it is kept: without what is invisible, and of at most `most` characters.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    let seen = text
        .trim()
        .chars()
        .filter(|character| !invisible(*character));
    seen.take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_of_what_is_said() {
        for (said, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox, Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
                "Safari, iPhone",
            ),
            ("Parlor/0.1.0", "Parlor"),
            ("python-requests/2.32", "python-requests"),
            ("", "unknown device"),
            ("\u{202e}\u{1b}/1", "unknown device"),
        ] {
            assert_eq!(device_name(said), name, "{said:?}");
        }
    }

    #[test]
    fn what_is_kept_is_short_and_visible() {
        assert_eq!(shortened(" a\u{1b}[31m\u{202e}b ", 64), "a[31mb");
        assert_eq!(shortened(&"é".repeat(100), 64).chars().count(), 64);
    }
}
