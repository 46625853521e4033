// A Mermaid diagram, drawn when its source is complete and shown as a picture: an <img> runs no
// script, follows no link and loads nothing, whatever the diagram says. Where it cannot be drawn
// its source is shown, and a line says so.

import { Code2, Workflow } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from './code-block';
import { drawDiagram } from './draw-diagram';
import { useThemeName } from './use-theme-name';

type State = { kind: 'drawing' } | { kind: 'drawn'; src: string; theme: string } | { kind: 'failed' };

export function Diagram({ source }: { source: string }) {
  const { t } = useTranslation();
  const theme = useThemeName();
  const [state, setState] = useState<State>({ kind: 'drawing' });
  const [asSource, setAsSource] = useState(false);
  useEffect(() => {
    let wanted = true;
    drawDiagram(source).then(
      (src) => wanted && setState({ kind: 'drawn', src, theme }),
      () => wanted && setState({ kind: 'failed' }),
    );
    return () => {
      wanted = false;
    };
  }, [source, theme]);

  if (state.kind !== 'drawn' || asSource) {
    const back = (
      <button type="button" onClick={() => setAsSource(false)}>
        <Workflow aria-hidden /> {t('markdown.showDiagram')}
      </button>
    );
    return (
      <>
        <CodeBlock code={source} label="mermaid" actions={state.kind === 'drawn' ? back : null} />
        {state.kind === 'failed' ? <p className="block-note">{t('markdown.diagramFailed')}</p> : null}
      </>
    );
  }
  return (
    <figure className="code-block diagram">
      <figcaption>
        <span className="code-language">mermaid</span>
        <button type="button" onClick={() => setAsSource(true)}>
          <Code2 aria-hidden /> {t('markdown.showSource')}
        </button>
      </figcaption>
      <img src={state.src} alt={`${t('markdown.diagram')}: ${source}`} />
    </figure>
  );
}
