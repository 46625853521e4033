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
  expect(text.kept, 'nor is the older text gone on with').toMatchObject({ text: { messageId: 'a', text: '' }, seq: 0 });
  text.append('reasoning', 'Hm.', 1);
  text.append('text', 'One', 2);
  expect(text.snapshot()).toMatchObject({ reasoning: 'Hm.', text: 'One two' });
  expect(text.seq, 'a lost line goes on from here').toBe(2);
  expect(text.kept, 'and so does a reload').toMatchObject({ text: { reasoning: 'Hm.', text: 'One' }, seq: 2 });
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

it('shorter thoughts in another life of an answer do not hold its text back', () => {
  const text = drawn();
  text.begin('a');
  text.append('reasoning', 'A long thought.', 1);
  text.append('text', 'One two', 2);
  text.begin('a');
  text.append('reasoning', 'Short.', 1);
  expect(text.snapshot().reasoning, 'not before its text is as long').toBe('A long thought.');
  text.append('text', 'One two three', 2);
  expect(text.snapshot()).toMatchObject({ reasoning: 'Short.', text: 'One two three' });
});

it('a reload while another life of an answer is told misses none of it', () => {
  const before = drawn();
  before.begin('a');
  before.append('text', 'One two three', 9);
  before.begin('a');
  before.append('text', 'One', 1);
  const { text, seq } = before.kept;
  const after = drawn();
  after.restore(text, seq);
  after.append('text', ' and two', 2);
  expect(after.snapshot().text).toBe('One and two');
});
