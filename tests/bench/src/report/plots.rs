//! The pictures: distributions of time, bars of rates, courses of memory; SVG, one file each.

use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::{coord::Shift, prelude::*, style::FontTransform};

use super::words;

const SIZE: (u32, u32) = (860, 420);
const INK: RGBColor = RGBColor(30, 41, 59);
const PALE: RGBColor = RGBColor(100, 116, 139);
const GRID: RGBColor = RGBColor(226, 232, 240);
const FONT: &str = "Inter, Segoe UI, Helvetica, Arial, sans-serif";

/// A curve.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

/// A bar.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) value: f64,
}

#[derive(Debug, Clone)]
enum Shape {
    /// Percentiles against milliseconds.
    Distribution(Vec<Line>),
    Bars(Vec<Bar>),
    /// Anything against anything, with the names of both axes.
    Course([&'static str; 2], Vec<Line>),
}

/// A picture and the name of its file.
#[derive(Debug, Clone)]
pub(crate) struct Plot {
    file: &'static str,
    title: &'static str,
    shape: Shape,
}

impl Plot {
    pub(crate) fn distribution(file: &'static str, title: &'static str, lines: Vec<Line>) -> Self {
        Self {
            file,
            title,
            shape: Shape::Distribution(lines),
        }
    }

    pub(crate) fn bars(file: &'static str, title: &'static str, bars: Vec<Bar>) -> Self {
        Self {
            file,
            title,
            shape: Shape::Bars(bars),
        }
    }

    pub(crate) fn course(
        file: &'static str,
        title: &'static str,
        axes: [&'static str; 2],
        lines: Vec<Line>,
    ) -> Self {
        Self {
            file,
            title,
            shape: Shape::Course(axes, lines),
        }
    }

    pub(crate) fn title(&self) -> &'static str {
        self.title
    }

    /// The name of its file.
    pub(crate) fn file(&self) -> String {
        format!("{}.svg", self.file)
    }

    /// Draws it into a directory.
    pub(crate) fn draw(&self, directory: &Path) -> Result<()> {
        let path = directory.join(self.file());
        let area = SVGBackend::new(&path, SIZE).into_drawing_area();
        let drawn = self.draw_on(&area).and_then(|()| Ok(area.present()?));
        drawn.map_err(|error| anyhow!("{} cannot be drawn: {error}", path.display()))
    }

    fn draw_on(&self, area: &Area<'_>) -> Drawn {
        area.fill(&WHITE)?;
        let title = (FONT, 20).into_font().style(FontStyle::Bold).color(&INK);
        area.draw(&Text::new(self.title, (24, 18), title))?;
        let inside = area.margin(56, 12, 16, 24);
        match &self.shape {
            Shape::Distribution(lines) => distribution(&inside, lines),
            Shape::Bars(all) => bars(&inside, all),
            Shape::Course(axes, lines) => course(&inside, *axes, lines),
        }
    }
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Parlor is always teal, its ceiling grey, the seed's stack orange.
fn colour(name: &str) -> RGBColor {
    match name {
        "direct" | "raw SQLite" => RGBColor(148, 163, 184),
        "the seed's stack" => RGBColor(234, 88, 12),
        _ => RGBColor(13, 148, 136),
    }
}

fn small() -> TextStyle<'static> {
    (FONT, 13).into_font().color(&PALE)
}

/// Percentiles stand side by side, the far end as wide as the middle: it is what people feel.
fn distribution(area: &Area<'_>, lines: &[Line]) -> Drawn {
    let percents: Vec<f64> = lines
        .first()
        .map(|line| line.points.iter().map(|point| point.0).collect())
        .unwrap_or_default();
    let values = || {
        lines
            .iter()
            .flat_map(|line| line.points.iter().map(|point| point.1))
    };
    let least = values().fold(f64::MAX, f64::min).max(0.001);
    let most = values().fold(least * 2.0, f64::max);
    let last = percents.len().saturating_sub(1) as f64;
    let mut chart = ChartBuilder::on(area)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..last.max(1.0), (least * 0.7..most * 1.4).log_scale())?;
    let percent = |position: &f64| {
        let percent = percents.get(position.round() as usize);
        percent.map_or_else(String::new, |percent| format!("{percent}"))
    };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(GRID)
        .x_labels(percents.len())
        .x_label_formatter(&percent)
        .y_label_formatter(&|time| words::short(*time))
        .x_desc("percentile")
        .y_desc("milliseconds")
        .label_style(small())
        .axis_desc_style(small())
        .draw()?;
    for line in lines {
        let colour = colour(&line.name);
        let points = line.points.iter().enumerate();
        let points = points.map(|(index, (_, time))| (index as f64, time.max(least)));
        let stroke = colour.stroke_width(3);
        chart
            .draw_series(LineSeries::new(points, stroke))?
            .label(&line.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], stroke));
    }
    legend(&mut chart)
}

fn course(area: &Area<'_>, axes: [&'static str; 2], lines: &[Line]) -> Drawn {
    let most = |value: fn(&(f64, f64)) -> f64| {
        let all = lines.iter().flat_map(|line| line.points.iter().map(value));
        all.fold(f64::MIN_POSITIVE, f64::max)
    };
    let (right, top) = (most(|point| point.0), most(|point| point.1));
    // From zero: a memory that is flat must look flat.
    let mut chart = ChartBuilder::on(area)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..right, 0.0..top * 1.15)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(GRID)
        .x_label_formatter(&|value| words::count(*value))
        .y_label_formatter(&|value| words::short(*value))
        .x_desc(axes[0])
        .y_desc(axes[1])
        .label_style(small())
        .axis_desc_style(small())
        .draw()?;
    for line in lines {
        let colour = colour(&line.name);
        let series = AreaSeries::new(line.points.iter().copied(), 0.0, colour.mix(0.12));
        let stroke = colour.stroke_width(2);
        chart
            .draw_series(series.border_style(stroke))?
            .label(&line.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], stroke));
    }
    legend(&mut chart)
}

fn legend<'a, C: CoordTranslate>(chart: &mut ChartContext<'a, SVGBackend<'a>, C>) -> Drawn {
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .label_font((FONT, 14).into_font().color(&INK))
        .margin(12)
        .draw()?;
    Ok(())
}

/// Lying bars, each with its name and its number in full.
fn bars(area: &Area<'_>, bars: &[Bar]) -> Drawn {
    let (width, height) = area.dim_in_pixel();
    let (width, height) = (width.cast_signed(), height.cast_signed());
    let most = bars
        .iter()
        .map(|bar| bar.value)
        .fold(f64::MIN_POSITIVE, f64::max);
    let slot = height / bars.len().max(1) as i32;
    let thick = (slot * 55 / 100).min(64);
    let (left, right) = (150, 130);
    let name_style = (FONT, 15).into_font().color(&INK);
    let value_style = (FONT, 15).into_font().style(FontStyle::Bold).color(&INK);
    for (index, bar) in (0_i32..).zip(bars) {
        let middle = slot * index + slot / 2;
        let length = (f64::from(width - left - right) * bar.value / most).round() as i32;
        let corners = [
            (left, middle - thick / 2),
            (left + length.max(2), middle + thick / 2),
        ];
        area.draw(&Rectangle::new(corners, colour(&bar.name).filled()))?;
        let name = name_style.clone().transform(FontTransform::None);
        area.draw(&Text::new(bar.name.clone(), (8, middle - 8), name))?;
        let value = words::count(bar.value);
        area.draw(&Text::new(
            value,
            (left + length + 10, middle - 8),
            value_style.clone(),
        ))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_drawn_and_carries_its_words() {
        let directory = std::env::temp_dir().join(format!("bench-plots-{}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("a directory");
        let line = Line {
            name: "Parlor".to_owned(),
            points: vec![(50.0, 0.2), (99.0, 3.0)],
        };
        let bar = Bar {
            name: "direct".to_owned(),
            value: 12_345.0,
        };
        let plots = [
            (
                Plot::distribution("d", "Times", vec![line.clone()]),
                "percentile",
            ),
            (Plot::bars("b", "Rates", vec![bar]), "12,345"),
            (
                Plot::course("c", "Memory", ["minutes", "MB"], vec![line]),
                "minutes",
            ),
        ];
        for (plot, word) in plots {
            plot.draw(&directory).expect("it is drawn");
            let svg = std::fs::read_to_string(directory.join(plot.file())).expect("it is there");
            assert!(svg.contains(plot.title()) && svg.contains(word), "{svg}");
        }
        std::fs::remove_dir_all(&directory).expect("it can be removed");
    }
}
