import { describe, expect, it } from 'vitest';
import { BlockReader, type Block } from './blocks';
import { DOCUMENT, FOOTNOTES } from './corpus';

const sources = (blocks: readonly Block[]) => blocks.map((block) => block.source);
const whole = (text: string) => sources(new BlockReader().read(text));

describe('BlockReader', () => {
  // Every prefix of every four neighbouring blocks, and of the whole document in steps.
  const all = whole(DOCUMENT);
  const parts = all.flatMap((_, at) => (at % 3 === 0 ? [all.slice(at, at + 4).join('')] : []));

  it.each([...parts.map((part) => [1, part] as const), [11, DOCUMENT] as const])(
    'reads a text growing by %i as it reads the whole one: %j',
    (step, text) => {
      const reader = new BlockReader();
      for (let end = step; end < text.length + step; end += step) {
        const grown = text.slice(0, end);
        expect(sources(reader.read(grown)), `after ${end} characters: …${grown.slice(-20)}`).toEqual(whole(grown));
      }
    },
    60_000,
  );

  it('keeps the finished blocks as they are', () => {
    const reader = new BlockReader();
    const before = reader.read('one\n\ntwo\n\nthree');
    const after = reader.read('one\n\ntwo\n\nthree and more\n\nfour');
    expect(after[0], 'a finished block is the same object').toBe(before[0]);
    expect(after[2]?.source).toBe('three and more\n\n');
  });

  it('starts anew when the text is another one', () => {
    const reader = new BlockReader();
    reader.read('one\n\ntwo');
    expect(sources(reader.read('uno\n\ndue'))).toEqual(['uno\n\n', 'due']);
  });

  it('loses no word', () => {
    expect(whole(DOCUMENT).join('')).toBe(DOCUMENT);
  });

  it('takes a text with footnotes as one block', () => {
    expect(whole(FOOTNOTES)).toHaveLength(1);
  });
});
