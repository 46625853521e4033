//! Log lines on standard error. What people send may be in them, so no line holds a character that
//! a terminal obeys or that begins another line, whoever wrote it.

use std::io::{self, Write};

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, filter::FilterFn, fmt::MakeWriter, layer::SubscriberExt as _,
    util::SubscriberInitExt,
};

use crate::{
    auth::invisible,
    config::{Log, LogFormat},
};

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The filter makes no sense.
    #[error("the log filter {0:?} makes no sense")]
    Filter(String),
    /// The process has a log already.
    #[error("logging was started before")]
    Started,
}

/// Libraries that log what goes over the wire, tokens and keys with it, once they are asked for
/// details. No filter makes them do so.
const WIRE_LIBRARIES: [&str; 8] = [
    "tungstenite",
    "tokio_tungstenite",
    "hyper",
    "hyper_util",
    "h2",
    "reqwest",
    "rustls",
    "axum",
];

fn tells_no_secret(metadata: &Metadata<'_>) -> bool {
    let library = metadata.target().split("::").next().unwrap_or_default();
    *metadata.level() <= Level::INFO || !WIRE_LIBRARIES.contains(&library)
}

/// Logs to standard error from now on, for the whole process.
///
/// # Errors
/// [`LoggingError`] when the filter makes no sense or something logs already.
pub fn start(log: &Log) -> Result<(), LoggingError> {
    subscriber(log, io::stderr)?
        .try_init()
        .map_err(|_| LoggingError::Started)
}

fn subscriber<W>(log: &Log, writer: W) -> Result<impl SubscriberInitExt, LoggingError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder()
        .parse(&log.filter)
        .map_err(|_| LoggingError::Filter(log.filter.clone()))?;
    // No colours, not even on a terminal: so that every escape code in a line is somebody else's.
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Plain(writer));
    let subscriber: Box<dyn tracing::Subscriber + Send + Sync> = match log.format {
        LogFormat::Text => Box::new(builder.finish().with(FilterFn::new(tells_no_secret))),
        LogFormat::Json => {
            let builder = builder.json().flatten_event(true);
            Box::new(builder.finish().with(FilterFn::new(tells_no_secret)))
        }
    };
    Ok(tracing::Dispatch::new(subscriber))
}

/// Makes writers that let only visible characters through.
struct Plain<W>(W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Plain<W> {
    type Writer = PlainWriter<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        PlainWriter(self.0.make_writer())
    }
}

struct PlainWriter<W>(W);

impl<W: Write> Write for PlainWriter<W> {
    /// Takes a whole event, as the formatter hands it over: only its last line end is one.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let (line, end) = match text.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (&*text, ""),
        };
        let mut plain = visible(line);
        plain.push_str(end);
        self.0.write_all(plain.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The text with everything escaped that shows nothing but changes how the rest is shown. The
/// escapes are JSON's, so that a line of JSON stays one.
pub(crate) fn visible(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 1);
    for character in text.chars() {
        match character {
            '\n' => plain.push_str("\\n"),
            _ if invisible(character) => {
                plain.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn no_filter_makes_the_wire_libraries_tell_what_goes_over_the_wire() {
        let page = Page::default();
        let log = Log {
            format: LogFormat::Text,
            filter: "trace,tungstenite::protocol=trace".into(),
        };
        let writer = page.clone();
        let subscriber = subscriber(&log, move || writer.clone()).unwrap();
        let _guard = subscriber.set_default();
        tracing::trace!(target: "tungstenite::protocol", "a frame with a-token");
        tracing::debug!(target: "hyper", "a head with a-token");
        tracing::warn!(target: "tungstenite::protocol", "a warning");
        tracing::trace!(target: "chat_server", "our own");
        let text = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        assert!(!text.contains("a-token"), "{text}");
        assert!(
            text.contains("a warning") && text.contains("our own"),
            "{text}"
        );
    }

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("whole").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged by `events` with these settings.
    fn logged(format: LogFormat, filter: &str, events: impl FnOnce()) -> String {
        let page = Page::default();
        let kept = page.clone();
        let log = Log {
            format,
            filter: filter.to_owned(),
        };
        let subscriber = subscriber(&log, move || page.clone()).expect("a good filter");
        let guard = subscriber.set_default();
        events();
        drop(guard);
        let bytes = kept.0.lock().expect("whole").clone();
        String::from_utf8(bytes).expect("UTF-8")
    }

    const EVIL: &str = "a\u{1b}[31mb\nINFO forged\r\u{9b}2J\u{202e}\0é";

    #[test]
    fn what_people_send_cannot_leave_its_line() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let text = logged(format, "info", || {
                tracing::info!(name = EVIL, debug = ?EVIL, display = %EVIL, "said {EVIL}");
            });
            assert_eq!(text.lines().count(), 1, "{text:?}");
            let line = text.strip_suffix('\n').expect("a line end");
            assert!(!line.chars().any(invisible), "{line:?}");
            assert!(line.contains('é'), "letters stay: {line:?}");
        }
    }

    #[test]
    fn a_json_line_is_json() {
        let text = logged(LogFormat::Json, "info", || {
            tracing::warn!(name = EVIL, "hello")
        });
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["level"], "WARN");
        assert_eq!(value["message"], "hello");
        assert!(
            value["name"]
                .as_str()
                .is_some_and(|name| name.contains("forged"))
        );
    }

    #[test]
    fn the_filter_decides() {
        let events = || {
            tracing::info!("quiet");
            tracing::warn!("loud");
        };
        let text = logged(LogFormat::Text, "warn", events);
        assert!(!text.contains("quiet") && text.contains("loud"), "{text}");
        let log = Log {
            format: LogFormat::Text,
            filter: "info=info=info".to_owned(),
        };
        assert!(matches!(
            subscriber(&log, io::stderr),
            Err(LoggingError::Filter(_))
        ));
    }
}
