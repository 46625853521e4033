// The app's own window as far as a browser can be one: the page finds a host where Tauri's would be,
// and a test answers what it asks of it. What the real host does is tried in tests/desktop.
import type { BrowserContextOptions } from 'playwright-core';
import type { ServerEntry } from '../../src/platform/host';
import type { ParlorPage } from './parlor-page';
import type { Account } from './server';
import type { Stage } from './stage';

/** What a host says no with, as the page gets it. */
export interface Refusal {
  code: string;
  message: string;
  fingerprint?: string;
}

/** Answers a command by its name in Rust; throw `refusal(…)` to refuse it, give `NEVER` to let it wait. */
export type Answers = Record<string, (input: Record<string, unknown>) => unknown>;

export const NEVER = new Promise<never>(() => undefined);

class Refused extends Error {
  readonly refusal: Refusal;
  constructor(given: Refusal) {
    super(given.message);
    this.refusal = given;
  }
}

export function refusal(code: string, fingerprint?: string): Error {
  return new Refused({ code, message: code, ...(fingerprint !== undefined && { fingerprint }) });
}

/** This computer, and after it the servers that somebody added. */
export function serverList(...added: string[]): ServerEntry[] {
  const here = { id: 'local', name: 'This computer', address: '', user: 'owner', active: true };
  const others = added.map((name, at) => ({
    id: `server-${at + 1}`,
    name,
    address: `https://${name.toLowerCase().replaceAll(' ', '-')}.example`,
    user: 'ada',
    active: false,
  }));
  return [here, ...others];
}

/** Opens the app's window for this account; `answers` go before what every window needs. */
export async function appWindow(
  stage: Stage,
  account: Account,
  answers: Answers = {},
  options: BrowserContextOptions = {},
  path = '/',
): Promise<ParlorPage> {
  const device = new Map<unknown, unknown>();
  const way = (serverId: string) => ({ url: stage.server.origin, token: account.token, serverId, serverName: serverId, remote: false });
  const always: Answers = {
    'plugin:store|get_store': () => 1,
    'plugin:store|get': ({ key }) => [device.get(key), device.has(key)],
    'plugin:store|set': ({ key, value }) => void device.set(key, value),
    'plugin:store|delete': ({ key }) => device.delete(key),
    connection: () => way('local'),
    server_connection: ({ id }) => way(String(id)),
    servers: () => serverList(),
    keyring_state: () => ({ available: true }),
  };
  const page = await stage.visit(null, null, options);
  await page.page.exposeFunction('askHost', async (command: string, input: Record<string, unknown> = {}) => {
    const answer = answers[command] ?? always[command];
    if (answer === undefined) return { refused: { code: 'internal', message: `no answer to ${command}` } };
    try {
      return { given: await answer(input) };
    } catch (error) {
      if (error instanceof Refused) return { refused: error.refusal };
      throw error;
    }
  });
  await page.page.addInitScript(() => {
    type Answer = { given?: unknown; refused?: unknown };
    const askHost = (command: string, input?: object) =>
      (window as unknown as { askHost(command: string, input?: object): Promise<Answer> }).askHost(command, input);
    const invoke = async (command: string, input?: object) => {
      const { given, refused } = await askHost(command, input);
      if (refused !== undefined) throw refused;
      return given;
    };
    Object.assign(window, { __TAURI_INTERNALS__: { invoke } });
  });
  await page.goto(path);
  return page;
}
