//! The arithmetic of the report: percentiles of samples, medians and spread of repetitions, and the
//! straight line through a course of memory.

/// Samples in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples(Vec<u64>);

impl Samples {
    /// Puts samples in order.
    pub(crate) fn new(mut samples: Vec<u64>) -> Self {
        samples.sort_unstable();
        Self(samples)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The sample below which `percent` of all lie (nearest rank); 0 of no samples.
    pub(crate) fn percentile(&self, percent: f64) -> f64 {
        let rank = (percent / 100.0 * self.0.len() as f64).ceil() as usize;
        let index = rank.max(1) - 1;
        self.0.get(index).copied().unwrap_or_default() as f64
    }

    /// Points of the cumulative distribution, dense towards its far end: (percent, sample).
    pub(crate) fn distribution(&self) -> Vec<(f64, f64)> {
        const POINTS: [f64; 17] = [
            1.0, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0, 98.0, 99.0, 99.5,
            99.9, 99.99,
        ];
        POINTS
            .iter()
            .map(|percent| (*percent, self.percentile(*percent)))
            .collect()
    }
}

/// One figure of several repetitions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figure {
    /// The middle one.
    pub(crate) median: f64,
    /// The smallest.
    pub(crate) least: f64,
    /// The largest.
    pub(crate) most: f64,
}

impl Figure {
    /// Of repetitions; of none, zero.
    pub(crate) fn of(repetitions: impl IntoIterator<Item = f64>) -> Self {
        let mut all: Vec<f64> = repetitions.into_iter().collect();
        all.sort_by(f64::total_cmp);
        let at = |index: usize| all.get(index).copied().unwrap_or_default();
        let middle = all.len() / 2;
        let median = if all.len().is_multiple_of(2) && !all.is_empty() {
            f64::midpoint(at(middle - 1), at(middle))
        } else {
            at(middle)
        };
        Self {
            median,
            least: at(0),
            most: at(all.len().saturating_sub(1)),
        }
    }
}

/// The slope of the straight line with the least squares through points (x, y).
pub(crate) fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |value: fn(&(f64, f64)) -> f64| points.iter().map(value).sum::<f64>() / count;
    let (middle_x, middle_y) = (mean(|point| point.0), mean(|point| point.1));
    let (above, below) = points.iter().fold((0.0, 0.0), |(above, below), (x, y)| {
        let away = x - middle_x;
        (above + away * (y - middle_y), below + away * away)
    });
    if below == 0.0 { 0.0 } else { above / below }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let samples = Samples::new((1..=200).rev().collect());
        let at = |percent| samples.percentile(percent);
        assert_eq!(
            (at(50.0), at(99.0), at(100.0), at(0.0)),
            (100.0, 198.0, 200.0, 1.0)
        );
        assert_eq!(
            Samples::default().percentile(99.0),
            0.0,
            "none are no panic"
        );
    }

    #[test]
    fn a_figure_has_the_middle_and_the_ends() {
        let figure = Figure::of([3.0, 1.0, 2.0]);
        assert_eq!((figure.median, figure.least, figure.most), (2.0, 1.0, 3.0));
        assert_eq!(Figure::of([1.0, 2.0]).median, 1.5);
        assert_eq!(Figure::of([]).median, 0.0);
    }

    #[test]
    fn a_slope_is_found_through_noise() {
        let line = |noise: f64| {
            let point = move |x: u32| (f64::from(x), 2.0 * f64::from(x) + noise * f64::from(x % 2));
            (0..100).map(point).collect::<Vec<_>>()
        };
        assert!((slope(&line(0.0)) - 2.0).abs() < 1e-9);
        assert!((slope(&line(1.0)) - 2.0).abs() < 0.01);
        assert_eq!(slope(&[(1.0, 5.0)]), 0.0);
    }
}
