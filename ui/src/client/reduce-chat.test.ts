import { describe, expect, it } from 'vitest';
import type { ServerData, ServerFrame, ServerType, WireMessage } from './wire';
import { emptyChat, readingOf, reduceChat } from './reduce-chat';
import { RunningText } from './running-text';
import type { OpenChat } from './model';

const TIME = '2024-01-01T00:00:00.000Z';

function frame<T extends ServerType>(type: T, data: ServerData[T]): ServerFrame {
  return { type, data } as unknown as ServerFrame;
}

function message(id: string, parentId: string | null, role: 'user' | 'assistant', extra: Partial<WireMessage> = {}): WireMessage {
  return { messageId: id, chatId: 'chat', parentId, role, content: id, timestamp: TIME, status: 'complete', revision: 1, ...extra };
}

/** Begun after every reading of these tests, but where a test says when. */
const start = (messageId: string, parentId: string, seq = 0, revision = 10) =>
  frame('assistant_message_start', { message: '', messageId, chatId: 'chat', parentId, timestamp: TIME, seq, revision });
const token = (messageId: string, text: string, seq: number) =>
  frame('assistant_message_token', { token: text, messageId, chatId: 'chat', seq });
const complete = (messageId: string, parentId: string, content: string, extra: Partial<WireMessage> = {}) =>
  frame('assistant_message_complete', message(messageId, parentId, 'assistant', { content, ...extra }));

const CHAT = {
  chatId: 'chat', title: 'T', titleSource: 'model' as const, pinned: false, model: null, systemPrompt: null,
  temperature: null, leafId: null, createdAt: TIME, updatedAt: TIME, revision: 9,
};

function joined(messages: WireMessage[], more: Partial<ServerData['chat_joined']> = {}): ServerFrame {
  return frame('chat_joined', { chatId: 'chat', title: 'T', messages, chat: CHAT, epoch: 'e', revision: 9, resumed: false, ...more });
}

class Screen {
  chat: OpenChat = emptyChat('chat', false);
  stale = false;
  readonly text = new RunningText((flush) => flush());
  hear(...frames: ServerFrame[]): this {
    for (const each of frames) {
      const reduced = reduceChat(this.chat, each, this.text);
      this.chat = reduced.chat;
      this.stale ||= reduced.stale;
    }
    return this;
  }
  get ids(): string[] {
    return this.chat.messages.map(({ id }) => id);
  }
}

const question = message('q', null, 'user');

describe('an answer', () => {
  it('grows by tokens and ends as the server kept it', () => {
    const screen = new Screen().hear(joined([question]), start('a', 'q'), token('a', 'He', 1), token('a', 'llo', 3));
    expect(screen.text.snapshot().text).toBe('Hello');
    expect(screen.chat.running?.id).toBe('a');
    screen.hear(complete('a', 'q', 'Hello'));
    expect(screen.ids).toEqual(['q', 'a']);
    expect(screen.chat.running).toBeNull();
    expect(screen.stale).toBe(false);
  });

  it('does not touch the chat for a token: only the running row renders', () => {
    const screen = new Screen().hear(joined([question]), start('a', 'q'));
    const before = screen.chat;
    screen.hear(token('a', 'x', 1));
    expect(screen.chat).toBe(before);
  });

  it('takes no piece twice', () => {
    const screen = new Screen().hear(
      joined([question]), start('a', 'q'),
      token('a', 'one ', 1), token('a', 'one ', 1), token('a', 'two', 2), token('a', 'one ', 1),
    );
    expect(screen.text.snapshot().text).toBe('one two');
  });

  it('is one, however often its end is told', () => {
    const end = complete('a', 'q', 'Hello');
    const screen = new Screen().hear(joined([question]), start('a', 'q'), end, end);
    expect(screen.ids).toEqual(['q', 'a']);
  });

  it('keeps reasoning apart from words', () => {
    const screen = new Screen().hear(
      joined([question]), start('a', 'q'),
      frame('assistant_message_reasoning', { token: 'Hmm', messageId: 'a', chatId: 'chat', seq: 1 }),
      token('a', 'Yes', 2),
    );
    expect(screen.text.snapshot()).toMatchObject({ text: 'Yes', reasoning: 'Hmm' });
  });

  it('ignores what belongs to another chat', () => {
    const other = { ...message('z', 'y', 'assistant'), chatId: 'other' };
    const screen = new Screen().hear(joined([question]), frame('assistant_message_complete', other));
    expect(screen.ids).toEqual(['q']);
    expect(screen.stale).toBe(false);
  });
});

describe('a returning client', () => {
  const cut = () =>
    new Screen().hear(joined([question]), start('a', 'q'), token('a', 'He', 1), token('a', 'l', 2));

  it('goes on from the piece it had', () => {
    const screen = cut().hear(
      joined([], { resumed: true, running: { messageId: 'a', seq: 2 } }), start('a', 'q', 2), token('a', 'lo', 3),
    );
    expect(screen.text.snapshot().text).toBe('Hello');
    expect(screen.ids).toEqual(['q']);
    expect(screen.stale).toBe(false);
  });

  it('begins the answer anew when the server does', () => {
    const screen = cut().hear(
      joined([question], { running: { messageId: 'a', seq: 0 } }), start('a', 'q'), token('a', 'Hello', 3),
    );
    expect(screen.text.snapshot().text).toBe('Hello');
  });

  it('finds an answer that ended while it was away', () => {
    const screen = cut().hear(joined([message('a', 'q', 'assistant', { content: 'Hello' })], { resumed: true }));
    expect(screen.ids).toEqual(['q', 'a']);
    expect(screen.chat.running).toBeNull();
    expect(screen.text.messageId).toBeNull();
  });

  it('has in place what changed, and at the end what came, each once', () => {
    const screen = new Screen().hear(
      joined([question, message('a', 'q', 'assistant', { status: 'interrupted', content: 'Ha' })]),
      joined(
        [
          message('a', 'q', 'assistant', { content: 'Hallo', siblingIds: ['a', 'b'], revision: 10 }),
          message('q2', 'a', 'user', { revision: 11 }),
          message('a2', 'q2', 'assistant', { revision: 12 }),
        ],
        { resumed: true, revision: 12 },
      ),
    );
    expect(screen.ids).toEqual(['q', 'a', 'q2', 'a2']);
    expect(screen.chat.messages[1]).toMatchObject({ content: 'Hallo', status: 'complete', siblingIds: ['a', 'b'] });
    expect(screen.chat.revision).toBe(12);
    expect(screen.stale).toBe(false);
  });

  it('takes the alternatives as the server lists them, fewer ones as well', () => {
    const screen = new Screen().hear(
      joined([question, message('a', 'q', 'assistant', { siblingIds: ['a', 'b', 'c'] })]),
      joined([message('a', 'q', 'assistant', { siblingIds: ['a', 'c'] })], { resumed: true }),
    );
    expect(screen.chat.messages[1]?.siblingIds).toEqual(['a', 'c']);
  });

  it('keeps the line as it is when nothing changed', () => {
    const screen = new Screen().hear(
      joined([question, message('a', 'q', 'assistant')]), joined([], { resumed: true }), joined([], { resumed: true }),
    );
    expect(screen.ids).toEqual(['q', 'a']);
  });

  it('shows the whole new line where another branch is shown now', () => {
    const screen = cut().hear(joined([question, message('b', 'q', 'assistant', { siblingIds: ['a', 'b'] })]));
    expect(screen.ids).toEqual(['q', 'b']);
    expect(screen.chat.running).toBeNull();
    expect(screen.text.messageId).toBeNull();
  });

  it('knows the alternatives of a running answer from the line it left, or asks once it has ended', () => {
    const beside = message('a', 'q', 'assistant', { siblingIds: ['a', 'b'] });
    const back = joined([question], { running: { messageId: 'b', seq: 0 } });
    const known = new Screen().hear(joined([question, beside]), back, start('b', 'q'), complete('b', 'q', 'x'));
    expect(known.chat.messages[1]?.siblingIds).toEqual(['a', 'b']);
    expect(known.stale).toBe(false);
    const fresh = new Screen().hear(back, start('b', 'q'));
    expect(fresh.stale).toBe(false);
    expect(fresh.hear(complete('b', 'q', 'x')).stale, 'there may be others').toBe(true);
  });

  it('drops the half it had of an answer that came whole, and goes on with the next one', () => {
    const screen = cut().hear(
      joined(
        [message('a', 'q', 'assistant', { content: 'Hello' }), message('q2', 'a', 'user')],
        { resumed: true, running: { messageId: 'b', seq: 0 } },
      ),
      start('b', 'q2'), token('b', 'New', 1),
    );
    expect(screen.ids).toEqual(['q', 'a', 'q2']);
    expect(screen.text.snapshot()).toMatchObject({ messageId: 'b', text: 'New' });
    expect(screen.stale).toBe(false);
  });

  it('goes on from what it kept over a reload', () => {
    const screen = cut();
    const again = new Screen();
    again.chat = screen.chat;
    again.text.restore(screen.text.live, screen.text.seq);
    again.hear(joined([], { resumed: true, running: { messageId: 'a', seq: 2 } }), start('a', 'q', 2), token('a', 'l', 2), token('a', 'lo', 3));
    expect(again.text.snapshot().text).toBe('Hello');
  });

  it('resumes from the greatest revision that it was told with a message', () => {
    const screen = new Screen().hear(joined([question]), frame('assistant_message_start', {
      message: '', messageId: 'a', chatId: 'chat', parentId: 'q', timestamp: TIME, seq: 0, revision: 14,
    } as ServerData['assistant_message_start']));
    expect(screen.chat.revision).toBe(14);
    screen.hear(complete('a', 'q', 'x', { revision: 15 }));
    expect(screen.chat.revision).toBe(15);
  });

  it('asks to read anew when it is told only changes and has nothing to change', () => {
    expect(new Screen().hear(joined([], { resumed: true })).stale).toBe(true);
    expect(new Screen().hear(joined([question]), joined([message('z', 'y', 'user')], { resumed: true })).stale).toBe(true);
  });

  it('asks to read anew when pieces are missing or belong to nothing it knows', () => {
    expect(new Screen().hear(joined([question]), start('a', 'q', 5)).stale).toBe(true);
    expect(new Screen().hear(joined([question]), token('b', 'x', 4)).stale).toBe(true);
    expect(new Screen().hear(joined([question]), complete('a', 'unknown', 'x')).stale).toBe(true);
  });

  it('does not resume from what it was told with a message that it cannot place, until all was read', () => {
    const screen = new Screen().hear(joined([question]), frame('user_message', message('z', 'y', 'user', { revision: 12 })));
    expect(screen.stale).toBe(true);
    expect(readingOf(screen.chat, screen.text)).toEqual({ chatId: 'chat' });
    screen.hear(frame('user_message', message('z2', 'z', 'user', { revision: 13 })), joined([], { resumed: true, revision: 13 }));
    expect(readingOf(screen.chat, screen.text)).toEqual({ chatId: 'chat' });
    screen.hear(joined([question, message('y', 'q', 'assistant'), message('z', 'y', 'user')], { revision: 13 }));
    expect(readingOf(screen.chat, screen.text)).toEqual({ chatId: 'chat', resume: { epoch: 'e', revision: 13 } });
  });

  it('asks for another branch from before it was shown, until its end is here', () => {
    const updated = (leafId: string, revision: number) =>
      frame('chat_updated', { chat: { ...CHAT, leafId, revision }, revision: 20 });
    const screen = new Screen().hear(joined([question]), start('a', 'q'), updated('b', 11), complete('a', 'q', 'x', { revision: 12 }));
    const from = (revision: number) => ({ chatId: 'chat', resume: { epoch: 'e', revision } });
    expect(readingOf(screen.chat, screen.text)).toEqual(from(10));
    screen.hear(updated('c', 13));
    expect(readingOf(screen.chat, screen.text)).toEqual(from(10));
    screen.hear(start('c', 'a', 0, 13));
    expect(screen.chat.moved).toBeUndefined();
    expect(screen.stale).toBe(false);
  });

  it('reads a chat whole that ends elsewhere than here when it comes back', () => {
    const ends = (leafId: string) => ({ resumed: true, chat: { ...CHAT, leafId } });
    expect(new Screen().hear(joined([question]), joined([], ends('q'))).stale).toBe(false);
    expect(new Screen().hear(joined([question]), joined([], ends('elsewhere'))).stale).toBe(true);
    const written = { ...ends('a'), running: { messageId: 'a', seq: 0 } };
    expect(new Screen().hear(joined([question]), joined([], written)).stale).toBe(false);
  });

  it('counts from the start in another life of an answer, from the moment it hears of it', () => {
    const screen = cut().hear(joined([], { resumed: true, revision: 11, running: { messageId: 'a', seq: 0 } }));
    expect(screen.text.snapshot().text).toBe('Hel');
    expect(readingOf(screen.chat, screen.text)).toEqual({ chatId: 'chat', resume: { epoch: 'e', revision: 11, messageId: 'a', seq: 0 } });
    screen.hear(start('a', 'q'), token('a', 'Hel', 1), token('a', 'p!', 2));
    expect(screen.text.snapshot().text).toBe('Help!');
    expect(screen.stale).toBe(false);
  });

  it('does not read anew for a late token of an answer that it has whole', () => {
    const screen = new Screen().hear(joined([question]), start('a', 'q'), complete('a', 'q', 'x'), token('a', 'x', 1));
    expect(screen.stale).toBe(false);
  });
});

describe('branches', () => {
  const two = joined([question, message('a', 'q', 'assistant'), message('q2', 'a', 'user'), message('a2', 'q2', 'assistant')]);

  it('put an edited message in the place of the old, with what followed gone from view', () => {
    const edit = frame('user_message', message('q2b', 'a', 'user'));
    const screen = new Screen().hear(two, edit);
    expect(screen.ids).toEqual(['q', 'a', 'q2b']);
    expect(screen.chat.messages[2]?.siblingIds).toEqual(['q2', 'q2b']);
  });

  it('let the first message be edited as well', () => {
    const screen = new Screen().hear(two, frame('user_message', message('qb', null, 'user')));
    expect(screen.ids).toEqual(['qb']);
    expect(screen.chat.messages[0]?.siblingIds).toEqual(['q', 'qb']);
  });

  it('put another answer beside the old one', () => {
    const screen = new Screen().hear(two, start('a2b', 'q2'), complete('a2b', 'q2', 'other'));
    expect(screen.ids).toEqual(['q', 'a', 'q2', 'a2b']);
    expect(screen.chat.messages[3]?.siblingIds).toEqual(['a2', 'a2b']);
  });

  it('know each other also after a break in the middle of one', () => {
    const screen = new Screen().hear(two, start('a2b', 'q2'), token('a2b', 'oth', 1));
    const again = joined([], { resumed: true, running: { messageId: 'a2b', seq: 1 } });
    screen.hear(again, start('a2b', 'q2', 1), again, start('a2b', 'q2', 1), complete('a2b', 'q2', 'other'));
    expect(screen.chat.messages[3]?.siblingIds).toEqual(['a2', 'a2b']);
    expect(screen.stale).toBe(false);
  });

  it('are asked for where it waited while the chat was read', () => {
    const screen = new Screen().hear(joined([question, message('q2', 'a', 'user')]), start('a', 'q', 0, 5));
    screen.hear(complete('a', 'q', 'Hello'));
    expect(screen.ids).toEqual(['q', 'a', 'q2']);
    expect(screen.stale).toBe(true);
  });

  it('are asked for where two readings in the middle of one did not name them', () => {
    const running = { messageId: 'a', seq: 0 };
    const screen = new Screen().hear(joined([question], { running }), start('a', 'q'), token('a', 'He', 1));
    screen.hear(joined([], { resumed: true, running: { messageId: 'a', seq: 1 } }), start('a', 'q', 1));
    screen.hear(complete('a', 'q', 'Hello'));
    expect(screen.stale).toBe(true);
  });

  it('keep an answer that is gone on with in its place, its old text first', () => {
    const screen = new Screen().hear(two, start('a2', 'q2'), token('a2', 'a2', 1), token('a2', ' and on', 2));
    expect(screen.ids).toEqual(['q', 'a', 'q2']);
    expect(screen.text.snapshot().text).toBe('a2 and on');
    screen.hear(complete('a2', 'q2', 'a2 and on'));
    expect(screen.ids).toEqual(['q', 'a', 'q2', 'a2']);
    expect(screen.chat.messages[3]?.siblingIds).toEqual(['a2']);
  });
});

describe('a failed answer', () => {
  const error = frame('error', {
    message: 'slow down', code: 'RATE_LIMIT', retryable: true, reason: 'provider_busy', retryAfter: 2000,
    chatId: 'chat', messageId: 'a',
  });

  it('is read anew where nobody said what stands beside it', () => {
    const screen = new Screen().hear(joined([question], { running: { messageId: 'a', seq: 0 } }), start('a', 'q'), error);
    expect(screen.ids).toEqual(['q', 'a']);
    expect(screen.stale).toBe(true);
  });

  it('has a row even without a word of text', () => {
    const screen = new Screen().hear(joined([question]), start('a', 'q'), error);
    expect(screen.chat.running).toBeNull();
    expect(screen.chat.messages[1]).toMatchObject({ id: 'a', status: 'failed', failure: { reason: 'provider_busy' } });
    expect(screen.chat.messages[1]?.retryAt).toBeGreaterThan(Date.now());
  });

  it('keeps its text when it had some', () => {
    const screen = new Screen().hear(
      joined([question]), start('a', 'q'), token('a', 'Half', 1), complete('a', 'q', 'Half', { status: 'failed' }), error,
    );
    expect(screen.ids).toEqual(['q', 'a']);
    expect(screen.chat.messages[1]).toMatchObject({ content: 'Half', status: 'failed', failure: { code: 'RATE_LIMIT' } });
  });
});

describe('what is written on after an answer that is still being written', () => {
  const written = frame('user_message', message('q2', 'a', 'user'));

  it('stays behind it, before and after its end', () => {
    const screen = new Screen().hear(joined([question]), start('a', 'q'), written);
    expect(screen.ids).toEqual(['q', 'q2']);
    expect(screen.chat.running?.id).toBe('a');
    screen.hear(complete('a', 'q', 'Hello'));
    expect(screen.ids).toEqual(['q', 'a', 'q2']);
    screen.hear(start('a2', 'q2'), complete('a2', 'q2', 'Again'));
    expect(screen.ids).toEqual(['q', 'a', 'q2', 'a2']);
    expect(screen.stale).toBe(false);
  });

  it('stays behind it where the chat was read meanwhile', () => {
    const screen = new Screen().hear(joined([question, message('q2', 'a', 'user')]), start('a', 'q'));
    expect(screen.ids).toEqual(['q', 'q2']);
    screen.hear(complete('a', 'q', 'Hello'));
    expect(screen.ids).toEqual(['q', 'a', 'q2']);
    expect(screen.stale).toBe(false);
  });

  it('stays behind it where it ended while one was away', () => {
    const screen = new Screen().hear(joined([question]), start('a', 'q'), written);
    const told = [message('a', 'q', 'assistant'), message('a2', 'q2', 'assistant')];
    screen.hear(joined(told, { resumed: true }));
    expect(screen.ids).toEqual(['q', 'a', 'q2', 'a2']);
    expect(screen.stale).toBe(false);
  });

  it('stays behind it where it was written while one was away', () => {
    const screen = new Screen().hear(joined([question]), start('a', 'q'), token('a', 'He', 1));
    const running = { messageId: 'a', seq: 1 };
    screen.hear(joined([message('q2', 'a', 'user')], { resumed: true, running }), start('a', 'q', 1), complete('a', 'q', 'Hello'));
    expect(screen.ids).toEqual(['q', 'a', 'q2']);
    expect(screen.stale).toBe(false);
  });

  it('gives way to what another device wrote there', () => {
    const screen = new Screen().hear(joined([question]), start('a', 'q'), written);
    screen.hear(frame('user_message', message('q3', 'a', 'user')), complete('a', 'q', 'Hello'));
    expect(screen.ids).toEqual(['q', 'a', 'q3']);
    expect(screen.chat.messages[2]?.siblingIds).toEqual(['q2', 'q3']);
  });
});
