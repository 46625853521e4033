// Mermaid, loaded when the first diagram is complete. Strict: labels are text, no clicks, no HTML.

type Mermaid = typeof import('mermaid').default;

let loading: Promise<Mermaid> | undefined;
let number = 0;
/** Mermaid keeps state in its module, so diagrams are drawn one after another. */
let turn: Promise<unknown> = Promise.resolve();

const MOST_CHARACTERS = 20_000;

/** A tag in the source, plain or spelled as an entity; `<br>` and `<<stereotypes>>` are Mermaid's own. */
const MARKUP = /<\s*[a-z!/?]|[#&](lt|60|x0*3c);/i;
const OWN = /<br\s*\/?>|<<[\w -]+>>/gi;

/** Mermaid measures labels in our page before it cleans them: nothing in them may become an element. */
function hasMarkup(source: string): boolean {
  return MARKUP.test(source.replace(OWN, ''));
}

async function load(): Promise<Mermaid> {
  const { default: mermaid } = await import('mermaid');
  return mermaid;
}

/** The tokens' colour as Mermaid's own arithmetic reads it. */
function colour(token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

async function draw(source: string): Promise<string> {
  const mermaid = await (loading ??= load());
  const ink = colour('ink');
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    theme: 'base',
    // A picture sees no web font of the page: measure and draw with one that it has.
    fontFamily: 'system-ui, sans-serif',
    themeVariables: {
      background: colour('paper'),
      primaryColor: colour('accent-wash'),
      primaryTextColor: ink,
      primaryBorderColor: colour('accent'),
      secondaryColor: colour('wash'),
      tertiaryColor: colour('paper-raised'),
      lineColor: colour('ink-soft'),
      textColor: ink,
      noteBkgColor: colour('warn-wash'),
      noteTextColor: ink,
      fontSize: '15px',
    },
  });
  number += 1;
  const { svg } = await mermaid.render(`diagram-${number}`, source);
  return sized(svg);
}

/** A picture needs a size of its own; Mermaid says "100%" and means the page. */
function sized(svg: string): string {
  const drawing = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  const [, , width, height] = (drawing.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number);
  if (!width || !height) return svg;
  drawing.setAttribute('width', String(Math.ceil(width)));
  drawing.setAttribute('height', String(Math.ceil(height)));
  drawing.style.removeProperty('max-width');
  return new XMLSerializer().serializeToString(drawing);
}

/** The diagram as an address of a picture. Rejects when the source is no diagram. */
export function drawDiagram(source: string): Promise<string> {
  if (source.length > MOST_CHARACTERS) return Promise.reject(new RangeError('the diagram is too large'));
  if (hasMarkup(source)) return Promise.reject(new TypeError('the diagram has markup in it'));
  const mine = turn.then(() => draw(source));
  turn = mine.catch(() => undefined);
  return mine.then((svg) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`);
}
