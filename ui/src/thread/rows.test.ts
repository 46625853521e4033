import { expect, it } from 'vitest';
import { emptyChat } from '@/client/reduce-chat';
import type { Message, OpenChat } from '@/state/types';
import { rowsOf } from './rows';

function message(id: string, parentId: string | null): Message {
  return { id, parentId, role: 'user', content: id, timestamp: '', status: 'complete', revision: 1, siblingIds: [id] };
}

function answering(messages: Message[], parentId: string | null): OpenChat {
  const running = { id: 'a', parentId, startedAt: 0, siblingIds: ['a'] };
  return { ...emptyChat('chat', true), messages, running };
}

const keys = (open: OpenChat) => rowsOf(open, []).map(({ key }) => key);

it('an answer being written is last', () => {
  expect(keys(answering([message('q', null)], 'q'))).toEqual(['q', 'a']);
});

it('but for what somebody wrote on after it', () => {
  expect(keys(answering([message('q', null), message('q2', 'a')], 'q'))).toEqual(['q', 'a', 'q2']);
});

it('is last as well where its question is not known', () => {
  expect(keys(answering([message('q', null)], 'gone'))).toEqual(['q', 'a']);
});
