import { afterEach, describe, expect, it } from 'vitest';
import { closeAccount, openAccount } from './account';
import { getState, initialState, setState } from './app-store';
import { localChat } from './local-chat';
import type { Session } from './session';

function sessionWith(kept: object | null, waiting: object[]): Session {
  return {
    cache: { open: async () => kept, close: () => undefined },
    outbox: { open: async () => setState({ waiting: waiting as [] }), close: () => undefined },
    recall: async () => undefined,
  } as unknown as Session;
}

const list = {
  chats: { sent: localChat('sent', 'a', 0, null), waits: localChat('waits', 'b', 0, null) },
  chatsRevision: 4, chatsEpoch: 'e', localChats: { sent: true, waits: true },
  person: null, settings: null, models: initialState.models, providers: null,
};

afterEach(() => {
  closeAccount(sessionWith(null, []));
  setState(initialState, true);
});

describe('opening an account from the device', () => {
  it('takes only those chats for unsent that have something waiting', async () => {
    await openAccount(sessionWith(list, [{ clientId: 'c', chatId: 'waits', content: 'b', createdAt: 0, attempts: 0 }]), 's a');
    expect(getState().localChats).toEqual({ waits: true });
    expect(Object.keys(getState().chats)).toEqual(['sent', 'waits']);
    expect(getState().chatsLoaded).toBe(true);
  });

  it('never puts the memory over what the server has already told', async () => {
    setState({ chatsLoaded: true, chatsRevision: 9 });
    await openAccount(sessionWith(list, []), 's b');
    expect(getState().chatsRevision).toBe(9);
  });
});
