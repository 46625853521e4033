import { expect, it } from 'vitest';
import { RunningText } from './running-text';

/** Draws at once. */
const drawn = () => new RunningText((flush) => flush());

it('an answer that is told again stays on the screen until it is there again', () => {
  const text = drawn();
  text.begin('a');
  text.append('reasoning', 'Hm.', 1);
  text.append('text', 'One two', 3);
  text.begin('a');
  expect(text.snapshot().text).toBe('One two');
  expect(text.seq, 'told from its start').toBe(0);
  expect(text.kept, 'a text and its own end').toMatchObject({ text: { text: 'One two' }, seq: 3 });
  text.append('reasoning', 'Hm.', 1);
  text.append('text', 'One', 2);
  expect(text.snapshot()).toMatchObject({ reasoning: 'Hm.', text: 'One two' });
  expect(text.seq, 'a lost line goes on from here').toBe(2);
  text.append('text', ' two three', 4);
  expect(text.snapshot().text).toBe('One two three');
  text.append('text', ' four', 5);
  expect(text.snapshot().text).toBe('One two three four');
  expect(text.append('text', ' four', 5), 'a piece that is here').toBe(false);
});

it('another answer begins empty, and so does one after its end', () => {
  const text = drawn();
  text.begin('a');
  text.append('text', 'One', 1);
  text.begin('b');
  expect(text.snapshot()).toMatchObject({ messageId: 'b', text: '' });
  text.append('text', 'Two', 1);
  text.begin('b');
  text.end();
  text.begin('b');
  text.append('text', 'T', 1);
  expect(text.snapshot().text).toBe('T');
});
