import { beforeEach, expect, it, vi } from 'vitest';
import { getState, initialState, setState } from './app-store';
import type { Session } from './session';
import { target } from './target';

interface Answer {
  gives(serverId: string): void;
  fails(): void;
}

const fake = vi.hoisted(() => ({ asked: [] as Answer[], opened: [] as string[] }));
vi.mock('./account', () => ({ openAccount: async (_: unknown, account: string) => fake.opened.push(account) }));
vi.mock('@/platform', () => ({
  HostError: class extends Error {},
  host: {
    device: { get: async () => 'ann' },
    connection: () =>
      new Promise((resolve, reject) => {
        fake.asked.push({
          gives: (serverId) => resolve({ url: 'http://x', token: 't', serverId, serverName: serverId, remote: true }),
          fails: () => reject(new Error('no')),
        });
      }),
  },
}));

const go = () => target(() => ({}) as Session);

beforeEach(() => {
  fake.asked.length = 0;
  fake.opened.length = 0;
  setState(initialState, true);
});

it('an answer to an earlier attempt does not bring the server back that was left', async () => {
  const [early, late] = [go(), go()];
  fake.asked[1]?.gives('new');
  expect(await late).toEqual({ url: 'ws://x/ws/chat', token: 't' });
  fake.asked[0]?.gives('old');
  await expect(early).rejects.toThrow('a newer attempt began');
  expect(getState().server?.serverId).toBe('new');
  expect(fake.opened).toEqual(['new ann']);
});

it('a failure of an earlier attempt is no problem of this one', async () => {
  const [early, late] = [go(), go()];
  fake.asked[1]?.gives('new');
  await late;
  fake.asked[0]?.fails();
  await expect(early).rejects.toThrow('no');
  expect(getState().hostProblem).toBeNull();
});

it('the newest attempt says what is wrong', async () => {
  const only = go();
  fake.asked[0]?.fails();
  await expect(only).rejects.toThrow('no');
  expect(getState().hostProblem).toBe('internal');
});
