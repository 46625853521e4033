import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrowserSession } from './browser-session';
import { underLease } from './exclusively';

const HOUR = 3600;
/** A token that ends in so many seconds; nobody here looks at its signature. */
function token(name: string, seconds: number): string {
  const claims = { sub: name, exp: Math.floor(Date.now() / 1000) + seconds };
  return `x.${btoa(JSON.stringify(claims)).replaceAll('+', '-').replaceAll('/', '_')}.y`;
}

type Handler = (path: string, init: RequestInit) => Response | Promise<Response>;
let server: Handler;
const asked: string[] = [];
const json = (status: number, body: object) => new Response(JSON.stringify(body), { status });

beforeEach(() => {
  localStorage.clear();
  asked.length = 0;
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    asked.push(`${init.method} ${path}`);
    return server(path, init);
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const stopTime = () => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
const REFRESH = 'POST /api/session/refresh';

describe('a browser’s sign-in', () => {
  it('asks for short tokens behind a cookie', async () => {
    let body = '';
    server = (_path, init) => {
      body = String(init.body);
      return json(200, { token: token('ann', HOUR) });
    };
    await new BrowserSession(localStorage).signIn('ann', 'a password');
    expect(JSON.parse(body)).toEqual({ name: 'ann', password: 'a password', refresh: 'cookie' });
  });

  it('renews a token that has run out, once for all windows', async () => {
    localStorage.setItem('parlor.token', token('ann', -1));
    const fresh = token('ann', HOUR);
    server = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return json(200, { token: fresh });
    };
    const windows = [new BrowserSession(localStorage), new BrowserSession(localStorage), new BrowserSession(localStorage)];
    expect(await Promise.all(windows.map((window) => window.token()))).toEqual([fresh, fresh, fresh]);
    expect(asked).toEqual([REFRESH]);
  });

  it('takes what another window got instead of what was refused', async () => {
    const [old, fresh] = [token('ann', HOUR), token('ann', 2 * HOUR)];
    localStorage.setItem('parlor.token', fresh);
    expect(await new BrowserSession(localStorage).renewed(old)).toBe(fresh);
    expect(asked).toEqual([]);
  });

  it('asks for a person only where the server refuses', async () => {
    const old = token('ann', -1);
    localStorage.setItem('parlor.token', old);
    const session = new BrowserSession(localStorage);
    server = () => Promise.reject(new TypeError('no line'));
    await expect(session.renewed(old)).rejects.toMatchObject({ code: 'no_connection' });
    server = () => json(503, { reason: 'store_failed' });
    await expect(session.renewed(old)).rejects.toMatchObject({ status: 503 });
    server = () => json(429, { retryAfter: 5000 });
    await expect(session.renewed(old)).rejects.toMatchObject({ code: 'too_many_tries', retryAfter: 5000 });
    expect(session.signedIn, 'a broken line signs nobody out').toBe(true);
    server = () => json(401, { reason: 'token_refused' });
    expect(await session.renewed(old)).toBeNull();
    expect(session.signedIn).toBe(false);
  });

  it('waits for the answer to a window that died while it renewed', async () => {
    stopTime();
    const old = token('ann', -1);
    localStorage.setItem('parlor.token', old);
    localStorage.setItem('parlor.renewing', String(Date.now() - 1000));
    server = () => json(200, { token: token('ann', HOUR) });
    const renewed = new BrowserSession(localStorage).renewed(old);
    await vi.advanceTimersByTimeAsync(1900);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    await renewed;
    expect(asked).toEqual([REFRESH]);
  });

  it('takes what came for a window that died while it signed in', async () => {
    stopTime();
    const fresh = token('ann', HOUR);
    localStorage.setItem('parlor.entering', String(Date.now() - 1000));
    server = () => json(200, { token: fresh });
    const taken = new BrowserSession(localStorage).token();
    await vi.advanceTimersByTimeAsync(1900);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(await taken).toBe(fresh);
    expect(await new BrowserSession(localStorage).token()).toBe(fresh);
    expect(asked).toEqual([REFRESH]);
  });

  it('is let in by the cookie where the answer to a sign-in was lost', async () => {
    stopTime();
    const session = new BrowserSession(localStorage);
    server = () => Promise.reject(new TypeError('the line broke'));
    await expect(session.redeem('code')).rejects.toMatchObject({ code: 'no_connection' });
    const fresh = token('ann', HOUR);
    server = () => json(200, { token: fresh });
    const taken = session.token();
    await vi.advanceTimersByTimeAsync(3000);
    expect(await taken).toBe(fresh);
  });

  it('asks once about a sign-in that came to nothing, and again where the server could not say', async () => {
    localStorage.setItem('parlor.entering', '1');
    const session = new BrowserSession(localStorage);
    server = () => Promise.reject(new TypeError('no line'));
    await expect(session.token()).rejects.toMatchObject({ code: 'no_connection' });
    server = () => json(401, { reason: 'token_refused' });
    expect(await session.token()).toBeNull();
    expect(await session.token()).toBeNull();
    expect(asked).toEqual([REFRESH, REFRESH]);
  });

  it('leaves no trace of a sign-in that was answered, whatever the answer', async () => {
    const session = new BrowserSession(localStorage);
    server = () => json(401, { reason: 'wrong_password' });
    await expect(session.signIn('ann', 'wrong')).rejects.toMatchObject({ status: 401 });
    expect(localStorage).toHaveLength(0);
    server = () => json(200, { token: token('ann', HOUR) });
    await session.redeem('code');
    expect(Object.keys(localStorage)).toEqual(['parlor.token']);
  });

  it('signs nobody in where a sign-out is owed: the cookie may be of whoever left', async () => {
    localStorage.setItem('parlor.sign-out-owed', '1');
    localStorage.setItem('parlor.entering', '1');
    const session = new BrowserSession(localStorage);
    let left = false;
    server = (path) => {
      if (!path.endsWith('refresh')) {
        left = true;
        return new Response(null, { status: 204 });
      }
      return left ? json(401, { reason: 'token_refused' }) : json(200, { token: token('ann', HOUR) });
    };
    expect(await session.token()).toBeNull();
    expect(await session.token()).toBeNull();
    expect(session.signedIn).toBe(false);
  });

  it('signs out here at once, and at the server as soon as it can', async () => {
    localStorage.setItem('parlor.token', token('ann', HOUR));
    const session = new BrowserSession(localStorage);
    server = () => Promise.reject(new TypeError('no line'));
    await session.signOut();
    expect(session.signedIn).toBe(false);
    asked.length = 0;
    server = (path) => (path.endsWith('refresh') ? json(200, { token: token('ann', HOUR) }) : new Response(null, { status: 204 }));
    expect(await session.token()).toBeNull();
    expect(asked).toEqual([REFRESH, 'DELETE /api/session']);
    asked.length = 0;
    await session.token();
    expect(asked, 'once').toEqual([]);
  });

  it('owes a sign-out until the server has answered it', async () => {
    localStorage.setItem('parlor.token', token('ann', HOUR));
    const session = new BrowserSession(localStorage);
    for (const status of [429, 503]) {
      server = (path) => (path.endsWith('refresh') ? json(200, { token: token('ann', HOUR) }) : json(status, {}));
      await session.signOut();
      await session.token();
      expect(localStorage.getItem('parlor.sign-out-owed'), String(status)).toBe('1');
    }
    server = () => json(401, { reason: 'token_refused' });
    await session.token();
    expect(localStorage.getItem('parlor.sign-out-owed'), 'nobody is signed in there').toBeNull();
  });

  it('does not sign out whoever signed in while the sign-out was under way', async () => {
    const next = token('bob', HOUR);
    localStorage.setItem('parlor.token', token('ann', HOUR));
    server = () => {
      // In a window without locks, say.
      localStorage.setItem('parlor.token', next);
      return json(401, { reason: 'token_refused' });
    };
    await new BrowserSession(localStorage).signOut();
    expect(asked, 'the cookie is theirs').toEqual(['DELETE /api/session']);
    expect(localStorage.getItem('parlor.token')).toBe(next);
  });
});

describe('a lease, where a page has no locks', () => {
  it('lets one work at a time, and the next one after it', async () => {
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      log.push(`${name} ends`);
      return name;
    };
    const done = await Promise.all([underLease('l', work('a')), underLease('l', work('b')), underLease('l', work('c'))]);
    expect(done.sort()).toEqual(['a', 'b', 'c']);
    for (let at = 0; at < log.length; at += 2) {
      expect(log[at + 1], log.join(', ')).toBe(log[at]?.replace('begins', 'ends'));
    }
  });

  it('is given back by work that fails', async () => {
    await expect(underLease('m', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await underLease('m', async () => 'next')).toBe('next');
  });
});
