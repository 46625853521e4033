//! What the benchmark says: a table on the terminal, and JSON, Markdown and pictures in files.

pub(crate) mod plots;
pub(crate) mod words;

use std::{fmt::Write as _, fs, path::Path};

use anyhow::Result;
use serde_json::{Value, json};

use crate::{
    scenarios::{Row, Section},
    stack::LIMITS,
};

/// A scenario's name and what it found.
pub(crate) type Found = (&'static str, Section);

/// Everything that a run found.
pub(crate) struct Report {
    pub(crate) machine: Value,
    pub(crate) quick: bool,
    pub(crate) sections: Vec<Found>,
}

impl Report {
    /// Writes `results.json`, `report.md` and the pictures into a directory.
    pub(crate) fn write(&self, directory: &Path) -> Result<()> {
        fs::create_dir_all(directory)?;
        let json = serde_json::to_string_pretty(&self.json())?;
        fs::write(directory.join("results.json"), json)?;
        fs::write(directory.join("report.md"), self.markdown())?;
        let plots = self.sections.iter().flat_map(|(_, section)| &section.plots);
        plots.into_iter().try_for_each(|plot| plot.draw(directory))
    }

    fn json(&self) -> Value {
        let row = |row: &Row| json!({"what": row.what, "measured": row.measured, "bar": row.bar, "met": row.met});
        let section = |(name, section): &Found| {
            let rows: Vec<Value> = section.rows.iter().map(row).collect();
            json!({"scenario": name, "rows": rows, "notes": section.notes, "data": section.data})
        };
        json!({
            "machine": self.machine,
            "quick": self.quick,
            "settings": LIMITS.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>(),
            "sections": self.sections.iter().map(section).collect::<Vec<_>>(),
        })
    }

    /// The table for the terminal.
    pub(crate) fn table(&self) -> String {
        let rows = || self.sections.iter().flat_map(|(_, section)| &section.rows);
        let widest = |cell: fn(&Row) -> &str| {
            rows()
                .map(|row| cell(row).chars().count())
                .max()
                .unwrap_or(0)
        };
        let (what, bar) = (widest(|row| &row.what), widest(|row| &row.bar));
        let mut table = String::new();
        for (name, section) in &self.sections {
            let _ = writeln!(table, "\n{name}"); // a String takes everything
            for row in &section.rows {
                let verdict = self.verdict(row);
                let _ = writeln!(
                    table,
                    "  {verdict:<5} {:<what$}  {:<bar$}  {}",
                    row.what, row.bar, row.measured
                );
            }
        }
        let _ = write!(table, "\n{}", self.closing());
        table
    }

    /// One line that sums up.
    fn closing(&self) -> String {
        if self.quick {
            return "a quick run: it shows that loads are served whole; at these sizes times are not \
                    judged"
                .to_owned();
        }
        let judged = self.sections.iter().flat_map(|(_, section)| &section.rows);
        let verdicts: Vec<bool> = judged.filter_map(|row| row.met).collect();
        let met = verdicts.iter().filter(|met| **met).count();
        format!("{met} of {} bars met", verdicts.len())
    }

    fn verdict(&self, row: &Row) -> &'static str {
        match row.met {
            _ if self.quick => "",
            Some(true) => "met",
            Some(false) => "MISS",
            None => "",
        }
    }

    fn markdown(&self) -> String {
        let mut text = String::from("# How fast\n\nWritten by `cargo xtask bench`.");
        if self.quick {
            text.push_str(" A quick run: its figures say nothing.");
        }
        text.push_str("\n\n");
        if let Some(machine) = self.machine.as_object() {
            for (name, value) in machine {
                let value = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                let _ = writeln!(text, "- {}: {value}", name.replace('_', " "));
            }
        }
        let limits: Vec<String> = LIMITS
            .iter()
            .map(|(name, value)| format!("`{name}={value}`"))
            .collect();
        let _ = writeln!(text, "- set for the load: {}", limits.join(", "));
        for (name, section) in &self.sections {
            let _ = writeln!(
                text,
                "\n## {name}\n\n| | what | bar | measured |\n|---|---|---|---|"
            );
            for row in &section.rows {
                let verdict = self.verdict(row);
                let _ = writeln!(
                    text,
                    "| {verdict} | {} | {} | {} |",
                    row.what, row.bar, row.measured
                );
            }
            for note in &section.notes {
                let _ = writeln!(text, "\n{note}");
            }
            for plot in &section.plots {
                let _ = writeln!(text, "\n![{}]({})", plot.title(), plot.file());
            }
        }
        let _ = writeln!(text, "\n{}", self.closing());
        text
    }
}
