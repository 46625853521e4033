import { expect, it } from 'vitest';
import { placeOfRunning } from './running-place';

const running = (parentId: string | null) => ({ id: 'a', parentId, startedAt: 0, siblingIds: ['a'] });
const messages = [{ id: 'q' }, { id: 'q2' }];

it('stands after its question, before what was written on', () => {
  expect(placeOfRunning(running('q'), messages)).toBe(1);
  expect(placeOfRunning(running('q2'), messages)).toBe(2);
});

it('is last where its question is not known', () => {
  expect(placeOfRunning(running('gone'), messages)).toBe(2);
  expect(placeOfRunning(running(null), messages)).toBe(2);
  expect(placeOfRunning(running(null), [])).toBe(0);
});
