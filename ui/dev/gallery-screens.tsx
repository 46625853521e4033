import type { ReactElement } from 'react';
import CommandPalette from '../src/screens/command-palette';
import FirstRun from '../src/screens/first-run';
import Settings from '../src/screens/settings';
import ShortcutSheet from '../src/screens/shortcut-sheet';
import SignIn from '../src/screens/sign-in';
import { Markdown } from '../src/markdown/markdown';
import { DOCUMENT, FOOTNOTES } from '../src/markdown/corpus';
import { Toaster } from '../src/parts/toaster';

const PAGE = `${DOCUMENT}

$$\\frac{1}{2\\pi}\\int_{-\\infty}^{\\infty} e^{-x^2/2}\\,dx$$

\`\`\`typescript
const a: Map<string, number> = new Map([["one", 1]]); // a line that is much longer than the page is wide, to be wrapped
export async function* pieces(text: string) { yield text.slice(0, 42); }
\`\`\`

\`\`\`mermaid
sequenceDiagram
  Composer->>Server: message
  Server->>Store: commit
  Store-->>Server: durable
  Server-->>Composer: user_message
\`\`\`

\`\`\`mermaid
this is no diagram
\`\`\`
`;

const HALF = `${DOCUMENT.slice(0, 420)}\n\n| rows | NORMAL | FULL |\n|---:|:---|---|\n| 1 | 20,000/s | 266/s |\n\nNobody is told “saved” before the commit returns, so **nothing acknowledged can be lo`;

export function screen(name: string, streaming: boolean): ReactElement {
  const inner = {
    'first-run': () => <FirstRun />,
    'sign-in': () => <SignIn />,
    settings: () => <Settings />,
    palette: () => <CommandPalette />,
    shortcuts: () => <ShortcutSheet />,
    footnotes: () => (
      <main className="mx-auto max-w-thread p-5">
        <Markdown text={FOOTNOTES} />
      </main>
    ),
    markdown: () => (
      <main className="mx-auto max-w-thread p-5">
        <h1 className="sr-only">Markdown</h1>
        <Markdown text={streaming ? HALF : PAGE} streaming={streaming} />
      </main>
    ),
  }[name];
  return (
    <>
      {inner?.()}
      <Toaster />
    </>
  );
}
