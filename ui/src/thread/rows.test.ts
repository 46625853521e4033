import { expect, it } from 'vitest';
import { emptyChat } from '@/client/reduce-chat';
import type { Message, OpenChat, Waiting } from '@/state/types';
import { rowsOf } from './rows';

function message(id: string, parentId: string | null): Message {
  return { id, parentId, role: 'user', content: id, timestamp: '', status: 'complete', revision: 1, siblingIds: [id] };
}

function answering(messages: Message[], parentId: string | null): OpenChat {
  const running = { id: 'a', parentId, startedAt: 0, siblingIds: ['a'] };
  return { ...emptyChat('chat', true), messages, running };
}

const keys = (open: OpenChat, waiting: Waiting[] = []) => rowsOf(open, waiting).map(({ key }) => key);

const edit = (parentId: string | null): Waiting => ({ chatId: 'chat', clientId: 'edit', content: '', createdAt: 0, attempts: 0, parentId });

it('an answer being written is last', () => {
  expect(keys(answering([message('q', null)], 'q'))).toEqual(['q', 'a']);
});

it('but for what somebody wrote on after it', () => {
  expect(keys(answering([message('q', null), message('q2', 'a')], 'q'))).toEqual(['q', 'a', 'q2']);
});

it('is last as well where its question is not known', () => {
  expect(keys(answering([message('q', null)], 'gone'))).toEqual(['q', 'a']);
});

it('goes with its question, in whose place an edit waits', () => {
  const messages = [message('q', null), message('b', 'q'), message('q2', 'b')];
  expect(keys(answering(messages, 'q2'), [edit('b')])).toEqual(['q', 'b', 'edit']);
  expect(keys(answering(messages, 'q2'), [edit(null)])).toEqual(['edit']);
});

it('stands before the edit of what was written on after it', () => {
  const messages = [message('q', null), message('q2', 'a')];
  expect(keys(answering(messages, 'q'), [edit('a')])).toEqual(['q', 'a', 'edit']);
});
