// One answer of the scripted provider, written by the test piece by piece. What is written before
// the question arrives waits for it.
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Gate, within } from './gate';

export interface ChatRequest {
  model: string;
  temperature?: number;
  messages: { role: string; content: string }[];
}

export interface Asked {
  body: ChatRequest;
  headers: IncomingHttpHeaders;
}

type Step = (response: ServerResponse) => void;

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'r', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

export class Reply {
  readonly #asked = new Gate<Asked>();
  readonly #closed = new Gate();
  readonly #steps: Step[] = [];
  #response: ServerResponse | null = null;

  /** What the server asked; rejects if it never asks. */
  get asked(): Promise<Asked> {
    return within(this.#asked.opened, 'the question to the model');
  }

  /** The server has closed its request: it was answered, or aborted upstream. */
  get closed(): Promise<void> {
    return within(this.#closed.opened, 'the end of the request to the model');
  }

  say(text: string): this {
    return this.#do((response) => void begin(response).write(chunk({ content: text })));
  }

  think(text: string): this {
    return this.#do((response) => void begin(response).write(chunk({ reasoning_content: text })));
  }

  end(): this {
    return this.#do((response) => begin(response).end(`${chunk({}, 'stop')}data: [DONE]\n\n`));
  }

  /** The line breaks in the middle. */
  cut(): this {
    return this.#do((response) => {
      // The pieces written so far leave before the line does.
      begin(response).write(': cut\n\n', () => response.destroy());
    });
  }

  refuse(status: number, message: string, headers: Record<string, string> = {}): this {
    return this.#do((response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify({ error: { message, type: 'error' } }));
    });
  }

  attach(asked: Asked, response: ServerResponse): void {
    this.#response = response;
    response.on('close', () => this.#closed.open());
    for (const step of this.#steps.splice(0)) step(response);
    this.#asked.open(asked);
  }

  #do(step: Step): this {
    if (this.#response === null) this.#steps.push(step);
    else step(this.#response);
    return this;
  }
}

function begin(response: ServerResponse): ServerResponse {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
  return response;
}
