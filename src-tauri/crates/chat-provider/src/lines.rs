//! Splits bytes into lines as event streams have them: ended by LF, CR or CRLF, wherever packets
//! are cut. A line has a longest length, and a byte is looked at once: an endless line costs
//! neither memory nor time.

/// The longest line, without its end.
pub(crate) const MAX_LINE_BYTES: usize = 1 << 20;

/// A line grew beyond [`MAX_LINE_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineTooLong;

/// Bytes in, lines out.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    buffer: Vec<u8>,
    /// Where the next line begins.
    start: usize,
    /// Up to where no line end was found.
    scanned: usize,
    /// A CR ended the last line: an LF right after it belongs to it.
    after_return: bool,
}

impl Lines {
    /// Takes what the network gave. Lines are to be taken out before the next packet.
    pub(crate) fn push(&mut self, packet: &[u8]) {
        if self.start > 0 {
            // At most once per line taken, and only the unfinished tail moves.
            self.buffer.drain(..self.start);
            self.scanned -= self.start;
            self.start = 0;
        }
        self.buffer.extend_from_slice(packet);
    }

    /// The next whole line.
    pub(crate) fn next_line(&mut self) -> Result<Option<&[u8]>, LineTooLong> {
        if self.after_return && self.start < self.buffer.len() {
            self.after_return = false;
            if self.buffer[self.start] == b'\n' {
                self.start += 1;
                self.scanned = self.scanned.max(self.start);
            }
        }
        let Some(found) = memchr::memchr2(b'\n', b'\r', &self.buffer[self.scanned..]) else {
            self.scanned = self.buffer.len();
            return if self.scanned - self.start > MAX_LINE_BYTES {
                Err(LineTooLong)
            } else {
                Ok(None)
            };
        };
        let (start, end) = (self.start, self.scanned + found);
        self.after_return = self.buffer[end] == b'\r';
        self.start = end + 1;
        self.scanned = self.start;
        if end - start > MAX_LINE_BYTES {
            return Err(LineTooLong);
        }
        Ok(Some(&self.buffer[start..end]))
    }

    /// What is left when the stream has ended without a line end.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let rest = self.buffer.split_off(self.start);
        *self = Self::default();
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(packets: &[&[u8]]) -> (Vec<String>, String) {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        for packet in packets {
            lines.push(packet);
            while let Some(line) = lines.next_line().unwrap() {
                found.push(String::from_utf8(line.to_vec()).unwrap());
            }
        }
        let rest = String::from_utf8(lines.rest()).unwrap();
        (found, rest)
    }

    #[test]
    fn all_three_line_ends_split_at_every_byte() {
        let text = "a\r\n\r\nдва\rc\n\n\r\rd".as_bytes();
        let whole = split(&[text]);
        assert_eq!(whole.0, ["a", "", "два", "c", "", "", ""]);
        assert_eq!(whole.1, "d");
        for cut in 0..=text.len() {
            assert_eq!(split(&[&text[..cut], &text[cut..]]), whole, "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(split(&bytes), whole, "byte by byte");
    }

    #[test]
    fn a_line_is_as_long_as_allowed_and_no_longer() {
        let mut lines = Lines::default();
        lines.push(&vec![b'x'; MAX_LINE_BYTES]);
        assert_eq!(lines.next_line(), Ok(None));
        lines.push(b"\n");
        assert_eq!(lines.next_line().unwrap().unwrap().len(), MAX_LINE_BYTES);
        lines.push(&vec![b'x'; MAX_LINE_BYTES + 1]);
        assert_eq!(lines.next_line(), Err(LineTooLong));
    }

    #[test]
    fn a_long_line_is_looked_at_once() {
        let mut lines = Lines::default();
        for _ in 0..700 {
            lines.push(&[b'x'; 1400]);
            assert_eq!(lines.next_line(), Ok(None));
            assert_eq!(
                lines.scanned,
                lines.buffer.len(),
                "what was looked at is remembered, so work grows with bytes, not with packets"
            );
        }
    }
}
