//! Values sorted into buckets that grow by a constant factor: where a value belongs is a count of
//! bits, and taking one down is two additions that nobody waits for.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
};

/// Buckets with a bound; the last one beyond them has none.
const BOUNDS: usize = 20;

/// What is measured, and how finely.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scale {
    /// Microseconds, shown as seconds: from a quarter of a millisecond to two minutes, doubling.
    Time,
    /// Bytes: from 64 to a mebibyte, four times as many each.
    Size,
}

impl Scale {
    /// The first bound, and by how many bits the next is longer.
    fn steps(self) -> (u64, u32) {
        match self {
            Self::Time => (250, 1),
            Self::Size => (64, 2),
        }
    }

    fn bounds(self) -> usize {
        match self {
            Self::Time => BOUNDS,
            Self::Size => 8,
        }
    }

    /// The bucket of a value.
    fn place(self, value: u64) -> usize {
        let (first, bits) = self.steps();
        let times = value.div_ceil(first).max(1);
        // How often the first bound must be doubled to reach the value.
        let doublings = u64::BITS - (times - 1).leading_zeros();
        (doublings.div_ceil(bits) as usize).min(self.bounds())
    }

    fn shown(self, value: u64) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "as exact as Prometheus keeps it"
        )]
        let value = value as f64;
        match self {
            Self::Time => value / 1e6,
            Self::Size => value,
        }
    }
}

/// One row of buckets.
#[derive(Debug)]
pub(crate) struct Histogram {
    scale: Scale,
    buckets: [AtomicU64; BOUNDS + 1],
    sum: AtomicU64,
}

impl Histogram {
    pub(crate) const fn new(scale: Scale) -> Self {
        Self {
            scale,
            buckets: [const { AtomicU64::new(0) }; BOUNDS + 1],
            sum: AtomicU64::new(0),
        }
    }

    /// Takes down one value, in the scale's unit.
    pub(crate) fn observe(&self, value: u64) {
        self.buckets[self.scale.place(value)].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// Takes down the time since `began`.
    pub(crate) fn since(&self, began: std::time::Instant) {
        self.observe(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
    }

    /// Writes its lines; `label` is one more label with its comma, or nothing.
    pub(crate) fn show(&self, text: &mut String, name: &str, label: &str) {
        let (first, bits) = self.scale.steps();
        let mut count = 0;
        // Writing to a String cannot fail. The count is that of the buckets as they were read, so
        // that the text is whole in itself whatever is taken down meanwhile.
        for (place, bucket) in self.buckets[..self.scale.bounds()].iter().enumerate() {
            count += bucket.load(Ordering::Relaxed);
            let bound = self.scale.shown(first << (place * bits as usize));
            let _ = writeln!(text, "{name}_bucket{{{label}le=\"{bound}\"}} {count}");
        }
        count += self.buckets[self.scale.bounds()].load(Ordering::Relaxed);
        let sum = self.scale.shown(self.sum.load(Ordering::Relaxed));
        let alone = match label.trim_end_matches(',') {
            "" => String::new(),
            label => format!("{{{label}}}"),
        };
        let _ = writeln!(text, "{name}_bucket{{{label}le=\"+Inf\"}} {count}");
        let _ = writeln!(text, "{name}_sum{alone} {sum}\n{name}_count{alone} {count}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_in_the_first_bucket_whose_bound_it_does_not_pass() {
        for scale in [Scale::Time, Scale::Size] {
            let (first, bits) = scale.steps();
            assert_eq!((scale.place(0), scale.place(1)), (0, 0));
            for place in 0..scale.bounds() {
                let bound = first << (place * bits as usize);
                assert_eq!(
                    scale.place(bound),
                    place,
                    "{scale:?}: the bound itself is in"
                );
                assert_eq!(
                    scale.place(bound + 1),
                    place + 1,
                    "{scale:?}: above {bound}"
                );
            }
            assert_eq!(scale.place(u64::MAX), scale.bounds());
        }
    }

    #[test]
    fn its_text_adds_up() {
        let sizes = Histogram::new(Scale::Size);
        for size in [0, 64, 65, 300, 5_000_000] {
            sizes.observe(size);
        }
        let mut text = String::new();
        sizes.show(&mut text, "x_bytes", "way=\"in\",");
        let line = |start: &str| text.lines().find(|line| line.starts_with(start));
        for (start, value) in [
            ("x_bytes_bucket{way=\"in\",le=\"64\"}", "2"),
            ("x_bytes_bucket{way=\"in\",le=\"256\"}", "3"),
            ("x_bytes_bucket{way=\"in\",le=\"1024\"}", "4"),
            ("x_bytes_bucket{way=\"in\",le=\"1048576\"}", "4"),
            ("x_bytes_bucket{way=\"in\",le=\"+Inf\"}", "5"),
            ("x_bytes_sum{way=\"in\"}", "5000429"),
            ("x_bytes_count{way=\"in\"}", "5"),
        ] {
            assert_eq!(line(start), Some(&*format!("{start} {value}")), "{text}");
        }
        let mut bare = String::new();
        Histogram::new(Scale::Time).show(&mut bare, "t", "");
        assert!(bare.starts_with("t_bucket{le=\"0.00025\"} 0\n"), "{bare}");
        assert!(
            bare.ends_with("t_bucket{le=\"+Inf\"} 0\nt_sum 0\nt_count 0\n"),
            "{bare}"
        );
        assert_eq!(bare.lines().count(), BOUNDS + 3);
    }
}
