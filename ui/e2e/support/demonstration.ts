// The conversation on the README's pictures, and the other chats around it: what people really ask.

export const QUESTION =
  'My service writes one row per request and manages 260 a second on an SSD that claims half a million. Where does the time go?';
export const REASONING =
  '260 a second is about 4 ms a row. A flash write takes microseconds, so the time is not in writing but in waiting for a promise: fsync.';
export const ANSWER = `Into waiting for the disk to *promise*. In \`WAL\` mode with \`synchronous=FULL\` every commit ends in one \`fsync\`: a round trip to stable storage, not to the drive's cache.

| rows per commit | \`NORMAL\` | \`FULL\` |
|---:|---:|---:|
| 1 | 20,400/s | 266/s |
| 100 | 155,000/s | 22,900/s |

So let those who wait share one promise:

\`\`\`rust
while let Some(first) = queue.recv() {
    let tx = db.transaction()?;
    apply(&tx, first)?;
    while let Ok(next) = queue.try_recv() { apply(&tx, next)?; }
    tx.commit()?; // one fsync for everyone who waited
}
\`\`\`
`;
export const SECOND_QUESTION = 'And how long does one request wait then?';
export const SECOND_ANSWER = `At most for the commit before it and its own. With $t$ for one \`fsync\` and $n$ requests in the queue,

$$
\\text{throughput} = \\frac{n}{t}, \\qquad t \\le \\text{wait} \\le 2t,
$$

so a hundred people at once each wait 4 to 8 ms, and nobody is told “saved” before it is:

- **nothing acknowledged is lost**, not even in a power cut;
- a lonely request pays what it always paid;
- the queue is *bounded*: when the disk cannot follow, it says so.
`;

export interface Chat {
  question: string;
  answer: string;
  title: string;
  daysAgo: number;
  pinned?: boolean;
}

export const MAIN_TITLE = 'Why fsync is slow, and when it matters';

/** Oldest first. */
export const OTHERS: readonly Chat[] = [
  { question: 'Ten names for a small wooden boat?', answer: 'Kittiwake, Marguerite, …', title: 'Names for the boat', daysAgo: 34 },
  { question: 'Is this lease clause usual?', answer: 'Mostly, yes.', title: 'Lease of the second workshop', daysAgo: 31 },
  { question: 'My dough is too wet at 80 %.', answer: 'Fold, and wait.', title: 'Bread with 80 % hydration', daysAgo: 5 },
  { question: 'Un plan de cours sur 1789 ?', answer: 'En trois séances.', title: 'Plan de cours : la Révolution', daysAgo: 1 },
  { question: 'Помоги написать письмо арендодателю.', answer: 'Конечно.', title: 'Письмо арендодателю', daysAgo: 1 },
  { question: 'Which books for long evenings?', answer: 'A few.', title: 'Reading list for the autumn', daysAgo: 3, pinned: true },
  { question: 'Как объяснить ребёнку приливы?', answer: 'С помощью миски воды.', title: 'Приливы для шестилетки', daysAgo: 0 },
  { question: 'Write tests for this invoice parser.', answer: 'Start with the empty file.', title: 'Tests for the invoice parser', daysAgo: 0 },
];
