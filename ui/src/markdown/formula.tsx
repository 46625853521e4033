// A formula. KaTeX comes when the first one is seen; until then, while the formula is still being
// written, and when it is wrong, its source is shown. KaTeX runs without trust: no \href, no
// \includegraphics, no HTML; and what it cannot read is text, never markup.

import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

type Katex = typeof import('katex').default;

let katex: Katex | undefined;

async function loadKatex(): Promise<Katex> {
  const [loaded] = await Promise.all([import('katex'), import('katex/dist/katex.min.css')]);
  katex = loaded.default;
  return katex;
}

interface FormulaProps {
  tex: string;
  display: boolean;
  open: boolean;
}

export function Formula({ tex, display, open }: FormulaProps) {
  const { t } = useTranslation();
  const [engine, setEngine] = useState(() => katex);
  useEffect(() => {
    if (engine || open) return undefined;
    let wanted = true;
    loadKatex().then(
      (loaded) => wanted && setEngine(() => loaded),
      (error: unknown) => console.warn('formulas stay as they are written', error),
    );
    return () => {
      wanted = false;
    };
  }, [engine, open]);
  const drawn = useMemo(() => (engine && !open ? draw(engine, tex, display) : null), [engine, tex, display, open]);
  if (drawn === null) {
    return <code className={display ? 'formula-source formula-display' : 'formula-source'}>{tex}</code>;
  }
  // A span even where it stands alone: Markdown may put it into a paragraph.
  return (
    <span
      className={display ? 'formula formula-display' : 'formula'}
      {...(display ? { role: 'group', tabIndex: 0, 'aria-label': t('markdown.formula') } : {})}
      dangerouslySetInnerHTML={{ __html: drawn }}
    />
  );
}

/** KaTeX's own markup, or null where it cannot read the formula. */
function draw(engine: Katex, tex: string, display: boolean): string | null {
  try {
    return engine.renderToString(tex, {
      displayMode: display,
      throwOnError: true,
      trust: false,
      strict: 'ignore',
      maxExpand: 500,
      maxSize: 40,
      output: 'htmlAndMathml',
    });
  } catch {
    return null;
  }
}
