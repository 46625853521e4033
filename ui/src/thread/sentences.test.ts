import { describe, expect, it } from 'vitest';
import { finishedUpTo, spoken } from './sentences';

describe('sentences for the live region', () => {
  it('ends at the last full stop that something follows', () => {
    expect(finishedUpTo('One. Two is not')).toBe(4);
    expect(finishedUpTo('One. Two.')).toBe(4);
    expect(finishedUpTo('No end yet')).toBe(0);
  });
  it('does not take a number for an end', () => {
    expect(finishedUpTo('Pi is 3.14 or so')).toBe(0);
  });
  it('takes a line break for one', () => {
    expect(finishedUpTo('- a point\n- an')).toBe(10);
  });
  it('leaves the marks of Markdown out', () => {
    expect(spoken('**Bold** and [a link](https://x.org), `code`.')).toBe('Bold and a link, code.');
  });
});
