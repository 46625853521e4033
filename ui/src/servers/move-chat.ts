// A chat on its way to another server: read whole from the one, sent whole to the other. The id of
// the journey stays the same however often it is tried, so that a line that was cut never makes
// two chats of one.

import { HostError, type Connection } from '@/platform';

export type MovePhase = 'reading' | 'sending';

export interface MoveProgress {
  phase: MovePhase;
  /** Bytes. */
  done: number;
  total: number | null;
}

export interface Moved {
  chatId: string;
  messages: number;
  branches: number;
}

interface Journey {
  from: Connection;
  to: Connection;
  chatId: string;
  importId: string;
  signal: AbortSignal;
  onProgress(progress: MoveProgress): void;
}

/** As much as the other server takes in. */
export const LARGEST_CHAT = 16 * 1024 * 1024;
const TRIES = 3;
const PAUSE_MS = 800;
const UNAUTHORIZED = 401;
const NOT_FOUND = 404;
const TOO_LARGE = 413;
const SERVER_ERRORS = 500;

function refusal(status: number, reason: unknown): HostError {
  if (status === TOO_LARGE) return new HostError('chat_too_large', 'too large', { status });
  if (status === UNAUTHORIZED) return new HostError('sign_in_required', 'signed out', { status });
  if (status === NOT_FOUND) return new HostError('not_found', 'not found', { status });
  if (status >= SERVER_ERRORS) return new HostError('server_unreachable', String(status), { status });
  return new HostError(typeof reason === 'string' ? reason : 'internal', String(status), { status });
}

const unreachable = () => new HostError('server_unreachable', 'the server does not answer');

/** The document of a chat, as text. */
export async function readChat({ from, chatId, signal, onProgress }: Journey): Promise<string> {
  const response = await fetch(`${from.url}/api/chats/${encodeURIComponent(chatId)}/export`, {
    headers: from.token === null ? {} : { authorization: `Bearer ${from.token}` },
    signal,
  }).catch((error: unknown) => {
    throw signal.aborted ? error : unreachable();
  });
  if (!response.ok || response.body === null) throw refusal(response.status, undefined);
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const total = Number.isFinite(length) ? length : null;
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let [text, done] = ['', 0];
  for (;;) {
    const piece = await reader.read();
    if (piece.done) return text + decoder.decode();
    done += piece.value.byteLength;
    if (done > LARGEST_CHAT) {
      await reader.cancel();
      throw new HostError('chat_too_large', 'too large');
    }
    text += decoder.decode(piece.value, { stream: true });
    onProgress({ phase: 'reading', done, total });
  }
}

/** XMLHttpRequest, since `fetch` does not tell how much of a body is on its way. */
function sendOnce({ to, signal, onProgress }: Journey, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${to.url}/api/chats/import`);
    request.setRequestHeader('content-type', 'application/json');
    if (to.token !== null) request.setRequestHeader('authorization', `Bearer ${to.token}`);
    request.upload.onprogress = ({ loaded, total }) => onProgress({ phase: 'sending', done: loaded, total });
    request.onload = () => {
      if (request.status === 200) return resolve(request.responseText);
      let reason: unknown;
      try {
        reason = (JSON.parse(request.responseText) as { reason?: unknown }).reason;
      } catch {
        reason = undefined;
      }
      reject(refusal(request.status, reason));
    };
    request.onerror = () => reject(unreachable());
    const abort = () => request.abort();
    request.onabort = () => reject(signal.reason instanceof Error ? signal.reason : unreachable());
    signal.addEventListener('abort', abort, { once: true });
    request.onloadend = () => signal.removeEventListener('abort', abort);
    request.send(body);
  });
}

interface Document {
  messages: { parent?: number | null }[];
}

/** How many ends a tree has. */
export function branchesOf({ messages }: Document): number {
  const inner = new Set(messages.map(({ parent }) => parent));
  return messages.filter((_, place) => !inner.has(place)).length;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Copies a chat; a line that breaks is tried again, since the other server knows the journey. */
export async function moveChat(journey: Journey): Promise<Moved> {
  const text = await readChat(journey);
  const document = JSON.parse(text) as Document;
  const body = `{"importId":${JSON.stringify(journey.importId)},"document":${text}}`;
  for (let attempt = 1; ; attempt += 1) {
    // Given up in the pause, nothing goes out any more.
    journey.signal.throwIfAborted();
    try {
      const { chatId } = JSON.parse(await sendOnce(journey, body)) as { chatId: string };
      return { chatId, messages: document.messages.length, branches: branchesOf(document) };
    } catch (error) {
      const broken = error instanceof HostError && error.code === 'server_unreachable';
      if (!broken || journey.signal.aborted || attempt === TRIES) throw error;
      await pause(PAUSE_MS * attempt);
    }
  }
}
