import { describe, expect, it } from 'vitest';
import { BlockReader, type Block } from './blocks';
import { DOCUMENT, FOOTNOTES } from './corpus';

const sources = (blocks: readonly Block[]) => blocks.map((block) => block.source);
const whole = (text: string) => sources(new BlockReader().read(text));

describe('BlockReader', () => {
  it('reads a growing text as it reads the whole one, at every character', () => {
    const reader = new BlockReader();
    for (let end = 1; end <= DOCUMENT.length; end += 1) {
      const text = DOCUMENT.slice(0, end);
      expect(sources(reader.read(text)), `after ${end} characters: …${text.slice(-20)}`).toEqual(whole(text));
    }
  }, 60_000);

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
