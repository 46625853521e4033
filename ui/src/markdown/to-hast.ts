// The tree of Markdown to a tree of elements, from a short list of both. Raw HTML becomes the text
// it is (comments vanish, <br> breaks the line); code and formulas become elements of our own,
// which only `render-block.tsx` knows. `keepSafe` then drops whatever is not on the list, so that
// a new feature of a parser cannot open a door.

import type { Element, ElementContent, Properties, Root as Hast } from 'hast';
import type { Root } from 'mdast';
import { toHast, type Handlers } from 'mdast-util-to-hast';

export const CODE = 'parlor-code';
export const FORMULA = 'parlor-formula';

const element = (tagName: string, properties: Properties): Element => ({
  type: 'element',
  tagName,
  properties,
  children: [],
});

const handlers: Handlers = {
  html(_state, node: { value: string }, parent: { type: string } | undefined) {
    if (/^<!--[\s\S]*-->\s*$/.test(node.value)) return undefined;
    if (/^<br\s*\/?>$/i.test(node.value)) return element('br', {});
    const text: ElementContent = { type: 'text', value: node.value };
    return parent?.type === 'root' ? { ...element('p', { className: ['raw'] }), children: [text] } : text;
  },
  code: (_state, node: { value: string; lang?: string | null }) =>
    element(CODE, { code: node.value, language: node.lang ?? '' }),
  math: (_state, node: { value: string }) => element(FORMULA, { tex: node.value, display: 'true' }),
  inlineMath(_state, node: { value: string; data?: { hProperties?: { className?: string[] } } }) {
    const classes = node.data?.hProperties?.className ?? [];
    return element(FORMULA, { tex: node.value, display: classes.includes('math-display') ? 'true' : 'false' });
  },
};

const ALLOWED: Record<string, readonly string[]> = {
  a: ['href', 'title', 'id', 'dataFootnoteRef', 'dataFootnoteBackref', 'ariaLabel', 'ariaDescribedBy'],
  blockquote: [],
  br: [],
  code: [],
  del: [],
  em: [],
  h1: [],
  h2: ['id', 'className'],
  h3: [],
  h4: [],
  h5: [],
  h6: [],
  hr: [],
  img: ['src', 'alt', 'title'],
  input: ['type', 'checked', 'disabled'],
  li: ['id', 'className'],
  ol: ['start'],
  p: ['className'],
  pre: [],
  section: ['dataFootnotes', 'className'],
  strong: [],
  sup: [],
  table: [],
  tbody: [],
  td: ['align'],
  th: ['align'],
  thead: [],
  tr: [],
  ul: ['className'],
  [CODE]: ['code', 'language'],
  [FORMULA]: ['tex', 'display'],
};

function keepSafe(children: readonly ElementContent[]): ElementContent[] {
  return children.flatMap((child): ElementContent[] => {
    if (child.type === 'text') return [child];
    if (child.type !== 'element') return [];
    const allowed = ALLOWED[child.tagName];
    const inner = keepSafe(child.children);
    if (!allowed) return inner;
    const properties = Object.fromEntries(
      Object.entries(child.properties).filter(([name]) => allowed.includes(name)),
    );
    return [{ type: 'element', tagName: child.tagName, properties, children: inner }];
  });
}

/** `prefix` makes the ids of footnotes this text's own. */
export function elementsOf(root: Root, prefix: string, footnotes: string): Hast {
  const tree = toHast(root, { handlers, clobberPrefix: prefix, footnoteLabel: footnotes });
  const children = tree.type === 'root' ? tree.children : [tree];
  return { type: 'root', children: keepSafe(children as ElementContent[]) };
}
