//! The text of an answer that proves itself. Each token carries its number and the moment it was
//! written; the last one carries a digest of all before it. So whoever reads an answer knows of
//! every token how long it took, and of the whole that nothing is missing, doubled or changed.

/// Bytes of a token: five digits of its number, twelve of its stamp, a space; all of them hex.
pub(crate) const TOKEN: usize = 18;

/// Stamps count nanoseconds and are cut to twelve hex digits: they come round every 78 hours.
const STAMP_MASK: u64 = (1 << 48) - 1;

/// The most tokens that one answer can have: their numbers have five digits.
pub(crate) const MOST: u32 = 1 << 20;

/// What an answer is to be like; it travels as the text of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Tokens, the digest not counted.
    pub(crate) tokens: u32,
    /// Events a second; 0 is as fast as the socket takes them.
    pub(crate) rate: u32,
    /// Tokens in an event; `tokens` is a multiple of it.
    pub(crate) burst: u32,
}

impl Plan {
    /// A plan whose answer never begins.
    pub(crate) const SILENT: Self = Self::new(0, 0);

    /// A plan with a token in each event.
    pub(crate) const fn new(tokens: u32, rate: u32) -> Self {
        Self {
            tokens,
            rate,
            burst: 1,
        }
    }

    /// The question that asks for it.
    pub(crate) fn question(self) -> String {
        let Self {
            tokens,
            rate,
            burst,
        } = self;
        format!("bench tokens={tokens} rate={rate} burst={burst}")
    }

    /// The plan that a question asks for.
    pub(crate) fn read(question: &str) -> Option<Self> {
        let number = |name: &str| {
            let part = question
                .split(' ')
                .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))?;
            part.parse().ok()
        };
        let tokens = number("tokens").filter(|tokens| *tokens < MOST)?;
        Some(Self {
            tokens,
            rate: number("rate")?,
            burst: number("burst").filter(|burst| (1..=256).contains(burst))?,
        })
    }
}

/// A digest of tokens in their order; made to be cheap, not to withstand anybody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Digest(u64);

impl Digest {
    fn add(&mut self, token: &[u8; TOKEN]) {
        let mut halves = token[..16].chunks_exact(8);
        let mut mix = |word: u64| {
            self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        };
        for half in &mut halves {
            mix(half
                .iter()
                .fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
        mix(u64::from(token[16]) << 8 | u64::from(token[17]));
    }
}

/// Writes an answer.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    written: u32,
    digest: Digest,
}

impl Writer {
    /// The next token.
    pub(crate) fn token(&mut self, now: u64) -> [u8; TOKEN] {
        let mut token = [b' '; TOKEN];
        hex(u64::from(self.written), &mut token[..5]);
        hex(now & STAMP_MASK, &mut token[5..17]);
        self.written += 1;
        self.digest.add(&token);
        token
    }

    /// The last one.
    pub(crate) fn end(&self) -> [u8; TOKEN] {
        let mut token = [b' '; TOKEN];
        token[0] = b'#';
        hex(self.digest.0, &mut token[1..17]);
        token
    }

    /// Tokens so far, the digest not counted.
    pub(crate) fn written(&self) -> u32 {
        self.written
    }
}

/// Why an answer is not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// A piece does not end with a token.
    Cut,
    /// What stands where a token should.
    Garbled,
    /// A token is missing or came twice: the number that was due, and the one that came.
    Order(u32, u32),
    /// The digest does not fit.
    Digest,
    /// Something came after the digest.
    AfterEnd,
}

/// Reads an answer, piece by piece.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reader {
    read: u32,
    digest: Digest,
    whole: bool,
}

impl Reader {
    /// Takes a piece that came at `now` and tells how old each of its tokens is, in nanoseconds.
    pub(crate) fn push(
        &mut self,
        piece: &[u8],
        now: u64,
        mut age: impl FnMut(u64),
    ) -> Result<(), Flaw> {
        let (tokens, rest) = piece.as_chunks::<TOKEN>();
        if !rest.is_empty() {
            return Err(Flaw::Cut);
        }
        for token in tokens {
            if self.whole {
                return Err(Flaw::AfterEnd);
            }
            if token[0] == b'#' {
                self.whole = number(&token[1..17]) == Some(self.digest.0);
                if !self.whole {
                    return Err(Flaw::Digest);
                }
                continue;
            }
            let index = number(&token[..5]).ok_or(Flaw::Garbled)?;
            let stamp = number(&token[5..17]).ok_or(Flaw::Garbled)?;
            if index != u64::from(self.read) {
                return Err(Flaw::Order(self.read, index as u32));
            }
            self.read += 1;
            self.digest.add(token);
            age(now.wrapping_sub(stamp) & STAMP_MASK);
        }
        Ok(())
    }

    /// Tokens so far, the digest not counted.
    pub(crate) fn read(&self) -> u32 {
        self.read
    }

    /// Whether the digest came, and fits.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole
    }
}

fn hex(mut value: u64, place: &mut [u8]) {
    for digit in place.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(value & 15) as usize];
        value >>= 4;
    }
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |value, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(value << 4 | u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(count: u32) -> Vec<u8> {
        let mut writer = Writer::default();
        let mut text: Vec<u8> = (0..count)
            .flat_map(|index| writer.token(1_000 + u64::from(index)))
            .collect();
        text.extend(writer.end());
        text
    }

    fn read(text: &[u8]) -> Result<Reader, Flaw> {
        let mut reader = Reader::default();
        reader.push(text, 0, |_| {}).map(|()| reader)
    }

    #[test]
    fn a_whole_answer_is_known_as_whole_and_its_ages_are_right() {
        let text = written(300);
        let (mut reader, mut ages) = (Reader::default(), Vec::new());
        for piece in text.chunks(TOKEN * 7) {
            let taken = reader.push(piece, 5_000, |age| ages.push(age));
            assert_eq!(taken, Ok(()), "pieces are joined");
        }
        assert!(reader.is_whole() && reader.read() == 300);
        assert_eq!((ages[0], ages[299]), (4_000, 3_701));
    }

    #[test]
    fn every_kind_of_damage_is_noticed() {
        let text = written(10);
        let without = [&text[..TOKEN * 4], &text[TOKEN * 5..]].concat();
        assert_eq!(read(&without), Err(Flaw::Order(4, 5)), "a gap");
        let twice = [&text[..TOKEN * 4], &text[TOKEN * 3..]].concat();
        assert_eq!(read(&twice), Err(Flaw::Order(4, 3)), "a double");
        let mut changed = text.clone();
        changed[TOKEN * 2 + 16] = b'0' + u8::from(changed[TOKEN * 2 + 16] == b'0');
        assert_eq!(read(&changed), Err(Flaw::Digest), "a changed stamp");
        assert_eq!(read(&text[..TOKEN * 3 + 1]), Err(Flaw::Cut));
        let unfinished = read(&text[..TOKEN * 10]).map(|reader| reader.is_whole());
        assert_eq!(
            unfinished,
            Ok(false),
            "an answer without its end is not whole"
        );
        assert_eq!(read(&[text.clone(), text].concat()), Err(Flaw::AfterEnd));
    }

    #[test]
    fn a_plan_survives_its_journey_as_a_question() {
        let plan = Plan {
            burst: 20,
            ..Plan::new(250, 50)
        };
        assert_eq!(Plan::read(&plan.question()), Some(plan));
        assert_eq!(Plan::read("hello"), None);
        assert_eq!(Plan::read(&format!("bench tokens={MOST} rate=0")), None);
    }
}
