// A line that breaks in the middle of an answer, or a page that is opened again: what is there
// stays, what is missing comes, and no word comes twice.
import type { WebSocketRoute } from 'playwright-core';
import { expect, test } from 'vitest';
import type { ParlorPage } from './support/parlor-page';
import { stage, type Stage } from './support/stage';
import type { Account } from './support/server';

interface Frame {
  type: string;
  data: Record<string, unknown>;
}

/** The page's sockets: what goes over them, and a pair of scissors. */
class Lines {
  readonly sent: Frame[] = [];
  readonly heard: Frame[] = [];
  #open: { page: WebSocketRoute; server: WebSocketRoute } | null = null;

  async watch(page: ParlorPage): Promise<void> {
    await page.page.routeWebSocket(/\/ws\/chat/, (socket) => {
      const server = socket.connectToServer();
      this.#open = { page: socket, server };
      socket.onMessage((text) => {
        this.sent.push(JSON.parse(String(text)) as Frame);
        server.send(text);
      });
      server.onMessage((text) => {
        this.heard.push(JSON.parse(String(text)) as Frame);
        socket.send(text);
      });
    });
  }

  async cut(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    this.sent.length = 0;
    this.heard.length = 0;
    await Promise.all([open?.page.close({ code: 1012 }), open?.server.close({ code: 1000 })]);
  }

  /** What the page said it has, the last time it came back to a chat. */
  get resumed(): Record<string, unknown> | undefined {
    const joins = this.sent.filter(({ type, data }) => type === 'join_chat' && data['resume'] !== undefined);
    return joins.at(-1)?.data['resume'] as Record<string, unknown> | undefined;
  }

  get tokens(): string {
    return this.heard
      .filter(({ type }) => type === 'assistant_message_token')
      .map(({ data }) => String(data['token']))
      .join('');
  }
}

async function watched(parlor: Stage, person: Account, path = '/'): Promise<{ page: ParlorPage; lines: Lines }> {
  const page = await parlor.visit(person, null);
  const lines = new Lines();
  await lines.watch(page);
  await page.goto(path);
  return { page, lines };
}

const parlor = stage();

test('a line cut in the middle of an answer: the rest comes, and only the rest', async () => {
  const { page, lines } = await watched(parlor, await parlor.person());
  const reply = parlor.provider.next('count').say('One, two, ');
  await page.ask('Please count');
  await page.says('One, two,');
  await lines.cut();
  reply.say('three, ');
  await page.says('One, two, three,');
  await lines.cut();
  await lines.cut();
  reply.say('four.').end();
  await page.says('One, two, three, four.');
  await page.settled();
  await expect.poll(() => page.answer.innerText()).toMatch(/^One, two, three, four\.(?![^]*One)/);
  await expect.poll(() => page.answers.count()).toBe(1);
  await expect.poll(() => page.questions.count()).toBe(1);
  expect(Number(lines.resumed?.['revision']), 'it said what it had').toBeGreaterThan(0);
  expect(lines.tokens, 'nothing came that was there').not.toMatch(/One|two/);
});

test('an answer that ended while the line was cut comes whole, once', async () => {
  const { page, lines } = await watched(parlor, await parlor.person());
  const reply = parlor.provider.next('short').say('Half');
  await page.ask('Be short');
  await page.says('Half');
  await parlor.server.kill();
  await page.banner.getByText(/Reconnecting/).waitFor();
  await parlor.server.restart();
  await page.says(/Half/);
  reply.end();
  await page.settled();
  await expect.poll(() => lines.resumed, { message: 'it came back to the chat' }).toBeDefined();
  await expect.poll(() => page.answers.count()).toBe(1);
});

test('a page opened again goes on from the words that it kept', async () => {
  const { page, lines } = await watched(parlor, await parlor.person());
  const reply = parlor.provider.next('alphabet').think('From A on.').say('Alpha, beta, ');
  await page.ask('Recite the alphabet');
  await page.says('Alpha, beta,');
  await page.kept('Alpha, beta, ');
  lines.heard.length = 0;
  await page.page.reload();
  await page.says('Alpha, beta,');
  reply.say('gamma, ');
  await page.says('Alpha, beta, gamma,');
  reply.say('delta.').end();
  await page.says('Alpha, beta, gamma, delta.');
  await page.settled();
  expect(lines.resumed?.['seq'], 'pieces it had').toBeGreaterThan(0);
  expect(lines.tokens).toBe('gamma, delta.');
  await expect.poll(() => page.answer.innerText()).toMatch(/Alpha, beta, gamma, delta\.(?![^]*Alpha)/);
});
