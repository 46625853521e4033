//! What is measured: one module per row, or few rows, of the table of bars. Each gives a
//! [`Section`]; an error means that a load was not served as it should be, and no figure counts.

mod accepted;
mod fan_out;
mod footprint;
mod idle;
mod latency;
mod raw_commit;
mod relay;
mod resume;
mod soak;
mod steady;
mod storm;

use anyhow::Result;
use serde_json::Value;

use crate::{report::plots::Plot, stack::Setting};

/// One line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    /// The figure, with its unit; where there are repetitions, the median and the spread.
    pub(crate) measured: String,
    /// What it is held against; empty for a figure that is only told.
    pub(crate) bar: String,
    /// Whether the bar was met.
    pub(crate) met: Option<bool>,
}

impl Row {
    /// A figure that is held against a bar.
    pub(crate) fn judged(
        what: impl Into<String>,
        measured: impl Into<String>,
        bar: impl Into<String>,
        met: bool,
    ) -> Self {
        Self {
            what: what.into(),
            measured: measured.into(),
            bar: bar.into(),
            met: Some(met),
        }
    }

    /// A figure that is only told.
    pub(crate) fn told(what: impl Into<String>, measured: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            measured: measured.into(),
            bar: String::new(),
            met: None,
        }
    }
}

/// What a scenario found.
#[derive(Debug, Default)]
pub(crate) struct Section {
    pub(crate) rows: Vec<Row>,
    /// How it was measured, in sentences.
    pub(crate) notes: Vec<String>,
    /// All figures, for the JSON.
    pub(crate) data: Value,
    pub(crate) plots: Vec<Plot>,
}

impl Section {
    /// What is told of a scenario that broke: the load was not served, so there is no figure.
    pub(crate) fn failed(error: &anyhow::Error) -> Self {
        let row = Row::judged(
            "the load is served",
            format!("{error:#}"),
            "no error",
            false,
        );
        Self {
            rows: vec![row],
            ..Self::default()
        }
    }
}

/// A scenario.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn(&Setting) -> Result<Section>,
}

/// All of them, in the order in which they run: the soak last, since it takes longest.
pub(crate) const ALL: &[Scenario] = &[
    Scenario {
        name: "footprint",
        about: "start, idle memory, linked libraries",
        run: footprint::run,
    },
    Scenario {
        name: "latency",
        about: "200 paced streams: what the server adds, and what it spends",
        run: latency::run,
    },
    Scenario {
        name: "relay",
        about: "20 unpaced streams: tokens a second, and what they cost",
        run: relay::run,
    },
    Scenario {
        name: "fan-out",
        about: "one answer to 1,000 subscribers",
        run: fan_out::run,
    },
    Scenario {
        name: "idle",
        about: "memory of 10,000 idle connections",
        run: idle::run,
    },
    Scenario {
        name: "resume",
        about: "back after 5 s, 100 KB behind",
        run: resume::run,
    },
    Scenario {
        name: "storm",
        about: "5,000 clients come back at once",
        run: storm::run,
    },
    Scenario {
        name: "accepted",
        about: "durable messages a second against SQLite's own group commit",
        run: accepted::run,
    },
    Scenario {
        name: "soak",
        about: "memory under 100 streams for 10 minutes, or an hour",
        run: soak::run,
    },
];
