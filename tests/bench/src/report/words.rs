//! Figures in words: three significant digits, counts with thousands, spread beside the median.

use crate::statistics::Figure;

/// Three significant digits.
pub(crate) fn short(value: f64) -> String {
    let digits = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    format!("{value:.digits$}")
}

/// The same, with a sign in any case.
pub(crate) fn signed(value: f64) -> String {
    let sign = if value < 0.0 { "" } else { "+" };
    format!("{sign}{}", short(value))
}

/// A whole number, its thousands apart.
pub(crate) fn count(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A median with its unit, and the spread where there is one.
pub(crate) fn figure(figure: Figure, unit: &str) -> String {
    with_spread(figure, unit, short)
}

/// The same for counts.
pub(crate) fn counts(figure: Figure) -> String {
    with_spread(figure, "", count)
}

fn with_spread(figure: Figure, unit: &str, spell: fn(f64) -> String) -> String {
    let gap = if unit.is_empty() || unit == "×" {
        ""
    } else {
        " "
    };
    let median = format!("{}{gap}{unit}", spell(figure.median));
    if figure.least == figure.most {
        return median;
    }
    format!("{median} [{}…{}]", spell(figure.least), spell(figure.most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short_and_counts_have_thousands() {
        assert_eq!(
            [short(0.12345), short(1.2345), short(12.345), short(1234.5)],
            ["0.123", "1.23", "12.3", "1234"]
        );
        assert_eq!(
            [count(999.0), count(1000.0), count(1234567.0)],
            ["999", "1,000", "1,234,567"]
        );
        assert_eq!(
            figure(Figure::of([1.0, 2.0, 4.0]), "ms"),
            "2.00 ms [1.00…4.00]"
        );
        assert_eq!(figure(Figure::of([2.0]), "×"), "2.00×");
        assert_eq!([signed(-1.0), signed(1.0)], ["-1.00", "+1.00"]);
    }
}
