// The host when the UI came from a server into a browser: the server is where the page came from,
// and the person signs in here, by a one-time link or by name and password.

import { HostError, type Account, type Connection, type Host } from './host';
import { localStorageDevice } from './local-device';

const TOKEN = 'parlor.token';
const LINK = /^#sign-in=(.+)$/;

const TOO_MANY = 429;

/** Milliseconds, from the body or, past a proxy that made the answer, from the header. */
function waitOf(fields: Record<string, unknown>, response: Response): number | undefined {
  if (typeof fields['retryAfter'] === 'number') return fields['retryAfter'];
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

async function post(path: string, body: unknown): Promise<Account> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new HostError('unreachable', 'the server does not answer');
  });
  const answer: unknown = await response.json().catch(() => null);
  const fields = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
  if (!response.ok || typeof fields['token'] !== 'string') {
    const words = String(fields['message'] ?? response.status);
    // The wire's word for it speaks of messages; here it was a person trying to get in.
    if (response.status === TOO_MANY) throw new HostError('too_many_tries', words, waitOf(fields, response));
    throw new HostError(String(fields['reason'] ?? 'internal'), words);
  }
  return fields as unknown as Account;
}

/** Uses the code of a sign-in link, once; it leaves the address and the history at once. */
async function redeemLink(): Promise<void> {
  const code = LINK.exec(location.hash)?.[1];
  if (code === undefined) return;
  history.replaceState(history.state, '', location.pathname + location.search);
  const account = await post('/api/session/link', { code: decodeURIComponent(code) });
  localStorage.setItem(TOKEN, account.token);
}

async function serverName(): Promise<string> {
  try {
    const response = await fetch('/api/server');
    const answer = (await response.json()) as { name?: unknown; host?: unknown };
    return String(answer.host ?? answer.name ?? location.host);
  } catch {
    return location.host;
  }
}

let link: Promise<void> | null = null;
let linkProblem: HostError | null = null;

/** Why the sign-in link did not work, if there was one. */
export function signInLinkProblem(): HostError | null {
  return linkProblem;
}

export function browserHost(): Host {
  return {
    device: localStorageDevice(localStorage),
    desktop: null,
    browserAccount: {
      async signIn(name, password) {
        const account = await post('/api/session', { name, password });
        localStorage.setItem(TOKEN, account.token);
      },
      async signOut() {
        localStorage.removeItem(TOKEN);
      },
    },
    async connection(): Promise<Connection> {
      link ??= redeemLink().catch((error: unknown) => {
        if (error instanceof HostError) linkProblem = error;
      });
      await link;
      return {
        url: location.origin,
        token: localStorage.getItem(TOKEN),
        serverId: location.origin,
        serverName: await serverName(),
        remote: true,
      };
    },
    async renewToken() {
      localStorage.removeItem(TOKEN);
      return null;
    },
    async openExternal(url) {
      window.open(url, '_blank', 'noopener,noreferrer');
    },
  };
}
