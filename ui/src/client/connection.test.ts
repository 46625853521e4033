import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionState } from './model';
import { backoffDelay } from './backoff';
import { Connection, type SocketLike } from './connection';

class FakeSocket implements SocketLike {
  readyState = 0;
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.readyState = 3;
  }
  opens() {
    this.readyState = 1;
    this.onopen?.();
  }
  says(type: string, data: unknown = {}) {
    this.onmessage?.({ data: JSON.stringify({ type, data }) });
  }
  welcomes() {
    this.opens();
    this.says('authenticated', { userId: 'u', name: 'alice', role: 'owner' });
  }
  dies(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const PERSON_NEEDED = null;

function setup(over: { token?: string | null; renew?: () => Promise<string | null>; reach?: () => boolean; attempts?: number } = {}) {
  const sockets: FakeSocket[] = [];
  const states: ConnectionState[] = [];
  const connection = new Connection({
    target: async () => ({ url: 'ws://x/ws/chat', token: over.token === undefined ? 'token-1' : over.token }),
    renewToken: over.renew ?? (async () => PERSON_NEEDED),
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    random: () => 0,
    now: () => Date.now(),
    mayReach: over.reach ?? (() => true),
    ...(over.attempts !== undefined && { attempts: over.attempts }),
  });
  connection.states.on((state) => states.push(state));
  const last = () => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was opened');
    return socket;
  };
  const begin = async () => {
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { connection, sockets, states, last, begin };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('backoff', () => {
  it('begins at a second, grows by half and ends at thirty', () => {
    expect([1, 2, 3, 20].map((attempt) => backoffDelay(attempt, 0))).toEqual([1000, 1500, 2250, 30_000]);
  });
  it('shakes off at most a fifth', () => {
    expect(backoffDelay(1, 1)).toBe(800);
  });
});

describe('a connection', () => {
  it('signs in with its first frame and is online when the server says who it is', async () => {
    const { connection, last, begin } = setup();
    await begin();
    last().opens();
    expect(JSON.parse(last().sent[0] ?? '')).toEqual({ type: 'join_chat', ref: 'sign-in', data: { token: 'token-1' } });
    expect(connection.state.kind).toBe('connecting');
    last().says('authenticated', { userId: 'u', name: 'alice', role: 'owner' });
    expect(connection.state.kind).toBe('online');
  });

  it('says when it will try again, waits longer each time, and starts over after a success', async () => {
    const { connection, sockets, last, begin } = setup();
    await begin();
    last().welcomes();
    last().dies();
    expect(connection.state).toEqual({ kind: 'reconnecting', attempt: 1, retryAt: Date.now() + 1000 });
    await vi.advanceTimersByTimeAsync(1000);
    last().dies();
    expect(connection.state).toEqual({ kind: 'reconnecting', attempt: 2, retryAt: Date.now() + 1500 });
    await vi.advanceTimersByTimeAsync(1500);
    expect(sockets).toHaveLength(3);
    last().welcomes();
    last().dies();
    expect(connection.state).toMatchObject({ kind: 'reconnecting', attempt: 1 });
  });

  it('tries at once when told to, and only once', async () => {
    const { connection, sockets, last, begin } = setup();
    await begin();
    last().welcomes();
    last().dies();
    connection.retryNow();
    await vi.advanceTimersByTimeAsync(0);
    last().welcomes();
    await vi.advanceTimersByTimeAsync(5000);
    expect(sockets).toHaveLength(2);
  });

  it('notices a peer that fell silent: a ping after 25 s, the end 10 s later', async () => {
    const { connection, last, begin } = setup();
    await begin();
    last().welcomes();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(JSON.parse(last().sent.at(-1) ?? '').type).toBe('ping');
    await vi.advanceTimersByTimeAsync(9_999);
    expect(connection.state.kind).toBe('online');
    await vi.advanceTimersByTimeAsync(1);
    expect(connection.state.kind).toBe('reconnecting');
  });

  it('stays while the peer answers its pings', async () => {
    const { connection, last, begin } = setup();
    await begin();
    last().welcomes();
    for (let i = 0; i < 5; i += 1) {
      await vi.advanceTimersByTimeAsync(25_000);
      last().says('pong', { timestamp: 1 });
    }
    expect(connection.state.kind).toBe('online');
  });

  it('takes a fresh token once when the old one is refused', async () => {
    const renew = vi.fn(async () => 'token-2');
    const { connection, last, begin } = setup({ renew });
    await begin();
    last().opens();
    last().dies(1008);
    await vi.advanceTimersByTimeAsync(0);
    last().opens();
    expect(JSON.parse(last().sent[0] ?? '').data.token).toBe('token-2');
    last().dies(1008);
    await vi.advanceTimersByTimeAsync(0);
    expect(renew).toHaveBeenCalledTimes(1);
    expect(connection.state).toEqual({ kind: 'signed-out', reason: 'token-refused' });
  });

  it('tries again where nobody could say whether the token can be renewed', async () => {
    const renew = vi.fn<() => Promise<string | null>>().mockRejectedValueOnce(new Error('no line')).mockResolvedValue('token-2');
    const { connection, last, begin } = setup({ renew });
    await begin();
    last().opens();
    last().dies(1008);
    await vi.advanceTimersByTimeAsync(0);
    expect(connection.state, 'a broken line signs nobody out').toMatchObject({ kind: 'reconnecting', attempt: 1 });
    await vi.advanceTimersByTimeAsync(1000);
    last().opens();
    last().dies(1008);
    await vi.advanceTimersByTimeAsync(0);
    last().opens();
    expect(JSON.parse(last().sent[0] ?? '').data.token).toBe('token-2');
  });

  it('asks for a person where there is no token', async () => {
    const { connection, sockets, begin } = setup({ token: null });
    await begin();
    expect(connection.state).toEqual({ kind: 'signed-out', reason: 'no-account' });
    expect(sockets).toHaveLength(0);
  });

  it('shows a server that says good-bye as draining until it fails to come back', async () => {
    const { connection, last, begin } = setup();
    await begin();
    last().welcomes();
    last().says('draining');
    last().dies(1001);
    expect(connection.state.kind).toBe('draining');
    await vi.advanceTimersByTimeAsync(1000);
    last().dies();
    expect(connection.state).toMatchObject({ kind: 'reconnecting', attempt: 2 });
  });

  it('waits for the network where it is sure to have none', async () => {
    let up = false;
    const { connection, sockets, last, begin } = setup({ reach: () => up });
    await begin();
    expect(connection.state.kind).toBe('offline');
    expect(sockets).toHaveLength(0);
    up = true;
    connection.retryNow();
    await vi.advanceTimersByTimeAsync(0);
    last().welcomes();
    expect(connection.state.kind).toBe('online');
  });

  it('does not hear what an abandoned socket still says', async () => {
    const { connection, sockets, begin } = setup();
    await begin();
    connection.stop();
    sockets[0]?.welcomes();
    expect(connection.state.kind).toBe('connecting');
  });

  it('gives up after its last attempt, says so, and begins anew when told', async () => {
    const { connection, sockets, last, begin } = setup({ attempts: 1 });
    const errors: string[] = [];
    connection.errors.on(({ code, reason }) => errors.push(`${code} ${reason}`));
    await begin();
    last().dies();
    await vi.advanceTimersByTimeAsync(1000);
    last().dies();
    expect(connection.state.kind).toBe('offline');
    expect(errors).toEqual(['CONNECTION_FAILED unreachable', 'CONNECTION_FAILED unreachable', 'CONNECTION_FAILED gave_up']);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(sockets).toHaveLength(2);
    connection.retryNow();
    await vi.advanceTimersByTimeAsync(0);
    last().dies();
    expect(connection.state).toMatchObject({ kind: 'reconnecting', attempt: 1 });
  });

  it('comes back after the first wait when its line is dropped on purpose', async () => {
    const { connection, sockets, last, begin } = setup();
    await begin();
    last().welcomes();
    connection.bounce();
    expect(connection.state).toMatchObject({ kind: 'reconnecting', attempt: 1 });
    await vi.advanceTimersByTimeAsync(1000);
    last().welcomes();
    expect(connection.state.kind).toBe('online');
    expect(sockets).toHaveLength(2);
  });

  it('lets no exception of a listener keep a frame from the others', async () => {
    const report = vi.fn();
    vi.stubGlobal('reportError', report);
    const { connection, last, begin } = setup();
    const heard = vi.fn();
    connection.frames.on(() => {
      throw new Error('of the page');
    });
    connection.frames.on(heard);
    await begin();
    last().welcomes();
    expect(heard).toHaveBeenCalledTimes(1);
    expect(report).toHaveBeenCalledWith(new Error('of the page'));
  });
});
