//! Reads `.env` as Node's `dotenv` does, since that is what the seeds' files were written for.
//! Nothing is expanded: a `$` in a secret stays a `$`. Lines that make no sense are skipped.

/// The variables of a `.env` file, in order.
pub(super) fn parse(text: &str) -> Vec<(String, String)> {
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut variables = Vec::new();
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = after;
        let line = line.trim();
        let line = line.strip_prefix("export ").map_or(line, str::trim_start);
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        let name = name.trim_end();
        if name.is_empty()
            || !name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
        {
            continue;
        }
        variables.push((name.to_owned(), read_value(value.trim_start(), &mut rest)));
    }
    variables
}

/// A value; one in quotes may go on in the lines that follow.
fn read_value(value: &str, rest: &mut &str) -> String {
    let Some(quote) = value.chars().next().filter(|first| "'\"`".contains(*first)) else {
        return unquoted(value);
    };
    if let Some(end) = closing(&value[1..], quote) {
        return unescaped(&value[1..=end], quote);
    }
    match closing(rest, quote) {
        Some(end) => {
            let whole = format!("{}\n{}", &value[1..], &rest[..end]);
            *rest = rest[end..].split_once('\n').map_or("", |(_, after)| after);
            unescaped(&whole, quote)
        }
        None => unquoted(value),
    }
}

fn unquoted(value: &str) -> String {
    value
        .split('#')
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// Where the quote ends that is not escaped.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(place, character)| {
        let found = character == quote && !escaped;
        escaped = character == '\\' && !escaped;
        found.then_some(place)
    })
}

/// Only double quotes know escapes, and only those of line ends.
fn unescaped(value: &str, quote: char) -> String {
    let value = value.replace("\r\n", "\n");
    if quote == '"' {
        value.replace("\\n", "\n").replace("\\r", "\r")
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn one(line: &str) -> Option<String> {
        parse(line).into_iter().next().map(|(_, value)| value)
    }

    #[test]
    fn it_reads_what_node_reads() {
        for (line, value) in [
            ("A=b", "b"),
            ("  export A = b  ", "b"),
            ("A=b # a remark", "b"),
            ("A=", ""),
            ("A='b # c'", "b # c"),
            ("A=\"b\\nc\"", "b\nc"),
            ("A='b\\nc'", "b\\nc"),
            ("A=`it's`", "it's"),
            ("A=\"two\nlines\"\r\nB=1", "two\nlines"),
            ("\u{feff}A=b\r\n", "b"),
            ("A=$HOME-${X}", "$HOME-${X}"),
            ("A=\"open", "\"open"),
        ] {
            assert_eq!(one(line).as_deref(), Some(value), "{line:?}");
        }
    }

    #[test]
    fn it_goes_on_after_nonsense_and_after_several_lines() {
        let text = "# remark\nnonsense\n=x\nA B=1\nK=\"a\nb\" # tail\n\nL=2";
        let found: Vec<_> = parse(text).into_iter().map(|(name, _)| name).collect();
        assert_eq!(found, ["K", "L"]);
    }
}
