// A browser's sign-in: a short access token that all its windows share, and the refresh token behind
// it in a cookie that no script can read. Renewing is done by one window at a time; the others take
// what it got.

import { expiryOf } from '@/client/token';
import { exclusively } from './exclusively';
import { HostError, type Account } from './host';

const TOKEN = 'parlor.token';
/** When a window sent for the next token: should it die before the answer, the next one waits a moment. */
const RENEWING = 'parlor.renewing';
/** When a window sent for the first token: should it die before the answer, the cookie still came. */
const ENTERING = 'parlor.entering';
/** A sign-out that the server has yet to hear of. */
const OWED = 'parlor.sign-out-owed';
const LOCK = 'parlor-session';

const ANSWER_WITHIN_MS = 30_000;
/** How long the answer to a window that is gone may still be on its way into the cookie. */
const SETTLED_MS = 3000;
const TOO_MANY = 429;
const UNAUTHORIZED = 401;

type Fields = Record<string, unknown>;

export class BrowserSession {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** The token of this browser, fresh if it has run out; `null` when nobody is signed in. Fails where nobody can say. */
  async token(): Promise<string | null> {
    const kept = this.#storage.getItem(TOKEN);
    if (kept === null) return this.#finish();
    if (!hasRunOut(kept)) return kept;
    // Where it cannot be renewed the old one is shown, and the server says what is wrong with it.
    return (await this.renewed(kept).catch(() => null)) ?? kept;
  }

  get signedIn(): boolean {
    return this.#storage.getItem(TOKEN) !== null;
  }

  /** The token after `refused`; `null` when a person has to sign in. Fails where nobody can say. */
  renewed(refused: string | null): Promise<string | null> {
    return exclusively(LOCK, async () => {
      const kept = this.#storage.getItem(TOKEN);
      if (kept === null || (kept !== refused && !hasRunOut(kept))) return kept;
      return this.#renew(kept);
    });
  }

  signIn(name: string, password: string): Promise<void> {
    return this.#enter('/api/session', { name, password });
  }

  redeem(code: string): Promise<void> {
    return this.#enter('/api/session/link', { code });
  }

  /** Back from an identity provider: the cookie is here, and its first token is to be had. */
  arrive(): Promise<void> {
    return this.#entering(async () => {
      const { token } = await this.#refresh();
      if (token === null) throw new HostError('token_refused', 'nobody was signed in', { status: UNAUTHORIZED });
      this.#arrived(token);
    });
  }

  accept(code: string, name: string, password: string): Promise<void> {
    return this.#enter('/api/invitations/accept', { code, name, password });
  }

  /** Comes back for the answer to a pairing; false while there is none. */
  claim(requestId: string, secret: string): Promise<boolean> {
    return this.#entering(async () => {
      const { token } = await post('/api/pairing/claim', { requestId, secret, refresh: 'cookie' });
      if (typeof token !== 'string') return false;
      this.#arrived(token);
      return true;
    });
  }

  /** At once here; the server is told now or, if it cannot be reached, at the next start. */
  async signOut(): Promise<void> {
    const token = this.#storage.getItem(TOKEN);
    this.#storage.removeItem(TOKEN);
    if (token === null) return;
    this.#storage.setItem(OWED, '1');
    await exclusively(LOCK, () => this.#leave(token)).catch(() => undefined);
  }

  /** Tells when another window of this browser signed in. */
  onArrival(listener: () => void): void {
    window.addEventListener('storage', ({ key, oldValue, newValue }) => {
      if (key === TOKEN && oldValue === null && newValue !== null) listener();
    });
  }

  #enter(path: string, body: Fields): Promise<void> {
    return this.#entering(async () => {
      const account = (await post(path, { ...body, refresh: 'cookie' })) as unknown as Account;
      if (typeof account.token !== 'string') throw new HostError('not_parlor', 'what answers is not Parlor');
      this.#arrived(account.token);
    });
  }

  /** Marks what is begun, until the server has answered it. */
  #entering<T>(work: () => Promise<T>): Promise<T> {
    return exclusively(LOCK, async () => {
      this.#storage.setItem(ENTERING, String(Date.now()));
      try {
        const result = await work();
        this.#storage.removeItem(ENTERING);
        return result;
      } catch (error) {
        // A broken line is no answer: the server may have let this browser in.
        if (!(error instanceof HostError) || error.code !== 'no_connection') this.#storage.removeItem(ENTERING);
        throw error;
      }
    });
  }

  #arrived(token: string): void {
    this.#storage.removeItem(OWED);
    this.#storage.setItem(TOKEN, token);
  }

  /** What a window that is gone began: a sign-out, or a sign-in whose code is good only once. */
  async #finish(): Promise<string | null> {
    if (this.#storage.getItem(OWED) !== null) {
      // Whose the cookie is cannot be told, so it is signed out.
      await exclusively(LOCK, () => this.#leave('')).catch(() => undefined);
      return null;
    }
    if (this.#storage.getItem(ENTERING) === null) return null;
    return exclusively(LOCK, async () => {
      // The window was not gone: this one waited until it was done.
      if (this.#storage.getItem(ENTERING) === null) return this.#storage.getItem(TOKEN);
      await this.#settled(ENTERING);
      const { token } = await this.#refresh();
      this.#storage.removeItem(ENTERING);
      if (token !== null) this.#arrived(token);
      return token;
    });
  }

  async #renew(before: string): Promise<string | null> {
    const { token } = await this.#refresh();
    // Somebody signed out, or in, meanwhile: theirs is the last word.
    if (this.#storage.getItem(TOKEN) !== before) return this.#storage.getItem(TOKEN);
    if (token === null) this.#storage.removeItem(TOKEN);
    else this.#storage.setItem(TOKEN, token);
    return token;
  }

  async #refresh(): Promise<{ token: string | null }> {
    await this.#settled(RENEWING);
    this.#storage.setItem(RENEWING, String(Date.now()));
    try {
      const { token } = await post('/api/session/refresh', {});
      return { token: typeof token === 'string' ? token : null };
    } catch (error) {
      if (error instanceof HostError && error.status === UNAUTHORIZED) return { token: null };
      throw error;
    } finally {
      this.#storage.removeItem(RENEWING);
    }
  }

  async #leave(token: string): Promise<void> {
    let status = await revoke(token);
    // Somebody who signed in meanwhile has their own cookie, and it is not to be spent on this.
    if (status === UNAUTHORIZED && this.#storage.getItem(TOKEN) === null) {
      const { token: fresh } = await this.#refresh();
      if (fresh !== null) status = await revoke(fresh);
    }
    // Too many at once or a server in trouble is no answer: it stays owed.
    if (status < TOO_MANY) this.#storage.removeItem(OWED);
  }

  /** Waits until the answer to a window that left this mark must have come. */
  async #settled(mark: string): Promise<void> {
    const since = Date.now() - Number(this.#storage.getItem(mark) ?? 0);
    if (since >= 0 && since < SETTLED_MS) await new Promise((resolve) => setTimeout(resolve, SETTLED_MS - since));
  }
}

function hasRunOut(token: string): boolean {
  const expiry = expiryOf(token);
  return expiry !== null && expiry <= Date.now();
}

async function revoke(token: string): Promise<number> {
  // Without a token there is none to be refused.
  if (token === '') return UNAUTHORIZED;
  const response = await fetch('/api/session', {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
    keepalive: true,
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  return response.status;
}

/** Milliseconds, from the body or, past a proxy that made the answer, from the header. */
function waitOf(fields: Fields, response: Response): number | undefined {
  if (typeof fields['retryAfter'] === 'number') return fields['retryAfter'];
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

/** Asks what needs no token. The answer is waited for also when the page goes: it carries a cookie. */
export async function post(path: string, body: Fields): Promise<Fields> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    keepalive: true,
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch(() => {
    throw new HostError('no_connection', 'the server does not answer');
  });
  const answer: unknown = await response.json().catch(() => null);
  const fields = (typeof answer === 'object' && answer !== null ? answer : {}) as Fields;
  if (response.ok) return fields;
  const words = String(fields['message'] ?? response.status);
  const { status } = response;
  // The wire's word for it speaks of messages; here it was a person trying to get in.
  if (status === TOO_MANY) throw new HostError('too_many_tries', words, { retryAfter: waitOf(fields, response), status });
  throw new HostError(String(fields['problem'] ?? fields['reason'] ?? 'internal'), words, { status });
}
