/// <reference types="vite/client" />
// The page of somebody who moved to Parlor: the documents' examples as they stand, around the
// published library. What a page has from its own server (who is signed in, and where the sockets
// are) it has from `window.moved`.
import { configureClient } from '@parlor/client';
import { useChatStream, WebSocketMonitor } from '@parlor/client/react';
import { StrictMode, useState, type ComponentType } from 'react';
import { createRoot } from 'react-dom/client';

interface Moved {
  chatUrl: string;
  token: string;
  /** Examples to show, as `file#Component`. */
  show: string[];
}

const { chatUrl, token, show } = (window as unknown as { moved: Moved }).moved;
const examples = import.meta.glob<Record<string, ComponentType>>('./seeds/extracted/**/*.tsx');
const configuration = import.meta.glob('./seeds/extracted/events/configuration.ts');

configureClient({ chatUrl, token });
// The document's own configuration makes the page's one service.
for (const load of Object.values(configuration)) await load();

/** The documents leave it to the reader where the words come from. */
function Field() {
  const [words, setWords] = useState('');
  const { sendUserMessage } = useChatStream();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        sendUserMessage(words);
        setWords('');
      }}
    >
      <input aria-label="Words" value={words} onChange={(event) => setWords(event.target.value)} />
    </form>
  );
}

const OWN: Record<string, ComponentType> = { Field, WebSocketMonitor };

async function component(name: string): Promise<ComponentType> {
  const [file = '', part = ''] = name.split('#');
  const shown = OWN[name] ?? (await examples[`./seeds/extracted/${file}`]?.())?.[part];
  if (shown === undefined) throw new Error(`there is no example ${name}`);
  return shown;
}

const shown = await Promise.all(show.map(async (name) => [name, await component(name)] as const));
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    {shown.map(([name, Shown]) => (
      <section key={name} aria-label={name}>
        <Shown />
      </section>
    ))}
  </StrictMode>,
);
