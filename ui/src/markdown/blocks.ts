// Splits a text into its top-level blocks, and keeps the finished ones while the text grows: what
// is appended can change the last block, or join it to the one before (a paragraph "3" that becomes
// the third item "3."), so these two are read again. Link definitions
// reach across blocks and go along with those that may use them; footnotes number a whole text, so
// a text with footnotes is one block.

import type { Root, RootContent } from 'mdast';
import { parse } from './parse';

export interface Block {
  /** The block as it was written, from the start of its first line. */
  readonly source: string;
  /** What it was read as. */
  readonly tree: Root;
}

interface Placed extends Block {
  readonly start: number;
}

const FOOTNOTE = /^ {0,3}\[\^[^\]\s]+\]:/m;

export class BlockReader {
  #text = '';
  #blocks: readonly Placed[] = [];

  /** The blocks of `text`. Cheap when `text` only grew since the last call. */
  read(text: string): readonly Block[] {
    if (text === this.#text) return this.#blocks;
    if (FOOTNOTE.test(text)) {
      this.#blocks = [{ source: text, tree: parse(text), start: 0 }];
    } else {
      const grew = text.startsWith(this.#text) && !FOOTNOTE.test(this.#text);
      const kept = grew ? this.#blocks.slice(0, -2) : [];
      const from = grew ? (this.#blocks[kept.length]?.start ?? 0) : 0;
      this.#blocks = [...kept, ...split(text, from)];
    }
    this.#text = text;
    return this.#blocks;
  }
}

function split(text: string, from: number): Placed[] {
  const tail = text.slice(from);
  const root = parse(tail);
  return root.children.map((node, index) => {
    const start = lineStart(tail, node);
    const next = root.children[index + 1];
    const end = next ? lineStart(tail, next) : tail.length;
    return { source: tail.slice(start, end), tree: { type: 'root', children: [node] }, start: from + start };
  });
}

function lineStart(text: string, node: RootContent): number {
  const offset = node.position?.start.offset ?? 0;
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}

/** The link definitions among `blocks`, as one text to be read along with a block. */
export function definitionsOf(blocks: readonly Block[]): string {
  return blocks
    .filter((block) => block.tree.children[0]?.type === 'definition')
    .map((block) => block.source.trimEnd())
    .join('\n');
}
