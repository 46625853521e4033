// A model's server whose answers the tests write: real HTTP, OpenAI-compatible, no model. A test
// announces which question it answers; every other question gets its own words back.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Reply, type Asked, type ChatRequest } from './reply';

const TITLE = 'Name this conversation';
const CONTINUE = 'Continue your last answer';

export interface ProviderOptions {
  /** Without it every request is let in. */
  key?: string;
  models?: string[];
  port?: number;
}

export class ScriptedProvider {
  readonly key: string | undefined;
  readonly models: string[];
  /** Every question, titles left out. */
  readonly questions: Asked[] = [];
  readonly #server: Server;
  readonly #expected: { words: string; reply: Reply }[] = [];
  readonly #titles = new Map<string, string>();

  private constructor({ key, models = ['prose-1', 'verse-2'] }: ProviderOptions) {
    this.key = key;
    this.models = models;
    this.#server = createServer((request, response) => void this.#serve(request, response));
    // Else it would hang up after five idle seconds, which may be just when the next question comes.
    this.#server.keepAliveTimeout = 0;
  }

  static async start(options: ProviderOptions = {}): Promise<ScriptedProvider> {
    const provider = new ScriptedProvider(options);
    await new Promise<void>((resolve) => provider.#server.listen(options.port ?? 0, '127.0.0.1', resolve));
    return provider;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** The answer to the next question that contains `words`. */
  next(words: string): Reply {
    const reply = new Reply();
    this.#expected.push({ words, reply });
    return reply;
  }

  /** How often a question with these words arrived. */
  asked(words: string): number {
    return this.questions.filter(({ body }) => question(body).includes(words)).length;
  }

  /** The title for a conversation that contains `words`; else it has none to offer. */
  title(words: string, title: string): void {
    this.#titles.set(words, title);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined); // the other end may go at any time; that is part of the tests
    if (this.key !== undefined && request.headers.authorization !== `Bearer ${this.key}`) {
      new Reply().refuse(401, 'Incorrect API key provided').attach({ body: empty, headers: {} }, response);
    } else if (request.url === '/v1/models') {
      const data = this.models.map((id) => ({ id, object: 'model', owned_by: 'tests' }));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ object: 'list', data }));
    } else if (request.url === '/v1/chat/completions') {
      const body = JSON.parse(await read(request)) as ChatRequest;
      this.#answer({ body, headers: request.headers }, response);
    } else {
      response.writeHead(404).end();
    }
  }

  #answer(asked: Asked, response: ServerResponse): void {
    const { messages } = asked.body;
    if (messages.some(({ role, content }) => role === 'system' && content.startsWith(TITLE))) {
      const talk = messages.at(-1)?.content ?? '';
      const title = [...this.#titles].find(([words]) => talk.includes(words))?.[1];
      const reply = title === undefined ? new Reply() : new Reply().say(title);
      reply.end().attach(asked, response);
      return;
    }
    this.questions.push(asked);
    const words = question(asked.body);
    const at = this.#expected.findIndex((entry) => words.includes(entry.words));
    const reply = this.#expected[at]?.reply ?? new Reply().say(`You said: ${words}`).end();
    if (at >= 0) this.#expected.splice(at, 1);
    reply.attach(asked, response);
  }
}

const empty: ChatRequest = { model: '', messages: [] };

/** The person's last words; a request to go on belongs to the question before it. */
function question({ messages }: ChatRequest): string {
  const words = messages.filter(({ role, content }) => role === 'user' && !content.startsWith(CONTINUE));
  return words.at(-1)?.content ?? '';
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece as string;
  return text;
}
