// The lines of a block of code, plain at once and coloured when the language is there.

import { memo, useEffect, useMemo, useState } from 'react';
import { isReady, knownLanguage, LineReader, prepare, type Line } from './highlight';

/** Longer code is shown plain: nobody reads it here, and colouring it would stop the window. */
const MOST_COLOURED = 60_000;
/** Longer code is coloured after it is on the page. */
const COLOUR_AT_ONCE = 6_000;

interface CodeLinesProps {
  code: string;
  label: string;
  open: boolean;
}

export function CodeLines({ code, label, open }: CodeLinesProps) {
  const language = code.length > MOST_COLOURED ? null : knownLanguage(label);
  const ready = useLanguage(language, code.length > COLOUR_AT_ONCE && !open);
  const reader = useMemo(() => (ready === null ? null : new LineReader(ready)), [ready]);
  const lines = code.split('\n');
  const coloured = reader?.read(open ? lines.slice(0, -1) : lines) ?? [];
  return (
    <code>
      {lines.map((line, index) => (
        <CodeLine key={index} text={line} tokens={coloured[index]} last={index === lines.length - 1} />
      ))}
    </code>
  );
}

/** The language once its grammar is there, else null. */
function useLanguage(language: string | null, later: boolean): string | null {
  const [loaded, setLoaded] = useState<string | null>(() =>
    language !== null && !later && isReady(language) ? language : null,
  );
  useEffect(() => {
    if (language === null || loaded === language) return undefined;
    let wanted = true;
    prepare(language).then(
      () => wanted && setLoaded(language),
      // Plain code is a whole answer too; the file that is missing is named for who looks.
      (error: unknown) => console.warn(`no colours for ${language}`, error),
    );
    return () => {
      wanted = false;
    };
  }, [language, loaded]);
  return loaded === language ? loaded : null;
}

interface CodeLineProps {
  text: string;
  tokens: Line | undefined;
  last: boolean;
}

const CodeLine = memo(function CodeLine({ text, tokens, last }: CodeLineProps) {
  return (
    <span className="code-line">
      {tokens
        ? tokens.map((token, index) => (
            <span key={index} style={{ color: token.color }} data-italic={token.fontStyle === 1 || undefined}>
              {token.content}
            </span>
          ))
        : text}
      {last ? null : '\n'}
    </span>
  );
});
