// What is asked over HTTP rather than over the socket: devices, people, invitations, the log. It
// shares the socket's sign-in: a token that ran out is renewed, once, and the question asked again.

import { host } from '@/platform';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const ANSWER_WITHIN_MS = 20_000;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;
const TOO_MANY = 429;
const SERVER_ERRORS = 500;

/** A refusal over HTTP. `problem` and `code` have sentences in i18n. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly problem: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(status: number, { reason, message, problem, retryAfter }: Refusal) {
    super(message ?? String(status));
    this.name = 'ApiError';
    this.status = status;
    this.code = codeOf(status, reason);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

type Refusal = Partial<Record<'reason' | 'message' | 'problem', string> & { retryAfter: number }>;

/** The wire's words for haste, loss and failure speak of messages and chats. */
function codeOf(status: number, reason: string | undefined): string {
  if (status === TOO_MANY) return 'too_many_tries';
  if (status === NOT_FOUND) return 'gone';
  if (status >= SERVER_ERRORS) return 'server_trouble';
  return reason ?? 'internal';
}

/** Whether the server refused because of who asks. */
export const isForbidden = (error: unknown): boolean => error instanceof ApiError && error.status === FORBIDDEN;

/** Asks the server; rejects with `ApiError`. An answer without a body gives `undefined`. */
export async function ask<T = undefined>(method: Method, path: string, body?: object): Promise<T> {
  const { url, token } = await host.connection();
  let response = await send(method, url + path, token, body);
  if (response.status === UNAUTHORIZED && token !== null) {
    const fresh = await host.renewToken(token).catch(() => null);
    // Also with the same: the desktop's stays, and what stands behind it is what was renewed.
    if (fresh !== null) response = await send(method, url + path, fresh, body);
  }
  return answerOf<T>(response);
}

/** The same of a server that is perhaps not the one shown, whose way is known. */
export async function askAt<T = undefined>(
  { url, token }: { url: string; token: string | null },
  method: Method,
  path: string,
  body?: object,
): Promise<T> {
  return answerOf<T>(await send(method, url + path, token, body));
}

async function answerOf<T>(response: Response): Promise<T> {
  const text = await response.text();
  const answer = parsed(text);
  if (!response.ok) throw new ApiError(response.status, (answer ?? {}) as Refusal);
  // The one place where trust is declared: the types are made from the server's own.
  return answer as T;
}

async function send(method: Method, address: string, token: string | null, body: object | undefined): Promise<Response> {
  try {
    return await fetch(address, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== null && token !== '' && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  } catch {
    throw new ApiError(0, { reason: 'no_connection', message: 'the server does not answer' });
  }
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
