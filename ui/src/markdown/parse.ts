// Text to a tree: CommonMark, GitHub's tables, task lists and footnotes, and formulas. One parser
// for the splitter and the renderer, so that they cannot disagree on where a block ends.

import type { Root, RootContent } from 'mdast';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';

// A single tilde is an approximation ("~20") more often than a deletion.
const parser = unified().use(remarkParse).use(remarkGfm, { singleTilde: false }).use(remarkMath).freeze();

export function parse(source: string): Root {
  const root = parser.parse(source);
  if (source.includes('$')) readDollars(root, source);
  return root;
}

/**
 * "$5 and $6" is money: pandoc's rule for what a single dollar may open and close. Two dollars
 * inside a line are a formula on a line of its own.
 */
function readDollars(root: Root, source: string): void {
  visit(root, 'inlineMath', (node, index, parent) => {
    const from = node.position?.start.offset;
    const to = node.position?.end.offset;
    if (from === undefined || to === undefined || parent === undefined || index === undefined) return;
    const written = source.slice(from, to);
    if (written.startsWith('$$')) {
      node.data = { ...node.data, hProperties: { className: ['math-display'] } };
      return;
    }
    const loose = /^\$\s|\s\$$/.test(written) || /\d/.test(source.charAt(to));
    if (loose) parent.children[index] = { type: 'text', value: written } as RootContent;
  });
}

const CODE_OR_TEX = /(`+)[^`][\s\S]*?\1|\\\(([\s\S]+?)\\\)|\\\[([\s\S]+?)\\\]/g;

/** Many models write formulas as \( … \) and \[ … \]; Markdown knows only dollars. */
export function dollarsForTex(source: string): string {
  if (!source.includes('\\(') && !source.includes('\\[')) return source;
  return source.replace(CODE_OR_TEX, (whole, _ticks, inline?: string, display?: string) => {
    if (inline !== undefined) return `$${inline.trim()}$`;
    if (display !== undefined) return `$$${display}$$`;
    return whole;
  });
}
